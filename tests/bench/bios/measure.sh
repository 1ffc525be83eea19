#!/bin/sh
# measure.sh BUILD_DIRECTORY [MIB...]
#
# Instructions from the boot sector on, and processor time of QEMU (user and system), under SeaBIOS:
# for each floor, and for an image as mkimage writes it up to the kernel's first instruction, with
# kernels of these sizes (1, 16 or 64). What is printed is the least of RUNS runs.
#
# DEVICE may be set to another disk device of QEMU. Before it: cmake --build BUILD_DIRECTORY --target
# bench_bios
set -eu

build=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run IMAGE: the plugin's report, and the seconds
run() {
    status=0
    timeout 120 bash -c 'TIMEFORMAT="seconds %U %S"; time "$@"' bash \
        qemu-system-x86_64 -machine q35 -accel tcg -m 256 -nodefaults -display none \
        -serial none -monitor none -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
        -drive if=none,id=disk,format=raw,snapshot=on,file="$1" \
        -device "${DEVICE:-ide-hd},drive=disk" \
        -plugin file="$build/tests/bench/libcount_instructions.so" >"$work/log" 2>&1 || status=$?
    if [ "$status" -ne 33 ]; then
        echo "failed with status $status:" >&2
        cat "$work/log" >&2
        exit 1
    fi
}

total_at() {
    sed -n "s/^marker $1: \([0-9]*\) .*/\1/p" "$work/log"
}

# least NAME IMAGE: the floors have a marker A in their boot sector; images begin where they do.
least() {
    best=
    for run in $(seq "${RUNS:-5}"); do
        run "$2"
        begin=$(total_at A)
        count=$(($(total_at B) - ${begin:-$firmware}))
        seconds=$(awk '/^seconds/ { print $2 + $3 }' "$work/log")
        if [ -z "$best" ] || [ "$count" -lt "$best" ]; then
            best=$count
            best_seconds=$seconds
        fi
    done
    printf '%2d MiB  %-16s %12d instructions %6s s\n' "$mib" "$1" "$best" "$best_seconds"
}

floor() {
    cp "$build/tests/bench/bios/floor-$1.bin" "$work/floor.img"
    truncate -s 80M "$work/floor.img"
}

floor 127-1
run "$work/floor.img"
firmware=$(total_at A)

for mib in "${@:-64}"; do
    for request in 8 64 127; do
        for copy in '' -copy; do
            floor "$request-$mib$copy"
            least "floor-$request$copy" "$work/floor.img"
        done
    done
    "$build/builder/mkimage" "$build/tests/bench/uefi/kernel-${mib}m.elf" -o "$work/kernel.img" \
        >/dev/null 2>&1
    least bowline "$work/kernel.img"
done
