#!/usr/bin/env bash
# A sealed disk is updated as docs/sealing.md describes it, and boots after every step: whatever a power cut leaves.
#
#   seal-update-test.sh MKIMAGE KERNEL [OPTION OF mkimage test...]
set -euo pipefail

mkimage=$1 kernel=$2
options=(--timeout 150 "${@:3}")
here=$(cd "$(dirname "$0")" && pwd)

source "$here/../complaints.sh"
cd "$directory"

# boots STEP KERNEL
boots() {
  echo "---- $1"
  "$BOOT_TEST" --line "bowline-test: pass hello" --line "bowline: /bowline/boot.conf is the sealed one" \
    --text "bowline: kernel $2, " -- "$mkimage" test "${options[@]}" disk.img || complain "$1"
}

# loaders IMAGE: its UEFI applications, in the place of those of the disk
loaders() {
  local name
  for name in BOOTX64.EFI BOOTIA32.EFI; do
    rm -f "$name"
    mcopy -n -i "$1@@1M" "::/EFI/BOOT/$name" .
    mcopy -i disk.img@@1M "$name" "::/EFI/BOOT/new"
    mdel -i disk.img@@1M "::/EFI/BOOT/$name"
    mren -i disk.img@@1M "::/EFI/BOOT/new" "$name"
  done
}

"$mkimage" build -q --seal --free 4M -o disk.img "$kernel"
mcopy -n -i disk.img@@1M ::/bowline/boot.conf old.conf
# The next version; its kernel has another name, and a byte more.
cp "$kernel" next.elf
echo >>next.elf
cat >next.conf <<END
kernel /next.elf
sha256 $(sha256sum next.elf | cut -d ' ' -f 1)
END
"$mkimage" build -q --config next.conf --file next.elf --seal-also old.conf -o both.img "$kernel"
"$mkimage" build -q --config next.conf --file next.elf --seal -o next.img "$kernel"

boots "the old version" /kernel.elf
mcopy -i disk.img@@1M next.elf ::/
boots "1: the new files are there" /kernel.elf
loaders both.img
boots "2: UEFI applications that take both" /kernel.elf
"$here/move_stages.py" disk.img both.img 0x40000
boots "2: BIOS stages that take both" /kernel.elf
mcopy -o -i disk.img@@1M next.conf ::/bowline/boot.conf
boots "3: the new boot.conf" /next.elf
loaders next.img
boots "4: UEFI applications that take the new one" /next.elf
"$here/move_stages.py" disk.img next.img 0x10000
boots "4: BIOS stages that take the new one" /next.elf
mdel -i disk.img@@1M ::/kernel.elf
boots "5: the old files are gone" /next.elf
# And the old version does not come back.
mcopy -i disk.img@@1M "$kernel" ::/kernel.elf
mcopy -o -i disk.img@@1M old.conf ::/bowline/boot.conf
"$BOOT_TEST" --status 14 --text "[seal-differs]" -- "$mkimage" test "${options[@]}" disk.img || complain "the old boot.conf"
exit $((failures > 0))
