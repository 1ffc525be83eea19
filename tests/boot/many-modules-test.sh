#!/usr/bin/env bash
# A kernel with many modules gets all of them, in their order, each with its contents and arguments.
#
#   many-modules-test.sh MKIMAGE KERNEL PATTERN COUNT [OPTION of mkimage test]...
set -euo pipefail

mkimage=$1 kernel=$2 pattern=$3 count=$4
shift 4
source "$(dirname "$0")/../complaints.sh"

firmware=uefi
[[ " $* " != *" --bios "* ]] || firmware=bios
modules=()
for ((i = 0; i < count; i++)); do
  name=module$i-$((i * 37 % 9001)) # nothing, less than a page, and up to three
  "$pattern" "$name" "${name#*-}" "$directory/$name"
  modules+=(--module "$directory/$name::arguments of $name")
done
"$(dirname "$0")/boot-test.sh" --line "bowline-test: pass contract" -- "$mkimage" test --timeout 150 \
  --command-line "firmware=$firmware modules=$count" "${modules[@]}" "$@" "$kernel"
