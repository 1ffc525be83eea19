/* SPDX-License-Identifier: MIT */
/* A screen whose pixels lie high, as those of some graphics cards do: here they are RAM. */
#include "odd.h"

#include "base/units.h"

enum { WIDTH = 800, HEIGHT = 600, BYTES = WIDTH * HEIGHT * 4 };

static EFI_GRAPHICS_OUTPUT_MODE_INFORMATION information = {
    .HorizontalResolution = WIDTH,
    .VerticalResolution = HEIGHT,
    .PixelFormat = PixelBlueGreenRedReserved8BitPerColor,
    .PixelsPerScanLine = WIDTH,
};

static EFI_STATUS EFIAPI query_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *output, UINT32 mode, UINTN *size,
                                    EFI_GRAPHICS_OUTPUT_MODE_INFORMATION **out)
{
    (void)output;
    if (mode != 0)
        return EFI_INVALID_PARAMETER;
    *size = sizeof(information);
    *out = allocate(sizeof(information)); /* for the caller to free */
    **out = information;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *output, UINT32 mode)
{
    (void)output;
    return mode == 0 ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI copy_pixels(EFI_GRAPHICS_OUTPUT_PROTOCOL *output,
                                     EFI_GRAPHICS_OUTPUT_BLT_PIXEL *pixels,
                                     EFI_GRAPHICS_OUTPUT_BLT_OPERATION operation, UINTN from_x,
                                     UINTN from_y, UINTN to_x, UINTN to_y, UINTN width,
                                     UINTN height, UINTN delta)
{
    (void)output, (void)pixels, (void)operation, (void)from_x, (void)from_y;
    (void)to_x, (void)to_y, (void)width, (void)height, (void)delta;
    return EFI_DEVICE_ERROR;
}

static EFI_PHYSICAL_ADDRESS take_memory(void)
{
    EFI_PHYSICAL_ADDRESS address = 1024 * GIB;

    if (sizeof(UINTN) == 4)
        return 5 * GIB; /* 32-bit firmware does not give away what it cannot reach */
    if (firmware.original.AllocatePages(AllocateAddress, EfiReservedMemoryType, pages_for(BYTES),
                                        &address) != EFI_SUCCESS)
        give_up("no memory at 1 TiB");
    return address;
}

void put_framebuffer_high(void)
{
    static EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE mode = {
        .MaxMode = 1,
        .Info = &information,
        .SizeOfInfo = sizeof(information),
        .FrameBufferSize = BYTES,
    };
    static EFI_GRAPHICS_OUTPUT_PROTOCOL output;
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_HANDLE handle = NULL;
    void *other;

    if (firmware.original.LocateProtocol(&guid, NULL, &other) == EFI_SUCCESS)
        give_up("there is a screen already");
    mode.FrameBufferBase = take_memory();
    output = (EFI_GRAPHICS_OUTPUT_PROTOCOL){query_mode, set_mode, copy_pixels, &mode};
    if (firmware.original.InstallProtocolInterface(&handle, &guid, EFI_NATIVE_INTERFACE, &output) !=
        EFI_SUCCESS)
        give_up("no place for a screen");
}
