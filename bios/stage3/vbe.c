/* SPDX-License-Identifier: MIT */
#include "vbe.h"

#include "base/bytes.h"

enum {
    MODE_SUPPORTED = 0x01,
    MODE_GRAPHICS = 0x10,
    MODE_LINEAR = 0x80,
    MODEL_PACKED = 4, /* some cards say so of direct colour too */
    MODEL_DIRECT = 6,
    LIST_END = 0xffff,
    LOW_MEMORY = 0x100000,
};

static bool fits(const struct vbe_channel *channel, uint64_t bits_per_pixel)
{
    return channel->bits > 0 && channel->bits + channel->shift <= (int)bits_per_pixel;
}

bool vbe_describe(const struct vbe_mode *mode, uint16_t version, struct bowline_framebuffer *out)
{
    const uint16_t needed = MODE_SUPPORTED | MODE_GRAPHICS | MODE_LINEAR;
    bool is_version3 = version >= 0x300 && mode->linear_pitch != 0;
    const struct vbe_channel *red = &mode->red, *green = &mode->green, *blue = &mode->blue;
    uint64_t pitch = mode->banked_pitch;
    /* 5 bits for each colour in two bytes: some count the bits, some the bytes. */
    uint64_t bits = mode->bits_per_pixel == 15 ? 16 : mode->bits_per_pixel;

    if (is_version3) {
        pitch = mode->linear_pitch;
        if (mode->linear_red.bits != 0) {
            red = &mode->linear_red;
            green = &mode->linear_green;
            blue = &mode->linear_blue;
        }
    }
    if ((mode->attributes & needed) != needed || mode->framebuffer == 0)
        return false;
    if (mode->memory_model != MODEL_DIRECT && mode->memory_model != MODEL_PACKED)
        return false;
    if ((bits != 16 && bits != 24 && bits != 32) || mode->width == 0 || mode->height == 0 ||
        pitch < mode->width * (bits / 8))
        return false;
    if (!fits(red, bits) || !fits(green, bits) || !fits(blue, bits))
        return false;
    *out = (struct bowline_framebuffer){
        .phys = mode->framebuffer,
        .width = mode->width,
        .height = mode->height,
        .pitch = pitch,
        .bits_per_pixel = bits,
        .red_shift = red->shift,
        .green_shift = green->shift,
        .blue_shift = blue->shift,
        .red_bits = red->bits,
        .green_bits = green->bits,
        .blue_bits = blue->bits,
    };
    return true;
}

uint32_t vbe_copy_list(const uint8_t *low, const struct vbe_information *information, uint16_t *out,
                       uint32_t capacity)
{
    uint32_t place = ((uint32_t)information->modes_segment << 4) + information->modes_offset;
    uint32_t count = 0;

    for (; count < capacity && place + 2 <= LOW_MEMORY; place += 2) {
        uint16_t number = load_le16(low + place);

        if (number == LIST_END)
            break;
        out[count++] = number;
    }
    return count;
}
