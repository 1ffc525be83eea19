#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Python's HTTP server, which serves kernel.elf oddly, or everything by TLS.

  odd_http_server.py ADDRESS DIRECTORY HABIT KEYS

HABIT is one of
  chunked    in chunks, without saying how long it is
  no-length  without saying how long it is: it ends with the connection
  mute       it takes the request and says nothing
  silent     half of the file, and then nothing, with the connection open
  cut        half of the file, and the end of the connection
  broken     status 500
  tls        none, but TLS 1.2 on port 443, with certificate.pem and key.pem of the directory KEYS
"""
import functools
import http.server
import os
import ssl
import sys
import time

CHUNK = 100000


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    habit = sys.argv[3]

    def do_GET(self):
        if self.habit == "tls" or not self.path.endswith("/kernel.elf"):
            return super().do_GET()
        self.close_connection = True
        if self.habit == "broken":
            return self.send_error(500)
        if self.habit == "mute":
            return time.sleep(1000)
        with open(self.translate_path(self.path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            self.send_response(200)
            if self.habit in ("silent", "cut"):
                self.send_header("Content-Length", str(size))
                size //= 2
            if self.habit == "chunked":
                self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while size > 0:
                part = file.read(min(size, CHUNK))
                size -= len(part)
                if self.habit == "chunked":
                    part = b"%X;name=value\r\n%s\r\n" % (len(part), part)
                self.wfile.write(part)
        if self.habit == "chunked":
            self.wfile.write(b"0\r\nName: value\r\n\r\n")
        if self.habit == "silent":
            time.sleep(1000)


is_tls = Handler.habit == "tls"
server = http.server.ThreadingHTTPServer((sys.argv[1], 443 if is_tls else 80),
                                         functools.partial(Handler, directory=sys.argv[2]))
if is_tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OVMF does not know more: no TLS 1.3, and for keys no elliptic curves.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-GCM-SHA384")
    context.load_cert_chain(os.path.join(sys.argv[4], "certificate.pem"), os.path.join(sys.argv[4], "key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.daemon_threads = True
server.handle_error = lambda *of: None  # the loader hangs up as soon as it has a file
server.serve_forever()
