#!/usr/bin/env bash
# A network boot that fails leaves the BIOS and all of its memory as they were: after a key press it boots its
# next device, from which a kernel that looks at the memory map is then started.
#
#   network-next-test.sh MKIMAGE KERNEL
set -euo pipefail

mkimage=$1 kernel=$2
directory=$(mktemp -d)
qemu=
trap '[[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true; wait; rm -rf "$directory"' EXIT
cd "$directory"
"$mkimage" netboot tree "$kernel" >/dev/null 2>&1
rm tree/kernel.elf
"$mkimage" build "$kernel" -o disk.img --command-line "firmware=bios memory=64" >/dev/null 2>&1
mkfifo monitor
touch serial
qemu-system-x86_64 -nodefaults -machine pc -accel tcg -m 64 -display none -vga std -serial file:serial -monitor stdio \
  -device isa-debug-exit,iobase=0xf4,iosize=4 -netdev user,id=network,tftp=tree,bootfile=bowline.0 \
  -device e1000,netdev=network,bootindex=0 -drive if=none,id=disk,format=raw,file=disk.img \
  -device ide-hd,drive=disk,bootindex=1 <monitor >/dev/null &
qemu=$!
exec 3>monitor

# wait_for TEXT: until the serial port has it
wait_for() {
  for _ in {1..1500}; do
    ! grep -qF -e "$1" serial || return 0
    sleep 0.1
  done
  cat serial
  echo "network-next-test: it has not said: $1"
  exit 1
}

wait_for "tftp://10.0.2.2/kernel.elf: there is no such file"
wait_for "press a key to go back to the firmware"
sleep 0.5 # what is pressed before the message does not count
echo "sendkey a" >&3
wait_for "bowline-test: pass contract"
