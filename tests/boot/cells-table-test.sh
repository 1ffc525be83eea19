#!/usr/bin/env bash
# cells-table.sh on a report as ctest writes it, with a cell of every kind.
#
#   cells-table-test.sh CELLS_TABLE
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
cat >report.xml <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux-c++" tests="7" failures="1" disabled="0" skipped="1" hostname="" time="9">
	<testcase name="boot.cell-image-gpt" classname="boot.cell-image-gpt" time="0.1" status="run">
		<system-out></system-out>
	</testcase>
	<testcase name="boot.cell-nvme-4k-gpt.bios" classname="boot.cell-nvme-4k-gpt.bios" time="1" status="run">
		<system-out>bowline-test: pass cell
</system-out>
	</testcase>
	<testcase name="boot.cell-nvme-4k-mbr.uefi" classname="boot.cell-nvme-4k-mbr.uefi" time="1" status="run"/>
	<testcase name="boot.exempt-sd-gpt.uefi" classname="boot.exempt-sd-gpt.uefi" time="1" status="run"/>
	<testcase name="boot.exempt-control.uefi" classname="boot.exempt-control.uefi" time="1" status="run"/>
	<testcase name="boot.cell-pxe-tftp.bios" classname="boot.cell-pxe-tftp.bios" time="1" status="run"/>
	<testcase name="boot.mbr-image.uefi" classname="boot.mbr-image.uefi" time="1" status="fail"/>
END
cat >expected <<'END'
| medium | | bios, gpt | bios, tftp | uefi, gpt | uefi, mbr |
|---|---|---|---|---|---|
| nvme-4k | NVMe disk, sectors of 4096 bytes | pass | - | - | pass |
| sd | SD card | - | - | exempt | - |
| pxe | network, PXE | - | pass | - | - |
END
status=0
"$1" report.xml >media.md || status=$?
grep '^|' media.md | diff expected -
[[ $status == 0 ]] || { echo "cells-table-test: exit status $status"; exit 1; }

# not_done STATUS RESULT: of two runs of a cell the worse counts
not_done() {
  echo "<testcase name=\"boot.cell-ahci-gpt.bios\" status=\"$1\"/>" >more.xml
  if "$cells_table" report.xml more.xml report.xml >media.md; then
    echo "cells-table-test: status $1 is a success"
    exit 1
  fi
  grep -qxF "| ahci | SATA disk | $2 | - | - | - |" media.md
}
cells_table=$1
not_done fail FAIL
not_done notrun "not run"
if "$cells_table" /dev/null >media.md 2>errors; then
  echo "cells-table-test: no cells are a success"
  exit 1
fi
grep -q "the reports have no cells" errors
