/* SPDX-License-Identifier: MIT */
#include "show/picture.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "system/need.h"

enum {
    DEPTH_MAX = 5,        /* what lies deeper is not drawn */
    ROW_HEIGHT = 20,      /* pixels: room for a line of text */
    ROW_GROWTH = 72,      /* and what the largest range has more than the smallest, at most */
    PICTURE_HEIGHT = 760, /* all rows together, where they are few enough */
    PANEL_HEIGHT = 900,   /* higher pictures without nesting stand in several columns, */
    PANELS_MAX = 4,       /* but not in more */
};

/* ---- Describing ---- */

void picture_begin(struct picture *picture, const struct picture_kind *kinds, size_t kind_count)
{
    *picture = (struct picture){.kinds = kinds, .kind_count = kind_count, .last = UINT64_MAX};
}

void picture_title(struct picture *picture, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    picture->title = format_text_list(format, arguments);
    va_end(arguments);
}

void picture_subtitle(struct picture *picture, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    picture->subtitle = format_text_list(format, arguments);
    va_end(arguments);
}

static struct picture_box *add_box(struct picture *picture)
{
    if (picture->count == picture->capacity) {
        picture->capacity = maximum(2 * picture->capacity, 64);
        picture->boxes =
            need(reallocarray(picture->boxes, picture->capacity, sizeof(picture->boxes[0])));
    }
    return &picture->boxes[picture->count++];
}

struct picture_box *picture_add(struct picture *picture, unsigned kind, uint64_t first,
                                uint64_t size, const char *label, const char *note)
{
    struct picture_box *box = add_box(picture);

    *box = (struct picture_box){
        .first = first,
        .last = size - 1 <= UINT64_MAX - first ? first + (size - 1) : UINT64_MAX,
        .size = size,
        .kind = kind,
        .label = copy_text(label),
        .note = note != NULL ? copy_text(note) : NULL,
    };
    return box;
}

static void free_box(struct picture_box *box)
{
    free(box->label);
    free(box->note);
}

void picture_free(struct picture *picture)
{
    for (size_t i = 0; i < picture->count; i++)
        free_box(&picture->boxes[i]);
    free(picture->boxes);
    free(picture->title);
    free(picture->subtitle);
    *picture = (struct picture){0};
}

/* ---- Which box lies in which ---- */

static int by_place(const void *a, const void *b)
{
    const struct picture_box *left = a, *right = b;

    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    if (left->last != right->last)
        return left->last > right->last ? -1 : 1;
    if (left->depth != right->depth) /* holds the order in which they were added */
        return left->depth < right->depth ? -1 : 1;
    return 0;
}

/* Keeps what lies inside of the picture, and not too deep in other boxes. */
static void nest(struct picture *picture)
{
    size_t around[DEPTH_MAX]; /* the boxes that the next one may lie in */
    size_t kept = 0;
    unsigned depth = 0;

    for (size_t i = 0; i < picture->count; i++) {
        struct picture_box box = picture->boxes[i];

        box.last = minimum(box.last, picture->last);
        while (depth > 0 && picture->boxes[around[depth - 1]].last < box.first)
            depth--;
        if (box.first < picture->first || box.first > picture->last || depth == DEPTH_MAX) {
            free_box(&box);
            continue;
        }
        if (depth > 0) {
            struct picture_box *outer = &picture->boxes[around[depth - 1]];

            box.last = minimum(box.last, outer->last);
            outer->has_inner = true;
        }
        box.depth = depth;
        around[depth++] = kept;
        picture->boxes[kept++] = box;
    }
    picture->count = kept;
}

/* ---- Fewer boxes ---- */

static const char *things_of(const struct picture *picture, const struct picture_box *box)
{
    return picture->kinds[box->kind].things;
}

static bool can_merge(const struct picture *picture, const struct picture_box *box)
{
    return things_of(picture, box) != NULL && !box->has_inner && !box->is_marked && !box->is_kept;
}

/* How many boxes from `begin` on would be drawn as one. */
static size_t run_length(const struct picture *picture, size_t begin, bool is_mixed)
{
    const struct picture_box *first = &picture->boxes[begin];
    size_t length = 0;

    while (begin + length < picture->count) {
        const struct picture_box *box = &picture->boxes[begin + length];

        if (!can_merge(picture, box) || box->depth != first->depth ||
            (box->kind != first->kind && !is_mixed))
            break;
        length++;
    }
    return length;
}

static size_t count_merged(const struct picture *picture, bool is_mixed)
{
    size_t count = 0;

    for (size_t i = 0; i < picture->count; count++)
        i += maximum(run_length(picture, i, is_mixed), 1);
    return count;
}

/* What is called like this kind, among what is counted by kind. */
static size_t count_alike(const struct picture *picture, const size_t *counts, size_t kind)
{
    size_t count = 0;

    for (size_t i = 0; i < picture->kind_count; i++)
        if (picture->kinds[i].things != NULL &&
            strcmp(picture->kinds[i].things, picture->kinds[kind].things) == 0)
            count += counts[i];
    return count;
}

static bool is_named_before(const struct picture *picture, const size_t *counts, size_t kind)
{
    for (size_t i = 0; i < kind; i++)
        if (counts[i] > 0 && strcmp(picture->kinds[i].things, picture->kinds[kind].things) == 0)
            return true;
    return false;
}

/* "54 files, 1 directory" */
static char *describe_counts(const struct picture *picture, const size_t *counts)
{
    char *text = NULL, *longer;

    for (size_t i = 0; i < picture->kind_count; i++) {
        const struct picture_kind *kind = &picture->kinds[i];
        size_t count;

        if (counts[i] == 0 || is_named_before(picture, counts, i))
            continue;
        count = count_alike(picture, counts, i);
        longer = format_text("%s%s%zu %s", text != NULL ? text : "", text != NULL ? ", " : "",
                             count, count == 1 ? kind->name : kind->things);
        free(text);
        text = longer;
    }
    return text;
}

static struct picture_box merge_run(struct picture *picture, size_t begin, size_t length)
{
    struct picture_box merged = picture->boxes[begin];
    size_t *counts = need(calloc(picture->kind_count, sizeof(*counts)));
    uint64_t largest = merged.size;

    merged.size = 0;
    merged.note = NULL;
    merged.merged = 0;
    for (size_t i = begin; i < begin + length; i++) {
        struct picture_box *box = &picture->boxes[i];

        if (box->size > largest) { /* it is drawn like the largest */
            largest = box->size;
            merged.kind = box->kind;
        }
        merged.last = box->last;
        merged.size += box->size;
        merged.merged += maximum(box->merged, 1);
        counts[box->kind] += maximum(box->merged, 1);
        free_box(box);
    }
    merged.label = describe_counts(picture, counts);
    free(counts);
    return merged;
}

static void merge(struct picture *picture, bool is_mixed)
{
    size_t kept = 0;

    for (size_t i = 0; i < picture->count;) {
        size_t length = run_length(picture, i, is_mixed);

        picture->boxes[kept++] = length > 1 ? merge_run(picture, i, length) : picture->boxes[i];
        i += maximum(length, 1);
    }
    picture->count = kept;
}

static const struct picture_box *boxes_to_rank; /* qsort() has no place for it */

static int by_size(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    const struct picture_box *boxes = boxes_to_rank;

    if (boxes[left].size != boxes[right].size)
        return boxes[left].size > boxes[right].size ? -1 : 1;
    return left < right ? -1 : left > right;
}

/* Of boxes of the same size, all stay by themselves or none. */
static bool is_tie(const struct picture *picture, const size_t *ranking, size_t kept)
{
    return kept > 0 && kept < picture->count &&
           picture->boxes[ranking[kept - 1]].size == picture->boxes[ranking[kept]].size;
}

/* Merges until `rows` boxes are left: the largest stay by themselves. False: it cannot be done. */
static bool merge_down_to(struct picture *picture, size_t rows, bool is_mixed)
{
    size_t *ranking = need(calloc(picture->count, sizeof(*ranking)));
    size_t kept = rows;
    bool is_enough;

    for (size_t i = 0; i < picture->count; i++)
        ranking[i] = i;
    boxes_to_rank = picture->boxes;
    qsort(ranking, picture->count, sizeof(*ranking), by_size);
    for (size_t i = 0; i < picture->count; i++)
        picture->boxes[ranking[i]].is_kept = i < kept;
    while (kept > 0 && (is_tie(picture, ranking, kept) || count_merged(picture, is_mixed) > rows))
        picture->boxes[ranking[--kept]].is_kept = false;
    is_enough = count_merged(picture, is_mixed) <= rows;
    if (is_enough || is_mixed)
        merge(picture, is_mixed);
    free(ranking);
    return is_enough;
}

void picture_arrange(struct picture *picture, size_t rows)
{
    for (size_t i = 0; i < picture->count; i++)
        picture->boxes[i].depth = (unsigned)i;
    if (picture->count > 0)
        qsort(picture->boxes, picture->count, sizeof(picture->boxes[0]), by_place);
    nest(picture);
    if (picture->count > rows && !merge_down_to(picture, rows, false)) /* only what is alike */
        merge_down_to(picture, rows, true);
}

/* ---- Rows ---- */

static int ascending(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* The addresses at which a row begins; several times, perhaps. */
static uint64_t *row_starts(const struct picture *picture, size_t *count)
{
    uint64_t *starts = need(calloc(2 * picture->count + 3, sizeof(*starts)));

    *count = 0;
    starts[(*count)++] = picture->first;
    if (picture->hole_last != 0) {
        starts[(*count)++] = picture->hole_first;
        starts[(*count)++] = picture->hole_last + 1;
    }
    for (size_t i = 0; i < picture->count; i++) {
        starts[(*count)++] = picture->boxes[i].first;
        if (picture->boxes[i].last < picture->last)
            starts[(*count)++] = picture->boxes[i].last + 1;
    }
    qsort(starts, *count, sizeof(*starts), ascending);
    return starts;
}

/* The innermost box of each row: boxes that lie in others come behind them. */
static void fill_rows(const struct picture *picture, struct picture_row *rows, size_t count)
{
    size_t begin = 0;

    for (size_t i = 0; i < picture->count; i++) {
        const struct picture_box *box = &picture->boxes[i];

        while (begin < count && rows[begin].first < box->first)
            begin++;
        for (size_t row = begin; row < count && rows[row].first <= box->last; row++)
            rows[row].box = i;
    }
}

unsigned picture_logarithm(uint64_t value)
{
    unsigned exponent = value == 0 ? 0 : 63 - (unsigned)__builtin_clzll(value);
    uint64_t fraction = exponent >= 4 ? value >> (exponent - 4) : value << (4 - exponent);

    return 16 * exponent + (unsigned)(fraction & 15);
}

static uint64_t row_size(const struct picture_row *row)
{
    return row->last - row->first == UINT64_MAX ? UINT64_MAX : row->last - row->first + 1;
}

static void choose_heights(struct picture_row *rows, size_t count)
{
    size_t room = PICTURE_HEIGHT > ROW_HEIGHT * count ? PICTURE_HEIGHT - ROW_HEIGHT * count : 0;
    unsigned growth = (unsigned)maximum(minimum(2 * room / count, ROW_GROWTH), ROW_HEIGHT / 2);
    unsigned smallest = UINT32_MAX, largest = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned logarithm = picture_logarithm(row_size(&rows[i]));

        if (rows[i].is_hole)
            continue;
        smallest = logarithm < smallest ? logarithm : smallest;
        largest = logarithm > largest ? logarithm : largest;
    }
    for (size_t i = 0; i < count; i++) {
        unsigned logarithm = picture_logarithm(row_size(&rows[i]));
        bool is_empty = rows[i].box == SIZE_MAX;

        rows[i].height = ROW_HEIGHT;
        if (!rows[i].is_hole && largest > smallest)
            rows[i].height +=
                (is_empty ? growth / 2 : growth) * (logarithm - smallest) / (largest - smallest);
        else if (!rows[i].is_hole)
            rows[i].height += growth;
    }
}

static bool is_flat(const struct picture *picture)
{
    for (size_t i = 0; i < picture->count; i++)
        if (picture->boxes[i].depth > 0)
            return false;
    return true;
}

static void place_rows(const struct picture *picture, struct picture_row *rows, size_t count)
{
    unsigned total = 0, panels, top = 0, panel = 0;

    for (size_t i = 0; i < count; i++)
        total += rows[i].height;
    panels = is_flat(picture) ? (total + PANEL_HEIGHT - 1) / PANEL_HEIGHT : 1;
    panels = panels < PANELS_MAX ? panels : PANELS_MAX;
    for (size_t i = 0; i < count; i++) {
        if (top >= total / panels && panel + 1 < panels) {
            panel++;
            top = 0;
        }
        rows[i].panel = panel;
        rows[i].top = top;
        top += rows[i].height;
    }
}

struct picture_row *picture_rows(const struct picture *picture, size_t *count)
{
    size_t start_count;
    uint64_t *starts = row_starts(picture, &start_count);
    struct picture_row *rows = need(calloc(start_count, sizeof(*rows)));

    *count = 0;
    for (size_t i = 0; i < start_count; i++) {
        bool is_last = i + 1 == start_count;

        if (!is_last && starts[i + 1] == starts[i])
            continue;
        rows[(*count)++] = (struct picture_row){
            .first = starts[i],
            .last = is_last ? picture->last : starts[i + 1] - 1,
            .is_hole = picture->hole_last != 0 && starts[i] == picture->hole_first,
            .box = SIZE_MAX,
        };
    }
    free(starts);
    fill_rows(picture, rows, *count);
    choose_heights(rows, *count);
    place_rows(picture, rows, *count);
    return rows;
}
