#!/usr/bin/env bash
# Over the network: an entry that is wished for once starts the loader again, from memory, with options; that finds the
# same server, and boots the default entry with them.
#
#   chainload-network-test.sh MKIMAGE KERNEL pxe|http
#
# BOOT_TEST names a program. Exit status 77: network-test.sh cannot run here.
set -euo pipefail

mkimage=$1 kernel=$2 by=$3
here=$(dirname "$0")
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
server=0x0202000a # QEMU's own
[[ $by == pxe ]] || server=0x024da8c0
cat >"$directory/boot.conf" <<END
default kernel
timeout 0
entry again
chainload /EFI/BOOT/OTHER.EFI
options firmware=uefi server=$server
entry kernel
kernel /kernel.elf
options memory=256
END
"$mkimage" netboot "$directory/plain" "$kernel" >/dev/null
"$mkimage" netboot "$directory/tree" "$kernel" --config "$directory/boot.conf" \
  --file "$directory/plain/EFI/BOOT/BOOTX64.EFI:/EFI/BOOT/OTHER.EFI" >/dev/null
export OVMF_CODE=/usr/share/OVMF/OVMF_CODE_4M.fd OVMF_VARS=$directory/variables
"$here/variables.py" /usr/share/OVMF/OVMF_VARS_4M.fd "$OVMF_VARS" LoaderEntryOneShot=again
checks=(--line "bowline: starting /EFI/BOOT/OTHER.EFI" --line "bowline-test: pass contract"
  --line "bowline: the loader was started with options for the kernel: firmware=uefi server=$server")
if [[ $by == http ]]; then
  "$here/network-test.sh" "$mkimage" "$directory/tree" http "${checks[@]}"
else
  "$BOOT_TEST" "${checks[@]}" -- "$mkimage" test --timeout 150 "$directory/tree"
fi
