/* SPDX-License-Identifier: MIT */
/* The graphics output protocol (UEFI 12.9). */
#include "firmware/video.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "uefi.h"

/* Pixels in a line, and lines: more than this is no screen, and could not be multiplied. */
enum { LENGTH_MAX = 1 << 20 };

/* A screen: the handle that the protocol was found on, and the protocol. */
struct graphics {
    EFI_HANDLE handle;
    EFI_GRAPHICS_OUTPUT_PROTOCOL *output;
};

/* Takes one channel from its mask of consecutive bits. */
static bool describe_channel(uint32_t mask, uint64_t *shift, uint64_t *bits)
{
    if (mask == 0)
        return false;
    *shift = (unsigned)__builtin_ctz(mask);
    mask >>= *shift;
    for (*bits = 0; (mask & 1) != 0; mask >>= 1)
        *bits += 1;
    return mask == 0;
}

static bool describe_masks(const EFI_PIXEL_BITMASK *masks, struct bowline_framebuffer *out)
{
    uint32_t all = masks->RedMask | masks->GreenMask | masks->BlueMask | masks->ReservedMask;

    if ((masks->RedMask & masks->GreenMask) != 0 || (masks->RedMask & masks->BlueMask) != 0 ||
        (masks->GreenMask & masks->BlueMask) != 0)
        return false;
    if (!describe_channel(masks->RedMask, &out->red_shift, &out->red_bits) ||
        !describe_channel(masks->GreenMask, &out->green_shift, &out->green_bits) ||
        !describe_channel(masks->BlueMask, &out->blue_shift, &out->blue_bits))
        return false;
    /* The highest bit of all four tells the size of a pixel. */
    out->bits_per_pixel = align_up(32 - (unsigned)__builtin_clz(all), 8);
    return out->bits_per_pixel >= 16;
}

/* False: pixels of this mode cannot be written to memory, or make no sense. */
static bool describe_mode(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode,
                          struct bowline_framebuffer *out)
{
    static const EFI_PIXEL_BITMASK red_first = {0xff, 0xff00, 0xff0000, 0xff000000};
    static const EFI_PIXEL_BITMASK blue_first = {0xff0000, 0xff00, 0xff, 0xff000000};
    const EFI_PIXEL_BITMASK *masks;
    struct bowline_framebuffer described = {0};

    if (mode->PixelFormat == PixelRedGreenBlueReserved8BitPerColor)
        masks = &red_first;
    else if (mode->PixelFormat == PixelBlueGreenRedReserved8BitPerColor)
        masks = &blue_first;
    else if (mode->PixelFormat == PixelBitMask)
        masks = &mode->PixelInformation;
    else
        return false;
    if (mode->HorizontalResolution == 0 || mode->VerticalResolution == 0 ||
        mode->PixelsPerScanLine > LENGTH_MAX || mode->VerticalResolution > LENGTH_MAX ||
        !describe_masks(masks, &described))
        return false;
    described.width = mode->HorizontalResolution;
    described.height = mode->VerticalResolution;
    described.pitch = mode->PixelsPerScanLine * (described.bits_per_pixel / 8);
    *out = described;
    return true;
}

/* Firmware may fail for single modes; what it answers is to be freed. */
static bool query_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *output, uint32_t number,
                       struct bowline_framebuffer *out)
{
    EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *information = NULL;
    UINTN size = 0;

    if (output->QueryMode(output, number, &size, &information) != EFI_SUCCESS ||
        information == NULL)
        return false;

    bool is_good = size >= sizeof(*information) && describe_mode(information, out);

    uefi.system->BootServices->FreePool(information);
    return is_good;
}

static bool has_framebuffer(EFI_GRAPHICS_OUTPUT_PROTOCOL *output)
{
    struct bowline_framebuffer ignored;

    if (output == NULL || output->Mode == NULL)
        return false;
    for (uint32_t number = 0; number < output->Mode->MaxMode; number++) {
        if (query_mode(output, number, &ignored))
            return true;
    }
    return false;
}

/* The screen that the console is on, else the first one that has a framebuffer. */
static bool find_graphics(struct graphics *out)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    struct graphics console = {
        .handle = uefi.system->ConsoleOutHandle,
        .output = uefi_protocol(uefi.system->ConsoleOutHandle, guid),
    };
    UINTN count;
    bool is_found = false;

    if (has_framebuffer(console.output)) {
        *out = console;
        return true;
    }

    EFI_HANDLE *handles = uefi_handles(guid, &count);

    if (handles == NULL)
        return false;
    for (UINTN i = 0; i < count && !is_found; i++) {
        EFI_GRAPHICS_OUTPUT_PROTOCOL *output = uefi_protocol(handles[i], guid);

        is_found = has_framebuffer(output);
        if (is_found)
            *out = (struct graphics){handles[i], output};
    }
    uefi.system->BootServices->FreePool(handles);
    return is_found;
}

/* Both protocols have the same members: the description in use, and the one that was read. */
static uint32_t copy_edid(EFI_HANDLE handle, uint8_t edid[EDID_SIZE_MAX])
{
    const EFI_EDID_ACTIVE_PROTOCOL *found =
        uefi_protocol(handle, (EFI_GUID)EFI_EDID_ACTIVE_PROTOCOL_GUID);

    if (found == NULL || found->SizeOfEdid == 0 || found->Edid == NULL)
        found = uefi_protocol(handle, (EFI_GUID)EFI_EDID_DISCOVERED_PROTOCOL_GUID);
    if (found == NULL || found->SizeOfEdid == 0 || found->Edid == NULL)
        return 0;

    uint32_t size = (uint32_t)minimum(found->SizeOfEdid, EDID_SIZE_MAX);

    memcpy(edid, found->Edid, size);
    return size;
}

/*
 * The console's handle stands for several devices; the monitor's description hangs on the device,
 * which shows the same framebuffer.
 */
static uint32_t find_edid(const struct graphics *graphics, uint8_t edid[EDID_SIZE_MAX])
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    uint32_t size = copy_edid(graphics->handle, edid);
    UINTN count;

    if (size != 0)
        return size;

    EFI_HANDLE *handles = uefi_handles(guid, &count);

    if (handles == NULL)
        return 0;
    for (UINTN i = 0; i < count && size == 0; i++) {
        const EFI_GRAPHICS_OUTPUT_PROTOCOL *output = uefi_protocol(handles[i], guid);

        if (output != NULL && output->Mode != NULL &&
            output->Mode->FrameBufferBase == graphics->output->Mode->FrameBufferBase)
            size = copy_edid(handles[i], edid);
    }
    uefi.system->BootServices->FreePool(handles);
    return size;
}

void firmware_list_video_modes(struct video_modes *out)
{
    struct graphics graphics;

    firmware_must_be_alive();
    memset(out, 0, sizeof(*out));
    if (!find_graphics(&graphics))
        return;

    const EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE *state = graphics.output->Mode;
    uint32_t current = VIDEO_MODES_MAX;

    for (uint32_t number = 0; number < state->MaxMode && out->count < VIDEO_MODES_MAX; number++) {
        struct bowline_framebuffer mode;

        if (!query_mode(graphics.output, number, &mode))
            continue;
        if (number == state->Mode)
            current = out->count;
        out->identifiers[out->count] = number;
        out->modes[out->count++] =
            (struct bowline_video_mode){mode.width, mode.height, mode.bits_per_pixel};
    }
    out->current = (uint32_t)minimum(current, out->count);
    out->edid_size = find_edid(&graphics, out->edid);
}

/* What is on the screen now. */
static bool describe_current(const EFI_GRAPHICS_OUTPUT_PROTOCOL *output,
                             struct bowline_framebuffer *out)
{
    struct bowline_framebuffer described;
    const EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE *state = output->Mode;

    if (state == NULL || state->Info == NULL || state->FrameBufferBase == 0 ||
        !describe_mode(state->Info, &described) ||
        described.pitch < described.width * (described.bits_per_pixel / 8))
        return false;
    described.phys = state->FrameBufferBase;
    *out = described;
    return true;
}

bool firmware_set_video_mode(const struct video_modes *modes, uint32_t index,
                             struct bowline_framebuffer *out, struct error *error)
{
    EFI_GRAPHICS_OUTPUT_BLT_PIXEL black = {0};
    struct graphics graphics;

    firmware_must_be_alive();
    if (!find_graphics(&graphics))
        return FAIL_WITH(error, FIRMWARE, "graphics output", EFI_NOT_FOUND);

    EFI_STATUS status = graphics.output->SetMode(graphics.output, modes->identifiers[index]);

    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "graphics SetMode()", status);
    if (!describe_current(graphics.output, out))
        return FAIL_WITH(error, FIRMWARE, "graphics mode", EFI_UNSUPPORTED);
    /* Setting the mode that is set already does not clear the screen everywhere. */
    graphics.output->Blt(graphics.output, &black, EfiBltVideoFill, 0, 0, 0, 0, out->width,
                         out->height, 0);
    return true;
}

void uefi_restore_video(void)
{
    struct graphics graphics;

    if (find_graphics(&graphics))
        graphics.output->SetMode(graphics.output, graphics.output->Mode->Mode);
    log_screen_changed();
}

bool firmware_current_framebuffer(struct bowline_framebuffer *out)
{
    struct graphics graphics;

    firmware_must_be_alive();
    return find_graphics(&graphics) && describe_current(graphics.output, out);
}

/* UEFI has no such thing, also where a VGA shows its graphics. */
bool firmware_set_vga_text(void)
{
    return false;
}

bool firmware_shows_vga_text(void)
{
    return false;
}

/* Mapped by the firmware at its physical address, like everything else. */
void *firmware_framebuffer_memory(const struct bowline_framebuffer *framebuffer)
{
    if (framebuffer->phys > UINTPTR_MAX - framebuffer->height * framebuffer->pitch)
        return NULL;
    return (void *)(uintptr_t)framebuffer->phys;
}
