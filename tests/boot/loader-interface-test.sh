#!/usr/bin/env bash
# The variables of the Boot Loader Interface. One boot goes through three loaders: an application is started, which says
# what it has been told and wishes another entry for once; that starts the loader again, as an application with options;
# and by then the entry that is wished always boots a kernel, whose command line those options have become part of.
#
#   loader-interface-test.sh MKIMAGE KERNEL TOLD uefi|ia32 [OPTION OF mkimage test]
#
# TOLD is the application of tests/firmware/uefi/told.c. BOOT_TEST names a program.
set -euo pipefail

mkimage=$1 kernel=$2 told=$3 firmware=$4
name=BOOTX64.EFI
[[ $firmware == uefi ]] || name=BOOTIA32.EFI
source "$(dirname "$0")/../complaints.sh"
cd "$directory"

"$mkimage" build -q -o plain.img "$kernel"
mcopy -n -i plain.img@@1M ::/EFI/BOOT/$name loader.efi
cat >boot.conf <<END
default first
timeout 0
entry first
chainload /tools/told.efi
options once again default kernel loader
entry again
chainload /tools/loader.efi
options firmware=$firmware "a b"
entry kernel
kernel /kernel.elf
options modules=0
END
"$mkimage" build -q --config boot.conf --file "$told:/tools/told.efi" --file loader.efi:/tools/loader.efi -o image.img "$kernel"
partition=$("$mkimage" inspect --json image.img | python3 -c 'import json, sys
print(json.load(sys.stdin)["partitions"][1]["guid"].lower())')
"$BOOT_TEST" \
  --line "told: options once again default kernel loader|" \
  --line "told: LoaderInfo 6 Bowline 0.1.0|" \
  --line "told: LoaderEntries 6 first|again|kernel|" \
  --line "told: LoaderEntrySelected 6 first|" \
  --line "told: LoaderFeatures 6 0f00000000000000" \
  --line "told: LoaderDevicePartUUID 6 $partition|" \
  --line "told: LoaderImageIdentifier 6 \\EFI\\BOOT\\$name|" \
  --line "told: LoaderFirmwareType 6 UEFI 2.70|" \
  --text "told: LoaderTimeInitUSec 6 " --text "told: LoaderTimeExecUSec 6 " \
  --line "bowline: the loader was started with options for the kernel: firmware=$firmware \"a b\"" \
  --line "bowline-test: pass contract" -- \
  "$mkimage" test --timeout 150 "${@:5}" image.img >said || complain "the boot"
cat said
exit $((failures > 0))
