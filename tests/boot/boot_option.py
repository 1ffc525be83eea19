#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A variable store of OVMF with one more boot option, the first in the order: a URI, and nothing else.

  boot_option.py URI EMPTY_STORE NEW_STORE
"""
import struct
import sys
import uuid

GLOBAL_VARIABLE = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
HEADER_LENGTH_AT = 0x30  # EFI_FIRMWARE_VOLUME_HEADER.HeaderLength
STORE_HEADER_SIZE = 28   # VARIABLE_STORE_HEADER of EDK II
NUMBER = 0x50            # of the option


def text(string):
    return (string + "\0").encode("utf-16-le")


def variable(name, data):
    """AUTHENTICATED_VARIABLE_HEADER of EDK II, for a variable that is there and stays."""
    name = text(name)
    header = struct.pack("<HBxI8x16x4xII", 0x55AA, 0x3F, 7, len(name), len(data))
    record = header + GLOBAL_VARIABLE + name + data
    return record + b"\xff" * (-len(record) % 4)


uri, empty, new = sys.argv[1:]
store = bytearray(open(empty, "rb").read())
start = struct.unpack_from("<H", store, HEADER_LENGTH_AT)[0] + STORE_HEADER_SIZE
assert store[start:start + 2] == b"\xff\xff", "there is a variable already"
path = struct.pack("<BBH", 3, 24, 4 + len(uri)) + uri.encode() + b"\x7f\xff\x04\x00"  # Uri()
option = struct.pack("<IH", 1, len(path)) + text("by hand") + path  # EFI_LOAD_OPTION, active
records = variable("Boot%04X" % NUMBER, option) + variable("BootOrder", struct.pack("<H", NUMBER))
store[start:start + len(records)] = records
open(new, "wb").write(store)
