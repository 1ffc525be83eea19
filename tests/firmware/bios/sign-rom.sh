#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sign-rom.sh BINARY ROM: copies a flat binary, whose last byte becomes such that all add up to 0.
set -eu

cp "$1" "$2"
sum=$(od -An -v -t u1 "$1" | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum % 256 }')
printf '%b' "\\0$(printf %o $(((256 - sum) % 256)))" |
    dd of="$2" bs=1 seek=$(($(wc -c <"$1") - 1)) conv=notrunc status=none
