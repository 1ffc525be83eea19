#!/usr/bin/env bash
# docs/media.md out of the results of a test run: the table firmware x medium x scheme.
#
#   ctest --test-dir build -L cells --output-junit cells.xml; cells-table.sh build/cells.xml... >docs/media.md
#
# A cell is a test boot.cell-MEDIUM-SCHEME.FIRMWARE, boot.exempt-... or boot.refusal-... (cells.cmake). The exit
# status is 1 when a cell has failed or has not been run.
set -euo pipefail

commit=$(git -C "$(dirname "$0")" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
# ctest says when each of the reports was begun.
date=$(cat "$@" | sed -n 's/.*<testsuite.* timestamp="\([0-9-]*\)T.*/\1/p; s/^[[:space:]]*timestamp="\([0-9-]*\)T.*/\1/p' |
  sort | tail -n 1)

cat <<'END'
# Media

Which firmware boots an image from what, as the last run of the tests has it. Made by
`tests/boot/cells-table.sh`; do not edit.

END
echo "The run: commit $commit, ${date:-of an unknown date}."
cat <<'END'

pass: the kernel has booted and found its 8 MiB and its two modules as they were written, word for word.
exempt: the firmware starts nothing from there, and a test shows that it does not start Debian's GRUB either.
refused: the loader starts and says by name what it cannot reach, because the firmware does not offer to read it.
A dash: there is nothing to try.

`./test.sh` runs a covering subset of the cells. All of them are `ctest -L cells`; they and all that is too long for
every change, `ctest -L 'cells|full'`. (`ctest -L full` alone leaves the covering subset out.)

- "bios" is SeaBIOS, "uefi" OVMF and "ia32" OVMF for 32 bits, each in its build of 4 MB, in QEMU; "bochs" is Bochs with
  its BIOS, which has IDE alone. Other builds of OVMF are no columns: that of 2 MB and that for Secure Boot each boot an image
  as a disk and as a disc in tests of their own ([machines.md](machines.md)).
- A network has no partition table. A BIOS has PXE and no HTTP; iPXE's ROM is for 64-bit UEFI (and is what "pxe" is
  on a BIOS).
- An MBR cannot describe what lies beyond 2 TiB, and an image with `--scheme mbr` is no disc ([image-layout.md](image-layout.md)).
- SeaBIOS counts the sectors of USB and SCSI disks with 32 bits.
- An MBR counts sectors and does not say how large they are: UEFI starts an image with `--scheme mbr` only from disks with
  the sectors that it was made for.
- No BIOS reads floppy disks by numbers of sectors, and OVMF reads none.

END

cat "$@" | tr '\n' ' ' | sed 's/<testcase /\n&/g' | awk '
BEGIN {
  results["cell"] = "pass"; results["exempt"] = "exempt"; results["refusal"] = "refused"
  split("ahci:SATA disk;ide:IDE disk;virtio:virtio-blk disk;scsi:virtio-scsi disk;" \
    "nvme:NVMe disk;usb-xhci:USB stick, USB 3 controller;usb-ehci:USB stick, USB 2 controller;sd:SD card;" \
    "lsi53c895a:SCSI disk, LSI 53C895A;am53c974:SCSI disk, AMD 53C974;mptsas1068:SAS disk, LSI SAS 1068;" \
    "pvscsi:SCSI disk, VMware;megasas:SAS disk, LSI MegaRAID;usb-uas:USB attached SCSI;" \
    "nvme-4k:NVMe disk, sectors of 4096 bytes;virtio-4k:virtio-blk disk, sectors of 4096 bytes;" \
    "scsi-4k:virtio-scsi disk, sectors of 4096 bytes;usb-4k:USB stick, sectors of 4096 bytes;" \
    "ahci-other:SATA disk, with an image for sectors of 4096 bytes;ahci-3t:SATA disk of 3 TiB;nvme-3t:NVMe disk of 3 TiB;" \
    "ahci-beyond-2t:SATA disk, files beyond 2 TiB;nvme-beyond-2t:NVMe disk, files beyond 2 TiB;" \
    "virtio-beyond-2t:virtio-blk disk, files beyond 2 TiB;scsi-beyond-2t:virtio-scsi disk, files beyond 2 TiB;" \
    "usb-beyond-2t:USB disk, files beyond 2 TiB;" \
    "floppy:floppy disk;cd-ide:CD, IDE drive;cd-ahci:CD, SATA drive;cd-usb:CD, USB drive;cd-scsi:CD, virtio-scsi drive;" \
    "cd-other:CD, SATA drive, with an image for sectors of 4096 bytes;" \
    "pxe:network, PXE;pxe-ipxe:network, PXE by iPXE;http:network, HTTP boot", names, ";")
  for (i in names) { colon = index(names[i], ":"); what[substr(names[i], 1, colon - 1)] = substr(names[i], colon + 1) }
}
match($0, /name="boot\.(cell|exempt|refusal)-[^"]*-[^"-]*\.[^".]*"/) {
  name = substr($0, RSTART + 11, RLENGTH - 12)
  kind = name; sub(/-.*/, "", kind)
  firmware = name; sub(/.*\./, "", firmware)
  scheme = name; sub(/\.[^.]*$/, "", scheme); medium = scheme; sub(/.*-/, "", scheme)
  sub(/^(cell|exempt|refusal)-/, "", medium); sub(/-[^-]*$/, "", medium)
  result = / status="run"/ ? results[kind] : / status="fail"/ ? "FAIL" : "not run"
  if (medium ~ /^(image|control)/) next
  if (!(medium in rows)) { rows[medium] = 1; row[++row_count] = medium }
  column = firmware "-" scheme
  columns[column] = 1
  # Of several runs of a cell the worst counts.
  if (!((medium, column) in cell) || result == "FAIL" || (result == "not run" && cell[medium, column] != "FAIL"))
    cell[medium, column] = result
  if (result == "FAIL" || result == "not run") failures++
}
END {
  split("bios bochs uefi ia32", firmwares, " "); split("gpt mbr iso tftp http", schemes, " ")
  for (f = 1; f in firmwares; f++) for (s = 1; s in schemes; s++)
    if ((firmwares[f] "-" schemes[s]) in columns) { order[++count] = firmwares[f] "-" schemes[s]; seen++ }
  for (column in columns) total++
  if (row_count == 0) { print "cells-table: the reports have no cells" > "/dev/stderr"; exit 1 }
  if (seen != total) { print "cells-table: a firmware or a scheme has no column here" > "/dev/stderr"; exit 1 }
  printf "| medium | |"
  for (c = 1; c <= count; c++) { sub(/-/, ", ", order[c]); printf " %s |", order[c]; sub(/, /, "-", order[c]) }
  printf "\n|---|---|"
  for (c = 1; c <= count; c++) printf "---|"
  for (r = 1; r <= row_count; r++) {
    printf "\n| %s | %s |", row[r], what[row[r]]
    for (c = 1; c <= count; c++) printf " %s |", (row[r], order[c]) in cell ? cell[row[r], order[c]] : "-"
  }
  print ""
  exit failures > 0
}'
