#!/bin/sh
# measure.sh BUILD_DIRECTORY [MIB...]
#
# Instructions between the markers A and B, for each floor and for the application, with kernels of
# these sizes (0, 1, 4, 16 or 64), under OVMF from a FAT32 disk. The firmware polls the device, and
# how often depends on the machine that it runs on: what is printed is the least of RUNS runs.
#
# These may be set: RUNS, DEVICE (a disk device of QEMU), SECTORS_PER_CLUSTER (1, 2, 4 ... 64),
# APPLICATIONS. Before it: cmake --build BUILD_DIRECTORY --target bench_uefi count_instructions
set -eu

build=$1/tests/bench
shift
clusters=${SECTORS_PER_CLUSTER:-8}
device=${DEVICE:-virtio-blk-pci}
code=${OVMF_CODE:-/usr/share/OVMF/OVMF_CODE_4M.fd}
vars=${OVMF_VARS:-/usr/share/OVMF/OVMF_VARS_4M.fd}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The smallest disk on which FAT32 may have clusters of this size, and never less than the kernel.
sectors=$((66600 * clusters + 200000))

# instructions APPLICATION KERNEL: prints the number.
instructions() {
    rm -f "$work/disk"
    truncate -s $((sectors * 512)) "$work/disk"
    mformat -i "$work/disk" -F -c "$clusters" -h 16 -s 63 -T "$sectors" ::
    mmd -i "$work/disk" ::/EFI ::/EFI/BOOT ::/bowline
    mcopy -i "$work/disk" "$1" ::/EFI/BOOT/BOOTX64.EFI
    mcopy -i "$work/disk" "$2" ::/kernel.elf
    echo 'kernel /kernel.elf' | mcopy -i "$work/disk" - ::/bowline/boot.conf
    cp "$vars" "$work/vars"
    status=0
    timeout 120 qemu-system-x86_64 -machine q35 -accel tcg -m 512 -nodefaults -display none \
        -serial none -monitor none -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
        -drive if=pflash,format=raw,unit=0,readonly=on,file="$code" \
        -drive if=pflash,format=raw,unit=1,file="$work/vars" \
        -drive if=none,id=disk,format=raw,file="$work/disk" \
        -device "$device,drive=disk,bootindex=0" \
        -plugin file="$build/libcount_instructions.so" -d plugin 2>"$work/log" || status=$?
    if [ "$status" -ne 33 ]; then
        echo "failed with status $status:" >&2
        cat "$work/log" >&2
        exit 1
    fi
    sed -n 's/.*marker B: .* \([0-9]*\) since.*/\1/p' "$work/log"
}

for mib in "${@:-64}"; do
    for application in ${APPLICATIONS:-floor-4k floor-64k floor-256k floor-1024k floor-65536k bowline}; do
        least=
        for run in $(seq "${RUNS:-5}"); do
            count=$(instructions "$build/uefi/$application.efi" "$build/uefi/kernel-${mib}m.elf")
            if [ -z "$least" ] || [ "$count" -lt "$least" ]; then
                least=$count
            fi
        done
        printf '%2d MiB  %-12s %12d\n' "$mib" "$application" "$least"
    done
done
