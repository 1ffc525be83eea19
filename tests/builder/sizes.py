#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Images with 0 to 40 MiB of files in steps of 511 bytes: every step has a file of 511 bytes more.

    sizes.py sample               in either scheme in turn: the steps on both sides of each change of the layout,
                                  for each FAT type and sector size, and every 2053rd step
    sizes.py boundaries           the former in both schemes, and each of them booted
    sizes.py every COUNT FIRST    every COUNTth step from FIRST on, as mkimage makes it without options

Layouts are computed, and plan_sizes looks at all of them. What is built here is what that cannot see: whether
the image is what was planned, and whether tools that others wrote agree. Between two changes of the layout there
is nothing but files of a few more clusters; `every`, in slices, builds them all.

Environment: MKIMAGE, PLAN_SIZES, KERNEL. The working folder should be in memory: a step writes up to 80 MiB.
"""
import collections
import os
import re
import subprocess
import sys

import judge

STEP = 511
LAST = 40 * judge.MIB // STEP
SAMPLE_EVERY = 2053  # a prime: it falls on other places in clusters of every size
READ_BACK_EVERY = 16
UEFI_EVERY = 40  # such a boot takes seconds
BIOS_LEAST = 16 * 63  # SeaBIOS reads no disk of fewer sectors: it has less than one cylinder

Case = collections.namedtuple("Case", "fat sector_size scheme step mebibytes")


def boundaries():
    """The steps at which the layout changes, on both sides: FAT type, sector size, step, size of the image."""
    open("empty", "w").close()
    said = subprocess.run(
        [os.environ["PLAN_SIZES"], os.environ["KERNEL"], "empty"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return [tuple(map(int, line.split())) for line in said.splitlines()]


def cases_of(mode, arguments):
    if mode == "every":
        return [Case(32, 512, "gpt", step, None) for step in range(int(arguments[1]), LAST + 1, int(arguments[0]))]
    places = boundaries()
    if mode == "boundaries":
        return [Case(fat, size, scheme, step, mib) for fat, size, step, mib in places for scheme in ("gpt", "mbr")]
    cases = [Case(*place[:2], ("gpt", "mbr")[i // 2 % 2], *place[2:]) for i, place in enumerate(places)]
    kinds = [(fat, size, scheme) for scheme in ("gpt", "mbr") for fat in (32, 16, 12) for size in (512, 4096)]
    steps = range(0, LAST + 1, SAMPLE_EVERY)
    return cases + [Case(*kinds[i % len(kinds)], step, None) for i, step in enumerate(steps)]


def write_file(name, size):
    """So many bytes: marks at the end and at each MiB, and holes."""
    with open(name, "wb") as file:
        file.truncate(size)
        for place in range(0, size, judge.MIB):
            file.seek(place)
            file.write((b"at %7d of %8d" % (place, size))[: size - place])
        mark = (b"%d " % size * STEP)[: min(STEP, size)]
        file.seek(size - len(mark))
        file.write(mark)


def check(case, number, mode):
    options = ["--file", "file"]
    if mode != "every":
        options += ["--fat", str(case.fat), "--sector-size", str(case.sector_size), "--scheme", case.scheme]
    write_file("file", case.step * STEP)
    judge.build(os.environ["KERNEL"], "-o", "i.img", *options)
    size = os.path.getsize("i.img") // judge.MIB
    judge.require(case.mebibytes in (None, size), f"{size} MiB instead of the {case.mebibytes} that were planned")
    judge.judge("i.img", case.fat, case.sector_size, case.scheme)
    if mode != "every" or number % READ_BACK_EVERY == 0:
        judge.holds("i.img", "/file", "file")
    else:
        listed = judge.call("mdir", "-/", "-i", "i.img@@1M", "::/")
        judge.require(re.search(rf"^FILE +{case.step * STEP} .* file$", listed, re.MULTILINE), f"mdir: {listed}")
    if mode == "boundaries":
        disk = "nvme-4k" if case.sector_size == 4096 else "ahci"
        os.truncate("i.img", max(os.path.getsize("i.img"), BIOS_LEAST * case.sector_size))
        judge.boots("i.img", "--bios", "--disk", disk)
        if number % UEFI_EVERY == 0:
            judge.boots("i.img", "--disk", disk)


def main():
    mode, arguments = sys.argv[1], sys.argv[2:]
    failures = []
    cases = cases_of(mode, arguments)
    for number, case in enumerate(cases):
        try:
            check(case, number, mode)
        except judge.Failure as failure:
            failures.append(f"{case}: {failure}")
    judge.report(failures, len(cases), "images")


main()
