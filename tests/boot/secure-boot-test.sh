#!/usr/bin/env bash
# OVMF with Secure Boot and Debian's test key: it starts our loader when that is signed, which says so to the
# kernel; and refuses it when it is not, or is not what was signed. The loader is sealed, before it is signed: it
# refuses another boot.conf, and nobody takes the seal away. It starts another loader that somebody has signed whom the
# firmware trusts.
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
# sign IMAGE: its loader, which is in the files $loader and $loader.signed, too
sign() {
  mcopy -n -i "$directory/$1.img@@1M" "::/EFI/BOOT/$name" "$loader"
  sbsign --key "$directory/key" --cert "$key.pem" --output "$loader.signed" "$loader" >"$directory/sbsign" 2>&1 ||
    { cat "$directory/sbsign"; exit 1; }
  mcopy -o -i "$directory/$1.img@@1M" "$loader.signed" "::/EFI/BOOT/$name"
}

"$mkimage" build "$kernel" --seal --command-line "firmware=$firmware secure-boot memory=256" -o "$directory/unsigned.img"
cp --sparse=always "$directory/unsigned.img" "$directory/signed.img"
sign signed
"$mkimage" check "$directory/signed.img" >"$directory/checked" 2>&1 || complain "check: $(cat "$directory/checked")"
# A letter of a message: it runs, but is not what was signed.
sed 's/what to do/what to dO/' "$loader.signed" >"$loader.changed"
! cmp -s "$loader.signed" "$loader.changed" || { echo "secure-boot-test: nothing was changed"; exit 1; }
cp --sparse=always "$directory/unsigned.img" "$directory/changed.img"
mcopy -o -i "$directory/changed.img@@1M" "$loader.changed" "::/EFI/BOOT/$name"
# The seal that takes everything, which an image has that is not sealed.
cp --sparse=always "$directory/signed.img" "$directory/opened.img"
"$(dirname "$0")/reseal.py" "$directory/opened.img"
cp --sparse=always "$directory/signed.img" "$directory/edited.img"
mcopy -n -i "$directory/edited.img@@1M" ::/bowline/boot.conf "$directory/boot.conf"
sed -i 's/^options .*/& init=shell/' "$directory/boot.conf"
mcopy -o -i "$directory/edited.img@@1M" "$directory/boot.conf" ::/bowline/boot.conf

# An entry that starts another application, which nobody has signed.
printf '%s\n' 'entry other' 'chainload /other.efi' >"$directory/boot.conf"
"$mkimage" build -q "$kernel" --config "$directory/boot.conf" --file "$loader:/other.efi" -o "$directory/other.img"
sign other

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
boot signed --line "bowline: /bowline/boot.conf is the sealed one" --line "bowline-test: pass contract"
boot edited --status 14 --text "[seal-differs]"
boot other --status 14 --text "bowline: error: /other.efi: Secure Boot does not let it be started" --text "[chainload-forbidden]"
until=(--until "Access Denied")
boot unsigned --text "Access Denied"
boot changed --text "Access Denied"
boot opened --text "Access Denied" --without "Bowline"

# Debian's GRUB with Debian's signature, on firmware that trusts this. The loader is sealed, and has GRUB's hash.
if [[ $firmware == uefi ]]; then
  grub=/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
  sbattach --detach "$directory/signature" "$grub"
  openssl pkcs7 -inform DER -in "$directory/signature" -print_certs | openssl x509 -outform DER -out "$directory/debian.der"
  export OVMF_VARS=$directory/variables
  "$(dirname "$0")/variables.py" "$variables" "$OVMF_VARS" "db=$directory/debian.der"
  echo 'echo "control: GRUB has started with $prefix, and lockdown is $lockdown"; sleep 1000' >"$directory/grub.cfg"
  printf '%s\n' 'entry debian' 'chainload /EFI/debian/grubx64.efi' \
    "sha256 $(sha256sum "$grub" | cut -d ' ' -f 1)" >"$directory/boot.conf"
  "$mkimage" build -q "$kernel" --seal --config "$directory/boot.conf" --file "$grub:/EFI/debian/grubx64.efi" \
    --file "$directory/grub.cfg:/EFI/debian/grub.cfg" -o "$directory/debian.img"
  sign debian
  started="control: GRUB has started with (hd0,gpt2)/EFI/debian, and lockdown is y"
  until=(--until "$started")
  boot debian --line "bowline: /bowline/boot.conf is the sealed one" --text "$started"
fi
((failures == 0))
