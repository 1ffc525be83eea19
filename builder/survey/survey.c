/* SPDX-License-Identifier: MIT */
#include "survey/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "format/stage.h"
#include "survey/survey_parts.h"

/* Does a partition hold the stages and what belongs to them, or do they lie between table and file
 * system? */
static unsigned depth_of_chain(const struct survey *survey)
{
    for (size_t i = 0; i < survey->partition_count; i++)
        if (survey->partitions[i].start <= STAGE2_OFFSET &&
            survey->partitions[i].start + survey->partitions[i].size > STAGE2_OFFSET)
            return 1;
    return 0;
}

bool survey_make(struct reader *disk, const struct stages *own, struct survey *out,
                 struct error *error)
{
    struct survey survey = {.disk_size = disk->size};
    struct surveyor surveyor = {.disk = disk, .own = own, .survey = &survey};

    survey_recognize(&surveyor);
    survey_tables(&surveyor);
    if (survey.has_stages)
        survey_chain(&surveyor, depth_of_chain(&survey));
    else if (survey.has_mbr && survey.item_count > 0)
        survey_add(&surveyor, SURVEY_BOOT_SECTOR, 0, 0, STAGE1_CODE_SIZE, "boot code");
    survey_words(&surveyor, depth_of_chain(&survey));
    survey_volumes(&surveyor);
    if (survey.is_ours)
        survey_boot_state(&surveyor, depth_of_chain(&survey));
    survey_seals(&surveyor);
    free(surveyor.seals);
    survey_disc(&surveyor);
    survey_finish(&surveyor);
    if (surveyor.is_out_of_memory) {
        survey_free(&survey);
        return FAIL(error, HOST_MEMORY);
    }
    *out = survey;
    return true;
}
