#!/usr/bin/env bash
# A large module: every byte of it is there, in one piece. Or there is too little memory, and the message says how little.
#
#   large-module-test.sh MKIMAGE KERNEL PATTERN BYTES MEMORY [TOO_LITTLE_MEMORY] [-- OPTION of mkimage test...]
set -euo pipefail

mkimage=$1 kernel=$2 pattern=$3 size=$4 memory=$5
shift 5
too_little=
[[ $1 == -- ]] || { too_little=$1; shift; }
shift
source "$(dirname "$0")/../complaints.sh"

firmware=uefi
[[ " $* " != *" --bios "* ]] || firmware=bios
module=$directory/large-$size
"$pattern" "large-$size" "$size" "$module"
# test MEMORY CHECK...
test_with() {
  "$(dirname "$0")/boot-test.sh" "${@:2}" -- "$mkimage" test "${options[@]}" --timeout 900 --memory "$1" \
    --command-line "firmware=$firmware modules=1" --module "$module::arguments of large-$size" "$kernel" ||
    complain "with $1 of memory"
}
options=("$@")
test_with "$memory" --line "bowline-test: pass contract"
if [[ -n $too_little ]]; then
  test_with "$too_little" --status 14 --text "/modules/large-$size: $(((size + 1023) / 1024)) KiB of free memory in one piece are \
needed, and the largest piece has "
fi
((failures == 0))
