/* SPDX-License-Identifier: MIT */
/* Asks for VGA text mode with TEXT_FLAGS, and gets it where "text" is a fact. */
#include "library/kernel.h"

BOWLINE_REQUEST(.flags = TEXT_FLAGS);

enum { COLUMNS = 80, ROWS = 25, GREY_SPACE = 0x0720 };

/* The registers of the VGA that the cursor's cell is in (IBM VGA, CRT controller 0eh and 0fh). */
static unsigned cursor(void)
{
    unsigned cell;

    out8(0x3d4, 0x0e);
    cell = (unsigned)in8(0x3d5) << 8;
    out8(0x3d4, 0x0f);
    return cell | in8(0x3d5);
}

static void write_line(volatile uint16_t *cells, unsigned row, const char *text)
{
    for (unsigned column = 0; text[column] != '\0'; column++)
        cells[row * COLUMNS + column] = (uint16_t)(0x1f00 | (uint8_t)text[column]);
}

void kernel_main(struct bowline_info *boot);

void kernel_main(struct bowline_info *boot)
{
    volatile uint16_t *cells = (volatile uint16_t *)(boot->direct_map + 0xb8000);
    bool is_text = (boot->flags & BOWLINE_IS_VGA_TEXT) != 0;

    promise("2.14");
    CHECK_EQUAL(is_text, fact_is(boot, "text"));
    CHECK_EQUAL(boot->framebuffers.count, fact_number(boot, "framebuffer", is_text ? 0 : 1));
    if (is_text) {
        for (unsigned i = 0; i < COLUMNS * ROWS; i++)
            CHECK_EQUAL(cells[i], GREY_SPACE);
        CHECK_EQUAL(cursor(), 0);
        write_line(cells, 1, "the second line of the screen"); /* the cursor is in the first */
        write_line(cells, ROWS - 1, "the last line of the screen");
    }
    if (fact_is(boot, "stay")) { /* for a picture of the screen */
        say("text: stays\n");
        halt();
    }
    pass("text");
}
