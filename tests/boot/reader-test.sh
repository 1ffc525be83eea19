#!/usr/bin/env bash
# mkimage test, and somebody who reads its output slowly, not at all, or no further: the verdict stands,
# the time limit holds, a signal ends it, and a slow reader misses nothing.
#
#   reader-test.sh MKIMAGE VERDICTS_KERNEL
set -euo pipefail
set -m # jobs of their own process group, with SIGINT not ignored

mkimage=$1 kernel=$2
source "$(dirname "$0")/../complaints.sh"

mkfifo "$directory/pipe"
exec 3<>"$directory/pipe"
fill() { # nothing goes into the pipe any more
  dd if=/dev/zero of="$directory/pipe" bs=4096 oflag=nonblock status=none 2>/dev/null || true
}
run() { # ARGUMENT...: mkimage test as a job that writes into the pipe
  "$mkimage" test --bios "$@" "$kernel" >&3 2>"$directory/errors" 3>&- &
  job=$!
}
# ends STATUS
ends() {
  local status=0
  wait "$job" || status=$?
  [[ $status == "$1" ]] || complain "exit status $status, not $1: $(cat "$directory/errors")"
}

# Nobody reads: the time limit ends it, whatever the kernel does.
fill
run --timeout 3 --command-line hang
ends 13
grep -q 'nobody has read' "$directory/errors" || complain "it does not say that output is missing"
run --timeout 8 --command-line silent # much more than a boot takes
ends 0

# Nobody reads: a signal ends it.
for signal in INT TERM; do
  run --timeout 600 --command-line hang
  for _ in {1..200}; do
    ! qemu=$(pgrep -P "$job") || break
    sleep 0.05
  done
  sleep 1 # until the kernel speaks; earlier, and it is another test
  kill "-$signal" "$job"
  ends $((128 + $(kill -l "$signal")))
  [[ ! -d /proc/$qemu ]] || complain "QEMU goes on"
done

# A reader that begins late and is slow gets everything. The pipe is still full of zeros.
run --timeout 150 --command-line silent
sleep 1
for _ in {1..16}; do
  head -c 4096 <&3 >/dev/null
  sleep 0.1
done
ends 0
printf 'the end\n' >&3
sed '/^the end$/q' <&3 >"$directory/slowly"
"$mkimage" test --bios --command-line silent "$kernel" >"$directory/at-once" 2>/dev/null
cmp "$directory/slowly" <(cat "$directory/at-once"; echo "the end") || complain "a slow reader misses something"

# A reader that has seen enough.
# seen_enough STATUS ARGUMENT...
seen_enough() {
  {
    "$mkimage" test --bios "${@:2}" "$kernel" 2>"$directory/errors" && status=0 || status=$?
    echo "$status" >"$directory/status"
  } | head -c 5 >/dev/null
  [[ $(<"$directory/status") == "$1" ]] ||
    complain "head: exit status $(<"$directory/status"), not $1: $(cat "$directory/errors")"
}
seen_enough 0 --timeout 150 --command-line silent
seen_enough 13 --timeout 3 --command-line hang
((failures == 0))
