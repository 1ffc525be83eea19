/* SPDX-License-Identifier: MIT */
/* From boxes and rows to SVG. From top to bottom: title, bar to scale, rows, legend. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "show/picture.h"
#include "show/picture_style.h"
#include "text/size_text.h"
#include "text/text_width.h"
#include "text/xml.h"

/* Pixels. */
enum {
    MARGIN = 24,
    INDENT = 8, /* of text in a box */
    BAND = 16,  /* the strip of a box that shows its pattern */
    BAR_TOP = 82,
    BAR_HEIGHT = 26,   /* of the bar to scale */
    HOLE_WIDTH = 56,   /* of what is cut out of the bar */
    OUTER_WIDTH = 232, /* of boxes that others lie in */
    INNER_WIDTH = 380, /* of the innermost boxes */
    PANEL_GAP = 32,
    WIDTH_MIN = 760,
    BASELINE = 14, /* of the text in a row, from its top */
    LINE = 16,     /* from one line of text to the next */
};

enum { ROWS_MAX = 28, ROWS_MAX_FLAT = 168 };

struct drawing {
    const struct picture *picture;
    FILE *to;
    const struct picture_row *rows;
    size_t row_count;
    unsigned levels;        /* columns of boxes, at least 1 */
    unsigned digits;        /* of addresses */
    unsigned address_width; /* pixels */
    unsigned panel_width;
    unsigned panels;
    unsigned width;    /* of the whole picture */
    unsigned rows_top; /* where the rows begin */
    unsigned rows_height;
};

/* ---- Small things ---- */

static void write_text(const struct drawing *drawing, const char *class, unsigned x, unsigned y,
                       const char *anchor, const char *text)
{
    fprintf(drawing->to, "<text class=\"%s\" x=\"%u\" y=\"%u\"", class, x, y);
    if (anchor != NULL)
        fprintf(drawing->to, " text-anchor=\"%s\"", anchor);
    fputc('>', drawing->to);
    xml_write(drawing->to, text);
    fputs("</text>\n", drawing->to);
}

static void write_fitted(const struct drawing *drawing, const char *class, unsigned x, unsigned y,
                         unsigned font_size, unsigned width, const char *text)
{
    char *fitted = text_fitted(text, font_size, width);

    write_text(drawing, class, x, y, NULL, fitted);
    free(fitted);
}

struct address_text {
    char text[24];
};

/* `after` may be 2^64, that is 0. */
static struct address_text address_text(const struct drawing *drawing, uint64_t address,
                                        bool is_end)
{
    struct address_text result;

    if (is_end && address == 0)
        strcpy(result.text, "2^64");
    else
        snprintf(result.text, sizeof(result.text), "0x%0*llx", (int)drawing->digits,
                 (unsigned long long)address);
    return result;
}

static const struct picture_kind *kind_of(const struct drawing *drawing,
                                          const struct picture_box *box)
{
    return &drawing->picture->kinds[box->kind];
}

static const char *tone_of(const struct drawing *drawing, const struct picture_box *box)
{
    return picture_tone_name(kind_of(drawing, box)->tone);
}

/* What a pointer that rests on a box shows: everything, without ellipses. */
static void write_tooltip(const struct drawing *drawing, const struct picture_box *box)
{
    fputs("<title>", drawing->to);
    xml_write(drawing->to, box->label);
    fprintf(drawing->to, "\n%s, %s", kind_of(drawing, box)->name, size_text(box->size).text);
    if (box->note != NULL) {
        fputs(", ", drawing->to);
        xml_write(drawing->to, box->note);
    }
    fprintf(drawing->to, "\n%s - %s</title>\n", address_text(drawing, box->first, false).text,
            address_text(drawing, box->last, false).text);
}

/* A triangle with an exclamation mark. */
static void write_alarm(const struct drawing *drawing, unsigned x, unsigned y)
{
    fprintf(drawing->to,
            "<path class=\"alarm\" d=\"M%u %ul7 13h-14z\"/>"
            "<path class=\"sign\" d=\"M%u %uh2v5h-2zm0 6h2v2h-2z\"/>\n",
            x + 7, y, x + 6, y + 4);
}

/* ---- The bar to scale ---- */

struct bar {
    unsigned left, top, width;
    uint64_t first, last; /* what it shows */
};

/* Tenths of a pixel from the bar's left end; `offset` may be all of it. */
static unsigned bar_position(const struct bar *bar, unsigned __int128 offset)
{
    unsigned __int128 whole = (unsigned __int128)(bar->last - bar->first) + 1;

    return (unsigned)(offset * bar->width * 10 / whole);
}

static void write_bar_box(const struct drawing *drawing, const struct bar *bar,
                          const struct picture_box *box)
{
    unsigned begin, end;

    if (box->last < bar->first || box->first > bar->last)
        return;
    begin = bar_position(bar, maximum(box->first, bar->first) - bar->first);
    end = bar_position(bar, (unsigned __int128)(minimum(box->last, bar->last) - bar->first) + 1);
    if (end < begin + 25) /* to be seen at all */
        end = begin + 25;
    if (end > bar->width * 10) {
        begin -= minimum(end - bar->width * 10, begin);
        end = bar->width * 10;
    }
    fprintf(drawing->to,
            "<g><rect x=\"%u.%u\" y=\"%u\" width=\"%u.%u\" height=\"%u\" fill=\"url(#p-%s)\"/>",
            bar->left + begin / 10, begin % 10, bar->top, (end - begin) / 10, (end - begin) % 10,
            BAR_HEIGHT, tone_of(drawing, box));
    write_tooltip(drawing, box);
    fputs("</g>\n", drawing->to);
}

static void write_bar(const struct drawing *drawing, const struct bar *bar)
{
    const struct picture *picture = drawing->picture;

    fprintf(drawing->to, "<rect class=\"empty\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>\n",
            bar->left, bar->top, bar->width, BAR_HEIGHT);
    for (size_t i = 0; i < picture->count; i++)
        write_bar_box(drawing, bar, &picture->boxes[i]);
    fprintf(drawing->to, "<rect class=\"frame\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>\n",
            bar->left, bar->top, bar->width, BAR_HEIGHT);
    write_text(drawing, "address", bar->left, bar->top + BAR_HEIGHT + 13, NULL,
               address_text(drawing, bar->first, false).text);
    write_text(drawing, "address", bar->left + bar->width, bar->top + BAR_HEIGHT + 13, "end",
               address_text(drawing, bar->last, false).text);
}

/* Below the addresses of the bar's ends, or between them. */
static void write_size_of_bar(const struct drawing *drawing, const struct bar *bar)
{
    uint64_t size = bar->last - bar->first == UINT64_MAX ? UINT64_MAX : bar->last - bar->first + 1;
    char text[64];
    bool fits;

    snprintf(text, sizeof(text), "%s, to scale", size_text(size).text);
    fits = text_width(text, FONT_SIZE) + 2 * drawing->address_width < bar->width;
    write_text(drawing, "text faint", bar->left + bar->width / 2,
               bar->top + BAR_HEIGHT + (fits ? 13 : 13 + LINE), "middle", text);
}

/* One bar, or two with the hole between them. */
static void write_scale(const struct drawing *drawing, unsigned top)
{
    const struct picture *picture = drawing->picture;
    struct bar bar = {MARGIN, top, drawing->width - 2 * MARGIN, picture->first, picture->last};

    if (picture->hole_last != 0) {
        unsigned middle = drawing->width / 2, y = top + BAR_HEIGHT / 2;

        bar.width = (drawing->width - 2 * MARGIN - HOLE_WIDTH) / 2;
        bar.last = picture->hole_first - 1;
        write_bar(drawing, &bar);
        write_size_of_bar(drawing, &bar);
        fprintf(drawing->to, "<path class=\"line\" d=\"M%u %ul4 -6l8 12l8 -12l8 12l4 -6\"/>\n",
                middle - 16, y);
        bar.left = drawing->width - MARGIN - bar.width;
        bar.first = picture->hole_last + 1;
        bar.last = picture->last;
    }
    write_bar(drawing, &bar);
    write_size_of_bar(drawing, &bar);
}

/* ---- Rows ---- */

static unsigned panel_left(const struct drawing *drawing, unsigned panel)
{
    return MARGIN + panel * (drawing->panel_width + PANEL_GAP);
}

/* Where the boxes of a depth begin. */
static unsigned column_left(const struct drawing *drawing, unsigned panel, unsigned depth)
{
    return panel_left(drawing, panel) + drawing->address_width + depth * OUTER_WIDTH;
}

static unsigned panel_right(const struct drawing *drawing, unsigned panel)
{
    return panel_left(drawing, panel) + drawing->panel_width;
}

static unsigned row_top(const struct drawing *drawing, size_t row)
{
    return drawing->rows_top + drawing->rows[row].top;
}

/* Is so much in it that its height says little? Then the axis is drawn broken. */
static bool is_broken(const struct drawing *drawing, const struct picture_row *row)
{
    unsigned smallest = UINT32_MAX, own = picture_logarithm(row->last - row->first);

    for (size_t i = 0; i < drawing->row_count; i++) {
        const struct picture_row *other = &drawing->rows[i];
        unsigned logarithm = picture_logarithm(other->last - other->first);

        smallest = logarithm < smallest ? logarithm : smallest;
    }
    return row->is_hole || own > smallest + 16 * 8;
}

/* The address that a row begins at, and its piece of the axis. */
static void write_axis(const struct drawing *drawing, size_t index)
{
    const struct picture_row *row = &drawing->rows[index];
    unsigned axis = column_left(drawing, row->panel, 0) - 6;
    unsigned top = row_top(drawing, index), bottom = top + row->height, middle = (top + bottom) / 2;

    write_text(drawing, "address", axis - 8, top + 4, "end",
               address_text(drawing, row->first, false).text);
    if (is_broken(drawing, row))
        fprintf(drawing->to, "<path class=\"line\" d=\"M%u %uh8M%u %uV%ul4 2l-8 4l4 2V%u\"/>\n",
                axis - 5, top, axis, top, middle - 4, bottom);
    else
        fprintf(drawing->to, "<path class=\"line\" d=\"M%u %uh8M%u %uV%u\"/>\n", axis - 5, top,
                axis, top, bottom);
}

/* The address behind the last row. */
static void write_axis_end(const struct drawing *drawing)
{
    const struct picture_row *row = &drawing->rows[drawing->row_count - 1];
    unsigned axis = column_left(drawing, row->panel, 0) - 6;
    unsigned y = row_top(drawing, drawing->row_count - 1) + row->height;

    write_text(drawing, "address", axis - 8, y + 4, "end",
               address_text(drawing, row->last + 1, true).text);
    fprintf(drawing->to, "<path class=\"line\" d=\"M%u %uh8\"/>\n", axis - 5, y);
}

/* Nothing lies there, in the column of `depth`. */
static void write_empty(const struct drawing *drawing, size_t index, unsigned depth)
{
    const struct picture *picture = drawing->picture;
    const struct picture_row *row = &drawing->rows[index];
    unsigned left = column_left(drawing, row->panel, depth), top = row_top(drawing, index);
    unsigned right = panel_right(drawing, row->panel);
    unsigned baseline = top + row->height / 2 + 4;
    uint64_t size = row->last - row->first == UINT64_MAX ? UINT64_MAX : row->last - row->first + 1;

    fprintf(drawing->to, "<rect class=\"empty\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>\n",
            left, top, right - left, row->height);
    write_text(drawing, "text faint", left + BAND + INDENT, baseline, NULL,
               row->is_hole ? picture->hole : picture->nothing);
    write_text(drawing, "text faint", right - INDENT, baseline, "end", size_text(size).text);
}

/* A box that others lie in: its texts stand below each other. */
static void write_outer_text(const struct drawing *drawing, const struct picture_box *box,
                             unsigned left, unsigned top, unsigned height)
{
    unsigned x = left + BAND + INDENT, width = OUTER_WIDTH - BAND - 2 * INDENT;
    unsigned y = top + BASELINE;

    if (box->is_marked) {
        write_alarm(drawing, left + OUTER_WIDTH - 22, top + 4);
        width -= 20;
    }
    write_fitted(drawing, "strong", x, y, FONT_SIZE + 1, width, box->label);
    if (height >= LINE + 20)
        write_text(drawing, "text", x, y + LINE, NULL, size_text(box->size).text);
    if (height >= 2 * LINE + 20 && box->note != NULL)
        write_fitted(drawing, "text faint", x, y + 2 * LINE, FONT_SIZE,
                     OUTER_WIDTH - BAND - 2 * INDENT, box->note);
}

/* An innermost box: name at the left, size at the right, the note between or below. */
static void write_inner_text(const struct drawing *drawing, const struct picture_box *box,
                             unsigned left, unsigned right, unsigned top, unsigned height)
{
    const char *size = size_text(box->size).text;
    bool has_second_line = box->note != NULL && height >= LINE + 20;
    unsigned baseline = has_second_line ? top + height / 2 - 4 : top + height / 2 + 4;
    unsigned x = left + BAND + INDENT, width;

    write_text(drawing, "text", right - INDENT, baseline, "end", size);
    right -= INDENT + text_width(size, FONT_SIZE) + INDENT;
    if (box->is_marked) {
        write_alarm(drawing, right - 14, baseline - 11);
        right -= 22;
    }
    if (box->note != NULL && !has_second_line) {
        width = text_width(box->note, FONT_SIZE);
        if (right > x + text_width(box->label, FONT_SIZE) + 2 * INDENT + width) {
            write_text(drawing, "text faint", right, baseline, "end", box->note);
            right -= width + 2 * INDENT;
        }
    }
    write_fitted(drawing, "text", x, baseline, FONT_SIZE, right - x, box->label);
    if (has_second_line)
        write_fitted(drawing, "text faint", x, baseline + LINE, FONT_SIZE, right - x, box->note);
}

/* The part of a box that stands in one panel: rows [begin, end). */
static void write_part(const struct drawing *drawing, const struct picture_box *box, size_t begin,
                       size_t end)
{
    unsigned panel = drawing->rows[begin].panel;
    unsigned left = column_left(drawing, panel, box->depth), top = row_top(drawing, begin);
    unsigned right = box->has_inner ? left + OUTER_WIDTH : panel_right(drawing, panel);
    unsigned height = row_top(drawing, end - 1) + drawing->rows[end - 1].height - top;
    const char *tone = tone_of(drawing, box);

    fputs("<g>\n", drawing->to);
    write_tooltip(drawing, box);
    fprintf(drawing->to,
            "<rect class=\"fill-%s edge\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>"
            "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"url(#p-%s)\"/>\n",
            tone, left, top, right - left, height, left, top, BAND, height, tone);
    if (box->is_marked)
        fprintf(drawing->to,
                "<rect class=\"mark\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>\n", left + 1,
                top + 1, right - left - 2, height - 2);
    if (box->has_inner)
        write_outer_text(drawing, box, left, top, height);
    else
        write_inner_text(drawing, box, left, right, top, height);
    fputs("</g>\n", drawing->to);
}

static void write_box(const struct drawing *drawing, const struct picture_box *box)
{
    size_t row = 0, end;

    while (row < drawing->row_count && drawing->rows[row].first < box->first)
        row++;
    while (row < drawing->row_count && drawing->rows[row].first <= box->last) {
        for (end = row; end < drawing->row_count && drawing->rows[end].first <= box->last &&
                        drawing->rows[end].panel == drawing->rows[row].panel;)
            end++;
        write_part(drawing, box, row, end);
        row = end;
    }
}

static void write_rows(const struct drawing *drawing)
{
    const struct picture *picture = drawing->picture;

    for (size_t i = 0; i < picture->count; i++)
        write_box(drawing, &picture->boxes[i]);
    for (size_t i = 0; i < drawing->row_count; i++) {
        const struct picture_row *row = &drawing->rows[i];

        write_axis(drawing, i);
        if (row->box == SIZE_MAX)
            write_empty(drawing, i, 0);
        else if (picture->boxes[row->box].has_inner)
            write_empty(drawing, i, picture->boxes[row->box].depth + 1);
    }
    write_axis_end(drawing);
}

/* ---- Legend ---- */

static bool is_used(const struct picture *picture, unsigned kind)
{
    for (size_t i = 0; i < picture->count; i++)
        if (picture->boxes[i].kind == kind)
            return true;
    return false;
}

static const char explanation[] =
    "Heights follow the logarithm of the sizes. A kink in the axis: far more lies there than its "
    "height shows.";

/* Writes it, or with `is_measured` only finds out where it ends. */
static unsigned write_legend(const struct drawing *drawing, unsigned top, bool is_measured)
{
    const struct picture *picture = drawing->picture;
    unsigned x = MARGIN, y = top;

    for (unsigned i = 0; i < picture->kind_count; i++) {
        const struct picture_kind *kind = &picture->kinds[i];
        unsigned width = 30 + text_width(kind->name, FONT_SIZE) + 22;

        if (!is_used(picture, i))
            continue;
        if (x + width > drawing->width - MARGIN && x > MARGIN) {
            x = MARGIN;
            y += 24;
        }
        if (!is_measured) {
            fprintf(drawing->to,
                    "<rect x=\"%u\" y=\"%u\" width=\"22\" height=\"14\" fill=\"url(#p-%s)\"/>"
                    "<rect class=\"frame\" x=\"%u\" y=\"%u\" width=\"22\" height=\"14\"/>\n",
                    x, y, picture_tone_name(kind->tone), x, y);
            write_text(drawing, "text", x + 30, y + 11, NULL, kind->name);
        }
        x += width;
    }
    y += 34;
    if (!is_measured)
        write_text(drawing, "text faint", MARGIN, y, NULL, explanation);
    return y;
}

/* ---- All of it ---- */

static void plan(struct drawing *drawing)
{
    const struct picture *picture = drawing->picture;
    uint64_t last = picture->last;

    drawing->digits = 4;
    while (drawing->digits < 16 && last >> (4 * drawing->digits) != 0)
        drawing->digits += 2;
    /* Columns begin at multiples of the patterns' width, so that all show the same of them. */
    drawing->address_width = (unsigned)align_up((drawing->digits + 2) * 7 + 18, 8);
    drawing->levels = 1;
    for (size_t i = 0; i < picture->count; i++)
        drawing->levels = (unsigned)maximum(drawing->levels, picture->boxes[i].depth + 1);
    for (size_t i = 0; i < drawing->row_count; i++) {
        const struct picture_row *row = &drawing->rows[i];

        drawing->panels = (unsigned)maximum(drawing->panels, row->panel + 1);
        drawing->rows_height = (unsigned)maximum(drawing->rows_height, row->top + row->height);
    }
    drawing->panel_width =
        drawing->address_width + (drawing->levels - 1) * OUTER_WIDTH + INNER_WIDTH;
    drawing->width =
        2 * MARGIN + drawing->panels * drawing->panel_width + (drawing->panels - 1) * PANEL_GAP;
    if (drawing->width < WIDTH_MIN) {
        drawing->panel_width += WIDTH_MIN - drawing->width;
        drawing->width = WIDTH_MIN;
    }
}

static void write_head(const struct drawing *drawing, unsigned height)
{
    const struct picture *picture = drawing->picture;
    unsigned width = drawing->width - 2 * MARGIN;

    fprintf(drawing->to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
            "viewBox=\"0 0 %u %u\" role=\"img\">\n<title>",
            drawing->width, height, drawing->width, height);
    xml_write(drawing->to, picture->title);
    fputs("</title>\n", drawing->to);
    picture_style_write(drawing->to);
    fprintf(drawing->to, "<rect class=\"paper\" width=\"%u\" height=\"%u\"/>\n", drawing->width,
            height);
    write_fitted(drawing, "text title", MARGIN, MARGIN + 16, FONT_SIZE_TITLE + 1, width,
                 picture->title);
    write_fitted(drawing, "text faint subtitle", MARGIN, MARGIN + 38, FONT_SIZE_SUBTITLE, width,
                 picture->subtitle);
}

void picture_write(struct picture *picture, FILE *to)
{
    struct drawing drawing = {.picture = picture, .to = to};
    struct picture_row *rows;
    bool is_flat;

    /* How many rows may stand there depends on whether they can stand in several columns. */
    picture_arrange(picture, SIZE_MAX);
    is_flat = true;
    for (size_t i = 0; i < picture->count; i++)
        is_flat = is_flat && picture->boxes[i].depth == 0;
    picture_arrange(picture, is_flat ? ROWS_MAX_FLAT : ROWS_MAX);
    rows = picture_rows(picture, &drawing.row_count);
    drawing.rows = rows;
    plan(&drawing);
    drawing.rows_top = BAR_TOP + BAR_HEIGHT + (picture->hole_last != 0 ? 3 : 2) * LINE + 8;
    unsigned legend = drawing.rows_top + drawing.rows_height + 26;
    write_head(&drawing, write_legend(&drawing, legend, true) + MARGIN);
    write_scale(&drawing, BAR_TOP);
    write_rows(&drawing);
    write_legend(&drawing, legend, false);
    fputs("</svg>\n", to);
    free(rows);
}
