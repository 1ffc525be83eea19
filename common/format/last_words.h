/* SPDX-License-Identifier: MIT */
/*
 * The last words: what the loader's log said in the last boots, on the boot disk, for machines
 * without a serial port. There are two places, each with a header and a text; a boot takes the one
 * that is worth less. mkimage writes two empty ones; where there are none, the loader writes
 * nothing.
 *
 * A fault screen appears when nobody can write to a disk any more. It leaves a note in memory,
 * which survives a reset on most machines; the next boot finds it by the header of the one before.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LAST_WORDS_OFFSET = 0xd0000, /* bytes from the start of the disk */
    LAST_WORDS_PLACES = 2,
    LAST_WORDS_PLACE_SIZE = 0x8000, /* bytes from one place to the next */
    LAST_WORDS_SIZE_MAX = 0x6000,   /* of header and text together */
};

#define LAST_WORDS_MAGIC "BOWLWORD"

enum last_words_flag {
    LAST_WORDS_OF_FAILURE = 1 << 0, /* an error or a fault: it stays until another one comes */
};

/* Little-endian, as the processor is. */
struct last_words {
    char magic[8];
    uint32_t version; /* 1 */
    uint32_t crc32;   /* of the header with this member 0 */
    uint64_t number;  /* of the boot; 0: none has been yet */
    int64_t time;     /* of the boot, Unix seconds; 0: unknown */
    uint64_t note;    /* physical address of the struct fault_note of that boot; 0: none */
    uint32_t flags;   /* enum last_words_flag */
    uint32_t size;    /* of the text that follows: bytes, at most LAST_WORDS_TEXT_MAX */
    uint32_t text_crc32;
    uint32_t reserved[3];
};
_Static_assert(sizeof(struct last_words) == 64, "docs/image-layout.md");

enum { LAST_WORDS_TEXT_MAX = LAST_WORDS_SIZE_MAX - 64 };

/* Fills in magic, version and checksums; `text` has words->size bytes. */
void last_words_seal(struct last_words *words, const char *text);

/* Is it a header, whole and of a version that we know? */
bool last_words_are_there(const struct last_words *words);

/* Of two places, the number of the one to write to: one that is damaged, or says nothing of a
 * failure, or is older. */
uint32_t last_words_choose(const struct last_words places[LAST_WORDS_PLACES]);

/* What a fault screen leaves in memory. */
#define FAULT_NOTE_MAGIC 0x45544f4e544c4146 /* "FALTNOTE" */
struct fault_note {
    uint64_t magic;  /* there is a text */
    uint64_t number; /* of the boot, filled in by the loader; 0: no note is wanted */
    uint32_t size;
    uint32_t crc32; /* of the text */
    char text[4096 - 24];
};
_Static_assert(sizeof(struct fault_note) == 4096, "it takes a page");

/* Appends as much of the text as there is room for. */
void fault_note_add(struct fault_note *note, const char *text, size_t length);

/* Makes it one that can be found again. */
void fault_note_finish(struct fault_note *note);

/* Is it the note of that boot, and whole? */
bool fault_note_is_there(const struct fault_note *note, uint64_t number);
