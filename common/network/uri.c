/* SPDX-License-Identifier: MIT */
#include "network/uri.h"

#include "base/string.h"
#include "base/units.h"
#include "network/boot_path.h"

struct text {
    char *bytes;
    size_t length, capacity;
};

static bool add(struct text *text, char byte)
{
    if (text->length == text->capacity)
        return false;
    text->bytes[text->length++] = byte;
    return true;
}

static bool add_encoded(struct text *text, uint8_t byte)
{
    static const char digits[] = "0123456789ABCDEF";

    return add(text, '%') && add(text, digits[byte >> 4]) && add(text, digits[byte & 0xf]);
}

static bool is_letter_or_digit(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* RFC 3986, 2.3, and the '/' between names. */
static bool add_path(struct text *text, const char *path)
{
    for (; *path != '\0'; path++) {
        uint8_t byte = (uint8_t)*path;
        bool is_plain =
            is_letter_or_digit(byte) || memchr("-._~/", byte, sizeof("-._~/") - 1) != NULL;

        if (!(is_plain ? add(text, *path) : add_encoded(text, byte)))
            return false;
    }
    return true;
}

/* What is a URI already, but for spaces and letters that somebody has not encoded. */
static bool add_uri(struct text *text, const char *uri, size_t length)
{
    for (; length > 0; uri++, length--) {
        uint8_t byte = (uint8_t)*uri;

        if (!(byte > ' ' && byte < 0x7f ? add(text, *uri) : add_encoded(text, byte)))
            return false;
    }
    return true;
}

/* How long "http://" or "https://" at the beginning is, in letters of any size; 0: it is another.
 */
static size_t scheme_length(const char *text, size_t length)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t needed = strlen(schemes[i]);

        if (length >= needed && is_same_name(text, schemes[i], needed))
            return needed;
    }
    return 0;
}

static size_t find_any(const char *text, size_t length, const char *these)
{
    size_t position = 0;

    while (position < length && memchr(these, text[position], strlen(these)) == NULL)
        position++;
    return position;
}

/* Behind a name and password that stand before the host. */
static bool take_host(const char *authority, size_t length, struct boot_uri *out)
{
    for (size_t i = length; i > 0; i--) {
        if (authority[i - 1] == '@') {
            authority += i;
            length -= i;
            break;
        }
    }
    if (length == 0 || authority[0] == ':' || length >= sizeof(out->host))
        return false;
    memcpy(out->host, authority, length);
    out->host[length] = '\0';
    return true;
}

bool uri_find_root(const void *uri, size_t length, struct boot_uri *out)
{
    struct boot_uri found;
    struct text root = {.bytes = found.root, .capacity = sizeof(found.root) - 2};
    const char *text = uri, *end = memchr(text, '\0', length);

    if (end != NULL)
        length = (size_t)(end - text);
    length = find_any(text, length, "?#");
    size_t authority = scheme_length(text, length);
    if (authority == 0)
        return false;
    size_t path = authority + find_any(text + authority, length - authority, "/");
    if (!take_host(text + authority, path - authority, &found))
        return false;
    size_t directory = path + boot_path_root(text + path, length - path);
    if (!add_uri(&root, text, directory))
        return false;
    if (directory == path)
        found.root[root.length++] = '/';
    found.root[root.length] = '\0';
    *out = found;
    return true;
}

bool uri_join(const struct boot_uri *uri, const char *path, char out[URI_SIZE_MAX])
{
    char bytes[URI_SIZE_MAX];
    struct text joined = {.bytes = bytes, .capacity = sizeof(bytes)};

    while (*path == '/')
        path++;
    if (!add_uri(&joined, uri->root, strlen(uri->root)) || !add_path(&joined, path) ||
        !add(&joined, '\0'))
        return false;
    memcpy(out, bytes, joined.length);
    return true;
}

bool uri_find_ip4(const struct boot_uri *uri, uint8_t out[IP4_SIZE])
{
    return dhcp_parse_address(uri->host, find_any(uri->host, strlen(uri->host), ":"), out);
}
