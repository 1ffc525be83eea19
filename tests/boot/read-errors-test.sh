#!/usr/bin/env bash
# A sector in the middle of the kernel that UEFI firmware cannot read: once, and always.
#
#   read-errors-test.sh MKIMAGE KERNEL
#
# KERNEL is `cell`. bios-failures-test.sh does the same, and more, with the BIOS stages.
set -euo pipefail

mkimage=$1 kernel=$2
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
  "$mkimage" test --timeout 150 --disk none --screenshot screen.ppm disk.img -- -device "$3,drive=failing,bootindex=0" \
    -drive "if=none,id=failing,format=raw,file=blkdebug:blkdebug.conf:disk.img" >output 2>&1 </dev/null || status=$?
  # A kernel that passes ends QEMU, and so there is no picture: exit status 1.
  if [[ $status != "$1" ]] || ! grep -qaF -e "$2" output; then
    cat output
    echo "read-errors-test: $3: exit status $status, not $1, or nowhere: $2"
    failures=1
  fi
}

text="/kernel.elf: reading 1 sectors at LBA $sector failed with code 0x8000000000000007 [disk-read]"
boots 14 "$text" virtio-blk-pci
"$SCREEN_TEXT" screen.ppm | tr -d '\n ' | grep -qF -e "$(tr -d ' ' <<<"$text")" ||
  { echo "read-errors-test: the screen does not show it"; failures=1; }
boots 1 "bowline-test: pass cell" nvme,serial=failing 'once = "on"'
exit "$failures"
