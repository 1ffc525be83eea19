/* SPDX-License-Identifier: MIT */
#include "image/empty_words.h"

#include "format/last_words.h"

bool empty_words_write(struct output *output, struct error *error)
{
    struct last_words words = {.size = 0};

    last_words_seal(&words, "");
    for (uint64_t i = 0; i < LAST_WORDS_PLACES; i++)
        if (!output_write(output, LAST_WORDS_OFFSET + i * LAST_WORDS_PLACE_SIZE, &words,
                          sizeof(words), error))
            return false;
    return true;
}
