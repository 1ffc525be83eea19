#!/usr/bin/env bash
# A sealed image boots, and refuses everything else than what it was sealed with: docs/sealing.md.
#
#   seal-test.sh MKIMAGE FIRMWARE KERNEL FIRST_MODULE SECOND_MODULE all|few [OPTION OF mkimage test...]
#
# `few`: what differs between firmwares. BOOT_TEST and SCREEN_TEXT name programs.
set -euo pipefail

mkimage=$1 firmware=$2 kernel=$3 first=$4 second=$5 extent=$6
options=(--timeout 150 "${@:7}")
here=$(cd "$(dirname "$0")" && pwd)

source "$here/../complaints.sh"
cd "$directory"

# boots IMAGE CHECK...
boots() {
  echo "---- $1"
  "$BOOT_TEST" "${@:2}" -- "$mkimage" test "${options[@]}" "$1" || complain "$1"
}

# copy IMAGE NAME: to be changed
copy() {
  cp --sparse=always "$1" "$2"
}

# put IMAGE PATH FILE: behind mkimage's back
put() {
  mcopy -o -i "$1@@1M" "$3" "::$2"
}

# refuses IMAGE ERROR TEXT: the loader says what is wrong, and so does mkimage check
refuses() {
  local status=0
  boots "$1" --status 14 --text "$3" --text "[$2]" --without "starting the kernel"
  "$mkimage" check "$1" >checked 2>&1 || status=$?
  ((status == 1)) && grep -qF -e "[$2]" checked || complain "mkimage check $1: $status, no [$2]: $(cat checked)"
}

# digits FILE: of its hash, as messages have them
digits() {
  sha256sum "$1" | cut -c 1-16 | sed 's/^0*/0x/'
}

"$mkimage" build -q --seal --command-line "firmware=$firmware modules=2" --module "$first::arguments of first-1000" \
  --module "$second::arguments of second-3000000" -o sealed.img "$kernel"
"$mkimage" check sealed.img >checked || complain "check: $(cat checked)"
mcopy -n -i sealed.img@@1M ::/bowline/boot.conf boot.conf
mcopy -n -i sealed.img@@1M ::/modules/second-3000000 second
boots sealed.img --line "bowline: /bowline/boot.conf is the sealed one" --line "bowline-test: pass contract" \
  --without warning

# Somebody changes an option, or takes a hash away: it is another boot.conf.
sed 's/^options .*/& init=shell/' boot.conf >option.conf
copy sealed.img option.img
put option.img /bowline/boot.conf option.conf
refuses option.img seal-differs \
  "/bowline/boot.conf: its SHA-256 begins with $(digits option.conf), and the loader is sealed with $(digits boot.conf)"

# Another kernel.
mcopy -n -i sealed.img@@1M ::/kernel.elf kernel
printf x >>kernel
copy sealed.img kernel.img
put kernel.img /kernel.elf kernel
refuses kernel.img hash-differs "/kernel.elf: its SHA-256 begins with $(digits kernel)"

# Another module.
printf y >>second
copy sealed.img module.img
put module.img /modules/second-3000000 second
refuses module.img hash-differs "/modules/second-3000000: its SHA-256 begins with $(digits second)"

# Whoever can write the seal can do everything; but a seal that is damaged takes nothing, rather than everything.
copy sealed.img damaged.img
"$here/reseal.py" damaged.img --stale --count 0 boot.conf
refuses damaged.img seal-damaged "the loader: its seal is damaged"

# Sealed by somebody who does not know what a seal asks for: hashes of everything.
# without NAME SED LINE WHAT: boot.conf changed by SED, in which WHAT in LINE is what misses its hash
without() {
  sed "$2" boot.conf >"$1.conf"
  cmp -s boot.conf "$1.conf" && complain "$1 changes nothing"
  copy sealed.img "$1.img"
  put "$1.img" /bowline/boot.conf "$1.conf"
  "$here/reseal.py" "$1.img" "$1.conf"
  refuses "$1.img" seal-no-hash "/bowline/boot.conf: line $3, column 1: $4 has no good line \"sha256\""
}
cat -n boot.conf
without no-kernel-hash '4d' 3 /kernel.elf
without hash-below-nonsense '4i nonsense' 3 /kernel.elf
[[ $extent == all ]] || exit $((failures > 0))
without no-module-hash '$d' 8 /modules/second-3000000

# Two versions in an update.
"$mkimage" build -q --seal-also boot.conf --command-line "firmware=$firmware modules=2 " -o no.img "$kernel" 2>/dev/null &&
  complain "a command line with a space at its end"
"$mkimage" build -q --seal-also boot.conf --command-line "firmware=$firmware  modules=2" \
  --module "$first::arguments of first-1000" --module "$second::arguments of second-3000000" -o update.img "$kernel"
"$mkimage" check update.img >checked || complain "check: $(cat checked)"
boots update.img --line "bowline: /bowline/boot.conf is the sealed one" --line "bowline-test: pass contract"
put update.img /bowline/boot.conf boot.conf
"$mkimage" check update.img >checked || complain "check: $(cat checked)"
boots update.img --line "bowline: /bowline/boot.conf is the sealed one" --line "bowline-test: pass contract"
put update.img /bowline/boot.conf option.conf
refuses update.img seal-differs "/bowline/boot.conf: its SHA-256 begins with $(digits option.conf)"

# The seal's area, each part of it. It is not for the loader to guess what was meant.
for damage in "--magic BWLSEAL2" "--magic BWLSEAM1" "--count 3" "--count 4294967295" "--stale" "--stale --count 2"; do
  copy sealed.img damaged.img
  "$here/reseal.py" damaged.img $damage "$kernel"
  refuses damaged.img seal-damaged "the loader: its seal is damaged"
done

# Optional modules, hashes that are none, other entries.
without optional-hash '$d; s/^module \(.*second\)/optional \1/' 8 /modules/second-3000000
without malformed-hash '7s/.$//' 6 /modules/first-1000
without misspelt-hash '7s/^sha256/sha512/' 6 /modules/first-1000
without moved-hash '7{h;d};9{p;x}' 6 /modules/first-1000
without other-entry '$a entry other\nkernel /other.elf' 11 /other.elf
without chainload '$a entry other\nchainload /EFI/other.efi' 11 /EFI/other.efi
without partition '$a entry other\nchainload partition 2' 11 "partition 2"
without other-entrys-hash '4s/.*/entry other\n&\nkernel \/other.elf\n&/' 3 /kernel.elf

# Over the network the loader is the boot file.
"$mkimage" netboot --seal --command-line "firmware=$firmware memory=256 server=0x0202000a" tree "$kernel" >/dev/null 2>&1
boots tree --line "bowline: /bowline/boot.conf is the sealed one" --line "bowline-test: pass contract"
echo "# another" >>tree/bowline/boot.conf
boots tree --status 14 --text "[seal-differs]" --without "starting the kernel"

# Not sealed: as if there was no seal.
"$mkimage" build -q --hash --command-line "firmware=$firmware modules=2" --module "$first::arguments of first-1000" \
  --module "$second::arguments of second-3000000" -o open.img "$kernel"
boots open.img --line "bowline-test: pass contract" --without "sealed"
exit $((failures > 0))
