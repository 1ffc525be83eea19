#!/usr/bin/env bash
# What UEFI starts instead of a kernel: an application, which is told its options and finds its volume, and what is said
# when it comes back or cannot be started; Debian's GRUB; and a shell that starts the loader with options for the kernel.
#
#   chainload-uefi-test.sh MKIMAGE KERNEL TOLD
#
# TOLD is the application of tests/firmware/uefi/told.c. BOOT_TEST and SCREEN_TEXT name programs.
set -euo pipefail

mkimage=$1 kernel=$2 told=$3
source "$(dirname "$0")/../complaints.sh"
cd "$directory"
path=/EFI/other/other.efi # of what is started

# boots NAME CHECK... [-- OPTION of mkimage test...]
boots() {
  local name=$1 checks=()
  shift
  while (($#)) && [[ $1 != -- ]]; do checks+=("$1"); shift; done
  "$BOOT_TEST" "${checks[@]}" -- "$mkimage" test --timeout 150 "$name.img" "${@:2}" || complain "$name"
}

# Slots of which only the last can be started: each failure is told (which for mkimage test is a refusal), only what was
# started takes a place in the boot state (the last slot is number 2 there), and the next
# slot follows.
echo "what the volume has" >told.txt
cat >boot.conf <<END
timeout 0
entry missing
slot 9 1
chainload /missing.efi
entry changed
slot 8 1
chainload /changed.efi
sha256 $(sha256sum "$told" | cut -d ' ' -f 1)
entry text
slot 7 1
chainload /text.efi
entry bios
slot 6 1
chainload partition 1
entry told
slot 5 1
chainload $path
sha256 $(sha256sum "$told" | cut -d ' ' -f 1)
chainload partition 1
options return "a b"
entry kernel
slot 4 1
kernel /kernel.elf
options firmware=uefi modules=0 slot=2
END
"$mkimage" build -q --config boot.conf --file "$told:/missing.efi" --file "$told:/changed.efi" --file "$told:/text.efi" \
  --file "$told:$path" --file told.txt:/told.txt -o slots.img "$kernel"
{ cat "$told"; echo; } >changed.efi
echo 'told: this file is no application' >text.efi
mdel -i slots.img@@1M ::/missing.efi
mcopy -o -i slots.img@@1M changed.efi text.efi ::/
boots slots --status 14 --line "bowline: error: /missing.efi: there is no such file on the boot volume [file-not-found]" \
  --text "bowline: error: /changed.efi: its SHA-256 begins with" \
  --line "bowline: error: /text.efi: the firmware takes it for no EFI application of this machine (status 0x8000000000000003) [chainload-no-application]" \
  --line "bowline: error: bios: the entry starts a boot sector, which this firmware cannot do [chainload-firmware]" \
  --line 'told: options return "a b"|' --line "told: /told.txt has what the volume has" \
  --line "told: LoaderEntrySelected 6 told|" \
  --line "bowline: error: $path: it was started, and has come back with status 0x8000000000000012 [chainload-returned]" \
  --line "bowline-test: pass contract"

# After an application that has set another video mode, past the console, the screen can be read.
printf '%s\n' "log info screen serial" "entry told" "chainload $path" "options mode return" >boot.conf
"$mkimage" build -q --config boot.conf --file "$told:$path" -o mode.img "$kernel"
boots mode --status 14 --line "told: another mode" --screen "it was started, and has come back with status" \
  --screen "press a key to go back to the firmware"

# Debian's GRUB, as Debian has built and signed it: it finds its own configuration, where Debian has it.
debian=/EFI/debian
echo 'echo "control: GRUB has started from $cmdpath with $prefix"; sleep 1000' >grub.cfg
printf '%s\n' "entry debian" "chainload $debian/grubx64.efi" >boot.conf
"$mkimage" build -q --config boot.conf --file grub.cfg:$debian/grub.cfg -o grub.img "$kernel" \
  --file /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed:$debian/grubx64.efi
said="control: GRUB has started from (hd0,gpt2)$debian with (hd0,gpt2)$debian"
boots grub --text "$said" -- --until "$said"

# Options of a boot option of the firmware: text, and what is none.
export OVMF_CODE=/usr/share/OVMF/OVMF_CODE_4M.fd OVMF_VARS=$directory/variables
hexadecimal=$(printf 'firmware=uefi' | iconv -t UTF-16LE | od -An -v -t x1 | tr -d ' \n')
own_disk=(--disk none -- -device "virtio-blk-pci,drive=disk")
"$mkimage" build -q --command-line "modules=0" -o option.img "$kernel"
mren -i option.img@@1M ::/EFI/BOOT/BOOTX64.EFI LOADER.EFI
"$(dirname "$0")/variables.py" /usr/share/OVMF/OVMF_VARS_4M.fd "$OVMF_VARS" 'file=\EFI\BOOT\LOADER.EFI='"$hexadecimal"
boots option --line "bowline-test: pass contract" \
  --line 'bowline: the loader was started with options for the kernel: firmware=uefi' -- "${own_disk[@]}"
unset OVMF_CODE OVMF_VARS

# A shell puts the name of the loader first.
"$mkimage" build -q --command-line "modules=0" -o shell.img "$kernel"
mren -i shell.img@@1M ::/EFI/BOOT/BOOTX64.EFI LOADER.EFI
echo 'fs0:\EFI\BOOT\LOADER.EFI firmware=uefi "a b"' >startup.nsh
mcopy -i shell.img@@1M startup.nsh ::/startup.nsh
boots shell --line "bowline-test: pass contract" \
  --line 'bowline: the loader was started with options for the kernel: firmware=uefi "a b"'
exit $((failures > 0))
