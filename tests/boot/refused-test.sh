#!/usr/bin/env bash
# A kernel that cannot boot: mkimage makes no image of it, mkimage check says why not, and the loader, into
# whose image it is put behind mkimage's back, says the same, word for word, on serial port and screen.
#
#   refused-test.sh MKIMAGE MAKE_KERNEL ERROR [FIELD=NUMBER]... [-- OPTION OF mkimage test...]
#
# ERROR is the name of the error; make_kernel makes the kernel from the fields. BOOT_TEST and SCREEN_TEXT
# name programs.
set -euo pipefail

mkimage=$1 make_kernel=$2 error=$3
shift 3
fields=()
while (($#)) && [[ $1 != -- ]]; do
  fields+=("$1")
  shift
done
options=("${@:2}")

source "$(dirname "$0")/../complaints.sh"
cd "$directory"

# refuse WHO ARGUMENT...: status 1 and the message, which is left in the file WHO.
refuse() {
  local who=$1 status=0
  shift
  "$mkimage" "$@" >out 2>"$who" || status=$?
  ((status == 1)) || complain "mkimage $*: exit status $status"
  (($(wc -l <"$who") == 2)) || complain "mkimage $* says more or less than two lines"
}

"$make_kernel" bad.elf "${fields[@]}"
refuse build bad.elf
[[ ! -s out ]] || complain "mkimage says on standard output: $(cat out)"
[[ $(ls) == $'bad.elf\nbuild\nout' ]] || complain "mkimage leaves something behind: $(ls)"
refuse check check bad.elf
cat check
cmp -s build check || complain "mkimage says instead: $(cat build)"
cause=$(sed -n '1s/^mkimage: error: bad\.elf: //p' check)
remedy=$(sed -n '2s/^  what to do: //p' check)
[[ $cause == *" [$error]" && -n $remedy ]] || complain "mkimage check does not say [$error]"

"$make_kernel" good.elf
"$mkimage" build good.elf -o image.img >out
mcopy -o -i image.img@@1M bad.elf ::/kernel.elf
# On the screen a bracket may stand in a line of its own, which is too little for screen_text to be text.
"$BOOT_TEST" --status 14 --line "bowline: error: /kernel.elf: $cause" --line "  what to do: $remedy" \
  --screen "/kernel.elf: ${cause% \[*}" --screen "what to do: $remedy" \
  -- "$mkimage" test "${options[@]}" image.img || complain "the loader does not say the same"
((failures == 0))
