/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/video.h"

enum { MODES_MAX = 8 };

static struct screen {
    EFI_GRAPHICS_OUTPUT_PROTOCOL output;
    EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE state;
    EFI_GRAPHICS_OUTPUT_MODE_INFORMATION modes[MODES_MAX];
    uint32_t failing_mode;
    UINTN information_size;
    EFI_STATUS set_status;
    unsigned fills;
} console, card, second_card;

static struct video_modes modes;
static struct bowline_framebuffer framebuffer;
static struct error error;

static EFI_STATUS EFIAPI query_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *output, UINT32 number,
                                    UINTN *size, EFI_GRAPHICS_OUTPUT_MODE_INFORMATION **out)
{
    struct screen *screen = (struct screen *)output;

    if (number >= screen->state.MaxMode || number == screen->failing_mode)
        return EFI_DEVICE_ERROR;
    *size = screen->information_size;
    *out = malloc(sizeof(**out));
    **out = screen->modes[number];
    fake.blocks++;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *output, UINT32 number)
{
    struct screen *screen = (struct screen *)output;

    if (screen->set_status != EFI_SUCCESS)
        return screen->set_status;
    screen->state.Mode = number;
    screen->state.Info = &screen->modes[number];
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fill(EFI_GRAPHICS_OUTPUT_PROTOCOL *output,
                              EFI_GRAPHICS_OUTPUT_BLT_PIXEL *pixel,
                              EFI_GRAPHICS_OUTPUT_BLT_OPERATION operation, UINTN from_x,
                              UINTN from_y, UINTN x, UINTN y, UINTN width, UINTN height,
                              UINTN delta)
{
    struct screen *screen = (struct screen *)output;

    assert_int_equal(operation, EfiBltVideoFill);
    assert_int_equal(pixel->Red | pixel->Green | pixel->Blue, 0);
    assert_int_equal(from_x | from_y | x | y | delta, 0);
    assert_int_equal(width, screen->state.Info->HorizontalResolution);
    assert_int_equal(height, screen->state.Info->VerticalResolution);
    screen->fills++;
    return EFI_SUCCESS;
}

static void make_screen(struct screen *screen, uint64_t base)
{
    static const uint32_t sizes[MODES_MAX][2] = {{640, 480},   {800, 600},   {1024, 768},
                                                 {1280, 800},  {1280, 1024}, {1600, 1200},
                                                 {1920, 1080}, {3840, 2160}};

    *screen = (struct screen){
        .output = {.QueryMode = query_mode, .SetMode = set_mode, .Blt = fill},
        .state = {.MaxMode = 6, .Mode = 2, .FrameBufferBase = base},
        .failing_mode = UINT32_MAX,
        .information_size = sizeof(EFI_GRAPHICS_OUTPUT_MODE_INFORMATION),
    };
    for (unsigned i = 0; i < MODES_MAX; i++)
        screen->modes[i] = (EFI_GRAPHICS_OUTPUT_MODE_INFORMATION){
            .HorizontalResolution = sizes[i][0],
            .VerticalResolution = sizes[i][1],
            .PixelFormat = PixelBlueGreenRedReserved8BitPerColor,
            .PixelsPerScanLine = sizes[i][0] + 32,
        };
    screen->output.Mode = &screen->state;
    screen->state.Info = &screen->modes[2];
    fake_add_protocol(screen, (EFI_GUID)EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID, &screen->output);
}

static void expect_modes(unsigned count)
{
    firmware_list_video_modes(&modes);
    assert_int_equal(modes.count, count);
}

static void describes_modes(void **state)
{
    (void)state;
    make_screen(&card, 0xc0000000);
    expect_modes(6);
    assert_int_equal(modes.current, 2);
    assert_int_equal(modes.modes[5].width, 1600);
    assert_int_equal(modes.modes[5].height, 1200);
    assert_int_equal(modes.modes[5].bits_per_pixel, 32);
    assert_int_equal(modes.edid_size, 0);

    assert_true(firmware_current_framebuffer(&framebuffer));
    assert_int_equal(framebuffer.phys, 0xc0000000);
    assert_int_equal(framebuffer.width, 1024);
    assert_int_equal(framebuffer.height, 768);
    assert_int_equal(framebuffer.pitch, (1024 + 32) * 4);
    assert_int_equal(framebuffer.red_shift, 16);
    assert_int_equal(framebuffer.green_shift, 8);
    assert_int_equal(framebuffer.blue_shift, 0);
    assert_int_equal(framebuffer.red_bits, 8);
    assert_ptr_equal(firmware_framebuffer_memory(&framebuffer), (void *)0xc0000000);
}

/* Mode 3 cannot be asked for, mode 0 has no pixels in memory, mode 1 has 16-bit pixels. */
static void skips_modes_that_are_of_no_use(void **state)
{
    (void)state;
    make_screen(&card, 0xc0000000);
    card.failing_mode = 3;
    card.modes[0].PixelFormat = PixelBltOnly;
    card.modes[1].PixelFormat = PixelBitMask;
    card.modes[1].PixelInformation = (EFI_PIXEL_BITMASK){0xf800, 0x07e0, 0x001f, 0};
    card.modes[4].HorizontalResolution = 0;
    card.modes[5].PixelFormat = PixelFormatMax;
    expect_modes(2);
    assert_int_equal(modes.identifiers[0], 1);
    assert_int_equal(modes.identifiers[1], 2);
    assert_int_equal(modes.current, 1);
    assert_int_equal(modes.modes[0].bits_per_pixel, 16);

    assert_true(firmware_set_video_mode(&modes, 0, &framebuffer, &error));
    assert_int_equal(card.state.Mode, 1);
    assert_int_equal(card.fills, 1);
    assert_int_equal(framebuffer.pitch, (800 + 32) * 2);
    assert_int_equal(framebuffer.red_shift, 11);
    assert_int_equal(framebuffer.red_bits, 5);
    assert_int_equal(framebuffer.green_shift, 5);
    assert_int_equal(framebuffer.green_bits, 6);
    assert_int_equal(framebuffer.blue_shift, 0);
    assert_int_equal(framebuffer.blue_bits, 5);

    card.information_size = sizeof(EFI_GRAPHICS_OUTPUT_MODE_INFORMATION) - 1;
    expect_modes(0);
}

/* Their bytes would not fit into 64 bits. */
static void takes_no_endless_lines(void **state)
{
    (void)state;
    make_screen(&card, 0xc0000000);
    card.modes[0].VerticalResolution = UINT32_MAX;
    card.modes[1].PixelsPerScanLine = UINT32_MAX;
    card.state.Info = &card.modes[1];
    expect_modes(4);
    assert_int_equal(modes.identifiers[0], 2);
    assert_false(firmware_current_framebuffer(&framebuffer));
}

static void judges_masks(void **state)
{
    static const struct {
        EFI_PIXEL_BITMASK masks;
        unsigned bits; /* 0: no good */
    } cases[] = {
        {{0x7c00, 0x3e0, 0x1f, 0x8000}, 16},
        {{0x7c00, 0x3e0, 0x1f, 0}, 16},
        {{0xff0000, 0xff00, 0xff, 0}, 24},
        {{0xff0000, 0xff00, 0xff, 0xff000000}, 32},
        {{0x3ff00000, 0xffc00, 0x3ff, 0xc0000000}, 32},
        {{0, 0xff00, 0xff, 0}, 0},
        {{0xff0000, 0, 0xff, 0}, 0},
        {{0xff0000, 0xff00, 0, 0}, 0},
        {{0xf0f000, 0xf00, 0xff, 0}, 0},
        {{0xff0000, 0xffff00, 0xff, 0}, 0},
        {{0xe0, 0x1c, 0x03, 0}, 0},
    };

    (void)state;
    make_screen(&card, 0xc0000000);
    card.state.MaxMode = 1;
    card.modes[0].PixelFormat = PixelBitMask;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        card.modes[0].PixelInformation = cases[i].masks;
        expect_modes(cases[i].bits != 0);
        assert_int_equal(modes.modes[0].bits_per_pixel, cases[i].bits);
    }
}

/* A firmware with more modes than there is room for; this one answers for each. */
static EFI_STATUS EFIAPI query_any_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *output, UINT32 number,
                                        UINTN *size, EFI_GRAPHICS_OUTPUT_MODE_INFORMATION **out)
{
    return query_mode(output, number % 6, size, out);
}

static void keeps_the_modes_that_there_is_room_for(void **state)
{
    (void)state;
    make_screen(&card, 0xc0000000);
    card.output.QueryMode = query_any_mode;
    card.state.MaxMode = VIDEO_MODES_MAX + 100;
    card.state.Mode = VIDEO_MODES_MAX + 50;
    expect_modes(VIDEO_MODES_MAX);
    assert_int_equal(modes.current, VIDEO_MODES_MAX);
    assert_int_equal(modes.identifiers[0], 0);
    assert_int_equal(modes.edid_size, 0);
}

static void does_without_graphics(void **state)
{
    (void)state;
    expect_modes(0);
    assert_int_equal(modes.current, modes.count);
    assert_false(firmware_current_framebuffer(&framebuffer));
    assert_false(firmware_set_video_mode(&modes, 0, &framebuffer, &error));
    assert_error(&error, ERROR_FIRMWARE);

    /* As virtio-gpu has it: graphics, but none of it in memory. */
    make_screen(&card, 0);
    for (unsigned i = 0; i < MODES_MAX; i++)
        card.modes[i].PixelFormat = PixelBltOnly;
    expect_modes(0);
    assert_false(firmware_current_framebuffer(&framebuffer));

    card.output.Mode = NULL;
    expect_modes(0);
    fake.protocols[0].interface = NULL;
    expect_modes(0);
}

static void prefers_the_screen_of_the_console(void **state)
{
    (void)state;
    make_screen(&card, 0xc0000000);
    make_screen(&second_card, 0xd0000000);
    make_screen(&console, 0xd0000000);
    fake.system.ConsoleOutHandle = &console;
    assert_true(firmware_current_framebuffer(&framebuffer));
    assert_int_equal(framebuffer.phys, 0xd0000000);

    /* With several cards the console's screen is none in memory. */
    for (unsigned i = 0; i < MODES_MAX; i++)
        console.modes[i].PixelFormat = PixelBltOnly;
    assert_true(firmware_current_framebuffer(&framebuffer));
    assert_int_equal(framebuffer.phys, 0xc0000000);
}

static void finds_the_edid_of_the_screen(void **state)
{
    uint8_t right[128] = {1}, wrong[128] = {2}, huge[1024] = {3};
    EFI_EDID_ACTIVE_PROTOCOL active = {sizeof(right), right}, other = {sizeof(wrong), wrong};

    (void)state;
    make_screen(&card, 0xc0000000);
    make_screen(&second_card, 0xd0000000);
    make_screen(&console, 0xd0000000);
    fake.system.ConsoleOutHandle = &console;
    fake_add_protocol(&card, (EFI_GUID)EFI_EDID_ACTIVE_PROTOCOL_GUID, &other);
    fake_add_protocol(&second_card, (EFI_GUID)EFI_EDID_DISCOVERED_PROTOCOL_GUID, &active);
    expect_modes(6);
    assert_int_equal(modes.edid_size, sizeof(right));
    assert_memory_equal(modes.edid, right, sizeof(right));

    active = (EFI_EDID_ACTIVE_PROTOCOL){sizeof(huge), huge};
    expect_modes(6);
    assert_int_equal(modes.edid_size, EDID_SIZE_MAX);
    active = (EFI_EDID_ACTIVE_PROTOCOL){128, NULL};
    expect_modes(6);
    assert_int_equal(modes.edid_size, 0);
}

static void says_when_a_mode_cannot_be_set(void **state)
{
    (void)state;
    make_screen(&card, 0xc0000000);
    expect_modes(6);
    card.set_status = EFI_DEVICE_ERROR;
    assert_false(firmware_set_video_mode(&modes, 1, &framebuffer, &error));
    assert_error(&error, ERROR_FIRMWARE);
    card.set_status = EFI_SUCCESS;
    card.state.FrameBufferBase = 0;
    assert_false(firmware_set_video_mode(&modes, 1, &framebuffer, &error));
    card.state.FrameBufferBase = 0xc0000000;
    card.modes[1].PixelsPerScanLine = 799;
    assert_false(firmware_set_video_mode(&modes, 1, &framebuffer, &error));
    card.state.Info = NULL;
    assert_false(firmware_current_framebuffer(&framebuffer));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fake_start, fake_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(describes_modes),
        TEST(skips_modes_that_are_of_no_use),
        TEST(takes_no_endless_lines),
        TEST(judges_masks),
        TEST(keeps_the_modes_that_there_is_room_for),
        TEST(does_without_graphics),
        TEST(prefers_the_screen_of_the_console),
        TEST(finds_the_edid_of_the_screen),
        TEST(says_when_a_mode_cannot_be_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
