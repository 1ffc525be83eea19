#!/usr/bin/env python3
"""What the last boots have said is on the disk, where that can be written, and nothing else there has changed.

   last_words.py MKIMAGE bios|uefi|ia32 FAULTING_KERNEL all|few [OPTION OF mkimage run...]

`few`: what differs between firmwares, which is how a disk is written to.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

mkimage, firmware, kernel, extent = sys.argv[1:5]
options = sys.argv[5:]
failures = 0
directory = tempfile.mkdtemp()
os.chdir(directory)
AREA = 0xD0000
AREA_END = 0xE0000
HALTED = "bowline: halted"
KEPT = "bowline: the last boot ended on the fault screen"


def complain(text):
    global failures
    failures += 1
    print("last_words:", text, flush=True)


class Machine:
    """A machine with an image as its disk, which it writes to."""

    def __init__(self, image, *more):
        self.log_path = "debugcon.log"
        open(self.log_path, "w").close()
        if os.path.exists("monitor"):
            os.unlink("monitor")
        command = [mkimage, "run", *options, *(["--bios"] if firmware == "bios" else []),
                   *(["--uefi32"] if firmware == "ia32" else []), image, "--", "-display", "none",
                   "-debugcon", "file:" + self.log_path, "-monitor", "unix:monitor,server,nowait", *more]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.monitor = None

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for(self, text, count=1, seconds=150):
        end = time.monotonic() + seconds
        while self.log().count(text) < count and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.02)
        if self.log().count(text) < count:
            complain(f"waited in vain for: {text}: {self.log()}")

    def tell(self, line):
        if self.monitor is None:
            self.monitor = socket.socket(socket.AF_UNIX)
            self.monitor.connect("monitor")
        self.monitor.sendall(line.encode() + b"\n")

    def end(self):
        self.tell("quit")
        self.process.wait()


def build(image, facts, *more):
    subprocess.run([mkimage, "build", "-q", "--command-line", facts, *more, "-o", image, kernel], check=True)


def words_of(image):
    said = subprocess.run([mkimage, "inspect", "--json", image], check=True, capture_output=True)
    return json.loads(said.stdout).get("last_words", [])


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def expect(condition, text):
    if not condition:
        complain(text)


def boot(image, until, *more):
    """Returns the log of one boot, which is ended when it has said `until`."""
    machine = Machine(image, *more)
    machine.wait_for(until)
    machine.end()
    return machine.log()


def only_the_area_differs(before, after):
    return before[:AREA] == after[:AREA] and before[AREA_END:] == after[AREA_END:]


# ---- A fault, a reset, and boots after it ----

build("fault.img", "deep")
expect(words_of("fault.img") == [], "a new image has words")
fresh = bytes_of("fault.img")
machine = Machine("fault.img")
machine.wait_for(HALTED)
first = words_of("fault.img")
expect(len(first) == 1 and first[0]["boot"] == 1 and not first[0]["is_of_failure"], f"after the first boot: {first}")
expect("bowline: kernel /kernel.elf," in first[0]["text"], f"the log of the first boot: {first}")
expect(abs(first[0].get("time", 0) - time.time()) < 24 * 3600, f"the time of the first boot: {first}")
time.sleep(0.5)  # keys from before the message do not count
machine.tell("sendkey a")
machine.tell("sendkey ret")
machine.wait_for(HALTED, 2)
machine.end()
expect(machine.log().count(KEPT) == 1, "the second boot has not found the note")
words = words_of("fault.img")
expect([w["boot"] for w in words] == [1, 2], f"two boots: {words}")
expect(words[0]["is_of_failure"] and "innermost + 0x" in words[0]["text"]
       and "vector 6, invalid opcode" in words[0]["text"], f"the fault screen's text: {words[0]}")
expect(words[0]["text"].startswith(first[0]["text"]), "the log of the first boot is not what it was")
expect(not words[1]["is_of_failure"] and KEPT in words[1]["text"], f"the second boot: {words[1]}")
expect(only_the_area_differs(fresh, bytes_of("fault.img")), "something else on the disk has changed")
if extent == "all":
    # The machine has been off: there is no note of the second fault. The first one stays.
    log = boot("fault.img", HALTED)
    expect(KEPT not in log, "a note has survived the power")
    expect([w["boot"] for w in words_of("fault.img")] == [1, 3], f"after a third boot: {words_of('fault.img')}")

# ---- A boot that fails ----

build("missing.img", "deep", "--file", f"{kernel}:/other.elf")
subprocess.run(["mdel", "-i", "missing.img@@1M", "::/kernel.elf"], check=True)
boot("missing.img", "press a key to go back")
words = words_of("missing.img")
expect(len(words) == 1 and words[0]["is_of_failure"] and "[file-not-found]" in words[0]["text"], f"a failed boot: {words}")

if extent == "all":
    # A slot that fails, and then another one that boots: it is still a boot in which something has failed.
    with open("slots.conf", "w", encoding="utf-8") as file:
        file.write("timeout 0\nentry a\nkernel /none.elf\nslot 2 1\nentry b\nkernel /kernel.elf\noptions deep\nslot 1 1\n")
    build("slots.img", "deep")
    subprocess.run(["mcopy", "-o", "-i", "slots.img@@1M", "slots.conf", "::/bowline/boot.conf"], check=True)
    boot("slots.img", HALTED)
    words = words_of("slots.img")
    expect(len(words) == 1 and words[0]["is_of_failure"] and "starting the kernel" in words[0]["text"]
           and "[file-not-found]" in words[0]["text"], f"a slot that fails: {words}")

# ---- Where nothing is written ----

if extent == "all":
    with open("quiet.conf", "w", encoding="utf-8") as file:
        file.write("log info screen serial debugcon\nkernel /kernel.elf\noptions deep\n")
    subprocess.run([mkimage, "build", "-q", "--config", "quiet.conf", "-o", "quiet.img", kernel], check=True)
    before = bytes_of("quiet.img")
    boot("quiet.img", HALTED)
    expect(bytes_of("quiet.img") == before, "boot.conf does not want the log on the disk")

    # Somebody else's disk: no mark of ours.
    build("foreign.img", "deep")
    with open("foreign.img", "r+b") as file:
        file.seek(AREA)
        file.write(bytes(AREA_END - AREA))
    before = bytes_of("foreign.img")
    boot("foreign.img", HALTED)
    expect(bytes_of("foreign.img") == before, "a disk without a mark has been written to")

# A medium that cannot be written, which a BIOS does not know, and one that fails at it: the boot goes on.
options += ["--disk", "none"]
build("fixed.img", "deep")
before = bytes_of("fixed.img")
with open("blkdebug.conf", "w", encoding="utf-8") as file:
    file.write('[inject-error]\nevent = "pwritev"\nerrno = "5"\n')
for name, drive in (("read-only", "file=fixed.img,readonly=on"), ("failing", "file=blkdebug:blkdebug.conf:fixed.img")):
    log = boot("fixed.img", HALTED, "-drive", f"if=none,id=medium,format=raw,{drive}", "-device",
               "virtio-blk-pci,drive=medium,bootindex=0")
    expect("starting the kernel" in log, f"{name}: {log}")
    expect(bytes_of("fixed.img") == before, f"{name}: it has been written to")

os.chdir("/")
shutil.rmtree(directory)
sys.exit(failures > 0)
