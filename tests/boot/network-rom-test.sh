#!/usr/bin/env bash
# bowline.0 on network ROMs that QEMU has not: network-rom.S between QEMU's and it.
#
#   network-rom-test.sh MKIMAGE KERNEL MODULE ROM CASE
set -euo pipefail

mkimage=$1 kernel=$2 module=$3 rom=$4 case=$5
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
"$mkimage" netboot tree "$kernel" --module "$module::arguments of ${module##*/}" \
  --command-line "firmware=bios modules=1 memory=256 server=0x0202000a" >/dev/null 2>&1
passed=(--line "bowline-test: pass contract")
failed=(--status 14 --without "bowline-test: pass")

# wrap WAY [FAILING STATUS IS_LOW]: the other ROM before bowline.0. WAY: n !PXE, o PXENV+ of version 1, p PXENV+ of
# version 2.1, i none but that by int 1Ah, x none
wrap() {
  local bytes
  printf -v bytes '\\x%x' "'$1" $((${2:-0})) $((${3:-0} & 255)) $((${3:-0} >> 8)) $((${4:-0}))
  { head -c 1016 "$rom"; printf '%b\0\0\0' "$bytes"; cat tree/bowline.0; } >bowline.0
  mv bowline.0 tree
}

# damage OFFSET: all bits of a byte of bowline.0
damage() {
  local byte
  byte=$(od -An -t u1 -j "$1" -N 1 tree/bowline.0)
  printf '%b' "\\x$(printf '%x' $((byte ^ 255)))" | dd of=tree/bowline.0 bs=1 seek="$1" conv=notrunc status=none
}

# boot CHECK...: whatever it says goes to the file said, too
boot() {
  local status=0
  "$BOOT_TEST" "$@" -- "$mkimage" test --bios --timeout 150 tree >said || status=$?
  cat said
  return $status
}

# called CALLS: the calls, each with its exit code
called() {
  local calls
  calls=$(sed -n 's/.*network-rom: //p' said | tr -d '\r' | tr ' \n' ': ')
  [[ $calls == "${1:+$1 }" ]] || { echo "network-rom-test: called were $calls, not $1"; exit 1; }
}

case $case in
  new) wrap n; boot "${passed[@]}" --without warning; called "71:00 71:00 30:00 31:00 05:00 70:00 15:00" ;;
  old) wrap o; boot "${passed[@]}"; called "71:00 71:00 30:00 31:00 05:00 70:00 02:00" ;;
  old-to-new) wrap p; boot "${passed[@]}" --without warning; called "71:00 71:00 30:00 31:00 05:00 70:00 15:00" ;;
  by-interrupt) wrap i; boot "${passed[@]}"; called "" ;;
  none) wrap x; boot "${failed[@]}" --text "neither \"!PXE\" nor \"PXENV+\") [no-pxe]" ;;
  low) wrap n 0 0 1; boot "${failed[@]}" --text "the network ROM lies at 0x60000" --text "[pxe-memory]"; called "" ;;
  no-packet) wrap n 0x71 0x6a; boot "${failed[@]}" \
    --text "the network ROM's PXENV_GET_CACHED_INFO failed with status 0x6a [pxe]" ;;
  no-udp) wrap n 0x30 0x123; boot "${failed[@]}" --text "PXENV_UDP_OPEN failed with status 0x123 [pxe]"
    called "71:00 71:00 30:01 31:00 30:01" ;;
  no-sending) wrap o 0x33 0x17; boot "${failed[@]}" \
    --text "tftp://10.0.2.2/bowline/boot.conf: the network ROM's PXENV_UDP_WRITE failed with status 0x17 [pxe]" ;;
  no-receiving) wrap n 0x32 1; boot "${failed[@]}" --text "has not answered for 15 seconds, after 0 bytes" \
    --text "[tftp-no-answer]" ;;
  no-shutdown) wrap n 5 0xc1; boot "${passed[@]}" --text "the network ROM's PXENV_UNDI_SHUTDOWN failed with status 0xc1 [pxe]"
    called "71:00 71:00 30:00 31:00 05:01 70:00 15:00" ;;
  damaged-stage2) damage 1200; boot "${failed[@]}" --text "Bowline: stage 2: damaged" ;;
  damaged-stage3) damage 30000; boot "${failed[@]}" --text "Bowline: stage 2: stage 3 in bowline.0 is damaged" ;;
  *) echo "network-rom-test: there is no case $case"; exit 2 ;;
esac
