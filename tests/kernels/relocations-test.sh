#!/usr/bin/env bash
# relocations-test.sh KERNEL...: the position-independent kernels have, among them, relocations of every kind
# that the loader applies. Their boots would prove nothing of a kind that no linker has left.
set -euo pipefail

kinds=$(for kernel; do
  readelf -rW "$kernel" | grep -oE 'R_X86_64_[A-Z0-9_]+' || true
  readelf -dW "$kernel" | grep -oE '\(RELR\)' || true
done | sort | uniq -c)
for kind in R_X86_64_RELATIVE '(RELR)' R_X86_64_64 R_X86_64_GLOB_DAT R_X86_64_JUMP_SLOT; do
  grep -F " $kind" <<<"$kinds" || { echo "relocations-test: no kernel has $kind"; exit 1; }
done
