# SPDX-License-Identifier: MIT
"""A machine in QEMU for tests that type at it: on its keyboard through the monitor, and on a terminal at its
serial port. What the terminal shows is a grid of cells, and so is what the screen shows."""
import json
import os
import re
import shutil
import socket
import subprocess
import time

COLUMNS, ROWS = 80, 24
PATIENCE = 120  # seconds: a loaded machine is not a hang

FIRMWARE = {
    "bios": None,
    "uefi": ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd", []),
    "ia32": ("/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd",
             ["-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1"]),
}


class Terminal:
    """As much of a VT100 as programs need that draw on it: no scrolling regions, no tabs."""

    def __init__(self, columns=COLUMNS, rows=ROWS):
        self.columns, self.rows = columns, rows
        self.text = ""  # all that is no escape sequence
        self.pending = b""
        self.style = frozenset()
        self.clear()
        self.column = self.row = 0

    def clear(self):
        self.cells = [[(" ", frozenset())] * self.columns for _ in range(self.rows)]

    def feed(self, data):
        data = self.pending + data
        while data:
            match = re.match(rb"\x1b\[([0-9;?=]*)([@-~])", data)
            if match:
                self.control(match.group(1).decode(), match.group(2).decode())
                data = data[match.end():]
                continue
            if re.fullmatch(rb"\x1b(\[[0-9;?=]*)?", data):
                break  # the rest is still to come
            if data[:1] == b"\x1b":
                data = data[2:]
                continue
            size = 1 if data[0] < 0xc0 else 2 if data[0] < 0xe0 else 3 if data[0] < 0xf0 else 4
            if len(data) < size:
                break
            self.put(data[:size].decode(errors="replace"))
            data = data[size:]
        self.pending = data

    def control(self, parameters, letter):
        numbers = [int(n) if n.isdigit() else 0 for n in parameters.split(";")]
        if letter in "Hf":
            self.row = min(max(numbers[0], 1), self.rows) - 1
            self.column = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.columns) - 1
        elif letter == "J":
            self.clear()
        elif letter == "K":
            self.cells[self.row][self.column:] = [(" ", frozenset())] * (self.columns - self.column)
        elif letter == "m":
            for n in numbers:
                self.style = frozenset() if n == 0 else self.style | {n}

    def put(self, character):
        self.text += character
        if character == "\n":
            if self.row == self.rows - 1:
                self.cells = self.cells[1:] + [[(" ", frozenset())] * self.columns]
            self.row = min(self.row + 1, self.rows - 1)
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(self.column - 1, 0)
        elif character >= " ":
            width = 2 if "\u1100" <= character <= "\u115f" or "\u2e80" <= character <= "\ua4cf" else 1
            if self.column + width > self.columns:
                self.put("\n")
                self.column = 0
            self.cells[self.row][self.column] = (character, self.style)
            if width == 2:
                self.cells[self.row][self.column + 1] = ("", self.style)
            self.column += width

    def lines(self):
        """Two for each row: the characters, and a ^ below each one that is inverse."""
        for row in self.cells[:ROWS]:
            cells = row[:COLUMNS]
            yield "".join(c for c, _ in cells).rstrip()
            yield "".join("^" if any(n == 7 or 41 <= n <= 47 for n in style) else " " for _, style in cells).rstrip()


class Machine:
    def __init__(self, directory, firmware, image, *options, vga="VGA", serial=True, port=1, disk="",
                 variables=()):
        """`port`: the one with the terminal; what comes to one before it is in a file, com1. `variables`: what
        variables.py puts into the store of UEFI firmware."""
        self.directory = directory
        self.terminal = Terminal()
        self.events = []
        self.log_file = os.path.join(directory, "debugcon")
        monitor, pipe = os.path.join(directory, "monitor"), os.path.join(directory, "serial")
        command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-accel", "tcg", "-m", "256", "-display",
                   "none", "-device", "isa-debugcon,iobase=0xe9,chardev=debug", "-chardev",
                   f"file,id=debug,path={self.log_file}", "-qmp", f"unix:{monitor},server=on,wait=off", "-no-shutdown",
                   "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-S"]
        if vga:
            command += ["-device", vga]
        machine = "q35"
        if FIRMWARE[firmware]:
            code, empty, extra = FIRMWARE[firmware]
            self.variables = os.path.join(directory, "variables")
            shutil.copy(empty, self.variables)
            if variables:
                maker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "variables.py")
                subprocess.run([maker, empty, self.variables, *variables], check=True)
            if extra:
                machine = "q35,smm=on"
            command += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}", "-drive",
                        f"if=pflash,unit=1,format=raw,file={self.variables}"] + extra
        if serial:
            for number in range(1, port):
                command += ["-serial", f"file:{directory}/com{number}"]
            # Pipes: a socket that nobody empties takes a few hundred single bytes, and QEMU drops the rest.
            for end in (".in", ".out"):
                os.mkfifo(pipe + end)
            self.output = os.open(pipe + ".out", os.O_RDONLY | os.O_NONBLOCK)
            self.input = os.open(pipe + ".in", os.O_RDWR)
            command += ["-chardev", f"pipe,id=serial,path={pipe}", "-serial", "chardev:serial"]
        command += ["-machine", machine, "-drive", f"if=none,id=disk,format=raw,snapshot=on,file={image}{disk}", "-device",
                    "ide-hd,drive=disk,bootindex=0", *options]
        self.errors = open(os.path.join(directory, "errors"), "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=self.errors)
        self.monitor = self.connect(monitor).makefile("rwb")
        self.has_serial = serial
        self.monitor.readline()
        self.ask("qmp_capabilities")
        self.ask("cont")

    def connect(self, path):
        for _ in range(PATIENCE * 20):
            try:
                peer = socket.socket(socket.AF_UNIX)
                peer.connect(path)
                return peer
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise AssertionError("QEMU does not start: " + open(self.errors.name).read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        if self.has_serial:
            os.close(self.output)
            os.close(self.input)

    def ask(self, command, **arguments):
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        self.monitor.flush()
        while True:
            answer = json.loads(self.monitor.readline())
            if "event" in answer:
                self.events.append(answer["event"])
            elif "error" in answer:
                raise AssertionError(f"{command}: {answer['error']}")
            else:
                return answer["return"]

    def listen(self):
        """Takes what has come over the serial port."""
        try:
            while self.has_serial:
                data = os.read(self.output, 65536)
                if not data:
                    break
                self.terminal.feed(data)
        except BlockingIOError:
            pass

    def log(self):
        return open(self.log_file, errors="replace").read()

    def wait(self, what, condition, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or self.process.poll() is not None:
                self.listen()
                raise AssertionError(f"waited for {what}\n--- log:\n{self.log()}\n--- terminal:\n"
                                     + "\n".join(self.terminal.lines()))
            time.sleep(0.05)
            self.listen()

    def wait_for_log(self, text, count=1):
        self.wait(f"{text!r} in the log", lambda: self.log().count(text) >= count)

    def wait_for_event(self, name):
        def has_come():
            self.ask("query-status")
            return name in self.events
        self.wait(f"the event {name}", has_come)

    def monitor_says(self, line):
        return self.ask("human-monitor-command", **{"command-line": line})

    def press(self, *keys):
        """On the keyboard, one after the other; "ctrl-u" is two at once."""
        for key in keys:
            self.monitor_says(f"sendkey {key} 20")
            time.sleep(0.06)

    def type(self, text):
        """On the keyboard: lower-case letters, digits, = - and spaces."""
        names = {" ": "spc", "=": "equal", "-": "minus", ".": "dot", "/": "slash"}
        self.press(*(names.get(c, c) for c in text))

    def send(self, data):
        """On the terminal."""
        os.write(self.input, data if isinstance(data, bytes) else data.encode())

    def picture(self, name="screen.ppm"):
        path = os.path.join(self.directory, name)
        self.ask("screendump", filename=path)
        return path

    def screen_text(self, *options):
        return subprocess.run([os.environ["SCREEN_TEXT"], *options, self.picture(),
                               "/usr/share/seabios/vgabios-stdvga.bin"], capture_output=True, text=True).stdout

    def screen_lines(self):
        """As Terminal.lines(), of the screen."""
        return [line.rstrip() for line in self.screen_text("--cells").splitlines()]
