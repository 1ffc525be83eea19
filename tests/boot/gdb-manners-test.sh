#!/usr/bin/env bash
# mkimage run --gdb: what it says about kernels and images of all kinds, and what it leaves behind.
#
#   gdb-manners-test.sh MKIMAGE HELLO_KERNEL KERNEL_AT_RANDOM VERDICTS_KERNEL
set -euo pipefail
set -m # jobs of their own process group

mkimage=$(realpath "$1") hello=$2 random=$3 verdicts=$4
source "$(dirname "$0")/gdb-lib.sh"

# A kernel that lies where it was linked; paths that shells and gdb read as something else.
odd="$directory/it's a \"\$kernel\" \\ ü.elf"
cp "$hello" "$odd"
start --bios "$odd"
[[ $line != *symbol-file* ]] || complain "symbols of a kernel that was not moved: $line"
ask 'info symbol $pc' continue
expect_told 'kernel_main in section \.text'
expect_end
cp "$random" "$odd"
start --bios "$odd"
[[ $line == *symbol-file* ]] || complain "no symbols of a kernel that was moved: $line"
ask 'info symbol $pc' continue
expect_told 'kernel_main in section \.text'
expect_end

# An image: which file has its symbols is not known. Relative names are no use in another terminal.
"$mkimage" build --quiet "$random" -o "$directory/random.img"
start --bios "$directory/random.img"
[[ $line == "  gdb -e KERNEL -ex 'symbol-file -o 0x"*" KERNEL'"* ]] || complain "an image: $line"
grep -q 'where KERNEL is' "$directory/errors" || complain "it does not say what KERNEL is"
line=${line//KERNEL/$random}
ask 'info symbol $pc' continue
expect_told 'kernel_main in section \.text'
expect_end
cd "$directory"
cp "$hello" relative.elf
start --bios relative.elf
[[ $line == *" $(realpath relative.elf) "* ]] || complain "a relative path: $line"
ask continue
expect_end

# No gdb anywhere: the line is printed all the same. A second machine gets another port.
mkdir bin
ln -s "$(type -P qemu-system-x86_64)" bin
path=$directory/bin start --bios "$hello"
first=$job first_line=$line
port=${line##*:}
"$mkimage" run --gdb --bios "$hello" "${verdict_device[@]}" >second.output 2>second.errors </dev/null &
second=$!
await second.errors '^  gdb '
[[ $(grep '^  gdb ' second.errors) != *":$port" ]] || complain "two machines have one port: $(cat second.errors)"

# They stand: neither has come to what the kernel says. Interrupted, they are gone without a trace.
! grep -q bowline-test output second.output || complain "it does not stand"
for job in $first $second; do
  qemu=$(pgrep -P "$job" || true)
  kill -INT "$job"
  status=0
  wait "$job" || status=$?
  [[ $status == 130 ]] || complain "SIGINT: exit status $status"
  [[ -n $qemu && ! -d /proc/$qemu ]] || complain "SIGINT: QEMU (${qemu:-never there}) goes on"
done
[[ -z $(ls -A "$TMPDIR") ]] || complain "SIGINT leaves behind: $(ls -A "$TMPDIR")"

# A triple fault: the machine is still there to be looked at.
start --bios --command-line triple "$verdicts"
ask continue 'info registers rip' kill
expect_told 'received signal SIGQUIT'
expect_told '^rip +0x'
wait "$job" || true

# --watch: a kernel that is written anew is stood at anew.
cp "$hello" watched.elf
start --bios --watch watched.elf
cp "$random" new.elf && mv new.elf watched.elf
await errors 'symbol-file'
line=$(grep symbol-file errors)
ask 'info symbol $pc'
expect_told 'kernel_main in section \.text'
kill -TERM "$job"
wait "$job" 2>/dev/null || true
[[ -z $(ls -A "$TMPDIR") ]] || complain "--watch leaves behind: $(ls -A "$TMPDIR")"

status=0
"$mkimage" test --gdb --bios "$hello" 2>errors || status=$?
[[ $status == 2 ]] || complain "mkimage test --gdb: exit status $status"
((failures == 0))
