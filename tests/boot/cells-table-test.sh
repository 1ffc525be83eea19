#!/usr/bin/env bash
# cells-table.sh on a report as ctest writes it, with a cell of every kind; and the table as it stands in the
# documentation, with the tests that there are.
#
#   cells-table-test.sh CELLS_TABLE CTEST BUILD_DIRECTORY MEDIA_MD
set -euo pipefail

cells_table=$1 ctest=$2 build_directory=$3 documentation=$4

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
cat >report.xml <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux-c++" tests="7" failures="1" disabled="0" skipped="1" hostname="" time="9" timestamp="2026-11-21T20:18:46">
	<testcase name="boot.cell-image-gpt" classname="boot.cell-image-gpt" time="0.1" status="run">
		<system-out></system-out>
	</testcase>
	<testcase name="boot.cell-nvme-4k-gpt.bios" classname="boot.cell-nvme-4k-gpt.bios" time="1" status="run">
		<system-out>bowline-test: pass cell
</system-out>
	</testcase>
	<testcase name="boot.cell-nvme-4k-mbr.uefi" classname="boot.cell-nvme-4k-mbr.uefi" time="1" status="run"/>
	<testcase name="boot.exempt-sd-gpt.uefi" classname="boot.exempt-sd-gpt.uefi" time="1" status="run"/>
	<testcase name="boot.exempt-control-gpt-ahci.uefi" classname="boot.exempt-control-gpt-ahci.uefi" time="1" status="run"/>
	<testcase name="boot.refusal-floppy-gpt.bios" classname="boot.refusal-floppy-gpt.bios" time="1" status="run"/>
	<testcase name="boot.cell-ide-gpt.bochs" classname="boot.cell-ide-gpt.bochs" time="1" status="run"/>
	<testcase name="boot.cell-pxe-tftp.bios" classname="boot.cell-pxe-tftp.bios" time="1" status="run"/>
	<testcase name="boot.mbr-image.uefi" classname="boot.mbr-image.uefi" time="1" status="fail"/>
END
cat >expected <<'END'
| medium | | bios, gpt | bios, tftp | bochs, gpt | uefi, gpt | uefi, mbr |
|---|---|---|---|---|---|---|
| nvme-4k | NVMe disk, sectors of 4096 bytes | pass | - | - | - | pass |
| sd | SD card | - | - | - | exempt | - |
| floppy | floppy disk | refused | - | - | - | - |
| ide | IDE disk | - | - | pass | - | - |
| pxe | network, PXE | - | pass | - | - | - |
END
status=0
"$cells_table" report.xml >media.md || status=$?
grep '^|' media.md | diff expected -
[[ $status == 0 ]] || { echo "cells-table-test: exit status $status"; exit 1; }
grep -qE "^The run: commit .*, 2026-11-21\.$" media.md

# not_done STATUS RESULT: of two runs of a cell the worse counts
not_done() {
  echo "<testcase name=\"boot.cell-ahci-gpt.bios\" status=\"$1\"/>" >more.xml
  if "$cells_table" report.xml more.xml report.xml >media.md; then
    echo "cells-table-test: status $1 is a success"
    exit 1
  fi
  grep -qxF "| ahci | SATA disk | $2 | - | - | - | - |" media.md
}
not_done fail FAIL
not_done notrun "not run"
if "$cells_table" /dev/null >media.md 2>errors; then
  echo "cells-table-test: no cells are a success"
  exit 1
fi
grep -q "the reports have no cells" errors

# Each cell of the table is a test, and each of these tests has its cell.
awk -F ' *[|] *' '
BEGIN { kinds["pass"] = "cell"; kinds["exempt"] = "exempt"; kinds["refused"] = "refusal" }
/^[|] medium / { for (i = 4; i < NF; i++) { split($i, words, ", "); firmware[i] = words[1]; scheme[i] = words[2] } }
/^[|] [a-z]/ && !/^[|] medium / {
  for (i = 4; i < NF; i++) if ($i != "-") print "boot." ($i in kinds ? kinds[$i] : $i) "-" $2 "-" scheme[i] "." firmware[i]
}' "$documentation" | sort >in_table
"$ctest" --test-dir "$build_directory" -N -L cells | sed -n 's/^ *Test *#[0-9]*: //p' |
  grep -E '^boot\.(cell|exempt|refusal)-.*\.' | grep -vE '^boot\.exempt-control-' | sort >in_tests
[[ -s in_tests ]]
if ! diff in_table in_tests; then
  echo "cells-table-test: $documentation (<) and the tests with the label cells (>) differ: cells-table.sh makes it anew"
  exit 1
fi
