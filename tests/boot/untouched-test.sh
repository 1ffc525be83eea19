#!/usr/bin/env bash
# A second disk, bootable too, is not read by the loader: the reads that QEMU counts are those of the firmware
# alone, which a machine shows whose loader is replaced by one that only halts.
#
#   untouched-test.sh MKIMAGE KERNEL bios|uefi DEVICE|network OTHER_DEVICE
#
# The kernel's command line is "hang", and it says when it does. Each DEVICE is one of QEMU; "network" boots by PXE,
# and the disk beside it is the other.
set -euo pipefail

mkimage=$1 kernel=$2 firmware=$3 device=$4 other=$5
directory=$(mktemp -d)
qemu=
trap '[[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true; rm -rf "$directory"' EXIT
cd "$directory"
seconds_max=60 # only to end hangs

"$mkimage" build "$kernel" --command-line other -o other.img
if [[ $device == network ]]; then
  "$mkimage" netboot boot "$kernel" --command-line hang
  cp -r boot halting
else
  "$mkimage" build "$kernel" --command-line hang -o boot
  cp boot halting
fi
# mov $'h', %al; out %al, $0xe9; cli; hlt; jmp .-1: the same in 16-bit and in 64-bit code
halting='\xb0h\xe6\xe9\xfa\xf4\xeb\xfd'

# number FILE OFFSET SIZE
number() {
  od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}
# PE specification: the offset of the headers stands at 60; of the first section, the address and the offset.
make_application_halt() {
  local headers entry section
  if [[ $device == network ]]; then
    cp halting/EFI/BOOT/BOOTX64.EFI loader
  else
    mcopy -i halting@@1M ::/EFI/BOOT/BOOTX64.EFI loader
  fi
  headers=$(number loader 60 4)
  entry=$(number loader $((headers + 40)) 4)
  section=$((headers + 24 + $(number loader $((headers + 20)) 2)))
  printf "$halting" | dd of=loader bs=1 conv=notrunc status=none \
    seek=$((entry - $(number loader $((section + 12)) 4) + $(number loader $((section + 20)) 4)))
  if [[ $device == network ]]; then
    cp loader halting/EFI/BOOT/BOOTX64.EFI
  else
    mcopy -o -i halting@@1M loader ::/EFI/BOOT/BOOTX64.EFI
  fi
}

options=()
if [[ $firmware == uefi ]]; then
  make_application_halt
  cp /usr/share/OVMF/OVMF_VARS_4M.fd variables
  options+=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"
    -drive "if=pflash,unit=1,format=raw,snapshot=on,file=variables")
elif [[ $device == network ]]; then
  printf "$halting" | dd of=halting/bowline.0 bs=1 conv=notrunc status=none
else
  printf "$halting" | dd of=halting bs=1 conv=notrunc status=none
  # What a BIOS boots when the image is a disc.
  printf "$halting" | dd of=halting bs=1 seek=$((0xc000)) conv=notrunc status=none
fi
mkfifo monitor

# boot_medium IMAGE: the arguments that plug it in, in `plugged_in`
boot_medium() {
  local file=bowline.0 card=virtio-net-pci
  if [[ $device == network ]]; then
    [[ $firmware == bios ]] || file=EFI/BOOT/BOOTX64.EFI card=virtio-net-pci,romfile=
    plugged_in=(-netdev "user,id=network,tftp=$1,bootfile=$file" -device "$card,netdev=network,bootindex=0")
  else
    plugged_in=()
    [[ $device != usb-* ]] || plugged_in=(-device qemu-xhci,id=usb)
    plugged_in+=(-drive "if=none,id=boot,format=raw,snapshot=on,file=$1" -device "$device,drive=boot,bootindex=0")
  fi
}

# count IMAGE FILE TEXT: boots IMAGE until FILE has TEXT; then how often each disk was read, in
# read_boot and read_other
count() {
  boot_medium "$1"
  : >serial
  : >debugcon
  qemu-system-x86_64 -nodefaults -machine q35 -accel tcg -m 256 -display none -vga std -no-reboot \
    "${options[@]}" -serial file:serial -debugcon file:debugcon -monitor stdio \
    "${plugged_in[@]}" \
    -drive "if=none,id=other,format=raw,snapshot=on,file=other.img" -device "$other,drive=other" \
    <monitor >console 2>&1 &
  qemu=$!
  exec 3>monitor
  for ((tenth = 0; tenth < seconds_max * 10; tenth++)); do
    ! grep -qa -e "$3" "$2" || break
    kill -0 "$qemu" 2>/dev/null || break
    sleep 0.1
  done
  grep -qa -e "$3" "$2" || { cat serial console; echo "untouched-test: $1 has not come to its end"; exit 1; }
  printf 'info blockstats\nquit\n' >&3
  wait "$qemu" || true
  qemu=
  exec 3>&-
  read_boot=$(sed -n 's/^boot: .*rd_operations=\([0-9]*\).*/\1/p' console)
  [[ $device != network ]] || read_boot=1 # nobody counts it, and that it has booted has been seen
  read_other=$(sed -n 's/^other: .*rd_operations=\([0-9]*\).*/\1/p' console)
  [[ -n $read_boot && -n $read_other ]] || { cat console; echo "untouched-test: QEMU does not count"; exit 1; }
}

count halting debugcon '^h'
firmware_boot=$read_boot firmware_other=$read_other
echo "the firmware alone: $firmware_boot reads of what is booted, $firmware_other of the other"
count boot serial '^verdicts: .*hang'
echo "with the loader: $read_boot and $read_other"
((firmware_boot > 0 && read_boot > 0)) || { echo "untouched-test: QEMU does not count"; exit 1; }
((read_other == firmware_other)) || { echo "untouched-test: the loader has read the other disk"; exit 1; }
