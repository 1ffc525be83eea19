#!/usr/bin/env bash
# The image on a disk of 3 TiB, with the EFI system partition moved to where no 32 bits count sectors: beyond 2 TiB.
#
#   beyond-image.sh IMAGE OUTPUT
set -euo pipefail

image=$1 output=$2
start=$(((1 << 32) + 2048)) # sectors
sectors=$(($(stat -c %s "$image") / 512 - 2 * 2048))
cp --sparse=always "$image" "$output"
truncate -s 3T "$output"
sgdisk -e -d 2 -n 2:$start:$((start + sectors - 1)) -t 2:ef00 "$output"
dd if="$image" of="$output" bs=1M skip=1 seek=$((start / 2048)) count=$((sectors / 2048)) conv=sparse,notrunc status=none
# Nothing of the loader's files is left where they were.
dd if=/dev/zero of="$output" bs=1M seek=1 count=$((sectors / 2048)) conv=notrunc status=none
