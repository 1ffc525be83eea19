/* SPDX-License-Identifier: MIT */
/*
 * The floor under UEFI: the least that it takes to get a file from the boot volume to memory.
 *
 * An application that opens \kernel.elf on the volume it was loaded from and reads all of it to
 * pages of its own, READ_SIZE bytes at a time. It checks only what would spoil the measurement.
 * Markers A and B stand before and after the work (../count_instructions.c); then it ends QEMU by
 * isa-debug-exit at 0xf4: 0x10 for success, 0x11 for failure.
 */
#include <efi.h>

#ifndef READ_SIZE
#define READ_SIZE (1024 * 1024)
#endif

#define MARKER(id) __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 'M', 'K', 'R', %c0" : : "i"(id))

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

static _Noreturn void end(UINT8 code)
{
    for (;;)
        __asm__ volatile("outb %0, %1" : : "a"(code), "Nd"((UINT16)0xf4));
}

static void expect(EFI_STATUS status)
{
    if (status != EFI_SUCCESS)
        end(0x11);
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    EFI_BOOT_SERVICES *services = system->BootServices;
    EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    EFI_LOADED_IMAGE *loaded_image;
    EFI_FILE_IO_INTERFACE *volume;
    EFI_FILE_HANDLE root, file;
    EFI_PHYSICAL_ADDRESS memory;
    UINT64 size = 0;
    UINTN read;

    MARKER('A');
    expect(services->HandleProtocol(image, &loaded_image_guid, (void **)&loaded_image));
    expect(services->HandleProtocol(loaded_image->DeviceHandle, &volume_guid, (void **)&volume));
    expect(volume->OpenVolume(volume, &root));
    expect(root->Open(root, &file, (CHAR16 *)u"\\kernel.elf", EFI_FILE_MODE_READ, 0));
    expect(file->SetPosition(file, UINT64_MAX));
    expect(file->GetPosition(file, &size));
    expect(file->SetPosition(file, 0));
    expect(services->AllocatePages(AllocateAnyPages, EfiLoaderData, size / 4096 + 1, &memory));
    for (UINT64 done = 0; done < size; done += read) {
        read = size - done < READ_SIZE ? size - done : READ_SIZE;
        expect(file->Read(file, &read, (void *)(memory + done)));
    }
    MARKER('B');
    end(0x10);
}
