/* SPDX-License-Identifier: MIT */
/* What mkimage inspect shows of a disk image, to read and to look at; inspect_image_json.c is for
 * programs. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/units.h"
#include "disk/partition_name.h"
#include "show/inspect.h"
#include "show/inspect_image.h"
#include "text/size_text.h"

const char *survey_state_text(enum survey_state state)
{
    return state == SURVEY_DAMAGED ? "damaged" : state == SURVEY_ODD ? "odd" : "whole";
}

const char *survey_scheme_text(enum survey_scheme scheme)
{
    return scheme == SURVEY_SCHEME_GPT ? "GPT" : scheme == SURVEY_SCHEME_MBR ? "MBR" : "none";
}

const char *fat_type_text(enum fat_type type)
{
    return type == FAT12 ? "FAT12" : type == FAT16 ? "FAT16" : "FAT32";
}

/* ---- To read ---- */

static void describe_stages(const struct survey *survey, struct document *out)
{
    if (survey->has_stages)
        document_fact(out, "BIOS stages", "%s%s",
                      survey->stages_version[0] != '\0' ? survey->stages_version
                                                        : "of an unknown version",
                      survey->is_own_version ? ", those of this mkimage" : "");
    if (survey->application_version[0] != '\0')
        document_fact(out, "UEFI application", "%s", survey->application_version);
    if (survey->is_sealed)
        document_fact(out, "sealed", "the loader takes no other boot.conf than this one");
    if (!survey->is_ours)
        document_fact(out, "made by", "another tool than mkimage");
}

static void describe_disk(const struct survey *survey, struct document *out)
{
    document_facts(out, "Disk");
    document_fact(out, "size", "%s (%llu bytes)", size_text(survey->disk_size).text,
                  (unsigned long long)survey->disk_size);
    document_fact(out, "partition table", "%s%s", survey_scheme_text(survey->scheme),
                  survey->is_hybrid ? ", with entries in the MBR besides" : "");
    if (survey->sector_size != 0)
        document_fact(out, "sectors", "of %u bytes", survey->sector_size);
    if (survey->scheme == SURVEY_SCHEME_GPT)
        document_fact(out, "disk GUID", "%s", guid_words(&survey->disk_guid).text);
    if (survey->has_mbr)
        document_fact(out, "disk signature", "0x%08x", survey->disk_signature);
    if (survey->is_disc)
        document_fact(out, "disc", "ISO 9660, \"%s\"", survey->disc_label);
    describe_stages(survey, out);
    if (survey->damaged_count + survey->odd_count == 0)
        document_fact(out, "state", "whole");
    else
        document_fact(out, "state", "%zu damaged, %zu odd: see below", survey->damaged_count,
                      survey->odd_count);
}

static void describe_findings(const struct survey *survey, struct document *out)
{
    static const struct document_column columns[] = {
        {"structure", false, false}, {"state", false, false}, {"first byte", false, true},
        {"last byte", false, true},  {"why", false, false},   {"what to do", false, false}};
    char cause[512];

    document_table(out, "Damage", columns, COUNT_OF(columns));
    for (size_t i = 0; i < survey->finding_count; i++) {
        const struct survey_finding *finding = &survey->findings[i];

        error_print_cause(&finding->error, cause, sizeof(cause));
        document_cell(out, "%s", survey->items[finding->item].name);
        document_cell(out, "%s", survey_state_text(finding->state));
        document_cell(out, "0x%llx", (unsigned long long)finding->start);
        document_cell(out, "0x%llx",
                      (unsigned long long)(finding->start + maximum(finding->size, 1) - 1));
        document_cell(out, "%s [%s]", cause, error_name(finding->error.code));
        document_cell(out, "%s", error_remedy(finding->error.code));
    }
}

static void describe_partitions(const struct survey *survey, struct document *out)
{
    static const struct document_column columns[] = {
        {"partition", true, false}, {"first byte", false, true}, {"size", true, false},
        {"type", false, false},     {"name", false, false},      {"GUID", false, true}};

    document_table(out, "Partitions", columns, COUNT_OF(columns));
    for (size_t i = 0; i < survey->partition_count; i++) {
        const struct survey_partition *partition = &survey->partitions[i];
        bool is_gpt = survey->scheme == SURVEY_SCHEME_GPT;

        document_cell(out, "%u", partition->number);
        document_cell(out, "0x%llx", (unsigned long long)partition->start);
        document_cell(out, "%s", size_text(partition->size).text);
        if (is_gpt)
            document_cell(out, "%s (%s)", partition_gpt_name(&partition->type),
                          guid_words(&partition->type).text);
        else
            document_cell(out, "%s (0x%02x)%s", partition_mbr_name(partition->mbr_type),
                          partition->mbr_type, partition->is_active ? ", active" : "");
        document_cell(out, "%s", partition->name);
        document_cell(out, "%s", is_gpt ? guid_words(&partition->guid).text : "");
    }
}

static void describe_volumes(const struct survey *survey, struct document *out)
{
    static const struct document_column columns[] = {
        {"file system", false, false}, {"on partition", false, false}, {"label", false, false},
        {"id", false, true},           {"size", true, false},          {"clusters of", true, false},
        {"free", true, false}};

    document_table(out, "File systems", columns, COUNT_OF(columns));
    for (size_t i = 0; i < survey->volume_count; i++) {
        const struct survey_volume *volume = &survey->volumes[i];
        uint64_t free = (uint64_t)volume->free_clusters * volume->cluster_size;

        document_cell(out, "%s", fat_type_text(volume->type));
        if (volume->partition != 0)
            document_cell(out, "%u", volume->partition);
        else
            document_cell(out, "the disk itself");
        document_cell(out, "%s", volume->label);
        document_cell(out, "%08X", volume->volume_id);
        document_cell(out, "%s", size_text(volume->size).text);
        document_cell(out, "%s", size_text(volume->cluster_size).text);
        document_cell(out, "%s", size_text(free).text);
    }
}

/* Directories have no line of their own: the paths name them. Empty ones do. */
static void describe_files(const struct survey *survey, struct document *out)
{
    static const struct document_column columns[] = {
        {"size", true, false}, {"SHA-256", false, true}, {"path", false, true}};
    char hash[2 * SHA256_SIZE + 1];

    document_table(out, "Files", columns, COUNT_OF(columns));
    for (size_t i = 0; i < survey->file_count; i++) {
        const struct survey_file *file = &survey->files[i];

        if (file->is_directory)
            continue;
        for (size_t j = 0; j < SHA256_SIZE; j++)
            snprintf(hash + 2 * j, 3, "%02x", file->sha256[j]);
        document_cell(out, "%llu", (unsigned long long)file->size);
        document_cell(out, "%s", file->has_sha256 ? hash : "(cannot be read)");
        if (survey->volume_count > 1 && survey->volumes[file->volume].partition != 0)
            document_cell(out, "partition %u: %s", survey->volumes[file->volume].partition,
                          file->path);
        else
            document_cell(out, "%s", file->path);
    }
}

/* "2026-11-22 08:15:00 UTC" */
static void describe_time(int64_t seconds, char *out, size_t size)
{
    time_t time = (time_t)seconds;
    struct tm utc;

    if (seconds == 0 || gmtime_r(&time, &utc) == NULL ||
        strftime(out, size, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        snprintf(out, size, "at an unknown time");
}

static void describe_words(const struct survey *survey, struct document *out)
{
    char heading[100], when[40];

    for (size_t i = 0; i < survey->words_count; i++) {
        const struct survey_words *words = &survey->words[i];

        describe_time(words->time, when, sizeof(when));
        snprintf(heading, sizeof(heading), "Last words of boot %llu, %s%s",
                 (unsigned long long)words->number, when,
                 words->is_of_failure ? ", which failed" : "");
        document_text(out, heading, words->text, words->size);
    }
}

static void describe_kernel(const struct survey *survey, struct document *out)
{
    static const struct document_column columns[] = {{"segment", true, false},
                                                     {"address", false, true},
                                                     {"in memory", true, false},
                                                     {"in file", true, false},
                                                     {"access", false, true}};
    const struct elf_kernel *elf = &survey->kernel.elf;

    if (!survey->has_kernel)
        return;
    document_facts(out, "Kernel");
    document_fact(out, "path", "%s", survey->kernel_path);
    document_fact(out, "linked", "%s",
                  elf->is_position_independent ? "position-independent" : "at fixed addresses");
    document_fact(out, "entry", "0x%016llx", (unsigned long long)elf->entry);
    document_table(out, "Its segments", columns, COUNT_OF(columns));
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];

        document_cell(out, "%u", segment->index);
        document_cell(out, "0x%016llx", (unsigned long long)segment->address);
        document_cell(out, "%s", size_text(segment->memory_size).text);
        document_cell(out, "%s", size_text(segment->file_size).text);
        document_cell(out, "%s", access_text(segment->flags).text);
    }
    request_describe(&survey->kernel, out);
}

static void describe_structures(const struct survey *survey, struct document *out)
{
    static const struct document_column columns[] = {{"first byte", false, true},
                                                     {"size", true, false},
                                                     {"state", false, false},
                                                     {"structure", false, false}};

    document_table(out, "Everything, by place", columns, COUNT_OF(columns));
    for (size_t i = 0; i < survey->item_count; i++) {
        const struct survey_item *item = &survey->items[i];

        if (item->kind == SURVEY_FREE)
            continue;
        document_cell(out, "0x%llx", (unsigned long long)item->start);
        document_cell(out, "%s", size_text(item->size).text);
        document_cell(out, "%s", survey_state_text(item->state));
        document_cell(out, "%*s%s%s", (int)(2 * item->depth), "", item->name,
                      item->extent_count > 1 ? " (in pieces)" : "");
    }
}

static void describe(const struct subject *subject, struct document *out)
{
    const struct survey *survey = subject->image;

    document_begin(out, "%s: disk image", subject->path);
    describe_disk(survey, out);
    describe_findings(survey, out);
    describe_partitions(survey, out);
    describe_volumes(survey, out);
    describe_files(survey, out);
    if (survey->boot_conf != NULL)
        document_text(out, "/bowline/boot.conf", survey->boot_conf, survey->boot_conf_size);
    describe_words(survey, out);
    describe_kernel(survey, out);
    describe_structures(survey, out);
}

/* ---- To look at ---- */

enum {
    PARTITION,
    TABLE,
    STAGES,
    WORDS,
    DISC,
    FILE_SYSTEM,
    DIRECTORY,
    FILES,
    KERNEL,
    CONFIGURATION,
    STATE
};

static const struct picture_kind kinds[] = {
    [PARTITION] = {"partition", TONE_MAP, NULL},
    [TABLE] = {"partition table", TONE_TABLE, NULL},
    [STAGES] = {"boot code", TONE_LOADER, NULL},
    [WORDS] = {"last words", TONE_DEVICE, NULL},
    [DISC] = {"disc (ISO 9660)", TONE_FIRMWARE, "structures of the disc"},
    [FILE_SYSTEM] = {"file system", TONE_CONSTANT, NULL},
    [DIRECTORY] = {"directory", TONE_DATA, "directories"},
    [FILES] = {"file", TONE_FILE, "files"},
    [KERNEL] = {"kernel", TONE_CODE, NULL},
    [CONFIGURATION] = {"boot.conf", TONE_STACK, NULL},
    [STATE] = {"boot state", TONE_DATA, NULL},
};

static unsigned drawn_as(const struct survey *survey, const struct survey_item *item)
{
    static const unsigned table[] = {
        [SURVEY_BOOT_SECTOR] = STAGES,
        [SURVEY_MBR] = TABLE,
        [SURVEY_GPT_HEADER] = TABLE,
        [SURVEY_GPT_ENTRIES] = TABLE,
        [SURVEY_ISO] = DISC,
        [SURVEY_BOOT_CATALOG] = DISC,
        [SURVEY_DISC_SECTOR] = STAGES,
        [SURVEY_STAGE] = STAGES,
        [SURVEY_WORDS] = WORDS,
        [SURVEY_BOOT_STATE] = STATE,
        [SURVEY_PARTITION] = PARTITION,
        [SURVEY_FAT_BOOT_SECTOR] = FILE_SYSTEM,
        [SURVEY_FAT_INFO] = FILE_SYSTEM,
        [SURVEY_FAT_TABLE] = FILE_SYSTEM,
        [SURVEY_DIRECTORY] = DIRECTORY,
        [SURVEY_FILE] = FILES,
    };

    if (item->kind != SURVEY_FILE)
        return table[item->kind];
    if (survey->kernel_path != NULL && strcmp(item->name, survey->kernel_path) == 0)
        return KERNEL;
    if (strcasecmp(item->name, "/bowline/boot.conf") == 0)
        return CONFIGURATION;
    if (strncasecmp(item->name, "/EFI/", 5) == 0)
        return STAGES;
    return FILES;
}

/* What to say of a partition that its label does not; NULL: nothing. */
static const char *note_of(const struct survey *survey, const struct survey_item *item)
{
    const char *note;

    for (size_t i = 0; item->kind == SURVEY_PARTITION && i < survey->partition_count; i++) {
        const struct survey_partition *partition = &survey->partitions[i];

        if (partition->start != item->start || partition->size != item->size)
            continue;
        note = partition->name;
        if (note[0] == '\0')
            note = survey->scheme == SURVEY_SCHEME_GPT ? partition_gpt_name(&partition->type)
                                                       : partition_mbr_name(partition->mbr_type);
        return strstr(item->name, note) == NULL ? note : NULL;
    }
    return NULL;
}

/* A file that lies in one piece is shown with its own size, not that of its clusters. */
static void draw_extent(const struct survey *survey, const struct survey_item *item, size_t index,
                        struct picture *out)
{
    const struct survey_extent *extent = &item->extents[index];
    struct picture_box *box;
    char note[64];

    if (extent->size == 0)
        return;
    snprintf(note, sizeof(note), "piece %zu of %zu", index + 1, item->extent_count);
    box = picture_add(out, drawn_as(survey, item), extent->start, extent->size, item->name,
                      item->extent_count > 1 ? note : note_of(survey, item));
    if (item->extent_count == 1 && item->size > 0)
        box->size = item->size;
    box->is_marked = item->state == SURVEY_DAMAGED;
}

static bool draw(const struct subject *subject, struct picture *out, struct error *error)
{
    const struct survey *survey = subject->image;

    picture_begin(out, kinds, COUNT_OF(kinds));
    if (survey->disk_size == 0)
        return FAIL(error, FILE_KIND);
    picture_title(out, "Disk image: %s", path_name(subject->path));
    picture_subtitle(out, "partition table: %s%s%s%s", survey_scheme_text(survey->scheme),
                     survey->is_disc ? ", also a disc (ISO 9660)" : "",
                     survey->stages_version[0] != '\0' ? ", " : "", survey->stages_version);
    out->nothing = "free";
    out->last = survey->disk_size - 1;
    for (size_t i = 0; i < survey->item_count; i++)
        for (size_t j = 0; j < survey->items[i].extent_count; j++)
            if (survey->items[i].kind != SURVEY_FREE)
                draw_extent(survey, &survey->items[i], j, out);
    return true;
}

const struct subject_forms image_forms = {describe, draw, image_encode};
