# SPDX-License-Identifier: MIT
# The same inputs give the same bytes; other inputs give another identity.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
seq 10000 >module

build()
{
    expect 0 "$MKIMAGE" k.elf --module module --command-line text -o "$1"
}

build first.img

# In another folder, with other times, rights, umask, locale, time zone and environment.
mkdir -p 'another folder/deep'
(
    cd 'another folder/deep' || exit 1
    cp ../../k.elf ../../module .
    touch -d '2001-02-03 04:05:06' k.elf
    touch -d '2033-02-03 04:05:06' module
    chmod 400 k.elf
    umask 077
    LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8 TZ=Pacific/Kiritimati HOME=/nonexistent \
        "$MKIMAGE" build --command-line text --module ../deep/module ./k.elf -o second.img
) >/dev/null || die "the second build failed"
cmp first.img 'another folder/deep/second.img' || die "another folder, other bytes"

# And so with the other scheme, which shares no identity with the first.
for name in mbr again; do
    expect 0 "$MKIMAGE" k.elf --module module --command-line text --scheme mbr -o "$name.img"
    sleep 0.1
done
cmp mbr.img again.img || die "the same inputs, other bytes"
[ "$(od -An -tx4 -j 440 -N 4 mbr.img)" != "$(od -An -tx4 -j 440 -N 4 first.img)" ] || die "one disk signature for two schemes"

# On another day, where the clock can be moved.
if command -v faketime >/dev/null; then
    expect 0 faketime '2040-05-06 07:08:09' "$MKIMAGE" k.elf --module module --command-line text -o day.img
    cmp first.img day.img || die "another day, other bytes"
fi

# SOURCE_DATE_EPOCH is the time of everything, and of nothing else.
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
build dated.img
mdir -i dated.img@@1M ::/ | grep -q 'KERNEL .* 2023-11-14  22:13' || die "$(mdir -i dated.img@@1M ::/)"
judge dated.img
SOURCE_DATE_EPOCH=0
build epoch.img
cmp first.img epoch.img || die "before 1980 is not 1980"
SOURCE_DATE_EPOCH=99999999999
build late.img
mdir -i late.img@@1M ::/ | grep -q 'KERNEL .* 2107-12-31  23:59' || die "$(mdir -i late.img@@1M ::/)"
unset SOURCE_DATE_EPOCH

# What is not in the image does not change it: debug sections, and how a module is called outside.
cp module elsewhere
expect 0 "$MKIMAGE" k.elf --module elsewhere:module --command-line text -o third.img
cmp first.img third.img || die "the name outside matters"

identity()
{
    sgdisk -p "$1" | sed -n 's/^Disk identifier (GUID): //p'
    sgdisk -i 1 "$1" | sed -n 's/^Partition unique GUID: //p'
    sgdisk -i 2 "$1" | sed -n 's/^Partition unique GUID: //p'
    od -An -tx4 -j 440 -N 4 "$1"
    od -An -tx4 -j $((1048576 + 67)) -N 4 "$1"
}
identity first.img >identity.1
[ "$(sort -u identity.1 | wc -l)" -eq 5 ] || die "identities are not told apart: $(cat identity.1)"
expect 0 "$MKIMAGE" k.elf --module module --command-line texT -o other.img
identity other.img >identity.2
[ "$(sort identity.1 identity.2 | uniq -d)" = '' ] || die "two images share an identity"

pass
