#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Images with 1 to 2000 files in nested directories with long names, and directories that are just full.

    trees.py sample               some counts of files, each with another FAT type, sector size and scheme; and
                                  what only one number of files shows
    trees.py every COUNT FIRST    each COUNTth count from FIRST on
    trees.py tree DIRECTORY       writes the files of the last of them

fsck.fat, fdisk, sfdisk and sgdisk judge; mtools reads back every file and finds no others.

Environment: MKIMAGE, KERNEL.
"""
import os
import random
import re
import shutil
import struct
import sys

import judge

FILES = 2000
KINDS = [(fat, size, scheme) for scheme in ("gpt", "mbr") for size in (512, 4096) for fat in (32, 16, 12)]
SAMPLE = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2000]
NAMES_MAX = 255  # UTF-16 units; the file systems of hosts allow as many bytes
ENTRY = 32  # bytes of a directory entry, 13 units of a long name to each
LOADERS = ["EFI", "bowline", "kernel.elf"]


def names(number):
    """Names that differ in the number only, or in their case or their end."""
    return [
        f"{number}.txt",
        f"F{number}.TXT",
        f"file number {number} with a long name.text",
        f"a name like all the others up to its very end {number}",
        f"ANAMEL~{number}",  # as FAT calls the ones above
        f"FILENU~{number % 9 + 1}.{number % 1000:03}",
        f"Übergröße, Maß und Straße {number}.äöü",
        f"имя файла {number}.файл",
        f"日本語の名前 {number}.txt",
        f"\N{GRINNING FACE} {number}.bin",
        f".hidden {number}",
        f"many.dots.and-dashes.{number}.tar.gz",
        f"{number} ".ljust(NAMES_MAX, "n"),
        f"{number} ".ljust(NAMES_MAX - 4, "x") + ".ext",
        f"with + , ; = [ ] & ' and spaces {number}",
    ]


def tree_paths():
    """The paths of all files, in the order in which they come; one more goes on with those before it."""
    source = random.Random(2000)
    directories = [""]
    for number in range(FILES):
        if number % 25 == 24:
            parent = source.choice(directories)
            name = source.choice(names(FILES + number))
            if parent.count("/") < 12 and len(parent.encode()) < 1500:
                directories.append(f"{parent}/{name}")
        directory = directories[0] if number % 5 == 0 else source.choice(directories)
        yield f"{directory}/{source.choice(names(number))}"[1:]


def write_file(root, path, number):
    os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
    size = (number * 37) % 1500 if number % 7 else 0
    with open(f"{root}/{path}", "wb") as file:
        file.write((b"%d of %s; " % (number, path.encode()) * 300)[:size])


def files_below(root):
    result = {}
    for directory, _, files in os.walk(root):
        for name in files:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                result[os.path.relpath(path, root)] = file.read()
    return result


def build_and_judge(root, fat, sector_size, scheme):
    """An image with what is below `root`; all of it, and nothing else, comes back."""
    judge.build(os.environ["KERNEL"], "-o", "i.img", "--tree", root, "--fat", str(fat), "--sector-size",
                str(sector_size), "--scheme", scheme)
    judge.judge("i.img", fat, sector_size, scheme)
    shutil.rmtree("back", ignore_errors=True)
    os.mkdir("back")
    judge.call("mcopy", "-s", "-n", "-i", "i.img@@1M", "::/", "back")
    for name in LOADERS:
        path = f"back/{name}"
        judge.require(os.path.exists(path), f"mcopy finds no {name}")
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    # mtools has an underline for either half of what UTF-16 has in two units.
    wanted = {re.sub("[\U00010000-\U0010ffff]", "__", path): data for path, data in files_below(root).items()}
    found = files_below("back")
    odd = [path for path in sorted({*wanted, *found}) if wanted.get(path) != found.get(path)]
    judge.require(not odd, f"mcopy reads differently: {odd[:5]}")
    judge.call(os.environ["MKIMAGE"], "check", "i.img")


def trees(root, counts):
    """Makes `root` a tree of so many files, of more each time."""
    paths = list(tree_paths())
    assert len(set(map(str.upper, paths))) == FILES
    shutil.rmtree(root, ignore_errors=True)
    os.mkdir(root)
    written = 0
    for count in counts:
        for number in range(written, count):
            write_file(root, paths[number], number)
        written = count
        yield count


def check_counts(counts, failures):
    for count in trees("tree", counts):
        kind = KINDS[count % len(KINDS)]
        try:
            build_and_judge("tree", *kind)
        except judge.Failure as failure:
            failures.append(f"{count} files, {kind}: {failure}")


def fill_root(root, entries):
    """Files for a root directory of so many entries, those of the label and the loader's files among them."""
    shutil.rmtree(root, ignore_errors=True)
    os.mkdir(root)
    left = entries - 1 - 1 - 2 - 2
    number = 0
    while left > 0:
        taken = min(left, 1 + (NAMES_MAX + 12) // 13)
        left -= taken
        name = f"N{number}" if taken == 1 else f"n{number} ".ljust((taken - 1) * 13, "n")[:NAMES_MAX]
        write_file(root, name, number)
        number += 1


def last_root_entry(image):
    """Where FAT12 and FAT16 have the last entry of the root directory, before the data."""
    with open(image, "rb") as file:
        file.seek(judge.ESP)
        _, sector_size, _, reserved, fats, entries, _, _, fat_sectors = struct.unpack("<11sHBHBHHBH", file.read(24))
        file.seek(judge.ESP + (reserved + fats * fat_sectors) * sector_size + (entries - 1) * ENTRY)
        return file.read(ENTRY)


def check_roots(failures):
    """The root directory of FAT12 and FAT16 is full to the last entry, with no room for a mark behind that."""
    for fat, sector_size, scheme in KINDS[:6]:
        for entries in (511, 512, 513):
            fill_root("root", entries)
            try:
                build_and_judge("root", fat, sector_size, scheme)
                is_full = fat != 32 and last_root_entry("i.img") != bytes(ENTRY)
                judge.require(is_full == (fat != 32 and entries == 512), f"full: {is_full}")
            except judge.Failure as failure:
                failures.append(f"root of {entries} entries, FAT{fat}, {sector_size}: {failure}")


def check_longest(failures):
    """Names of 255 UTF-16 units, which have more bytes than those of the host's files may have."""
    names_of_255 = ["n" * 255, "ä" * 255, "日" * 255, "日" * 127 + "z" * 128, "\N{GRINNING FACE}" * 127 + "z"]
    options, paths = [], []
    for number, name in enumerate(names_of_255):
        write_file("longest", str(number), number + 1)
        paths += [f"/{name}", f"/{name[:-1]}d/{name}"]
        options += [f"--file=longest/{number}:{path}" for path in paths[-2:]]
    for number, (fat, sector_size, scheme) in enumerate(KINDS):
        try:
            judge.build(os.environ["KERNEL"], "-o", "i.img", "--fat", str(fat), "--sector-size", str(sector_size),
                        "--scheme", scheme, *options)
            judge.judge("i.img", fat, sector_size, scheme)
            for i, path in enumerate(paths):
                if ord(path[1]) < 0x10000:
                    judge.holds("i.img", path, f"longest/{i // 2}")
            judge.call(os.environ["MKIMAGE"], "check", "i.img")
        except judge.Failure as failure:
            failures.append(f"names of 255 units, {fat, sector_size, scheme}: {failure}")


def main():
    failures = []
    if sys.argv[1] == "every":
        counts = range(int(sys.argv[3]), FILES + 1, int(sys.argv[2]))
        check_counts(counts, failures)
        judge.report(failures, len(counts), "images")
    elif sys.argv[1] == "tree":
        list(trees(sys.argv[2], [FILES]))
    else:
        check_counts(SAMPLE, failures)
        check_roots(failures)
        check_longest(failures)
        judge.report(failures, len(SAMPLE) + 18 + len(KINDS), "images")


main()
