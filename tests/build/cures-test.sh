#!/usr/bin/env bash
# cures-test.sh CURES_DEF REFUSALS CURES WARNINGS DOCUMENT: each error that a kernel is refused with in a test has a cure in
# builder/kernel/cures.def, or is DAMAGED() there; and each cure is applied by a test, of which CURES has the lines.
# Each warning of WARNINGS, the C source, has its row in DOCUMENT.
set -euo pipefail

definitions=$1 refusals=$2 cures=$3 warnings=$4 document=$5

# name CODE...: of an error, as error_name() gives it.
names() { tr 'A-Z_' 'a-z-' | sort; }

refused=$(sed -n '/^except/d; s/^\([a-z0-9-]*\).*/\1/p' "$refusals" | grep . | sort -u)
known=$(sed -n 's/^\(CURE\|CURE_IF\|DAMAGED\)(\([A-Z0-9_]*\).*/\2/p' "$definitions" | names | uniq)
damaged=$(sed -n 's/^DAMAGED(\([A-Z0-9_]*\).*/\1/p' "$definitions" | names)
curable=$(sed -n 's/^\(CURE\|CURE_IF\)(\([A-Z0-9_]*\).*/\2/p' "$definitions" | names | uniq)
applied=$(sed -n 's/^\([a-z][a-z0-9-]*\)\(:[a-z0-9-]*\)\?  *[A-Za-z]*[:=].*/\1/p' "$cures" | sort -u)
[[ -n $refused && -n $damaged && -n $applied ]]

failures=0
# differ WHAT FIRST SECOND: says which lines the first has and the second has not, and the other way round.
differ() {
  local names
  names=$(comm -3 <(echo "$2") <(echo "$3") | tr -d '\t')
  [[ -z $names ]] && return
  printf 'cures-test: %s: %s\n' "$1" $names
  failures=$((failures + 1))
}

differ "builder/kernel/cures.def has no row, or one too many" "$refused" "$known"
differ "tests/boot/cures/cures.txt has no line, or one too many" "$curable" "$applied"
both=$(comm -12 <(echo "$damaged") <(echo "$curable"))
[[ -z $both ]] || { echo "cures-test: DAMAGED() and curable: $both"; failures=1; }
# A cure that depends on the error's detail has a case of its own.
while read -r count error; do
  cases=$(grep -c "^$error\(:[a-z0-9-]*\)\? " "$cures" || true)
  ((cases > count)) || { echo "cures-test: $error: a CURE_IF() without a case"; failures=1; }
done < <(sed -n 's/^CURE_IF(\([A-Z0-9_]*\).*/\1/p' "$definitions" | names | uniq -c)
warned=$(tr '\n' ' ' <"$warnings" | grep -o 'warn(report, *"[a-z-]*"' | sed 's/.*"\(.*\)"/\1/' | sort)
differ "docs/mkimage-check.md has no row, or one too many" "$warned" \
  "$(sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' "$document" | sort)"
((failures == 0))
