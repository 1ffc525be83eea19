#!/usr/bin/env bash
# mkimage test in the background of a terminal: it is not stopped for touching it, and the
# terminal's settings stay as they are. In the foreground its verdict is in colour.
#
#   terminal-test.sh MKIMAGE KERNEL
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cat >"$directory/session.sh" <<'SESSION'
set -m
stty -a >before
"$1" test --bios "$2" >output 2>&1 </dev/tty &
wait $!
echo $? >status
stty -a >after
TERM=xterm NO_COLOR= "$1" test --bios "$2" 2>&1 </dev/null
SESSION
mkimage=$(realpath "$1") kernel=$(realpath "$2")
cd "$directory"
timeout 60 script -qec "bash session.sh '$mkimage' '$kernel'" /dev/null </dev/null >typescript

cat output
[[ $(<status) == 0 ]] || { echo "terminal-test: exit status $(<status)"; exit 1; }
cmp before after
grep -qF "mkimage test: "$'\e[1;32mpassed\e[0m' typescript || { echo "terminal-test: no colour:"; cat -v typescript; exit 1; }
