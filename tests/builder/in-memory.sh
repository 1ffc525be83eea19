#!/bin/sh
# Runs a command in an empty folder, which goes away afterwards: in memory, where that can be, for a test that writes
# thousands of images.
#
#   in-memory.sh COMMAND [ARGUMENT]...
set -u
place=/dev/shm
[ -d $place ] && [ -w $place ] || place=${TMPDIR:-/tmp}
folder=$(mktemp -d "$place/mkimage-test-XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
"$@"
