# SPDX-License-Identifier: MIT
# Files that cannot be used, names that FAT cannot hold, and wrong command lines.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
: >empty
mkdir folder
mkfifo pipe
echo one >module

# fails MESSAGE ARGUMENT...
fails()
{
    message=$1
    shift
    expect 1 "$MKIMAGE" "$@"
    mentions "$message"
    absent k.img k.img.partial folder.img missing.img empty.img
}

fails 'missing.elf: there is no such file [host-not-found]' missing.elf
fails 'k.elf/x: there is no such file [host-not-found]' k.elf/x
fails 'folder: it is a directory [host-directory]' folder
fails 'empty: the file is empty [elf-empty]' empty
fails 'pipe: it is a pipe, not an ordinary file [host-not-regular]' pipe
fails '/dev/null: it is a character device, not an ordinary file [host-not-regular]' /dev/null
fails 'nothing: there is no such file [host-not-found]' k.elf --module nothing
fails 'folder: it is a directory [host-directory]' k.elf --module folder

fails 'folder: it is a directory [host-directory]' k.elf -o folder
fails 'folder/: it is a directory [host-directory]' k.elf -o folder/
fails 'nowhere/k.img.partial: cannot be written: No such file or directory [host-write]' k.elf -o nowhere/k.img
fails 'k.elf/k.img: cannot be written: Not a directory [host-write]' k.elf -o k.elf/k.img
fails '/dev/full: it is a device or pipe, not an ordinary file [host-not-regular]' k.elf -o /dev/full
fails '/proc/k.img.partial: cannot be written: ' k.elf -o /proc/k.img

# mkimage test keeps its files where TMPDIR says: it has no -o.
mkdir bin
printf '#!/bin/sh\n' >bin/qemu-system-x86_64
chmod +x bin/qemu-system-x86_64
expect 1 env TMPDIR=/nonexistent PATH="$PWD/bin" "$MKIMAGE" test --bios k.elf
mentions '/nonexistent/mkimage-'
mentions 'run and test with TMPDIR'

# Without the rights, as an ordinary user.
chmod 711 . # so that another user gets in
drop=
[ "$(id -u)" -ne 0 ] || drop='setpriv --reuid=65534 --regid=65534 --clear-groups'
mkdir readonly
cp k.elf readonly/secret.elf
chmod 000 readonly/secret.elf
chmod 555 readonly
if $drop test -x "$MKIMAGE" 2>/dev/null; then
    expect 1 $drop "$MKIMAGE" readonly/secret.elf -o /dev/null
    mentions 'readonly/secret.elf: cannot be opened: Permission denied [host-open]'
    expect 1 $drop "$MKIMAGE" k.elf -o readonly/k.img
    mentions 'readonly/k.img.partial: cannot be written: Permission denied [host-write]'
    absent readonly/k.img readonly/k.img.partial
else
    echo "$0: no ordinary user can get at $MKIMAGE: not tried without rights"
fi
chmod 755 readonly

# Never over an input, by whatever name.
ln -s k.elf link
ln k.elf hard
cp k.elf copy
cp module module.partial
for output in k.elf link hard ./folder/../k.elf; do
    fails 'would overwrite an input, k.elf [host-output-is-input]' k.elf -o $output
done
fails 'k.elf: it would overwrite an input, k.elf [host-output-is-input]' k.elf -o k.elf
fails 'module: it would overwrite an input, module [host-output-is-input]' k.elf --module module -o module
fails 'module: it would overwrite an input, module.partial [host-output-is-input]' k.elf --module module.partial -o module
cmp -s k.elf copy || die "the kernel was changed"
cmp -s module module.partial || die "a module was changed"
rm link hard

# Names.
fails '"a?b" cannot be a file name in the image: FAT does not allow the byte 0x3f [name-character]' k.elf --module 'module:a?b'
fails '"a/b" cannot be a file name in the image: FAT does not allow the byte 0x2f [name-character]' k.elf --module 'module:a/b'
fails "FAT does not allow the byte 0xff [name-character]" k.elf --module "module:$(printf 'a\377')"
fails 'ends with a dot or a space [name-end]' k.elf --module 'module:a.'
fails 'it has 256 characters [name-length]' k.elf --module "module:$(printf '%0256d' 0)"
fails 'two files would be /modules/module in the image [name-twice]' k.elf --module module --module module
fails 'two files would be /modules/MODULE in the image [name-twice]' k.elf --module module --module module.partial:MODULE
fails '--command-line: the text has the byte 0xa at position 3, which boot.conf cannot hold [command-line-character]' k.elf --command-line 'one
two'
fails '--command-line: the text begins or ends with a space, which boot.conf cannot hold [command-line-space]' k.elf --command-line ' one'
fails '[command-line-character]' k.elf --command-line "$(printf 'a\377')"
fails '[command-line-character]' k.elf --module "module::$(printf 'a\001')"
long=$(printf '%060000d' 0)
set --
for name in 0 1 2 3 4 5 6 7 8 9 a b c d e f g h; do
    set -- "$@" --module "module:$name:$long"
done
fails '--command-line and --module: they make a boot.conf of 1080428 bytes, more than 1048576 [texts-too-large]' k.elf "$@"

for text in x 1x -1 1.5 99999999999999999999999999; do
    SOURCE_DATE_EPOCH=$text
    export SOURCE_DATE_EPOCH
    fails "SOURCE_DATE_EPOCH: \"$text\" is not a number of seconds [source-date]" k.elf
done
unset SOURCE_DATE_EPOCH

# A file too large for FAT. It is one hole, and refused before anybody reads it.
if truncate -s 4G huge 2>/dev/null; then
    fails 'huge: 4294967296 bytes are more than FAT allows in one file (4294967295) [file-too-large]' k.elf --module huge
    rm huge
fi

# Wrong usage: status 2.
# misused MESSAGE ARGUMENT...
misused()
{
    message=$1
    shift
    expect 2 "$MKIMAGE" "$@"
    mentions "$message"
    absent k.img k.img.partial
}

misused 'what is to be done?'
misused 'which kernel?' build
misused 'which kernel or image?' check
misused 'unknown or ambiguous option --nonsense' --nonsense k.elf
misused 'unknown or ambiguous option --nonsense' build --nonsense k.elf
misused 'unknown or ambiguous option --nonsense' check --nonsense k.elf
misused 'unknown option -x' -x k.elf
misused 'option -o needs a value' k.elf -o
misused 'option --output needs a value' k.elf --output
misused 'option --help=1 takes no value' build --help=1
misused 'one kernel at a time, not also module' k.elf module
misused 'one file at a time' check k.elf module
misused '--module names no file' k.elf --module ''
misused '--module names no file' k.elf --module :name
misused 'a file name is empty' ''
misused 'a file name is empty' k.elf -o ''

# Help and version go to stdout.
for arguments in --help --version 'build --help' 'check --help' 'run --help' 'test --help'; do
    # shellcheck disable=SC2086 # several arguments
    expect 0 "$MKIMAGE" $arguments
    [ -s out ] && [ ! -s err ] || die "$arguments: $(cat err)"
    awk 'length > 100 { exit 1 }' out || die "$arguments: a line of more than 100 characters"
done
expect 0 "$MKIMAGE" --version
grep -qE '^mkimage \(Bowline [0-9]+\.[0-9]+\.[0-9]+\)$' out || die "version: $(cat out)"
if [ -w /dev/full ]; then
    status=0
    "$MKIMAGE" --help >/dev/full 2>err || status=$?
    [ $status -eq 1 ] || die "help to a full disk: status $status"
fi

# A kernel that is called like a verb.
cp k.elf run
expect 0 "$MKIMAGE" build run
[ -f run.img ] || die "run.img is not there"

pass
