/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"
#include "base/string.h"
#include "base/units.h"
#include "format/last_words.h"

void fault_note_add(struct fault_note *note, const char *text, size_t length)
{
    size_t taken = minimum(length, sizeof(note->text) - note->size);

    memcpy(note->text + note->size, text, taken);
    note->size += (uint32_t)taken;
}

void fault_note_finish(struct fault_note *note)
{
    note->crc32 = crc32(0, note->text, note->size);
    note->magic = FAULT_NOTE_MAGIC;
}

bool fault_note_is_there(const struct fault_note *note, uint64_t number)
{
    return note->magic == FAULT_NOTE_MAGIC && note->number == number &&
           note->size <= sizeof(note->text) && note->crc32 == crc32(0, note->text, note->size);
}
