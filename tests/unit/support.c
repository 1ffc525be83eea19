/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void run(const char *format, ...)
{
    char command[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

uint8_t *load_file(const char *path, uint64_t *size)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail_msg("cannot open %s", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (uint64_t)ftell(file);
    rewind(file);

    uint8_t *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

void save_file(const char *path, const void *bytes, uint64_t size)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        fail_msg("cannot write %s", path);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void assert_error(const struct error *error, enum error_code code)
{
    char text[1024];

    assert_string_equal(error_name(error->code), error_name(code));
    assert_true(error_print(error, text, sizeof(text)) < sizeof(text) - 1);
    assert_null(strstr(text, "{"));
}

static bool read_watched(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                         struct error *error)
{
    struct watched_reader *watched = (struct watched_reader *)reader;

    watched->reads++;
    watched->bytes += length;
    if (length > watched->longest)
        watched->longest = length;
    if (watched->reads == watched->fail_at) {
        memset(to, 0xee, length); /* who fails half way leaves nothing good */
        return FAIL(error, DISK_READ, offset / 512, length / 512, 4);
    }
    return reader_read(&watched->memory.reader, offset, length, to, error);
}

void watch(struct watched_reader *watched, const void *bytes, uint64_t size)
{
    *watched = (struct watched_reader){.reader = {.size = size, .read = read_watched}};
    memory_reader_init(&watched->memory, bytes, size);
}

uint32_t next_random(uint32_t *state)
{
    /* xorshift32 (Marsaglia, 2003): the low bits of a linear generator would repeat soon. */
    if (*state == 0)
        *state = 1;
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}
