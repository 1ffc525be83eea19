#!/usr/bin/env bash
# Every promise of docs/boot-protocol.md is asserted on both firmwares and has a mutation, and nobody
# asserts a promise that is not there.
#
#   promises-test.sh PROTOCOL PROMISES
#
# PROMISES has a line "NUMBER TEST" for each promise that a test asserts; the names of tests end in the
# firmware that they boot on.
set -euo pipefail

protocol=$1 promises=$2
here=$(cd "$(dirname "$0")" && pwd)

numbers() { sort -u -V; }
promised=$(grep -oE '^[1-9]\.[0-9]+' "$protocol" | numbers)
mutated=$(cat "$here"/*.mutations | awk 'previous == "" && $1 ~ /^[1-9]\.[0-9]+$/ { print $1 } { previous = $0 }' | numbers)
status=0

# complain WHAT ONE OTHER: for the numbers that are among ONE and not among OTHER.
complain() {
  local missing
  missing=$(comm -23 <(sort <<<"$2") <(sort <<<"$3") | sort -V | tr '\n' ' ')
  [[ -z $missing ]] || { printf '%s: %s\n' "$1" "$missing"; status=1; }
}

for firmware in bios uefi; do
  tested=$(sed -n "s/ .*\.$firmware\$//p" "$promises" | numbers)
  complain "promises without a test on $firmware" "$promised" "$tested"
  complain "tests on $firmware of promises that nobody makes" "$tested" "$promised"
done
complain "promises without a mutation" "$promised" "$mutated"
complain "mutations of promises that nobody makes" "$mutated" "$promised"
exit "$status"
