/* SPDX-License-Identifier: MIT */
/* The client against a server that can lose, repeat and garble packets. */
#include "guarded.h"
#include "support.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/tftp.h"

enum { SERVER_PORT = 4711, OTHER_PORT = 4712, QUEUE_MAX = 64 };

struct packet {
    uint16_t port;
    size_t length;
    uint8_t bytes[TFTP_PACKET_SIZE];
};

static struct server {
    struct tftp_link link;
    const uint8_t *bytes;
    uint64_t size;

    /* what it can do */
    bool has_options, refuses_options, knows_sizes;
    uint64_t tells_size; /* where that is not the truth; 0: it is */
    unsigned block_max, window_max;
    unsigned loses, repeats; /* each so-many-th packet, in both directions; 0: none */
    bool is_silent;
    bool has_strangers; /* somebody else sends errors */
    bool skips;         /* the first block, and repeats the second for ever */
    bool has_timed_out; /* and so sends the same once more, which a repeated packet cannot make it
                           do */

    /* what it does */
    bool has_begun;
    unsigned block_size, window;
    unsigned requests, acknowledgements, counted;
    uint64_t acknowledged;
    struct packet queue[QUEUE_MAX];
    unsigned count;
    uint32_t waited; /* milliseconds, all in vain */
    char request[600];
    size_t request_length;
} server;

static struct guarded memory;
static unsigned growths;
static unsigned fail_growth;
static struct tftp_file file;
static struct error error;

static void put_be16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static void queue(uint16_t port, const void *bytes, size_t length)
{
    unsigned copies = 1;

    server.counted++;
    if (server.loses != 0 && server.counted % server.loses == 0)
        return;
    if (server.repeats != 0 && server.counted % server.repeats == 0)
        copies = 2;
    for (; copies > 0 && server.count < QUEUE_MAX; copies--) {
        struct packet *packet = &server.queue[server.count++];

        packet->port = port;
        packet->length = length;
        memcpy(packet->bytes, bytes, length);
    }
}

/* The blocks behind the last that was acknowledged. */
static void send_window(void)
{
    uint64_t blocks = server.size / server.block_size + 1; /* the last is shorter */

    for (unsigned i = 0; i < server.window && server.acknowledged + i < blocks; i++) {
        uint8_t packet[TFTP_PACKET_SIZE];
        uint64_t offset = (server.acknowledged + i) * server.block_size;
        uint64_t left = server.size - offset;
        size_t length = left < server.block_size ? left : server.block_size;

        put_be16(packet, 3);
        put_be16(packet + 2, (uint16_t)(server.acknowledged + i + 1));
        memcpy(packet + 4, server.bytes + offset, length);
        queue(SERVER_PORT, packet, 4 + length);
    }
}

static size_t add_option(uint8_t *packet, size_t length, const char *name, uint64_t value)
{
    length += (size_t)sprintf((char *)packet + length, "%s", name) + 1;
    return length + (size_t)sprintf((char *)packet + length, "%llu", (unsigned long long)value) + 1;
}

static void take_request(const uint8_t *bytes, size_t length)
{
    uint8_t answer[200];
    size_t size = 2;
    bool wants_options = length > 2 + strlen((const char *)bytes + 2) + 1 + sizeof("octet");

    server.requests++;
    server.request_length = length - 2;
    memcpy(server.request, bytes + 2, length - 2);
    server.acknowledged = 0;
    server.has_begun = false;
    server.block_size = 512;
    server.window = 1;
    if (wants_options && server.refuses_options) {
        queue(SERVER_PORT, "\0\5\0\10no options", 15);
        return;
    }
    if (!wants_options || !server.has_options) {
        server.has_begun = true;
        send_window();
        return;
    }
    put_be16(answer, 6);
    if (server.block_max != 0) {
        server.block_size = server.block_max;
        size = add_option(answer, size, "BlkSize", server.block_size);
    }
    if (server.knows_sizes)
        size = add_option(answer, size, "tsize",
                          server.tells_size != 0 ? server.tells_size : server.size);
    if (server.window_max != 0) {
        server.window = server.window_max;
        size = add_option(answer, size, "windowsize", server.window);
    }
    queue(SERVER_PORT, answer, size);
}

static bool send_to_server(struct tftp_link *link, uint16_t port, const void *packet, size_t length,
                           struct error *failure)
{
    const uint8_t *bytes = packet;

    (void)failure;
    assert_ptr_equal(link, &server.link);
    server.counted++;
    if (bytes[1] == 1) {
        assert_int_equal(port, TFTP_PORT);
        assert_true(length <= 512);
        if (!server.is_silent)
            take_request(bytes, length);
        return true;
    }
    assert_int_equal(port, SERVER_PORT);
    assert_int_equal(length, 4);
    assert_memory_equal(bytes, "\0\4", 2);
    server.acknowledgements++;
    if (server.has_strangers)
        queue(OTHER_PORT, "\0\5\0\1", 4);
    if (server.loses != 0 && server.counted % server.loses == 0)
        return true;
    unsigned blocks = (uint16_t)((bytes[2] << 8 | bytes[3]) - server.acknowledged);
    if (blocks == 0 && server.has_begun && !server.has_timed_out)
        return true; /* RFC 1123, 4.2.3.1 */
    server.has_begun = true;
    server.has_timed_out = false;
    server.acknowledged += blocks;
    send_window();
    return true;
}

static size_t receive_from_server(struct tftp_link *link, uint32_t milliseconds, uint16_t *port,
                                  uint8_t packet[TFTP_PACKET_SIZE])
{
    assert_ptr_equal(link, &server.link);
    if (server.count == 0) {
        server.has_timed_out = true;
        server.waited += milliseconds;
        return 0;
    }
    if (server.skips) {
        memcpy(packet, "\0\3\0\2", 4);
        *port = SERVER_PORT;
        return 4;
    }
    struct packet first = server.queue[0];
    struct guarded copy = guarded_make(first.length, GUARDED_AFTER);

    memmove(server.queue, server.queue + 1, --server.count * sizeof(first));
    memcpy(packet, first.bytes, first.length);
    memset(packet + first.length, 'x', TFTP_PACKET_SIZE - first.length); /* no NUL by chance */
    guarded_free(&copy);
    *port = first.port;
    return first.length;
}

/* Ends where the capacity does: a byte too many ends the test. */
static bool grow(struct tftp_file *grown, uint64_t capacity, struct error *failure)
{
    struct guarded larger;

    assert_true(capacity > grown->capacity);
    if (++growths == fail_growth || capacity > 1ull << 32)
        return FAIL(failure, OUT_OF_MEMORY, capacity / 1024);
    larger = guarded_make(capacity, GUARDED_AFTER);
    if (grown->size > 0)
        memcpy(larger.bytes, grown->bytes, grown->size);
    if (memory.mapping != NULL)
        guarded_free(&memory);
    memory = larger;
    grown->bytes = memory.bytes;
    grown->capacity = capacity;
    return true;
}

static int end(void **state)
{
    (void)state;
    if (memory.mapping != NULL)
        guarded_free(&memory);
    memory = (struct guarded){0};
    free((void *)(uintptr_t)server.bytes);
    server.bytes = NULL;
    return 0;
}

static void serve(uint64_t size)
{
    uint8_t *bytes = malloc(size + 1);
    uint32_t random = (uint32_t)size + 1;

    end(NULL);
    for (uint64_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)next_random(&random);
    server = (struct server){
        .link = {.holds_windows = true, .send = send_to_server, .receive = receive_from_server},
        .bytes = bytes,
        .size = size,
        .has_options = true,
        .knows_sizes = true,
        .block_max = TFTP_BLOCK_SIZE,
        .window_max = TFTP_WINDOW,
    };
    growths = 0;
    fail_growth = 0;
    memset(&error, 0, sizeof(error));
    file = (struct tftp_file){.grow = grow};
}

static int start(void **state)
{
    (void)state;
    serve(0);
    return 0;
}

static void expect_file(void)
{
    assert_true(tftp_read(&server.link, "bowline/boot.conf", &file, &error));
    assert_int_equal(file.size, server.size);
    if (file.size > 0)
        assert_memory_equal(file.bytes, server.bytes, file.size);
}

static void expect_failure(enum error_code code)
{
    assert_false(tftp_read(&server.link, "kernel.elf", &file, &error));
    assert_error(&error, code);
}

static const uint64_t sizes[] = {0,     1,      511,          512,      513,          1427,
                                 1428,  1429,   8 * 1428 - 1, 8 * 1428, 8 * 1428 + 1, 65536,
                                 65537, 1000000};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void reads_with_all_options(void **state)
{
    static const char expected[] = "bowline/boot.conf\0octet\0tsize\0000\0blksize\0001428\0"
                                   "windowsize\0008";

    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        serve(sizes[i]);
        expect_file();
        assert_int_equal(server.request_length, sizeof(expected));
        assert_memory_equal(server.request, expected, sizeof(expected));
        assert_int_equal(growths, sizes[i] > 0); /* the size is known */
        assert_int_equal(server.requests, 1);
        assert_int_equal(server.waited, 0);
        /* of the options, of each whole window, of the rest */
        assert_int_equal(server.acknowledgements, 1 + sizes[i] / (8 * 1428) + 1);
    }
}

/* A card whose ring holds few packets is not sent several in a row. */
static void asks_for_each_block(void **state)
{
    static const char expected[] = "bowline/boot.conf\0octet\0tsize\0000\0blksize\0001428";

    (void)state;
    serve(100000);
    server.link.holds_windows = false;
    server.window_max = 0;
    expect_file();
    assert_int_equal(server.request_length, sizeof(expected));
    assert_memory_equal(server.request, expected, sizeof(expected));
    assert_int_equal(server.acknowledgements, 1 + 100000 / 1428 + 1);
}

static void reads_from_plain_servers(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        serve(sizes[i]);
        server.has_options = false;
        expect_file();
        assert_int_equal(server.acknowledgements, sizes[i] / 512 + 1);

        serve(sizes[i]);
        server.refuses_options = true;
        expect_file();
        assert_int_equal(server.requests, 2);

        serve(sizes[i]);
        server.knows_sizes = false;
        server.window_max = 0;
        server.block_max = 1024;
        expect_file();
    }
}

/* Numbers of blocks have 16 bits. */
static void counts_past_65535_blocks(void **state)
{
    (void)state;
    serve(8 * 140000 + 3);
    server.block_max = 8;
    expect_file();
}

static void believes_the_data_and_not_the_size(void **state)
{
    static const uint64_t told[] = {1, 99999, 100001, 1000000};

    (void)state;
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        serve(100000);
        server.tells_size = told[i];
        expect_file();
    }
    serve(100000);
    server.tells_size = UINT64_MAX;
    expect_failure(ERROR_OUT_OF_MEMORY);
}

static void survives_loss_and_repetition(void **state)
{
    unsigned whole = 0;

    (void)state;
    for (unsigned window = 1; window <= TFTP_WINDOW; window++) {
        for (unsigned loses = 2; loses < 20; loses++) {
            serve(50000);
            server.window_max = window;
            server.loses = loses;
            /* Where that falls together with the window, the same packet is lost each time. */
            if (tftp_read(&server.link, "file", &file, &error)) {
                assert_int_equal(file.size, server.size);
                assert_memory_equal(file.bytes, server.bytes, file.size);
                whole++;
            } else {
                assert_error(&error, ERROR_TFTP_NO_ANSWER);
            }

            serve(50000);
            server.window_max = window;
            server.repeats = loses;
            expect_file();
            assert_int_equal(server.waited, 0);
        }
    }
    assert_true(whole > TFTP_WINDOW * 18 * 9 / 10);
}

/* A server that never sends what is missing. */
static void does_not_go_round_for_ever(void **state)
{
    (void)state;
    serve(50000);
    server.has_options = false;
    server.skips = true;
    expect_failure(ERROR_TFTP_ANSWER);
}

static void ignores_strangers(void **state)
{
    (void)state;
    serve(3000);
    queue(SERVER_PORT, "\0", 1); /* too short to be anything */
    expect_file();
    /* From another port, in the middle of the transfer. */
    serve(3000);
    server.has_strangers = true;
    expect_file();
}

static void gives_up_after_a_while(void **state)
{
    (void)state;
    server.is_silent = true;
    expect_failure(ERROR_TFTP_NO_ANSWER);
    assert_int_equal(error.numbers[0], 0);
    assert_int_equal(server.waited, 15000);
}

static void says_what_the_server_says(void **state)
{
    (void)state;
    server.is_silent = true;
    queue(SERVER_PORT, "\0\5\0\1no such file", 17);
    expect_failure(ERROR_FILE_NOT_FOUND);
    queue(SERVER_PORT, "\0\5\0\2Access\tdenied", 18);
    expect_failure(ERROR_TFTP_REFUSED);
    assert_string_equal(error.detail, "Access");
    assert_int_equal(error.numbers[0], 2);
    queue(SERVER_PORT, "\0\5\0\0", 4); /* without a text */
    expect_failure(ERROR_TFTP_REFUSED);
}

static void refuses_nonsense(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } answers[] = {
        {"\0\7\0\0", 4},
        {"\0\4\0\0", 4},
        {"\0\6tsize", 7},
        {"\0\6tsize\0", 8},
        {"\0\6tsize\0"
         "12",
         10},
        {"\0\6tsize\0\0", 9},
        {"\0\6tsize\0-1\0", 11},
        {"\0\6tsize\0"
         "99999999999999999999\0",
         29},
        {"\0\6blksize\0"
         "7\0",
         12},
        {"\0\6blksize\0"
         "1429\0",
         15},
        {"\0\6windowsize\0"
         "0\0",
         15},
        {"\0\6windowsize\0"
         "9\0",
         15},
        {"\0\6timeout\0"
         "5\0",
         12},
        {"\0\6\0\0", 4},
    };
    uint8_t data[4 + 513] = {0, 3, 0, 1};

    (void)state;
    server.is_silent = true;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        queue(SERVER_PORT, answers[i].bytes, answers[i].length);
        expect_failure(ERROR_TFTP_ANSWER);
    }
    queue(SERVER_PORT, data, sizeof(data)); /* more than a block of a server without options */
    expect_failure(ERROR_TFTP_ANSWER);
}

static void has_no_room_for_long_paths(void **state)
{
    char path[600];

    (void)state;
    memset(path, 'x', sizeof(path));
    path[469] = '\0';
    assert_true(tftp_read(&server.link, path, &file, &error));
    for (size_t length = 470; length < sizeof(path); length++) {
        memset(path, 'x', sizeof(path));
        path[length] = '\0';
        server.requests = 0;
        assert_false(tftp_read(&server.link, path, &file, &error));
        assert_error(&error, ERROR_FILE_NOT_FOUND);
        assert_int_equal(server.requests, 0);
    }
}

static void says_when_memory_is_short(void **state)
{
    (void)state;
    serve(500000);
    fail_growth = 1;
    expect_failure(ERROR_OUT_OF_MEMORY);
    serve(500000);
    server.knows_sizes = false;
    fail_growth = 3;
    expect_failure(ERROR_OUT_OF_MEMORY);
    assert_true(file.size > 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_with_all_options),
        TEST(asks_for_each_block),
        TEST(reads_from_plain_servers),
        TEST(counts_past_65535_blocks),
        TEST(believes_the_data_and_not_the_size),
        TEST(survives_loss_and_repetition),
        TEST(does_not_go_round_for_ever),
        TEST(ignores_strangers),
        TEST(gives_up_after_a_while),
        TEST(says_what_the_server_says),
        TEST(refuses_nonsense),
        TEST(has_no_room_for_long_paths),
        TEST(says_when_memory_is_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
