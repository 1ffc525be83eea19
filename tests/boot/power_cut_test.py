#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cuts the power at every write of a boot-state record and at every attempt, and sees the machine come up.

  power_cut_test.py MKIMAGE KERNEL bios|uefi CUTS [SECTOR_SIZE]

Slot "a" never comes up, slot "b" confirms itself, and "c" is no slot. The disk is served to QEMU by this program,
so that it can be cut exactly: QEMU is killed (SIGKILL) when a write of a record reaches the disk
  before   and nothing of it has been written,
  torn     and a part of its bytes has been written, behind which there is what was there or garbage,
  after    and all of it has been written, which nobody has told the loader yet;
or at an attempt, when the kernel runs.

After each cut, what lies on the disk is judged by a model of its own of docs/boot-state.md; and a copy of the
disk is booted without a cut, which has to start the very slot, with the very attempts left, that the model says.
"""
import collections
import os
import random
import subprocess
import sys
import tempfile

from nbd_disk import PowerIsOff
from slot_machine import PLACES, WORDS, Machine, change, ide, name_of, newest

MKIMAGE, KERNEL, FIRMWARE, CUTS = *sys.argv[1:4], int(sys.argv[4])
SECTOR_SIZE = int(sys.argv[5]) if len(sys.argv) > 5 else 512
CONFIG = """timeout 0
entry a
kernel /kernel.elf
options a wait
slot 20 3
entry b
kernel /kernel.elf
options b%s
slot 10 2
entry c
kernel /kernel.elf
options c wait
""" % (" confirm" if SECTOR_SIZE == 512 else " wait")
ATTEMPTS = {"a": 3, "b": 2}
DEVICE = ide("ide-hd", 0, FIRMWARE) if SECTOR_SIZE == 512 else \
    ["-device", f"nvme,serial=slots,drive=disk,logical_block_size={SECTOR_SIZE},physical_block_size={SECTOR_SIZE}"]


KINDS = ["before", "torn", "after", "attempt"]  # in turn: few cuts are of each kind, too


class Wrong(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def prediction(data):
    """(entry, what it is told: number, attempts left) of the next boot, by the rules."""
    found = newest(data)
    expect(found, "no record is whole")
    record = found[1]
    default = next((entry for entry in "abc" if name_of(entry) == record.default), "")
    if record.once:
        entry = next(entry for entry in "abc" if name_of(entry) == record.once)
    elif default == "c":
        entry = "c"
    else:
        slots = sorted("ab", key=lambda slot: slot != default)
        entry = next((slot for slot in slots if may_boot(record, slot)), slots[0])
    if entry == "c":
        return entry, (0, 0)
    number, left, is_confirmed = record.slot(entry) or (free_number(record), ATTEMPTS[entry], False)
    return entry, (number, left if is_confirmed else max(left - 1, 0))


def may_boot(record, slot):
    found = record.slot(slot)
    return found is None or found[1] > 0 or found[2]


def free_number(record):
    return next(i for i, slot in enumerate(record.slots, 1) if slot[0] == 0)


def writes_of_boot(data):
    """How often a boot writes a record: to take a wish, to count an attempt, and to confirm a slot."""
    record, (entry, told) = newest(data)[1], prediction(data)
    found = None if entry == "c" else record.slot(entry)
    is_counted = entry != "c" and (found is None or found[1] != told[1])
    is_confirmed = entry == "b" and SECTOR_SIZE == 512 and not (found and found[2])
    return (record.once != 0) + is_counted + is_confirmed


class Cut:
    """Cuts write number `write` of a boot."""

    def __init__(self, kind, write, dice):
        self.kind, self.write, self.dice, self.count, self.is_done = kind, write, dice, 0, False

    def __call__(self, disk, offset, content):
        if WORDS <= offset and offset + len(content) <= PLACES[0]:
            return True # the last words
        place = next((place for place in PLACES if offset <= place < offset + len(content)), None)
        expect(place is not None and len(content) == SECTOR_SIZE, f"a write of {len(content)} bytes at {offset:x}")
        self.count += 1
        if self.count != self.write:
            return True
        self.is_done = True
        if self.kind == "after":
            disk.data[offset:offset + len(content)] = content
        elif self.kind == "torn":
            part = self.dice.randrange(1, 512)
            disk.data[offset:offset + part] = content[:part]
            if self.dice.random() < 0.5:
                disk.data[offset + part:offset + 512] = self.dice.randbytes(512 - part)
        self.is_complete = disk.data[offset:offset + 512] == content[:512] # a torn write may lack nothing
        raise PowerIsOff


def start_over(fresh, dice):
    """A disk as mkimage has written it, and perhaps a wish."""
    data = bytearray(fresh)
    wish = dice.choice(["", "", "once c", "once b", "default b", "default c, once a"])
    for part in filter(None, wish.split(", ")):
        what, entry = part.split()
        change(data, lambda record: setattr(record, what, name_of(entry)))
    return data, wish


def main():
    dice = random.Random(1)
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        with open("boot.conf", "w") as file:
            file.write(CONFIG)
        # The smallest that there is: it is copied each time.
        subprocess.run([MKIMAGE, "build", "-q", "--config", "boot.conf", "--fat", "16", "--sector-size",
                        str(SECTOR_SIZE), "-o", "slots.img", KERNEL], check=True)
        with open("slots.img", "rb") as file:
            fresh = file.read()
        machine = Machine(directory, FIRMWARE, DEVICE, 20 if FIRMWARE == "bios" else 150)

        def come_up(data, after):
            """A boot of a copy, without a cut."""
            entry, told = prediction(data)
            boot = machine.boot(bytearray(data), sector_size=SECTOR_SIZE)
            expect(boot.kernel == entry and boot.told == (*told, PLACES[0]),
                   f"after {after} {entry} has to boot, and be told {told}: {boot}")

        done, data, wish, writes = 0, None, "", 0
        while done < CUTS:
            if writes == 0: # and from here on each boot is the same
                data, wish = start_over(fresh, dice)
            before = bytes(data)
            entry, told = prediction(data)
            writes = writes_of_boot(before)
            kind = KINDS[done % len(KINDS)] if writes else "attempt"
            cut = Cut(kind, dice.randint(1, writes) if kind != "attempt" else 0, dice)
            boot = machine.boot(data, cut, sector_size=SECTOR_SIZE)
            what = f"cut {done + 1}: {kind} write {cut.write} of {cut.count} ({wish or 'no wish'})"
            if cut.is_done:
                index = newest(before)[0]
                written = newest(data)
                is_new = cut.is_complete != (cut.count % 2 == 0) # each write is to where the one before was not
                expect(written, f"{what}: no record is left")
                expect((written[0] != index) == is_new, f"{what}: record {written[0]} counts, and it was {index}")
            else:
                expect(boot.kernel == entry and boot.told == (*told, PLACES[0]),
                       f"{what}: {entry} has to boot, and be told {told}: {boot}")
                expect(kind == "attempt", f"{what}: there is no such write")
                expect(cut.count == writes, f"{what}: {cut.count} writes, and {writes} are due")
            done += 1
            counts[kind if kind == "attempt" else f"{kind} (write {cut.count})"] += 1
            come_up(data, what)
        unchanged = bytearray(data)
        unchanged[WORDS:PLACES[0]] = fresh[WORDS:PLACES[0]]
        for place in PLACES:
            unchanged[place:place + 512] = fresh[place:place + 512]
        expect(bytes(unchanged) == fresh, "the disk has changed outside of the records")
    print(f"power_cut_test: {done} cuts: " + ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))


try:
    main()
except Wrong as wrong:
    sys.exit(f"power_cut_test: {wrong}")
