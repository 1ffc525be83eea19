/* SPDX-License-Identifier: MIT */
/* What mkimage check says of an image. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "show/check_parts.h"
#include "survey/survey.h"
#include "system/need.h"

static const char *const state_names[] = {
    [SURVEY_WHOLE] = "", [SURVEY_ODD] = "  (see the note)", [SURVEY_DAMAGED] = "  DAMAGED"};

static void print_item(FILE *to, const struct survey_item *item)
{
    if (item->kind == SURVEY_FREE)
        return;
    if (item->extent_count == 0) {
        fprintf(to, "  %27s  %*s%s%s\n", "empty", (int)item->depth * 2, "", item->name,
                state_names[item->state]);
        return;
    }
    for (size_t i = 0; i < item->extent_count; i++) {
        uint64_t size = item->extents[i].size;

        fprintf(to, "  0x%010" PRIx64 " - 0x%010" PRIx64 "  %*s%s%s%s\n", item->extents[i].start,
                item->extents[i].start + (size > 0 ? size - 1 : 0), (int)item->depth * 2, "",
                item->name, i > 0 ? ", continued" : "", i > 0 ? "" : state_names[item->state]);
    }
}

static void add_finding(struct check *check, const struct survey *survey,
                        const struct survey_finding *finding)
{
    const char *name = survey->items[finding->item].name;
    char *what =
        format_text("%s: %s, bytes 0x%" PRIx64 " to 0x%" PRIx64, check->path, name, finding->start,
                    finding->start + (finding->size > 0 ? finding->size - 1 : 0));

    check_add_error(check,
                    &(struct mkimage_finding){
                        .severity = finding->state == SURVEY_DAMAGED ? MKIMAGE_ERROR : MKIMAGE_NOTE,
                        .where = name,
                        .start = finding->start,
                        .size = finding->size,
                    },
                    &finding->error, what);
    free(what);
}

bool check_image(struct check *check, struct reader *image, struct error *error)
{
    struct stages own = stages_embedded();
    struct survey survey;

    if (!survey_make(image, &own, &survey, error))
        return false;
    for (size_t i = 0; i < survey.item_count; i++)
        print_item(check->report, &survey.items[i]);
    if (survey.damaged_count == 0)
        fprintf(check->report, "%s: whole\n", check->path);
    else
        fprintf(check->report, "%s: damaged in %zu place%s\n", check->path, survey.damaged_count,
                survey.damaged_count == 1 ? "" : "s");
    for (size_t i = 0; i < survey.finding_count; i++)
        add_finding(check, &survey, &survey.findings[i]);
    survey_free(&survey);
    return true;
}
