/* SPDX-License-Identifier: MIT */
/* VESA BIOS Extension, Core Functions Standard 3.0: its structures, and what they say. Pure. */
#pragma once

#include <bowline.h>
#include <stdbool.h>

/* Result of AX=4F00h. */
struct vbe_information {
    char signature[4]; /* "VESA"; "VBE2" asks for version 2 and later */
    uint16_t version;
    uint32_t oem_string;
    uint32_t capabilities;
    uint16_t modes_offset, modes_segment;
    uint16_t memory;       /* units of 64 KiB */
    uint8_t reserved[492]; /* the mode list may lie in here */
} __attribute__((packed));
_Static_assert(sizeof(struct vbe_information) == 512, "VBE 3.0, 4.3");

struct vbe_channel {
    uint8_t bits, shift;
};

/* Result of AX=4F01h. */
struct vbe_mode {
    uint16_t attributes;
    uint8_t windows[14];
    uint16_t banked_pitch; /* bytes */
    uint16_t width, height;
    uint8_t character_width, character_height;
    uint8_t planes, bits_per_pixel, banks, memory_model, bank_size, image_pages, reserved0;
    struct vbe_channel red, green, blue, other;
    uint8_t colour_information;
    uint32_t framebuffer; /* physical */
    uint8_t reserved1[6];
    /* From version 3.0 on, for the linear framebuffer; the ones above are then for the banked one.
     */
    uint16_t linear_pitch;
    uint8_t banked_pages, linear_pages;
    struct vbe_channel linear_red, linear_green, linear_blue, linear_other;
    uint32_t clock_max;
    uint8_t reserved2[190];
} __attribute__((packed));
_Static_assert(sizeof(struct vbe_mode) == 256, "VBE 3.0, 4.4");
_Static_assert(__builtin_offsetof(struct vbe_mode, framebuffer) == 40, "VBE 3.0, 4.4");
_Static_assert(__builtin_offsetof(struct vbe_mode, linear_pitch) == 50, "VBE 3.0, 4.4");

/*
 * Describes the mode in *out, all but its address, caching, edid and modes. False: it has no linear
 * framebuffer with direct colours of 16, 24 or 32 bits per pixel.
 */
bool vbe_describe(const struct vbe_mode *mode, uint16_t version, struct bowline_framebuffer *out);

/*
 * Copies the list of mode numbers, which ends with ffffh, out of the first MiB of memory, `low`.
 * Returns how many of at most `capacity` there are.
 */
uint32_t vbe_copy_list(const uint8_t *low, const struct vbe_information *information, uint16_t *out,
                       uint32_t capacity);

/* What the BIOS fills in for video.c. Below 1 MiB, as all of stage 3. */
enum { EDID_BLOCK_SIZE = 128 };
struct vbe_buffers {
    struct vbe_information information;
    struct vbe_mode mode;
    uint8_t edid[EDID_BLOCK_SIZE];
};
extern struct vbe_buffers vbe_buffers;
