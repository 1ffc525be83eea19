/* SPDX-License-Identifier: MIT */
#include "odd.h"

#include "base/string.h"
#include "base/units.h"

struct firmware firmware;

/* The end has no word. */
static const struct oddity oddities[] = {
    {"descriptor-56", make_descriptors_large},      {"exit-once", make_first_exit_fail},
    {"pending-interrupt", make_interrupts_pending}, {"no-entropy", hide_entropy},
    {"framebuffer-high", put_framebuffer_high},     {0},
};

void give_up(const char *why)
{
    say("odd-firmware: ");
    say(why);
    say("\r\n");
    for (;;)
        __asm__ volatile("cli; hlt");
}

void *allocate(UINTN size)
{
    void *memory = NULL;

    if (firmware.original.AllocatePool(EfiBootServicesData, size, &memory) != EFI_SUCCESS)
        give_up("no memory");
    return memory;
}

static void *protocol(EFI_HANDLE handle, EFI_GUID guid)
{
    void *interface = NULL;

    if (firmware.original.HandleProtocol(handle, &guid, &interface) != EFI_SUCCESS)
        give_up("a protocol is missing");
    return interface;
}

static void read_words(EFI_HANDLE volume, char *text, UINTN size)
{
    EFI_FILE_IO_INTERFACE *files = protocol(volume, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
    EFI_FILE_HANDLE root, file;

    if (files->OpenVolume(files, &root) != EFI_SUCCESS ||
        root->Open(root, &file, (CHAR16 *)u"\\odd.txt", EFI_FILE_MODE_READ, 0) != EFI_SUCCESS ||
        file->Read(file, &size, text) != EFI_SUCCESS)
        give_up("/odd.txt cannot be read");
    text[size] = '\0';
    file->Close(file);
    root->Close(root);
}

static const struct oddity *find(const struct oddity *among, const char *word)
{
    while (among->word != NULL && strcmp(among->word, word) != 0)
        among++;
    return among->word != NULL ? among : NULL;
}

static void make(const char *word)
{
    const struct oddity *oddity = find(oddities, word);

    if (oddity == NULL)
        oddity = find(paging_oddities, word);
    if (oddity == NULL)
        give_up("/odd.txt has an unknown word");
    say("odd-firmware: ");
    say(word);
    say("\r\n");
    oddity->make();
}

static void make_all(char *words)
{
    while (*words != '\0') {
        char *end = words;

        while (*end != '\0' && *end != ' ' && *end != '\n')
            end++;
        bool is_last = *end == '\0';
        *end = '\0';
        if (end > words)
            make(words);
        words = end + !is_last;
    }
}

static void seal_table(void)
{
    EFI_TABLE_HEADER *header = &firmware.services->Hdr;
    UINT32 crc;

    header->CRC32 = 0;
    firmware.original.CalculateCrc32(header, header->HeaderSize, &crc);
    header->CRC32 = crc;
}

/* The path of the volume with a file of it behind. UEFI 2.10, 10.3. */
static EFI_DEVICE_PATH *path_of_loader(EFI_HANDLE volume)
{
    static const struct __attribute__((packed)) {
        EFI_DEVICE_PATH header;
        CHAR16 name[sizeof(u"\\EFI\\BOOT\\LOADER.EFI") / sizeof(CHAR16)];
        EFI_DEVICE_PATH end;
    } file = {
        {MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {sizeof(EFI_DEVICE_PATH) + sizeof(file.name), 0}},
        u"\\EFI\\BOOT\\LOADER.EFI",
        {END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {sizeof(EFI_DEVICE_PATH), 0}},
    };
    const EFI_DEVICE_PATH *start = protocol(volume, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);
    const EFI_DEVICE_PATH *end = start;

    while (!IsDevicePathEndType(end))
        end = NextDevicePathNode(end);
    UINTN length = (UINTN)((const uint8_t *)end - (const uint8_t *)start);
    uint8_t *path = allocate(length + sizeof(file));
    memcpy(path, start, length);
    memcpy(path + length, &file, sizeof(file));
    return (EFI_DEVICE_PATH *)path;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    char words[256];
    EFI_HANDLE loader;

    firmware.image = image;
    firmware.services = system->BootServices;
    memcpy(&firmware.original, firmware.services, sizeof(firmware.original));
    EFI_LOADED_IMAGE *self = protocol(image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    read_words(self->DeviceHandle, words, sizeof(words) - 1);
    make_all(words);
    seal_table();
    if (firmware.original.LoadImage(FALSE, image, path_of_loader(self->DeviceHandle), NULL, 0,
                                    &loader) != EFI_SUCCESS)
        give_up("the loader cannot be loaded");
    return firmware.original.StartImage(loader, NULL, NULL);
}
