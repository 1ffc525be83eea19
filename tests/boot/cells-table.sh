#!/usr/bin/env bash
# docs/media.md out of the results of a test run: the table firmware x medium x scheme.
#
#   ctest --test-dir build -L cells --output-junit cells.xml; cells-table.sh build/cells.xml... >docs/media.md
#
# A cell is a test boot.cell-MEDIUM-SCHEME.FIRMWARE or boot.exempt-MEDIUM-SCHEME.FIRMWARE (cells.cmake). The exit
# status is 1 when a cell has failed or has not been run.
set -euo pipefail

cat <<'END'
# Media

Which firmware boots an image from what, as the last run of the tests has it. Made by
`tests/boot/cells-table.sh`; do not edit.

pass: the kernel has booted and found its 8 MiB and its two modules as they were written, word for word.
exempt: the firmware of QEMU starts nothing from there, and a test shows that it does not start Debian's GRUB either.
A dash: there is nothing to try.

- A network has no partition table. A BIOS has PXE and no HTTP; iPXE's ROM is for 64-bit UEFI (and is what "pxe" is
  on a BIOS).
- An MBR cannot describe what lies beyond 2 TiB, and an image with `--scheme mbr` is no disc ([image-layout.md](image-layout.md)).
- SeaBIOS counts the sectors of USB disks with 32 bits: what happens beyond 2 TiB is a test of its own, `boot.beyond-usb.bios`.
- An MBR counts sectors and does not say how large they are: UEFI starts an image with `--scheme mbr` only from disks with
  the sectors that it was made for.
- Debian's 32-bit OVMF does not start on the machine that has IDE.

END

cat "$@" | tr '\n' ' ' | sed 's/<testcase /\n&/g' | awk '
BEGIN {
  split("ahci:SATA disk;ide:IDE disk, on a machine without PCI Express;virtio:virtio-blk disk;scsi:virtio-scsi disk;" \
    "nvme:NVMe disk;usb-xhci:USB stick, USB 3 controller;usb-ehci:USB stick, USB 2 controller;sd:SD card;" \
    "lsi53c895a:SCSI disk, LSI 53C895A;am53c974:SCSI disk, AMD 53C974;mptsas1068:SAS disk, LSI SAS 1068;" \
    "pvscsi:SCSI disk, VMware;megasas:SAS disk, LSI MegaRAID;usb-uas:USB attached SCSI;" \
    "nvme-4k:NVMe disk, sectors of 4096 bytes;virtio-4k:virtio-blk disk, sectors of 4096 bytes;" \
    "scsi-4k:virtio-scsi disk, sectors of 4096 bytes;usb-4k:USB stick, sectors of 4096 bytes;" \
    "ahci-other:SATA disk, with an image for sectors of 4096 bytes;ahci-3t:SATA disk of 3 TiB;nvme-3t:NVMe disk of 3 TiB;" \
    "ahci-beyond-2t:SATA disk, files beyond 2 TiB;nvme-beyond-2t:NVMe disk, files beyond 2 TiB;" \
    "virtio-beyond-2t:virtio-blk disk, files beyond 2 TiB;usb-beyond-2t:USB disk, files beyond 2 TiB;" \
    "floppy:floppy disk;cd-ide:CD, IDE drive;cd-ahci:CD, SATA drive;cd-usb:CD, USB drive;cd-scsi:CD, virtio-scsi drive;" \
    "pxe:network, PXE;pxe-ipxe:network, PXE by iPXE;http:network, HTTP boot", names, ";")
  for (i in names) { colon = index(names[i], ":"); what[substr(names[i], 1, colon - 1)] = substr(names[i], colon + 1) }
}
match($0, /name="boot\.(cell|exempt)-[^"]*-[^"-]*\.[^".]*"/) {
  name = substr($0, RSTART + 11, RLENGTH - 12)
  kind = name; sub(/-.*/, "", kind)
  firmware = name; sub(/.*\./, "", firmware)
  scheme = name; sub(/\.[^.]*$/, "", scheme); medium = scheme; sub(/.*-/, "", scheme)
  sub(/^(cell|exempt)-/, "", medium); sub(/-[^-]*$/, "", medium)
  result = / status="run"/ ? (kind == "cell" ? "pass" : "exempt") : / status="fail"/ ? "FAIL" : "not run"
  if (medium == "image" || medium == "control") next
  if (!(medium in rows)) { rows[medium] = 1; row[++row_count] = medium }
  column = firmware "-" scheme
  columns[column] = 1
  # Of several runs of a cell the worst counts.
  if (!((medium, column) in cell) || result == "FAIL" || (result == "not run" && cell[medium, column] != "FAIL"))
    cell[medium, column] = result
  if (result == "FAIL" || result == "not run") failures++
}
END {
  split("bios uefi ia32", firmwares, " "); split("gpt mbr iso tftp http", schemes, " ")
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
