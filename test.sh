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

# count TEXT: how many lines of the JUnit reports have it. ctest writes no report when it does not
# understand its arguments.
count() {
  cat "$report" "$clang_report" 2>/dev/null | grep -c "$1" || true
}

report=$PWD/build/report.xml clang_report=$PWD/build-clang/report.xml
rm -f "$report" "$clang_report"
status=0
ctest --preset gcc -j "$jobs" -LE full --no-label-summary --output-junit "$report" "$@" || status=1
# With clang once more the quick ones, which boot the loader too.
ctest --preset clang -j "$jobs" -L quick -LE full --no-label-summary --output-junit "$clang_report" "$@" || status=1

passed=$(count 'status="run"')
failed=$(count 'status="fail"')
skipped=$(count '<skipped message="SKIP_RETURN_CODE=') # for a reason that it says, on this machine
if ((skipped > 0)); then
  grep -h -A 1 '<skipped message="SKIP_RETURN_CODE=' "$report" "$clang_report" | sed -n 's/^.*<system-out>//p'
fi
expected=$(<tests/expected-count)
seen=$((passed + failed + skipped))
if (($# == 0 && seen < expected)); then
  printf 'Only %d tests ran, and there are %d on record in tests/expected-count.\n' "$seen" "$expected"
  status=1
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0 && passed > 0)) || status=1
exit "$status"
