/* SPDX-License-Identifier: MIT */
/* https://systemd.io/BOOT_LOADER_INTERFACE: the names of the variables are those of that text. */
#include "firmware/loader_interface.h"

#include "base/print.h"
#include "base/string.h"
#include "base/version.h"
#include "console/log.h"
#include "device_path.h"
#include "firmware/memory.h"
#include "utf16.h"

enum {
    NAME_MAX = 32,  /* CHAR16 of a variable's name, with room to spare */
    TEXT_MAX = 256, /* CHAR16 of a text, with its NUL */
    TOLD = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
};

/* LoaderFeatures: what of LoaderConfigTimeout... and LoaderEntry... is looked at. */
enum {
    FEATURE_TIMEOUT = 1 << 0,
    FEATURE_TIMEOUT_ONCE = 1 << 1,
    FEATURE_DEFAULT = 1 << 2,
    FEATURE_ONCE = 1 << 3,
};

static EFI_GUID vendor = {
    0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};

static EFI_STATUS set_with(const char *name, UINT32 attributes, const void *value, size_t size)
{
    CHAR16 wide[NAME_MAX];

    utf16_write(name, wide, NAME_MAX);
    return uefi.system->RuntimeServices->SetVariable(wide, &vendor, attributes, size,
                                                     (void *)value);
}

/* ---- What is told: a tool that misses something does without ---- */

static void set(const char *name, const void *value, size_t size)
{
    set_with(name, TOLD, value, size);
}

static void set_text(const char *name, const char *text)
{
    CHAR16 value[TEXT_MAX];
    size_t count = utf16_write(text, value, TEXT_MAX);

    if (count > 1)
        set(name, value, count * sizeof(CHAR16));
}

static void tell_firmware(void)
{
    uint32_t revision = uefi.system->Hdr.Revision;
    char text[24];

    print_text(text, sizeof(text), "UEFI %u.%02u", revision >> 16, revision & 0xffff);
    set_text("LoaderFirmwareType", text);
}

/* Of a GPT (UEFI 2.10, appendix A: the first three numbers are little-endian). */
static void tell_partition(const uint8_t guid[16])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    char text[40];
    size_t length = 0;

    for (unsigned i = 0; i < sizeof(order); i++) {
        bool begins_group = i == 4 || i == 6 || i == 8 || i == 10;

        length += print_text(text + length, sizeof(text) - length, begins_group ? "-%02x" : "%02x",
                             guid[order[i]]);
    }
    set_text("LoaderDevicePartUUID", text);
}

/* Where the loader itself was loaded from. */
static void tell_image(void)
{
    const EFI_LOADED_IMAGE *image =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    struct device_path_partition partition;
    const void *path;

    if (image == NULL)
        return;
    path = uefi_protocol(image->DeviceHandle, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);
    if (path != NULL && device_path_find_partition(path, &partition) &&
        partition.node.signature_type == SIGNATURE_TYPE_GUID)
        tell_partition(partition.node.signature);
    const EFI_DEVICE_PATH *file = image->FilePath;
    if (file != NULL && file->Type == MEDIA_DEVICE_PATH && file->SubType == MEDIA_FILEPATH_DP)
        set("LoaderImageIdentifier", file + 1, DevicePathNodeLength(file) - sizeof(*file));
}

/* One name after the other, each with its NUL. */
static void tell_names(const struct configuration *configuration)
{
    size_t capacity = configuration->size + 2, used = 0; /* a name is part of a line of it */
    CHAR16 *names = NULL;

    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, capacity * sizeof(CHAR16),
                                                (void **)&names) != EFI_SUCCESS)
        return;
    for (uint32_t i = 0; i < configuration->entry_count; i++)
        if (configuration->entries[i].name[0] != '\0')
            used += utf16_write(configuration->entries[i].name, names + used, capacity - used);
    if (used > 0)
        set("LoaderEntries", names, used * sizeof(CHAR16));
    uefi.system->BootServices->FreePool(names);
}

void firmware_tell_entries(const struct configuration *configuration)
{
    static const uint64_t features =
        FEATURE_TIMEOUT | FEATURE_TIMEOUT_ONCE | FEATURE_DEFAULT | FEATURE_ONCE;

    firmware_must_be_alive();
    set_text("LoaderInfo", BOWLINE_NAME);
    set("LoaderFeatures", &features, sizeof(features));
    tell_firmware();
    tell_image();
    tell_names(configuration);
}

static void set_time(const char *name, uint64_t microseconds)
{
    char text[24];

    if (microseconds == 0)
        return;
    print_text(text, sizeof(text), "%llu", (unsigned long long)microseconds);
    set_text(name, text);
}

void firmware_tell_start(const char *entry, uint64_t entered, uint64_t done)
{
    firmware_must_be_alive();
    set_text("LoaderEntrySelected", entry);
    set_time("LoaderTimeInitUSec", entered);
    set_time("LoaderTimeExecUSec", done);
}

/* ---- What is wished ---- */

static bool get_text(const char *name, char out[LOADER_WISH_SIZE])
{
    CHAR16 wide[NAME_MAX], value[TEXT_MAX];
    UINTN size = sizeof(value);

    out[0] = '\0';
    utf16_write(name, wide, NAME_MAX);
    if (uefi.system->RuntimeServices->GetVariable(wide, &vendor, NULL, &size, value) != EFI_SUCCESS)
        return false;
    size_t count = size / sizeof(CHAR16), length = utf16_read(value, count, NULL);
    if (length == 0 || length >= LOADER_WISH_SIZE)
        return false;
    out[utf16_read(value, count, out)] = '\0';
    return true;
}

/* What could not be removed would be done in each boot from now on. */
static bool take_text(const char *name, char out[LOADER_WISH_SIZE])
{
    EFI_STATUS status;

    if (!get_text(name, out))
        return false;
    status = set_with(name, TOLD | EFI_VARIABLE_NON_VOLATILE, NULL, 0);
    if (status == EFI_SUCCESS)
        return true;
    log_message(LOG_WARNING, "%s cannot be removed (status 0x%llx), and is not followed", name,
                (unsigned long long)status);
    out[0] = '\0';
    return false;
}

/* Seconds, or what bootctl writes for "for ever" and "not at all". */
static bool read_timeout(const char *text, uint32_t *out)
{
    uint32_t seconds = 0;

    if (strcmp(text, "menu-force") == 0) {
        *out = CONFIG_WAIT_FOR_EVER;
        return true;
    }
    if (strcmp(text, "menu-hidden") != 0 && strcmp(text, "menu-disabled") != 0)
        for (; *text != '\0'; text++) {
            if (*text < '0' || *text > '9' || seconds > UINT32_MAX / 10 - 1)
                return false;
            seconds = seconds * 10 + (uint32_t)(*text - '0');
        }
    *out = seconds;
    return true;
}

/* What is no timeout is not wished: then the lasting one counts. */
static bool take_timeout(uint32_t *out)
{
    char text[LOADER_WISH_SIZE];

    return (take_text("LoaderConfigTimeoutOneShot", text) && read_timeout(text, out)) ||
           (get_text("LoaderConfigTimeout", text) && read_timeout(text, out));
}

void firmware_take_wishes(struct loader_wishes *out)
{
    firmware_must_be_alive();
    *out = (struct loader_wishes){0};
    take_text("LoaderEntryOneShot", out->once);
    get_text("LoaderEntryDefault", out->usually);
    out->has_timeout = take_timeout(&out->timeout);
}
