#!/usr/bin/env bash
# Packed kernels and modules: they are unpacked, whatever gzip has made of them; and what is damaged is refused, with
# the reason.
#
#   packed-test.sh MKIMAGE FIRMWARE KERNEL PATTERN few|all [OPTION of mkimage test]...
#
# The loader decides by code that all firmwares share: all damages are tried on one of them.
set -euo pipefail

mkimage=$1 firmware=$2 kernel=$3 pattern=$4 extent=$5
options=(--timeout 150 "${@:6}")

source "$(dirname "$0")/../complaints.sh"
cd "$directory"

# boots IMAGE CHECK...
boots() {
  "$BOOT_TEST" "${@:2}" -- "$mkimage" test "${options[@]}" "$1" || complain "$1"
}

# refused TEXT PATH FILE: the image with this file in the place of its own, behind mkimage's back
refused() {
  cp packed.img damaged.img
  mcopy -o -i damaged.img@@1M "$3" "::$2"
  boots damaged.img --status 14 --text "bowline: error: $2: $1"
  ! "$mkimage" check damaged.img >check.txt 2>&1 || complain "mkimage check finds nothing: $1"
  grep -qF -e "$1" check.txt || complain "mkimage check has not: $1"
}

modules=()
for name in plain-5000 fast-3000000 best-300001 stored-70000 zeros-1000000 empty-0; do
  "$pattern" "$name" "${name#*-}" "$name"
  case $name in
    plain-*) file=$name ;;
    fast-*) gzip -1 -N "$name" && file=$name.gz ;;
    stored-*) gzip -1 -n "$name" && file=$name.gz ;;
    *) gzip -9 -n "$name" && file=$name.gz ;;
  esac
  modules+=(--module "$file::arguments of $name")
done
gzip -9 -c "$kernel" >kernel.elf.gz
"$mkimage" build -q --command-line "firmware=$firmware modules=6 packed" "${modules[@]}" -o packed.img kernel.elf.gz
"$mkimage" check packed.img >/dev/null || complain "check"
boots packed.img --line "bowline-test: pass contract"
"$mkimage" build -q --hash --command-line "firmware=$firmware modules=6 packed" "${modules[@]}" -o hashed.img kernel.elf.gz
boots hashed.img --line "bowline-test: pass contract"

{ head -c 3000 kernel.elf.gz; tail -c 8 kernel.elf.gz; } >cut.gz
refused "the packed data is cut short [gzip-truncated]" /kernel.elf.gz cut.gz
if [[ $extent == all ]]; then
  cat best-300001.gz best-300001.gz >twice.gz
  refused "$(stat -c %s best-300001.gz) bytes follow the end of the packed data [gzip-trailing]" /modules/best-300001.gz twice.gz
  gzip -dc kernel.elf.gz >not-packed
  refused "it is not packed, although its name ends in .gz: it begins with the bytes 0x7f45 [gzip-not-gzip]" \
    /kernel.elf.gz not-packed
  # The last bytes of a gzip file are the CRC-32 and the size of what is in it.
  python3 - <<'END'
data = bytearray(open("best-300001.gz", "rb").read())
def write(name, position, value):
    changed = bytearray(data)
    changed[position] ^= value
    open(name, "wb").write(changed)
write("checksum.gz", -8, 1)
write("size.gz", -4, 2)
write("large.gz", -1, 0x7f)
write("method.gz", 2, 1)
write("block.gz", 10, 6)
END
  refused "it unpacks to bytes whose CRC-32 is 0x" /modules/best-300001.gz checksum.gz
  refused "it unpacks to less than the 300003 bytes that stand at its end [gzip-size]" /modules/best-300001.gz size.gz
  refused "it unpacks to less than the 2131006433 bytes that stand at its end [gzip-size]" /modules/best-300001.gz large.gz
  refused "it is packed by method 9 with the flags 0x0 [gzip-method]" /modules/best-300001.gz method.gz
  refused "the kind of a block cannot be as it is, up to byte" /modules/best-300001.gz block.gz
fi
((failures == 0))
