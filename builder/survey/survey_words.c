/* SPDX-License-Identifier: MIT */
/* The last words of the last boots: two places for them (format/last_words.h). */
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/units.h"
#include "format/last_words.h"
#include "survey/survey_parts.h"

static void take_text(struct surveyor *surveyor, size_t item, uint64_t start,
                      const struct last_words *words)
{
    struct survey *survey = surveyor->survey;
    struct survey_words *taken =
        survey_grow(surveyor, survey->words, survey->words_count, sizeof(*survey->words));
    char *text = malloc(words->size + 1);
    uint32_t crc;

    if (taken != NULL)
        survey->words = taken;
    if (taken == NULL || text == NULL) {
        surveyor->is_out_of_memory = true;
        free(text);
        return;
    }
    if (!survey_read(surveyor, item, start + sizeof(*words), words->size, text)) {
        free(text);
        return;
    }
    text[words->size] = '\0';
    survey->words[survey->words_count++] = (struct survey_words){
        .number = words->number,
        .time = words->time,
        .is_of_failure = words->flags & LAST_WORDS_OF_FAILURE,
        .text = text,
        .size = words->size,
    };
    crc = crc32(0, text, words->size);
    if (crc != words->text_crc32)
        ODD(surveyor, item, start, sizeof(*words) + words->size, LAST_WORDS_CUT, crc,
            words->text_crc32);
}

/* Both are zero in an image that others have made. */
static bool read_headers(struct surveyor *surveyor, struct last_words places[LAST_WORDS_PLACES])
{
    bool is_one_there = false;

    for (uint32_t i = 0; i < LAST_WORDS_PLACES; i++) {
        if (!survey_peek(surveyor, LAST_WORDS_OFFSET + i * LAST_WORDS_PLACE_SIZE, sizeof(places[i]),
                         &places[i]))
            memset(&places[i], 0, sizeof(places[i]));
        is_one_there |= last_words_are_there(&places[i]);
    }
    return is_one_there;
}

static int by_number(const void *a, const void *b)
{
    const struct survey_words *first = a, *second = b;

    return (first->number > second->number) - (first->number < second->number);
}

void survey_words(struct surveyor *surveyor, unsigned depth)
{
    struct survey *survey = surveyor->survey;
    struct last_words places[LAST_WORDS_PLACES];

    if (!read_headers(surveyor, places))
        return;
    for (uint32_t i = 0; i < LAST_WORDS_PLACES && !surveyor->is_out_of_memory; i++) {
        uint64_t start = LAST_WORDS_OFFSET + i * LAST_WORDS_PLACE_SIZE;
        bool is_there = last_words_are_there(&places[i]);
        size_t item = survey_add(surveyor, SURVEY_WORDS, depth, start,
                                 sizeof(places[i]) + (is_there ? places[i].size : 0),
                                 i == 0 ? "last words" : "last words, second place");

        if (!is_there)
            ODD(surveyor, item, start, sizeof(places[i]), LAST_WORDS_CUT, places[i].crc32, 0);
        else if (places[i].number != 0)
            take_text(surveyor, item, start, &places[i]);
    }
    if (survey->words_count > 1)
        qsort(survey->words, survey->words_count, sizeof(*survey->words), by_number);
}
