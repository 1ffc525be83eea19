#!/usr/bin/env bash
# The images that many machines boot: one as mkimage writes it, and one on whose first sector a BIOS
# has scribbled, where the BPB of a volume without partitions would be; and a disk that is larger than the
# image which has been written to it.
#
#   make-images.sh MKIMAGE KERNEL IMAGE SCRIBBLED LARGER MODULE...
set -euo pipefail

mkimage=$1 kernel=$2 image=$3 scribbled=$4 larger=$5
shift 5
options=()
for module in "$@"; do
  name=$(basename "$module")
  options+=(--module "$module::arguments of $name")
done
"$mkimage" build "$kernel" -o "$image" --command-line "modules=$#" "${options[@]}"

cp --sparse=always "$image" "$scribbled"
for ((i = 3; i < 90; i++)); do
  printf '%b' "\\x$(printf %02x $((i * 37 & 255)))"
done | dd of="$scribbled" bs=1 seek=3 conv=notrunc status=none

cp --sparse=always "$image" "$larger"
truncate -s +64M "$larger"
