#!/usr/bin/env bash
# Images of the contract kernel whose first sectors differ. It is told which scheme there is.
#
#   make-mbr-images.sh MKIMAGE KERNEL DIRECTORY
set -euo pipefail

mkimage=$1 kernel=$2
rm -rf "$3"
mkdir "$3"
cd "$3"

"$mkimage" build "$kernel" -o mbr.img --scheme mbr --command-line mbr
"$mkimage" build "$kernel" -o fat-type.img --scheme mbr --mbr-type 0x0c --command-line mbr
"$mkimage" build "$kernel" -o gpt-active.img --mbr-active
# A BIOS has scribbled where the BPB of a volume without partitions would be.
cp --sparse=always mbr.img scribbled.img
head -c 87 /dev/zero | tr '\0' '\245' | dd of=scribbled.img bs=1 seek=3 conv=notrunc status=none

# An image with a GPT was on the disk before, of which both copies are still there.
"$mkimage" build "$kernel" -o stale-gpt.img --command-line "an older image"
cp --sparse=always stale-gpt.img older.img
dd if=mbr.img of=stale-gpt.img bs=512 count=1 conv=notrunc status=none
dd if=mbr.img of=stale-gpt.img bs=32K skip=1 seek=1 count=1 conv=notrunc status=none # where it was a disc
dd if=mbr.img of=stale-gpt.img bs=64K skip=1 seek=1 count=$((($(stat -c %s mbr.img) >> 16) - 17)) \
  conv=notrunc,sparse status=none
for offset in 512 $(($(stat -c %s older.img) - 512)); do
  [[ $(dd if=stale-gpt.img bs=1 skip="$offset" count=8 status=none) == "EFI PART" ]]
done
rm older.img
