/* SPDX-License-Identifier: MIT */
#include "boot/last_words.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/boot_disk.h"
#include "firmware/memory.h"

/* Some media wear out, and a person may try entry after entry. */
enum { WRITES_MAX = 4 };

static uint64_t place_offset(uint32_t place)
{
    return LAST_WORDS_OFFSET + (uint64_t)place * LAST_WORDS_PLACE_SIZE;
}

/* Why the words are lost is a detail: the boot goes on. */
static void give_up(struct last_words_keeper *keeper, const struct error *error)
{
    keeper->is_on = false;
    log_message(LOG_DETAIL, "the last words are not kept: %s", error_name(error->code));
}

/* The header and the text lie in the buffer, the header to be completed. */
static void write_buffer(struct last_words_keeper *keeper, uint32_t place)
{
    struct last_words *words = (struct last_words *)keeper->buffer;
    uint64_t used = sizeof(*words) + words->size, length = align_up(used, keeper->sector_size);
    struct error error = {0};

    if (keeper->writes_left == 0)
        return;
    keeper->writes_left--;
    last_words_seal(words, (const char *)(words + 1));
    memset(keeper->buffer + used, 0, length - used);
    if (!firmware_write_boot_disk(place_offset(place), length, keeper->buffer, &error))
        give_up(keeper, &error);
}

/* The note that the fault screen of the last boot has left, at a page of memory taken for it. */
static const struct fault_note *find_note(const struct last_words *last, struct frames *frames)
{
    uint64_t start = align_down(last->note, PAGE_SIZE);
    uint64_t pages = pages_for(last->note - start + sizeof(struct fault_note));

    if (last->note == 0 || !is_aligned(last->note, sizeof(uint64_t)) ||
        !frames_take(frames, start, pages, FRAMES_KEPT))
        return NULL;

    const struct fault_note *note = firmware_memory(last->note, sizeof(*note));

    return fault_note_is_there(note, last->number) ? note : NULL;
}

/* Appends the note to the words of its boot, and to their header here. */
static void keep_note(struct last_words_keeper *keeper, uint32_t place, struct last_words *header,
                      const struct fault_note *note)
{
    struct last_words *words = (struct last_words *)keeper->buffer;
    char *text = (char *)(words + 1);
    struct error error = {0};

    if (!firmware_read_boot_disk(place_offset(place), LAST_WORDS_SIZE_MAX, keeper->buffer,
                                 &error)) {
        give_up(keeper, &error);
        return;
    }
    if (memcmp(words, header, sizeof(*words)) != 0)
        return; /* a disk that says something else now: nothing in it can be relied upon */
    uint32_t length = (uint32_t)minimum(note->size, LAST_WORDS_TEXT_MAX - words->size);

    memcpy(text + words->size, note->text, length);
    words->size += length;
    words->flags |= LAST_WORDS_OF_FAILURE;
    words->note = 0;
    write_buffer(keeper, place);
    *header = *words;
    if (!keeper->is_on)
        return;
    log_message(LOG_INFO,
                "the last boot ended on the fault screen: mkimage inspect shows its text");
}

/* A machine of 2 MiB boots a kernel if nobody else wants much of them. */
static bool has_memory_to_spare(void)
{
    struct firmware_memory_map map;
    struct error error;
    uint64_t usable = 0;

    if (!firmware_read_memory_map(&map, &error))
        return false;
    for (uint64_t i = 0; i < map.count; i++)
        if (map.regions[i].kind == BOWLINE_MEMORY_USABLE)
            usable += map.regions[i].length;
    return usable >= 4 * MIB;
}

void last_words_start(struct last_words_keeper *keeper, int64_t time, struct frames *frames)
{
    struct last_words places[LAST_WORDS_PLACES];
    struct firmware_boot_disk disk;
    struct error error = {0};
    uint64_t phys;

    *keeper = (struct last_words_keeper){.time = time, .writes_left = WRITES_MAX};
    if (!firmware_find_boot_disk(&disk) || !has_memory_to_spare())
        return;
    keeper->sector_size = disk.sector_size;
    for (uint32_t i = 0; i < LAST_WORDS_PLACES; i++) {
        if (!firmware_read_boot_disk(place_offset(i), sizeof(places[i]), &places[i], &error))
            memset(&places[i], 0, sizeof(places[i])); /* to be written anew */
    }

    bool is_there[LAST_WORDS_PLACES];

    for (uint32_t i = 0; i < LAST_WORDS_PLACES; i++)
        is_there[i] = last_words_are_there(&places[i]);
    if (!is_there[0] && !is_there[1])
        return; /* not a disk of ours */

    uint32_t last = !is_there[0] || (is_there[1] && places[1].number > places[0].number);
    const struct fault_note *note = find_note(&places[last], frames);

    if (!frames_allocate(frames, pages_for(LAST_WORDS_SIZE_MAX), PAGE_SIZE, FRAMES_KEPT, &phys,
                         &error)) {
        give_up(keeper, &error);
        return;
    }
    keeper->buffer = firmware_memory(phys, LAST_WORDS_SIZE_MAX);
    keeper->is_on = true;
    keeper->number = places[last].number + 1;
    if (note != NULL)
        keep_note(keeper, last, &places[last], note);
    keeper->place = last_words_choose(places);
}

void last_words_write(struct last_words_keeper *keeper, uint32_t flags, uint64_t note)
{
    struct last_words *words = (struct last_words *)keeper->buffer;
    uint32_t size = (uint32_t)minimum(log_size(), LAST_WORDS_TEXT_MAX);

    if (!keeper->is_on)
        return;
    keeper->flags |= flags;
    *words = (struct last_words){
        .number = keeper->number,
        .time = keeper->time,
        .note = note,
        .flags = keeper->flags,
        .size = size,
    };
    memcpy(words + 1, log_text(), size);
    write_buffer(keeper, keeper->place);
}
