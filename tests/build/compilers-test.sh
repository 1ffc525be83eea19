#!/usr/bin/env bash
# compilers-test.sh SOURCE [OPTION of cmake]...: builds mkimage with these options, which name another compiler, and
# compares what it writes with what the $MKIMAGE of this build writes, byte for byte: the loader that both carry is
# compiled by the same, which must not depend on what compiles mkimage.
set -euo pipefail

source=$1
shift
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
export SOURCE=$source/tests/builder

run() {
  "$@" >"$directory/log" 2>&1 || { cat "$directory/log"; exit 1; }
}

run cmake -S "$source" -B "$directory/build" -G Ninja -DBOWLINE_BUILD_TESTS=OFF "$@"
grep -F "The loader's compiler" "$directory/log"
run cmake --build "$directory/build" --target mkimage

mkdir "$directory/images"
cd "$directory/images"
sh -euc '
  . "$SOURCE/lib.sh"; . "$SOURCE/several_images.sh"
  make_inputs
  several_images first
  MKIMAGE=$1
  several_images second
  same_images first second "built by another compiler"
  pass' "${0##*/}" "$directory/build/builder/mkimage"
