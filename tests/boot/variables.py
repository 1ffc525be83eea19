#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A variable store of OVMF with more in it, as a firmware's setup or an operating system would have left it.

  variables.py STORE NEW_STORE ITEM...

ITEM is one of
  uri=URI              a boot option, the first in the order: a URI, and nothing else
  file=PATH[=HEX]      a boot option, the first in the order: a file of any volume, with these bytes as load options
  db=FILE              a further certificate, in DER, whose signatures Secure Boot trusts
  NAME=TEXT            a variable of the Boot Loader Interface
"""
import struct
import sys
import uuid

GLOBAL_VARIABLE = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
SECURITY_DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f").bytes_le
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072").bytes_le
LOADER_VARIABLE = uuid.UUID("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f").bytes_le
HEADER_LENGTH_AT = 0x30  # EFI_FIRMWARE_VOLUME_HEADER.HeaderLength
STORE_HEADER_SIZE = 28   # VARIABLE_STORE_HEADER of EDK II
NUMBER = 0x50            # of the option
RECORD = struct.Struct("<HBxI8x16x4xII16s")  # AUTHENTICATED_VARIABLE_HEADER of EDK II
STATE_AT = 2
START, IS_THERE, DELETED = 0x55AA, 0x3F, 0xFD
STAYS, IS_SIGNED = 0x07, 0x20  # EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS


def text(string):
    return (string + "\0").encode("utf-16-le")


def variable(vendor, name, data, attributes=STAYS):
    name = text(name)
    record = RECORD.pack(START, IS_THERE, attributes, len(name), len(data), vendor) + name + data
    return record + b"\xff" * (-len(record) % 4)


def boot_option(kind, subtype, node, options=b""):
    path = struct.pack("<BBH", kind, subtype, 4 + len(node)) + node + b"\x7f\xff\x04\x00"
    option = struct.pack("<IH", 1, len(path)) + text("by hand") + path + options  # EFI_LOAD_OPTION, active
    return (variable(GLOBAL_VARIABLE, "Boot%04X" % NUMBER, option) +
            variable(GLOBAL_VARIABLE, "BootOrder", struct.pack("<H", NUMBER)))


def records(store):
    """(place, state, vendor, name, data) of each, and at the end (place) of the next one."""
    place = struct.unpack_from("<H", store, HEADER_LENGTH_AT)[0] + STORE_HEADER_SIZE
    while store[place:place + 2] == b"\xaa\x55":
        _, state, _, name_size, data_size, vendor = RECORD.unpack_from(store, place)
        data = place + RECORD.size + name_size
        yield place, state, vendor, bytes(store[data - name_size:data]), bytes(store[data:data + data_size])
        place = -(-(data + data_size) // 4) * 4
    yield (place,)


def trust(certificate):
    """A new db: the old one's lists, and one with this certificate, whose owner is nobody."""
    signature = bytes(16) + certificate
    lists = X509 + struct.pack("<III", 28 + len(signature), 0, len(signature)) + signature  # EFI_SIGNATURE_LIST
    *there, _ = records(store)
    for place, state, vendor, name, data in there:
        if (state, vendor, name) == (IS_THERE, SECURITY_DATABASE, text("db")):
            store[place + STATE_AT] &= DELETED
            lists = data + lists
    return variable(SECURITY_DATABASE, "db", lists, STAYS | IS_SIGNED)


def make(item):
    name, value = item.split("=", 1)
    if name == "uri":
        return boot_option(3, 24, value.encode())
    if name == "file":
        path, _, options = value.partition("=")
        return boot_option(4, 4, text(path), bytes.fromhex(options))
    if name == "db":
        return trust(open(value, "rb").read())
    return variable(LOADER_VARIABLE, name, text(value))


old, new = sys.argv[1:3]
store = bytearray(open(old, "rb").read())
*_, (place,) = records(store)
for record in map(make, sys.argv[3:]):
    store[place:place + len(record)] = record
    place += len(record)
open(new, "wb").write(store)
