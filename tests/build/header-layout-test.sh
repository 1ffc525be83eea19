#!/usr/bin/env bash
# header-layout-test.sh INCLUDE: what compiled kernels depend on in bowline.h and bowline_state.h has not moved.
#
# header-layout.txt and state-layout.txt list every struct with its size, every field with its offset and size, and
# the values of all constants. They are compiled as static asserts, also without pointers and for 32-bit code; and
# they name neither more nor less than the headers do.
set -euo pipefail

include=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

check() { # HEADER LIST
  local list=$here/$2 compiler source
  awk -v header="$1" -v list="$2" -f "$here/header-layout.awk" "$list" >layout.c
  cp layout.c layout.cc
  local numbers=-DBOWLINE_NO_POINTERS
  for compiler in "gcc -std=c11" "clang -std=c11" "g++ -std=c++17" "clang++ -std=c++17" \
    "gcc -std=c11 $numbers" "gcc -std=c11 $numbers -m32 -malign-double" "clang -std=c11 $numbers -m32 -malign-double"; do
    source=layout.c
    [[ $compiler != *++* ]] || source=layout.cc
    $compiler -Wall -Wextra -Wpedantic -Werror -ffreestanding -I"$include" -c "$source" -o layout.o
    echo "$compiler: $(grep -c '^BOWLINE_STATIC_ASSERT' "$source") static asserts hold"
  done
  {
    gcc -E -P "$include/$1" | awk -f "$here/header-names.awk"
    gcc -E -dM "$include/$1" | sed -n 's/^#define \(BOWLINE_[A-Za-z0-9_]*\).*/macro \1/p'
  } | sort >header
  awk '/^#/ || /^$/ { next }
    /^[^ ]/ { section = $1; type = $2; if (section == "struct") print "struct", type; next }
    section == "struct" { print "field", type, $1; next }
    { sub(/\(.*/, "", $1); print section == "enumerators" ? "enumerator" : "macro", $1 }' "$list" |
    sort >listed
  diff -U0 --label "$2" --label "$1" listed header | sed '/^@@/d' && return
  echo "header-layout-test: $2 has to name what $1 has: add the lines with a +." >&2
  echo "What $1 has no longer, kernels that are out there still use." >&2
  exit 1
}

check bowline.h header-layout.txt
check bowline_state.h state-layout.txt
