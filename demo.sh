#!/usr/bin/env bash
# Builds everything and shows the example kernel on both firmwares: what it says on the serial port,
# and its screen as build/demo-uefi.png and build/demo-bios.png.
set -euo pipefail
cd "$(dirname "$0")"

config/install-dependencies
mkdir -p build
if ! { cmake --preset gcc && cmake --build --preset gcc --target mkimage example screen_text; } >build/demo.log 2>&1; then
  cat build/demo.log
  exit 1
fi

kernel=build/example/kernel.elf
last_words="The kernel has done what it came for."
module=build/demo-module.txt
echo "A module is any file that the kernel may want." >"$module"

# demo NAME [OPTION]...: boots the example kernel and looks for its words on the screen.
demo() {
  local name=$1 picture=build/demo-$1
  shift
  printf '\n==== The example kernel, booted by %s ====\n\n' "${name^^}"
  # UEFI clears the terminal by control sequences: leave them out.
  if ! build/builder/mkimage test "$@" --until "$last_words" --command-line "hello from demo.sh" \
    --module "$module" --screenshot "$picture.png" --screenshot "$picture.ppm" "$kernel" 2>"$picture.log" |
    tr -d '\r' | sed -u 's/\x1b\[[=0-9;]*[A-Za-z]//g'; then
    cat "$picture.log"
    exit 1
  fi
  build/tests/boot/screen_text "$picture.ppm" >"$picture.txt"
  for text in "loader       Bowline" "firmware     ${name^^}" "hello from demo.sh" "MiB are usable"; do
    if ! grep -qF "$text" "$picture.txt"; then
      printf 'demo.sh: the screen does not show: %s\nIt shows:\n' "$text"
      cat "$picture.txt"
      exit 1
    fi
  done
}

demo uefi
demo bios --bios
printf '\nBoth screens show what they should: build/demo-uefi.png and build/demo-bios.png\n'
printf 'To see it live: build/builder/mkimage run %s\n' "$kernel"
