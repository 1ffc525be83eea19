/* SPDX-License-Identifier: MIT */
#include "network/dhcp.h"

#include "base/string.h"
#include "network/boot_path.h"

/* RFC 2131, section 2: where things lie in a packet. */
enum {
    OWN_ADDRESS = 16,    /* yiaddr */
    SERVER_ADDRESS = 20, /* siaddr */
    SERVER_NAME = 44,
    SERVER_NAME_SIZE = 64,
    BOOT_FILE = 108,
    BOOT_FILE_SIZE = 128,
    COOKIE = 236,
    OPTIONS = 240,
};

/* RFC 2132 */
enum {
    OPTION_PAD = 0,
    OPTION_MASK = 1,
    OPTION_ROUTER = 3, /* or several, the best first */
    OPTION_OVERLOAD = 52,
    OPTION_DHCP_SERVER = 54,
    OPTION_SERVER_NAME = 66,
    OPTION_BOOT_FILE = 67,
    OPTION_END = 255,
};

enum { OVERLOAD_BOOT_FILE = 1, OVERLOAD_SERVER_NAME = 2 };

struct option {
    const uint8_t *bytes;
    size_t length;
};

static bool find_in(const uint8_t *area, size_t size, uint8_t tag, struct option *out)
{
    for (size_t i = 0; i + 1 < size && area[i] != OPTION_END;) {
        size_t length = area[i + 1];

        if (area[i] == OPTION_PAD) {
            i++;
            continue;
        }
        if (length > size - i - 2)
            return false;
        if (area[i] == tag) {
            *out = (struct option){area + i + 2, length};
            return true;
        }
        i += 2 + length;
    }
    return false;
}

/* Fields of the header that are said to hold more options. */
static unsigned overload_of(const uint8_t *packet, size_t size)
{
    struct option option;

    if (!find_in(packet + OPTIONS, size - OPTIONS, OPTION_OVERLOAD, &option) || option.length != 1)
        return 0;
    return option.bytes[0];
}

static bool find_option(const uint8_t *packet, size_t size, uint8_t tag, struct option *out)
{
    static const uint8_t cookie[] = {99, 130, 83, 99};

    if (size < OPTIONS || memcmp(packet + COOKIE, cookie, sizeof(cookie)) != 0)
        return false;
    unsigned overload = overload_of(packet, size);
    return find_in(packet + OPTIONS, size - OPTIONS, tag, out) ||
           (overload & OVERLOAD_BOOT_FILE &&
            find_in(packet + BOOT_FILE, BOOT_FILE_SIZE, tag, out)) ||
           (overload & OVERLOAD_SERVER_NAME &&
            find_in(packet + SERVER_NAME, SERVER_NAME_SIZE, tag, out));
}

/* Up to the first NUL. False: it is empty. */
static bool take_path(const uint8_t *text, size_t length, struct boot_file *out)
{
    const uint8_t *end = memchr(text, '\0', length);

    if (end != NULL)
        length = (size_t)(end - text);
    memcpy(out->path, text, length);
    out->path[length] = '\0';
    return length > 0;
}

static bool find_path(const uint8_t *packet, size_t size, struct boot_file *out)
{
    struct option option;

    if (find_option(packet, size, OPTION_BOOT_FILE, &option) &&
        take_path(option.bytes, option.length, out))
        return true;
    if (size >= OPTIONS && overload_of(packet, size) & OVERLOAD_BOOT_FILE)
        return false;
    return take_path(packet + BOOT_FILE, BOOT_FILE_SIZE, out);
}

bool dhcp_parse_address(const void *text, size_t length, uint8_t out[IP4_SIZE])
{
    const uint8_t *bytes = text;
    uint8_t address[IP4_SIZE];
    size_t i = 0;

    for (unsigned part = 0; part < IP4_SIZE; part++) {
        unsigned number = 0, digits = 0;

        if (part > 0 && (i == length || bytes[i++] != '.'))
            return false;
        for (; i < length && bytes[i] >= '0' && bytes[i] <= '9'; digits++)
            number = number * 10 + (bytes[i++] - '0');
        if (digits < 1 || digits > 3 || number > 255)
            return false;
        address[part] = (uint8_t)number;
    }
    if (i < length && bytes[i] != '\0')
        return false;
    memcpy(out, address, sizeof(address));
    return true;
}

static const uint8_t no_address[IP4_SIZE];

static bool find_server(const uint8_t *packet, size_t size, struct boot_file *out)
{
    struct option option;

    memcpy(out->server, packet + SERVER_ADDRESS, sizeof(out->server));
    if (memcmp(out->server, no_address, sizeof(no_address)) != 0)
        return true;
    if (find_option(packet, size, OPTION_SERVER_NAME, &option) &&
        dhcp_parse_address(option.bytes, option.length, out->server))
        return true;
    if (!find_option(packet, size, OPTION_DHCP_SERVER, &option) || option.length != IP4_SIZE)
        return false;
    memcpy(out->server, option.bytes, sizeof(out->server));
    return true;
}

bool dhcp_find_boot_file(const void *packet, size_t size, struct boot_file *out)
{
    struct boot_file found;

    if (size < COOKIE || !find_path(packet, size, &found) || !find_server(packet, size, &found))
        return false;
    *out = found;
    return true;
}

static void copy_address(const uint8_t *packet, size_t size, uint8_t tag, uint8_t out[IP4_SIZE])
{
    struct option option;

    if (find_option(packet, size, tag, &option) && option.length >= IP4_SIZE)
        memcpy(out, option.bytes, IP4_SIZE);
}

bool dhcp_find_address(const void *packet, size_t size, struct network_address *out)
{
    const uint8_t *bytes = packet;
    struct network_address found = {0};

    if (size < COOKIE || memcmp(bytes + OWN_ADDRESS, no_address, sizeof(no_address)) == 0)
        return false;
    memcpy(found.own, bytes + OWN_ADDRESS, sizeof(found.own));
    copy_address(bytes, size, OPTION_MASK, found.mask);
    copy_address(bytes, size, OPTION_ROUTER, found.router);
    *out = found;
    return true;
}

void network_find_gateway(const struct network_address *address, const uint8_t to[IP4_SIZE],
                          uint8_t out[IP4_SIZE])
{
    bool is_near = true;

    for (unsigned i = 0; i < IP4_SIZE; i++)
        is_near &= ((address->own[i] ^ to[i]) & address->mask[i]) == 0;
    memcpy(out, is_near ? no_address : address->router, IP4_SIZE);
}

void dhcp_find_root(const struct boot_file *file, char out[BOOT_FILE_PATH_MAX])
{
    size_t length = boot_path_root(file->path, strlen(file->path));

    memcpy(out, file->path, length);
    out[length] = '\0';
}
