#!/usr/bin/env bash
# A boot by UEFI firmware that is odd: tests/firmware/uefi makes it so, and starts the loader.
#
#   odd-test.sh MKIMAGE ODD_FIRMWARE KERNEL COMMAND_LINE ODDITIES [CHECK]... -- [OPTION OF mkimage test]...
#
# ODD_FIRMWARE is the application for 64-bit firmware, or with the option --uefi32 for 32-bit. ODDITIES are words of /odd.txt. CHECKs are those of boot-test.sh; "--" among the options begins
# arguments of QEMU. BOOT_TEST names boot-test.sh.
set -euo pipefail

mkimage=$1 odd_firmware=$2 kernel=$3 command_line=$4 oddities=$5
shift 5
checks=()
while [[ $1 != -- ]]; do checks+=("$1"); shift; done
shift
options=()
while (($#)) && [[ $1 != -- ]]; do options+=("$1"); shift; done

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
image=$directory/odd.img
"$mkimage" build "$kernel" --command-line "$command_line" -o "$image"
application=BOOTX64.EFI
[[ " ${options[*]} " != *" --uefi32 "* ]] || application=BOOTIA32.EFI
mren -i "$image@@1M" "::/EFI/BOOT/$application" LOADER.EFI
mcopy -i "$image@@1M" "$odd_firmware" "::/EFI/BOOT/$application"
echo "$oddities" >"$directory/odd.txt"
mcopy -i "$image@@1M" "$directory/odd.txt" ::/odd.txt

for oddity in $oddities; do checks+=(--text "odd-firmware: $oddity"); done
"$BOOT_TEST" "${checks[@]}" -- "$mkimage" test "${options[@]}" "$image" "$@"
