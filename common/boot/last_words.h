/* SPDX-License-Identifier: MIT */
/* Keeps the log on the boot disk (format/last_words.h): where it can, and never in the way. */
#pragma once

#include "format/last_words.h"
#include "memory/frames.h"

struct last_words_keeper {
    bool is_on;
    uint32_t sector_size;
    uint32_t place;       /* of this boot's words */
    uint32_t writes_left; /* in this boot */
    uint32_t flags;       /* of this boot's words so far: a try that failed is not forgotten */
    uint64_t number;      /* of this boot */
    int64_t time;
    uint8_t *buffer; /* LAST_WORDS_SIZE_MAX bytes, FRAMES_KEPT */
};

/*
 * Finds the places for words on the boot disk. A note that a fault screen of the last boot has left
 * in memory goes to that boot's words: so to be called before much memory is taken. Where anything
 * fails, no words are kept.
 */
void last_words_start(struct last_words_keeper *keeper, int64_t time, struct frames *frames);

/*
 * Writes the log as it is now. `note`: physical address of the fault screen's note; 0: there is
 * none yet.
 */
void last_words_write(struct last_words_keeper *keeper, uint32_t flags, uint64_t note);
