#!/usr/bin/env bash
# The image on a disk of that size, whose end is empty.
#
#   larger-image.sh SIZE IMAGE OUTPUT
set -euo pipefail

size=$1 image=$2 output=$3
cp --sparse=always "$image" "$output"
truncate -s "$size" "$output"
