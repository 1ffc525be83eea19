#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Another serial port at another speed, as boot.conf says: it has the menu, the log and the fault screen, and the first
port has what was said before boot.conf was read.

  serial_port_test.py MKIMAGE FIRMWARE FAULTING_KERNEL
"""
import os
import re
import subprocess
import sys
import tempfile

from machine import Machine

mkimage, firmware, kernel = sys.argv[1:4]
PORT, LINE_CONTROL = 0x2f8, 3
LINE_8N1, DIVISOR_LATCH = 0x03, 0x80
DIVISOR = 0x180  # of 115200: both registers of the latch count
CONFIG = """serial com2 300
timeout none
entry other
kernel /kernel.elf
options plain
entry faulting
kernel /kernel.elf
options undefined
"""


def read(machine, register):
    answer = machine.monitor_says(f"i /b {PORT + register:#x}")
    return int(re.search(r"= (0x[0-9a-f]+)", answer).group(1), 16)


def expect(condition, what):
    if not condition:
        sys.exit(f"serial_port_test: {what}")


def expect_settings(machine):
    machine.ask("stop")
    line = read(machine, LINE_CONTROL)
    machine.monitor_says(f"o /b {PORT + LINE_CONTROL:#x} {line | DIVISOR_LATCH:#x}")
    divisor = read(machine, 0) | read(machine, 1) << 8
    machine.monitor_says(f"o /b {PORT + LINE_CONTROL:#x} {line:#x}")
    machine.ask("cont")
    expect((line, divisor) == (LINE_8N1, DIVISOR), f"line control is {line:#x}, and the divisor {divisor}")


with tempfile.TemporaryDirectory() as directory:
    image, config = os.path.join(directory, "serial.img"), os.path.join(directory, "boot.conf")
    with open(config, "w") as file:
        file.write(CONFIG)
    subprocess.run([mkimage, "build", "-q", "--config", config, "-o", image, kernel], check=True)
    with Machine(directory, firmware, image, port=2) as machine:
        terminal = machine.terminal
        machine.wait("the menu", lambda: any("faulting" in line for line in terminal.lines()))
        expect_settings(machine)
        machine.send("2\r")
        for text in "menu: entry faulting chosen by a person", "starting the kernel", "fault: ", "halted":
            machine.wait(text, lambda: "bowline: " + text in terminal.text)
        expect_settings(machine)
        with open(os.path.join(directory, "com1"), encoding="utf-8", errors="replace") as file:
            said = file.read()
        expect(said.count("bowline: ") == said.count("bowline: Bowline ") == 1 and "faulting" not in said,
               f"the first port has\n{said}")
