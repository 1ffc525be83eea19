/* SPDX-License-Identifier: MIT */
/* The UEFI application: is it there, and whole? (Microsoft, "PE Format".) */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/units.h"
#include "image/boot_conf.h"
#include "image/seal.h"
#include "kernel/pe_file.h"
#include "survey/survey_fat.h"

/* Files that are taken for one are read whole. */
enum { APPLICATION_SIZE_MAX = 16 * 1024 * 1024 };

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

/* BOOTX64.EFI, BOOTIA32.EFI: firmware takes the one for its own processor. */
static uint16_t machine_for(const char *path)
{
    size_t length = strlen(path);

    if (length >= 8 && strcasecmp(path + length - 8, "IA32.EFI") == 0)
        return PE_MACHINE_IA32;
    return length >= 7 && strcasecmp(path + length - 7, "X64.EFI") == 0 ? PE_MACHINE_X64 : 0;
}

/* False: the rest of the header is not to be found. */
static bool check_headers(const struct application *application, struct pe_file *out)
{
    const uint8_t *bytes = application->bytes;
    uint16_t machine = machine_for(application->file->path);

    if (application->size < 0x40 || load_le16(bytes) != 0x5a4d) {
        wrong_field(application, 0, 2, "the signature \"MZ\"",
                    application->size < 2 ? 0 : load_le16(bytes), 0x5a4d);
        return false;
    }
    if (!pe_read(bytes, application->size, out)) {
        wrong_field(application, 0x3c, 4, "the place of the PE header", load_le32(bytes + 0x3c),
                    0x80);
        return false;
    }
    if (machine != 0 && load_le16(bytes + out->machine) != machine)
        wrong_field(application, out->machine, 2, "the machine", load_le16(bytes + out->machine),
                    machine);
    if (load_le16(bytes + out->subsystem) != PE_APPLICATION)
        wrong_field(application, out->subsystem, 2, "the subsystem",
                    load_le16(bytes + out->subsystem), PE_APPLICATION);
    return true;
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

/* Takes note of the seal, and gives it to what would be there. */
static void take_seal(const struct application *application, struct stage_bytes *own)
{
    struct fat_survey *fat = application->fat;
    const struct survey_item *item = &fat->surveyor->survey->items[application->file->item];
    struct error ignored;
    struct seal seal;
    size_t offset;

    if (!seal_find(application->bytes, application->size, &offset))
        return;
    memcpy(&seal, application->bytes + offset, sizeof(seal));
    if (seal_check(&seal, &ignored) && own->bytes != NULL)
        seal_application(&seal, (uint8_t *)own->bytes, own->size, &ignored);
    survey_add_seal(fat->surveyor, application->file->item,
                    extents_place(item->extents, item->extent_count, offset), &seal);
}

/* Only our own is judged by more than its headers: by its checksum, or else byte by byte. */
static void compare(const struct application *application, const struct stage_bytes *own)
{
    struct survey *survey = application->fat->surveyor->survey;
    uint32_t checksum, expected;
    struct pe_file file;

    if (own->bytes != NULL && own->size == application->size &&
        memcmp(own->bytes, application->bytes, own->size) == 0)
        return;
    if (!check_headers(application, &file) ||
        survey->items[application->file->item].state != SURVEY_WHOLE ||
        (survey->application_version[0] == '\0' && !survey->is_ours))
        return;
    checksum = load_le32(application->bytes + file.checksum);
    expected = pe_checksum(application->bytes, application->size, &file);
    if (checksum != 0 && checksum != expected)
        wrong_field(application, file.checksum, 4, "the checksum of all its bytes", expected,
                    checksum);
    if (checksum != 0 || own->bytes == NULL || !survey->is_own_version)
        return;
    for (size_t i = 0; i < minimum(own->size, application->size); i++) {
        if (own->bytes[i] != application->bytes[i]) {
            wrong_field(application, i, 1, "a byte", application->bytes[i], own->bytes[i]);
            return;
        }
    }
    wrong_field(application, 0, application->size, "its size", application->size, own->size);
}

static void check_application(const struct application *application)
{
    struct surveyor *surveyor = application->fat->surveyor;
    const struct stage_bytes *own = own_application(application);
    struct stage_bytes expected = {0};
    uint8_t *bytes = NULL;

    survey_find_version(application->bytes, application->size,
                        surveyor->survey->application_version);
    if (own != NULL) {
        bytes = malloc(own->size);
        if (bytes == NULL) {
            surveyor->is_out_of_memory = true;
            return;
        }
        memcpy(bytes, own->bytes, own->size);
        expected = (struct stage_bytes){bytes, own->size};
    }
    take_seal(application, &expected);
    if (!surveyor->is_out_of_memory)
        compare(application, &expected);
    free(bytes);
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
        fat_report_missing(fat, IMAGE_UEFI_PATH, NULL);
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
        fat_report_missing(fat, IMAGE_UEFI_PATH, NULL);
    else if (!has_32 && survey->is_own_version && is_lost(fat, PE_MACHINE_IA32))
        fat_report_missing(fat, IMAGE_UEFI_32_PATH, NULL);
}
