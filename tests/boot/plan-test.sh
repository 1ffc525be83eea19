#!/usr/bin/env bash
# What mkimage check says about a kernel's address space is what the kernel finds there: the same pages with
# the same permissions, at the same addresses.
#
#   plan-test.sh MKIMAGE KERNEL [OPTION OF mkimage test...]
#
# KERNEL is the test kernel "plan". BOOT_TEST names a program.
set -euo pipefail

mkimage=$1 kernel=$2
shift 2
source "$(dirname "$0")/../complaints.sh"

# Ranges that touch and have the same permissions are one to who looks at page tables.
join_neighbours() {
  local first last access start='' end='' same=''
  while read -r first last access; do
    if [[ $access == "$same" && $end != end && $((first)) == $((end + 1)) ]]; then
      end=$last
      continue
    fi
    [[ -z $start ]] || echo "$start $end $same"
    start=$first end=$last same=$access
  done
  echo "$start $end $same"
}

printf 'one' >"$directory/one"
truncate -s 3000000 "$directory/two"
modules=(--module "$directory/one" --module "$directory/two")
"$mkimage" check --memory 192M "${modules[@]}" "$kernel" >"$directory/report"
cat "$directory/report"
"$BOOT_TEST" --line 'bowline-test: pass plan' -- "$mkimage" test --memory 192M "${modules[@]}" "$@" "$kernel" \
  >"$directory/boot" || complain "the kernel does not boot: $(cat "$directory/boot")"

# How large the boot info is depends on the firmware: its end is not compared. What is not mapped, and the
# tables that map themselves, are no pages.
sed -n 's/^  \(0x[0-9a-f]*\)  0x[0-9a-f]*  \(...\) .*  boot info$/\1 end \2/p
        /recursive page table, entry/d
        s/^  \(0x[0-9a-f]*\)  \(0x[0-9a-f]*\)  \(r..\) .*/\1 \2 \3/p' "$directory/report" |
  sed 's/0x0*/0x/g' | join_neighbours >"$directory/said"
tr -d '\r' <"$directory/boot" |
  sed -n 's/^plan: \(0x7f0000000000\) 0x[0-9a-f]* \(...\)$/\1 end \2/p
          s/^plan: \(0x[0-9a-f]* 0x[0-9a-f]* ...\)$/\1/p' >"$directory/found"
(($(wc -l <"$directory/found") >= 8)) || complain "the kernel has told too little: $(cat "$directory/boot")"
diff "$directory/said" "$directory/found" || complain "mkimage check (<) and the kernel (>) differ"

index=$(sed -n 's/.*recursive page table, entry //p' "$directory/report")
grep -q "^plan: recursive ${index:-0}.\?$" "$directory/boot" || complain "it is not entry ${index:-0} that is recursive"
((failures == 0))
