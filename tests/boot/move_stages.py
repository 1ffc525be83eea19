#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes BIOS stages into a disk as docs/sealing.md describes it for updates.

    move_stages.py DISK FROM OFFSET

The stages of the image FROM are copied to a place of their own, OFFSET bytes from the start of DISK; then one write of
the first sector makes stage 1 read them from there. Where they were before nothing is touched.
"""
import struct
import sys
import zlib

SECTOR = 512
PATCH = 424  # struct stage1_patch: LBA, CRC-32 and sectors of stage 2

disk_name, from_name, offset = sys.argv[1], sys.argv[2], int(sys.argv[3], 0)
with open(from_name, "rb") as file:
    first = file.read(SECTOR)
    lba, _, sectors = struct.unpack_from("<QIH", first, PATCH)
    file.seek(lba * SECTOR)
    stage2 = bytearray(file.read(sectors * SECTOR))
    stage3_lba, packed_size = struct.unpack_from("<QI", stage2, 8)
    file.seek(stage3_lba * SECTOR)
    stage3 = file.read(packed_size)

struct.pack_into("<Q", stage2, 8, offset // SECTOR + sectors)
with open(disk_name, "r+b") as disk:
    disk.seek(offset)
    disk.write(stage2 + stage3)
    disk.flush()
    disk.seek(0)
    sector = bytearray(disk.read(SECTOR))
    sector[:440] = first[:440]
    struct.pack_into("<QI", sector, PATCH, offset // SECTOR, zlib.crc32(stage2))
    disk.seek(0)
    disk.write(sector)
