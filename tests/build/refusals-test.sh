#!/usr/bin/env bash
# refusals-test.sh ERRORS_DEF REFUSALS: each error that can be is one that a kernel is refused with in a test,
# or one of those for which tests/boot/refusals.txt says why not.
set -euo pipefail

errors=$1 refusals=$2
known=$(sed -n 's/^ERROR([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' "$errors" | sort)
named=$(awk '/^#/ || /^$/ { next }
  $1 == "except" { for (i = 2; i <= NF; i++) print $i; next }
  { sub(/:.*/, "", $1); if (!seen[$1]++) print $1 }' "$refusals" | sort)
[[ -n $known ]]
[[ $known != "$named" ]] || exit 0

diff <(echo "$known") <(echo "$named") |
  sed -n 's/^< \(.*\)/refusals-test: no kernel is refused with \1: give refusals.txt a line for it/p
          s/^> \(.*\)/refusals-test: refusals.txt names \1 once too often/p'
exit 1
