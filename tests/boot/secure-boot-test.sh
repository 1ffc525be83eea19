#!/usr/bin/env bash
# OVMF with Secure Boot and Debian's test key: it starts our loader when that is signed, which says so to the
# kernel; and refuses it when it is not, or is not what was signed.
#
#   secure-boot-test.sh MKIMAGE KERNEL CODE [ARGUMENT of QEMU]...
#
# CODE is a build of OVMF beside the variable store with that key, OVMF_VARS_4M.snakeoil.fd.
set -euo pipefail

mkimage=$1 kernel=$2 code=$3
shift 3
source "$(dirname "$0")/../complaints.sh"
loader=$directory/BOOTX64.EFI
key=/usr/share/ovmf/PkKek-1-snakeoil # its key's password is public, too
export OVMF_CODE=$code OVMF_VARS=${code%/*}/OVMF_VARS_4M.snakeoil.fd

openssl rsa -in "$key.key" -passin pass:snakeoil -out "$directory/key" 2>"$directory/errors" ||
  { cat "$directory/errors"; exit 1; }
"$mkimage" build "$kernel" --command-line "firmware=uefi secure-boot memory=256" -o "$directory/unsigned.img"
mcopy -i "$directory/unsigned.img@@1M" ::/EFI/BOOT/BOOTX64.EFI "$loader"
sbsign --key "$directory/key" --cert "$key.pem" --output "$loader.signed" "$loader" >"$directory/sbsign" 2>&1 ||
  { cat "$directory/sbsign"; exit 1; }

# image NAME LOADER: the image with this loader
image() {
  cp "$directory/unsigned.img" "$directory/$1.img"
  mcopy -o -i "$directory/$1.img@@1M" "$2" ::/EFI/BOOT/BOOTX64.EFI
}
image signed "$loader.signed"
# A letter of a message: it runs, but is not what was signed.
sed 's/what to do/what to dO/' "$loader.signed" >"$loader.changed"
! cmp -s "$loader.signed" "$loader.changed" || { echo "secure-boot-test: nothing was changed"; exit 1; }
image changed "$loader.changed"

# boot NAME [CHECK of boot-test.sh]...
boot() {
  local name=$1
  shift
  echo "---- $name"
  "$BOOT_TEST" "$@" -- "$mkimage" test --timeout 150 "${until[@]}" "$directory/$name.img" -- "${machine[@]}" ||
    complain "$name"
}
machine=("$@")
until=()
boot signed --line "bowline-test: pass contract"
until=(--until "Access Denied")
boot unsigned --text "Access Denied"
boot changed --text "Access Denied"
((failures == 0))
