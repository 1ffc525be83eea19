/* SPDX-License-Identifier: MIT */
/* What comes from the network for a file over HTTP: the URI of the boot file, headers, bodies. */
#include "network/http.h"

#include "fuzz.h"
#include "network/uri.h"

static void expect_uri(const char *uri)
{
    for (; *uri != '\0'; uri++)
        EXPECT(*uri > ' ' && *uri < 0x7f);
}

static void read_uri(const uint8_t *data, size_t size)
{
    struct boot_uri uri;
    char joined[URI_SIZE_MAX];
    uint8_t address[IP4_SIZE];

    if (!uri_find_root(data, size, &uri))
        return;
    expect_uri(uri.root);
    EXPECT(strlen(uri.host) > 0 && uri.root[strlen(uri.root) - 1] == '/');
    uri_find_ip4(&uri, address);
    if (!uri_join(&uri, "/a b\xc3\xa9", joined))
        return;
    expect_uri(joined);
    EXPECT(strcmp(joined + strlen(uri.root), "a%20b%C3%A9") == 0);
}

static bool begin(struct http_body *body)
{
    struct error error;

    *body = (struct http_body){0};
    return http_take_header(body, "Transfer-Encoding", "chunked", &error) &&
           http_begin_body(body, &error);
}

/* In pieces of `piece` bytes; what is taken lies at the beginning of `bytes`. */
static bool take(struct http_body *body, uint8_t *bytes, size_t size, size_t piece, size_t *taken)
{
    struct error error;

    *taken = 0;
    for (size_t i = 0; i < size; i += piece) {
        size_t length = size - i < piece ? size - i : piece;

        if (!http_take(body, bytes + i, &length, &error))
            return false;
        memmove(bytes + *taken, bytes + i, length);
        *taken += length;
    }
    return true;
}

/* However the network cuts it, it is the same file. */
static void read_chunks(const uint8_t *data, size_t size)
{
    uint8_t *whole = malloc(size + 1), *cut = malloc(size + 1);
    size_t whole_taken, cut_taken;
    struct http_body body, other;

    EXPECT(whole != NULL && cut != NULL && begin(&body) && begin(&other));
    memcpy(whole, data, size);
    memcpy(cut, data, size);
    bool is_taken = take(&body, whole, size, size + 1, &whole_taken);
    EXPECT(take(&other, cut, size, size > 0 ? 1 + data[0] % 7 : 1, &cut_taken) == is_taken);
    if (is_taken) {
        EXPECT(http_is_complete(&body) == http_is_complete(&other));
        EXPECT(whole_taken == cut_taken && memcmp(whole, cut, whole_taken) == 0);
    }
    free(whole);
    free(cut);
}

static void read_headers(const uint8_t *data, size_t size)
{
    char *value = malloc(size + 1);
    struct http_body body = {0};
    struct error error;

    EXPECT(value != NULL);
    memcpy(value, data, size);
    value[size] = '\0';
    http_take_header(&body, value, value, &error);
    EXPECT(http_take_header(&body, "Content-Length", value, &error) == body.has_length);
    EXPECT(http_take_header(&body, "Transfer-Encoding", value, &error) == body.is_chunked);
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_uri(data, size);
    read_chunks(data, size);
    read_headers(data, size);
    return 0;
}
