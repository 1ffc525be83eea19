# SPDX-License-Identifier: MIT
# Packed kernels and modules: mkimage sees in them what the loader will see, and puts them into the image as they are.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
gzip -n -c k.elf >k.elf.gz
seq 10000 | gzip -n >numbers.gz
{ head -c 5000 numbers.gz; tail -c 8 numbers.gz; } >cut.gz
head -c 5000 numbers.gz >half.gz
cat numbers.gz numbers.gz >twice.gz

# The same report as of the kernel itself; only debug sections are not left out.
expect 0 "$MKIMAGE" check k.elf
sed 's/^k.elf: /k.elf.gz: /' out >expected
expect 0 "$MKIMAGE" check k.elf.gz
cmp out expected || die "another report: $(diff out expected)"
expect 0 "$MKIMAGE" check --module numbers.gz k.elf.gz
grep -q '48 KiB *loader *modules' out || die "the module's size is not what it unpacks to: $(cat out)"
expect 0 "$MKIMAGE" inspect k.elf.gz
grep -q 'verdict *it boots' out || die "inspect: $(cat out)"

expect 0 "$MKIMAGE" k.elf.gz --hash --module numbers.gz --module twice.gz:twice --file k.elf.gz:/other.gz
judge k.elf.img
holds k.elf.img /kernel.elf.gz k.elf.gz
holds k.elf.img /modules/numbers.gz numbers.gz
holds k.elf.img /modules/twice twice.gz # by its name it is not packed
mtype -i k.elf.img@@1M ::/bowline/boot.conf | grep -qx 'kernel /kernel.elf.gz' || die "boot.conf names another kernel"
expect 0 "$MKIMAGE" check k.elf.img
printf 'entry first\nkernel /kernel.elf.gz\nentry second\nkernel /other.gz\n' >two.conf
expect 0 "$MKIMAGE" k.elf.gz --config two.conf --file k.elf.gz:/other.gz
expect 1 "$MKIMAGE" k.elf.gz --config two.conf --file cut.gz:/other.gz -o no.img
mentions 'cut.gz: the packed data is cut short [gzip-truncated]'
expect 0 "$MKIMAGE" netboot netboot k.elf.gz
cmp netboot/kernel.elf.gz k.elf.gz || die "netboot has another kernel"
expect 0 "$MKIMAGE" netboot netboot k.elf.gz

for verb in check inspect; do
    expect 1 "$MKIMAGE" $verb cut.gz
    mentions 'cut.gz: the packed data is cut short [gzip-truncated]'
    expect 1 "$MKIMAGE" $verb twice.gz
    mentions "twice.gz: $(stat -c %s numbers.gz) bytes follow the end of the packed data [gzip-trailing]"
done
expect 1 "$MKIMAGE" cut.gz -o no.img
mentions 'cut.gz: the packed data is cut short [gzip-truncated]'
expect 1 "$MKIMAGE" half.gz -o no.img
mentions 'half.gz: it unpacks to less than the '
mentions ' bytes that stand at its end [gzip-size]'
expect 1 "$MKIMAGE" numbers.gz -o no.img
mentions 'numbers.gz: not an ELF file: it begins with the bytes 0x310a320a [elf-not-elf]'
expect 1 "$MKIMAGE" k.elf --module cut.gz -o no.img
mentions 'cut.gz: the packed data is cut short [gzip-truncated]'
cp k.elf k-not.gz
expect 1 "$MKIMAGE" k-not.gz -o no.img
mentions 'k-not.gz: it is not packed, although its name ends in .gz: it begins with the bytes 0x7f45 [gzip-not-gzip]'

pass
