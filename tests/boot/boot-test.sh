#!/usr/bin/env bash
# One boot by mkimage test, judged by more than its word.
#
#   boot-test.sh [CHECK]... -- COMMAND [ARGUMENT]...
#
# CHECK is one of
#   --status N      the exit status has to be N (default: 0)
#   --line TEXT     a line of the output is TEXT
#   --text TEXT     the output has TEXT somewhere; each "@NAME" in it stands for what follows
#                   "expect: NAME " in the output
#   --without TEXT  the output has TEXT nowhere
#   --screen TEXT   the screen shows TEXT at the end
#
# The output is what the guest says; on stderr nobody but mkimage test may say anything.
# SCREEN_TEXT names the program of that name.
set -euo pipefail

status=0
lines=()
texts=()
absent=()
screens=()
while [[ $1 != -- ]]; do
  case $1 in
    --status) status=$2 ;;
    --line) lines+=("$2") ;;
    --text) texts+=("$2") ;;
    --without) absent+=("$2") ;;
    --screen) screens+=("$2") ;;
    *) echo "boot-test: there is no check $1" >&2; exit 2 ;;
  esac
  shift 2
done
shift

source "$(dirname "$0")/../complaints.sh"
command=("$@")
if ((${#screens[@]})); then
  # Before a "--": what follows it goes to QEMU.
  command=("${command[@]:0:2}" --screenshot "$directory/screen.ppm" "${command[@]:2}")
fi

actual=0
"${command[@]}" >"$directory/output" 2>"$directory/errors" </dev/null || actual=$?
tr -d '\r' <"$directory/output" >"$directory/text"
cat "$directory/text" "$directory/errors"

[[ $actual == "$status" ]] || complain "the exit status is $actual, not $status"
for line in "${lines[@]}"; do
  grep -qxF -e "$line" "$directory/text" || complain "no line of the output is: $line"
done
for text in "${texts[@]}"; do
  while [[ $text =~ @([a-z0-9]+) ]]; do
    name=${BASH_REMATCH[1]}
    value=$(sed -n "s/^expect: $name //p" "$directory/text" | tail -n 1)
    text=${text//@$name/${value:-(no line "expect: $name")}}
  done
  grep -qF -e "$text" "$directory/text" || complain "the output has nowhere: $text"
done
for text in "${absent[@]}"; do
  ! grep -F -e "$text" "$directory/text" || complain "the output has: $text"
done
# QEMU names what its processor models have and its emulation has not, or files for the firmware that
# are none of its own, and that is all it may say.
if ((status != 16)) && grep -vE '^(mkimage|  what to do:|.*warning: TCG doesn.t support|.*warning: externally provided fw_cfg)' "$directory/errors"; then
  complain "somebody else than mkimage has written to stderr"
fi
if ((${#screens[@]})); then
  # SeaBIOS's VGA BIOS has the font of the text mode.
  "$SCREEN_TEXT" "$directory/screen.ppm" /usr/share/seabios/vgabios-stdvga.bin \
    >"$directory/screen" || complain "the screen cannot be read"
  # A message may be broken at the right edge of the screen: compare without line ends and spaces.
  tr -d '\n ' <"$directory/screen" >"$directory/joined"
  for screen in "${screens[@]}"; do
    grep -qF -e "$(tr -d ' ' <<<"$screen")" "$directory/joined" || complain "the screen does not show: $screen"
  done
  ((failures == 0)) || { echo "boot-test: the screen shows:"; cat "$directory/screen"; }
fi
((failures == 0))
