/* SPDX-License-Identifier: MIT */
#include "fake_firmware.h"

#include <string.h>

#include "console/log.h"
#include "firmware/console.h"
#include "firmware/video.h"
#include "unit.h"

struct fake_firmware firmware;

void firmware_write_text(const char *text, size_t length)
{
    assert_false(firmware.is_gone);
    if (firmware.logs_while_writing)
        log_message(LOG_ERROR, "the text screen is broken");
    assert_true(firmware.text_length + length <= sizeof(firmware.text));
    memcpy(firmware.text + firmware.text_length, text, length);
    firmware.text_length += length;
}

bool firmware_current_framebuffer(struct bowline_framebuffer *out)
{
    assert_false(firmware.is_gone);
    firmware.queries++;
    if (!firmware.has_framebuffer)
        return false;
    *out = (struct bowline_framebuffer){
        .width = firmware.width,
        .height = 320,
        .pitch = firmware.width * 4,
        .bits_per_pixel = 32,
        .red_shift = 16,
        .green_shift = 8,
        .red_bits = 8,
        .green_bits = 8,
        .blue_bits = 8,
    };
    return true;
}

void *firmware_framebuffer_memory(const struct bowline_framebuffer *framebuffer)
{
    (void)framebuffer;
    assert_false(firmware.is_gone);
    return firmware.is_out_of_reach ? NULL : firmware.pixels;
}
