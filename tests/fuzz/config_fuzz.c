/* SPDX-License-Identifier: MIT */
#include "format/config.h"

#include "fuzz.h"

static void expect_inside(struct text text, const uint8_t *data, size_t size)
{
    const char *start = (const char *)data, *end = start + size;

    EXPECT(text.start >= start && text.start <= end);
    EXPECT(text.length <= (size_t)(end - text.start));
    EXPECT(memchr(text.start, '\n', text.length) == NULL);
    EXPECT(memchr(text.start, '\0', text.length) == NULL);
}

/* Does each file of each entry get a hash, as settings.c gives them out? */
static void expect_hashes(const char *text, size_t size)
{
    struct config_cursor cursor;
    struct config_line line;
    struct error error;
    bool are_there = config_check_hashes(text, size, &error), is_known = true;
    uint32_t entry = 0;

    if (!are_there) {
        EXPECT(error.code == ERROR_SEAL_NO_HASH && error.numbers[0] > 0);
        expect_error(&error);
        return;
    }
    config_start(&cursor, text, size);
    while (config_next_good(&cursor, &line)) {
        EXPECT(is_known || line.entry == entry);
        entry = line.entry;
        EXPECT(line.partition == 0);
        EXPECT(is_known || !config_names_file(&line));
        is_known = line.key == CONFIG_SHA256 || (is_known && !config_names_file(&line));
    }
    EXPECT(is_known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_cursor cursor;
    struct config_line line;
    struct error error;
    uint32_t last = 0, entry = 0, default_entry;

    if (!config_default_entry((const char *)data, size, &default_entry, &error)) {
        EXPECT(error.code == ERROR_CONFIG_NO_ENTRY && default_entry == 0);
        expect_error(&error);
    }
    expect_hashes((const char *)data, size);
    config_start(&cursor, (const char *)data, size);
    for (;;) {
        if (config_next(&cursor, &line, &error)) {
            EXPECT(line.line > last && line.line <= size);
            EXPECT(line.value.length > 0);
            expect_inside(line.value, data, size);
            expect_inside(line.arguments, data, size);
            EXPECT(line.entry >= entry && line.entry <= entry + 1);
            EXPECT(line.key != CONFIG_RESOLUTION || (line.width > 0 && line.height > 0));
            EXPECT(line.key != CONFIG_SLOT || (line.attempts > 0 && line.attempts <= 255));
            EXPECT(line.key != CONFIG_SERIAL || !line.is_on ||
                   (line.port > 0 && line.speed > 0 && 115200 % line.speed == 0));
            EXPECT(line.key != CONFIG_LOG || (line.level <= 4 && line.sinks > 0));
            entry = line.entry;
            last = line.line;
        } else if (error.code == ERROR_NONE) {
            EXPECT(default_entry <= entry);
            return 0;
        } else {
            expect_error(&error);
            EXPECT(error.numbers[0] > last && error.numbers[1] >= 1);
            last = (uint32_t)error.numbers[0];
        }
    }
}
