#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stages-test.sh BIOS_DIRECTORY PROTECTED: what the linked BIOS stages consist of, and the object file of what
# stage 2 runs in protected mode.
#
# No vector or x87 instruction anywhere; nothing newer than a 386 in stage 1, nor in stage 2 outside
# of what runs after the processor has been checked; no symbol that nobody defines; the sizes and
# places that common/format/stage.h and bios/memory_layout.h promise.
set -eu
directory=$1 protected=$2
failures=0

fail() {
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# In stage 2, what is not for real mode and reads as something else if it is taken for it.
other_modes="in_long_mode|in_protected_mode$(nm --defined-only "$protected" | awk '{ printf "|" $3 }')"

# disassemble ELF ARCHITECTURE: the instructions of its code, without addresses and bytes, each with its function
disassemble() {
    objdump -d --no-show-raw-insn -m "$2" "$1" |
        awk '/^[0-9a-f]+ <.*>:$/ { symbol = $2 } sub(/^ *[0-9a-f]+:\t/, "") { print symbol, $0 }'
}

vectors='%[xyz]mm|%mm[0-7]|%st\b|\b(f(ld|st|ild|ist|add|sub|mul|div|com|xch|init|ninit|nstcw|ldcw)|emms|fxsave|fxrstor|ldmxcsr|stmxcsr|xsave|xrstor)'
newer='\b(cmov|bswap|cmpxchg|xadd|invlpg|wbinvd|rdtsc|cpuid|rdmsr|wrmsr|ud2|endbr|sysenter|nop[lw])'

size_of() {
    wc -c <"$directory/$1"
}

for stage in 1 1_disc 1_network 2 3 3_network; do
    elf=$directory/bios_stage$stage.elf
    architecture=i8086
    [ "${stage#3}" = "$stage" ] || architecture=i386:x86-64
    disassemble "$elf" $architecture >"stage$stage.s"
    [ "$stage" != 2 ] || sed -i -E "/^<($other_modes)>:/d" stage2.s
    [ "$(wc -l <"stage$stage.s")" -gt 80 ] || fail "stage $stage has not been disassembled"
    ! grep -nE "$vectors" "stage$stage.s" >&2 || fail "stage $stage has vector or x87 instructions"
    [ -z "$(nm -u "$elf")" ] || fail "stage $stage has undefined symbols: $(nm -u "$elf")"
done

for stage in 1 1_disc 1_network; do
    ! grep -nE "$newer" stage$stage.s >&2 || fail "stage $stage needs more than a 386"
done

# In stage 2 these follow processor_check(): the way to long mode (start.S).
grep -E "$newer" stage2.s | grep -vE '^<(start|processor_check)>:' >newer.s || true
[ ! -s newer.s ] || { cat newer.s >&2; fail "stage 2 needs more than a 386 too early"; }

# What runs in protected mode is compiled for it, and calls nothing that is compiled for real mode.
disassemble "$protected" i386 >protected.s
[ "$(wc -l <protected.s)" -gt 50 ] || fail "what runs in protected mode has not been disassembled"
! grep -nE "$vectors|$newer" protected.s >&2 || fail "protected mode needs more than a 386"
[ -z "$(nm -u "$protected")" ] || fail "protected mode calls real mode: $(nm -u "$protected")"

address_of() {
    nm "$directory/bios_stage$1.elf" | awk -v name="$2" '$3 == name { print $1 }' | sed 's/^0*//'
}
for stage in 1 1_disc; do
    [ "$(address_of $stage _start)" = 7c00 ] || fail "stage $stage is not linked at 7c00"
    [ "$(size_of stage$stage.bin)" -eq 440 ] || fail "stage $stage has $(size_of stage$stage.bin) bytes, not 440"
done
[ "$(address_of 1_network _start)" = 7c00 ] || fail "stage 1 for the network is not linked at 7c00"
[ "$(size_of stage1_network.bin)" -eq 1024 ] ||
    fail "stage 1 for the network has $(size_of stage1_network.bin) bytes, not 1024: stage 2 is not in its place"
[ "$(address_of 2 stage2_start)" = 8000 ] || fail "stage 2 does not begin at 8000"
for stage in 3 3_network; do
    [ "$(address_of $stage stage3_base)" = 20000 ] || fail "stage $stage does not begin at 20000"
done
# Neither has what only the other one uses.
[ -n "$(address_of 3 fat_open)" ] && [ -z "$(address_of 3 tftp_read)" ] || fail "stage 3 of a disk reads from the network"
[ -z "$(address_of 3_network fat_open)" ] && [ -n "$(address_of 3_network tftp_read)" ] ||
    fail "stage 3 of a network boot reads file systems"
[ "$(dd if="$directory/stage2.bin" bs=1 skip=4 count=4 2>/dev/null)" = BWL2 ] ||
    fail "stage 2 has no header"

stage1=$(size_of stage1.bin)
stage2=$(size_of stage2.bin)
[ "$stage2" -le 16384 ] || fail "stage 2 has $stage2 bytes, more than 16 KiB"
for stage in stage3 stage3_network; do
    packed=$(size_of $stage.lz4)
    [ "$packed" -lt "$(size_of $stage.bin)" ] || fail "$stage does not become smaller by being packed"
    # Stage 3 begins at a multiple of STAGE_ALIGNMENT behind stage 2.
    total=$((stage1 + (stage2 + 4095) / 4096 * 4096 + packed))
    [ "$total" -le 81920 ] || fail "the BIOS chain with $stage has $total bytes, more than 80 KiB"
    echo "the BIOS chain with $stage has $total bytes; unpacked, that has $(size_of $stage.bin)"
done

[ "$failures" -eq 0 ] || exit 1
