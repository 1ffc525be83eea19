#!/usr/bin/env bash
# A module that boot.conf names and the TFTP server has not: the loader says which file it has asked
# which server for.
#
#   network-missing-test.sh MKIMAGE KERNEL MODULE [--bios]
set -euo pipefail

mkimage=$1 kernel=$2 module=$3
shift 3
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
"$mkimage" netboot "$directory/tree" "$kernel" --module "$module"
rm "$directory/tree/modules/"*
"$BOOT_TEST" --status 14 --text "bowline: error: tftp://10.0.2.2/modules/${module##*/}: there is no such file" \
  --text "[file-not-found]" -- "$mkimage" test "$@" --timeout 150 "$directory/tree"
