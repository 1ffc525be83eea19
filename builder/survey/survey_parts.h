/* SPDX-License-Identifier: MIT */
/* What the parts of the survey share. Each part looks at one kind of structure. */
#pragma once

#include "survey/survey.h"

/* A seal that is whole. */
struct found_seal {
    size_t item;    /* index into survey.items: stage 2, or a UEFI application */
    uint64_t start; /* bytes from the start of the disk */
    struct seal seal;
};

/*
 * Running out of memory is remembered and makes the rest of the survey do nothing: survey_make()
 * looks at it at the end.
 */
struct surveyor {
    struct reader *disk;
    const struct stages *own; /* NULL: nothing to compare with */
    struct survey *survey;
    bool is_out_of_memory;
    bool has_disc_sector; /* stage 1 for discs is there */
    size_t seal_count;
    struct found_seal *seals;
};

enum { SURVEY_NO_ITEM = -1 };

/*
 * Makes room for element `count` of an array that has grown by this function alone, and zeroes it.
 * NULL: no memory; the array is as it was.
 */
void *survey_grow(struct surveyor *surveyor, void *array, size_t count, size_t element_size);

/* A structure of one piece, of which all bytes matter. */
size_t survey_add(struct surveyor *surveyor, enum survey_kind kind, unsigned depth, uint64_t start,
                  uint64_t size, const char *name);

/* A structure in pieces, whose array becomes the survey's. `size` as in struct survey_item. */
size_t survey_add_pieces(struct surveyor *surveyor, enum survey_kind kind, unsigned depth,
                         struct survey_extent *extents, size_t count, uint64_t size,
                         const char *name);

/* Something is wrong with bytes of an item. */
void survey_note(struct surveyor *surveyor, size_t item, enum survey_state state, uint64_t start,
                 uint64_t size, const struct error *error);

/* DAMAGE(surveyor, item, start, size, CODE, numbers...), with a text for {s}: DAMAGE_WITH(). */
#define DAMAGE_WITH(surveyor, item, start, size, code, detail, ...)                                \
    survey_note_with((surveyor), (item), SURVEY_DAMAGED, (start), (size), ERROR_##code, (detail),  \
                     (const uint64_t[4]){__VA_ARGS__})
#define DAMAGE(surveyor, item, start, size, code, ...)                                             \
    DAMAGE_WITH(surveyor, item, start, size, code, "", __VA_ARGS__)
#define ODD_WITH(surveyor, item, start, size, code, detail, ...)                                   \
    survey_note_with((surveyor), (item), SURVEY_ODD, (start), (size), ERROR_##code, (detail),      \
                     (const uint64_t[4]){__VA_ARGS__})
#define ODD(surveyor, item, start, size, code, ...)                                                \
    ODD_WITH(surveyor, item, start, size, code, "", __VA_ARGS__)
void survey_note_with(struct surveyor *surveyor, size_t item, enum survey_state state,
                      uint64_t start, uint64_t size, enum error_code code, const char *detail,
                      const uint64_t numbers[4]);

/* Reads bytes of an item, or makes it a finding that they cannot be read. */
bool survey_read(struct surveyor *surveyor, size_t item, uint64_t offset, uint64_t length,
                 void *to);

/* The same where nobody expects that they can be read. */
bool survey_peek(struct surveyor *surveyor, uint64_t offset, uint64_t length, void *to);

/* Are all bytes of the range zero? If not, *at is the first that is not. */
bool survey_is_zero(struct surveyor *surveyor, uint64_t offset, uint64_t length, uint64_t *at);

/* "Bowline 1.2.3", as it stands somewhere in the bytes, or "". */
void survey_find_version(const uint8_t *bytes, size_t size, char out[SURVEY_VERSION_SIZE]);

/* Sorts everything and fills what is left with items of the kind SURVEY_FREE. */
void survey_finish(struct surveyor *surveyor);

/* survey_stages.c: stage 1, stage 1 for discs, stages 2 and 3. Sets survey->is_ours first. */
void survey_recognize(struct surveyor *surveyor);
void survey_chain(struct surveyor *surveyor, unsigned depth);

/* survey_seal.c: takes note of a loader's seal; and, when all is known, compares boot.conf. */
void survey_add_seal(struct surveyor *surveyor, size_t item, uint64_t start,
                     const struct seal *seal);
void survey_seals(struct surveyor *surveyor);

/* survey_words.c */
void survey_words(struct surveyor *surveyor, unsigned depth);

/* survey_state.c: in any disk of ours, also without stages. boot.conf has been read. */
void survey_boot_state(struct surveyor *surveyor, unsigned depth);

/* survey_table.c: the first sector's table, and the partitions of whatever scheme. */
void survey_tables(struct surveyor *surveyor);

/* survey_gpt.c: both copies. `mbr` is the item of the first sector's table. */
bool survey_gpt(struct surveyor *surveyor, struct gpt *out);

/* survey_fat.c: the FAT file systems, and what the loader finds on its own. */
void survey_volumes(struct surveyor *surveyor);

/* survey_disc.c: ISO 9660 and El Torito. */
void survey_disc(struct surveyor *surveyor);
