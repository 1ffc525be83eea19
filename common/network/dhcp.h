/* SPDX-License-Identifier: MIT */
/* What a DHCP reply says about the boot file: RFC 951, 2131, 2132. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IP4_SIZE = 4, BOOT_FILE_PATH_MAX = 256 };

struct boot_file {
    uint8_t server[IP4_SIZE];      /* as it is sent: the first number first */
    char path[BOOT_FILE_PATH_MAX]; /* as the server calls it */
};

/*
 * Finds the boot file and its server in a packet of `size` bytes, from the BOOTP header on. The
 * path is option 67 or else the header's; the server is `siaddr` or else option 66, where that is
 * an address, or else the DHCP server. False: the packet does not name both, and *out is untouched.
 */
bool dhcp_find_boot_file(const void *packet, size_t size, struct boot_file *out);

/* The network as the machine is to see it: all 0 where the packet does not tell. */
struct network_address {
    uint8_t own[IP4_SIZE], mask[IP4_SIZE], router[IP4_SIZE];
};

/* Finds it in the DHCP server's reply. False: that gives no address (yiaddr). */
bool dhcp_find_address(const void *packet, size_t size, struct network_address *out);

/* Who passes packets for `to` on: 0.0.0.0 if nobody has to. Not all firmware finds it itself. */
void network_find_gateway(const struct network_address *address, const uint8_t to[IP4_SIZE],
                          uint8_t out[IP4_SIZE]);

/* The directory on the server that holds the loader's files, "" or with a '/' at its end. */
void dhcp_find_root(const struct boot_file *file, char out[BOOT_FILE_PATH_MAX]);

/* "192.168.0.1", with a NUL behind it or without. False: it is no address of IPv4. */
bool dhcp_parse_address(const void *text, size_t length, uint8_t out[IP4_SIZE]);
