# SPDX-License-Identifier: MIT
# mkimage --seal: what is in the seals, what is refused, and what mkimage check and inspect say of them.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
seq 1000 >module
seq 2000 >other
reseal="$SOURCE/../boot/reseal.py"

# conf IMAGE FILE: takes its boot.conf out
conf()
{
    rm -f "$2"
    mcopy -n -i "$1@@1M" ::/bowline/boot.conf "$2" || die "mcopy"
}

# loader IMAGE NAME FILE: takes one of its UEFI applications out
loader()
{
    rm -f "$3"
    mcopy -n -i "$1@@1M" "::/EFI/BOOT/$2" "$3" || die "mcopy"
}

# finds IMAGE COUNT TEXT...: mkimage check, what is damaged or odd in it
finds()
{
    image=$1
    findings=$2
    shift 2
    "$MKIMAGE" check "$image" >out 2>err
    for text in "$@"; do
        grep -qF -- "$text" err || die "$image: no \"$text\" in: $(cat err)"
        checks=$((checks + 1))
    done
    [ "$(grep -c '^mkimage: ' err)" -eq "$findings" ] || die "$image: more than that: $(cat err)"
}

expect 0 "$MKIMAGE" k.elf --hash --module module -o hashed.img
expect 0 "$MKIMAGE" k.elf --seal --module module -o sealed.img
expect 0 "$MKIMAGE" k.elf --seal --module module -o again.img
cmp sealed.img again.img || die "another sealed image of the same"
expect 0 "$MKIMAGE" check sealed.img
[ ! -s err ] || die "check: $(cat err)"
conf hashed.img hashed.conf
conf sealed.img sealed.conf
cmp hashed.conf sealed.conf || die "--seal does not imply --hash"
judge sealed.img

# What somebody who reads docs/sealing.md writes is the same, byte for byte. But the checksums of the PE files, which
# sbverify, objdump and the firmware do not mind; and what was sealed with another seal can be sealed back.
cp sealed.img written.img
"$reseal" written.img sealed.conf || die "reseal"
cmp sealed.img written.img || die "--seal does not do what docs/sealing.md says"
"$reseal" written.img module || die "reseal"
! cmp -s sealed.img written.img || die "nothing was sealed"
for name in BOOTX64.EFI BOOTIA32.EFI; do
    loader hashed.img $name open.efi
    loader sealed.img $name sealed.efi
    # The seal with its hash and CRC; the PE checksum.
    [ "$(cmp -l open.efi sealed.efi | wc -l)" -le $((1 + 32 + 4 + 4)) ] || die "$name: more was changed than the seal"
    objdump -h sealed.efi | grep -q ' \.seal  *00000050 ' || die "$name: no section .seal"
    grep -qaF BWLSEAL1 sealed.efi || die "$name: no magic number"
done

# All kinds of images, and the network.
for options in '--scheme mbr' '--no-bios' '--no-uefi' '--sector-size 4096 --fat 16'; do
    # shellcheck disable=SC2086 # several words
    expect 0 "$MKIMAGE" k.elf --seal $options -o kind.img
    expect 0 "$MKIMAGE" check kind.img
    expect 0 "$MKIMAGE" inspect kind.img
    grep -q 'sealed  *the loader takes no other boot.conf' out || die "$options: $(cat out)"
    cp kind.img changed.img
    conf kind.img kind.conf
    echo '# x' >>kind.conf
    mcopy -o -i changed.img@@1M kind.conf ::/bowline/boot.conf || die "mcopy"
    expect 1 "$MKIMAGE" check changed.img
    grep -qF 'seal-differs]' err || die "$options: $(cat err)"
done
expect 0 "$MKIMAGE" netboot --seal --module module tree k.elf
cmp tree/bowline/boot.conf sealed.conf || die "netboot: another boot.conf"
for name in BOOTX64.EFI BOOTIA32.EFI; do
    loader sealed.img $name sealed.efi
    cmp "tree/EFI/BOOT/$name" sealed.efi || die "netboot: another $name"
done
tail -c +1057 tree/bowline.0 | head -c 80 >network-seal
tail -c +65569 sealed.img | head -c 80 | cmp - network-seal || die "netboot: another seal"

# Two boot.confs.
expect 0 "$MKIMAGE" k.elf --module other --seal-also sealed.conf -o update.img
conf update.img update.conf
cp update.img written.img
"$reseal" written.img update.conf sealed.conf || die "reseal"
cmp update.img written.img || die "--seal-also does not do what docs/sealing.md says"
expect 0 "$MKIMAGE" check update.img
mmd -i update.img@@1M ::/old || die "mmd"
mcopy -i update.img@@1M module ::/modules/ || die "mcopy"
mcopy -o -i update.img@@1M sealed.conf ::/bowline/boot.conf || die "mcopy"
expect 0 "$MKIMAGE" check update.img
expect 2 "$MKIMAGE" k.elf --seal-also '' -o no.img
mentions '--seal-also names no file'
expect 1 "$MKIMAGE" k.elf --seal-also missing -o no.img
mentions 'missing: there is no such file [host-not-found]'
expect 1 "$MKIMAGE" k.elf --seal-also k.elf -o no.img # it is nearly empty text
mentions 'k.elf: '

# A file of the user's own has to have its hashes, and stays as it is.
cat sealed.conf - >mine.conf <<'END'
# mine
END
expect 0 "$MKIMAGE" k.elf --module module --seal --config mine.conf -o mine.img
holds mine.img /bowline/boot.conf mine.conf
expect 0 "$MKIMAGE" check mine.img
hash=$(sha256sum module | cut -d ' ' -f 1)
# without LINE WHAT TEXT...: the boot.conf of these lines misses a hash
without()
{
    line=$1 what=$2
    shift 2
    { sed 4q sealed.conf; printf '%s\n' "$@"; } >lines.conf
    expect 1 "$MKIMAGE" k.elf --module module --seal --config lines.conf -o no.img
    mentions "lines.conf: line $line, column 1: $what has no good line \"sha256\""
    expect 1 "$MKIMAGE" k.elf --module module --seal-also lines.conf -o no.img
    mentions "lines.conf: line $line, column 1: $what has no good line \"sha256\""
}
without 5 /modules/module 'module /modules/module'
without 5 /modules/module 'module /modules/module' 'optional /modules/missing' "sha256 $hash"
without 7 /modules/missing 'module /modules/module' "sha256 $hash" 'optional /modules/missing'
without 6 /kernel.elf 'entry other' 'kernel /kernel.elf'
expect 0 "$MKIMAGE" k.elf --module module --config lines.conf -o open.img # not sealed
absent no.img no.img.partial

# What mkimage check says of an image in which something does not fit.
sealed_with=$(sha256sum sealed.conf | cut -c 1-16 | sed 's/^0*/0x/')
cp sealed.img changed.img
sed '$d' sealed.conf >changed.conf
mcopy -o -i changed.img@@1M changed.conf ::/bowline/boot.conf || die "mcopy"
finds changed.img 2 "and the loader is sealed with $sealed_with [seal-differs]" \
    'line 5, column 1: /modules/module has no good line "sha256", without which a sealed loader takes no file [seal-no-hash]'
expect 0 "$MKIMAGE" inspect changed.img
! grep -q 'sealed  *the loader takes no other' out || die "inspect: $(cat out)"
"$MKIMAGE" inspect --json changed.img | grep -q '"is_sealed": *false' || die "inspect --json"
"$MKIMAGE" inspect --json sealed.img | grep -q '"is_sealed": *true' || die "inspect --json"

expect 0 "$MKIMAGE" k.elf --seal --module other -o other.img
for name in BOOTX64.EFI BOOTIA32.EFI; do
    cp sealed.img mixed.img
    loader other.img $name loader.efi
    mcopy -o -i mixed.img@@1M loader.efi ::/EFI/BOOT/$name || die "mcopy"
    conf other.img other.conf
    finds mixed.img 1 "/EFI/BOOT/$name, bytes" "$(sha256sum other.conf | cut -c 1-16 | sed 's/^0*/0x/') [seal-other]"
    cp sealed.img mixed.img
    loader hashed.img $name loader.efi
    mcopy -o -i mixed.img@@1M loader.efi ::/EFI/BOOT/$name || die "mcopy"
    expect 0 "$MKIMAGE" check mixed.img
    finds mixed.img 1 "it is not sealed, and another loader of this image is [seal-missing]"
    "$MKIMAGE" inspect --json mixed.img | grep -q '"is_sealed": *false' || die "inspect --json"
    cp hashed.img mixed.img
    loader sealed.img $name loader.efi
    mcopy -o -i mixed.img@@1M loader.efi ::/EFI/BOOT/$name || die "mcopy"
    expect 0 "$MKIMAGE" check mixed.img
done
for damage in '--magic BWLSEAM1' '--count 2 --stale' '--count 3'; do
    cp sealed.img damaged.img
    # shellcheck disable=SC2086 # several words
    "$reseal" damaged.img $damage sealed.conf || die "reseal"
    "$MKIMAGE" check damaged.img >out 2>err
    [ "$(grep -c '\[seal-damaged\]' err)" -eq 3 ] || die "not three damaged seals: $(cat err)"
done
pass
