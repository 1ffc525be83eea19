# SPDX-License-Identifier: MIT
# The disk: --size, --free, --fat, --label, --seed, --partition; and --dry-run, --force, --json, -q, -v.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"

# esp IMAGE MIB: the EFI system partition, which fsck.fat judges, as judged.esp
esp()
{
    dd if="$1" of=judged.esp bs=1M skip=1 count="$2" conv=sparse status=none
    fsck.fat -n judged.esp >judgement 2>&1 || die "fsck.fat: $(cat judgement)"
    [ "$(wc -l <judgement)" -eq 2 ] || die "fsck.fat: $(cat judgement)"
    checks=$((checks + 1))
}

# image MIB FAT OPTION...: makes an image of this size with this file system.
image()
{
    mebibytes=$1 fat=$2
    shift 2
    expect 0 "$MKIMAGE" k.elf -o i.img "$@"
    [ "$(stat -c %s i.img)" -eq $((mebibytes * 1048576)) ] || die "$*: $(stat -c %s i.img) bytes"
    judge_gpt i.img
    esp i.img $((mebibytes - 2))
    [ "$(blkid -p -s VERSION -o value judged.esp)" = "$fat" ] || die "$*: blkid sees no $fat"
    holds i.img /kernel.elf kernel-in-image
}
expect 0 "$MKIMAGE" k.elf -o i.img
mcopy -n -i i.img@@1M ::/kernel.elf kernel-in-image

# A size that FAT32 does not fit into gets the next smaller kind.
image 35 FAT32 --size 35M
image 34 FAT16 --size 34M
image 5 FAT16 --size 5M
image 4 FAT12 --size 4M
image 3 FAT12 --size 3MiB
image 64 FAT32 --size 65536k
image 300 FAT32 --size 300M
image 2048 FAT32 --size 2G
for fat in 12 16 32; do
    image 100 FAT$fat --size 100M --fat $fat
done
image 3 FAT12 --fat 12
image 5 FAT16 --fat 16
image 35 FAT32 --fat 32
[ "$(blkid -p -s LABEL -o value judged.esp)" = BOWLINE ] || die "another label"
expect 1 "$MKIMAGE" k.elf --fat 32 --size 34M -o no.img
says 'mkimage: error: no.img: what goes in needs 35 MiB, and --size allows 34 [image-too-small]
  what to do: allow more, or leave --size out for an image that is as small as possible'
expect 1 "$MKIMAGE" k.elf --size 2M -o no.img
mentions 'needs 3 MiB, and --size allows 2 [image-too-small]'
truncate -s 5M five
expect 1 "$MKIMAGE" k.elf --file five --size 7M -o no.img
mentions 'needs 8 MiB, and --size allows 7 [image-too-small]'
image 8 FAT16 --file five --size 8M
expect 1 "$MKIMAGE" k.elf --size 2G --fat 12 -o no.img
mentions 'no.img: no FAT12 file system can have 2046 MiB, but 127 at most [file-system-size]'
expect 1 "$MKIMAGE" k.elf --size 3T -o no.img
mentions '[file-system-size]'
for size in 0 1 64 64X 1500K -1M 99999999999999999999M M ''; do
    expect 2 "$MKIMAGE" k.elf --size "$size" -o no.img
    mentions '--size is whole MiB'
done
for fat in 8 012 '' 32x; do
    expect 2 "$MKIMAGE" k.elf --fat "$fat" -o no.img
done
absent no.img no.img.partial

# Room for more.
free_bytes() { "$MKIMAGE" k.elf -o f.img --json -q "$@" | sed -n 's/^ *"free": *\([0-9]*\),*$/\1/p'; }
[ "$(free_bytes --free 50M)" -ge 52428800 ] || die "no 50 MiB are free"
[ "$(free_bytes --free 50M)" -lt 54525952 ] || die "more than 52 MiB are free"
dd if=/dev/zero of=filler bs=1M count=50 status=none
mcopy -i f.img@@1M filler ::/ || die "50 MiB do not fit in"
image 5 FAT16 --fat 16 --free 1M
expect 1 "$MKIMAGE" k.elf --free 10M --size 8M -o no.img
mentions '[image-too-small]'
expect 2 "$MKIMAGE" k.elf --free much -o no.img

# Label and identity.
expect 0 "$MKIMAGE" k.elf --label 'MY DISK-1_A' -o l.img
esp l.img 33
[ "$(blkid -p -s LABEL -o value judged.esp)" = 'MY DISK-1_A' ] || die "the label is not there"
[ "$(isoinfo -d -i l.img | sed -n 's/^Volume id: //p')" = MY_DISK_1_A ] || die "the disc's label is not there"
for label in '' lower 'TWELVE CHARS' ' A' 'A ' 'A.B' 'Ä'; do
    expect 1 "$MKIMAGE" k.elf --label "$label" -o no.img
    mentions '[label]'
done
expect 0 "$MKIMAGE" k.elf --seed one -o one.img
expect 0 "$MKIMAGE" k.elf --seed two -o two.img
expect 0 "$MKIMAGE" k.elf --seed two -o again.img
cmp two.img again.img || die "the same seed, other bytes"
guid() { sgdisk -p "$1" | sed -n 's/^Disk identifier (GUID): //p'; }
[ "$(guid one.img)" != "$(guid two.img)" ] || die "another seed, the same GUID"

# Partitions of the user's own.
seq 100000 >content
image 41 FAT32 --partition root:linux:content --partition 'some data:data:1500K' \
    --partition swap:swap:2M --partition 'of mine:01234567-89AB-CDEF-0123-456789abcdef:1'
sgdisk -p i.img >table
grep -qE '^ +3 +69632 +71679 .* 8300 +root$' table || die "partition 3: $(cat table)"
grep -qE '^ +4 +71680 +75775 .* 0700 +some data$' table || die "partition 4: $(cat table)"
grep -qE '^ +5 +75776 +79871 .* 8200 +swap$' table || die "partition 5: $(cat table)"
sgdisk -i 6 i.img | grep -q '^Partition GUID code: 01234567-89AB-CDEF-0123-456789ABCDEF ' || die "partition 6: $(sgdisk -i 6 i.img)"
[ "$(sgdisk -i 3 i.img -i 4 i.img | grep -c 'unique GUID')" -eq "$(sgdisk -i 3 i.img -i 4 i.img | grep 'unique GUID' | sort -u | wc -l)" ] || die "one GUID twice"
cmp -n "$(stat -c %s content)" -i $((69632 * 512)):0 i.img content || die "the content is not in the partition"
expect 0 "$MKIMAGE" k.elf --scheme mbr --partition r:0x83:content --partition d:data:1M --partition s:swap:1M -o m.img
judge_mbr m.img
sfdisk -d m.img >table
grep -q '^m.img2 : start= *69632, size= *2048, type=83$' table || die "$(cat table)"
grep -q '^m.img3 : .* type=c$' table || die "$(cat table)"
grep -q '^m.img4 : .* type=82$' table || die "$(cat table)"
cmp -n "$(stat -c %s content)" -i $((69632 * 512)):0 m.img content || die "the content is not in the MBR's partition"

# refused TEXT OPTION...: not built, for this reason
refused()
{
    text=$1
    shift
    expect 1 "$MKIMAGE" k.elf -o no.img "$@"
    mentions "$text"
    absent no.img no.img.partial
}
refused 'a: "nonsense" is no type of a partition [partition-type]' --partition a:nonsense:1M
refused '[partition-type-scheme]' --partition a:0x83:1M
refused '[partition-type-scheme]' --scheme mbr --partition a:01234567-89AB-CDEF-0123-456789abcdef:1M
refused '[partition-type]' --partition a:01234567-89AB-CDEF-0123-456789abcdeg:1M
refused '[partition-type]' --partition a:01234567-89AB-CDEF-0123+456789abcdef:1M
refused '[partition-size]' --partition a:linux:0
: >nothing
refused '[partition-size]' --partition a:linux:nothing
refused '[partition-name-length]' --partition :linux:1M
refused '[partition-name-length]' --partition 1234567890123456789012345678901234567:linux:1M
refused '[partition-name]' --partition 'ä:linux:1M'
refused 'missing: there is no such file [host-not-found]' --partition a:linux:missing
refused '[partition-count]' --scheme mbr --partition a:linux:1M --partition b:linux:1M --partition c:linux:1M --partition d:linux:1M
refused '[mbr-too-large]' --scheme mbr --partition a:linux:2T
expect 2 "$MKIMAGE" k.elf --partition a:linux -o no.img
mentions '--partition is NAME:TYPE:FILE or NAME:TYPE:SIZE'
set --
for number in $(seq 127); do set -- "$@" --partition "p$number:linux:1M"; done
refused '127 partitions are more than the 126' "$@"
shift 2
expect 0 "$MKIMAGE" k.elf "$@" -o many.img
judge_gpt many.img
cp content root.img
expect 1 "$MKIMAGE" k.elf --partition a:linux:root.img -o root.img
mentions '[host-output-is-input]'

# Nothing is written, and what cannot be built is refused as ever.
expect 0 "$MKIMAGE" k.elf --dry-run -o dry.img
[ "$(cat out)" = 'dry.img: 35 MiB (not written: --dry-run)' ] || die "$(cat out)"
absent dry.img dry.img.partial
expect 1 "$MKIMAGE" k.elf --dry-run --size 2M -o dry.img

# Something else of the user's is not replaced, unless that is what is wanted.
echo precious >precious
expect 1 "$MKIMAGE" k.elf -o precious
says 'mkimage: error: precious: it is there already, and is no disk image [host-no-image]
  what to do: choose another name with -o, or replace it with --force'
[ "$(cat precious)" = precious ] || die "it was replaced"
expect 1 "$MKIMAGE" k.elf -o precious --dry-run
expect 0 "$MKIMAGE" k.elf -o precious --force
judge precious
expect 0 "$MKIMAGE" k.elf -o precious
: >empty
expect 0 "$MKIMAGE" k.elf -o empty

# What is said, and to whom.
"$MAKE_KERNEL" plain.elf 3.type=0 || die "make_kernel"
expect 0 "$MKIMAGE" plain.elf -o p.img
grep -q '^mkimage: note: ' err || die "no note"
expect 0 "$MKIMAGE" -q plain.elf -o p.img
[ ! -s out ] && [ ! -s err ] || die "not quiet: $(cat out err)"
expect 1 "$MKIMAGE" -q missing.elf
[ ! -s out ] || die "$(cat out)"
mentions '[host-not-found]'
expect 0 "$MKIMAGE" -v plain.elf -o p.img --file content
grep -qE '^ +0x100000 +34603008 bytes  partition 2, EFI system$' err || die "$(cat err)"
place=$(sed -n 's/^ *\(0x[0-9a-f]*\) .* \/content$/\1/p' err)
cmp -n "$(stat -c %s content)" -i $((place)):0 p.img content || die "the file is not where -v says: $(cat err)"
expect 2 "$MKIMAGE" -q -v plain.elf
expect 0 "$MKIMAGE" --json plain.elf -o p.img
python3 -c 'import json, jsonschema, sys
jsonschema.validate(json.load(open("out")), json.load(open(sys.argv[1])))' "$SOURCE/../../docs/schema/build.json" || die "$(cat out)"
pass
