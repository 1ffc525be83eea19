#!/usr/bin/env bash
# Stage 1 started by a boot manager (chain.S) that tells it the wrong drive, with registers as no BIOS
# leaves them.
#
#   chain-test.sh MKIMAGE KERNEL CHAIN
#
# The kernel says which disk it was read from; two images of it differ in that.
set -euo pipefail

mkimage=$1 kernel=$2 chain=$3
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
failures=0
FREE=40 # a sector of an image between the partition table and what follows

fail() {
  echo "chain-test: $*" >&2
  failures=$((failures + 1))
}

for name in this other; do
  "$mkimage" build "$kernel" -o $name.img --command-line $name >/dev/null 2>&1
  signature=$(od -An -t x4 -j 440 -N 4 $name.img | tr -d ' ')
  declare "$name=contract: partition number 2, disk signature $signature"
done
[[ $this != "$other" ]] || fail "the two images have one signature"

# little_endian NUMBER BYTES
little_endian() {
  local i
  for ((i = 0; i < $2; i++)); do
    printf '%b' "\\x$(printf %02x $(($1 >> (8 * i) & 255)))"
  done
}

# manager IMAGE DRIVE LBA CLAIMED ENTRY: in the image's first sector, the boot manager that starts what it finds at
# this LBA of DRIVE, at ENTRY (segment << 16 | offset), with CLAIMED for the drive
manager() {
  {
    head -c 424 "$chain"
    little_endian "$3" 8
    little_endian "$5" 4
    little_endian "$2" 1
    little_endian "$4" 1
  } | dd of="$1" conv=notrunc status=none
}

# qemu IMAGE...: each a disk, from 0x80 on. The output is in the file serial.
qemu() {
  local arguments=() image
  for image; do
    arguments+=(-drive "if=none,id=${image%.img},format=raw,snapshot=on,file=$image" -device "virtio-blk-pci,drive=${image%.img}")
  done
  rm -f serial
  exec timeout 100 qemu-system-x86_64 -machine pc -accel tcg -m 128 -nodefaults -display none -vga std -no-reboot \
    -serial file:serial -device isa-debug-exit,iobase=0xf4,iosize=4 "${arguments[@]}" </dev/null 2>/dev/null
}

# start IMAGE...: until the kernel ends it
start() {
  (qemu "$@") || true
  tr -d '\r' <serial >said
}

# stays TEXT IMAGE...: stage 1 says this, and nothing comes of it in several times what a boot takes
stays() {
  local i
  rm -f serial # not what the last one said
  (qemu "${@:2}") &
  for ((i = 0; i < 1000; i++)); do
    ! grep -qsF "$1" serial || break
    sleep 0.05
  done
  sleep 2
  kill "$!" || fail "$name: the machine does not stay"
  wait "$!" || true
  tr -d '\r' <serial >said
  says "$1"
  ! grep -q bowline said || fail "$name: something else was started"
}

# says TEXT: all that stage 1 has said. What follows its last message is on the same line.
says() {
  local text
  text=$(sed -n 's/bowline: .*//; s/^Bowline: stage 2: //p' said | paste -sd '|')
  [[ $text == "$1" ]] || fail "$name: stage 1 has not said '$1' but '$text'"
}

# boots WHICH NAME IMAGE...: that kernel passes; with this message of stage 1 before, if one is in $complains.
boots() {
  local identity=$1 name=$2
  shift 2
  start "$@"
  grep -qxF -e "bowline-test: pass contract" said || fail "$name: the kernel does not pass: $(cat said)"
  grep -qxF -e "$identity" said || fail "$name: not the kernel of the right disk: $(cat said)"
  says "$complains"
}

# On one disk, the manager in the first sector and stage 1 in another.
same_disk() {
  cp --sparse=always this.img same.img
  dd if=this.img of=same.img bs=512 count=1 seek=$FREE conv=notrunc status=none
  manager same.img 0x80 $FREE "$1" "$2"
}

complains=
for entry in 0x00007c00 0x07c00000; do
  same_disk 0x80 $entry
  boots "$this" "the right drive, entered at $entry" same.img
done

complains="no LBA: floppy?"
for drive in 0x00 0x01 0x7f 0x81 0xff; do
  same_disk $drive 0x7c00
  boots "$this" "drive $drive, which is not there" same.img
done
complains=damaged
same_disk 0x81 0x7c00
truncate -s 1M empty.img
boots "$this" "drive 0x81 is empty" same.img empty.img
boots "$this" "drive 0x81 has another image" same.img other.img

# From one disk to another, which GRUB's chainloader calls 0x80 where its root is the first disk.
cp --sparse=always other.img first.img
complains=
manager first.img 0x81 0 0x81 0x7c00
boots "$this" "the second disk" first.img this.img
complains=damaged
manager first.img 0x81 0 0x80 0x7c00
boots "$this" "the second disk, called the first" first.img this.img
manager first.img 0x82 0 0x80 0x7c00
boots "$this" "the third disk, called the first" first.img empty.img this.img
complains="no LBA: floppy?"
manager first.img 0x81 0 0x82 0x7c00
boots "$this" "the second disk, called the third" first.img this.img
truncate -s 32K small.img # too small for what is to be read
manager first.img 0x82 0 0x83 0x7c00
boots "$this" "the third disk, called the fourth, and the second cannot be read" first.img small.img this.img

# Where no disk has what belongs to stage 1, no other image is booted instead.
name="a stage 1 alone"
dd if=this.img of=first.img bs=512 count=1 seek=$FREE conv=notrunc status=none
manager first.img 0x80 $FREE 0x80 0x7c00
stays damaged first.img other.img
# Where the drive that was told cannot be read, a copy of its image is not booted instead.
name="the second disk cannot be read"
dd if=this.img of=small.img bs=32K count=1 status=none
manager first.img 0x81 0 0x81 0x7c00
stays "read error 01" first.img small.img this.img

((failures == 0))
