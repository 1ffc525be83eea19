#!/usr/bin/env bash
# Builds everything with gcc and with clang, and runs all tests but those labelled "full".
#
#   ./test.sh [ARGUMENT of ctest]...     for instance ./test.sh -L quick
#
# Fails too when fewer tests ran than tests/expected-count says; that is not asked of a selection.
set -euo pipefail
cd "$(dirname "$0")"

config/install-dependencies
jobs=$(nproc)
((jobs <= 4)) || jobs=4 # each UEFI boot keeps a processor busy: more of them at once gain nothing

# build PRESET DIRECTORY
build() {
  printf '==== %s ====\n' "$1"
  mkdir -p "$2"
  if ! { cmake --preset "$1" && cmake --build --preset "$1" -j "$jobs"; } >"$2/build.log" 2>&1; then
    cat "$2/build.log"
    exit 1
  fi
}
build gcc build
build clang build-clang

# count FILE RESULT: how many tests of a JUnit report have that result.
count() {
  grep -c "status=\"$2\"" "$1" || true
}

report=$PWD/build/report.xml clang_report=$PWD/build-clang/report.xml
rm -f "$report" "$clang_report"
status=0
ctest --preset gcc -j "$jobs" -LE full --output-junit "$report" "$@" || status=1
# With clang once more the quick ones, which boot the loader too.
ctest --preset clang -j "$jobs" -L quick -LE full --output-junit "$clang_report" "$@" || status=1

passed=$(($(count "$report" run) + $(count "$clang_report" run)))
failed=$(($(count "$report" fail) + $(count "$clang_report" fail)))
expected=$(<tests/expected-count)
if (($# == 0 && passed + failed < expected)); then
  printf 'Only %d tests ran, and there are %d on record in tests/expected-count.\n' $((passed + failed)) "$expected"
  status=1
fi
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0 && passed > 0)) || status=1
exit "$status"
