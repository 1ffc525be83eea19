#!/usr/bin/env bash
# The boot device that a kernel is told of, on a machine with two disks that are both bootable: their
# images differ, and so do their identities. sgdisk says what these are, or sfdisk.
#
#   boot-device-test.sh MKIMAGE KERNEL bios|uefi DISK OTHER_DISK [mbr]
#
# The kernel says what it was told in lines "contract: disk GUID" ...
set -euo pipefail

mkimage=$1 kernel=$2 firmware=$3 disk=$4 other=$5 scheme=${6:-gpt}
source "$(dirname "$0")/../complaints.sh"

# identity IMAGE: the lines that the kernel has to say
identity() {
  if [[ $scheme == mbr ]]; then
    printf 'contract: %s 00000000-0000-0000-0000-000000000000\n' disk partition
    printf 'contract: partition number 1, disk signature %s\n' "$(sfdisk --disk-id "$1" | sed 's/^0x//')"
    return
  fi
  printf 'contract: disk %s\n' "$(sgdisk -p "$1" | sed -n 's/^Disk identifier (GUID): //p' | tr A-F a-f)"
  printf 'contract: partition %s\n' "$(sgdisk -i 2 "$1" | sed -n 's/^Partition unique GUID: //p' | tr A-F a-f)"
  printf 'contract: partition number 2, disk signature %s\n' \
    "$(od -An -t x4 --endian=little -j 440 -N 4 "$1" | tr -d ' ')"
}

# device KIND: a second disk of this kind, as arguments of QEMU
device() {
  case $1 in
    ahci) echo -device ide-hd,drive=other ;;
    virtio) echo -device virtio-blk-pci,drive=other ;;
    nvme) echo -device nvme,serial=other,drive=other ;;
    usb) echo -device qemu-xhci,id=xhci -device usb-storage,bus=xhci.0,drive=other ;;
  esac
}

options=(--timeout 150 --disk "$disk")
[[ $firmware != bios ]] || options+=(--bios)
facts="$scheme this"
[[ $disk != cd ]] || facts+=" state=0" # nobody can write there
"$mkimage" build "$kernel" -o "$directory/this.img" --scheme "$scheme" --command-line "$facts"
"$mkimage" build "$kernel" -o "$directory/other.img" --scheme "$scheme" --command-line "$scheme other"
identity "$directory/this.img" >"$directory/expected"
identity "$directory/other.img" >"$directory/other"
cat "$directory/expected"

# The expectation is worth something: numbers in full, and none of the other disk's.
[[ $(grep -cE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' "$directory/expected") == 2 ]] || complain "sgdisk says no GUIDs"
[[ $(tail -n 1 "$directory/expected") =~ signature\ [0-9a-f]{8}$ ]] || complain "nobody says a disk signature"
! grep -vF 00000000-0000- "$directory/other" | grep -qxF -f - "$directory/expected" || complain "the two images have something in common"

status=0
"$mkimage" test "${options[@]}" "$directory/this.img" -- \
  -drive "if=none,id=other,format=raw,snapshot=on,file=$directory/other.img" $(device "$other") \
  >"$directory/output" 2>"$directory/errors" </dev/null || status=$?
tr -d '\r' <"$directory/output" >"$directory/text"
[[ $status == 0 ]] || complain "exit status $status"
while read -r line; do
  grep -qxF -e "$line" "$directory/text" || complain "the kernel has not been told: $line"
done <"$directory/expected"
! grep -q 'bowline: warning' "$directory/text" || complain "the loader warns"
cat "$directory/text" "$directory/errors"
((failures == 0))
