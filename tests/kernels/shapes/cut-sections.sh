#!/bin/sh
# cut-sections.sh KERNEL FILE: the kernel without section headers, and without what lies only in sections,
# as later versions of binutils do it with --strip-section-headers. Offsets: gABI, Elf64_Ehdr.
set -eu
kernel=$1 file=$2

number() { # OFFSET SIZE
    od -An -tu"$2" -j "$1" -N "$2" "$kernel" | tr -d ' '
}

zero() { # OFFSET SIZE
    dd if=/dev/zero of="$file" bs=1 seek="$1" count="$2" conv=notrunc status=none
}

# The end of the last segment.
end=$(readelf -lW "$kernel" | awk '$1 == "LOAD" { print $2, $5 }' | while read -r offset size; do
    echo $((offset + size))
done | sort -n | tail -n 1)
[ "$end" -gt 0 ] && [ "$(number 40 8)" -ge "$end" ]
head -c "$end" "$kernel" >"$file"
zero 40 8 # e_shoff
zero 60 4 # e_shnum, e_shstrndx
