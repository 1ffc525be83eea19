#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes other seals into an image, with nothing of mkimage's: what a person with a hex editor could do.

    reseal.py IMAGE [--magic TEXT] [--count N] [--stale] CONF...

All seal areas (docs/sealing.md), of files that were deleted too, get the SHA-256 of these files. --magic and --count say something else than what is
right there; --stale leaves the seal's own checksum as it was. Stage 1's checksum of stage 2 is right afterwards.
"""
import argparse
import hashlib
import struct
import sys
import zlib

MAGIC = b"BWLSEAL1"
SIZE = 80
STAGE2 = 0x10000
PATCHES = [424, 0xC000 + 424]  # in the first sector, and in stage 1 for discs

parser = argparse.ArgumentParser()
parser.add_argument("image")
parser.add_argument("--magic", default=MAGIC.decode())
parser.add_argument("--count", type=int)
parser.add_argument("--stale", action="store_true")
parser.add_argument("conf", nargs="*")
arguments = parser.parse_intermixed_args()

with open(arguments.image, "r+b") as file:
    image = file.read()
    hashes = b"".join(hashlib.sha256(open(name, "rb").read()).digest() for name in arguments.conf)
    count = len(arguments.conf) if arguments.count is None else arguments.count
    seal = arguments.magic.encode() + struct.pack("<I", count) + hashes.ljust(64, b"\0")

    place, found = image.find(MAGIC), 0
    while place >= 0:
        # Elsewhere the letters are part of a program: all areas begin a sector, or stage 2's header has them.
        if place % 512 == 0 or place == STAGE2 + 32:
            old = image[place + SIZE - 4:place + SIZE]
            checksum = old if arguments.stale else struct.pack("<I", zlib.crc32(seal))
            file.seek(place)
            file.write(seal + checksum)
            found += 1
        place = image.find(MAGIC, place + 1)

    file.seek(PATCHES[0])
    lba, _, sectors = struct.unpack("<QIH", file.read(14))
    file.seek(lba * 512)
    checksum = zlib.crc32(file.read(sectors * 512))
    for patch in PATCHES:
        file.seek(patch + 8)
        file.write(struct.pack("<I", checksum))

sys.exit(0 if found >= 3 else f"{arguments.image} has {found} seals")
