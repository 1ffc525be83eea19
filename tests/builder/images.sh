# SPDX-License-Identifier: MIT
# Images that the established tools judge, and whose files mtools reads back.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
cp k.elf before

# pattern SIZE FILE: so many bytes that repeat nowhere nearby.
pattern()
{
    seq 1000000 | head -c "$1" >"$2"
}

expect 0 "$MKIMAGE" k.elf
[ "$(cat out)" = 'k.img: 35 MiB' ] || die "said $(cat out)"
[ ! -s err ] || die "said $(cat err)"
cmp -s k.elf before || die "the kernel was changed"
judge k.img

# Debug sections stay out, the symbols stay in.
mcopy -n -i k.img@@1M ::/kernel.elf in-image.elf
[ "$(stat -c %s in-image.elf)" -lt 20000 ] || die "debug sections are in the image"
[ "$(stat -c %s k.elf)" -gt 100000 ] || die "the kernel has no debug sections"
cmp -s -n 16884 -i 64 k.elf in-image.elf || die "what is loaded differs"
expect 0 "$MKIMAGE" check in-image.elf
[ "$(nm in-image.elf)" = 'ffffffff80000000 T kernel_main' ] || die "symbols: $(nm in-image.elf)"

# What cannot be taken apart safely goes in as it is: no sections, and sections out of bounds.
for odd in 'shoff=0 shnum=0' shoff=0xfffffff0 shnum=60000 size=117500; do
    # shellcheck disable=SC2086 # several fields
    "$MAKE_KERNEL" odd.elf $odd || die "make_kernel"
    expect 0 "$MKIMAGE" odd.elf
    holds odd.img /kernel.elf odd.elf
done

# The layout, to the byte (docs/image-layout.md).
sgdisk -p k.img >table
grep -qE '^ +1 +128 +2047 +960.0 KiB +EF02 ' table || die "partition 1: $(cat table)"
grep -qE '^ +2 +2048 +69631 +33.0 MiB +EF00 ' table || die "partition 2: $(cat table)"
# bytes OFFSET LENGTH: in hexadecimal
bytes()
{
    od -An -v -tx1 -j "$1" -N "$2" k.img | tr -d ' \n'
}
[ "$(bytes 446 16)" = 00000200eeffffff01000000ff170100 ] || die "protective entry: $(bytes 446 16)"
[ "$(bytes 462 50)" = "$(printf '%096d' 0)55aa" ] || die "rest of the MBR: $(bytes 462 50)"
[ "$(bytes 512 8)" = 4546492050415254 ] || die "no GPT header at 512"
[ "$(bytes 17408 15360 | tr -d 0)" = '' ] || die "between the GPT and 0x8000 something is"
[ "$(bytes 32768 6)" = 014344303031 ] || die "no ISO 9660 descriptor at 0x8000"
[ "$(bytes 49576 4)" = 80000000 ] || die "no stage 1 for discs at 0xc000"
[ "$(bytes 53248 12288 | tr -d 0)" = '' ] || die "0xd000 - 0xffff is not free"
[ "$(bytes 65540 4)" = 42574c32 ] || die "no stage 2 at 0x10000: $(bytes 65540 4)"
for record in 917504 983040; do
    [ "$(bytes $record 12)" = 424f574c5354410001000000 ] || die "no boot-state record at $record"
    [ "$(bytes $((record + 24)) 65512 | tr -d 0)" = '' ] || die "the boot-state record at $record is not empty"
done
[ "$(bytes 917520 8)$(bytes 983056 8)" = 02000000000000000100000000000000 ] || die "not the first record counts"
[ "$(bytes $((1048576 + 71)) 11)" = 424f574c494e4520202020 ] || die "the label is not padded"

# Holes stay holes.
[ "$(du -k k.img | cut -f1)" -lt 1024 ] || die "the image is not sparse: $(du -k k.img)"

# For sectors of 4096 bytes: the stages and partition 2 stand at the same bytes, the table at others.
expect 0 "$MKIMAGE" k.elf --sector-size 4096 -o large.img
[ "$(cat out)" = 'large.img: 259 MiB' ] || die "said $(cat out)"
judge_4096 large.img
holds large.img /kernel.elf in-image.elf
cmp -s -n $((15 * 65536 - 32)) -i $((65536 + 32)) k.img large.img || die "the stages differ behind their header"
[ "$(od -An -v -tx1 -j 512 -N 3584 large.img | tr -d ' \n0')" = '' ] || die "0x200 - 0xfff is not free"
[ "$(od -An -c -j 4096 -N 8 large.img | tr -d ' ')" = EFIPART ] || die "no GPT header at 4096"
[ "$(od -An -v -tx1 -j 446 -N 66 large.img | tr -d ' \n')" = \
    "00000200eeffffff01000000ff020100$(printf '%096d' 0)55aa" ] || die "protective MBR for 4096"
[ "$(od -An -tu2 -j $((1048576 + 11)) -N 2 large.img | tr -d ' ')" = 4096 ] || die "FAT's sectors"
[ "$(du -k large.img | cut -f1)" -lt 1024 ] || die "the image for 4096 is not sparse"
rm large.img
for size in 0 513 1024 8192 4k ''; do
    expect 2 "$MKIMAGE" k.elf --sector-size "$size" -o large.img
done
absent large.img

# Files of every size around sectors and clusters.
sizes='0 1 511 512 513 1023 1024 1025 4095 4096 4097 65536 1000000'
set --
for size in $sizes; do
    pattern "$size" "file.$size"
    set -- "$@" --module "file.$size"
done
expect 0 "$MKIMAGE" k.elf "$@"
judge k.img
for size in $sizes; do
    holds k.img "/modules/file.$size" "file.$size"
done

# Other tools can go on from here: a larger file in the kernel's place, and one more.
mcopy -n -o -i k.img@@1M file.1000000 ::/kernel.elf || die "mcopy over the kernel"
mcopy -n -i k.img@@1M file.65536 ::/EFI/more || die "mcopy into a directory"
judge k.img
holds k.img /kernel.elf file.1000000
holds k.img /EFI/more file.65536

# Names and arguments; a file system path in the module's own name does not matter.
mkdir 'folder with: colon'
pattern 1000 'folder with: colon/Übermaß & more.bin'
expect 0 "$MKIMAGE" k.elf --command-line 'root=/dev/sda1  quiet "x y" # not a comment' \
    --module 'folder with\: colon/Übermaß & more.bin' \
    --module 'file.1:A.B:arguments: with colons \ and more' \
    --module 'file.513:.hidden file' \
    --module 'file.512:long name with spaces.and.dots.tar.xz:x' \
    --module 'file.511:longnamewithspaces.tar' \
    --module 'file.4096:LONGNAME.TXT' \
    --module 'file.1024:longname.tx' \
    --module 'file.1025:😀.bin'
judge k.img
holds k.img '/modules/Übermaß & more.bin' 'folder with: colon/Übermaß & more.bin'
holds k.img /modules/A.B file.1
holds k.img '/modules/.hidden file' file.513
holds k.img '/modules/long name with spaces.and.dots.tar.xz' file.512
holds k.img /modules/longnamewithspaces.tar file.511
holds k.img /modules/LONGNAME.TXT file.4096
cat >conf <<'END'
# Written by mkimage; docs/boot-conf.md describes it.
entry kernel
kernel /kernel.elf
options root=/dev/sda1  quiet "x y" # not a comment
module "/modules/Übermaß & more.bin"
module /modules/A.B arguments: with colons \ and more
module "/modules/.hidden file"
module "/modules/long name with spaces.and.dots.tar.xz" x
module /modules/longnamewithspaces.tar
module /modules/LONGNAME.TXT
module /modules/longname.tx
module /modules/😀.bin
END
holds k.img /bowline/boot.conf conf

# 1100 names that look alike: a directory of many clusters, and more files than a shell may open.
ulimit -S -n 256
set --
i=0
while [ $i -lt 1100 ]; do
    set -- "$@" --module "file.1:a name like all others $i"
    i=$((i + 1))
done
expect 0 "$MKIMAGE" k.elf "$@"
judge k.img
holds k.img '/modules/a name like all others 1099' file.1

# 300 MiB, most of it a hole: clusters of 4 KiB, and no more room on the host's disk.
truncate -s 300M sparse
printf 'in the middle' | dd of=sparse bs=1 seek=150000000 conv=notrunc status=none
printf 'before a last hole' | dd of=sparse bs=1 seek=290000000 conv=notrunc status=none
expect 0 "$MKIMAGE" k.elf --module sparse
judge k.img
holds k.img /modules/sparse sparse
[ "$(du -k k.img | cut -f1)" -lt 2048 ] || die "holes were filled: $(du -k k.img)"

pass
