#!/usr/bin/env bash
# mkimage run --gdb with a loader that does not wait: it says so, and gdb can come all the same.
#
#   gdb-deaf-test.sh MKIMAGE
set -euo pipefail
set -m # jobs of their own process group

mkimage=$1
source "$(dirname "$0")/gdb-lib.sh"

# A boot sector that says as much to port 0xe9 as a loader of before, and loops.
{
  while IFS= read -r -n 1 -d '' character; do
    printf '\xb0%s\xe6\xe9' "$character" # mov $character, %al; out %al, $0xe9
  done < <(printf 'bowline: starting the kernel at 200000\n')
  printf '\xeb\xfe' # jmp .
} >"$directory/sector"
truncate -s 510 "$directory/sector"
printf '\x55\xaa' >>"$directory/sector"
truncate -s 1M "$directory/sector"

start --bios "$directory/sector"
grep -q 'no loader has come that waits for a debugger' "$directory/errors" || complain "$(cat "$directory/errors")"
line=${line/ KERNEL/}
ask 'print/x $cs' 'x/i $eip' 'kill'
expect_told 'Remote target|received signal|in \?\? \(\)'
expect_told '^\$1 = 0x'
wait "$job" || complain "it does not end with the machine"
[[ -z $(ls -A "$TMPDIR") ]] || complain "left behind: $(ls -A "$TMPDIR")"
((failures == 0))
