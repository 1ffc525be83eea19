#!/usr/bin/env bash
# mkimage run: what it asks of QEMU, and what it leaves behind.
#
#   run-test.sh MKIMAGE HELLO_KERNEL VERDICTS_KERNEL
set -euo pipefail
set -m # jobs of their own process group

mkimage=$1 hello=$2 verdicts=$3
ulimit -c 0 # SIGQUIT would leave a core
source "$(dirname "$0")/../complaints.sh"
mkdir "$directory/temporary" "$directory/bin"
export TMPDIR=$directory/temporary

expect_nothing_left() {
  local left
  left=$(ls -A "$TMPDIR")
  [[ -z $left ]] || complain "$1 leaves behind: $left"
}

# A QEMU that only says what it is asked for, and whether the files that it is given are there.
cat >"$directory/bin/qemu-system-x86_64" <<'QEMU'
#!/usr/bin/env bash
for argument in "$@"; do
  printf '%s ' "$argument"
  [[ $argument != *,file=* ]] || head -c 1 "${argument##*,file=}" >/dev/null || exit 9
done
echo
exit "${FAKE_STATUS:-0}"
QEMU
chmod +x "$directory/bin/qemu-system-x86_64"

# ask STATUS [NAME=VALUE]... [ARGUMENT]...: what mkimage run asks of that QEMU, in $asked.
ask() {
  local expected=$1 status=0
  shift
  asked=$(env -u DISPLAY -u WAYLAND_DISPLAY PATH="$directory/bin:$PATH" "$@" 2>"$directory/errors") || status=$?
  [[ $status == "$expected" ]] || complain "exit status $status, not $expected: $asked $(cat "$directory/errors")"
  expect_nothing_left "$*"
}
has() {
  [[ $asked == *" $1 "* ]] || complain "no $1 in: $asked"
}
has_not() {
  [[ $asked != *"$1"* ]] || complain "$1 in: $asked"
}

ask 0 "$mkimage" run "$hello"
has "-machine q35"
has "-display none"
has "-serial mon:stdio"
has_not "-no-reboot"
has_not "snapshot"
variables=$(grep -o 'unit=1[^ ]*' <<<"$asked")
[[ $variables == *"$TMPDIR"* ]] || complain "the variable store is not a private copy: $variables"
# KVM only where the processor can do it: a /dev/kvm alone proves nothing.
if grep -qwE 'vmx|svm' /proc/cpuinfo && { : <>/dev/kvm; } 2>/dev/null; then
  has "-accel kvm"
else
  has "-accel tcg"
fi

ask 0 "$mkimage" run --bios "$hello" -- -m 1G
has_not "pflash"
[[ $asked == *" -m 1G " ]] || complain "the arguments for QEMU are not the last: $asked"
ask 0 DISPLAY=:7 "$mkimage" run --bios "$hello"
has_not "-display"
ask 1 FAKE_STATUS=7 "$mkimage" run --bios "$hello"
grep -q 'QEMU ended with status 7' "$directory/errors" || complain "it does not tell QEMU's status"
ask 1 OVMF_CODE="$hello" "$mkimage" run "$hello"
grep -q 'OVMF_VARS' "$directory/errors" || complain "it does not say what to do about OVMF"
ask 2 "$mkimage" run "$hello" --timeout 3
ask 2 "$mkimage" run

# The real QEMU: an image is a disk that the machine may write to, the kernel's words are on stdout.
"$mkimage" build "$hello" -o "$directory/hello.img"
status=0
"$mkimage" run --bios "$directory/hello.img" -- -device isa-debug-exit,iobase=0xf4,iosize=4 \
  >"$directory/output" 2>"$directory/errors" </dev/null || status=$?
[[ $status == 1 ]] || complain "exit status $status"
grep -q 'bowline-test: pass hello' "$directory/output" || complain "no word of the kernel's: $(cat "$directory/output")"
grep -q 'QEMU ended with status 33' "$directory/errors" || complain "QEMU's status is not told"
expect_nothing_left "an image"

# Ended from outside.
for signal in TERM QUIT; do
  : >"$directory/output" # not what the last one said
  "$mkimage" run --bios "$verdicts" --command-line hang >"$directory/output" 2>"$directory/errors" </dev/null &
  job=$!
  for _ in {1..200}; do
    ! grep -q '^verdicts: hang' "$directory/output" || break
    sleep 0.05
  done
  qemu=$(pgrep -P "$job" || true)
  kill "-$signal" "$job"
  status=0
  wait "$job" || status=$?
  ((status == 128 + $(kill -l "$signal"))) || complain "SIG$signal: exit status $status"
  [[ -n $qemu && ! -d /proc/$qemu ]] || complain "SIG$signal: QEMU (${qemu:-never there}) goes on"
  expect_nothing_left "SIG$signal"
done
# What is for kernels alone is not ignored with an image.
ask 2 "$mkimage" run --watch "$directory/hello.img"
ask 1 "$mkimage" run --bios --module "$hello" "$directory/hello.img"
grep -qF "hello.img: it is finished: nothing goes into it any more [finished-image]" "$directory/errors" ||
  complain "an image with a module: $(cat "$directory/errors")"

# --watch: once more when the kernel, or a module, has been written anew; also after one that was none.
mkdir "$directory/slow"
cat >"$directory/slow/qemu-system-x86_64" <<'QEMU'
#!/usr/bin/env bash
[[ $* == *,file=*kernel.img* ]] || exit 9
echo started
exec sleep 1000
QEMU
chmod +x "$directory/slow/qemu-system-x86_64"
cp "$hello" "$directory/watched.elf"
echo module >"$directory/watched.module"
mkdir -p "$directory/tree/some/where"
echo file >"$directory/tree/some/where/file"
PATH="$directory/slow:$PATH" "$mkimage" run --bios --watch --module "$directory/watched.module" \
  --tree "$directory/tree" "$directory/watched.elf" \
  >"$directory/lives" 2>"$directory/errors" &
job=$!
lives() { grep -c started "$directory/lives" || true; }
await() { # LIVES WHAT
  for _ in {1..200}; do
    (($(lives) >= $1)) && return
    sleep 0.05
  done
  complain "--watch: $2: $(lives) starts: $(cat "$directory/errors")"
}
await 1 "the first start"
cp "$verdicts" "$directory/new.elf" && mv "$directory/new.elf" "$directory/watched.elf"
await 2 "another kernel"
echo other >"$directory/watched.module"
await 3 "another module"
echo another file >"$directory/tree/some/where/file"
await 4 "another file far down in a tree"
echo new >"$directory/tree/some/new"
await 5 "a new file in a tree"
echo nothing >"$directory/watched.elf"
for _ in {1..200}; do
  grep -q '^mkimage: error: ' "$directory/errors" && break
  sleep 0.05
done
grep -q '^mkimage: error: .*watched.elf: ' "$directory/errors" || complain "--watch: no complaint: $(cat "$directory/errors")"
cp "$hello" "$directory/watched.elf"
await 6 "a kernel again"
kill -TERM "$job"
wait "$job" 2>/dev/null || true
[[ $(lives) == 6 ]] || complain "--watch: $(lives) starts instead of 6"
expect_nothing_left "mkimage run --watch"

((failures == 0))
