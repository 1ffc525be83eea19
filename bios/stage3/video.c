/* SPDX-License-Identifier: MIT */
#include "firmware/video.h"

#include "base/string.h"
#include "base/units.h"
#include "bios_call.h"
#include "firmware/memory.h"
#include "vbe.h"

enum {
    VBE_SUCCESS = 0x004f, /* in ax */
    VBE_VERSION_MIN = 0x0200,
    VBE_SET_LINEAR = 0x4000,
    NUMBERS_MAX = 512,
    EDID_EXTENSIONS = 126, /* byte of the first block: how many more there are */

    VGA_DISPLAY_CODE = 0x1a00, /* function 1Ah, which came with the VGA */
    VGA_ANSWERS = 0x1a,        /* in al */
    VGA_TEXT_MODE = 3,
    BIOS_DATA_MODE = 0x449, /* the mode that is set */
};

struct vbe_buffers vbe_buffers;

static bool is_set;
static struct bowline_framebuffer current;

/* The buffer, if the service has one, goes to es:di. */
static bool call_vbe(uint16_t function, uint32_t ebx, uint32_t ecx, uint32_t edx, void *buffer,
                     uint16_t *status)
{
    struct bios_call call = {
        .interrupt = 0x10,
        .eax = function,
        .ebx = ebx,
        .ecx = ecx,
        .edx = edx,
        .edi = (uintptr_t)buffer & 15,
        .es = (uint16_t)((uintptr_t)buffer >> 4),
    };

    bios_calls(&call, 1);
    *status = LOW_WORD(call.eax);
    return *status == VBE_SUCCESS;
}

static bool ask_vbe(void)
{
    uint16_t status;

    vbe_buffers.information = (struct vbe_information){.signature = "VBE2"};
    return call_vbe(0x4f00, 0, 0, 0, &vbe_buffers.information, &status) &&
           memcmp(vbe_buffers.information.signature, "VESA", 4) == 0 &&
           vbe_buffers.information.version >= VBE_VERSION_MIN;
}

static bool ask_mode(uint32_t number, struct bowline_framebuffer *out)
{
    uint16_t status;

    vbe_buffers.mode = (struct vbe_mode){0};
    return call_vbe(0x4f01, 0, number, 0, &vbe_buffers.mode, &status) &&
           vbe_describe(&vbe_buffers.mode, vbe_buffers.information.version, out);
}

/* VESA VBE/DDC 1.1, 4.2: block `index` of the monitor's description, its bytes summing up to 0. */
static bool read_edid_block(uint32_t index)
{
    uint16_t status;
    uint8_t sum = 0;

    if (!call_vbe(0x4f15, 1, 0, index, vbe_buffers.edid, &status))
        return false;
    for (unsigned i = 0; i < EDID_BLOCK_SIZE; i++)
        sum += vbe_buffers.edid[i];
    return sum == 0;
}

static void read_edid(struct video_modes *out)
{
    static const uint8_t header[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    uint32_t blocks = 1;

    for (uint32_t index = 0; index < blocks && index < EDID_SIZE_MAX / EDID_BLOCK_SIZE; index++) {
        memset(vbe_buffers.edid, 0, EDID_BLOCK_SIZE);
        if (!read_edid_block(index))
            break;
        if (index == 0) {
            if (memcmp(vbe_buffers.edid, header, sizeof(header)) != 0)
                break;
            blocks += vbe_buffers.edid[EDID_EXTENSIONS];
        }
        memcpy(out->edid + index * EDID_BLOCK_SIZE, vbe_buffers.edid, EDID_BLOCK_SIZE);
        out->edid_size += EDID_BLOCK_SIZE;
    }
}

static bool is_current(const struct bowline_framebuffer *framebuffer)
{
    return is_set && framebuffer->width == current.width && framebuffer->height == current.height &&
           framebuffer->bits_per_pixel == current.bits_per_pixel;
}

void firmware_list_video_modes(struct video_modes *out)
{
    static uint16_t numbers[NUMBERS_MAX];
    uint32_t count, none;

    firmware_must_be_alive();
    memset(out, 0, sizeof(*out));
    if (!ask_vbe())
        return;
    /* Copied first: the list may lie in memory that the next call changes. */
    count = vbe_copy_list(firmware_memory(0, MIB), &vbe_buffers.information, numbers, NUMBERS_MAX);
    none = VIDEO_MODES_MAX;
    out->current = none;
    for (uint32_t i = 0; i < count && out->count < VIDEO_MODES_MAX; i++) {
        struct bowline_framebuffer framebuffer;

        if (!ask_mode(numbers[i], &framebuffer))
            continue;
        if (is_current(&framebuffer))
            out->current = out->count;
        out->identifiers[out->count] = numbers[i];
        out->modes[out->count++] = (struct bowline_video_mode){
            .width = framebuffer.width,
            .height = framebuffer.height,
            .bits_per_pixel = framebuffer.bits_per_pixel,
        };
    }
    if (out->current == none)
        out->current = out->count;
    read_edid(out);
}

bool firmware_set_video_mode(const struct video_modes *modes, uint32_t index,
                             struct bowline_framebuffer *out, struct error *error)
{
    uint32_t number = modes->identifiers[index];
    struct bowline_framebuffer framebuffer;
    uint16_t status;

    firmware_must_be_alive();
    if (!call_vbe(0x4f02, number | VBE_SET_LINEAR, 0, 0, NULL, &status)) /* clears the screen */
        return FAIL_WITH(error, FIRMWARE, "VBE function 4F02h", status);
    if (!ask_mode(number, &framebuffer))
        return FAIL_WITH(error, FIRMWARE, "VBE function 4F01h", number);
    current = framebuffer;
    is_set = true;
    *out = framebuffer;
    return true;
}

bool firmware_current_framebuffer(struct bowline_framebuffer *out)
{
    if (is_set)
        *out = current;
    return is_set;
}

/* A serial console that answers for a screen knows no function 1Ah, and has no memory for text. */
static bool has_vga(void)
{
    struct bios_call call = {.interrupt = 0x10, .eax = VGA_DISPLAY_CODE};

    bios_calls(&call, 1);
    return LOW_BYTE(call.eax) == VGA_ANSWERS;
}

bool firmware_shows_vga_text(void)
{
    const uint8_t *mode = firmware_memory(BIOS_DATA_MODE, 1);

    firmware_must_be_alive();
    return !is_set && *mode == VGA_TEXT_MODE && has_vga();
}

bool firmware_set_vga_text(void)
{
    struct bios_call call = {.interrupt = 0x10, .eax = VGA_TEXT_MODE};

    firmware_must_be_alive();
    if (!has_vga())
        return false;
    bios_calls(&call, 1);
    is_set = false;
    return firmware_shows_vga_text();
}

/* VBE's framebuffers lie below 4 GiB, where everything is mapped. */
void *firmware_framebuffer_memory(const struct bowline_framebuffer *framebuffer)
{
    return firmware_memory(framebuffer->phys, framebuffer->height * framebuffer->pitch);
}
