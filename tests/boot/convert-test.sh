#!/usr/bin/env bash
# The lines that a document has for other virtual machines: what they make holds the same bytes, and boots.
#
#   convert-test.sh MKIMAGE HELLO_KERNEL DOCUMENT
set -euo pipefail

mkimage=$(realpath "$1") kernel=$(realpath "$2") document=$(realpath "$3")
source "$(dirname "$0")/../complaints.sh"
cd "$directory"
"$mkimage" build --quiet "$kernel" -o kernel.img

mapfile -t lines < <(grep -x '    qemu-img convert .*' "$document")
((${#lines[@]} == 2)) || complain "two lines of qemu-img are in $document, not ${#lines[@]}"
for line in "${lines[@]}"; do
  eval "$line" || complain "$line fails"
done

for format in vdi vmdk; do
  qemu-img info "kernel.$format" | grep -qx "file format: $format" || complain "kernel.$format is none: $(qemu-img info "kernel.$format")"
  qemu-img convert -f $format -O raw "kernel.$format" back.img
  cmp kernel.img back.img || complain "kernel.$format holds other bytes"
  (($(stat -c '%b * %B' "kernel.$format") < 8 * 1048576)) || complain "kernel.$format takes $(stat -c %b "kernel.$format") blocks"
  # As the disk of a machine; mkimage's own is not plugged in.
  status=0
  "$mkimage" test --bios --disk none kernel.img -- -drive "if=none,id=converted,format=$format,snapshot=on,file=kernel.$format" \
    -device ide-hd,drive=converted,bootindex=0 >output 2>&1 || status=$?
  [[ $status == 0 ]] && grep -q '^bowline-test: pass hello' output || complain "kernel.$format: exit status $status: $(cat output)"
done
((failures == 0))
