# SPDX-License-Identifier: MIT
# What goes into the file system: --file, --tree, --config, --keep-debug, --no-bios, --no-uefi.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
echo readme >readme
echo 'a colon' >'a:b'
mkdir -p 'tree/deep/er' tree/empty
echo one >tree/one
echo two >'tree/deep/er/Zwei Wörter.txt'
ln -s ../one tree/deep/link
ln -s deep tree/linked

expect 0 "$MKIMAGE" k.elf --file readme --file readme:/docs/ --file readme:docs/other.txt \
    --file 'a\:b:colon' --tree tree --tree tree:/copy/of/
judge k.img
holds k.img /readme readme
holds k.img /docs/readme readme
holds k.img /docs/other.txt readme
holds k.img /colon a:b
holds k.img /one tree/one
holds k.img /deep/link tree/one
holds k.img /linked/link tree/one
holds k.img '/deep/er/Zwei Wörter.txt' 'tree/deep/er/Zwei Wörter.txt'
holds k.img '/copy/of/deep/er/Zwei Wörter.txt' 'tree/deep/er/Zwei Wörter.txt'
mdir -i k.img@@1M ::/empty ::/copy/of/empty >list || die "no empty directories: $(cat list)"

# The order that a directory happens to have does not matter, nor does when files were made.
mkdir other
for name in z y one m a; do echo "$name" >"other/$name"; done
mkdir again
for name in a m one y z; do echo "$name" >"again/$name"; done
expect 0 "$MKIMAGE" k.elf --tree other -o first.img
expect 0 "$MKIMAGE" k.elf --tree again -o second.img
cmp first.img second.img || die "the order in a directory matters"

# The same place twice, also with the loader's own files.
for place in kernel.elf /KERNEL.ELF EFI/BOOT/BOOTX64.EFI bowline/boot.conf docs; do
    expect 1 "$MKIMAGE" k.elf --file readme:docs/x --file "readme:$place" -o no.img
    mentions '[name-twice]'
    absent no.img no.img.partial
done
expect 1 "$MKIMAGE" k.elf --file missing -o no.img
says 'mkimage: error: missing: there is no such file [host-not-found]
  what to do: check the path'
expect 1 "$MKIMAGE" k.elf --file tree -o no.img
mentions 'tree: it is a directory [host-directory]'
expect 1 "$MKIMAGE" k.elf --tree readme -o no.img
mentions 'readme: cannot be opened: Not a directory [host-open]'
expect 1 "$MKIMAGE" k.elf --file 'readme:a*b' -o no.img
mentions '[name-character]'
expect 1 "$MKIMAGE" k.elf --file readme:a//b -o no.img
mentions '[name-length]'
expect 1 "$MKIMAGE" k.elf --file readme:../up -o no.img
mentions '[name-end]'
ln -s .. tree/deep/up
expect 1 "$MKIMAGE" k.elf --tree tree -o no.img
mentions '[host-tree-depth]'
rm tree/deep/up
mkfifo tree/pipe
expect 1 "$MKIMAGE" k.elf --tree tree -o no.img
mentions 'tree/pipe: it is a pipe, not an ordinary file [host-not-regular]'
rm tree/pipe
expect 2 "$MKIMAGE" k.elf --file readme:a:b -o no.img
mentions 'a colon in the path of readme is written \:'
expect 2 "$MKIMAGE" k.elf --file :x -o no.img
mentions '--file names no file'
expect 2 "$MKIMAGE" k.elf --tree '' -o no.img
mentions '--tree names no directory'
absent no.img no.img.partial

# A boot.conf of the user's own goes in as it is, when all that it names is there.
printf '\357\273\277# mine\r\nentry a\r\nkernel /kernel.elf\r\nmodule "/modules/a b" x y\r\n\r\nentry b\nkernel /other.elf\n' >mine.conf
cp readme 'a b'
expect 0 "$MKIMAGE" k.elf --config mine.conf --module 'a b' --file k.elf:/OTHER.elf -o mine.img
holds mine.img /bowline/boot.conf mine.conf
holds mine.img '/modules/a b' readme
expect 1 "$MKIMAGE" k.elf --config mine.conf --file k.elf:/other.elf -o no.img
says 'mkimage: error: mine.conf: line 4, column 1: /modules/a b is not in the image [config-not-in-image]
  what to do: add it with --file or --module, or mend the path: an absolute one, as --dry-run --verbose shows it'
expect 1 "$MKIMAGE" k.elf --config mine.conf --module 'a b' --file readme:/other.elf -o no.img
mentions 'readme: '
expect 1 "$MKIMAGE" k.elf --config readme -o no.img
mentions 'readme: line 1, column 1: unknown key "readme" [config-unknown-key]'
echo 'entry a' >no-kernel.conf
expect 1 "$MKIMAGE" k.elf --config no-kernel.conf -o no.img
mentions 'no-kernel.conf: line 1, column 1: entry "a" names no kernel [config-no-kernel]'
: >empty.conf
expect 1 "$MKIMAGE" k.elf --config empty.conf -o no.img
mentions '[config-no-kernel]'
seq 200000 >large.conf
expect 1 "$MKIMAGE" k.elf --config large.conf -o no.img
mentions '[config-too-large]'
expect 1 "$MKIMAGE" k.elf --config missing -o no.img
mentions '[host-not-found]'
seq 1000 >module
hash=$(sha256sum module | cut -d ' ' -f 1)
# config LINE...: a boot.conf with these lines behind the kernel's
config()
{
    { echo 'kernel /kernel.elf'; printf '%s\n' "$@"; } >lines.conf
}
config "module /modules/module" "sha256 $hash" 'optional /modules/missing' "sha256 $hash" 'entry a' 'default a'
expect 0 "$MKIMAGE" k.elf --config lines.conf --module module -o mine.img
expect 0 "$MKIMAGE" check mine.img
config "sha256 $hash"
expect 1 "$MKIMAGE" k.elf --config lines.conf -o no.img
mentions 'k.elf: its SHA-256 begins with 0x'
config 'entry a' "sha256 $hash" # what stands before the first entry belongs to it, as in the loader
expect 1 "$MKIMAGE" k.elf --config lines.conf -o no.img
mentions 'k.elf: its SHA-256 begins with 0x'
config 'entry a' 'entry b' "sha256 $hash"
expect 1 "$MKIMAGE" k.elf --config lines.conf -o no.img
mentions 'lines.conf: line 4, column 1: no file of this entry is named before this SHA-256 [config-hash-of-nothing]'
config 'sha256 0123'
expect 1 "$MKIMAGE" k.elf --config lines.conf -o no.img
mentions 'lines.conf: line 2, column 8: "0123" is no SHA-256 [config-no-hash]'
config 'resolution large'
expect 1 "$MKIMAGE" k.elf --config lines.conf -o no.img
mentions 'lines.conf: line 2, column 12: "large" is no size in pixels [config-no-size]'
config 'default b'
expect 1 "$MKIMAGE" k.elf --config lines.conf -o no.img
mentions 'lines.conf: line 2, column 1: no entry is called "b", which is the default [config-no-entry]'
expect 2 "$MKIMAGE" k.elf --config mine.conf --hash -o no.img
mentions '--hash does not change the file of --config'

# What the loader only warns of, or finds out when somebody chooses the entry: a build refuses it, and mkimage check
# names it. with IMAGE LINE...: lines.conf, and what is in the image
with()
{
    into=$1
    shift
    printf '%s\n' "$@" >lines.conf
    mcopy -o -i "$into@@1M" lines.conf ::/bowline/boot.conf || die "mcopy"
}
# build_lines IMAGE OPTION...: like the image, with lines.conf
build_lines()
{
    like=$1
    shift
    [ "$like" != mbr.img ] || set -- --scheme mbr "$@"
    "$MKIMAGE" build --dry-run k.elf --config lines.conf --file readme --file x64.efi:other.efi \
        --partition data:data:1M -o no.img "$@"
}
# refused IMAGE TEXT LINE...
refused()
{
    image=$1 text=$2
    shift 2
    with "$image" "$@"
    expect 1 build_lines "$image"
    mentions "mkimage: error: lines.conf: $text"
    expect 1 "$MKIMAGE" check "$image"
    mentions ": $text"
    grep -q "^mkimage: error: $image: /bowline/boot.conf, bytes " err || die "$(cat err)"
}
# taken IMAGE LINE...
taken()
{
    image=$1
    with "$@"
    expect 0 build_lines "$image"
    says ''
    expect 0 "$MKIMAGE" check "$image"
    says ''
}
mcopy -n -i k.img@@1M ::/EFI/BOOT/BOOTX64.EFI x64.efi || die "mcopy"
for scheme in gpt mbr; do
    expect 0 "$MKIMAGE" k.elf --file readme --file x64.efi:other.efi --partition data:data:1M --scheme $scheme -o $scheme.img
done
for line in 'options x' 'title x' 'slot 1 1' 'resolution 1x1'; do
    taken gpt.img 'entry a' 'kernel /kernel.elf' "$line" 'entry b' 'kernel /kernel.elf' "$line"
    refused gpt.img "line 5, column 2: a second line \"${line%% *}\": line 3 is the first [config-repeated]" \
        'entry a' 'kernel /kernel.elf' "$line" 'module /readme' " $line"
done
for line in 'timeout 1' 'default a' 'editor on' 'serial off' 'log info'; do
    taken gpt.img 'entry a' "$line" 'kernel /kernel.elf'
    refused gpt.img "line 5, column 1: a second line \"${line%% *}\": line 1 is the first [config-repeated]" \
        "$line" 'entry a' 'kernel /kernel.elf' 'entry b' "$line" 'kernel /kernel.elf'
done
taken gpt.img 'resolution 1x1' 'entry a' 'resolution 2x2' 'kernel /kernel.elf' # of all entries, and of one
refused gpt.img 'line 2, column 1: a second line "resolution": line 1 is the first' \
    'resolution 1x1' 'resolution 2x2' 'kernel /kernel.elf'
refused gpt.img 'line 3, column 1: a second line "kernel": line 1 is the first' \
    'kernel /kernel.elf' 'entry a' 'kernel /kernel.elf'
readme_hash=$(sha256sum readme | cut -d ' ' -f 1)
taken gpt.img 'kernel /kernel.elf' 'module /readme' 'module /readme' "sha256 $readme_hash" 'optional /readme' 'optional /no'

# One line chainload for each firmware, and a partition that there is.
taken gpt.img 'entry a' 'chainload /other.efi' 'chainload partition 3' 'entry b' 'chainload partition 1'
taken mbr.img 'entry a' 'chainload partition 2' 'chainload /other.efi' 'entry b' 'chainload partition 1'
refused gpt.img 'line 4, column 1: a second line "chainload": line 2 is the first' \
    'entry a' 'chainload /other.efi' 'chainload partition 3' 'chainload /other.efi'
refused gpt.img 'line 4, column 1: a second line "chainload": line 2 is the first' \
    'entry a' 'chainload partition 3' 'chainload /other.efi' 'chainload partition 2'
refused gpt.img 'line 3, column 2: the entry has a kernel, too, in line 2 [config-kernel-and-chainload]' \
    'entry a' 'kernel /kernel.elf' ' chainload partition 2'
refused gpt.img 'line 2, column 1: the entry has a kernel, too, in line 3' \
    'entry a' 'chainload /other.efi' 'kernel /kernel.elf'
refused gpt.img 'line 2, column 2: the partition table has no partition 4 [config-partition-missing]' \
    'entry a' ' chainload partition 4'
refused mbr.img 'line 2, column 1: the partition table has no partition 3 [config-partition-missing]' \
    'entry a' 'chainload partition 3'
printf '%s\n' 'entry a' 'chainload partition 4' >lines.conf # of the disk that a server's client has, or not
expect 0 "$MKIMAGE" netboot lines k.elf --config lines.conf

# What boots, and may not be what somebody wanted.
slots()
{
    for number in $(seq "$1"); do
        printf '%s\n' "entry $number" 'kernel /kernel.elf' "slot $number 1"
    done
}
# noted TEXT LINE...
noted()
{
    text=$1
    shift
    with gpt.img "$@"
    expect 0 "$MKIMAGE" k.elf --config lines.conf -o noted.img
    grep -qxF "mkimage: note: lines.conf: $text" err || die "no \"$text\" in: $(cat err)"
    grep -q '^  what to do: .' err || die "no remedy: $(cat err)"
    expect 0 "$MKIMAGE" check gpt.img
    grep -q '^mkimage: note: gpt.img: /bowline/boot.conf, bytes ' err || die "$(cat err)"
    grep -qF ": $text" err || die "no \"$text\" in: $(cat err)"
    [ "$(grep -c 'mkimage:' err)" -eq 1 ] || die "$(cat err)"
}
taken gpt.img "$(slots 16)"
noted 'line 51, column 1: a slot more than the 16 that the boot state has places for [config-uncounted-slot]' "$(slots 18)"
taken gpt.img 'default rescue' 'entry rescue' 'kernel /kernel.elf' 'entry other' 'kernel /kernel.elf'
taken gpt.img 'default 2' "$(slots 2)" 'entry rescue' 'kernel /kernel.elf'
noted 'line 9, column 2: the default "rescue" is no slot: as long as it can be loaded, no slot boots [config-default-no-slot]' \
    'entry rescue' 'kernel /kernel.elf' "$(slots 2)" ' default rescue'

# The example of docs/boot-conf.md: the options that it names make the file that it shows.
document="$SOURCE/../../docs/boot-conf.md"
awk '/^```$/ { blocks++; next } blocks == 1' "$document" >shown.conf
example=$(sed -n 's/^That is what `mkimage kernel.elf \(.*\)` writes\.$/\1/p' "$document")
[ -n "$example" ] || die "docs/boot-conf.md has no example"
echo ramdisk >initrd.img
eval "expect 0 \"\$MKIMAGE\" k.elf $example -o example.img"
holds example.img /bowline/boot.conf shown.conf

# --hash: of what is in the image, without its debug sections.
expect 0 "$MKIMAGE" k.elf --hash --module module --module 'a b:c d:text' -o hashed.img
mcopy -n -i hashed.img@@1M ::/kernel.elf kernel-inside || die "mcopy"
cat >expected <<END
# Written by mkimage; docs/boot-conf.md describes it.
entry kernel
kernel /kernel.elf
sha256 $(sha256sum kernel-inside | cut -d ' ' -f 1)
module /modules/module
sha256 $hash
module "/modules/c d" text
sha256 $(sha256sum 'a b' | cut -d ' ' -f 1)
END
holds hashed.img /bowline/boot.conf expected
expect 0 "$MKIMAGE" netboot hashed k.elf --hash --module module
sed '/c d/,$d' expected | diff - hashed/bowline/boot.conf || die "netboot --hash"

expect 2 "$MKIMAGE" k.elf --config mine.conf --command-line x -o no.img
mentions '--command-line belongs into the file of --config'
expect 2 "$MKIMAGE" k.elf --config mine.conf --module readme:a:b -o no.img
mentions 'the arguments of readme belong into the file of --config'
absent no.img no.img.partial

# Debug sections.
expect 0 "$MKIMAGE" k.elf --keep-debug -o debug.img
holds debug.img /kernel.elf k.elf

# Without one of the two.
expect 0 "$MKIMAGE" k.elf --no-uefi -o bios.img
judge bios.img
! mdir -i bios.img@@1M ::/EFI >list 2>&1 || die "there is a UEFI application"
expect 0 "$MKIMAGE" k.elf --no-bios -o uefi.img
judge uefi.img
[ "$(od -An -v -tx1 -j 65536 -N 786432 uefi.img | tr -d ' \n0')" = '' ] || die "there are BIOS stages"
expect 2 "$MKIMAGE" k.elf --no-bios --no-uefi -o no.img
mentions 'leave nothing that boots'

# The directory of a network boot has the same files.
expect 0 "$MKIMAGE" netboot net k.elf --file readme:docs/ --tree tree
cmp net/docs/readme readme || die "netboot --file"
cmp 'net/deep/er/Zwei Wörter.txt' 'tree/deep/er/Zwei Wörter.txt' || die "netboot --tree"
pass
