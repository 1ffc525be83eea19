#!/bin/bash
# debian-kernel.sh LOAD_ON_HOST: Debian's Linux kernel, unpacked to its ELF64 vmlinux, through the
# loader's core on the host. As it is, it has a segment at address 0 and must be refused by name; with
# that segment moved, its write-and-execute segment made executable only and its entry point virtual,
# every segment must be in place as libelf sees it.
set -euo pipefail

load_on_host=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
apt-get download "$package" > download.log 2>&1 || { cat download.log; exit 1; }
dpkg-deb --fsys-tarfile linux-image-*.deb | tar -xO --wildcards './boot/vmlinuz-*' > vmlinuz
# The xz stream is followed by a few bytes that are not part of it, which xz complains about.
start=$(LC_ALL=C grep -abo $'\xfd7zXZ' vmlinuz | head -1 | cut -d: -f1)
tail -c "+$((start + 1))" vmlinuz | xz -dc > vmlinux 2> /dev/null || true
file vmlinux | grep -q 'ELF 64-bit LSB executable, x86-64' || { echo "no vmlinux in $package"; exit 1; }

echo "$package, $(stat -c %s vmlinux) bytes, as it is:"
status=0
"$load_on_host" vmlinux > refused.txt || status=$?
cat refused.txt
[ "$status" = 3 ] || { echo "it was not refused (status $status)"; exit 1; }
grep -q 'elf-segment-at-zero' refused.txt

# Offsets of ELF64: e_entry at 24; program header N at 64 + 56 N: p_flags at 4, p_vaddr at 16.
patch() { printf "$2" | dd of=vmlinux bs=1 seek="$1" conv=notrunc status=none; }
patch 24 '\x00\x00\x00\x81\xff\xff\xff\xff'
patch $((64 + 2 * 56 + 16)) '\x00\x00\x20\x00\x00\x00\x00\x00'
patch $((64 + 3 * 56 + 4)) '\x05\x00\x00\x00'
echo "with its headers mended:"
"$load_on_host" vmlinux
