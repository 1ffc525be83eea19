# SPDX-License-Identifier: MIT
"""Boots of a disk with slots in QEMU, and what the boot state on it says, read independently of Bowline."""
import hashlib
import os
import re
import shutil
import signal
import struct
import subprocess
import threading
import zlib

import nbd_disk
from machine import FIRMWARE

PLACES = (0xE0000, 0xF0000)
WORDS = 0xD0000  # the last words, up to the first record
RECORD = struct.Struct("<QIIQQQ")
SLOT = struct.Struct("<QII")
MAGIC = int.from_bytes(b"BOWLSTA\0", "little")
CONFIRMED = 1


def name_of(entry):
    return int.from_bytes(hashlib.sha256(entry.encode()).digest()[:8], "little")


class Record:
    """One record; `is_whole` says whether the rest means anything."""

    def __init__(self, content):
        magic, version, crc, self.sequence, self.default, self.once = RECORD.unpack_from(content)
        zeroed = content[:12] + bytes(4) + content[16:512]
        self.is_whole = magic == MAGIC and version == 1 and crc == zlib.crc32(zeroed)
        self.slots = [SLOT.unpack_from(content, RECORD.size + i * SLOT.size) for i in range(16)]

    def slot(self, entry):
        """(number, attempts left, is confirmed) of an entry; None: it has no place yet."""
        for number, (name, attempts, flags) in enumerate(self.slots, 1):
            if name == name_of(entry):
                return number, attempts, bool(flags & CONFIRMED)
        return None

    def pack(self):
        content = RECORD.pack(MAGIC, 1, 0, self.sequence, self.default, self.once)
        content += b"".join(SLOT.pack(*slot) for slot in self.slots)
        content += bytes(512 - len(content))
        return content[:12] + struct.pack("<I", zlib.crc32(content)) + content[16:]


def newest(data):
    """(index, Record) of the record that counts, or None."""
    records = [(i, Record(bytes(data[place:place + 512]))) for i, place in enumerate(PLACES)]
    whole = [(i, record) for i, record in records if record.is_whole]
    return max(whole, key=lambda found: (found[1].sequence, -found[0]), default=None)


def change(data, edit):
    """What a tool does: a change goes into the record that does not count."""
    index, record = newest(data)
    record.sequence += 1
    edit(record)
    place = PLACES[1 - index]
    data[place:place + 512] = record.pack()


class Boot:
    """What came of one boot."""

    def __init__(self, text):
        self.text = text
        found = re.findall(r'slot: "(\w+)[^"]*", number (\d+), attempts left (\d+), state at (\w+)', text)
        self.kernel = found[-1][0] if found else None
        self.told = tuple(int(number, 0) for number in found[-1][1:]) if found else None

    def __str__(self):
        return f"kernel {self.kernel}, told {self.told}, and said:\n{self.text}"


def ide(kind, bus, firmware):
    """`kind`, ide-hd or ide-cd, at this of the two channels: the options for the drive `disk` of a Machine. The chipset
    that 32-bit firmware needs has none."""
    if firmware == "ia32":
        return ["-device", "piix3-ide,id=channels", "-device", f"{kind},bus=channels.{bus},drive=disk"]
    return ["-device", f"{kind},bus=ide.{bus},drive=disk"]


class Machine:
    """`device`: how QEMU shows the drive `disk`, as options."""

    def __init__(self, directory, firmware, device, limit):
        self.directory, self.firmware, self.device, self.limit = directory, firmware, device, limit
        self.count = 0

    def options(self):
        if FIRMWARE[self.firmware] is None:
            return []
        code, empty, extra = FIRMWARE[self.firmware]
        variables = os.path.join(self.directory, "variables.fd")
        shutil.copyfile(empty, variables)
        return ["-machine", "q35,smm=on" if extra else "pc", *extra,
                "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=" + code,
                "-drive", "if=pflash,unit=1,format=raw,file=" + variables]

    def boot(self, data, on_write=None, sector_size=512, is_read_only=False, device=None,
             unreadable=()):
        """One boot of the disk `data`, which it changes. It ends when the kernel says so, or when it waits (with
        SIGKILL), or when on_write(machine, offset, content) raises PowerIsOff."""
        self.count += 1
        path = os.path.join(self.directory, f"disk{self.count}")
        disk = nbd_disk.Disk(path, data, sector_size, is_read_only)
        disk.unreadable = set(unreadable)
        read_only = ",readonly=on" if is_read_only else ""
        command = ["qemu-system-x86_64", "-accel", "tcg", "-nodefaults", "-display", "none", "-no-reboot",
                   "-m", "64" if self.firmware == "bios" else "256", "-debugcon", "stdio",
                   "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                   "-drive", "if=none,id=disk,format=raw,file.driver=nbd,file.server.type=unix,"
                   f"file.server.path={path}{read_only}",
                   *(device or self.device), *self.options()]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as qemu:
            def cut(disk, offset, content):
                try:
                    return True if on_write is None else on_write(disk, offset, content)
                except BaseException:
                    qemu.send_signal(signal.SIGKILL)
                    raise

            disk.on_write = cut
            timer = threading.Timer(self.limit, qemu.kill)
            timer.start()
            text = ""
            for line in qemu.stdout:
                text += line.decode("ascii", "replace").replace("\r", "")
                if "slot: waiting" in text:
                    qemu.send_signal(signal.SIGKILL)
                if "press a key" in text:
                    qemu.send_signal(signal.SIGKILL)
            timer.cancel()
        disk.close()
        if disk.failure:
            raise disk.failure
        boot = Boot(text)
        boot.unreadable = disk.unreadable  # still
        return boot
