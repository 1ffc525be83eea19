#!/usr/bin/env bash
# After a network boot by BIOS the card is at rest: QEMU says what is written to its status register, and
# the last is a reset, done before the kernel runs.
#
#   network-quiet-test.sh MKIMAGE DIRECTORY
set -euo pipefail

mkimage=$1 directory=$2
trace=$(mktemp)
trap 'rm -f "$trace"' EXIT
"$BOOT_TEST" --line "bowline-test: pass fill" -- "$mkimage" test --bios --timeout 150 "$directory" -- \
  -trace virtio_set_status -D "$trace"
grep -q 'virtio_set_status .* val 15$' "$trace" || { echo "network-quiet-test: the card was never at work"; exit 1; }
tail -n 1 "$trace" | grep -q ' val 0$' || { echo "network-quiet-test: it still is"; tail -n 3 "$trace"; exit 1; }
