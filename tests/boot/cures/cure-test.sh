#!/usr/bin/env bash
# A kernel that mkimage refuses, and the same kernel with exactly that changed which mkimage check prints
# as its cure: it boots.
#
#   cure-test.sh CASE MKIMAGE INCLUDES [OPTION OF mkimage test...]
#
# CASE is the first word of a line of cures.txt. INCLUDES is where bowline.h is. BOOT_TEST names a program.
set -euo pipefail

case=$1 mkimage=$2 includes=$3
shift 3
error=${case%%:*}
source_directory=$(cd "$(dirname "$0")" && pwd)
source "$source_directory/../../complaints.sh"
cd "$directory"

# What the holes hold where a case says nothing.
declare -A usual=(
  [STATEMENT]='BOWLINE_REQUEST(@REQUEST@);'
  [REQUEST]=
  [DECLARATIONS]=
  [THREAD]=_Thread_local
  [SECOND]=
  [ENTRY]='ENTRY(kernel_main)'
  [PHDRS]='code PT_LOAD FLAGS(5); constants PT_LOAD FLAGS(4); variables PT_LOAD FLAGS(6);'
  [DYNAMIC]='dynamic PT_DYNAMIC FLAGS(6);'
  [DYNAMICS]='.dynamic : { *(.dynamic) } :variables :dynamic'
  [RELRO]=
  [RELROS]=
  [TLS]='tls PT_TLS FLAGS(4);'
  [TDATA]='.tdata : { *(.tdata .tdata.*) } :variables :tls'
  [BASE]='. = 0x200000;'
  [ALIGN]='. = ALIGN(4096);'
  [FAR]=
  [FLAGS]='-mno-red-zone -mgeneral-regs-only'
  [COMPILE]=-fPIE
  [LAYOUT]='-T kernel.ld'
  [MODE]=
  [LINK]=
  [LIBRARIES]=
)
declare -A refused cured
holes=() script=kernel compiler=gcc linker=ld

# repeated TEXT: with "repeat:N:..." at its end written out.
repeated() {
  local text=$1 rest
  if [[ $text =~ ^(.*)repeat:([0-9]+):(.*)$ ]]; then
    rest=${BASH_REMATCH[3]} text=${BASH_REMATCH[1]}
    for ((i = 0; i < BASH_REMATCH[2]; i++)); do
      text+=" ${rest//#/$i}"
    done
  fi
  printf '%s' "$text"
}

# The lines of the case: one, and what its quotes go on to.
fields=()
eval "fields=($(awk -v name="$case" '
  $1 == name { found = 1 }
  found { print; quotes += gsub(/\047/, "&"); if (quotes % 2 == 0) exit }' "$source_directory/cures.txt"))"
((${#fields[@]} > 1)) || { echo "cure-test: cures.txt has no case $case"; exit 1; }
for field in "${fields[@]:1}"; do
  name=${field%%=*} text=$(repeated "${field#*=}")
  case $name in
    compiler) compiler=$text ;;
    linker) linker=ld.$text ;;
    script) script=$text ;;
    with:*) refused[${name#*:}]=$text cured[${name#*:}]=$text ;;
    only:*) refused[${name#*:}]=$text ;;
    *) refused[$name]=$text; holes+=("$name") ;;
  esac
done

# fill NAME-OF-ARRAY TEXT: with the holes filled.
fill() {
  local -n holes_of=$1
  local text=$2 name
  while [[ $text =~ @([A-Z]+)@ ]]; do
    name=${BASH_REMATCH[1]}
    if [[ -v "holes_of[$name]" ]]; then
      text=${text//@$name@/"${holes_of[$name]}"}
    else
      text=${text//@$name@/"${usual[$name]}"}
    fi
  done
  printf '%s\n' "$text"
}

# build NAME-OF-ARRAY FILE: one of the two kernels.
build() {
  local compile link
  fill "$1" "$(cat "$source_directory/kernel.c.in")" >kernel.c
  fill "$1" "@SECOND@" >second.c
  fill "$1" "$(cat "$source_directory/$script.ld.in")" >kernel.ld
  compile=$(fill "$1" "$compiler -std=gnu17 -O2 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
    -I$includes @FLAGS@ @COMPILE@")
  link=$(fill "$1" "$linker -nostdlib --build-id=none @LAYOUT@ @MODE@ @LINK@ kernel.o second.o @LIBRARIES@")
  for file in kernel second; do
    $compile -c $file.c -o $file.o 2>compile.errors || { cat $file.c compile.errors; echo "$compile"; exit 1; }
  done
  if [[ $link == *-lextra* ]]; then
    echo 'int extra = 1;' | gcc -x c -c -fPIC - -o extra.o
    gcc -shared -nostdlib extra.o -o libextra.so
    ar rc libextra.a extra.o
  fi
  $link -o "$2" 2>link.errors || { cat kernel.ld link.errors; echo "$link"; exit 1; }
}

build refused refused.elf
for verb in build check; do
  status=0
  "$mkimage" $verb refused.elf >$verb.out 2>$verb.err || status=$?
  ((status == 1)) || complain "mkimage $verb refused.elf: exit status $status"
  grep -q "^mkimage: error: refused\.elf: .* \[$error\]$" $verb.err || complain "not $error: $(cat $verb.err)"
done
cat check.out check.err

# Each cure goes into a file of its own: cure.1, cure.2.
awk '/^  cure: / { n++; next } n && /^      / { print substr($0, 7) > ("cure." n) }' check.out
number=0
for hole in "${holes[@]}"; do
  number=$((number + 1))
  [[ -s cure.$number ]] || { complain "check prints no cure number $number"; exit 1; }
  cured[$hole]=$(cat cure.$number)
done
number=$((number + 1))
if [[ -s cure.$number ]] && ! grep -q '^  cure: .*, if it has any:$' check.out; then
  complain "a cure has not been tried: $(cat cure.$number)"
fi

build cured cured.elf
"$mkimage" check cured.elf >check.out 2>check.err || complain "the cured kernel is refused: $(cat check.err)"
head -n 1 check.out
"$BOOT_TEST" --line 'bowline-test: pass cure' -- "$mkimage" test --bios "$@" cured.elf ||
  complain "the cured kernel does not boot"
((failures == 0))
