#!/usr/bin/env bash
# Screens that the firmware itself offers no graphics mode of, or hangs on: Debian's GRUB, asked for the modes that
# there are, finds the same.
#
#   grub-video-test.sh bios|uefi modes|none|hang [ARGUMENT of QEMU]...
set -euo pipefail

firmware=$1 expected=$2
shift 2
directory=$(mktemp -d)
qemu=
trap '[[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true; rm -rf "$directory"' EXIT
cd "$directory"
seconds_max=60 # only to end what neither begins nor ends
seconds_hang=3 # many hundred times what GRUB needs to ask

printf '%s\n' 'serial --unit=0 --speed=115200' 'terminal_output serial' 'echo "control: asks"' videoinfo \
  'echo "control: done"' 'sleep 1000' >grub.cfg
modules=(echo serial terminal sleep video videoinfo)
options=()
if [[ $firmware == uefi ]]; then
  mkdir -p disk/EFI/BOOT
  grub-mkimage -O x86_64-efi -p / -c grub.cfg -o disk/EFI/BOOT/BOOTX64.EFI "${modules[@]}" efi_gop
  cp /usr/share/OVMF/OVMF_VARS_4M.fd variables
  options+=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"
    -drive "if=pflash,unit=1,format=raw,file=variables"
    -drive "if=none,id=disk,format=raw,read-only=on,file=fat:$directory/disk")
else
  grub-mkimage -O i386-pc -p / -c grub.cfg -o core.img biosdisk "${modules[@]}" vbe
  cat /usr/lib/grub/i386-pc/boot.img core.img >disk.img # it looks for the rest in the next sectors
  truncate -s 1M disk.img
  options+=(-drive "if=none,id=disk,format=raw,file=disk.img")
fi

: >serial
qemu-system-x86_64 -nodefaults -machine q35 -accel tcg -m 256 -display none -vga none -no-reboot -serial file:serial \
  "${options[@]}" -device virtio-blk-pci,drive=disk,bootindex=0 "$@" </dev/null >/dev/null 2>errors &
qemu=$!

# wait_for TEXT SECONDS
wait_for() {
  for ((tenth = 0; tenth < $2 * 10; tenth++)); do
    ! grep -qaF -e "$1" serial || return 0
    kill -0 "$qemu" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

wait_for "control: asks" "$seconds_max" || { cat serial errors; echo "grub-video-test: GRUB does not start"; exit 1; }
if ! wait_for "control: done" "$seconds_hang"; then
  found=hang
elif grep -qaE '[0-9]+ x +[0-9]+ x +(16|24|32) ' serial; then
  found=modes
else
  found=none
fi
[[ $found == "$expected" ]] || { cat serial errors; echo "grub-video-test: $found, not $expected"; exit 1; }
