/* SPDX-License-Identifier: MIT */
#include "format/last_words.h"

#include "base/crc32.h"
#include "base/string.h"
#include "base/units.h"

enum { VERSION = 1 };

static uint32_t header_crc32(const struct last_words *words)
{
    struct last_words copy = *words;

    copy.crc32 = 0;
    return crc32(0, &copy, sizeof(copy));
}

void last_words_seal(struct last_words *words, const char *text)
{
    memcpy(words->magic, LAST_WORDS_MAGIC, sizeof(words->magic));
    words->version = VERSION;
    words->text_crc32 = crc32(0, text, words->size);
    words->crc32 = header_crc32(words);
}

bool last_words_are_there(const struct last_words *words)
{
    return memcmp(words->magic, LAST_WORDS_MAGIC, sizeof(words->magic)) == 0 &&
           words->version == VERSION && words->size <= LAST_WORDS_TEXT_MAX &&
           words->crc32 == header_crc32(words);
}

uint32_t last_words_choose(const struct last_words places[LAST_WORDS_PLACES])
{
    for (uint32_t i = 0; i < LAST_WORDS_PLACES; i++)
        if (!last_words_are_there(&places[i]))
            return i;

    uint32_t first = places[0].flags & LAST_WORDS_OF_FAILURE;

    if (first != (places[1].flags & LAST_WORDS_OF_FAILURE))
        return first ? 1 : 0;
    return places[0].number <= places[1].number ? 0 : 1;
}
