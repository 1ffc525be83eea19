# SPDX-License-Identifier: MIT
# --scheme mbr, --mbr-type and --mbr-active, as the established tools see them.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
seq 100000 >module

# bytes OFFSET LENGTH IMAGE: in hexadecimal
bytes()
{
    od -An -v -tx1 -j "$1" -N "$2" "$3" | tr -d ' \n'
}

expect 0 "$MKIMAGE" k.elf --scheme mbr --module module
[ ! -s err ] || die "said $(cat err)"
judge k.img mbr
holds k.img /modules/module module
sfdisk -d k.img >table
grep -qE '^k.img1 : start= +2048, size= +67584, type=ef, bootable$' table || die "partition: $(cat table)"
[ "$(grep -c '^k.img' table)" -eq 1 ] || die "partitions: $(cat table)"
# CHS by 255 heads and 63 sectors: 0/32/33 to 4/85/17.
[ "$(bytes 446 16 k.img)" = 80202100ef5511040008000000080100 ] || die "entry: $(bytes 446 16 k.img)"
[ "$(bytes 462 50 k.img)" = "$(printf '%096d' 0)55aa" ] || die "rest of the MBR: $(bytes 462 50 k.img)"
[ "$(bytes 440 4 k.img)" != 00000000 ] || die "no disk signature"
[ "$(bytes 512 32256 k.img | tr -d 0)" = '' ] || die "something lies between the MBR and the disc's descriptors"
[ "$(bytes $(($(stat -c %s k.img) - 1048576)) 1048576 k.img | tr -d 0)" = '' ] || die "something lies in the last MiB"

# The rest is the same in both schemes: the stages but for the image's mark, which is its disk signature, and the
# file system but for its serial number.
expect 0 "$MKIMAGE" k.elf -o gpt.img --module module
[ "$(stat -c %s k.img)" -eq "$(stat -c %s gpt.img)" ] || die "the schemes differ in size"
for image in k.img gpt.img; do
    [ "$(bytes $((0x1001c)) 4 $image)" = "$(bytes 440 4 $image)" ] || die "$image: the mark is not the disk signature"
done
cmp -s -n 28 -i $((0x10000)) k.img gpt.img || die "the stages differ"
cmp -s -n $((0xf0000 - 32)) -i $((0x10020)) k.img gpt.img || die "the stages differ"
cmp -l -i $((0x100000)) -n $((33 * 1048576)) k.img gpt.img >differences
[ "$(wc -l <differences)" -le 8 ] || die "the file systems differ: $(head differences)"

# Other types; nothing else changes but the identity.
for type in 0x0c 12; do
    expect 0 "$MKIMAGE" k.elf --scheme mbr --mbr-type $type -o type.img
    judge type.img mbr
    [ "$(bytes 446 8 type.img)" = 802021000c551104 ] || die "entry: $(bytes 446 8 type.img)"
done

# An active entry beside the protective one, which stays as it was: of no partition, at no sector.
expect 0 "$MKIMAGE" k.elf --mbr-active -o active.img
judge active.img
[ "$(bytes 446 32 active.img)" = 00000200eeffffff01000000ff170100800001000000010000000000010000\
00 ] ||
    die "entries: $(bytes 446 32 active.img)"
[ "$(bytes 478 34 active.img)" = "$(printf '%064d' 0)55aa" ] || die "rest of the MBR: $(bytes 478 34 active.img)"
# In the other scheme there is one already.
expect 0 "$MKIMAGE" k.elf --scheme mbr --mbr-active -o active.img
judge active.img mbr

# Wrong usage.
for wrong in '--scheme apm' '--scheme' '--mbr-type 0x0c' '--scheme mbr --mbr-type 0' '--scheme mbr --mbr-type 0xee' \
    '--scheme mbr --mbr-type 5' '--scheme mbr --mbr-type 256' '--scheme mbr --mbr-type fat' '--mbr-active=yes'; do
    # shellcheck disable=SC2086 # several words
    expect 2 "$MKIMAGE" build k.elf -o wrong.img $wrong
    grep -q '^mkimage: error: ' err || die "$wrong: said $(cat err)"
    absent wrong.img wrong.img.partial
done

pass
