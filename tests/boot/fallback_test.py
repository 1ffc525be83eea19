#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Slots fall back, on every kind of medium: docs/boot-state.md.

  fallback_test.py MKIMAGE KERNEL bios|uefi|ia32 [CASE]...

power_cut_test.py cuts the power meanwhile.
"""
import gzip
import hashlib
import os
import subprocess
import sys
import tempfile

from slot_machine import PLACES, WORDS, Machine, change, ide, name_of, newest

MKIMAGE, KERNEL, FIRMWARE = sys.argv[1:4]
IDE = ide("ide-hd", 0, FIRMWARE)
VIRTIO = ["-device", "virtio-blk-pci,drive=disk"]
NVME_4096 = ["-device", "nvme,serial=slots,drive=disk,logical_block_size=4096,physical_block_size=4096"]
CONFIG = """timeout 0
entry a
kernel /other.elf
options a wait
slot 20 2
entry b
kernel /kernel.elf
options b {b}
slot 10 1
entry c
kernel /kernel.elf
options c wait
"""
machine = None


class Wrong(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def mkimage(*arguments):
    subprocess.run([MKIMAGE, *arguments], check=True, stdout=subprocess.DEVNULL)


def make(b="wait", *options):
    """A disk; b is what slot b does."""
    with open("boot.conf", "w") as file:
        file.write(CONFIG.format(b=b))
    mkimage("build", "-q", "--config", "boot.conf", "--fat", "16", "--file", KERNEL + ":/other.elf", *options, "-o",
            "slots.img", KERNEL)
    return load()


def load():
    with open("slots.img", "rb") as file:
        return bytearray(file.read())


def boots(data, kernel, told, *texts, **options):
    """A boot of this kernel, which is told (slot, attempts left), and these texts of the log."""
    state = options.pop("state", PLACES[0])
    boot = machine.boot(data, device=options.pop("device", IDE), **options)
    expect(boot.kernel == kernel and boot.told == (*told, state), f"{kernel} has to boot, and be told {told}: {boot}")
    for text in texts:
        expect(text in boot.text, f"nowhere: {text}: {boot}")
    return boot


def no_record_is_written(disk, offset, content):
    expect(WORDS <= offset and offset + len(content) <= PLACES[0], f"{len(content)} bytes are written at {offset:x}")
    return True


def attempts_are_counted_until_a_slot_comes_up():
    data = make("confirm")
    boots(data, "a", (1, 1))
    boots(data, "a", (1, 0))
    boots(data, "b", (2, 0), "slot: confirmed")
    expect(newest(data)[1].slot("b") == (2, 0, True), "b is not confirmed")
    boots(data, "b", (2, 0), 'slot "b" has come up before', "slot: nothing to confirm", on_write=no_record_is_written)


def no_slot_has_attempts_left():
    def spend(record):
        record.slots[:2] = (name_of("a"), 0, 0), (name_of("b"), 0, 0)

    data = make()
    change(data, spend)
    boots(data, "a", (1, 0), 'no slot has attempts left: "a" is started all the same', on_write=no_record_is_written)


def a_slot_that_cannot_be_loaded_leads_to_the_next():
    make()
    subprocess.run(["mdel", "-i", "slots.img@@1M", "::/other.elf"], check=True)
    data = load()
    boots(data, "b", (1, 0), "/other.elf: there is no such file on the boot volume [file-not-found]")
    expect(newest(data)[1].slot("a") is None, "an attempt of a has been counted")
    boots(data, "b", (1, 0), 'no slot has attempts left: "b" is started all the same')


def slots_that_are_damaged_lead_to_the_next():
    """One whose kernel is another one than its hash says, and one whose packed kernel has a wrong checksum."""
    with open(KERNEL, "rb") as file:
        content = file.read()
    packed = gzip.compress(content)
    with open("packed.gz", "wb") as file:
        file.write(packed)
    with open("boot.conf", "w") as file:
        file.write("timeout 0\n"
                   f"entry d\nkernel /other.elf\nsha256 {hashlib.sha256(content).hexdigest()}\noptions d wait\nslot 30 2\n"
                   "entry e\nkernel /packed.gz\noptions e wait\nslot 20 2\n"
                   "entry b\nkernel /kernel.elf\noptions b wait\nslot 10 2\n")
    mkimage("build", "-q", "--config", "boot.conf", "--fat", "16", "--file", KERNEL + ":/other.elf", "--file",
            "packed.gz:/packed.gz", "-o", "slots.img", KERNEL)
    for name, damaged in ("other.elf", content + b"x"), ("packed.gz", packed[:-8] + bytes(4) + packed[-4:]):
        with open("damaged", "wb") as file:
            file.write(damaged)
        subprocess.run(["mcopy", "-o", "-i", "slots.img@@1M", "damaged", "::/" + name], check=True)
    data = load()
    boots(data, "b", (1, 1), "[hash-differs]", "[gzip-checksum]")
    expect(newest(data)[1].slot("d") is None and newest(data)[1].slot("e") is None, "an attempt of them has been counted")


def once_and_default():
    data = make()
    change(data, lambda record: setattr(record, "default", name_of("c")))
    change(data, lambda record: setattr(record, "once", name_of("b")))
    boots(data, "b", (1, 0))
    boots(data, "c", (0, 0), on_write=no_record_is_written)


def a_disk_that_cannot_be_written():
    data = make()
    before = bytes(data)
    boots(data, "a", (0, 0), "[disk-write]", on_write=lambda disk, offset, content: False)
    why = "[disk-write]" if FIRMWARE == "bios" else "[state-read-only]"
    boots(data, "a", (0, 0), why, device=VIRTIO, is_read_only=True)
    expect(bytes(data) == before, "it has been written all the same")


def a_failure_that_passes():
    failures = iter([False])
    data = make()
    boots(data, "a", (1, 1), on_write=lambda disk, offset, content: next(failures, True))
    boots(data, "a", (1, 0))


def a_disk_that_only_pretends_to_write():
    boots(make(), "a", (0, 0), "[state-not-kept]", on_write=lambda disk, offset, content: None)


def damaged_records():
    data = make()
    boots(data, "a", (1, 1))
    data[PLACES[1] + 100] ^= 1  # what that boot has written
    boots(data, "a", (1, 1))
    for place in PLACES:
        data[place + 511] ^= 0x80
    boots(data, "a", (0, 0), "[state-damaged]", state=0, on_write=no_record_is_written)
    for place in PLACES:
        data[place:place + 512] = bytes(512)
    boots(data, "a", (0, 0), "[state-missing]", state=0, on_write=no_record_is_written)


def an_unreadable_record():
    data = make()
    boots(data, "a", (1, 1))
    boot = boots(data, "a", (1, 0), "[disk-read]", unreadable=PLACES[:1])  # the older one
    expect(not boot.unreadable, "it has not been written")
    boots(data, "b", (2, 0))
    data = make("wait", "--sector-size", "4096")
    boots(data, "a", (1, 1), device=NVME_4096, sector_size=4096)
    boot = boots(data, "a", (1, 1), "[disk-read]", unreadable=PLACES[1:], device=NVME_4096, sector_size=4096)  # the newer
    expect(not boot.unreadable, "it has not been written")
    boots(data, "a", (1, 0), device=NVME_4096, sector_size=4096)


def a_disk_that_neither_reads_nor_writes_a_record():
    data = make()
    boots(data, "a", (1, 1))
    boots(data, "a", (1, 1), "[disk-read]", "[disk-write]", unreadable=PLACES[:1],
          on_write=lambda disk, offset, content: not offset <= PLACES[0] < offset + len(content))


def scheme_mbr():
    data = make("wait", "--scheme", "mbr")
    boots(data, "a", (1, 1), device=VIRTIO)
    boots(data, "a", (1, 0), device=VIRTIO)
    boots(data, "b", (2, 0), device=VIRTIO)


def a_disc():
    for _ in range(2):
        boots(make(), "a", (0, 0), "[state-missing]", state=0, device=ide("ide-cd", 1, FIRMWARE), is_read_only=True)


def a_network():
    with open("boot.conf", "w") as file:
        file.write(CONFIG.format(b="wait"))
    mkimage("netboot", "--config", "boot.conf", "--file", KERNEL + ":/other.elf", "served", KERNEL)
    name, card = {"bios": ("bowline.0", ""), "uefi": ("EFI/BOOT/BOOTX64.EFI", ",romfile="),
                  "ia32": ("EFI/BOOT/BOOTIA32.EFI", ",romfile=")}[FIRMWARE]
    boots(bytearray(1 << 20), "a", (0, 0), "[state-missing]", state=0, device=[
        "-netdev", f"user,id=net,tftp={os.path.abspath('served')},bootfile={name}",
        "-device", f"virtio-net-pci,netdev=net,bootindex=0{card}", "-device", "virtio-blk-pci,drive=disk"])


def sectors_of_4096_bytes():
    data = make("wait", "--sector-size", "4096")
    for place in PLACES: # what is behind a record in its sector is nobody's
        data[place + 512:place + 4096] = bytes(i % 251 for i in range(3584))
    rest = bytes(data[PLACES[0] + 512:PLACES[1]])
    boots(data, "a", (1, 1), device=NVME_4096, sector_size=4096)
    boots(data, "a", (1, 0), device=NVME_4096, sector_size=4096)
    boots(data, "b", (2, 0), device=NVME_4096, sector_size=4096)
    expect(bytes(data[PLACES[0] + 512:PLACES[1]]) == rest, "more than a record has changed")


CASES = [attempts_are_counted_until_a_slot_comes_up, no_slot_has_attempts_left,
         a_slot_that_cannot_be_loaded_leads_to_the_next, slots_that_are_damaged_lead_to_the_next, once_and_default,
         a_disk_that_cannot_be_written, a_failure_that_passes, a_disk_that_only_pretends_to_write, damaged_records,
         an_unreadable_record, a_disk_that_neither_reads_nor_writes_a_record, scheme_mbr, a_disc, a_network,
         sectors_of_4096_bytes]


def main():
    global machine
    chosen = sys.argv[4:]
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        machine = Machine(directory, FIRMWARE, IDE, 60 if FIRMWARE == "bios" else 150)
        for case in CASES:
            if not chosen or case.__name__ in chosen:
                try:
                    case()
                except Wrong as wrong:
                    sys.exit(f"fallback_test: {case.__name__}: {wrong}")
                print(f"fallback_test: {case.__name__}: yes", flush=True)


main()
