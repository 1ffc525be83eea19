/* SPDX-License-Identifier: MIT */
#include "boot/video.h"

#include <string.h>

#include "support.h"

static struct video_modes modes;
static struct bowline_request request;

static int setup(void **state)
{
    static const struct bowline_video_mode some[] = {
        {640, 480, 32},  {800, 600, 16},   {1024, 768, 16},  {1024, 768, 32},
        {1024, 768, 24}, {1280, 1024, 32}, {1920, 1080, 32}, {2560, 1600, 32},
    };
    (void)state;

    memset(&modes, 0, sizeof(modes));
    memset(&request, 0, sizeof(request));
    memcpy(modes.modes, some, sizeof(some));
    modes.count = modes.current = sizeof(some) / sizeof(some[0]);
    return 0;
}

static void assert_choice(uint64_t width, uint64_t height)
{
    uint32_t index;

    assert_true(video_choose(&modes, &request, &index));
    assert_int_equal(modes.modes[index].width, width);
    assert_int_equal(modes.modes[index].height, height);
}

static void prefer(uint64_t width, uint64_t height)
{
    request.framebuffer_width = width;
    request.framebuffer_height = height;
}

static void the_preferred_size_is_chosen(void **state)
{
    uint32_t index;
    (void)state;

    prefer(1920, 1080);
    assert_choice(1920, 1080);
    prefer(1024, 768);
    assert_true(video_choose(&modes, &request, &index));
    assert_int_equal(index, 3); /* 32 bits per pixel */
}

static void else_the_largest_that_fits(void **state)
{
    (void)state;
    prefer(5000, 5000);
    assert_choice(2560, 1600);
    prefer(1500, 1100);
    assert_choice(1280, 1024);
}

static void else_the_smallest(void **state)
{
    (void)state;
    prefer(320, 200);
    assert_choice(640, 480);
}

static void the_minimum_is_kept(void **state)
{
    uint32_t index = 42;
    (void)state;

    prefer(800, 600);
    request.framebuffer_min_width = 1025;
    assert_choice(1280, 1024);
    request.framebuffer_min_height = 2000;
    assert_false(video_choose(&modes, &request, &index));
    assert_int_equal(index, 42);
}

static void seal_edid(void)
{
    uint8_t sum = 0;

    for (unsigned i = 0; i < 127; i++)
        sum = (uint8_t)(sum + modes.edid[i]);
    modes.edid[127] = (uint8_t)-sum;
    modes.edid_size = 128;
}

/* A monitor of that size, at most 4095 either way. */
static void connect_monitor(unsigned width, unsigned height)
{
    static const uint8_t magic[8] = {0, 255, 255, 255, 255, 255, 255, 0};

    memset(modes.edid, 0, 128);
    memcpy(modes.edid, magic, 8);
    modes.edid[54] = 1; /* pixel clock */
    modes.edid[56] = width & 0xff;
    modes.edid[58] = (uint8_t)(width >> 8 << 4);
    modes.edid[59] = height & 0xff;
    modes.edid[61] = (uint8_t)(height >> 8 << 4);
    seal_edid();
}

static void without_a_wish_the_monitor_decides(void **state)
{
    (void)state;
    assert_choice(1024, 768);
    modes.current = 5;
    assert_choice(1280, 1024);
    connect_monitor(1920, 1080);
    assert_choice(1920, 1080);
    modes.edid[127]++; /* a wrong checksum: not to be believed */
    assert_choice(1280, 1024);
}

static void absurd_monitors_do_not_harm(void **state)
{
    (void)state;
    modes.current = 5;
    connect_monitor(4095, 4095);
    assert_choice(2560, 1600);
    connect_monitor(1, 1);
    assert_choice(640, 480);
    connect_monitor(4095, 1);
    assert_choice(640, 480);
    connect_monitor(0, 1080);
    assert_choice(1280, 1024);
    connect_monitor(1920, 0);
    assert_choice(1280, 1024);
    connect_monitor(1920, 1080);
    modes.edid[54] = 0; /* no timing, but a name or the like */
    seal_edid();
    assert_choice(1280, 1024);
    for (unsigned byte = 0; byte < 256; byte++) {
        memset(modes.edid, (int)byte, 128);
        modes.edid_size = 128;
        assert_choice(1280, 1024);
        seal_edid();
        assert_choice(1280, 1024);
    }
}

static void no_modes_is_no_choice(void **state)
{
    uint32_t index;
    (void)state;

    modes.count = modes.current = 0;
    assert_false(video_choose(&modes, &request, &index));
}

int main(void)
{
#define VIDEO_TEST(function) cmocka_unit_test_setup(function, setup)
    const struct CMUnitTest tests[] = {
        VIDEO_TEST(the_preferred_size_is_chosen),
        VIDEO_TEST(else_the_largest_that_fits),
        VIDEO_TEST(else_the_smallest),
        VIDEO_TEST(the_minimum_is_kept),
        VIDEO_TEST(without_a_wish_the_monitor_decides),
        VIDEO_TEST(absurd_monitors_do_not_harm),
        VIDEO_TEST(no_modes_is_no_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
