#!/usr/bin/env bash
# Media that the firmware itself cannot boot from: Debian's GRUB does not start there either. With "none" for the
# image, that GRUB does start from the control image: on a disk that the firmware knows.
#
#   exempt-test.sh bios|uefi|ia32 CONTROL_IMAGE IMAGE|none ARGUMENT_OF_QEMU...
#
# Both machines are watched until the firmware has given up: SeaBIOS says so on its debug port, OVMF starts
# its shell; and it must not have started anything before, which both say as well. The drive is called "disk".
set -euo pipefail

firmware=$1 control=$2 image=$3
arguments=("${@:4}")
case $firmware in
  bios) code= ;;
  uefi) code=/usr/share/OVMF/OVMF_CODE_4M.fd variables=/usr/share/OVMF/OVMF_VARS_4M.fd ;;
  ia32) code=/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd variables=/usr/share/OVMF/OVMF32_VARS_4M.fd ;;
esac
directory=$(mktemp -d)
machines=()
trap '((${#machines[@]} == 0)) || kill "${machines[@]}" 2>/dev/null || true; rm -rf "$directory"' EXIT
SECONDS_MAX=150 # only to end hangs

# start NAME IMAGE ARGUMENT...
start() {
  local files=$directory/$1 disk=$2
  shift 2
  mkdir "$files"
  if [[ -n $code ]]; then
    cp "$variables" "$files/variables.fd"
    set -- "$@" -drive "if=pflash,unit=0,format=raw,readonly=on,file=$code" \
      -drive "if=pflash,unit=1,format=raw,file=$files/variables.fd"
  fi
  timeout "$SECONDS_MAX" qemu-system-x86_64 -nodefaults -machine q35 -accel tcg -m 256 -display none -vga std \
    -no-reboot -serial "file:$files/serial" -chardev "file,id=firmware,path=$files/firmware" \
    -device isa-debugcon,iobase=0x402,chardev=firmware -drive "if=none,id=disk,format=raw,snapshot=on,file=$disk" \
    "$@" </dev/null >/dev/null 2>"$files/errors" &
  machines+=($!)
}

# says NAME TEXT
says() {
  grep -qsaF -e "$2" "$directory/$1/serial" "$directory/$1/firmware"
}

gave_up() {
  says "$1" "No bootable device" || says "$1" "UEFI Interactive Shell"
}

# has_started NAME: what the firmware has started, if anything but its shell
has_started() {
  grep -ahE "^Booting from [0-9a-f]{4}:|BdsDxe: starting" "$directory/$1/serial" "$directory/$1/firmware" |
    grep -avF "EFI Internal Shell"
}

# wait_for NAME CONDITION...
wait_for() {
  local name=$1
  shift
  for ((i = 0; i < SECONDS_MAX * 10; i++)); do
    "$@" && return
    sleep 0.1
  done
  tail -c 2000 "$directory/$name/"{serial,firmware,errors}
  echo "exempt-test: $name: nothing has been decided within $SECONDS_MAX s"
  exit 1
}

is_decided() {
  says "$1" "control: GRUB has started" || says "$1" "bowline: " || gave_up "$1"
}

if [[ $image == none ]]; then
  start control "$control" "${arguments[@]}"
  wait_for control is_decided control
  says control "control: GRUB has started" && has_started control && exit
  echo "exempt-test: control: GRUB does not start"
  exit 1
fi

start control "$control" "${arguments[@]}"
start image "$image" "${arguments[@]}"
failures=0
for name in control image; do
  wait_for "$name" is_decided "$name"
  if has_started "$name"; then
    echo "exempt-test: $name: the firmware has started it: this is no exempt cell"
    failures=1
  elif gave_up "$name"; then
    echo "exempt-test: $name: the firmware gives up"
    grep -aE "Boot failed|No bootable|Interactive Shell" "$directory/$name/firmware" "$directory/$name/serial" || true
  else
    echo "exempt-test: $name: it has been started: this is no exempt cell"
    failures=1
  fi
done
exit $failures
