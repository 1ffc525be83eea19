#!/usr/bin/env bash
# A verdict seen by QEMU itself, with no mkimage test between: so that the tool does not judge itself.
#
#   bare-qemu.sh MKIMAGE KERNEL COMMAND_LINE bios|uefi STATUS TEXT
#
# STATUS is QEMU's exit status, or "none" when it has to be ended from outside: when it has said TEXT, the machine
# neither ends nor resets. TEXT has to be in what the guest writes to the serial port.
set -euo pipefail

mkimage=$1 kernel=$2 command_line=$3 firmware=$4 status=$5 text=$6
directory=$(mktemp -d)
trap 'kill -KILL "$(jobs -p)" 2>/dev/null || true; rm -rf "$directory"' EXIT
image=$directory/kernel.img
"$mkimage" build "$kernel" --command-line "$command_line" -o "$image"

options=()
if [[ $firmware == uefi ]]; then
  cp /usr/share/OVMF/OVMF_VARS_4M.fd "$directory/variables.fd"
  options+=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"
    -drive "if=pflash,unit=1,format=raw,file=$directory/variables.fd")
fi

qemu-system-x86_64 -nodefaults -machine q35 -accel tcg -m 256 -display none \
  -vga std -no-reboot "${options[@]}" -serial "file:$directory/serial" \
  -device isa-debug-exit,iobase=0xf4,iosize=4 \
  -drive "if=none,id=disk,format=raw,snapshot=on,file=$image" \
  -device ide-hd,drive=disk,bootindex=0 </dev/null &
for ((i = 0; i < 3000; i++)); do # at most 150 seconds
  kill -0 "$!" 2>/dev/null || break
  if [[ $status == none ]] && grep -qsF -e "$text" "$directory/serial"; then
    sleep 2
    break
  fi
  sleep 0.05
done
kill -KILL "$!" 2>/dev/null || true
actual=0
wait "$!" || actual=$?
((actual != 137)) || actual=none
cat "$directory/serial"

if [[ $actual != "$status" ]]; then
  echo "bare-qemu: QEMU's exit status is $actual, not $status"
  exit 1
fi
if ! grep -qF -e "$text" "$directory/serial"; then
  echo "bare-qemu: the serial port has nowhere: $text"
  exit 1
fi
