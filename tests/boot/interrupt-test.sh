#!/usr/bin/env bash
# mkimage test, interrupted: it ends by the signal, and leaves neither a process nor a file.
#
#   interrupt-test.sh MKIMAGE KERNEL
set -euo pipefail
set -m # jobs of their own process group, with SIGINT not ignored

mkimage=$1 kernel=$2
ulimit -c 0 # SIGQUIT would leave a core
source "$(dirname "$0")/../complaints.sh"
mkdir "$directory/temporary"

for signal in INT TERM HUP QUIT KILL; do
  : >"$directory/output" # not what the last one said
  TMPDIR=$directory/temporary "$mkimage" test --bios --command-line hang "$kernel" \
    >"$directory/output" 2>"$directory/errors" &
  job=$!
  for _ in {1..200}; do
    grep -q '^verdicts: hang' "$directory/output" && break
    sleep 0.05
  done
  qemu=$(pgrep -P "$job" || true)
  [[ -n $qemu ]] || complain "SIG$signal: QEMU does not run: $(cat "$directory/output" "$directory/errors")"
  kill "-$signal" "$job"
  status=0
  wait "$job" || status=$?
  ((status == 128 + $(kill -l "$signal"))) || complain "SIG$signal: exit status $status"
  for _ in {1..40}; do
    # A zombie waits for init only, which not every container has.
    [[ -d /proc/$qemu && $(awk '{print $3}' "/proc/$qemu/stat") != Z ]] || break
    sleep 0.05
  done
  if [[ -d /proc/$qemu && $(awk '{print $3}' "/proc/$qemu/stat") != Z ]]; then
    complain "SIG$signal: QEMU goes on"
    kill -KILL "$qemu"
  fi
  left=$(ls -A "$directory/temporary")
  [[ -z $left ]] || complain "SIG$signal: left behind: $left"
done
((failures == 0))
