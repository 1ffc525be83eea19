# Sourced by the tests of mkimage run --gdb, which set $mkimage.
source "$(dirname "$0")/../complaints.sh"
mkdir "$directory/temporary"
export TMPDIR=$directory/temporary
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$directory"' EXIT

verdict_device=(-- -device isa-debug-exit,iobase=0xf4,iosize=4)

# await FILE PATTERN: until a line of the file is like this.
await() {
  for _ in {1..1200}; do
    ! grep -qE "$2" "$1" 2>/dev/null || return 0
    sleep 0.05
  done
  complain "no $2 in $1: $(cat "$1")"
}

# start ARGUMENT...: mkimage run --gdb in the background as $job, with $path for its PATH; what it says to
# do is in $line.
start() {
  : >"$directory/errors" # not what the last one said
  PATH=${path:-$PATH} "$mkimage" run --gdb "$@" "${verdict_device[@]}" >"$directory/output" 2>"$directory/errors" </dev/null &
  job=$!
  await "$directory/errors" '^  gdb '
  line=$(grep '^  gdb ' "$directory/errors") || line=false
}

# ask COMMAND...: gdb by that line, and then these commands; what it says is in $directory/gdb.
ask() {
  local commands=()
  for command in "$@"; do
    commands+=(-ex "$command")
  done
  eval "timeout 60 ${line/gdb/gdb -nx -batch} \"\${commands[@]}\"" >"$directory/gdb" 2>&1 || true
}

expect_told() {
  grep -qE "$1" "$directory/gdb" || complain "gdb does not say $1: $(cat "$directory/gdb" "$directory/errors")"
}

# expect_end: the kernel has passed, and nothing is left.
expect_end() {
  local status=0 left
  wait "$job" || status=$?
  [[ $status == 1 ]] && grep -q 'QEMU ended with status 33' "$directory/errors" ||
    complain "the kernel has not passed: $(cat "$directory/output" "$directory/errors")"
  left=$(ls -A "$TMPDIR")
  [[ -z $left ]] || complain "left behind: $left"
}
