# SPDX-License-Identifier: MIT
# mkimage netboot: the same files as in an image, each whole or not at all.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" kernel.elf || die "make_kernel"
echo one >first
head -c 300000 /dev/urandom >second
set -- --module 'first:a name:and arguments' --module second --command-line 'two words'

expect 0 "$MKIMAGE" netboot "$@" tree kernel.elf
[ "$(cat out)" = "tree: boot file EFI/BOOT/BOOTX64.EFI for UEFI, bowline.0 for BIOS" ] || die "said $(cat out)"
expect 0 "$MKIMAGE" "$@" kernel.elf
for file in EFI/BOOT/BOOTX64.EFI EFI/BOOT/BOOTIA32.EFI bowline/boot.conf kernel.elf 'modules/a name' modules/second; do
    holds kernel.img "/$file" "tree/$file"
done
# For BIOS, stage 2 as a disk has it from byte 0x10000 on, behind a stage 1 for it that ends with the length and the
# checksum. In its header, the first 128 bytes, it names another stage 3.
tail -c +1025 tree/bowline.0 >stages
cmp -s -i $((0x10000 + 128)):128 -n $((8192 - 128)) kernel.img stages ||
    die "bowline.0 does not hold the stage 2 of the image"
python3 - <<'END' || die "bowline.0: stage 1 does not say how long its stage 2 is, and its checksum"
import struct, zlib
file = open("tree/bowline.0", "rb").read()
lba, crc, sectors = struct.unpack_from("<QIH", file, 1008)
assert lba == 0 and sectors * 512 == 8192 and crc == zlib.crc32(file[1024:1024 + 8192])
lba, size, crc = struct.unpack_from("<QII", file, 1024 + 8)
start = 1024 + lba * 512 - 0x10000
assert len(file) - 4096 < start + size <= len(file) and crc == zlib.crc32(file[start:start + size])
END
[ "$(find tree -type f | wc -l)" -eq 7 ] || die "other files: $(find tree)"

# Once more over it: what is not ours stays.
echo mine >tree/mine
find tree -type f ! -name mine -exec sha256sum {} + | sort >before
expect 0 "$MKIMAGE" netboot "$@" tree/ kernel.elf
find tree -type f ! -name mine -exec sha256sum {} + | sort >after
cmp -s before after || die "the files differ"
[ "$(cat tree/mine)" = mine ] || die "tree/mine is gone"

# Its own input is not overwritten.
cp kernel.elf copy.elf
expect 1 "$MKIMAGE" netboot . kernel.elf
mentions './kernel.elf: it would overwrite an input, kernel.elf [host-output-is-input]'
cmp -s kernel.elf copy.elf || die "the kernel was harmed"
expect 1 "$MKIMAGE" netboot --module tree/modules/second tree kernel.elf
mentions 'it would overwrite an input, tree/modules/second [host-output-is-input]'

expect 1 "$MKIMAGE" netboot nowhere/tree missing.elf
mentions 'missing.elf: there is no such file [host-not-found]'
absent nowhere
expect 0 "$MKIMAGE" netboot new/tree kernel.elf
cmp -s new/tree/EFI/BOOT/BOOTX64.EFI tree/EFI/BOOT/BOOTX64.EFI || die "no loader in a new directory"
expect 1 "$MKIMAGE" netboot first kernel.elf
mentions 'first: cannot be written'
mkdir -p taken/kernel.elf
expect 1 "$MKIMAGE" netboot taken kernel.elf
mentions 'taken/kernel.elf: it is a directory [host-directory]'

# What is there and no kernel is somebody else's: nothing is written beside it.
mkdir strange
echo mine >strange/kernel.elf
expect 1 "$MKIMAGE" netboot strange kernel.elf
mentions 'strange/kernel.elf: it is there already, and is no ELF file [host-not-replaced]'
[ "$(ls strange)" = kernel.elf ] && [ "$(cat strange/kernel.elf)" = mine ] || die "strange has $(ls strange)"
: >strange/kernel.elf
expect 0 "$MKIMAGE" netboot strange kernel.elf
cmp strange/kernel.elf tree/kernel.elf || die "an empty kernel.elf stays"

# Every call that changes a file fails in turn, as on a full disk.
ASAN_OPTIONS=verify_asan_link_order=0
export ASAN_OPTIONS
printf '\177ELF older' >tree/kernel.elf
cp tree/kernel.elf older
n=1
while :; do
    status=0
    FAIL_AT=$n LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" netboot "$@" tree kernel.elf >out 2>err || status=$?
    [ $status -ne 0 ] || break
    mentions '[host-disk-full]'
    [ -z "$(find tree -name '*.partial')" ] || die "call $n: $(find tree -name '*.partial')"
    for file in EFI/BOOT/BOOTX64.EFI EFI/BOOT/BOOTIA32.EFI bowline.0 bowline/boot.conf kernel.elf 'modules/a name' modules/second; do
        sum=$(sha256sum "tree/$file")
        grep -qxF "$sum" before || cmp -s tree/kernel.elf older || die "call $n: $file was harmed"
    done
    checks=$((checks + 1))
    n=$((n + 1))
    [ $n -lt 300 ] || die "it never succeeds"
done
[ $n -gt 10 ] || die "only $n calls: is it preloaded?"

# Wrong command lines.
for arguments in '' tree 'tree kernel.elf another.elf' '--module= tree kernel.elf' '--wrong tree kernel.elf'; do
    expect 2 "$MKIMAGE" netboot $arguments
done
expect 2 "$MKIMAGE" netboot '' kernel.elf
expect 0 "$MKIMAGE" netboot --help
grep -q '^usage: mkimage netboot ' out || die "no help"

# A directory that is none of ours is not booted.
mkdir bin other
printf '#!/bin/sh\n' >bin/qemu-system-x86_64
chmod +x bin/qemu-system-x86_64
expect 1 env PATH="$PWD/bin" "$MKIMAGE" test --bios other
mentions 'other: neither an ELF file nor a disk image [not-bootable]'

pass
