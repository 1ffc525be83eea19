#!/usr/bin/env bash
# Started by GRUB instead of by the firmware: its command chainloader with our boot sector, or with our UEFI
# application, on the disk that GRUB is on or on another one.
#
#   grub-test.sh MKIMAGE KERNEL bios|uefi same|second gpt|mbr
set -euo pipefail

mkimage=$1 kernel=$2 firmware=$3 where=$4 scheme=$5
grub=/usr/lib/grub
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
failures=0

fail() {
  echo "grub-test: $*" >&2
  failures=$((failures + 1))
}

# little_endian NUMBER: eight bytes
little_endian() {
  local i
  for ((i = 0; i < 64; i += 8)); do
    printf '%b' "\\x$(printf %02x $(($1 >> i & 255)))"
  done
}

# put FILE OFFSET: the bytes on stdin
put() {
  dd of="$1" bs=64K oflag=seek_bytes seek="$2" conv=notrunc iflag=fullblock status=none
}

# GRUB's boot sector and what it loads (GRUB's boot.S and diskboot.S have the offsets), behind the image's end.
install_grub_for_bios() {
  local sector=$(($(stat -c %s "$1") / 512))
  grub-mkimage -O i386-pc -c grub.cfg -p / -o core biosdisk chain echo fat part_gpt part_msdos serial terminal
  truncate -s +1M "$1"
  little_endian $((sector + 1)) | put core 500
  put "$1" $((sector * 512)) <core
  head -c 440 $grub/i386-pc/boot.img | put "$1" 0
  little_endian $sector | put "$1" 92
}

install_grub_for_uefi() {
  grub-mkimage -O x86_64-efi -c grub.cfg -p / -o core chain echo fat part_gpt part_msdos search_fs_uuid
  mcopy -n -o -i "$1@@1M" core ::/EFI/BOOT/BOOTX64.EFI
}

# hexadecimal IMAGE OFFSET: four bytes as a number of eight digits
hexadecimal() {
  od -An -t x4 -j "$2" -N 4 "$1" | tr -d ' '
}

for name in this other; do
  "$mkimage" build "$kernel" -o $name.img --scheme "$scheme" --command-line "$scheme $name" >/dev/null 2>&1
done
signature=$(hexadecimal this.img 440)
volume=$(hexadecimal this.img $(((1 << 20) + 67)))

# What GRUB is to start, as it names it, is made a file of the image that is not where firmware looks.
first=this.img
[[ $where == same ]] || first=other.img
if [[ $firmware == bios ]]; then
  cat >grub.cfg <<END
serial --unit=0 --speed=115200
terminal_output serial
echo GRUB starts the boot sector
END
  if [[ $where == same ]]; then
    head -c 512 this.img | mcopy -n -i this.img@@1M - ::/bowline/stage1.bin
    partition=gpt2
    [[ $scheme == gpt ]] || partition=msdos1
    echo "chainloader (hd0,$partition)/bowline/stage1.bin" >>grub.cfg
  else
    # GRUB's root is its own disk, and that is the drive which it tells.
    echo "chainloader (hd1)+1" >>grub.cfg
  fi
else
  mmd -i this.img@@1M ::/EFI/bowline
  mcopy -n -i this.img@@1M ::/EFI/BOOT/BOOTX64.EFI application
  mcopy -n -i this.img@@1M application ::/EFI/bowline/bowline.efi
  cat >grub.cfg <<END
echo GRUB starts the application
search.fs_uuid ${volume:0:4}-${volume:4} root
chainloader /EFI/bowline/bowline.efi
END
fi
echo boot >>grub.cfg
"install_grub_for_$firmware" $first

disks=("$first")
[[ $where == same ]] || disks+=(this.img)
if [[ $firmware == bios ]]; then
  # Not by mkimage test, for which a word of stage 1 is the last.
  arguments=()
  for disk in "${disks[@]}"; do
    arguments+=(-drive "if=none,id=${disk%.img},format=raw,snapshot=on,file=$disk" -device "virtio-blk-pci,drive=${disk%.img}")
  done
  timeout 150 qemu-system-x86_64 -machine q35 -accel tcg -m 128 -nodefaults -display none -vga std -no-reboot \
    -serial file:output -device isa-debug-exit,iobase=0xf4,iosize=4 "${arguments[@]}" </dev/null >errors 2>&1 || true
else
  second=()
  [[ $where == same ]] ||
    second=(-- -drive "if=none,id=second,format=raw,snapshot=on,file=this.img" -device virtio-blk-pci,drive=second,bootindex=1) # or OVMF does not connect it
  "$mkimage" test --timeout 150 $first "${second[@]}" >output 2>errors </dev/null || fail "exit status $?"
fi
tr -d '\r' <output >said
grep -q "GRUB starts the" said || fail "GRUB was not there"
grep -qx "bowline-test: pass contract" said || fail "the kernel does not pass"
grep -q "^contract: partition number ., disk signature $signature$" said || fail "not the kernel of the right disk"
cat said errors
((failures == 0))
