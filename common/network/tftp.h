/* SPDX-License-Identifier: MIT */
/*
 * A TFTP client: RFC 1350, with the options for the size of the file and of blocks (RFC 2348, 2349)
 * and for several blocks between two acknowledgements (RFC 7440) where the server has them.
 *
 * It is ours and not the firmware's because firmware differs in what its own tells: some has no way
 * to learn the size of a file, not even of one that was read.
 */
#pragma once

#include "base/error.h"

#define TFTP_PORT        69
#define TFTP_BLOCK_SIZE  1428 /* fits into a frame of Ethernet, with room for tunnels (RFC 2348) */
#define TFTP_PACKET_SIZE (4 + TFTP_BLOCK_SIZE)
#define TFTP_WINDOW      8 /* blocks */

/* Datagrams between a port of ours, which nothing else has used lately, and the server. */
struct tftp_link {
    bool holds_windows; /* TFTP_WINDOW packets that come in a row; else each has to be asked for */

    bool (*send)(struct tftp_link *link, uint16_t port, const void *packet, size_t length,
                 struct error *error);

    /*
     * Waits for a datagram and returns its length, with the server's port in *port. 0: none has
     * come, or it has more than TFTP_PACKET_SIZE bytes.
     */
    size_t (*receive)(struct tftp_link *link, uint32_t milliseconds, uint16_t *port,
                      uint8_t packet[TFTP_PACKET_SIZE]);
};

/* Where a file goes. It begins empty; what has been received is the caller's also after a failure.
 */
struct tftp_file {
    uint8_t *bytes;
    uint64_t size, capacity; /* bytes */

    /* Makes room for `capacity` bytes and keeps those that are there. */
    bool (*grow)(struct tftp_file *file, uint64_t capacity, struct error *error);
};

/* Reads all of `path`. ERROR_FILE_NOT_FOUND when the server says that it is not there. */
bool tftp_read(struct tftp_link *link, const char *path, struct tftp_file *file,
               struct error *error);
