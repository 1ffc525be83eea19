#!/usr/bin/env bash
# OVMF with Secure Boot and Debian's test key: it starts our loader when that is signed, which says so to the
# kernel; and refuses it when it is not, or is not what was signed.
#
#   secure-boot-test.sh MKIMAGE KERNEL uefi|ia32 CODE [ARGUMENT of QEMU]...
#
# CODE is a build of OVMF beside the variable store with that key, OVMF_VARS_4M.snakeoil.fd, which the build for
# 32-bit machines (ia32) takes, too.
set -euo pipefail

mkimage=$1 kernel=$2 firmware=$3 code=$4
shift 4
source "$(dirname "$0")/../complaints.sh"
variables=${code%/*}/OVMF_VARS_4M.snakeoil.fd
case $firmware in
  uefi) options=() name=BOOTX64.EFI; export OVMF_CODE=$code OVMF_VARS=$variables ;;
  ia32) options=(--uefi32) name=BOOTIA32.EFI; export OVMF32_CODE=$code OVMF32_VARS=$variables ;;
esac
loader=$directory/$name
key=/usr/share/ovmf/PkKek-1-snakeoil # its key's password is public, too

openssl rsa -in "$key.key" -passin pass:snakeoil -out "$directory/key" 2>"$directory/errors" ||
  { cat "$directory/errors"; exit 1; }
"$mkimage" build "$kernel" --command-line "firmware=$firmware secure-boot memory=256" -o "$directory/unsigned.img"
mcopy -i "$directory/unsigned.img@@1M" "::/EFI/BOOT/$name" "$loader"
sbsign --key "$directory/key" --cert "$key.pem" --output "$loader.signed" "$loader" >"$directory/sbsign" 2>&1 ||
  { cat "$directory/sbsign"; exit 1; }

# image NAME LOADER: the image with this loader
image() {
  cp "$directory/unsigned.img" "$directory/$1.img"
  mcopy -o -i "$directory/$1.img@@1M" "$2" "::/EFI/BOOT/$name"
}
image signed "$loader.signed"
# A letter of a message: it runs, but is not what was signed.
sed 's/what to do/what to dO/' "$loader.signed" >"$loader.changed"
! cmp -s "$loader.signed" "$loader.changed" || { echo "secure-boot-test: nothing was changed"; exit 1; }
image changed "$loader.changed"

# boot NAME [CHECK of boot-test.sh]...
boot() {
  local image=$1
  shift
  echo "---- $image"
  "$BOOT_TEST" "$@" -- "$mkimage" test "${options[@]}" --timeout 150 "${until[@]}" "$directory/$image.img" \
    -- "${machine[@]}" || complain "$image"
}
machine=("$@")
until=()
boot signed --line "bowline-test: pass contract"
until=(--until "Access Denied")
boot unsigned --text "Access Denied"
boot changed --text "Access Denied"
((failures == 0))
