#!/usr/bin/env bash
# A sector in the middle of the kernel that UEFI firmware cannot read: once, and always.
#
#   read-errors-test.sh MKIMAGE KERNEL uefi|ia32 disk|disc
#
# KERNEL is `cell`. bios-failures-test.sh does the same, and more, with the BIOS stages.
set -euo pipefail

mkimage=$1 kernel=$2 firmware=$3 medium=$4
options=() code=0x8000000000000007 # EFI_DEVICE_ERROR
[[ $firmware != ia32 ]] || options=(--uefi32) code=0x80000007
always=virtio-blk-pci once=nvme,serial=failing sector_size=512 controller=()
if [[ $medium == disc ]]; then
  controller=(-device virtio-scsi-pci,id=controller)
  always=scsi-cd,bus=controller.0 once=scsi-cd,bus=controller.0 sector_size=2048
fi
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
failures=0

"$mkimage" build "$kernel" -o disk.img --command-line "modules=0"
field() {
  od -An -v -t "u$2" -j $(((1 << 20) + $1)) -N "$2" disk.img | tr -d ' '
}
cluster=$(mshowfat -i disk.img@@1M ::/kernel.elf | sed 's/.*<\([0-9]*\).*/\1/')
sector=$((2048 + $(field 14 2) + 2 * $(field 36 4) + (cluster - 2) * $(field 13 1) + 8000))

# boots STATUS TEXT DEVICE [RULE]: with an error at that sector
boots() {
  local status=0
  printf '[inject-error]\nevent = "read_aio"\nsector = "%s"\nerrno = "5"\n%s\n' "$sector" "${4:-}" >blkdebug.conf
  "$mkimage" test "${options[@]}" --timeout 150 --disk none --screenshot screen.ppm disk.img -- \
    "${controller[@]}" -device "$3,drive=failing,bootindex=0" \
    -drive "if=none,id=failing,format=raw,file=blkdebug:blkdebug.conf:disk.img" >output 2>&1 </dev/null || status=$?
  # A kernel that passes ends QEMU, and so there is no picture: exit status 1.
  if [[ $status != "$1" ]] || ! grep -qaF -e "$2" output; then
    cat output
    echo "read-errors-test: $3: exit status $status, not $1, or nowhere: $2"
    failures=1
  fi
}

text="/kernel.elf: reading 1 sectors at LBA $((sector * 512 / sector_size)) failed with code $code [disk-read]"
boots 14 "$text" "$always"
"$SCREEN_TEXT" screen.ppm | tr -d '\n ' | grep -qF -e "$(tr -d ' ' <<<"$text")" ||
  { echo "read-errors-test: the screen does not show it"; failures=1; }
boots 1 "bowline-test: pass cell" "$once" 'once = "on"'

# OVMF's driver for SATA drives takes this error of a disc for a success. The hash of what has been read tells.
if [[ $medium == disc ]]; then
  "$mkimage" build --hash "$kernel" -o disk.img --command-line "modules=0"
  boots 14 "/kernel.elf: its SHA-256 begins with" ide-cd
fi
exit "$failures"
