/* SPDX-License-Identifier: MIT */
/* Stage 3 lists the modes of VBE. */
#include "firmware/video.h"

#include <string.h>

#include "base/units.h"
#include "fake_bios.h"
#include "firmware/memory.h"
#include "stage3/vbe.h"
#include "support.h"

enum { SUCCESS = 0x004f, FAILED = 0x014f, MODES = 6, LIST_END = 0xffff };

static uint8_t low[MIB];

static struct {
    bool is_absent;
    bool list_is_reserved; /* inside the information block */
    uint16_t version;
    uint16_t numbers[MODES + 1];
    struct vbe_mode modes[MODES];
    int failing; /* index of a mode whose query fails; -1: none */
    uint16_t set;
    uint32_t edid_blocks;
    bool edid_sum_is_wrong;
    bool is_vga;        /* else a serial console answers for it */
    bool has_text_mode; /* else it stays in the mode it is in */
} card;

void firmware_must_be_alive(void)
{
}

void *firmware_memory(uint64_t phys, uint64_t length)
{
    assert_true(phys + length <= sizeof(low));
    return low + phys;
}

static struct vbe_mode direct(uint16_t width, uint16_t height, uint8_t bits)
{
    return (struct vbe_mode){
        .attributes = 0x9b,
        .banked_pitch = (uint16_t)(width * bits / 8),
        .width = width,
        .height = height,
        .bits_per_pixel = bits,
        .memory_model = 6,
        .red = {8, 16},
        .green = {8, 8},
        .blue = {8, 0},
        .framebuffer = 0xfd000000,
    };
}

static void fill_information(void)
{
    struct vbe_information *information = &vbe_buffers.information;

    assert_memory_equal(information->signature, "VBE2", 4);
    memcpy(information->signature, "VESA", 4);
    information->version = card.version;
    if (card.list_is_reserved) {
        /* What the machine has at that address in its low memory. */
        information->modes_segment = 0x5000;
        information->modes_offset = 34;
        memcpy(low + 0x50022, card.numbers, sizeof(card.numbers));
    } else {
        information->modes_segment = 0xc000;
        information->modes_offset = 0x1234;
        memcpy(low + 0xc1234, card.numbers, sizeof(card.numbers));
    }
}

static bool fill_mode(uint16_t number)
{
    for (int i = 0; i < MODES; i++) {
        if (card.numbers[i] != number || i == card.failing)
            continue;
        vbe_buffers.mode = card.modes[i];
        return true;
    }
    return false;
}

static bool fill_edid(uint32_t block)
{
    uint8_t *edid = vbe_buffers.edid, sum = 0;

    if (block >= card.edid_blocks)
        return false;
    memset(edid, (int)block, EDID_BLOCK_SIZE);
    if (block == 0) {
        memcpy(edid, "\0\xff\xff\xff\xff\xff\xff\0", 8);
        edid[126] = (uint8_t)(card.edid_blocks - 1);
    }
    edid[127] = 0;
    for (int i = 0; i < 127; i++)
        sum += edid[i];
    edid[127] = (uint8_t)(-sum + (card.edid_sum_is_wrong ? 1 : 0));
    return true;
}

static void answer(struct bios_call *call)
{
    uint32_t buffer = ((uint32_t)call->es << 4) + call->edi;
    bool success = false;

    assert_int_equal(call->interrupt, 0x10);
    assert_true(call->edi < 16);
    if (card.is_absent)
        return; /* ax stays what it was */
    switch (call->eax) {
    case 0x1a00:
        if (card.is_vga)
            call->eax = 0x1a1a - 0x1a00;
        return;
    case 0x0003:
        card.set = 3;
        low[0x449] = card.has_text_mode ? 3 : 7;
        return;
    case 0x4f00:
        assert_int_equal(buffer, (uintptr_t)&vbe_buffers.information & 0xfffff);
        fill_information();
        success = true;
        break;
    case 0x4f01:
        assert_int_equal(buffer, (uintptr_t)&vbe_buffers.mode & 0xfffff);
        if (card.list_is_reserved)
            memset(low + 0x50000, 0xee, 512); /* the list is gone */
        success = fill_mode((uint16_t)call->ecx);
        break;
    case 0x4f02:
        card.set = (uint16_t)call->ebx;
        success = true;
        break;
    case 0x4f15:
        assert_int_equal(call->ebx, 1);
        success = fill_edid(call->edx);
        break;
    }
    call->eax = success ? SUCCESS : FAILED;
}

static int start(void **state)
{
    static const uint16_t numbers[MODES + 1] = {0x100, 0x101, 0x110, 0x111, 0x112, 0x143, LIST_END};

    (void)state;
    memset(low, 0, sizeof(low));
    memset(&card, 0, sizeof(card));
    memcpy(card.numbers, numbers, sizeof(numbers));
    card.version = 0x300;
    card.failing = -1;
    card.modes[0] = direct(640, 480, 8);
    card.modes[0].memory_model = 4;
    card.modes[1] = direct(640, 480, 32);
    card.modes[1].attributes &= (uint16_t)~0x80; /* no linear framebuffer */
    card.modes[2] = direct(640, 480, 16);
    card.modes[2].red = (struct vbe_channel){5, 11};
    card.modes[2].green = (struct vbe_channel){6, 5};
    card.modes[2].blue = (struct vbe_channel){5, 0};
    card.modes[3] = direct(800, 600, 24);
    card.modes[4] = direct(1024, 768, 32);
    card.modes[5] = direct(1280, 1024, 32);
    fake_service = answer;
    return 0;
}

static struct video_modes modes;

static void test_list(void **state)
{
    (void)state;
    for (int reserved = 0; reserved < 2; reserved++) {
        card.list_is_reserved = reserved;
        firmware_list_video_modes(&modes);
        assert_int_equal(modes.count, 4);
        assert_int_equal(modes.current, modes.count);
        assert_int_equal(modes.identifiers[0], 0x110);
        assert_int_equal(modes.modes[0].bits_per_pixel, 16);
        assert_int_equal(modes.modes[1].width, 800);
        assert_int_equal(modes.modes[3].height, 1024);
        assert_int_equal(modes.edid_size, 0);
    }
}

static void test_failing_query(void **state)
{
    (void)state;
    card.failing = 3;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.count, 3);
    assert_int_equal(modes.modes[1].width, 1024);
}

static void test_list_ends_early(void **state)
{
    (void)state;
    card.numbers[0] = LIST_END;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.count, 0);
    /* A list without an end stops where low memory does, or at the capacity. */
    assert_int_equal(
        vbe_copy_list(low, &(struct vbe_information){.modes_segment = 0xffff, .modes_offset = 0x8},
                      (uint16_t[64]){0}, 64),
        4);
}

static void test_absent(void **state)
{
    (void)state;
    card.is_absent = true;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.count, 0);
    card.is_absent = false;
    card.version = 0x102; /* no linear framebuffers before 2.0 */
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.count, 0);
}

static void test_pitch(void **state)
{
    struct bowline_framebuffer framebuffer;

    (void)state;
    card.modes[4].linear_pitch = 8192;
    card.modes[4].linear_red = (struct vbe_channel){8, 0};
    card.modes[4].linear_green = (struct vbe_channel){8, 8};
    card.modes[4].linear_blue = (struct vbe_channel){8, 16};
    assert_true(vbe_describe(&card.modes[4], 0x300, &framebuffer));
    assert_int_equal(framebuffer.pitch, 8192);
    assert_int_equal(framebuffer.red_shift, 0);
    assert_int_equal(framebuffer.blue_shift, 16);
    assert_true(vbe_describe(&card.modes[4], 0x200, &framebuffer));
    assert_int_equal(framebuffer.pitch, 4096);
    assert_int_equal(framebuffer.red_shift, 16);
}

/* Each of these alone makes a mode unusable, and leaves *out as it was. */
static void test_unusable(void **state)
{
    struct vbe_mode good = direct(640, 480, 32), bad[7];
    struct bowline_framebuffer framebuffer = {.width = 7};

    (void)state;
    assert_true(vbe_describe(&good, 0x300, &framebuffer));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        bad[i] = good;
    bad[0].attributes &= (uint16_t)~1;
    bad[1].framebuffer = 0;
    bad[2].banked_pitch = 640 * 4 - 1;
    bad[3].memory_model = 3;
    bad[4].green.bits = 0;
    bad[5].red.shift = 25;
    bad[6].height = 0;
    framebuffer.width = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(vbe_describe(&bad[i], 0x300, &framebuffer));
    assert_int_equal(framebuffer.width, 7);
}

static void test_set(void **state)
{
    struct bowline_framebuffer framebuffer;
    struct error error = {0};

    (void)state;
    assert_false(firmware_current_framebuffer(&framebuffer));
    firmware_list_video_modes(&modes);
    assert_true(firmware_set_video_mode(&modes, 2, &framebuffer, &error));
    assert_int_equal(card.set, 0x112 | 0x4000);
    assert_int_equal(framebuffer.phys, 0xfd000000);
    assert_int_equal(framebuffer.width, 1024);
    assert_true(firmware_current_framebuffer(&framebuffer));
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.current, 2);
    card.is_absent = true;
    assert_false(firmware_set_video_mode(&modes, 1, &framebuffer, &error));
    assert_error(&error, ERROR_FIRMWARE);
}

static void test_text(void **state)
{
    struct bowline_framebuffer framebuffer;
    struct error error;

    (void)state;
    firmware_list_video_modes(&modes);
    assert_true(firmware_set_video_mode(&modes, 2, &framebuffer, &error));
    low[0x449] = 3; /* a serial console may say so, too */
    assert_false(firmware_set_vga_text());
    assert_int_equal(card.set, 0x112 | 0x4000);
    assert_true(firmware_current_framebuffer(&framebuffer));
    card.is_vga = true;
    card.has_text_mode = true;
    assert_true(firmware_set_vga_text());
    assert_int_equal(card.set, 3);
    assert_false(firmware_current_framebuffer(&framebuffer));
    card.has_text_mode = false; /* a monochrome screen */
    assert_false(firmware_set_vga_text());
}

static void test_edid(void **state)
{
    (void)state;
    card.edid_blocks = 1;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.edid_size, 128);
    card.edid_blocks = 2;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.edid_size, 256);
    assert_int_equal(modes.edid[200], 1);
    card.edid_blocks = 255;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.edid_size, EDID_SIZE_MAX);
    card.edid_sum_is_wrong = true;
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.edid_size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_list, start),
        cmocka_unit_test_setup(test_failing_query, start),
        cmocka_unit_test_setup(test_list_ends_early, start),
        cmocka_unit_test_setup(test_absent, start),
        cmocka_unit_test_setup(test_text, start),
        cmocka_unit_test_setup(test_pitch, start),
        cmocka_unit_test_setup(test_unusable, start),
        cmocka_unit_test_setup(test_set, start),
        cmocka_unit_test_setup(test_edid, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
