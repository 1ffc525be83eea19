#!/usr/bin/env bash
# The control of the exempt cells: a copy of an image that boots Debian's GRUB instead, by BIOS and by UEFI. It says
# on the serial port that it has started.
#
#   grub-image.sh IMAGE OUTPUT
set -euo pipefail

image=$1 output=$2
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
  for ((i = 0; i < $2; i++)); do
    printf '%b' "\\x$(printf %02x $(($1 >> 8 * i & 255)))"
  done
}

cp --sparse=always "$image" "$output"

# The boot sector loads a sector at the LBA that stands at 0x5c; that one loads the rest, by a list of (LBA, count of
# sectors, segment) that ends with the sector.
core=$((0x10000))
grub-mkimage -O i386-pc -p / -c "$directory/grub.cfg" -o "$directory/core.img" biosdisk serial terminal echo sleep
head -c 440 "$modules/i386-pc/boot.img" | put 0
number $((core / 512)) 8 | put $((0x5c))
put $core <"$directory/core.img"
sectors=$((($(stat -c %s "$directory/core.img") + 511) / 512 - 1))
{ number $((core / 512 + 1)) 8; number "$sectors" 2; number $((0x820)) 2; } | put $((core + 500))

for target in x86_64:X64 i386:IA32; do
  grub-mkimage -O "${target%:*}-efi" -p / -c "$directory/grub.cfg" -o "$directory/grub.efi" serial terminal echo sleep
  mcopy -o -i "$output@@1M" "$directory/grub.efi" "::/EFI/BOOT/BOOT${target#*:}.EFI"
done
