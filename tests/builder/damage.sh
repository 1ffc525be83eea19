# SPDX-License-Identifier: MIT
# Images with one damaged structure each: mkimage check finds all of them. The established tools may say what
# they see, and must not see damage where mkimage has seen none.
#
#   damage.sh [EVERY]
#
# With EVERY only each of that many damages is made.
. "$SOURCE/lib.sh"

every=${1:-1}

# damage IMAGE COUNT KIND...: every damage is found in the structure that it was made in
total=0
damage()
{
    "$DAMAGE" "$every" "$@" >damages 2>missed || die "$(cat missed)"
    found=$(sed -n '$s/.* damages, \([0-9]*\) found.*/\1/p' damages)
    echo "$1: $found found"
    total=$((total + found))
    checks=$((checks + found))
}

"$MAKE_KERNEL" k.elf || die "make_kernel"
seq 5000 >module
seq 300 >'a module with a long name.txt'
echo data >DATA
expect 0 "$MKIMAGE" k.elf --module module --module 'a module with a long name.txt' --module DATA
expect 0 "$MKIMAGE" k.elf --module module --scheme mbr -o mbr.img
expect 0 "$MKIMAGE" k.elf --mbr-active -o active.img
for image in k.img mbr.img active.img; do
    expect 0 "$MKIMAGE" check $image
    [ "$(tail -n 1 out)" = "$image: whole" ] || die "$image: $(cat out)"
    [ ! -s err ] || die "$image: $(cat err)"
done
damage k.img 8
damage mbr.img 4
damage active.img 2 mbr
expect 0 "$MKIMAGE" k.elf --module module --fat 16 -o fat16.img
expect 0 "$MKIMAGE" k.elf --module module --fat 12 -o fat12.img
damage fat16.img 4 fat-boot-sector fat-table directory
damage fat12.img 4 fat-boot-sector fat-table directory
expect 0 "$MKIMAGE" k.elf --module module --sector-size 4096 --fat 16 -o 4096.img
damage 4096.img 8 mbr gpt-header gpt-entries fat-boot-sector directory
expect 0 "$MKIMAGE" k.elf --partition data:linux:2M --partition swap:swap:1M -o parted.img
damage parted.img 8 gpt-header gpt-entries
expect 0 "$MKIMAGE" k.elf --module module --hash -o hashed.img
damage hashed.img 20 file
expect 0 "$MKIMAGE" k.elf --module module --seal -o sealed.img
damage sealed.img 10 file stage
[ $((total * every)) -ge 1000 ] || die "only $total images were damaged"

# By other tools: no stages, no boot.conf, no serial number that anybody knows. (But the same in every run.)
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
guid=12345678-9abc-4def-8123-456789abcde
truncate -s 48M foreign.img
sgdisk -U ${guid}0 -n 1:2048:0 -t 1:ef00 -u 1:${guid}1 -c 1:EFI foreign.img >judgement 2>&1 || die "sgdisk: $(cat judgement)"
mkfs.fat --invariant -F 32 --offset 2048 foreign.img 48000 >judgement 2>&1 || die "mkfs.fat: $(cat judgement)"
mmd -i foreign.img@@1M ::/EFI ::/EFI/BOOT '::/a long directory' || die "mmd"
mcopy -i foreign.img@@1M module '::/a long directory/a file with a long name' || die "mcopy"
mcopy -i foreign.img@@1M DATA ::/EFI/BOOT/ || die "mcopy"
truncate -s 40M floppy.img
mkfs.fat --invariant -F 16 -n FLOPPY floppy.img >judgement 2>&1 || die "mkfs.fat: $(cat judgement)"
mmd -i floppy.img ::/x || die "mmd"
mcopy -i floppy.img module ::/x/ || die "mcopy"
mformat -N 12345678 -C -f 1440 -i small.img :: || die "mformat"
mcopy -i small.img DATA module ::/ || die "mcopy"
truncate -s 48M legacy.img
printf 'label: dos\nlabel-id: 0x12345678\n2048,,0x0c,*\n' | sfdisk -q legacy.img || die "sfdisk"
mkfs.fat --invariant -F 32 --offset 2048 legacy.img 48000 >judgement 2>&1 || die "mkfs.fat: $(cat judgement)"
for image in foreign.img floppy.img small.img legacy.img; do
    expect 0 "$MKIMAGE" check $image
    [ "$(tail -n 1 out)" = "$image: whole" ] || die "$image: $(cat out)"
    [ ! -s err ] || die "$image: $(cat err)"
done
damage foreign.img 8 gpt-header gpt-entries fat-boot-sector fat-table directory
damage floppy.img 8 fat-table directory
damage small.img 8 fat-table directory

# What other tools do to an image of ours is no damage.
# changed TEXT: it is whole, with this note or none
changed()
{
    expect 0 "$MKIMAGE" check changed.img
    [ "$(tail -n 1 out)" = 'changed.img: whole' ] || die "changed.img: $(cat out)"
    grep -vE "^  what to do|$1" err >others && die "changed.img: $(cat err)"
    cp k.img changed.img
}
cp k.img changed.img
truncate -s +10M changed.img
changed gpt-backup-place
truncate -s +10M changed.img
sgdisk -e changed.img >judgement 2>&1 || die "sgdisk: $(cat judgement)"
changed mbr-other-signature
mcopy -i changed.img@@1M 'a module with a long name.txt' '::/another long name.txt' || die "mcopy"
mmd -i changed.img@@1M ::/more || die "mmd"
mcopy -i changed.img@@1M DATA ::/more/ || die "mcopy"
mdel -i changed.img@@1M '::/another long name.txt' || die "mdel"
changed nothing
sgdisk -G changed.img >judgement 2>&1 || die "sgdisk: $(cat judgement)"
changed 'mbr-other-signature|disc-other'
sgdisk -c 2:another changed.img >judgement 2>&1 || die "sgdisk: $(cat judgement)"
changed mbr-other-signature
mlabel -i changed.img@@1M ::ANOTHER || die "mlabel"
changed disc-other
cp mbr.img changed.img
sfdisk -q --part-type changed.img 1 c || die "sfdisk"
sfdisk -q --disk-id changed.img 0x12345678 || die "sfdisk"
changed mbr-other-signature
for options in '--fat 12' '--fat 16 --scheme mbr' --no-bios '--no-bios --scheme mbr' '--label WORK-1' \
    '--partition data:linux:2M' '--sector-size 4096 --fat 16' '--size 60M'; do
    # shellcheck disable=SC2086 # several words
    expect 0 "$MKIMAGE" build k.elf --module module $options -o changed.img --force
    changed nothing
done
expect 0 "$MKIMAGE" build k.elf --no-uefi -o changed.img --force
changed bios-only

# A disc of GRUB's.
mkdir -p tree/boot/grub
echo >tree/boot/grub/grub.cfg
grub-mkrescue -o grub.iso tree >judgement 2>&1 || die "grub-mkrescue: $(tail -n 1 judgement)"
expect 0 "$MKIMAGE" check grub.iso
[ "$(tail -n 1 out)" = 'grub.iso: whole' ] || die "grub.iso: $(cat out)"
damage grub.iso 4 gpt-header gpt-entries fat-table directory

# judged IMAGE TOOL...: a tool that complains of an image is right, so mkimage has to complain, too
judged()
{
    image=$1
    shift
    if ! "$@" >judgement 2>&1 || grep -qiE 'problem:|caution|differ|error|warning|leaving' judgement; then
        checks=$((checks + 1))
        expect 1 "$MKIMAGE" check $image
        return
    fi
    echo "$image: $1 sees nothing"
}

poke()
{
    # shellcheck disable=SC2059 # the bytes are a format
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

size=$(stat -c %s k.img)
for place in 520 552 584 1056 1500 $((size - 512 + 24)) $((size - 512 - 1000)); do
    cp k.img broken.img
    poke broken.img "$place" '\125'
    judged broken.img sgdisk --verify broken.img
done
dd if=k.img of=esp.img bs=1M skip=1 count=33 conv=sparse status=none
for place in 13 16 71 512 $((512 + 488)) 3072 $((0x4000)) $((0x4028)) $((0x46028)) $((0x88020 + 13)) $((0x8804b)) \
    $((0x8805a)); do
    cp esp.img broken.esp
    poke broken.esp "$place" '\3'
    cp k.img broken.img
    poke broken.img $((0x100000 + place)) '\3'
    judged broken.img fsck.fat -n broken.esp
done
pass
