#!/usr/bin/env bash
# header-layout-test.sh INCLUDE: what compiled kernels depend on in bowline.h has not moved.
#
# header-layout.txt lists every struct with its size, every field with its offset and size, and the
# values of all constants. It is compiled as static asserts, also without pointers and for 32-bit code; and it
# names neither more nor less than the header does.
set -euo pipefail

include=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
list=$here/header-layout.txt
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

awk -f "$here/header-layout.awk" "$list" >layout.c
cp layout.c layout.cc
numbers=-DBOWLINE_NO_POINTERS
for compiler in "gcc -std=c11" "clang -std=c11" "g++ -std=c++17" "clang++ -std=c++17" \
  "gcc -std=c11 $numbers" "gcc -std=c11 $numbers -m32 -malign-double" "clang -std=c11 $numbers -m32 -malign-double"; do
  source=layout.c
  [[ $compiler != *++* ]] || source=layout.cc
  $compiler -Wall -Wextra -Wpedantic -Werror -ffreestanding -I"$include" -c "$source" -o layout.o
  echo "$compiler: $(grep -c '^BOWLINE_STATIC_ASSERT' "$source") static asserts hold"
done

{
  gcc -E -P "$include/bowline.h" | awk -f "$here/header-names.awk"
  gcc -E -dM "$include/bowline.h" | sed -n 's/^#define \(BOWLINE_[A-Za-z0-9_]*\).*/macro \1/p'
} | sort >header
awk '/^#/ || /^$/ { next }
  /^[^ ]/ { section = $1; type = $2; if (section == "struct") print "struct", type; next }
  section == "struct" { print "field", type, $1; next }
  { sub(/\(.*/, "", $1); print section == "enumerators" ? "enumerator" : "macro", $1 }' "$list" |
  sort >listed
diff -U0 --label "header-layout.txt" --label "bowline.h" listed header | sed '/^@@/d' && exit 0
echo "header-layout-test: header-layout.txt has to name what bowline.h has: add the lines with a +." >&2
echo "What bowline.h has no longer, kernels that are out there still use." >&2
exit 1
