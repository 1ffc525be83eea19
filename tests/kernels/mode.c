/* SPDX-License-Identifier: MIT */
/* Asks for a framebuffer of MODE_WIDTH x MODE_HEIGHT; width= and height= are what it should get. */
#include "library/kernel.h"

BOWLINE_REQUEST(.framebuffer_width = MODE_WIDTH, .framebuffer_height = MODE_HEIGHT,
                .framebuffer_min_width = MODE_MIN_WIDTH, .flags = MODE_FLAGS);

void kernel_main(struct bowline_info *boot);

void kernel_main(struct bowline_info *boot)
{
    promise("2.12");
    CHECK_EQUAL(boot->framebuffers.count, 1);
    say("mode: %lu x %lu\n", boot->framebuffers.items->width, boot->framebuffers.items->height);
    CHECK_EQUAL(boot->framebuffers.items->width, fact_number(boot, "width", 0));
    CHECK_EQUAL(boot->framebuffers.items->height, fact_number(boot, "height", 0));
    pass("mode");
}
