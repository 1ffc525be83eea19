#!/usr/bin/env bash
# What boot.conf says happens: the entry that it names boots, in the resolution that it names, with the modules that
# are there; and a file that is not what its SHA-256 says is not used.
#
#   config-test.sh MKIMAGE FIRMWARE KERNEL FAILING_KERNEL FIRST_MODULE SECOND_MODULE all|few [OPTION OF mkimage test...]
#
# `few`: without what firmwares share, which is how boot.conf is understood.
# BOOT_TEST and SCREEN_TEXT name programs.
set -euo pipefail

mkimage=$1 firmware=$2 kernel=$3 failing=$4 first=$5 second=$6 extent=$7
options=(--timeout 150 "${@:8}")

source "$(dirname "$0")/../complaints.sh"
cd "$directory"

# boots IMAGE CHECK...
boots() {
  "$BOOT_TEST" "${@:2}" -- "$mkimage" test "${options[@]}" "$1" || complain "$1"
}

# put IMAGE PATH FILE: behind mkimage's back
put() {
  mcopy -o -i "$1@@1M" "$3" "::$2"
}

# flip FILE COPY: one bit of its last byte is another
flip() {
  cp "$1" "$2"
  local last byte
  last=$(($(stat -c %s "$2") - 1))
  byte=$(od -An -tu1 -j "$last" -N 1 "$2")
  printf '%b' "\\x$(printf %02x $((byte ^ 1)))" | dd of="$2" bs=1 seek="$last" conv=notrunc status=none
}

hash() {
  sha256sum "$1" | cut -d ' ' -f 1
}

cat >boot.conf <<END
timeout 0
default the second
resolution 640x480
entry the first
kernel /other.elf
options an entry that nobody chose
entry the second
title Another one
kernel /kernel.elf
sha256 $(hash "$kernel")
resolution 800x600
options firmware=$firmware modules=2
optional /modules/missing with its arguments
module /modules/first-1000 arguments of first-1000
sha256 $(hash "$first")
optional /modules/second-3000000 arguments of second-3000000
END
"$mkimage" build -q --keep-debug --config boot.conf --file "$failing:/other.elf" --module "$first" --module "$second" \
  -o entries.img "$kernel"
"$mkimage" check entries.img >/dev/null || complain "check"
boots entries.img --line "bowline-test: pass contract" --text "bowline: framebuffer 800 x 600" \
  --line "bowline: optional module /modules/missing is not there" --without warning

# A line that cannot be understood, and a default that there is not: warnings, and the first entry.
sed -e 's/^default .*/default nowhere/' -e 's/^title .*/title/' -e 's/ first$/ one/' -e 's/^entry the second/entry first/' \
  -e 's,^kernel /other.elf,kernel /kernel.elf,' -e "s/^options an .*/options firmware=$firmware/" boot.conf >odd.conf
cp --sparse=always entries.img odd.img
put odd.img /bowline/boot.conf odd.conf
[[ $extent == few ]] || boots odd.img --line "bowline-test: pass contract" --text "bowline: framebuffer 640 x 480" \
  --line 'bowline: warning: /bowline/boot.conf: line 2, column 1: no entry is called "nowhere", which is the default [config-no-entry]' \
  --line 'bowline: warning: /bowline/boot.conf: line 8, column 1: "title" needs a value [config-no-value]'
! "$mkimage" check odd.img >checked || complain "check finds nothing in odd.img"

# Files with a bit that is another, at their ends, where nothing but the hash can notice it. mkimage check says it, too.
"$mkimage" build -q --hash --command-line "firmware=$firmware modules=2" --module "$first::arguments of first-1000" \
  --module "$second::arguments of second-3000000" -o hashed.img "$kernel"
"$mkimage" check hashed.img >/dev/null || complain "check"
boots hashed.img --line "bowline-test: pass contract"
paths=(/modules/second-3000000)
[[ $extent == few ]] || paths+=(/kernel.elf)
for path in "${paths[@]}"; do
  cp --sparse=always hashed.img damaged.img
  mcopy -n -i "hashed.img@@1M" "::$path" original
  flip original flipped
  put damaged.img "$path" flipped
  said="$path: its SHA-256 begins with 0x$(hash flipped | cut -c 1-16 | sed 's/^0*//'), and boot.conf expects 0x$(hash original |
    cut -c 1-16 | sed 's/^0*//'): it is damaged, or another one [hash-differs]"
  boots damaged.img --status 14 --line "bowline: error: $said" --screen "its SHA-256 begins with"
  status=0
  "$mkimage" check damaged.img >checked 2>&1 || status=$?
  ((status == 1)) && grep -qF -- '[hash-differs]' checked || complain "mkimage check: $status: $(cat checked)"
  rm original flipped
done
exit $((failures > 0))
