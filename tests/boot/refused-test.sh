#!/usr/bin/env bash
# A bad kernel put into an image behind mkimage's back: the loader has to say on serial port and
# screen what mkimage check says of the same file.
#
#   refused-test.sh MKIMAGE GOOD_KERNEL DAMAGE [OPTION OF mkimage test]...
#
# DAMAGE names a change to the ELF file; see damage() below. BOOT_TEST and SCREEN_TEXT name files.
set -euo pipefail

mkimage=$1 good=$2 damage=$3
shift 3
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
bad=$directory/bad.elf
cp "$good" "$bad"

# put OFFSET BYTE...: hexadecimal bytes into the file. The offsets are those of the ELF64
# specification; the first program header is at 64, the next ones 56 bytes further each.
put() {
  local offset=$1 bytes=
  shift
  for byte in "$@"; do bytes+="\\x$byte"; done
  printf '%b' "$bytes" | dd of="$bad" bs=1 seek="$offset" conv=notrunc status=none
}

case $damage in
  empty) : >"$bad" ;;
  text) echo "This is no kernel." >"$bad" ;;
  32-bit) put 4 01 ;;
  big-endian) put 5 02 ;;
  other-machine) put 18 b7 00 ;;
  relocatable) put 16 01 00 ;;
  truncated-header) truncate -s 40 "$bad" ;;
  truncated-program-headers) truncate -s 100 "$bad" ;;
  truncated-segment) truncate -s 4200 "$bad" ;;
  file-larger-than-memory) put $((64 + 40)) 10 00 00 00 00 00 00 00 ;;
  wrapped) put $((64 + 56 + 16)) 00 f0 ff ff ff ff ff ff && put $((64 + 56 + 40)) 00 00 10 00 ;;
  non-canonical) put $((64 + 56 + 16)) 00 10 20 00 00 00 00 10 ;;
  overlap) put $((64 + 56 + 16)) 00 00 20 00 00 00 00 00 ;;
  writable-and-executable) put $((64 + 4)) 07 ;;
  entry-outside) put 24 00 10 20 00 00 00 00 00 ;;
  *) echo "refused-test: there is no damage $damage" >&2; exit 2 ;;
esac

verdict=$("$mkimage" check "$bad" 2>&1 || true)
name=$(grep -oE '\[[a-z0-9-]+\]' <<<"$verdict" | head -n 1)
[[ -n $name ]] || { echo "refused-test: mkimage check accepts the kernel: $verdict"; exit 1; }

"$mkimage" build "$good" -o "$directory/image.img"
mcopy -o -i "$directory/image.img@@1M" "$bad" ::/kernel.elf
"$BOOT_TEST" --status 14 --text "bowline: error: /kernel.elf: " --text "$name" --screen "$name" \
  --screen "what to do: " -- "$mkimage" test "$@" "$directory/image.img"
