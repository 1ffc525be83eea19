#!/usr/bin/env bash
# A kernel cannot tell one firmware from the other: what the kernel "dump" prints under each is the
# same, but for what has to differ.
#
#   same-test.sh MKIMAGE DUMP_KERNEL MODULE
set -euo pipefail

mkimage=$1 kernel=$2 module=$3
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

# Beside addresses of what is allocated, which the kernel tells as offsets, times and the log, which it
# does not tell:
may_differ=(
  'info\.firmware'                # itself
  'info\.efi_.*'                  # UEFI's own
  'framebuffer\.(modes\.count|edid_size)' # what the firmware's video driver has to tell
  'map boot info .*'              # holds UEFI's memory map, too
)
pattern="^dump: ($(IFS='|'; echo "${may_differ[*]}"))( |$)"

declare -A options=([bios]=--bios [uefi]= [ia32]=--uefi32)
for firmware in bios uefi ia32; do
  "$mkimage" test ${options[$firmware]} --module "$module" --command-line "a b" "$kernel" >"$directory/output" 2>&1 </dev/null ||
    { cat "$directory/output"; exit 1; }
  tr -d '\r' <"$directory/output" | grep -a '^dump: ' >"$directory/$firmware"
  grep -a -v -E "$pattern" "$directory/$firmware" >"$directory/$firmware.same"
done
printf '%d lines, of which %d have to be the same\n' "$(wc -l <"$directory/bios")" "$(wc -l <"$directory/bios.same")"
[[ $(wc -l <"$directory/bios.same") -ge 100 ]] || { echo "same-test: too little is compared"; exit 1; }
diff "$directory/bios.same" "$directory/uefi.same"
diff "$directory/bios.same" "$directory/ia32.same"
