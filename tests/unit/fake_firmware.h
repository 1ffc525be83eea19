/* SPDX-License-Identifier: MIT */
/* The part of a firmware that the log needs. */
#pragma once

#include <bowline.h>
#include <stdbool.h>
#include <stddef.h>

struct fake_firmware {
    bool has_framebuffer;
    bool is_out_of_reach;    /* its pixels, to the loader */
    bool is_gone;            /* the machine has been taken over: every call is a failure */
    bool logs_while_writing; /* firmware_write_text() fails, and says so in the log */
    uint64_t width;          /* of the framebuffer */
    int queries;
    char text[4096]; /* from firmware_write_text() */
    size_t text_length;
    uint8_t pixels[640 * 320 * 4];
};

extern struct fake_firmware firmware;
