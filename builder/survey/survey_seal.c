/* SPDX-License-Identifier: MIT */
/* The seals of the loaders, and whether they take what they are going to find. */
#include <strings.h>

#include "format/config.h"
#include "survey/survey_parts.h"

void survey_add_seal(struct surveyor *surveyor, size_t item, uint64_t start,
                     const struct seal *seal)
{
    struct error error = {0};
    struct found_seal *seals;

    if (!seal_check(seal, &error)) {
        survey_note(surveyor, item, SURVEY_DAMAGED, start, sizeof(*seal), &error);
        return;
    }
    seals = survey_grow(surveyor, surveyor->seals, surveyor->seal_count, sizeof(*seals));
    if (seals == NULL)
        return;
    surveyor->seals = seals;
    seals[surveyor->seal_count++] = (struct found_seal){item, start, *seal};
}

/* The one that the loader reads; NULL: there is none. */
static const struct survey_file *find_boot_conf(const struct survey *survey)
{
    for (size_t i = 0; i < survey->file_count; i++)
        if (survey->files[i].volume == survey->boot_volume &&
            strcasecmp(survey->files[i].path, CONFIG_PATH) == 0)
            return &survey->files[i];
    return NULL;
}

static void blame_boot_conf(struct surveyor *surveyor, const struct survey_file *file,
                            const struct error *error)
{
    const struct survey_item *item = &surveyor->survey->items[file->item];

    survey_note(surveyor, file->item, SURVEY_DAMAGED, item->start, item->size, error);
}

/* One loader's seal is not like that of others. */
static void blame_seal(struct surveyor *surveyor, const struct found_seal *seal)
{
    if (seal->seal.count == 0)
        ODD(surveyor, seal->item, seal->start, sizeof(seal->seal), SEAL_MISSING, 0);
    else
        DAMAGE(surveyor, seal->item, seal->start, sizeof(seal->seal), SEAL_OTHER,
               sha256_first_digits(seal->seal.sha256[0]));
}

void survey_seals(struct surveyor *surveyor)
{
    struct survey *survey = surveyor->survey;
    const struct survey_file *boot_conf = find_boot_conf(survey);
    size_t open = 0, taking = 0;
    struct error error = {0};

    if (boot_conf == NULL || survey->boot_conf == NULL || !boot_conf->has_sha256)
        return;
    for (size_t i = 0; i < surveyor->seal_count; i++) {
        open += surveyor->seals[i].seal.count == 0;
        taking += seal_take(&surveyor->seals[i].seal, boot_conf->sha256, &error);
    }
    if (open == surveyor->seal_count)
        return;
    if (taking == open) /* all that are sealed agree that it is another */
        blame_boot_conf(surveyor, boot_conf, &error);
    else
        survey->is_sealed = open == 0 && taking == surveyor->seal_count;
    for (size_t i = 0; i < surveyor->seal_count; i++) {
        const struct found_seal *seal = &surveyor->seals[i];

        if (seal->seal.count == 0 ||
            (taking > open && !seal_take(&seal->seal, boot_conf->sha256, &error)))
            blame_seal(surveyor, seal);
    }
    error = (struct error){0};
    if (!config_check_hashes(survey->boot_conf, survey->boot_conf_size, &error))
        blame_boot_conf(surveyor, boot_conf, &error);
}
