/* SPDX-License-Identifier: MIT */
#include "support.h"
#include "unit.h"

#include <string.h>

#include "base/units.h"
#include "guarded.h"
#include "network/http.h"

static struct http_body body;
static struct error error;

static int start(void **state)
{
    (void)state;
    body = (struct http_body){0};
    error = (struct error){0};
    return 0;
}

static void tells_status_codes_apart(void **state)
{
    static const unsigned others[] = {0, 100, 201, 204, 206, 301, 304, 401, 403, 500, 503};

    (void)state;
    assert_true(http_check_status(200, &error));
    assert_false(http_check_status(404, &error));
    assert_error(&error, ERROR_FILE_NOT_FOUND);
    assert_false(http_check_status(410, &error));
    assert_error(&error, ERROR_FILE_NOT_FOUND);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        assert_false(http_check_status(others[i], &error));
        assert_error(&error, ERROR_HTTP_STATUS);
        assert_int_equal(error.numbers[0], others[i]);
    }
}

static bool take_header(const char *name, const char *value)
{
    return http_take_header(&body, name, value, &error);
}

static void reads_the_length(void **state)
{
    static const struct {
        const char *text;
        uint64_t length;
    } cases[] = {
        {"0", 0}, {"17", 17}, {" 17\t", 17}, {"18446744073709551615", UINT64_MAX}, {"0017", 17},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        start(state);
        assert_true(take_header("Content-Length", cases[i].text));
        assert_true(take_header("content-LENGTH", cases[i].text)); /* twice the same */
        assert_true(http_begin_body(&body, &error));
        assert_int_equal(body.length, cases[i].length);
        assert_int_equal(http_is_complete(&body), cases[i].length == 0);
    }
}

static void refuses_other_lengths(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "-1",
        "+1",
        "1x",
        "x",
        "1 2",
        "1,1",
        "0x10",
        "18446744073709551616",
        "99999999999999999999",
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        start(state);
        assert_false(take_header("Content-Length", cases[i]));
        assert_error(&error, ERROR_HTTP_HEADER);
        assert_string_equal(error.detail, cases[i]);
        assert_false(body.has_length);
    }
    start(state);
    assert_true(take_header("Content-Length", "1"));
    assert_false(take_header("Content-Length", "2"));
    assert_error(&error, ERROR_HTTP_HEADER);
}

static void needs_an_end(void **state)
{
    (void)state;
    assert_true(take_header("Content-Type", "17"));
    assert_true(take_header("Content-Lengthy", "17"));
    assert_true(take_header("Content-Lengt", "17"));
    assert_false(http_begin_body(&body, &error));
    assert_error(&error, ERROR_HTTP_NO_LENGTH);
    assert_true(take_header("transfer-encoding", " Chunked "));
    assert_true(http_begin_body(&body, &error));
    assert_false(take_header("Transfer-Encoding", "gzip"));
    assert_error(&error, ERROR_HTTP_HEADER);
    assert_false(take_header("Transfer-Encoding", "chunked, gzip"));
    assert_false(take_header("Transfer-Encoding", "chun"));
}

static void counts_what_comes(void **state)
{
    uint8_t bytes[8] = "abcdefgh";
    size_t length = 3;

    (void)state;
    assert_true(take_header("Content-Length", "5"));
    assert_true(http_begin_body(&body, &error));
    assert_true(http_take(&body, bytes, &length, &error));
    assert_int_equal(length, 3);
    assert_false(http_is_complete(&body));
    length = 3;
    assert_false(http_take(&body, bytes, &length, &error));
    assert_error(&error, ERROR_HTTP_ANSWER);
    assert_int_equal(error.numbers[0], 'c');
    length = 2;
    assert_true(http_take(&body, bytes, &length, &error));
    assert_true(http_is_complete(&body));
    assert_memory_equal(bytes, "abcdefgh", 8);
}

/* The whole text in parts of `part` bytes. */
static bool take_chunks(const char *text, size_t part, char *out)
{
    size_t length = strlen(text), taken = 0;

    start(NULL);
    /* A length beside chunks does not count (RFC 9112, 6.3). */
    assert_true(take_header("Content-Length", "5"));
    assert_true(take_header("Transfer-Encoding", "chunked"));
    assert_true(http_begin_body(&body, &error));
    for (size_t i = 0; i < length; i += part) {
        size_t size = minimum(part, length - i);
        struct guarded guarded = guarded_make(size, GUARDED_AFTER);

        memcpy(guarded.bytes, text + i, size);
        assert_false(http_is_complete(&body));
        bool is_taken = http_take(&body, guarded.bytes, &size, &error);
        if (is_taken) {
            memcpy(out + taken, guarded.bytes, size);
            taken += size;
        }
        guarded_free(&guarded);
        if (!is_taken)
            return false;
    }
    out[taken] = '\0';
    return true;
}

static void joins_chunks(void **state)
{
    static const struct {
        const char *text, *file;
    } cases[] = {
        {"0\r\n\r\n", ""},
        {"3\r\nabc\r\n0\r\n\r\n", "abc"},
        {"3\nabc\n0\n\n", "abc"},
        {"00003 ;name=value\r\nabc\r\na\r\n0123456789\r\n000\r\nTrailer: 3\r\nX:\r\n\r\n",
         "abc0123456789"},
        {"B\r\n\r\n0\r\n\r\n3\r\na\r\nA;\r\n0123456789\r\n0\r\n\r\n",
         "\r\n0\r\n\r\n3\r\na0123456789"},
    };
    char out[100];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t part = 1; part <= strlen(cases[i].text); part++) {
            assert_true(take_chunks(cases[i].text, part, out));
            assert_string_equal(out, cases[i].file);
            assert_true(http_is_complete(&body));
        }
    }
    assert_true(take_chunks("3\r\nabc\r\n0\r\n", 100, out)); /* the last line end is missing */
    assert_false(http_is_complete(&body));
}

static void refuses_other_chunks(void **state)
{
    static const char *const cases[] = {
        "\r\n",
        "x\r\n",
        "-1\r\n",
        " 1\r\n",
        "1\r\nab\r\n",
        "1\r\na0\r\n\r\n",
        "10000000000000000\r\n",
        "0\r\n\r\nx",
    };
    char out[100];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(take_chunks(cases[i], strlen(cases[i]), out));
        assert_error(&error, ERROR_HTTP_ANSWER);
    }
    assert_true(take_chunks("ffffffffffffffff\r\nabc", 100, out));
    assert_string_equal(out, "abc");
}

#define TEST(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_status_codes_apart), TEST(reads_the_length),
        TEST(refuses_other_lengths),    TEST(needs_an_end),
        TEST(counts_what_comes),        TEST(joins_chunks),
        TEST(refuses_other_chunks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
