#!/usr/bin/env bash
# mkimage run --gdb: gdb, started by the line that it prints, stands at the kernel's first instruction,
# knows the symbols and source lines there, and the kernel passes when it goes on.
#
#   gdb-test.sh MKIMAGE KERNEL_AT_RANDOM OPTION...   one boot with these options
set -euo pipefail
set -m # jobs of their own process group

mkimage=$1 kernel=$2
shift 2
source "$(dirname "$0")/gdb-lib.sh"

start "$@" "$kernel"
ask 'info symbol $pc' 'info line *$pc' 'print/x $pc' 'print &kernel_main' 'break pass' continue 'backtrace 2' continue
expect_told 'kernel_main in section \.text'
expect_told 'Line [0-9]+ of "[^"]*pie\.c" starts at address 0x[0-9a-f]+ <kernel_main>'
expect_told '^Breakpoint 1, pass \(name=.*"pie"\) at '
expect_told '^#1 .* in kernel_main \(boot=0x[0-9a-f]+\) at [^ ]*pie\.c:'
expect_end

# Three witnesses: what the kernel itself says, what gdb was told, and where the ELF file begins.
moved=$(sed -n 's/^pie: at .* moved by \([0-9a-f]*\).*/\1/p' "$directory/output")
[[ -n $moved && $moved != 0 && $line == *"symbol-file -o 0x$moved "* ]] ||
  complain "the kernel was moved by $moved: $line"
begin=$(readelf -h "$kernel" | sed -n 's/.*Entry point address: *//p')
entry=$(printf '0x%x' $((begin + 0x$moved)))
grep -q "at the kernel's first instruction, $entry\." "$directory/errors" || complain "not $entry: $(cat "$directory/errors")"
grep -qx "\$1 = $entry" "$directory/gdb" || complain "gdb is not at $entry: $(cat "$directory/gdb")"
((failures == 0))
