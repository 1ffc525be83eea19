/* SPDX-License-Identifier: MIT */
#include "check_image.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "iso9660.h"
#include "report.h"
#include "survey.h"

static bool has_bytes(struct reader *file, uint64_t offset, const char *expected)
{
    char bytes[16];
    size_t length = strlen(expected);
    struct error error = {0};

    return reader_read(file, offset, length, bytes, &error) && memcmp(bytes, expected, length) == 0;
}

bool is_image(struct reader *file)
{
    if (has_bytes(file, 0,
                  "\x7f"
                  "ELF"))
        return false;
    return has_bytes(file, 510, "\x55\xaa") || has_bytes(file, 512, "EFI PART") ||
           has_bytes(file, 4096, "EFI PART") || has_bytes(file, 16 * ISO_BLOCK_SIZE + 1, "CD001");
}

static const char *const state_names[] = {
    [SURVEY_WHOLE] = "", [SURVEY_ODD] = "  (see the note)", [SURVEY_DAMAGED] = "  DAMAGED"};

static void print_item(const struct survey_item *item)
{
    if (item->kind == SURVEY_FREE)
        return;
    if (item->extent_count == 0) {
        printf("  %27s  %*s%s%s\n", "empty", (int)item->depth * 2, "", item->name,
               state_names[item->state]);
        return;
    }
    for (size_t i = 0; i < item->extent_count; i++) {
        uint64_t size = item->extents[i].size;

        printf("  0x%010" PRIx64 " - 0x%010" PRIx64 "  %*s%s%s%s\n", item->extents[i].start,
               item->extents[i].start + (size > 0 ? size - 1 : 0), (int)item->depth * 2, "",
               item->name, i > 0 ? ", continued" : "", i > 0 ? "" : state_names[item->state]);
    }
}

static void print_finding(const char *path, const struct survey *survey,
                          const struct survey_finding *finding)
{
    struct error error = finding->error;
    char text[1024];

    error.object[0] = '\0';
    error_print(&error, text, sizeof(text));
    fprintf(stderr, "mkimage: %s: %s: %s, bytes 0x%" PRIx64 " to 0x%" PRIx64 ": %s",
            finding->state == SURVEY_DAMAGED ? "error" : "note", path,
            survey->items[finding->item].name, finding->start,
            finding->start + (finding->size > 0 ? finding->size - 1 : 0), text);
}

enum exit_status check_image(const char *path, struct reader *image)
{
    struct stages own = stages_embedded();
    struct survey survey;
    struct error error = {0};
    size_t damaged;

    if (!survey_make(image, &own, &survey, &error)) {
        error_in(&error, path);
        return report_error(&error);
    }
    for (size_t i = 0; i < survey.item_count; i++)
        print_item(&survey.items[i]);
    damaged = survey.damaged_count;
    if (damaged == 0)
        printf("%s: whole\n", path);
    else
        printf("%s: damaged in %zu place%s\n", path, damaged, damaged == 1 ? "" : "s");
    fflush(stdout);
    for (size_t i = 0; i < survey.finding_count; i++)
        print_finding(path, &survey, &survey.findings[i]);
    survey_free(&survey);
    return damaged == 0 ? EXIT_DONE : EXIT_FAILED;
}
