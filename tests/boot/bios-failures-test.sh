#!/usr/bin/env bash
# What the BIOS stages say when something is wrong: on the screen, on the serial port and on the
# debug console alike; and that they then stay, instead of resetting the machine.
#
#   bios-failures-test.sh MKIMAGE KERNEL BIOS_DIRECTORY PACK_STAGE
set -euo pipefail

mkimage=$1 kernel=$2 stages=$3 pack_stage=$4
directory=$(mktemp -d)
cd "$directory"
qemu=
trap '[[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true; rm -rf "$directory"' EXIT
failures=0
SECONDS_MAX=30 # only to end hangs

"$mkimage" build "$kernel" -o good.img >/dev/null 2>&1
mkfifo monitor

fail() {
  echo "bios-failures: $*" >&2
  failures=$((failures + 1))
}

is_running() {
  kill -0 "$qemu" 2>/dev/null
}

# start ARGUMENT...: QEMU in the background, its monitor at descriptor 3.
start() {
  rm -f serial debugcon screen
  qemu-system-x86_64 -nodefaults -machine pc -accel tcg -m 64 -display none -vga std -no-reboot \
    -serial file:serial -debugcon file:debugcon -monitor stdio \
    -device isa-debug-exit,iobase=0xf4,iosize=4 "$@" <monitor >/dev/null 2>qemu-errors &
  qemu=$!
  exec 3>monitor
}

stop() {
  exec 3>&-
  kill "$qemu" 2>/dev/null || true
  wait "$qemu" 2>/dev/null || true
  qemu=
}

# The characters of VGA's text mode; the attribute after each is 7.
read_screen() {
  rm -f screen
  echo 'pmemsave 0xb8000 4000 "screen"' >&3
  for _ in {1..40}; do
    [[ -s screen && $(stat -c %s screen) == 4000 ]] && break
    sleep 0.05
  done
  tr -d '\007' <screen >screen.txt
}

# wait_for TEXT: true when the serial port has it, within the time.
wait_for() {
  for ((i = 0; i < SECONDS_MAX * 20; i++)); do
    grep -qF -e "$1" serial 2>/dev/null && return
    is_running || break
    sleep 0.05
  done
  grep -qF -e "$1" serial # what has ended may have said it since
}

# The same of the screen, which a stage may write to after the serial port.
wait_for_screen() {
  for ((i = 0; i < SECONDS_MAX * 20; i++)); do
    read_screen
    grep -qaF -e "$1" screen.txt && return
    sleep 0.05
  done
  return 1
}

# refuses NAME TEXT ARGUMENT...: the text is everywhere, and the machine stays.
refuses() {
  local name=$1 text=$2
  shift 2
  start "$@"
  if ! wait_for "$text"; then
    fail "$name: the serial port has nowhere: $text"
  else
    grep -qF -e "$text" debugcon || fail "$name: the debug console has nowhere: $text"
    wait_for_screen "$text" || fail "$name: the screen has nowhere: $text"
    is_running || fail "$name: the machine does not stay"
  fi
  stop
}

# boots NAME ARGUMENT...: the kernel passes.
boots() {
  local name=$1
  shift
  start "$@"
  wait_for "bowline-test: pass" || fail "$name: the kernel does not pass"
  stop
}

disk() {
  echo -drive "if=none,id=disk,format=raw,snapshot=on,file=$1" -device ide-hd,drive=disk
}

disc() {
  echo -drive "if=none,id=disk,format=raw,snapshot=on,file=$1" -device ide-cd,drive=disk
}

# ---- Numbers in images ----

# number IMAGE OFFSET BYTES
number() {
  od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# put_crc32 IMAGE OFFSET START LENGTH: gzip keeps the CRC-32 in its last bytes but four.
put_crc32() {
  dd if="$1" iflag=skip_bytes,count_bytes skip="$3" count="$4" status=none | gzip -c | tail -c 8 |
    dd of="$1" bs=4 count=1 oflag=seek_bytes seek="$2" conv=notrunc iflag=fullblock status=none
}

stage2=$((0x10000))
stage3=$(($(number good.img $((stage2 + 8)) 8) * 512))
packed_size=$(number good.img $((stage2 + 16)) 4)
stage2_size=$(($(number good.img 436 2) * 512))

# copy IMAGE: a copy of the good one
copy() {
  cp --sparse=always good.img "$1"
}

# put IMAGE OFFSET BYTES (in printf's notation)
put() {
  printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# ---- The processor ----

for model in 486 pentium3; do
  refuses "$model" "no 64-bit mode" -cpu $model $(disk good.img)
done
refuses "no NX" "no NX bit" -cpu qemu64,-nx $(disk good.img)

# ---- The disk ----

head -c 1474560 good.img >floppy.img
refuses "floppy" "no LBA: floppy?" -drive if=floppy,format=raw,file=floppy.img

copy stage2.img
put stage2.img $((stage2 + 2000)) '\xa5\x5a\xa5'
refuses "stage 2 damaged" "Bowline: stage 2: damaged" $(disk stage2.img)
refuses "stage 2 damaged on a disc" "Bowline: stage 2: damaged" $(disc stage2.img)

copy stage3.img
put stage3.img $((stage3 + packed_size - 1)) '\xa5'
put stage3.img $((stage3 + 40000)) '\xa5\x5a\xa5'
refuses "stage 3 damaged" "stage 3 on this disk is damaged" $(disk stage3.img)
refuses "stage 3 damaged on a disc" "stage 3 on this disk is damaged" $(disc stage3.img)

copy header.img
put header.img $((stage2 + 16)) '\0\0\0\0'
put_crc32 header.img 432 $stage2 "$stage2_size"
refuses "no stage 3" "its header is damaged" $(disk header.img)

# [drive=DEVICE] failing TIMES SECTOR...: a disk where reads of these sectors of 512 bytes fail so often;
# 0: always
failing() {
  local rule times=$1 sector
  shift
  for sector in "$@"; do
    rule="[inject-error]\nevent = \"read_aio\"\nsector = \"$sector\"\nerrno = \"5\"\n"
    if [[ $times == 0 ]]; then
      printf '%b' "$rule"
    else
      for ((n = 0; n < times; n++)); do # each rule is for one failure
        printf '%b' "${rule}once = \"on\"\n"
      done
    fi
  done >blkdebug.conf
  echo -drive "if=none,id=disk,format=raw,snapshot=off,file=blkdebug:blkdebug.conf:good.img" \
    -device "${drive:-virtio-blk-pci},drive=disk"
}

refuses "stage 2 unreadable" "Bowline: stage 2: read error " $(failing 0 $((stage2 / 512)))
# Also when a second disk has the same image.
copy copy.img
start $(drive=virtio-blk-pci,bootindex=0 failing 0 $((stage2 / 512))) \
  -drive if=none,id=copy,format=raw,file=copy.img -device virtio-blk-pci,drive=copy
wait_for "Bowline: stage 2: read error " || fail "stage 2 unreadable beside a copy: it is not said"
sleep 2 # many times what a boot takes
if ! is_running || grep -q "bowline" serial; then
  fail "stage 2 unreadable: a copy on another disk is booted"
fi
stop

refuses "stage 3 unreadable" \
  "stage 3: the disk cannot be read at LBA $(printf %08x $((stage3 / 512))), BIOS error 000000" $(failing 0 $((stage3 / 512 + 3)))

refuses "stage 2 unreadable on a disc" "Bowline: stage 2: read error " $(drive=ide-cd failing 0 $((stage2 / 512)))
refuses "stage 3 unreadable on a disc" "stage 3: the disk cannot be read" $(drive=ide-cd failing 0 $((stage3 / 512 + 3)))

boots "stage 2 unreadable twice" $(failing 2 $((stage2 / 512)))
boots "stage 3 unreadable twice" $(failing 2 $((stage3 / 512 + 3)))
boots "stage 2 unreadable twice on a disc" $(drive=ide-cd failing 2 $((stage2 / 512)))
boots "stage 3 unreadable twice on a disc" $(drive=ide-cd failing 2 $((stage3 / 512 + 3)))
boots "directory unreadable twice" $(failing 2 $(((1 << 20) / 512)))
refuses "no volume" "reading 1 sectors at LBA 2048 failed with code 0x" $(failing 0 $(((1 << 20) / 512)))

# The table that is read first, and its backup, which does for it.
boots "partition table unreadable twice" $(failing 2 1)
boots "partition table unreadable" $(failing 0 1)
boots "entries unreadable" $(failing 0 2)
last=$(($(stat -c %s good.img) / 512 - 1))
refuses "both tables unreadable" "reading 1 sectors at LBA 1 failed with code 0x" $(failing 0 1 $last)

# The kernel, from its first cluster on. file_sector FILE CLUSTER: in the image
file_sector() {
  mshowfat -i good.img@@1M "::$1" | sed 's/.*<\([0-9]*\).*/\1/'
}
cluster=$(file_sector /kernel.elf)
reserved=$(number good.img $(((1 << 20) + 14)) 2) fat=$(number good.img $(((1 << 20) + 36)) 4)
kernel=$((2048 + reserved + 2 * fat + cluster - 2))
boots "kernel unreadable twice" $(failing 2 $kernel)
refuses "kernel unreadable" "sectors at LBA $kernel failed with code 0x" $(failing 0 $kernel)

# ---- Images that nothing has damaged, but that were made wrongly: the checksums are right ----

# seal IMAGE: the checksum of stage 3, and that of stage 2, whose header the other one is in
seal() {
  put_crc32 "$1" $((stage2 + 20)) $stage3 "$(number "$1" $((stage2 + 16)) 4)"
  put_crc32 "$1" 432 $stage2 "$stage2_size"
}

# does_not_unpack NAME OFFSET BYTES: the good image with these bytes, sealed
does_not_unpack() {
  copy wrong.img
  put wrong.img "$2" "$3"
  seal wrong.img
  refuses "$1" "stage 3 does not unpack" $(disk wrong.img)
}
# little_endian NUMBER: as put() takes it
little_endian() {
  printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24))
}
does_not_unpack "more than stage 3 has" $((stage2 + 24)) "$(little_endian $(($(stat -c %s "$stages/stage3.bin") + 1)))"
does_not_unpack "fewer than stage 3 has" $((stage2 + 24)) "$(little_endian 4096)"
does_not_unpack "a byte too few" $((stage2 + 16)) "$(little_endian $((packed_size - 1)))"
does_not_unpack "endless literals" $stage3 '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff'
does_not_unpack "a match before the start" $stage3 '\x1f\x90\xff\xff'

copy large.img
put large.img $((stage2 + 24)) "$(little_endian 0x30001)"
seal large.img
refuses "no room for stage 3" "its header is damaged" $(disk large.img)

# ---- Too little memory below 640 KiB ----

# An option ROM that leaves 399 KiB: push %ds; xor %ax, %ax; mov %ax, %ds; movw $399, 0x413; pop %ds; lret
printf '\x55\xaa\x01\x1e\x31\xc0\x8e\xd8\xc7\x06\x13\x04\x8f\x01\x1f\xcb%494s' '' | tr ' ' '\0' >low.rom
sum=$(od -An -v -t u1 low.rom | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print (512 - sum % 256) % 256 }')
put low.rom 511 "\\x$(printf %02x "$sum")"
refuses "little low memory" "too little memory below 640 KiB, in KiB (hexadecimal) 0000018f" \
  -option-rom low.rom $(disk good.img)
put low.rom 12 '\x90' # 400 KiB are enough
put low.rom 511 "\\x$(printf %02x $((sum - 1 & 255)))"
boots "enough low memory" -option-rom low.rom $(disk good.img)

# ---- Faults in stage 3 ----

# with_boot BYTES: fault.img, where stage 3's boot() begins with these
address=$(nm "$stages/bios_stage3.elf" | awk '$3 == "boot" { print $1 }')
with_boot() {
  cp "$stages/stage3.bin" stage3.bin
  put stage3.bin $((0x$address - 0x20000)) "$1"
  "$pack_stage" stage3.bin stage3.lz4
  copy fault.img
  dd if=stage3.lz4 of=fault.img bs=4096 oflag=seek_bytes seek="$stage3" conv=notrunc status=none
  put fault.img $((stage2 + 16)) "$(little_endian "$(stat -c %s stage3.lz4)")"
  seal fault.img
}
with_boot '\x0f\x0b' # ud2
refuses "invalid opcode" "fault in stage 3: vector 6" $(disk fault.img)
with_boot '\x48\x8b\x04\x25\x00\x00\x01\x00' # mov 0x10000, %rax: the stack's guard page
refuses "page fault" "cr2 10000" $(disk fault.img)
with_boot '\x50\xeb\xfd' # push %rax; jmp -1: the stack overflows
refuses "stack overflow" "fault in stage 3: vector 14" $(disk fault.img)

# ---- And that nothing of this is the tests' own doing ----

boots "good image" $(disk good.img)
boots "good disc" $(disc good.img)

((failures == 0))
