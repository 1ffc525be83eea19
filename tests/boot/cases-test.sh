#!/usr/bin/env bash
# mkimage test with several kernels: their results, its exit status, the report for build servers, texts that
# are expected; and that an interruption ends all of it.
#
#   cases-test.sh MKIMAGE PASSING-KERNEL VERDICTS-KERNEL
set -euo pipefail
set -m # jobs of their own process group, with SIGINT not ignored

mkimage=$1 hello=$2 verdicts=$3
source "$(dirname "$0")/../complaints.sh"
mkdir "$directory/temporary"
export TMPDIR=$directory/temporary
cp "$hello" "$directory/good & <fine>.elf"
cd "$directory"

# expect STATUS ARGUMENT...: of mkimage test
expect() {
  local expected=$1 status=0
  shift
  "$mkimage" test "$@" >output 2>errors || status=$?
  ((status == expected)) || complain "test $*: status $status instead of $expected: $(cat output errors)"
}
has() { grep -qxF -- "$1" output || complain "no line is $1: $(cat output)"; }

# Some at a time; each output whole, results in the order of the arguments, the first failure as status.
expect 10 --bios -j 3 --command-line fail "$hello" "$verdicts" "good & <fine>.elf" missing.elf --junit report.xml
has "passed      $hello, BIOS"
has "failed      $verdicts, BIOS"
has "passed      good & <fine>.elf, BIOS"
has "not tested  missing.elf, BIOS"
has '2 of 4 passed'
[[ $(grep -c '^==== ' output) == 4 ]] || complain "not four outputs: $(cat output)"
grep -q '^mkimage: error: missing.elf: there is no such file ' output || complain "no reason: $(cat output)"
xmllint --noout report.xml || complain "the report is no XML"
[[ $(xmllint --xpath 'string(/testsuites/testsuite/@failures)' report.xml) == 2 ]] || complain "the report's failures"
[[ $(xmllint --xpath 'count(//testcase)' report.xml) == 4 ]] || complain "the report's tests"
[[ $(xmllint --xpath 'string(//testcase[3]/@name)' report.xml) == 'good & <fine>.elf' ]] || complain "the report's name"
[[ $(xmllint --xpath 'string(//testcase[2]/failure/@type)' report.xml) == failed ]] || complain "the report's verdict"
xmllint --xpath 'string(//testcase[1]/system-out)' report.xml | grep -q 'bowline-test: pass hello' || complain "the report's output"

# A report of a single one, and one that cannot be written.
expect 0 --bios --junit report.xml "$hello"
[[ $(xmllint --xpath 'count(//testcase)' report.xml) == 1 ]] || complain "the single report"
expect 1 --bios --junit missing/report.xml "$hello"
grep -q '^mkimage: error: missing/report.xml.partial: cannot be written: ' errors || complain "$(cat errors)"
expect 0 --bios --junit /dev/stdout "$hello" # whoever wants it elsewhere
grep -qx '</testsuites>' output || complain "no report on a pipe: $(cat output)"
# A report and a picture replace their own kind, and what they do not replace costs no test.
expect 1 --bios --junit "good & <fine>.elf" "$hello"
cmp "$hello" "good & <fine>.elf" || complain "--junit has harmed a kernel"
! grep -q 'bowline-test: pass hello' output || complain "it was tested nevertheless"
for name in screen.png screen.ppm; do
  expect 0 --bios --until 'verdicts: ' --command-line hang --screenshot $name "$verdicts"
  expect 0 --bios --until 'verdicts: ' --command-line hang --screenshot $name "$verdicts"
  [[ $(file --brief $name) == *image* ]] || complain "$name is no picture"
done
[[ -z $(ls ./*.partial 2>/dev/null) ]] || complain "left behind: $(ls ./*.partial)"

# By both firmwares.
expect 0 --both -j 2 --timeout 120 "$hello"
has "passed      $hello, BIOS"
has "passed      $hello, UEFI"
has '2 of 2 passed'

# Texts without which nothing has passed; and another code.
expect 0 --bios --expect 'pass hello' --expect Bowline "$hello"
expect 10 --bios --expect 'pass hello' --expect 'never said' "$hello"
grep -qx 'mkimage test: failed: "never said" has not appeared' errors || complain "$(cat errors)"
expect 10 --bios --expect 'never said' --until 'Bowline' "$hello"
expect 0 --bios --success-code 0x11 --command-line fail "$verdicts"
expect 10 --bios --success-code 17 "$hello"
# Where the time went, step by step, with nothing going backwards.
expect 0 --bios --timing "$hello"
[[ $(grep -oE 'ms  [a-z ]+$' errors | cut -c 5- | paste -sd,) == 'firmware entry,core entered,kernel read,mapped,handed over' ]] ||
  complain "--timing: $(cat errors)"
sort -c -n <(awk '/ ms  / { print $1 }' errors) || complain "--timing: backwards: $(cat errors)"
expect 13 --bios --timing --timeout 2 --memory 1M "$hello"
grep -q 'the loader has' errors || complain "--timing without times: $(cat errors)"
for wrong in '--success-code 128' '--success-code x' '-j 0' '-j x' '--both --bios' '--both --screenshot a.png' '--expect='; do
  # shellcheck disable=SC2086 # several words
  expect 2 $wrong "$hello"
done
expect 2

# An image without BIOS stages says so where a BIOS boots it, as a disk and as a disc; its other half boots.
"$mkimage" -q "$hello" --no-bios -o uefi.img
for disk in ahci cd; do
  expect 14 --bios --disk $disk uefi.img
  grep -q 'Bowline: stage 1: this image boots by UEFI only' output || complain "--no-bios: $(cat output)"
done
expect 0 --timeout 120 uefi.img
"$mkimage" -q "$hello" --no-uefi -o bios.img
expect 0 --bios bios.img

# Interrupted, with three of them in the middle: no process and no file is left.
for signal in INT TERM; do
  "$mkimage" test --bios -j 3 --command-line hang "$verdicts" "$verdicts" "$verdicts" "$hello" >output 2>&1 &
  job=$!
  for _ in {1..200}; do
    machines=$(for child in $(pgrep -P "$job"); do pgrep -P "$child" || true; done)
    [[ $(wc -w <<<"$machines") == 3 ]] && break
    sleep 0.05
  done
  [[ $(wc -w <<<"$machines") == 3 ]] || complain "SIG$signal: three machines do not run: $machines"
  children=$(pgrep -P "$job")
  kill "-$signal" "$job"
  status=0
  wait "$job" || status=$?
  ((status == 128 + $(kill -l "$signal"))) || complain "SIG$signal: exit status $status"
  for process in $machines $children; do
    for _ in {1..40}; do
      [[ -d /proc/$process && $(awk '{print $3}' "/proc/$process/stat") != Z ]] || break
      sleep 0.05
    done
    [[ ! -d /proc/$process || $(awk '{print $3}' "/proc/$process/stat") == Z ]] || complain "SIG$signal: $process goes on"
  done
  left=$(ls -A "$directory/temporary")
  [[ -z $left ]] || complain "SIG$signal: left behind: $left"
done
((failures == 0))
