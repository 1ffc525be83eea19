/* SPDX-License-Identifier: MIT */
#include "boot/video.h"

#include "base/string.h"
#include "console/log.h"

struct size {
    uint64_t width;
    uint64_t height;
};

/*
 * The monitor's preferred size: the first detailed timing of its EDID (VESA E-EDID A2, 3.10.2).
 * False when there is no EDID, or a damaged or absurd one.
 */
static bool preferred_by_monitor(const struct video_modes *modes, struct size *out)
{
    static const uint8_t magic[8] = {0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00};
    const uint8_t *timing = modes->edid + 54;
    uint8_t sum = 0;

    if (modes->edid_size < 128 || memcmp(modes->edid, magic, sizeof(magic)) != 0)
        return false;
    for (unsigned i = 0; i < 128; i++)
        sum = (uint8_t)(sum + modes->edid[i]);
    out->width = timing[2] | (timing[4] & 0xf0) << 4;
    out->height = timing[5] | (timing[7] & 0xf0) << 4;
    bool has_timing = timing[0] != 0 || timing[1] != 0;
    return sum == 0 && has_timing && out->width > 0 && out->height > 0;
}

static struct size preferred_size(const struct video_modes *modes,
                                  const struct bowline_request *request)
{
    struct size size = {request->framebuffer_width, request->framebuffer_height};

    if (size.width != 0 && size.height != 0)
        return size;
    if (preferred_by_monitor(modes, &size))
        return size;
    if (modes->current < modes->count)
        return (struct size){modes->modes[modes->current].width,
                             modes->modes[modes->current].height};
    return (struct size){1024, 768};
}

static bool fits(const struct bowline_video_mode *mode, struct size size)
{
    return mode->width <= size.width && mode->height <= size.height;
}

/* Is `mode` the better choice than `best`? */
static bool is_better(const struct bowline_video_mode *mode, const struct bowline_video_mode *best,
                      struct size preferred)
{
    uint64_t pixels = mode->width * mode->height, best_pixels = best->width * best->height;

    if (fits(mode, preferred) != fits(best, preferred))
        return fits(mode, preferred);
    if (pixels != best_pixels)
        return fits(mode, preferred) ? pixels > best_pixels : pixels < best_pixels;
    return mode->bits_per_pixel > best->bits_per_pixel;
}

bool video_choose(const struct video_modes *modes, const struct bowline_request *request,
                  uint32_t *index)
{
    struct size preferred = preferred_size(modes, request);
    uint32_t best = modes->count;

    for (uint32_t i = 0; i < modes->count; i++) {
        const struct bowline_video_mode *mode = &modes->modes[i];

        if (mode->width < request->framebuffer_min_width ||
            mode->height < request->framebuffer_min_height)
            continue;
        if (best == modes->count || is_better(mode, &modes->modes[best], preferred))
            best = i;
    }
    if (best == modes->count)
        return false;
    *index = best;
    return true;
}

/* The kernel's framebuffer, in the mode that the rule gives. False, logged: there is none. */
static bool start_framebuffer(const struct bowline_request *request, struct video *video)
{
    struct bowline_framebuffer *framebuffer = &video->framebuffer;
    struct error error;
    uint32_t index;

    firmware_list_video_modes(&video->modes);
    if (video->modes.count == 0) {
        log_message(LOG_INFO, "no framebuffer: the firmware offers no graphics mode");
        return false;
    }
    if (!video_choose(&video->modes, request, &index)) {
        log_message(LOG_INFO, "no framebuffer: none of %u graphics modes is large enough",
                    video->modes.count);
        return false;
    }
    if (!firmware_set_video_mode(&video->modes, index, framebuffer, &error)) {
        log_error(LOG_WARNING, &error);
        return false;
    }
    log_message(LOG_INFO, "framebuffer %llu x %llu, %llu bits per pixel",
                (unsigned long long)framebuffer->width, (unsigned long long)framebuffer->height,
                (unsigned long long)framebuffer->bits_per_pixel);
    return true;
}

static bool wants_vga_text(const struct bowline_request *request)
{
    if (request->flags & BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER))
        return false;
    return request->flags & (BOWLINE_WANT_VGA_TEXT | BOWLINE_REQUIRE(BOWLINE_WANT_VGA_TEXT));
}

static bool wants_framebuffer(const struct bowline_request *request)
{
    return request->framebuffer.kind != BOWLINE_PLACE_NONE ||
           request->flags & BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER);
}

bool video_start(const struct bowline_request *request, struct video *out, struct error *error)
{
    memset(out, 0, sizeof(*out));
    out->is_vga_text = wants_vga_text(request) && firmware_set_vga_text();
    if (out->is_vga_text)
        log_message(LOG_INFO, "VGA text mode");
    if (!out->is_vga_text && request->flags & BOWLINE_REQUIRE(BOWLINE_WANT_VGA_TEXT))
        return FAIL_WITH(error, UNSUPPORTED, "VGA text mode");
    if (!out->is_vga_text && wants_framebuffer(request))
        out->has_framebuffer = start_framebuffer(request, out);
    log_screen_changed();
    if (request->flags & BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER) && !out->has_framebuffer)
        return FAIL(error, NO_FRAMEBUFFER, request->framebuffer_min_width,
                    request->framebuffer_min_height);
    return true;
}
