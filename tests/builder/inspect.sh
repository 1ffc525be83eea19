# SPDX-License-Identifier: MIT
# mkimage inspect: images of mkimage and of other tools, kernels, boot logs; each as text, JSON, SVG and HTML.
. "$SOURCE/lib.sh"

judge_forms="$SOURCE/judge_inspect.py"

# inspect FILE: it can be shown in every form, in FILE.txt and so on. The judges look at all of them at the end.
inspect()
{
    for form in txt json svg html; do
        option=
        [ $form = txt ] || option=--$form
        # shellcheck disable=SC2086 # no option at all
        expect 0 "$MKIMAGE" inspect $option "$1"
        [ ! -s err ] || die "$1: $(cat err)"
        mv out "$1.$form"
    done
}

# golden_forms FILE: the four forms are what they were.
golden_forms()
{
    inspect "$1"
    for form in txt json svg html; do
        golden "inspect-$1.$form" "$1.$form"
    done
}

# shows FILE TEXT...: the text form has these lines.
shows()
{
    shown=$1
    shift
    for line in "$@"; do
        grep -qE -- "$line" "$shown.txt" || die "no \"$line\" in: $(cat "$shown.txt")"
        checks=$((checks + 1))
    done
}

# in_json FILE EXPRESSION...: of the object `x`, each is true.
in_json()
{
    python3 - "$@" <<'END' || die "$1.json"
import json, sys
x = json.load(open(sys.argv[1] + ".json", encoding="utf-8"))
for expression in sys.argv[2:]:
    if not eval(expression):
        sys.exit("not true: " + expression)
END
    checks=$((checks + 1))
}

# ---- Boot logs ----

cp "$SOURCE/golden/uefi-boot.log" "$SOURCE/golden/bios-boot.log" .
golden_forms uefi-boot.log
golden_forms bios-boot.log

{
    echo 'bowline: Bowline 0.1.0'
    i=0
    while [ $i -lt 120 ]; do
        kind=$(echo 'usable,loader,kernel,module,ACPI tables,runtime data,MMIO,bad,reserved' | cut -d, -f$((i % 9 + 1)))
        printf 'bowline: memory 0x%x-0x%x %s\n' $((i * 0x100000)) $((i * 0x100000 + (0x1000 << i % 8) - 1)) "$kind"
        i=$((i + 1))
    done
} >120-regions.log
golden_forms 120-regions.log

printf 'bowline: Bowline 0.1.0\r\nbowline: kernel /k.elf, 5 bytes\r\nbowline: starting the kernel at 200000\r\n' >serial.log
expect 0 "$MKIMAGE" inspect serial.log
grep -q 'memory map *not in this log: a serial line does not carry it' out || die "$(cat out)"
expect 0 "$MKIMAGE" inspect --html serial.log
expect 1 "$MKIMAGE" inspect --svg serial.log
mentions 'serial.log: it has no memory map to draw'

# ---- Kernels ----

"$MAKE_KERNEL" kernel.elf || die "make_kernel"
golden_forms kernel.elf
"$MAKE_KERNEL" asks.elf request.stack_size=0x20000 request.flags=0x100000001 request.direct_map=2 \
    request.stack=1 request.stack_at=0xffffa00000000000 \
    request.range_start=0xffff900000000000 request.range_end=0xffffb00000000000 || die "make_kernel"
inspect asks.elf
in_json asks.elf 'x["boots"]' 'x["request"]["stack_size"] == 0x20000' \
    'x["request"]["places"] == {"direct_map": "none", "stack": "0xffffa00000000000"}' \
    'x["request"]["requirements"] == ["framebuffer"]'

# One that is refused is shown as far as it can be read.
"$MAKE_KERNEL" refused.elf 2.flags=7 || die "make_kernel"
inspect refused.elf
shows refused.elf 'verdict +it would not boot: '
in_json refused.elf 'not x["boots"]' 'len(x["segments"]) == 3' '"plan" not in x' 'x["error"]["remedy"]'
printf '\177ELF' >torn.elf
expect 0 "$MKIMAGE" inspect torn.elf
expect 1 "$MKIMAGE" inspect --svg torn.elf
mentions 'torn.elf: it has no segments to draw'

# ---- Images of mkimage ----

head -c 100000 /dev/zero >'a module with a long name, an umlaut (ä), and <&> in it, as nobody should have'
expect 0 "$MKIMAGE" kernel.elf -o own.img --module 'a module with a long name, an umlaut (ä), and <&> in it, as nobody should have:ä &.bin:x=1'
inspect own.img
hash=$(sha256sum <'a module with a long name, an umlaut (ä), and <&> in it, as nobody should have' | cut -d' ' -f1)
shows own.img 'partition table +GPT' 'state +whole' 'BIOS stages +Bowline .*, those of this mkimage' \
    'UEFI application +Bowline' '1  0x10000 .*BIOS boot' '2  0x100000 .*EFI system' \
    "100000  $hash  /modules/ä &.bin" '^  entry kernel$' '0x10000 .* stage 2$' 'backup GPT header$'
in_json own.img 'x["is_whole"] and x["is_by_mkimage"] and x["stages_are_own"]' \
    'x["file_systems"][0]["type"] == "FAT32"' 'x["kernel"]["entry"] == "0xffffffff80000000"' \
    'x["boot_conf"].startswith("# Written by mkimage")' 'not x["findings"]'
size=$(stat -c %s own.img)
in_json own.img "x['size'] == $size"
guid=$(sgdisk -p own.img | sed -n 's/^Disk identifier (GUID): //p')
in_json own.img "x['disk_guid'] == '$guid'"

# Damage is shown in every form, and is no failure.
cp own.img damaged.img
printf 'X' | dd of=damaged.img bs=1 seek=1080 conv=notrunc status=none # the name of partition 1
inspect damaged.img
shows damaged.img 'state +[1-9][0-9]* damaged' '^ +GPT entries +damaged'
in_json damaged.img 'not x["is_whole"]' '[s for s in x["structures"] if s["state"] == "damaged"]' 'x["findings"]'
grep -q 'class="mark"' damaged.img.svg || die "no mark"

expect 0 "$MKIMAGE" kernel.elf -o mbr.img --scheme mbr
inspect mbr.img
shows mbr.img 'partition table +MBR' 'EFI system \(0xef\), active'
expect 0 "$MKIMAGE" kernel.elf -o 4096.img --sector-size 4096
inspect 4096.img
shows 4096.img 'sectors +of 4096 bytes'

# ---- Images of other tools ----

# As people make them for Limine: sgdisk, mformat, mcopy.
truncate -s 64M limine.img
sgdisk -U 11111111-2222-3333-4444-555555555555 -n 1:2048:131038 -t 1:ef00 \
    -u 1:66666666-7777-8888-9999-AAAAAAAAAAAA -c 1:'Größe & <Boot>' limine.img >said || die "$(cat said)"
mformat -i limine.img@@1M -F -T 128991 -N 12345678 -v LIMINE
printf 'timeout: 5\n/Kernel\n' >limine.conf
head -c 20000 /dev/zero >data
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
mmd -i limine.img@@1M ::/boot
mcopy -i limine.img@@1M limine.conf kernel.elf ::/boot/
LC_ALL=C.UTF-8 mcopy -i limine.img@@1M data '::/Ümläut and a long name with spaces.txt'
golden_forms limine.img

# A disk of 2 TiB, most of it a partition that nobody looks into.
truncate -s 2200G large.img
sgdisk -n 1:2048:+64M -t 1:ef00 -n 2:0:+2T -t 2:8300 -c 2:data large.img >said || die "$(cat said)"
mformat -i large.img@@1M -F -T 131072 -v LARGE
mcopy -i large.img@@1M data ::/
inspect large.img
shows large.img 'size +2\.1 TiB' 'Linux data'
rm large.img

# 2000 files in directories with long names.
python3 - <<'END'
import os
for i in range(2000):
    folder = f"tree/a directory with a long name, number {i % 37}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/a file with a long name, as people have them, number {i}.bin", "wb") as file:
        file.write(bytes(i * 37))
END
truncate -s 256M many.img
sgdisk -n 1:2048:0 -t 1:ef00 many.img >said || die "$(cat said)"
mformat -i many.img@@1M -F -T 520000
mcopy -s -i many.img@@1M tree ::/
inspect many.img
in_json many.img 'sum(not f["is_directory"] for f in x["files"]) == 2000' \
    'all("sha256" in f for f in x["files"] if not f["is_directory"])'
[ "$(grep -c '<text' many.img.svg)" -lt 200 ] || die "the picture shows too much"
rm -r tree many.img

# A file system from the first sector on, and none at all.
truncate -s 1440K floppy.img
mkfs.fat -F 12 -i 87654321 -n FLOPPY floppy.img >said || die "$(cat said)"
mcopy -i floppy.img data ::/
inspect floppy.img
shows floppy.img 'partition table +none' 'FAT12 +the disk itself +FLOPPY'

# GRUB: a rescue disc with its hybrid tables.
mkdir -p rescue/boot/grub
echo 'echo hello' >rescue/boot/grub/grub.cfg
grub-mkrescue -o rescue.img rescue >said 2>&1 || die "grub-mkrescue: $(tail -n 1 said)"
inspect rescue.img
shows rescue.img 'made by +another tool' '/efi/boot/bootx64.efi$' 'disc +ISO 9660'

# ---- The judges ----

for svg in *.svg; do
    xmllint --noout "$svg" 2>judgement || die "$(cat judgement)"
done
python3 "$judge_forms" json "$SOURCE/../../docs/schema/inspect.json" *.json || die "JSON"
python3 "$judge_forms" svg *.svg || die "SVG"
python3 "$judge_forms" html *.html || die "HTML"

# ---- What is none of these ----

echo 'nothing of the kind' >notes.txt
expect 1 "$MKIMAGE" inspect notes.txt
mentions 'notes.txt: neither an ELF file, a disk image nor a boot log'
: >empty
expect 1 "$MKIMAGE" inspect empty
mentions 'empty: neither an ELF file, a disk image nor a boot log'
expect 1 "$MKIMAGE" inspect missing
mentions 'missing: there is no such file'
expect 1 "$MKIMAGE" inspect .
mentions '.: it is a directory'
expect 2 "$MKIMAGE" inspect
mentions 'which image, kernel or log?'
expect 2 "$MKIMAGE" inspect kernel.elf own.img
mentions 'one file at a time'
expect 2 "$MKIMAGE" inspect --svg --json kernel.elf
mentions 'one form at a time'
expect 2 "$MKIMAGE" inspect --xml kernel.elf
mentions 'unknown or ambiguous option --xml'
expect 0 "$MKIMAGE" inspect --help
grep -q '^usage: mkimage inspect ' out || die "help says: $(cat out)"

pass
