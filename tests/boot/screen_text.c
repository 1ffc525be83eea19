/* SPDX-License-Identifier: MIT */
/*
 * screen_text FILE.ppm [VGABIOS]: the text that a picture of a screen shows.
 *
 * Looks at every place of the picture for the loader's own glyphs, in single, double and triple
 * size, and for those of the VGA's text mode, which are in its BIOS. A line is printed for each run
 * of cells that read as text. Colours do not matter, only that a cell has no more than two.
 *
 * screen_text --cells FILE.ppm VGABIOS: the canvas that the loader has drawn in the middle of the
 * screen, or in text mode in its first lines. Two lines for each row of it: its characters, of
 * which the replacement glyph is a '?', and a '^' below each one that does not stand on black.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console/canvas.h"
#include "console/font.h"

enum {
    FIRST = 0x20,
    LAST = 0x7e,
    LETTERS_MIN = 2, /* fewer in a run are a pattern of the picture, not text */
    LINE_MAX = 1024,
};

struct picture {
    int width, height;
    uint32_t *colours; /* 0xrrggbb, row by row */
    uint16_t *runs;    /* of each pixel: how many to its right have its colour, itself among them */
    uint16_t *emptiness; /* of each pixel: see find_empty_cells() */
};

/* Where the glyphs come from, and how they are spread over the screen. */
struct typeface {
    const uint8_t *glyphs; /* 16 rows for each of FIRST to LAST */
    int cell_width;        /* in pixels before scaling; the VGA puts an empty ninth column in */
    int scale;
};

static size_t place_of(const struct picture *picture, int x, int y)
{
    return (size_t)y * (size_t)picture->width + (size_t)x;
}

static uint32_t pixel(const struct picture *picture, int x, int y)
{
    return picture->colours[place_of(picture, x, y)];
}

static bool read_pixels(FILE *file, const struct picture *picture)
{
    size_t count = place_of(picture, 0, picture->height);
    unsigned char *bytes = malloc(3 * count); /* red, green, blue */
    bool is_read = bytes != NULL && fread(bytes, 3, count, file) == count;

    for (size_t i = 0; is_read && i < count; i++)
        picture->colours[i] =
            (uint32_t)bytes[3 * i] << 16 | (uint32_t)bytes[3 * i + 1] << 8 | bytes[3 * i + 2];
    free(bytes);
    return is_read;
}

static void find_runs(const struct picture *picture)
{
    for (int y = 0; y < picture->height; y++) {
        for (int x = picture->width - 1; x >= 0; x--) {
            size_t i = place_of(picture, x, y);
            bool goes_on = x + 1 < picture->width && picture->colours[i] == picture->colours[i + 1];

            picture->runs[i] = goes_on ? (uint16_t)(picture->runs[i + 1] + 1) : 1;
        }
    }
}

static bool read_picture(const char *path, struct picture *out)
{
    FILE *file = fopen(path, "rb");
    struct picture picture = {0};
    bool is_read = file != NULL &&
                   fscanf(file, "P6 %d %d 255%*c", &picture.width, &picture.height) == 2 &&
                   picture.width > 0 && picture.height > 0 && picture.width <= 16384 &&
                   picture.height <= 16384;

    if (is_read) {
        size_t count = place_of(&picture, 0, picture.height);

        picture.colours = calloc(count, sizeof(picture.colours[0]));
        picture.runs = calloc(count, sizeof(picture.runs[0]));
        picture.emptiness = calloc(count, sizeof(picture.emptiness[0]));
        is_read = picture.colours != NULL && picture.runs != NULL && picture.emptiness != NULL &&
                  read_pixels(file, &picture);
    }
    if (is_read)
        find_runs(&picture);
    if (file != NULL)
        fclose(file);
    *out = picture;
    return is_read;
}

/*
 * Most of a screen is empty, and every place of it is looked at: so it is found out once how many
 * rows from each pixel on are of its colour, as wide as a cell of this typeface.
 */
static void find_empty_cells(const struct picture *picture, const struct typeface *face)
{
    int width = face->cell_width * face->scale;

    for (int y = picture->height - 1; y >= 0; y--) {
        for (int x = 0; x < picture->width; x++) {
            size_t i = place_of(picture, x, y), below = i + (size_t)picture->width;
            bool is_empty = picture->runs[i] >= width;
            bool goes_on = is_empty && y + 1 < picture->height &&
                           picture->colours[i] == picture->colours[below];

            picture->emptiness[i] = (uint16_t)(goes_on ? picture->emptiness[below] + 1 : is_empty);
        }
    }
}

/* The 16 rows of the cell at (x, y); false: it has more than two colours. */
static bool read_cell(const struct picture *picture, const struct typeface *face, int x, int y,
                      uint8_t rows[FONT_HEIGHT])
{
    uint32_t background = pixel(picture, x, y), foreground = background;

    if (picture->emptiness[place_of(picture, x, y)] >= FONT_HEIGHT * face->scale) {
        memset(rows, 0, FONT_HEIGHT);
        return true;
    }
    for (int row = 0; row < FONT_HEIGHT * face->scale; row++) {
        uint8_t bits = 0;

        for (int column = 0; column < face->cell_width * face->scale; column++) {
            uint32_t colour = pixel(picture, x + column, y + row);

            if (colour == background)
                continue;
            if (foreground == background)
                foreground = colour;
            if (colour != foreground || column >= FONT_WIDTH * face->scale)
                return false;
            bits |= (uint8_t)(0x80 >> column / face->scale);
        }
        /* The rows of a doubled glyph come in pairs. */
        if (row % face->scale != 0 && bits != rows[row / face->scale])
            return false;
        rows[row / face->scale] = bits;
    }
    return true;
}

/* The character at (x, y); 0: none. A glyph that fills its corner reads inverted: none of ours
 * does. */
static char read_character(const struct picture *picture, const struct typeface *face, int x, int y)
{
    uint8_t rows[FONT_HEIGHT];

    if (!read_cell(picture, face, x, y, rows))
        return 0;
    for (int c = FIRST; c <= LAST; c++)
        if (memcmp(rows, face->glyphs + (c - FIRST) * FONT_HEIGHT, FONT_HEIGHT) == 0)
            return (char)c;
    return 0;
}

static void print_run(char *run, size_t length)
{
    size_t letters = 0;

    while (length > 0 && run[length - 1] == ' ')
        length--;
    while (length > 0 && *run == ' ') {
        run++;
        length--;
    }
    for (size_t i = 0; i < length; i++)
        letters += isalnum((unsigned char)run[i]) != 0;
    if (letters >= LETTERS_MIN)
        printf("%.*s\n", (int)length, run);
}

/* A line of cells, the first of which begins at (x, y). */
static void print_line(const struct picture *picture, const struct typeface *face, int x, int y)
{
    int width = face->cell_width * face->scale;
    char run[LINE_MAX];
    size_t length = 0;

    for (; x + width <= picture->width && length < sizeof(run); x += width) {
        char c = read_character(picture, face, x, y);

        if (c != 0) {
            run[length++] = c;
        } else {
            print_run(run, length);
            length = 0;
        }
    }
    print_run(run, length);
}

static void print_text_in(const struct picture *picture, const struct typeface *face)
{
    int width = face->cell_width * face->scale;

    find_empty_cells(picture, face);
    for (int y = 0; y + FONT_HEIGHT * face->scale <= picture->height; y++)
        for (int x = 0; x < width; x++)
            print_line(picture, face, x, y);
}

static void copy_font(uint8_t glyphs[(LAST - FIRST + 1) * FONT_HEIGHT])
{
    for (int c = FIRST; c <= LAST; c++)
        memcpy(glyphs + (c - FIRST) * FONT_HEIGHT, font_glyph((uint32_t)c), FONT_HEIGHT);
}

/* Finds the 8x16 font in a VGA BIOS by its letter A; false: it is not there. */
static bool read_vga_font(const char *path, uint8_t glyphs[(LAST - FIRST + 1) * FONT_HEIGHT])
{
    static const uint8_t letter[FONT_HEIGHT] = {0x00, 0x00, 0x10, 0x38, 0x6c, 0xc6, 0xc6, 0xfe,
                                                0xc6, 0xc6, 0xc6, 0xc6, 0x00, 0x00, 0x00, 0x00};
    static uint8_t rom[256 * 1024];
    FILE *file = fopen(path, "rb");
    size_t length = file != NULL ? fread(rom, 1, sizeof(rom), file) : 0;
    size_t before = ('A' - FIRST) * FONT_HEIGHT, after = (LAST + 1 - 'A') * FONT_HEIGHT;

    if (file != NULL)
        fclose(file);
    for (size_t i = before; i + after <= length; i++) {
        if (memcmp(rom + i, letter, sizeof(letter)) == 0) {
            memcpy(glyphs, rom + i - before, before + after);
            return true;
        }
    }
    return false;
}

/* Where the canvas begins, and what its cells look like. False: there is no such screen. */
static bool find_canvas(const struct picture *picture, const uint8_t *own, const uint8_t *vga,
                        struct typeface *face, int *left, int *top)
{
    *left = *top = 0;
    *face = (struct typeface){vga, FONT_WIDTH + 1, 1};
    if (picture->width == CANVAS_COLUMNS * face->cell_width && picture->height == 400)
        return true;
    *face = (struct typeface){own, FONT_WIDTH,
                              picture->height >= 2000   ? 3
                              : picture->height >= 1600 ? 2
                                                        : 1};
    int width = FONT_WIDTH * face->scale, height = FONT_HEIGHT * face->scale;
    *left = (picture->width / width - CANVAS_COLUMNS) / 2 * width;
    *top = (picture->height / height - CANVAS_ROWS) / 2 * height;
    return picture->width >= CANVAS_COLUMNS * width && picture->height >= CANVAS_ROWS * height;
}

static void print_cells(const struct picture *picture, const struct typeface *face, int left,
                        int top)
{
    find_empty_cells(picture, face);
    for (int row = 0; row < CANVAS_ROWS; row++) {
        char text[CANVAS_COLUMNS + 1] = "", marks[CANVAS_COLUMNS + 1] = "";

        for (int column = 0; column < CANVAS_COLUMNS; column++) {
            int x = left + column * face->cell_width * face->scale;
            int y = top + row * FONT_HEIGHT * face->scale;
            char c = read_character(picture, face, x, y);

            text[column] = c != 0 ? c : '?';
            marks[column] = pixel(picture, x, y) != 0 ? '^' : ' ';
        }
        printf("%s\n%s\n", text, marks);
    }
}

int main(int count, char **arguments)
{
    static uint8_t own[(LAST - FIRST + 1) * FONT_HEIGHT], vga[sizeof(own)];
    struct picture picture;

    bool wants_cells = count == 4 && strcmp(arguments[1], "--cells") == 0;

    if (count != 2 && count != 3 && !wants_cells) {
        fprintf(stderr, "usage: screen_text [--cells] FILE.ppm [VGABIOS]\n");
        return 2;
    }
    if (wants_cells) {
        count--;
        arguments++;
    }
    if (!read_picture(arguments[1], &picture)) {
        fprintf(stderr, "screen_text: %s is not a PPM picture\n", arguments[1]);
        return 1;
    }
    copy_font(own);
    if (count == 3 && !read_vga_font(arguments[2], vga)) {
        fprintf(stderr, "screen_text: %s has no 8x16 font\n", arguments[2]);
        return 1;
    }
    if (wants_cells) {
        struct typeface face;
        int left, top;

        if (!find_canvas(&picture, own, vga, &face, &left, &top)) {
            fprintf(stderr, "screen_text: %s is too small a screen\n", arguments[1]);
            return 1;
        }
        print_cells(&picture, &face, left, top);
        return 0;
    }
    print_text_in(&picture, &(struct typeface){own, FONT_WIDTH, 1});
    print_text_in(&picture, &(struct typeface){own, FONT_WIDTH, 2});
    print_text_in(&picture, &(struct typeface){own, FONT_WIDTH, 3});
    if (count == 3) {
        print_text_in(&picture, &(struct typeface){vga, FONT_WIDTH, 1});
        print_text_in(&picture, &(struct typeface){vga, FONT_WIDTH + 1, 1});
    }
    free(picture.colours);
    free(picture.runs);
    free(picture.emptiness);
    return 0;
}
