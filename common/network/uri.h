/* SPDX-License-Identifier: MIT */
/* The URI of the boot file, and those of the files beside it: RFC 3986. */
#pragma once

#include "network/dhcp.h"

enum { URI_SIZE_MAX = 2048, URI_HOST_MAX = 256 };

struct boot_uri {
    char root[URI_SIZE_MAX]; /* "http://host:port/dir/": in front of the paths of boot.conf */
    char host[URI_HOST_MAX]; /* "host:port", or without a port, as in the URI */
};

/*
 * Takes the URI of the boot file apart, `length` bytes that may end with a NUL before. False: it is
 * no http or https URI with a host, or too long, and *out is untouched.
 */
bool uri_find_root(const void *text, size_t length, struct boot_uri *out);

/*
 * The URI of the file at `path`, which is UTF-8 and counts from the root. What does not belong into
 * a URI is written as %XX, here and in the root. False: it is longer than `out`.
 */
bool uri_join(const struct boot_uri *uri, const char *path, char out[URI_SIZE_MAX]);

/* The host, as it is sent: the first number first. False: it is a name or an address of IPv6. */
bool uri_find_ip4(const struct boot_uri *uri, uint8_t out[IP4_SIZE]);
