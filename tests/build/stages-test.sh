#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stages-test.sh BIOS_DIRECTORY: what the linked BIOS stages consist of.
#
# No vector or x87 instruction anywhere; nothing newer than a 386 in stage 1, nor in stage 2 outside
# of what runs after the processor has been checked; no symbol that nobody defines; the sizes and
# places that common/format/stage.h and bios/memory_layout.h promise.
set -eu
directory=$1
failures=0

fail() {
    echo "FAIL: $*" >&2
    failures=$((failures + 1))
}

# disassemble ELF ARCHITECTURE: the instructions of its code, without addresses and bytes
disassemble() {
    objdump -d --no-show-raw-insn -m "$2" "$1" | sed -n 's/^ *[0-9a-f]*:\t//p'
}

vectors='%[xyz]mm|%mm[0-7]|%st\b|\b(f(ld|st|ild|ist|add|sub|mul|div|com|xch|init|ninit|nstcw|ldcw)|emms|fxsave|fxrstor|ldmxcsr|stmxcsr|xsave|xrstor)'
newer='\b(cmov|bswap|cmpxchg|xadd|invlpg|wbinvd|rdtsc|cpuid|rdmsr|wrmsr|ud2|endbr|sysenter|nop[lw])'

size_of() {
    wc -c <"$directory/stage$1.bin"
}

for stage in 1 2 3; do
    elf=$directory/bios_stage$stage.elf
    architecture=i8086
    [ "$stage" -ne 3 ] || architecture=i386:x86-64
    disassemble "$elf" $architecture >"stage$stage.s"
    [ "$(wc -l <"stage$stage.s")" -gt 100 ] || fail "stage $stage has not been disassembled"
    ! grep -nE "$vectors" "stage$stage.s" >&2 || fail "stage $stage has vector or x87 instructions"
    [ -z "$(nm -u "$elf")" ] || fail "stage $stage has undefined symbols: $(nm -u "$elf")"
done

! grep -nE "$newer" stage1.s >&2 || fail "stage 1 needs more than a 386"

# In stage 2 these follow processor_check(): the way to long mode (start.S).
objdump -d --no-show-raw-insn -m i8086 "$directory/bios_stage2.elf" |
    awk '/^[0-9a-f]+ <.*>:$/ { symbol = $2 } { print symbol, $0 }' |
    grep -E "$newer" | grep -vE '^<(start|in_long_mode|processor_check)>:' >newer.s || true
[ ! -s newer.s ] || { cat newer.s >&2; fail "stage 2 needs more than a 386 too early"; }

address_of() {
    nm "$directory/bios_stage$1.elf" | awk -v name="$2" '$3 == name { print $1 }' | sed 's/^0*//'
}
[ "$(address_of 1 _start)" = 7c00 ] || fail "stage 1 is not linked at 7c00"
[ "$(address_of 2 stage2_start)" = 8000 ] || fail "stage 2 does not begin at 8000"
[ "$(address_of 3 stage3_base)" = 20000 ] || fail "stage 3 does not begin at 20000"
[ "$(dd if="$directory/stage2.bin" bs=1 skip=4 count=4 2>/dev/null)" = BWL2 ] ||
    fail "stage 2 has no header"

[ "$(size_of 1)" -eq 440 ] || fail "stage 1 has $(size_of 1) bytes, not 440"
[ "$(size_of 2)" -le 16384 ] || fail "stage 2 has $(size_of 2) bytes, more than 16 KiB"
# Stage 3 begins at a multiple of STAGE_ALIGNMENT behind stage 2.
total=$(($(size_of 1) + ($(size_of 2) + 4095) / 4096 * 4096 + $(size_of 3)))
[ "$total" -le 81920 ] || fail "the BIOS chain has $total bytes, more than 80 KiB"

[ "$failures" -eq 0 ] || exit 1
echo "the BIOS chain has $total bytes"
