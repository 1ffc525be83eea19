/* SPDX-License-Identifier: MIT */
/* The lists of a survey: how they grow, their order, and what nobody's bytes are. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "survey/survey_parts.h"

void *survey_grow(struct surveyor *surveyor, void *array, size_t count, size_t element_size)
{
    char *grown = array;

    if (surveyor->is_out_of_memory)
        return NULL;
    if (count == 0 || is_power_of_two(count)) {
        grown = count > SIZE_MAX / 2 / element_size
                    ? NULL
                    : realloc(array, (count == 0 ? 1 : 2 * count) * element_size);
        if (grown == NULL) {
            surveyor->is_out_of_memory = true;
            return NULL;
        }
    }
    memset(grown + count * element_size, 0, element_size);
    return grown;
}

size_t survey_add_pieces(struct surveyor *surveyor, enum survey_kind kind, unsigned depth,
                         struct survey_extent *extents, size_t count, uint64_t size,
                         const char *name)
{
    struct survey *survey = surveyor->survey;
    struct survey_item *grown =
        survey_grow(surveyor, survey->items, survey->item_count, sizeof(*survey->items));
    char *copy = strdup(name);

    if (grown != NULL)
        survey->items = grown;
    if (grown == NULL || copy == NULL) {
        surveyor->is_out_of_memory = true;
        free(extents);
        free(copy);
        return SURVEY_NO_ITEM;
    }
    survey->items[survey->item_count] = (struct survey_item){
        .kind = kind,
        .depth = depth,
        .name = copy,
        .start = count > 0 ? extents[0].start : 0,
        .size = size,
        .extent_count = count,
        .extents = extents,
    };
    return survey->item_count++;
}

size_t survey_add(struct surveyor *surveyor, enum survey_kind kind, unsigned depth, uint64_t start,
                  uint64_t size, const char *name)
{
    struct survey_extent *extent = malloc(sizeof(*extent));

    if (extent == NULL) {
        surveyor->is_out_of_memory = true;
        return SURVEY_NO_ITEM;
    }
    *extent = (struct survey_extent){start, size};
    return survey_add_pieces(surveyor, kind, depth, extent, 1, size, name);
}

void survey_note(struct surveyor *surveyor, size_t item, enum survey_state state, uint64_t start,
                 uint64_t size, const struct error *error)
{
    struct survey *survey = surveyor->survey;
    struct survey_finding *grown =
        survey_grow(surveyor, survey->findings, survey->finding_count, sizeof(*survey->findings));

    if (grown == NULL)
        return;
    survey->findings = grown;
    survey->findings[survey->finding_count++] = (struct survey_finding){
        .item = item, .state = state, .start = start, .size = size, .error = *error};
    if (survey->items[item].state < state)
        survey->items[item].state = state;
    if (state == SURVEY_DAMAGED)
        survey->damaged_count++;
    else
        survey->odd_count++;
}

void survey_note_with(struct surveyor *surveyor, size_t item, enum survey_state state,
                      uint64_t start, uint64_t size, enum error_code code, const char *detail,
                      const uint64_t numbers[4])
{
    struct error error = {0};

    error_set_with(&error, code, detail, numbers);
    survey_note(surveyor, item, state, start, size, &error);
}

/* ---- Reading ---- */

bool survey_read(struct surveyor *surveyor, size_t item, uint64_t offset, uint64_t length, void *to)
{
    struct error error = {0};

    if (reader_read(surveyor->disk, offset, length, to, &error))
        return true;
    survey_note(surveyor, item, SURVEY_DAMAGED, offset, length, &error);
    return false;
}

bool survey_peek(struct surveyor *surveyor, uint64_t offset, uint64_t length, void *to)
{
    struct error error = {0};

    return reader_read(surveyor->disk, offset, length, to, &error);
}

bool survey_is_zero(struct surveyor *surveyor, uint64_t offset, uint64_t length, uint64_t *at)
{
    uint8_t window[4096];

    while (length > 0) {
        uint64_t part = minimum(length, sizeof(window));

        if (!survey_peek(surveyor, offset, part, window))
            return true; /* whoever reads it will say so */
        for (uint64_t i = 0; i < part; i++) {
            if (window[i] != 0) {
                *at = offset + i;
                return false;
            }
        }
        offset += part;
        length -= part;
    }
    return true;
}

/* ---- Order ---- */

static const struct survey_item *sorted_items; /* qsort() hands nothing on */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static uint64_t extent_of(const struct survey_item *item)
{
    return item->extent_count > 0 ? item->extents[0].size : 0;
}

/* By place; at the same place the outer one first, and without a place last. */
static int compare_items(const void *left, const void *right)
{
    const struct survey_item *a = &sorted_items[*(const size_t *)left];
    const struct survey_item *b = &sorted_items[*(const size_t *)right];
    int order = compare_numbers(a->extent_count == 0, b->extent_count == 0);

    if (order == 0)
        order = compare_numbers(a->start, b->start);
    if (order == 0)
        order = compare_numbers(a->depth, b->depth);
    if (order == 0)
        order = compare_numbers(extent_of(b), extent_of(a));
    if (order == 0)
        order = compare_numbers(*(const size_t *)left, *(const size_t *)right);
    return order;
}

static int compare_findings(const void *left, const void *right)
{
    const struct survey_finding *a = left, *b = right;
    int order = compare_numbers(a->item, b->item);

    return order != 0 ? order : compare_numbers(a->start, b->start);
}

static void sort_items(struct surveyor *surveyor)
{
    struct survey *survey = surveyor->survey;
    size_t count = survey->item_count;
    size_t *order = calloc(count, sizeof(*order));
    size_t *place = calloc(count, sizeof(*place));
    struct survey_item *items = calloc(count, sizeof(*items));

    if (order == NULL || place == NULL || items == NULL) {
        surveyor->is_out_of_memory = count > 0;
        free(items);
    } else {
        for (size_t i = 0; i < count; i++)
            order[i] = i;
        sorted_items = survey->items;
        qsort(order, count, sizeof(*order), compare_items);
        for (size_t i = 0; i < count; i++) {
            items[i] = survey->items[order[i]];
            place[order[i]] = i;
        }
        free(survey->items);
        survey->items = items;
        for (size_t i = 0; i < survey->finding_count; i++)
            survey->findings[i].item = place[survey->findings[i].item];
        for (size_t i = 0; i < survey->file_count; i++)
            survey->files[i].item = place[survey->files[i].item];
        if (survey->finding_count > 0)
            qsort(survey->findings, survey->finding_count, sizeof(*survey->findings),
                  compare_findings);
    }
    free(order);
    free(place);
}

/* ---- What is left over ---- */

static int compare_extents(const void *left, const void *right)
{
    const struct survey_extent *a = left, *b = right;

    return compare_numbers(a->start, b->start);
}

/* Fills what of [start, end) no item of this depth or, in a partition, of any takes. */
static void add_gaps(struct surveyor *surveyor, uint64_t start, uint64_t end, unsigned depth)
{
    struct survey *survey = surveyor->survey;
    size_t items = survey->item_count, count = 0;
    struct survey_extent *taken = NULL;

    for (size_t i = 0; i < items; i++) {
        const struct survey_item *item = &survey->items[i];

        for (size_t j = 0; item->depth == depth && j < item->extent_count; j++) {
            if (item->extents[j].start >= end || item->extents[j].start < start)
                continue;
            struct survey_extent *grown = survey_grow(surveyor, taken, count, sizeof(*taken));
            if (grown == NULL) {
                free(taken);
                return;
            }
            taken = grown;
            taken[count++] = item->extents[j];
        }
    }
    if (count > 0)
        qsort(taken, count, sizeof(*taken), compare_extents);
    for (size_t i = 0; i <= count; i++) {
        uint64_t next = i < count ? taken[i].start : end;

        if (next > start)
            survey_add(surveyor, SURVEY_FREE, depth, start, next - start, "free");
        if (i < count)
            start = maximum(start, taken[i].start + taken[i].size);
    }
    free(taken);
}

void survey_finish(struct surveyor *surveyor)
{
    struct survey *survey = surveyor->survey;
    size_t items = survey->item_count;

    add_gaps(surveyor, 0, surveyor->disk->size, 0);
    for (size_t i = 0; i < items && !surveyor->is_out_of_memory; i++) {
        const struct survey_item *item = &survey->items[i];

        if (item->kind == SURVEY_PARTITION)
            add_gaps(surveyor, item->start, minimum(item->start + item->size, surveyor->disk->size),
                     item->depth + 1);
    }
    if (!surveyor->is_out_of_memory)
        sort_items(surveyor);
}

const struct survey_item *survey_item_at(const struct survey *survey, uint64_t byte)
{
    const struct survey_item *found = NULL;

    for (size_t i = 0; i < survey->item_count; i++) {
        const struct survey_item *item = &survey->items[i];

        for (size_t j = 0; j < item->extent_count; j++)
            if (byte >= item->extents[j].start &&
                byte - item->extents[j].start < item->extents[j].size &&
                (found == NULL || item->depth > found->depth))
                found = item;
    }
    return found;
}

const char *survey_kind_name(enum survey_kind kind)
{
    static const char *const names[] = {
        [SURVEY_BOOT_SECTOR] = "boot-sector",
        [SURVEY_MBR] = "mbr",
        [SURVEY_GPT_HEADER] = "gpt-header",
        [SURVEY_GPT_ENTRIES] = "gpt-entries",
        [SURVEY_ISO] = "iso",
        [SURVEY_BOOT_CATALOG] = "boot-catalog",
        [SURVEY_DISC_SECTOR] = "disc-sector",
        [SURVEY_STAGE] = "stage",
        [SURVEY_WORDS] = "last-words",
        [SURVEY_BOOT_STATE] = "boot-state",
        [SURVEY_PARTITION] = "partition",
        [SURVEY_FAT_BOOT_SECTOR] = "fat-boot-sector",
        [SURVEY_FAT_INFO] = "fat-info",
        [SURVEY_FAT_TABLE] = "fat-table",
        [SURVEY_DIRECTORY] = "directory",
        [SURVEY_FILE] = "file",
        [SURVEY_FREE] = "free",
    };

    return names[kind];
}

void survey_free(struct survey *survey)
{
    for (size_t i = 0; i < survey->item_count; i++) {
        free(survey->items[i].name);
        free(survey->items[i].extents);
    }
    for (size_t i = 0; i < survey->file_count; i++)
        free(survey->files[i].path);
    free(survey->items);
    free(survey->findings);
    free(survey->partitions);
    free(survey->volumes);
    free(survey->files);
    for (size_t i = 0; i < survey->words_count; i++)
        free(survey->words[i].text);
    free(survey->words);
    free(survey->boot_conf);
    free(survey->kernel_path);
    *survey = (struct survey){0};
}
