/* SPDX-License-Identifier: MIT */
/*
 * An application that the loader starts. It says what it has been told: its load options, the file
 * /told.txt of the volume that it comes from, and all variables of the Boot Loader Interface. Then
 * it does what the words of its options ask for:
 *
 *     once NAME, default NAME   sets LoaderEntryOneShot, LoaderEntryDefault
 *     loader                    starts the loader from /EFI/BOOT
 *     mode                      sets another mode of a screen, as its driver has them
 *     return                    goes back, with EFI_TIMEOUT
 */
#include "odd.h"

#include "base/string.h"

enum { TEXT_MAX = 1024 };

/* For the firmware that this is made for. */
#ifdef __x86_64__
#define LOADER u"\\EFI\\BOOT\\BOOTX64.EFI"
#else
#define LOADER u"\\EFI\\BOOT\\BOOTIA32.EFI"
#endif

static EFI_HANDLE image;
static EFI_SYSTEM_TABLE *system;
static EFI_GUID vendor = {
    0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};

static void say_text(const CHAR16 *text, UINTN count)
{
    char byte[2] = "";

    for (UINTN i = 0; i < count; i++) {
        byte[0] = text[i] == 0 ? '|' : text[i] < 0x7f ? (char)text[i] : '?';
        say(byte);
    }
}

static void say_bytes(const uint8_t *bytes, UINTN count)
{
    static const char digits[] = "0123456789abcdef";

    for (UINTN i = 0; i < count; i++)
        say((char[]){digits[bytes[i] >> 4], digits[bytes[i] & 15], '\0'});
}

static void *protocol(EFI_HANDLE handle, EFI_GUID guid)
{
    void *interface = NULL;

    system->BootServices->HandleProtocol(handle, &guid, &interface);
    return interface;
}

static bool is_text(const CHAR16 *text, const char *expected)
{
    while (*expected != '\0' && *text == (CHAR16)*expected)
        text++, expected++;
    return *text == (CHAR16)*expected;
}

/* "told: NAME ATTRIBUTES VALUE": a text with '|' for each NUL, LoaderFeatures in hexadecimal. */
static void say_variables(void)
{
    CHAR16 name[TEXT_MAX] = {0}, value[TEXT_MAX];
    EFI_GUID owner = {0};
    UINTN size = sizeof(name);

    while (system->RuntimeServices->GetNextVariableName(&size, name, &owner) == EFI_SUCCESS) {
        UINT32 attributes;
        UINTN value_size = sizeof(value), length = 0;

        size = sizeof(name);
        if (memcmp(&owner, &vendor, sizeof(owner)) != 0 ||
            system->RuntimeServices->GetVariable(name, &owner, &attributes, &value_size, value) !=
                EFI_SUCCESS)
            continue;
        while (name[length] != 0)
            length++;
        say("told: ");
        say_text(name, length);
        say((char[]){' ', (char)('0' + attributes), ' ', '\0'});
        if (is_text(name, "LoaderFeatures"))
            say_bytes((const uint8_t *)value, value_size);
        else
            say_text(value, value_size / sizeof(CHAR16));
        say("\r\n");
    }
}

static void say_file(EFI_HANDLE volume)
{
    EFI_FILE_IO_INTERFACE *files = protocol(volume, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
    EFI_FILE_HANDLE root, file;
    char text[TEXT_MAX] = "";
    UINTN size = sizeof(text) - 1;

    if (files != NULL && files->OpenVolume(files, &root) == EFI_SUCCESS &&
        root->Open(root, &file, (CHAR16 *)u"\\told.txt", EFI_FILE_MODE_READ, 0) == EFI_SUCCESS)
        file->Read(file, &size, text);
    say("told: /told.txt has ");
    say(text);
    say("\r\n");
}

static void set_variable(const CHAR16 *name, const CHAR16 *value, UINTN count)
{
    enum { STAYS = 7 };
    EFI_STATUS status = system->RuntimeServices->SetVariable((CHAR16 *)name, &vendor, STAYS,
                                                             count * sizeof(CHAR16), (void *)value);

    if (status != EFI_SUCCESS)
        say("told: SetVariable() fails\r\n");
}

/* By a path made of the volume's own and the file's, as a boot manager does it. */
static EFI_STATUS start_loader(EFI_HANDLE volume)
{
    static const struct __attribute__((packed)) {
        EFI_DEVICE_PATH header;
        CHAR16 name[sizeof(LOADER) / sizeof(CHAR16)];
        EFI_DEVICE_PATH end;
    } file = {
        {MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, {sizeof(EFI_DEVICE_PATH) + sizeof(file.name), 0}},
        LOADER,
        {END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {sizeof(EFI_DEVICE_PATH), 0}},
    };
    const EFI_DEVICE_PATH *start = protocol(volume, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);
    const EFI_DEVICE_PATH *end = start;
    uint8_t path[TEXT_MAX];
    EFI_HANDLE loader;
    EFI_STATUS status;

    while (!IsDevicePathEndType(end))
        end = NextDevicePathNode(end);
    UINTN length = (UINTN)((const uint8_t *)end - (const uint8_t *)start);
    memcpy(path, start, length);
    memcpy(path + length, &file, sizeof(file));
    status =
        system->BootServices->LoadImage(FALSE, image, (EFI_DEVICE_PATH *)path, NULL, 0, &loader);
    return status == EFI_SUCCESS ? system->BootServices->StartImage(loader, NULL, NULL) : status;
}

static void set_other_mode(void)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_GRAPHICS_OUTPUT_PROTOCOL *screen = NULL;

    system->BootServices->LocateProtocol(&guid, NULL, (void **)&screen);
    if (screen != NULL && screen->SetMode(screen, screen->Mode->Mode == 1 ? 2 : 1) == EFI_SUCCESS)
        say("told: another mode\r\n");
}

/* Takes the next word off *rest and ends it with a NUL, which `count` counts. */
static CHAR16 *next_word(CHAR16 **rest, UINTN *count)
{
    CHAR16 *word = *rest, *end;

    while (*word == ' ')
        word++;
    for (end = word; *end != 0 && *end != ' '; end++)
        continue;
    *rest = *end == 0 ? end : end + 1;
    *end = 0;
    *count = (UINTN)(end - word) + 1;
    return word;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *table);

EFI_STATUS EFIAPI efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *table)
{
    CHAR16 options[TEXT_MAX] = {0}, *rest = options, *word;
    EFI_STATUS status = EFI_SUCCESS;
    UINTN count;

    image = handle;
    system = table;
    EFI_LOADED_IMAGE *self = protocol(image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    if (self->LoadOptions != NULL && self->LoadOptionsSize < sizeof(options))
        memcpy(options, self->LoadOptions, self->LoadOptionsSize);
    say("told: options ");
    say_text(options, self->LoadOptionsSize / sizeof(CHAR16));
    say("\r\n");
    say_file(self->DeviceHandle);
    say_variables();
    while (status == EFI_SUCCESS && *(word = next_word(&rest, &count)) != 0) {
        bool is_once = is_text(word, "once");

        if (is_once || is_text(word, "default")) {
            word = next_word(&rest, &count);
            set_variable(is_once ? u"LoaderEntryOneShot" : u"LoaderEntryDefault", word, count);
        } else if (is_text(word, "loader")) {
            status = start_loader(self->DeviceHandle);
        } else if (is_text(word, "mode")) {
            set_other_mode();
        } else if (is_text(word, "return")) {
            status = EFI_TIMEOUT;
        }
    }
    return status;
}
