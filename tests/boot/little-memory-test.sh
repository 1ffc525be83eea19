#!/usr/bin/env bash
# A BIOS machine with little memory: with each size the kernel passes, or the loader says what is missing.
# Never does it hang, and never does a larger machine refuse what a smaller one boots.
#
#   little-memory-test.sh MKIMAGE KERNEL MODULE MIB...
#
# Sizes ascend. Both ends have to occur: the first is too small, the last is not.
set -euo pipefail

mkimage=$1 kernel=$2 module=$3
shift 3
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
refused=0 passed=0

for size; do
  status=0
  "$mkimage" test --bios --timeout 30 --memory "${size}M" --command-line "modules=1 memory=$size" \
    --module "$module::arguments of $(basename "$module")" "$kernel" >"$directory/output" 2>&1 </dev/null || status=$?
  if [[ $status == 0 && $refused -gt 0 ]] && grep -q '^bowline-test: pass' "$directory/output"; then
    passed=$((passed + 1))
    echo "$size MiB: boots"
  elif [[ $status == 14 && $passed == 0 ]] &&
    grep -E '^bowline: error: .*KiB of free memory in one piece are needed' "$directory/output"; then
    refused=$((refused + 1))
    echo "$size MiB: refused"
  else
    cat "$directory/output"
    echo "little-memory-test: $size MiB: exit status $status"
    exit 1
  fi
done
((passed > 0))
