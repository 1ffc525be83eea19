# SPDX-License-Identifier: MIT
"""A disk for QEMU, as a server of the NBD protocol that sees every write, and can fail or cut it.

The protocol: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md, "fixed newstyle" and
no more of it than QEMU's client asks for.
"""
import os
import socket
import struct
import threading

READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
EIO = 5
HAS_FLAGS, READ_ONLY, SEND_FLUSH = 1, 2, 4
OPTION_EXPORT_NAME, OPTION_ABORT, OPTION_GO = 1, 2, 7
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, 0x80000001


class PowerIsOff(Exception):
    """Raised by on_write(): nothing happens any more on this disk."""


class Disk:
    """`data` is the disk, a bytearray. on_write(disk, offset, bytes) is called before each write is made: it
    returns True to have it made, False to have it fail, None to have the disk pretend, or raises PowerIsOff.
    Reads of the sectors that begin at the offsets in `unreadable` fail until they are written."""

    def __init__(self, path, data, sector_size=512, is_read_only=False):
        self.path = path
        self.data = data
        self.sector_size = sector_size
        self.is_read_only = is_read_only
        self.on_write = lambda disk, offset, content: True
        self.unreadable = set()
        self.failure = None  # what on_write() has raised otherwise
        self.listener = socket.socket(socket.AF_UNIX)
        if os.path.exists(path):
            os.unlink(path)
        self.listener.bind(path)
        self.listener.listen(4)
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # accept() ends
        self.listener.close()
        os.unlink(self.path)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            if self.negotiate(connection):
                while self.answer(connection):
                    pass
        except (PowerIsOff, OSError):
            pass
        except Exception as failure:
            self.failure = failure
        connection.close()

    @staticmethod
    def take(connection, size):
        taken = bytearray()
        while len(taken) < size:
            piece = connection.recv(size - len(taken))
            if not piece:
                raise OSError("QEMU is gone")
            taken += piece
        return bytes(taken)

    def flags(self):
        return HAS_FLAGS | SEND_FLUSH | (READ_ONLY if self.is_read_only else 0)

    def negotiate(self, connection):
        connection.sendall(b"NBDMAGIC" + b"IHAVEOPT" + struct.pack(">H", 3))
        self.take(connection, 4)
        while True:
            _, option, length = struct.unpack(">8sII", self.take(connection, 16))
            self.take(connection, length)

            def reply(kind, payload=b""):
                connection.sendall(struct.pack(">QIII", 0x3E889045565A9, option, kind, len(payload)) + payload)

            if option == OPTION_EXPORT_NAME:
                connection.sendall(struct.pack(">QH", len(self.data), self.flags()))
                return True
            if option == OPTION_GO:
                reply(REPLY_INFO, struct.pack(">HQH", 0, len(self.data), self.flags()))
                reply(REPLY_INFO, struct.pack(">HIII", 3, self.sector_size, self.sector_size, 1 << 25))
                reply(REPLY_ACK)
                return True
            if option == OPTION_ABORT:
                reply(REPLY_ACK)
                return False
            reply(REPLY_UNSUPPORTED)

    def answer(self, connection):
        _, _, kind, handle, offset, length = struct.unpack(">IHHQQI", self.take(connection, 28))
        error, payload = 0, b""

        if kind == READ:
            if any(offset <= sector < offset + length for sector in self.unreadable):
                error = EIO
            else:
                payload = bytes(self.data[offset:offset + length])
        elif kind == WRITE:
            content = self.take(connection, length)
            is_made = self.on_write(self, offset, content)
            if is_made:
                self.data[offset:offset + length] = content
                self.unreadable -= {sector for sector in self.unreadable if offset <= sector < offset + length}
            elif is_made is not None:
                error = EIO
        elif kind == DISCONNECT:
            return False
        elif kind != FLUSH:
            error = 22
        connection.sendall(struct.pack(">IIQ", 0x67446698, error, handle) + payload)
        return True
