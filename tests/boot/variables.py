#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A variable store of OVMF with more in it, as a firmware's setup or an operating system would have left it.

  variables.py EMPTY_STORE NEW_STORE ITEM...

ITEM is one of
  uri=URI              a boot option, the first in the order: a URI, and nothing else
  file=PATH[=HEX]      a boot option, the first in the order: a file of any volume, with these bytes as load options
  NAME=TEXT            a variable of the Boot Loader Interface
"""
import struct
import sys
import uuid

GLOBAL_VARIABLE = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
LOADER_VARIABLE = uuid.UUID("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f").bytes_le
HEADER_LENGTH_AT = 0x30  # EFI_FIRMWARE_VOLUME_HEADER.HeaderLength
STORE_HEADER_SIZE = 28   # VARIABLE_STORE_HEADER of EDK II
NUMBER = 0x50            # of the option


def text(string):
    return (string + "\0").encode("utf-16-le")


def variable(vendor, name, data):
    """AUTHENTICATED_VARIABLE_HEADER of EDK II, for a variable that is there and stays."""
    name = text(name)
    header = struct.pack("<HBxI8x16x4xII", 0x55AA, 0x3F, 7, len(name), len(data))
    record = header + vendor + name + data
    return record + b"\xff" * (-len(record) % 4)


def boot_option(kind, subtype, node, options=b""):
    path = struct.pack("<BBH", kind, subtype, 4 + len(node)) + node + b"\x7f\xff\x04\x00"
    option = struct.pack("<IH", 1, len(path)) + text("by hand") + path + options  # EFI_LOAD_OPTION, active
    return (variable(GLOBAL_VARIABLE, "Boot%04X" % NUMBER, option) +
            variable(GLOBAL_VARIABLE, "BootOrder", struct.pack("<H", NUMBER)))


def make(item):
    name, value = item.split("=", 1)
    if name == "uri":
        return boot_option(3, 24, value.encode())
    if name == "file":
        path, _, options = value.partition("=")
        return boot_option(4, 4, text(path), bytes.fromhex(options))
    return variable(LOADER_VARIABLE, name, text(value))


empty, new = sys.argv[1:3]
store = bytearray(open(empty, "rb").read())
place = struct.unpack_from("<H", store, HEADER_LENGTH_AT)[0] + STORE_HEADER_SIZE
assert store[place:place + 2] == b"\xff\xff", "there is a variable already"
for record in map(make, sys.argv[3:]):
    store[place:place + len(record)] = record
    place += len(record)
open(new, "wb").write(store)
