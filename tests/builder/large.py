#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Images with a file of 600 MiB, of 5 GiB, and with the largest file that FAT knows; nearly all of it is holes.

    large.py sample    two of the one, one of the other, and the last
    large.py all       for each FAT type that has room for it, sector size and scheme; mtools reads everything back

Environment: MKIMAGE, KERNEL.
"""
import os
import sys

import judge

GIB = 1 << 30
SIX_HUNDRED = [600 * judge.MIB]
FIVE_GIB = [2_600_000_000, 2_600_000_000]
# The most that fsck.fat 4.2 reckons right: it counts the bytes of a chain in 32 bits, and would make a file of whose
# clusters have 4 GiB an empty one (https://github.com/dosfstools/dosfstools/issues/208). FAT allows it all the same.
LARGEST_FOR_FSCK = [4 * GIB - 4096]
LARGEST = [4 * GIB - 1]
SAMPLE = [
    (SIX_HUNDRED, 32, 512, "gpt"),
    (SIX_HUNDRED, 16, 4096, "mbr"),
    (FIVE_GIB, 32, 512, "gpt"),
    (LARGEST_FOR_FSCK, 32, 4096, "mbr"),
    (LARGEST, 32, 512, "gpt"),
]
EVERY = [
    (sizes, fat, sector_size, scheme)
    for sizes in (SIX_HUNDRED, FIVE_GIB, LARGEST_FOR_FSCK, LARGEST)
    for fat in ((16, 32) if sizes == SIX_HUNDRED else (32,))
    for sector_size in (512, 4096)
    for scheme in ("gpt", "mbr")
]


def write_sparse(name, size):
    """Marks at the ends, in the middle, and around each GiB."""
    with open(name, "wb") as file:
        file.truncate(size)
        for place in {0, size // 2, size - 16, *range(GIB - 8, size - 16, GIB)}:
            file.seek(place)
            file.write(b"at byte %8x" % (place >> 3))


def check(sizes, fat, sector_size, scheme, is_read_back):
    total = 5 * GIB if sizes == FIVE_GIB else None
    options = ["--fat", str(fat), "--sector-size", str(sector_size), "--scheme", scheme]
    if total:
        options += ["--size", str(total)]
    for number, size in enumerate(sizes):
        write_sparse(f"file{number}", size)
        options += ["--file", f"file{number}:large/"]
    judge.build(os.environ["KERNEL"], "-o", "i.img", *options)
    judge.require(total in (None, os.path.getsize("i.img")), f"{os.path.getsize('i.img')} bytes")
    judge.require(os.stat("i.img").st_blocks * 512 < 16 * judge.MIB, "the holes were filled")
    judge.judge_table("i.img", scheme, sector_size)
    if sizes != LARGEST:
        judge.judge_file_system("i.img", fat, sector_size)
    for number in range(len(sizes) if is_read_back else 0):
        judge.holds("i.img", f"/large/file{number}", f"file{number}")
    judge.call(os.environ["MKIMAGE"], "check", "i.img")


def main():
    is_sample = sys.argv[1] == "sample"
    cases = SAMPLE if is_sample else EVERY
    failures = []
    for case in cases:
        try:
            check(*case, is_read_back=not is_sample or sum(case[0]) < GIB)
        except judge.Failure as failure:
            failures.append(f"{case}: {failure}")
    judge.report(failures, len(cases), "images")


main()
