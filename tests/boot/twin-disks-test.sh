#!/usr/bin/env bash
# Two disks with the same image, byte for byte the same GUIDs; only boot.conf has been changed in one. The one that the
# firmware has started is used: on a BIOS by dl, on UEFI by the handle that the application comes from.
#
#   twin-disks-test.sh MKIMAGE KERNEL bios|uefi DISK SECOND_DEVICE
#
# KERNEL is the contract, which does not pass when it is told of memory that is not there. SECOND_DEVICE is the
# QEMU device for a second disk of the kind DISK.
set -euo pipefail

mkimage=$1 kernel=$2 firmware=$3 disk=$4 device=$5
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
failures=0

"$mkimage" build "$kernel" -o good.img --command-line "memory=256"
cp --sparse=always good.img other.img
mcopy -n -i other.img@@1M ::/bowline/boot.conf boot.conf
sed -i 's/memory=256/memory=999/' boot.conf
mcopy -o -i other.img@@1M boot.conf ::/bowline/boot.conf
cmp -s -n $((1 << 20)) good.img other.img || { echo "twin-disks-test: the disks have become different"; exit 1; }

# boots STATUS WHAT IMAGE SECOND_IMAGE: the exit status when the firmware starts the first
boots() {
  local status=0 options=(--timeout 150 --disk "$disk")
  [[ $firmware != bios ]] || options+=(--bios)
  "$mkimage" test "${options[@]}" "$3" -- -drive "if=none,id=second,format=raw,snapshot=on,file=$4" \
    -device "$device,drive=second" >output 2>&1 </dev/null || status=$?
  if [[ $status != "$1" ]]; then
    cat output
    echo "twin-disks-test: $2: exit status $status, not $1"
    failures=1
  fi
}

boots 0 "the good one first" good.img other.img
boots 10 "the other one first" other.img good.img
grep -q 'memory' output || { cat output; failures=1; }

# The second disk of a BIOS: the first sector of the first one loads that of drive 81h and jumps there.
if [[ $firmware == bios ]]; then
  cp --sparse=always other.img chain.img
  # 7c00: xor %ax, %ax; mov %ax, %ds, %es, %ss; mov $0x7c00, %sp; mov %sp, %si; mov $0x600, %di; mov $256, %cx; cld;
  # rep movsw; ljmp $0, $0x61b
  # 061b: mov $0x0201, %ax; mov $1, %cx; mov $0x0081, %dx; mov $0x7c00, %bx; int $0x13; ljmp $0, $0x7c00
  printf '%b' '\x31\xc0\x8e\xd8\x8e\xc0\x8e\xd0\xbc\x00\x7c\x89\xe6\xbf\x00\x06\xb9\x00\x01\xfc\xf3\xa5\xea\x1b\x06\0\0' \
    '\xb8\x01\x02\xb9\x01\0\xba\x81\0\xbb\0\x7c\xcd\x13\xea\0\x7c\0\0' |
    dd of=chain.img bs=512 conv=notrunc status=none
  boots 0 "by way of the first" chain.img good.img
fi
exit "$failures"
