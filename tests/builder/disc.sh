# SPDX-License-Identifier: MIT
# The image as a disc: an ISO 9660 file system with a boot catalog, judged by the tools that read such.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
head -c 300000 /dev/urandom >module
expect 0 "$MKIMAGE" k.elf --module module
judge k.img
size=$(stat -c %s k.img)
esp_size=$((size - 2 * 1048576))

# has FILE LINE...: lines of what a tool has said
has()
{
    said=$1
    shift
    for line in "$@"; do
        grep -qxE -- "$line" "$said" || die "no line \"$line\" in: $(cat "$said")"
        checks=$((checks + 1))
    done
}

file k.img >said
has said "k.img: ISO 9660 CD-ROM filesystem data .*'BOWLINE' \(bootable\)"

# Both at once, and nothing ambivalent about it.
blkid -p -o export k.img >said || die "blkid: $?"
has said TYPE=iso9660 LABEL=BOWLINE PTTYPE=gpt 'BOOT_SYSTEM_ID=EL\\? TORITO\\? SPECIFICATION'
identifier=$(sgdisk -p k.img | sed -n 's/^Disk identifier (GUID): //p' | tr -d -)
has said "VOLUME_SET_ID=$identifier"
fdisk -l k.img >said 2>&1
has said 'Disklabel type: gpt' 'k.img1 .* BIOS boot' 'k.img2 .* EFI System'

isoinfo -d -i k.img >said || die "isoinfo -d"
has said 'CD-ROM is in ISO 9660 format' 'Volume id: BOWLINE' "Volume size is: $((size / 2048))" \
    'El Torito VD version 1 found, boot catalog is in sector 19' '    Key 55 AA' \
    '        Bootid 88 \(bootable\)' '        Boot media 0 \(No Emulation Boot\)' '        Nsect 4' \
    '        Bootoff 18 24'
isoinfo -l -i k.img >said || die "isoinfo -l"
has said '.* 2048 Jan  1 1980 \[ *24 01\]  BIOS.IMG;1 ' '.* 2048 Jan  1 1980 \[ *19 01\]  BOOT.CAT;1 ' \
    ".* $esp_size Jan  1 1980 \[ *512 00\]  EFI.IMG;1 " '.* Jan  1 1980 \[ *23 00\]  README.TXT;1 '
[ "$(grep -c 'Jan  1 1980' said)" -eq 6 ] || die "there is more: $(cat said)"

# xorriso reads both, too, and has nothing to remark.
xorriso -indev k.img -pvd_info -report_el_torito plain -report_system_area plain >said 2>said.err ||
    die "xorriso: $(cat said.err)"
! grep -E 'WARNING|SORRY|FAILURE|HINT' said.err || die "xorriso: $(cat said.err)"
has said 'El Torito catalog  : 19  1 *' 'El Torito cat path : /BOOT.CAT' \
    'El Torito boot img :   1  BIOS  y   none  0x0000  0x00      4          24' \
    'El Torito boot img :   2  UEFI  y   none  0x0000  0x00      1         512' \
    'El Torito img path :   1  /BIOS.IMG' 'El Torito img path :   2  /EFI.IMG' \
    'System area summary: MBR protective-msdos-label .*GPT' 'GPT partition path :   2  /EFI.IMG' \
    'Creation Time: 1980010100000000' 'Modif. Time  : 1980010100000000'

# The files are what they are called.
isoinfo -i k.img -x '/EFI.IMG;1' >efi.img || die "isoinfo -x"
dd if=k.img bs=1M skip=1 count=$((esp_size / 1048576)) status=none | cmp - efi.img || die "EFI.IMG is not the ESP"
fsck.fat -n efi.img >judgement 2>&1 || die "fsck.fat: $(cat judgement)"
mcopy -n -i efi.img ::/modules/module copied || die "mcopy"
cmp copied module || die "the module in EFI.IMG"
isoinfo -i k.img -x '/README.TXT;1' >readme
grep -q 'Bowline' readme || die "README.TXT says: $(cat readme)"
[ "$(grep -c "$(printf '\r')\$" readme)" -eq "$(wc -l <readme)" ] || die "README.TXT has lines without CR"

# What it says about how to get at the files is true.
offset=$(sed -n 's/.*offset=\([0-9]*\).*/\1/p' readme)
mdir -/ -i "k.img@@$offset" ::/ >said || die "mdir at $offset"
mdir -/ -i k.img@@1M ::/ | cmp - said || die "two ways to the ESP"
grep -qi '^KERNEL ' said || die "mdir shows: $(cat said)"

# Times are those of everything else.
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
expect 0 "$MKIMAGE" k.elf --module module -o dated.img
xorriso -indev dated.img -pvd_info >said 2>&1 || die "xorriso: $(cat said)"
has said 'Creation Time: 2023111422132000' 'Modif. Time  : 2023111422132000'
isoinfo -l -i dated.img | grep -q 'Nov 14 2023.*EFI.IMG' || die "$(isoinfo -l -i dated.img)"
cmp -s -n 16384 -i 32768 k.img dated.img && die "SOURCE_DATE_EPOCH changes nothing"
unset SOURCE_DATE_EPOCH

# Two discs are told apart.
expect 0 "$MKIMAGE" k.elf -o other.img
[ "$(blkid -p -s VOLUME_SET_ID -o value k.img)" != "$(blkid -p -s VOLUME_SET_ID -o value other.img)" ] ||
    die "another image, the same identifier"

pass
