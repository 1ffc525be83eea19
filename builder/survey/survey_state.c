/* SPDX-License-Identifier: MIT */
/* The two boot-state records. A power cut may have damaged one of them, which is no harm. */
#include "base/units.h"
#include "format/boot_state.h"
#include "format/config.h"
#include "survey/survey_parts.h"

static bool has_slots(const struct survey *survey)
{
    struct config_cursor cursor;
    struct config_line line;

    if (survey->boot_conf == NULL)
        return false;
    config_start(&cursor, survey->boot_conf, survey->boot_conf_size);
    while (config_next_good(&cursor, &line))
        if (line.key == CONFIG_SLOT)
            return true;
    return false;
}

void survey_boot_state(struct surveyor *surveyor, unsigned depth)
{
    static const char *const names[] = {"boot state, first record", "boot state, second record"};
    struct bowline_state records[2];
    size_t items[2];
    bool is_wiped;

    for (int i = 0; i < 2; i++)
        if (!survey_peek(surveyor, boot_state_place(i), sizeof(records[i]), &records[i]))
            return;
    is_wiped = records[0].magic != BOWLINE_STATE_MAGIC && records[1].magic != BOWLINE_STATE_MAGIC;
    if (is_wiped && !has_slots(surveyor->survey))
        return; /* nobody misses them, or it was made by a mkimage that knew none */
    for (int i = 0; i < 2; i++)
        items[i] = survey_add(surveyor, SURVEY_BOOT_STATE, depth, boot_state_place(i),
                              sizeof(records[i]), names[i]);
    for (int i = 0; i < 2 && !surveyor->is_out_of_memory; i++) {
        uint64_t start = boot_state_place(i), size = sizeof(records[i]);

        if (is_wiped)
            DAMAGE(surveyor, items[i], start, size, STATE_WIPED);
        else if (bowline_state_newest(records) < 0)
            DAMAGE(surveyor, items[i], start, size, STATE_DAMAGED);
        else if (!bowline_state_is_whole(&records[i]))
            ODD(surveyor, items[i], start, size, STATE_TORN);
    }
}
