#!/usr/bin/env bash
# What a BIOS starts instead of a kernel: the boot sector of a partition, with all that it is owed; and what the loader
# says where it cannot.
#
#   chainload-bios-test.sh MKIMAGE KERNEL BOOT_SECTOR APPLICATION MAKE_KERNEL
#
# BOOT_SECTOR gives a verdict; KERNEL must never run; APPLICATION is one for UEFI; MAKE_KERNEL makes a kernel from
# fields. BOOT_TEST and SCREEN_TEXT name programs.
set -euo pipefail

mkimage=$1 kernel=$2 boot_sector=$3 application=$4 make_kernel=$5
source "$(dirname "$0")/../complaints.sh"
cd "$directory"

# number VALUE BYTES: little-endian
number() {
  local i
  for ((i = 0; i < $2; i++)); do
    printf '%b' "\\x$(printf %02x $(($1 >> 8 * i & 255)))"
  done
}

# put FILE OFFSET: what is read goes there
put() {
  dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# last_partition IMAGE: its first byte
last_partition() {
  "$mkimage" inspect --json "$1" | python3 -c 'import json, sys
print(max(partition["start"] for partition in json.load(sys.stdin)["partitions"]))'
}

# build NAME LINE [OPTION of mkimage]...: the line is all that its entry has; the last partition is what the file
# partition has
build() {
  printf '%s\n' "entry other" "$2" >boot.conf
  "$mkimage" build -q --config boot.conf --partition other:linux:partition "${@:3}" -o "$1.img" "$kernel"
}

# boot_sector NAME TYPE SECTOR_SIZE: puts it there, and tells it where it is
boot_sector() {
  local start last=0
  start=$(last_partition "$1.img")
  put "$1.img" "$start" <"$boot_sector"
  number 0x31415926 4 | put "$1.img" $((start + $3)) # in the second sector
  if (($3 == 4096)); then
    last=0x5a
    number $last 1 | put "$1.img" $((start + 4095))
  fi
  { number $((start / $3)) 4; number "$2" 1; number 0x80 1; number $last 1; } | put "$1.img" $((start + 496))
}

# renumber NAME OLD NEW: of a partition in the image's boot.conf, behind mkimage's back
renumber() {
  mcopy -n -o -i "$1.img@@1M" ::/bowline/boot.conf renumbered.conf
  sed -i "s/^chainload partition $2\$/chainload partition $3/" renumbered.conf
  mcopy -o -i "$1.img@@1M" renumbered.conf ::/bowline/boot.conf
}

# boots NAME CHECK... [-- OPTION of mkimage test...]
boots() {
  local name=$1 checks=()
  shift
  while (($#)) && [[ $1 != -- ]]; do checks+=("$1"); shift; done
  "$BOOT_TEST" "${checks[@]}" -- "$mkimage" test --bios --timeout 150 "${@:2}" "$name.img" || complain "$name"
}

# refused NAME TEXT [OPTION of mkimage test...]: the loader says so, on screen as well.
refused() {
  boots "$1" --status 14 --text "bowline: error: $2" --screen "$2" -- "${@:3}"
}

truncate -s 1M partition
passes=(--line "bowline-test: pass boot-sector")
build gpt "chainload partition 3"
boot_sector gpt 0xed 512
boots gpt "${passes[@]}" --line "bowline: starting the boot sector of partition 3"
build mbr "chainload partition 2" --scheme mbr
boot_sector mbr 0x83 512
boots mbr "${passes[@]}"
build large "chainload partition 3" --sector-size 4096
boot_sector large 0xed 4096
boots large "${passes[@]}" -- --disk nvme-4k

# Slots of which only the last can be started, after a kernel that fails when it has graphics: each failure is told
# (which for mkimage test is a refusal), and what could not be started is no attempt.
# mkimage refuses the partition that is not there, which gets its number behind its back.
"$make_kernel" greedy.elf request.stack_size=0x40000000
cat >slots.conf <<END
timeout 0
entry greedy
slot 9 1
kernel /greedy.elf
entry missing
slot 8 1
chainload partition 1
entry empty
slot 7 1
chainload partition 3
entry application
slot 6 1
chainload /other.efi
entry other
slot 5 1
chainload partition 4
END
"$mkimage" build -q --config slots.conf --file greedy.elf --file "$application:/other.efi" --partition empty:linux:1M \
  --partition other:linux:partition -o slots.img "$kernel"
boot_sector slots 0xed 512
renumber slots 1 7
boots slots --status 14 "${passes[@]}" --text "bowline: framebuffer " --text "[not-enough-memory]" \
  --line "bowline: error: the boot disk: it has no partition 7 [chainload-no-partition]" \
  --text "bowline: error: the boot disk: its partition 3 has no boot sector: the first sector ends in 0x0, not in 0xaa55" \
  --text "bowline: error: application: the entry starts an EFI application, which this firmware cannot do [chainload-firmware]" \
  --line 'bowline: slot "other": attempts left after this one: 0' --without 'slot "missing"' --without 'slot "empty"' \
  --without 'slot "application"'

# Where there is nothing to start, and no other entry.
build missing "chainload partition 1"
renumber missing 1 7
refused missing "the boot disk: it has no partition 7 [chainload-no-partition]"
refused gpt "other: the loader does not come from a disk with partitions" --disk cd

# Debian's GRUB in a partition: its boot sector, and behind it what that loads (GRUB's boot.S and diskboot.S have the
# offsets).
printf '%s\n' 'serial --unit=0 --speed=115200' 'terminal_output serial' 'echo "control: GRUB has started"' 'sleep 1000' >grub.cfg
grub-mkimage -O i386-pc -p / -c grub.cfg -o core biosdisk serial terminal echo sleep
build grub "chainload partition 3"
start=$(last_partition grub.img)
number $((start / 512 + 2)) 8 | put core 500
head -c 512 /usr/lib/grub/i386-pc/boot.img | put grub.img "$start"
number $((start / 512 + 1)) 8 | put grub.img $((start + 92))
put grub.img $((start + 512)) <core
boots grub --text "control: GRUB has started" -- --until "control: GRUB has started"
exit $((failures > 0))
