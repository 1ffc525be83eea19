#!/usr/bin/env bash
# The control of the exempt cells: a copy of an image that boots Debian's GRUB instead, by BIOS and by UEFI. It says
# on the serial port that it has started.
#
#   grub-image.sh SECTOR_SIZE IMAGE OUTPUT
#
# SECTOR_SIZE is that of the disks which the image is for.
set -euo pipefail

sector_size=$1 image=$2 output=$3
modules=/usr/lib/grub
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
printf '%s\n' 'serial --unit=0 --speed=115200' 'terminal_output serial' 'echo "control: GRUB has started"' \
  'sleep 1000' >"$directory/grub.cfg"

# put OFFSET: what is read goes there in the copy
put() {
  dd of="$output" bs=4096 oflag=seek_bytes seek="$1" conv=notrunc status=none
}

# number VALUE BYTES: little-endian
number() {
  local i
  for ((i = 0; i < $2; i++)); do
    printf '%b' "\\x$(printf %02x $(($1 >> 8 * i & 255)))"
  done
}

cp --sparse=always "$image" "$output"

# The boot sector loads a sector at the LBA that stands at 0x5c; that one loads the rest, by a list of (LBA, count of
# sectors, segment) that grows downwards from byte 500 to an empty one. It takes 512 bytes for each sector, however
# large they are, from the beginning of what has been read for the entry: so each entry is a piece of its own.
core=$((0x10000)) piece_sectors=16
piece=$((piece_sectors * 512))
grub-mkimage -O i386-pc -p / -c "$directory/grub.cfg" -o "$directory/core.img" biosdisk serial terminal echo sleep
head -c 440 "$modules/i386-pc/boot.img" | put 0
number $((core / sector_size)) 8 | put $((0x5c))
head -c 512 "$directory/core.img" | put $core
tail -c +513 "$directory/core.img" >"$directory/rest.img"
pieces=$((($(stat -c %s "$directory/rest.img") + piece - 1) / piece))
for ((i = 0; i < pieces; i++)); do
  lba=$((core / sector_size + 1 + i * piece_sectors))
  dd if="$directory/rest.img" bs=$piece skip=$i count=1 status=none | put $((lba * sector_size))
  { number $lba 8; number $piece_sectors 2; number $((0x820 + i * piece / 16)) 2; } | put $((core + 500 - 12 * i))
done
number 0 12 | put $((core + 500 - 12 * pieces))

for target in x86_64:X64 i386:IA32; do
  grub-mkimage -O "${target%:*}-efi" -p / -c "$directory/grub.cfg" -o "$directory/grub.efi" serial terminal echo sleep
  mcopy -o -i "$output@@1M" "$directory/grub.efi" "::/EFI/BOOT/BOOT${target#*:}.EFI"
done
