/* SPDX-License-Identifier: MIT */
/*
 * gdb's remote protocol (gdb manual, appendix E) from gdb's side: the little that it takes to let
 * QEMU's machine run up to an address.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { GDB_PACKET_MAX = 256 }; /* of those that we ask for */

/* Zero it and set `socket`, which stays the caller's, to begin. */
struct gdb_client {
    int socket;
    char bytes[4096]; /* that have come and have not been looked at */
    size_t length, position;
    char packet[GDB_PACKET_MAX]; /* the latest one from QEMU, cut if need be */
};

/* Lets the machine run. */
bool gdb_continue(struct gdb_client *client);

/* Makes it stand still, if it does not do that already. */
bool gdb_stop(struct gdb_client *client);

/* Sends a request to a machine that stands still. True: it was answered with OK. */
__attribute__((format(printf, 2, 3))) bool gdb_request(struct gdb_client *client,
                                                       const char *format, ...);

/*
 * Waits until it stands at a breakpoint. Here and in gdb_request() false means that QEMU has gone
 * or has said nothing for half a minute, or that mkimage is to end.
 */
bool gdb_await_breakpoint(struct gdb_client *client);
