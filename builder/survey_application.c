/* SPDX-License-Identifier: MIT */
/* The UEFI application: is it there, and whole? (Microsoft, "PE Format".) */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/units.h"
#include "boot_conf.h"
#include "survey_fat.h"

/* Files that are taken for one are read whole. */
enum { APPLICATION_SIZE_MAX = 16 * 1024 * 1024 };

enum {
    PE_MACHINE_X64 = 0x8664,
    PE_MACHINE_IA32 = 0x14c,
    PE_APPLICATION = 10, /* subsystem (PE format, "Windows Subsystem") */
    PE_CHECKSUM = 64,    /* in the optional header */
    PE_SUBSYSTEM = 68,
    PE_OPTIONAL_HEADER = 24,
};

struct application {
    struct fat_survey *fat;
    const struct survey_file *file;
    uint8_t *bytes;
    size_t size;
};

static void wrong_field(const struct application *application, uint64_t offset, uint64_t size,
                        const char *field, uint64_t found, uint64_t expected)
{
    const struct survey_item *item =
        &application->fat->surveyor->survey->items[application->file->item];

    DAMAGE_WITH(application->fat->surveyor, application->file->item,
                extents_place(item->extents, item->extent_count, offset), size, APPLICATION_FIELD,
                field, found, expected);
}

/* The sum of all 16-bit words with their carries, and the length (PE format, "CheckSum"). */
static uint32_t pe_checksum(const uint8_t *bytes, size_t size, size_t place)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += i == place || i == place + 2 ? 0 : load_le16(bytes + i);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if (size % 2 != 0)
        sum += bytes[size - 1];
    sum = (sum & 0xffff) + (sum >> 16);
    return sum + (uint32_t)size;
}

/* BOOTX64.EFI, BOOTIA32.EFI: firmware takes the one for its own processor. */
static uint16_t machine_for(const char *path)
{
    size_t length = strlen(path);

    if (length >= 8 && strcasecmp(path + length - 8, "IA32.EFI") == 0)
        return PE_MACHINE_IA32;
    return length >= 7 && strcasecmp(path + length - 7, "X64.EFI") == 0 ? PE_MACHINE_X64 : 0;
}

/* Returns the place of the checksum; 0: it is not to be found. */
static size_t check_headers(const struct application *application)
{
    const uint8_t *bytes = application->bytes;
    uint16_t machine = machine_for(application->file->path);
    uint32_t header;

    if (application->size < 0x40 || load_le16(bytes) != 0x5a4d) {
        wrong_field(application, 0, 2, "the signature \"MZ\"",
                    application->size < 2 ? 0 : load_le16(bytes), 0x5a4d);
        return 0;
    }
    header = load_le32(bytes + 0x3c);
    if (header > application->size - 0x40 || application->size - header < PE_OPTIONAL_HEADER + 96 ||
        load_le32(bytes + header) != 0x4550) {
        wrong_field(application, 0x3c, 4, "the place of the PE header", header, 0x80);
        return 0;
    }
    if (machine != 0 && load_le16(bytes + header + 4) != machine)
        wrong_field(application, header + 4, 2, "the machine", load_le16(bytes + header + 4),
                    machine);
    if (load_le16(bytes + header + PE_OPTIONAL_HEADER + PE_SUBSYSTEM) != PE_APPLICATION)
        wrong_field(application, header + PE_OPTIONAL_HEADER + PE_SUBSYSTEM, 2, "the subsystem",
                    load_le16(bytes + header + PE_OPTIONAL_HEADER + PE_SUBSYSTEM), PE_APPLICATION);
    return header + PE_OPTIONAL_HEADER + PE_CHECKSUM;
}

/* What this mkimage would have put there; NULL: it has none. */
static const struct stage_bytes *own_application(const struct application *application)
{
    const struct stages *own = application->fat->surveyor->own;

    if (own == NULL)
        return NULL;
    return machine_for(application->file->path) == PE_MACHINE_IA32 ? &own->uefi_application_32
                                                                   : &own->uefi_application;
}

/* Only our own is judged by more than its headers: by its checksum, or else byte by byte. */
static void check_application(const struct application *application)
{
    struct surveyor *surveyor = application->fat->surveyor;
    struct survey *survey = surveyor->survey;
    const struct stage_bytes *own = own_application(application);
    size_t place;
    uint32_t checksum, expected;

    survey_find_version(application->bytes, application->size, survey->application_version);
    if (own != NULL && own->size == application->size &&
        memcmp(own->bytes, application->bytes, own->size) == 0)
        return;
    place = check_headers(application);
    if (place == 0 || survey->items[application->file->item].state != SURVEY_WHOLE ||
        (survey->application_version[0] == '\0' && !survey->is_ours))
        return;
    checksum = load_le32(application->bytes + place);
    expected = pe_checksum(application->bytes, application->size, place);
    if (checksum != 0 && checksum != expected)
        wrong_field(application, place, 4, "the checksum of all its bytes", expected, checksum);
    if (checksum != 0 || own == NULL || !survey->is_own_version)
        return;
    for (size_t i = 0; i < minimum(own->size, application->size); i++) {
        if (own->bytes[i] != application->bytes[i]) {
            wrong_field(application, i, 1, "a byte", application->bytes[i], own->bytes[i]);
            return;
        }
    }
    wrong_field(application, 0, application->size, "its size", application->size, own->size);
}

/* Is it where every firmware looks? */
static bool is_default_path(const char *path)
{
    return strncasecmp(path, "/EFI/BOOT/BOOT", 14) == 0 && machine_for(path) != 0;
}

static bool read_application(struct fat_survey *fat, const struct survey_file *file,
                             struct application *out)
{
    struct fat_file reader;
    struct error error = {0};

    if (file->is_directory || !file->has_sha256 || file->size == 0 ||
        file->size > APPLICATION_SIZE_MAX ||
        !fat_open_file(&fat->volume, file->path, &reader, &error) ||
        reader.reader.size != file->size)
        return false;
    *out = (struct application){fat, file, malloc(file->size), file->size};
    if (out->bytes == NULL) {
        fat->surveyor->is_out_of_memory = true;
        return false;
    }
    if (reader_read(&reader.reader, 0, out->size, out->bytes, &error))
        return true;
    free(out->bytes);
    return false;
}

/* A program of ours for this machine, where no firmware looks for it. */
static bool is_misplaced(struct fat_survey *fat, const struct survey_file *file, uint16_t machine)
{
    struct application application;
    char version[SURVEY_VERSION_SIZE];
    uint32_t header;
    bool is_ours;

    if (is_default_path(file->path) || !read_application(fat, file, &application))
        return false;
    survey_find_version(application.bytes, application.size, version);
    header = application.size >= 0x40 ? load_le32(application.bytes + 0x3c) : 0;
    is_ours = version[0] != '\0' && load_le16(application.bytes) == 0x5a4d &&
              header < application.size - 6 && load_le16(application.bytes + header + 4) == machine;
    free(application.bytes);
    return is_ours;
}

/* One of two is not there. Did it get lost? What somebody has deleted on purpose is nowhere. */
static bool is_lost(struct fat_survey *fat, uint16_t machine)
{
    const struct survey *survey = fat->surveyor->survey;

    for (size_t i = 0; i < survey->file_count; i++)
        if (survey->files[i].volume == fat->index && is_misplaced(fat, &survey->files[i], machine))
            return true;
    return fat->lost > 0 || fat->problems > 0;
}

/* None is where firmware looks: it may be meant so, or the way there is damaged. */
static void report_none(struct fat_survey *fat)
{
    const struct survey *survey = fat->surveyor->survey;
    const struct survey_item *boot_sector = &survey->items[fat->boot_item];

    if (!survey->has_stages || is_lost(fat, PE_MACHINE_X64))
        fat_report_missing(fat, IMAGE_UEFI_PATH, 0);
    else
        ODD(fat->surveyor, fat->boot_item, boot_sector->start, boot_sector->size, BIOS_ONLY, 0);
}

void fat_survey_applications(struct fat_survey *fat)
{
    struct survey *survey = fat->surveyor->survey;
    bool has_64 = false, has_32 = false;

    for (size_t i = 0; i < survey->file_count && !fat->surveyor->is_out_of_memory; i++) {
        const struct survey_file *file = &survey->files[i];
        struct application application;

        if (file->volume != fat->index || file->is_directory || !is_default_path(file->path))
            continue;
        has_64 |= machine_for(file->path) == PE_MACHINE_X64;
        has_32 |= machine_for(file->path) == PE_MACHINE_IA32;
        if (!read_application(fat, file, &application))
            continue;
        check_application(&application);
        free(application.bytes);
    }
    if (!survey->is_ours || fat->surveyor->is_out_of_memory)
        return;
    if (!has_64 && !has_32)
        report_none(fat);
    else if (!has_64 && is_lost(fat, PE_MACHINE_X64))
        fat_report_missing(fat, IMAGE_UEFI_PATH, 0);
    else if (!has_32 && survey->is_own_version && is_lost(fat, PE_MACHINE_IA32))
        fat_report_missing(fat, IMAGE_UEFI_32_PATH, 0);
}
