#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The menu, driven through the keyboard and through the serial port.

  menu-test.py MKIMAGE FIRMWARE KERNEL FAILING_KERNEL GOLDEN_DIRECTORY CASE...

KERNEL says "dump: info.command_line TEXT"; FAILING_KERNEL cannot be started, which shows when the video mode has been
set. What is on the screen and on the terminal is compared, cell by cell, with GOLDEN_DIRECTORY/NAME.txt; with
BOWLINE_UPDATE_GOLDEN=1 the terminal's cells are written there instead. SCREEN_TEXT names the program of that name.
"""
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import unicodedata

from machine import Machine, COLUMNS, ROWS

mkimage, firmware, kernel, failing, golden = sys.argv[1:6]
THREE = """entry first
title The first one
kernel /kernel.elf
options one
entry second
title Второй: ein längerer Titel, 日本語 ja und immer weiter, bis er am rechten Rand an ein Ende kommt
kernel /kernel.elf
options two quiet
entry broken
title One that fails
kernel /failing.elf
"""


def build(directory, text, wrong_line=""):
    """`wrong_line` is put in front of boot.conf behind the back of mkimage, which would refuse it."""
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "boot.conf")
    with open(path, "w") as file:
        file.write(text)
    image = os.path.join(directory, "menu.img")
    subprocess.run([mkimage, "build", "-q", "--config", path, "--file", f"{kernel}:/failing.elf", "-o", image, kernel],
                   check=True)
    # Behind mkimage's back, too.
    subprocess.run(["mcopy", "-o", "-i", image + "@@1M", failing, "::/failing.elf"], check=True)
    if wrong_line:
        with open(path, "w") as file:
            file.write(wrong_line + text)
        subprocess.run(["mcopy", "-o", "-i", image + "@@1M", path, "::/bowline/boot.conf"], check=True)
    return image


def build_sealed(directory, text):
    path = os.path.join(directory, "boot.conf")
    with open(path, "w") as file:
        file.write(text)
    image = os.path.join(directory, "menu.img")
    subprocess.run([mkimage, "build", "-q", "--keep-debug", "--seal", "--config", path, "-o", image, kernel], check=True)
    return image


def boot(directory, text, *options, wrong_line="", **more):
    return Machine(directory, firmware, build(directory, text, wrong_line), *options, **more)


def without_wide(line):
    """What a font of ASCII makes of it: a '?', and a space behind what takes two cells."""
    return "".join(c if c < "\x7f" else "? " if unicodedata.east_asian_width(c) in "WF" else "?" for c in line)


def shows(machine, name, screen=True, terminal=True):
    path = os.path.join(golden, name + (".bios.txt" if firmware == "bios" else ".uefi.txt"))

    def terminal_lines():
        return list(machine.terminal.lines())

    if os.environ.get("BOWLINE_UPDATE_GOLDEN") and not os.path.exists(path):
        time.sleep(2 if firmware == "bios" else 8)
        machine.listen()
        lines = terminal_lines() if terminal else machine.screen_lines()
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
    wanted = open(path).read().splitlines()
    seen = {}

    def is_on(where, lines, expected):
        seen[where] = lines
        return lines == expected

    def is_shown():
        return ((not terminal or is_on("terminal", terminal_lines(), wanted)) and
                (not screen or is_on("screen", machine.screen_lines(),
                                     [without_wide(line).rstrip() for line in wanted])))
    try:
        machine.wait(name, is_shown, 60)
    except AssertionError:
        for where, lines in seen.items():
            print(f"--- {where}:", *lines, sep="\n")
        print("--- wanted:", *wanted, sep="\n")
        raise


def has_options(machine, options):
    machine.wait_for_log(f"dump: info.command_line {options}\n")


def keyboard(directory):
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.press("down")
        shows(machine, "second")
        machine.press("up", "up")
        shows(machine, "power-off")
        machine.press("home", "end", "home", "pgdn", "home", "2")
        shows(machine, "second")
        machine.press("ret")
        machine.wait_for_log("bowline: menu: entry second chosen by a person")
        has_options(machine, "two quiet")


def serial(directory):
    """Through the terminal alone: all that it may send for a key. Each counts once, whoever reads the port."""
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.send("\x1b[B")
        shows(machine, "second")
        machine.send("\x1bOB" if firmware == "bios" else "\x1b[B")
        shows(machine, "third")
        machine.send("1")
        shows(machine, "three")
        machine.send("\r")
        has_options(machine, "one")


def editor(directory):
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.press("2", "e")
        shows(machine, "editor")
        machine.press("home", "delete", "delete", "delete")
        machine.type("not ")
        machine.press("end", "left", "backspace", "ctrl-e")
        machine.type(" 1")
        shows(machine, "edited")
        machine.press("esc")
        shows(machine, "second")
        machine.press("e", "ctrl-u")
        machine.type("root=none")
        machine.press("ctrl-a")
        machine.type("x-")
        machine.press("ret")
        has_options(machine, "x-root=none")


def serial_editor(directory):
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.send("2e")
        shows(machine, "editor")
        machine.send("\x1b[H")
        for _ in range(3):
            machine.send("\x1b[3~")
        machine.send("not ")
        machine.send("\x1b[F")
        machine.send("\x1b[D")
        machine.send("\b")
        machine.send("\x05 1")
        shows(machine, "edited")
        machine.send("\x1b")
        shows(machine, "second")
        machine.send("e\x15root=none\x01x-\r")
        has_options(machine, "x-root=none")


def editor_off(directory):
    with boot(directory, "editor off\ntimeout none\n" + THREE) as machine:
        machine.wait_for_log("bowline: Bowline")
        shows(machine, "editor-off-before")
        machine.press("e")
        shows(machine, "editor-off")


def sealed(directory):
    """The editor of a sealed loader stays shut, whatever boot.conf says, and a UEFI firmware's load options are not
    heard; its entries can be chosen."""
    with open(kernel, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    text = "timeout none\neditor on\n" + "".join(
        f"entry {name}\nkernel /kernel.elf\nsha256 {digest}\noptions {name} of them\n" for name in ("one", "two"))
    load_options = r"file=\EFI\BOOT\BOOTX64.EFI=" + "and more\0".encode("utf-16-le").hex()
    with Machine(directory, firmware, build_sealed(directory, text), variables=[load_options]) as machine:
        machine.wait_for_log("bowline: /bowline/boot.conf is the sealed one")
        machine.wait("the menu", lambda: any("two" in line for line in machine.terminal.lines()))
        machine.press("2", "e")
        machine.wait("the reason", lambda: "boot.conf is sealed." in "\n".join(machine.terminal.lines()))
        machine.type(" no")
        machine.send("e no")
        machine.press("ret")
        has_options(machine, "two of them")


def load_options(directory):
    """UEFI only: what the loader was started with stands in the line, and the line is all that the kernel gets."""
    wish = r"file=\EFI\BOOT\BOOTX64.EFI=" + "and more\0".encode("utf-16-le").hex()
    with boot(directory, "timeout none\n" + THREE, variables=[wish]) as machine:
        machine.wait("the menu", lambda: any("One that fails" in line for line in machine.terminal.lines()))
        machine.press("2", "e")
        machine.wait("the line", lambda: any("two quiet and more" in line for line in machine.terminal.lines()))
        machine.press("backspace", "backspace", "backspace", "backspace")
        machine.type("less")
        machine.press("ret")
        has_options(machine, "two quiet and less")


def countdown(directory):
    """The menu takes the screen, and so it shows what had been warned of."""
    with boot(directory, "default second\ntimeout 2\n" + THREE, wrong_line="timeuot 9\n") as machine:
        machine.wait("the countdown", lambda: "Booting" in list(machine.terminal.lines())[40])
        assert any('line 1, column 1: unknown key "timeuot"' in line for line in machine.terminal.lines())
        machine.wait_for_log("bowline: menu: entry second chosen by the countdown")
        has_options(machine, "two quiet")


def timeouts_of_variables(directory):
    """UEFI only: LoaderConfigTimeoutOneShot once, and LoaderConfigTimeout, have more to say than boot.conf."""
    wishes = "LoaderConfigTimeoutOneShot=menu-force", "LoaderConfigTimeout=3"
    with boot(directory, "timeout 0\n" + THREE, variables=wishes) as machine:
        shows(machine, "three")  # and no countdown
        machine.press("up", "up", "ret")
        machine.wait_for_event("RESET")
        machine.wait("the countdown", lambda: "Booting The first one in 3 s, any key stops it"
                     in list(machine.terminal.lines())[40])
        machine.wait_for_log("bowline: menu: entry first chosen by the countdown")
        has_options(machine, "one")


def countdown_stopped(directory):
    with boot(directory, THREE) as machine:  # 5 seconds, because there are three
        machine.wait("the countdown", lambda: "Booting The first one in 5 s, any key stops it"
                     in list(machine.terminal.lines())[40])
        machine.press("x")
        shows(machine, "three")
        time.sleep(6)
        shows(machine, "three")


def slot_left(directory):
    """Noise may have chosen what fails: the next slot boots in the end, unless somebody is there."""
    text = "timeout none\n" + THREE.replace("entry first\n", "entry first\nslot 1 9\n")
    with boot(directory, text) as machine:
        machine.wait("the menu", lambda: any("One that fails" in line for line in machine.terminal.lines()))
        machine.press("3", "ret")
        machine.wait("the countdown", lambda: "Booting The first one in 5" in list(machine.terminal.lines())[40])
        assert any("layout-collision" in line for line in machine.terminal.lines())
        machine.press("ret")
        has_options(machine, "one")


def at_once(directory):
    with boot(directory, "timeout 0\n" + THREE) as machine:
        has_options(machine, "one")
        assert "menu" not in machine.log(), machine.log()


SLOW_DISK = ",throttling.bps-read=100000"  # so that there is time for a key
ONE = "entry only\nkernel /kernel.elf\noptions alone\n"


def one_entry(directory):
    with boot(directory, ONE) as machine:
        has_options(machine, "alone")
        assert "menu" not in machine.log(), machine.log()


def one_entry_and_a_key(directory):
    """A key that has been pressed while the firmware starts brings the menu."""
    with boot(directory, ONE, disk=SLOW_DISK) as machine:
        if firmware != "bios":  # whose keyboard does not like keys while it is being set up
            machine.wait("the boot option", lambda: "BdsDxe: loading" in machine.terminal.text)
        while "Bowline" not in list(machine.terminal.lines())[2]:
            machine.press("x")
            machine.listen()
        machine.press("x")  # the countdown ends
        shows(machine, "one")
        machine.press("ret")
        has_options(machine, "alone")


def one_entry_and_a_key_on_serial(directory):
    with boot(directory, ONE, disk=SLOW_DISK) as machine:
        while "Bowline" not in list(machine.terminal.lines())[2]:
            machine.send(" ")
            time.sleep(0.02)
            machine.listen()
        machine.send(" ")  # the countdown ends
        shows(machine, "one")
        machine.send("\r")
        has_options(machine, "alone")


def failure(directory, *sizes, **card):
    """At several sizes of the screen: what has failed is shown, the menu is there again, and another entry boots."""
    for size in sizes or ("640x480", "1280x800"):
        text = "resolution " + size + "\ntimeout none\n" + THREE
        with boot(os.path.join(directory, size), text, **card) as machine:
            shows(machine, "three")
            machine.press("3", "ret")
            machine.wait_for_log("[layout-collision]")
            shows(machine, "failed")
            if os.environ.get("BOWLINE_PICTURES"):
                machine.picture(os.path.join(os.environ["BOWLINE_PICTURES"], f"{firmware}-{size}.ppm"))
            width, height = subprocess.run(["head", "-c", "15", machine.picture()], capture_output=True,
                                           check=True).stdout.split()[1:3]
            assert size == f"{int(width)}x{int(height)}", (size, width, height)
            machine.press("1", "ret")
            has_options(machine, "one")


def failure_large(directory):
    """4K. OVMF knows it from a monitor alone, of 30 Hz: what needs a faster clock is in an extension of its EDID, which
    OVMF does not read."""
    failure(directory, "3840x2160", vga="VGA,vgamem_mb=64,xres=3840,yres=2160,refresh_rate=30000")


def one_entry_fails(directory):
    """Nothing to choose: a key on the serial port gives the machine back to the firmware, which has a shell if it is a
    UEFI. What waits for a key says so, however quiet it is to be."""
    with boot(directory, "log error\nentry only\nkernel /failing.elf\n") as machine:
        machine.wait_for_log("press a key to go back to the firmware")
        machine.wait("the prompt", lambda: "press a key to go back" in machine.terminal.text)
        assert "UEFI Interactive Shell" not in machine.terminal.text
        time.sleep(1)  # what comes before the prompt is no answer to it
        machine.send(" ")
        machine.wait("the firmware", lambda: "No bootable device" in machine.screen_text() if firmware == "bios" else
                     "UEFI Interactive Shell" in machine.terminal.text, 60)


def one_entry_fails_on_an_odd_bios(directory):
    """Int 18h comes back, and so the machine starts again."""
    with boot(directory, "entry only\nkernel /failing.elf\n", "-option-rom", os.environ["ODD_ROM"]) as machine:
        machine.wait_for_log("press a key to go back to the firmware")
        time.sleep(1)
        machine.send(" ")
        machine.wait_for_event("RESET")


def no_screen(directory):
    with boot(directory, "timeout none\n" + THREE, vga=None) as machine:
        shows(machine, "three", screen=False)
        machine.send("\x1b[B")
        shows(machine, "second", screen=False)
        machine.send("\r")
        has_options(machine, "two quiet")


def no_serial(directory):
    with boot(directory, "serial off\ntimeout none\n" + THREE) as machine:
        shows(machine, "three", terminal=False)
        machine.send("2")  # nobody reads it, but for UEFI's own console
        if firmware == "bios":
            time.sleep(0.5)
        else:
            shows(machine, "second", terminal=False)
        machine.press("ret")
        has_options(machine, "one" if firmware == "bios" else "two quiet")


def many_entries(directory):
    text = "".join(f"entry e{i}\ntitle Number {i}\nkernel /kernel.elf\noptions {i}\n" for i in range(60))
    with boot(directory, "default e30\ntimeout none\n" + text) as machine:
        shows(machine, "many")
        machine.press("pgdn", "up")
        shows(machine, "many-further")
        machine.press("ret")
        has_options(machine, "44")


def reboot(directory):
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.press("up", "up", "ret")
        machine.wait_for_event("RESET")
        machine.wait_for_log("bowline: Bowline", 2)
        shows(machine, "three")


def power_off(directory):
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.press("up", "ret")
        machine.wait_for_event("SHUTDOWN")


def setup(directory):
    """UEFI only: the firmware's own setup is on the screen after the reset."""
    with boot(directory, "timeout none\n" + THREE) as machine:
        shows(machine, "three")
        machine.press("up", "up", "up", "ret")
        machine.wait_for_log("bowline: menu: Firmware setup")
        machine.wait_for_event("RESET")
        machine.wait("the setup", lambda: "Boot Manager" in "\n".join(machine.terminal.lines()))


CASES = {function.__name__: function for function in (
    keyboard, serial, editor, serial_editor, editor_off, sealed, countdown, countdown_stopped, at_once, one_entry,
    one_entry_and_a_key, one_entry_and_a_key_on_serial, failure, failure_large, one_entry_fails, no_screen, no_serial,
    many_entries, reboot, power_off, setup, timeouts_of_variables, load_options, slot_left, one_entry_fails_on_an_odd_bios)}

for case in sys.argv[6:]:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        CASES[case](directory)
    print(f"menu-test: {case}: {time.monotonic() - started:.1f} s", flush=True)
