/* SPDX-License-Identifier: MIT */
/* What mkimage inspect shows of a boot log: above all the physical memory map. */
#include "base/units.h"
#include "memory/memory_map.h"
#include "show/inspect.h"
#include "text/size_text.h"

static uint64_t size_of_kind(const struct boot_log *log, uint64_t kind)
{
    uint64_t size = 0;

    for (size_t i = 0; i < log->region_count; i++)
        if (log->regions[i].kind == kind)
            size += log->regions[i].length;
    return size;
}

/* ---- To read ---- */

static void describe_boot(const struct subject *subject, struct document *out)
{
    const struct boot_log *log = subject->log;

    document_facts(out, "Boot");
    if (log->loader != NULL)
        document_fact(out, "loader", "%s", log->loader);
    if (log->boots > 1)
        document_fact(out, "boots", "%zu in this log; the last one is shown", log->boots);
    if (log->kernel.path != NULL)
        document_fact(out, "kernel", "%s, %s", log->kernel.path, size_text(log->kernel.size).text);
    if (log->screen_width != 0)
        document_fact(out, "framebuffer", "%llu x %llu, %llu bits per pixel",
                      (unsigned long long)log->screen_width, (unsigned long long)log->screen_height,
                      (unsigned long long)log->screen_depth);
    if (log->is_started)
        document_fact(out, "started", "the kernel, at 0x%016llx", (unsigned long long)log->entry);
    else
        document_fact(out, "started", "no kernel");
    if (log->is_cut)
        document_fact(out, "left out", "messages from the middle: the loader keeps 16 KiB");
    if (log->region_count == 0)
        document_fact(out, "memory map", "not in this log: a serial line does not carry it");
}

static void describe_files(const struct boot_log *log, struct document *out)
{
    static const struct document_column columns[] = {{"module", false, false},
                                                     {"size", true, false}};

    document_table(out, "Modules", columns, COUNT_OF(columns));
    for (size_t i = 0; i < log->module_count; i++) {
        document_cell(out, "%s", log->modules[i].path);
        document_cell(out, "%s", size_text(log->modules[i].size).text);
    }
}

static void describe_messages(const struct boot_log *log, struct document *out)
{
    static const struct document_column columns[] = {{"line", true, false},
                                                     {"kind", false, false},
                                                     {"message", false, false},
                                                     {"what to do", false, false}};

    document_table(out, "Errors and warnings", columns, COUNT_OF(columns));
    for (size_t i = 0; i < log->message_count; i++) {
        const struct boot_log_message *message = &log->messages[i];

        document_cell(out, "%zu", message->line);
        document_cell(out, "%s", message->is_error ? "error" : "warning");
        document_cell(out, "%s", message->text);
        document_cell(out, "%s", message->remedy != NULL ? message->remedy : "");
    }
}

static void describe_memory(const struct boot_log *log, struct document *out)
{
    static const struct document_column columns[] = {{"first byte", false, true},
                                                     {"last byte", false, true},
                                                     {"size", true, false},
                                                     {"kind", false, false}};

    document_facts(out, "Physical memory, by kind");
    for (uint64_t kind = 0; kind <= BOWLINE_MEMORY_RESERVED; kind++)
        if (size_of_kind(log, kind) > 0)
            document_fact(out, memory_kind_name(kind), "%s",
                          size_text(size_of_kind(log, kind)).text);
    document_table(out, "Physical memory", columns, COUNT_OF(columns));
    for (size_t i = 0; i < log->region_count; i++) {
        const struct bowline_memory_region *region = &log->regions[i];

        document_cell(out, "0x%016llx", (unsigned long long)region->base);
        document_cell(out, "0x%016llx", (unsigned long long)(region->base + region->length - 1));
        document_cell(out, "%s", size_text(region->length).text);
        document_cell(out, "%s", memory_kind_name(region->kind));
    }
}

static void describe(const struct subject *subject, struct document *out)
{
    document_begin(out, "%s: boot log", subject->path);
    describe_boot(subject, out);
    describe_messages(subject->log, out);
    describe_files(subject->log, out);
    describe_memory(subject->log, out);
}

/* ---- To look at ---- */

enum {
    USABLE,
    LOADER,
    KERNEL,
    MODULE,
    FRAMEBUFFER,
    ACPI,
    ACPI_NVS,
    RUNTIME,
    PERSISTENT,
    BAD,
    RESERVED
};

static const struct picture_kind kinds[] = {
    [USABLE] = {"usable", TONE_FILE, "regions"},
    [LOADER] = {"loader, reclaimable", TONE_LOADER, "regions"},
    [KERNEL] = {"kernel", TONE_CODE, "regions"},
    [MODULE] = {"module", TONE_DATA, "regions"},
    [FRAMEBUFFER] = {"framebuffer", TONE_MAP, "regions"},
    [ACPI] = {"ACPI tables", TONE_TABLE, "regions"},
    [ACPI_NVS] = {"ACPI NVS", TONE_STACK, "regions"},
    [RUNTIME] = {"UEFI runtime services", TONE_FIRMWARE, "regions"},
    [PERSISTENT] = {"persistent", TONE_CONSTANT, "regions"},
    [BAD] = {"bad", TONE_BAD, "regions"},
    [RESERVED] = {"reserved, MMIO", TONE_DEVICE, "regions"},
};

static unsigned drawn_as(uint64_t kind)
{
    static const unsigned table[] = {
        [0] = RESERVED,
        [BOWLINE_MEMORY_USABLE] = USABLE,
        [BOWLINE_MEMORY_LOADER_RECLAIMABLE] = LOADER,
        [BOWLINE_MEMORY_KERNEL] = KERNEL,
        [BOWLINE_MEMORY_MODULE] = MODULE,
        [BOWLINE_MEMORY_FRAMEBUFFER] = FRAMEBUFFER,
        [BOWLINE_MEMORY_ACPI_RECLAIMABLE] = ACPI,
        [BOWLINE_MEMORY_ACPI_NVS] = ACPI_NVS,
        [BOWLINE_MEMORY_RUNTIME_CODE] = RUNTIME,
        [BOWLINE_MEMORY_RUNTIME_DATA] = RUNTIME,
        [BOWLINE_MEMORY_MMIO] = RESERVED,
        [BOWLINE_MEMORY_PERSISTENT] = PERSISTENT,
        [BOWLINE_MEMORY_BAD] = BAD,
        [BOWLINE_MEMORY_RESERVED] = RESERVED,
    };

    return table[kind];
}

/* The widest gap between regions is cut out where it is most of all. */
static void cut_hole(const struct boot_log *log, struct picture *picture)
{
    for (size_t i = 1; i < log->region_count; i++) {
        uint64_t first = log->regions[i - 1].base + log->regions[i - 1].length;
        uint64_t next = log->regions[i].base;

        if (next - first > picture->last / 2) {
            picture->hole_first = first;
            picture->hole_last = next - 1;
        }
    }
}

static bool draw(const struct subject *subject, struct picture *out, struct error *error)
{
    const struct boot_log *log = subject->log;

    picture_begin(out, kinds, COUNT_OF(kinds));
    if (log->region_count == 0)
        return FAIL(error, NO_MEMORY_MAP);
    picture_title(out, "Physical memory: %s", path_name(subject->path));
    picture_subtitle(out, "%s%s%zu regions, %s usable", log->loader != NULL ? log->loader : "",
                     log->loader != NULL ? ", " : "", log->region_count,
                     size_text(size_of_kind(log, BOWLINE_MEMORY_USABLE)).text);
    out->nothing = out->hole = "nothing";
    out->last =
        log->regions[log->region_count - 1].base + (log->regions[log->region_count - 1].length - 1);
    cut_hole(log, out);
    for (size_t i = 0; i < log->region_count; i++) {
        const struct bowline_memory_region *region = &log->regions[i];

        picture_add(out, drawn_as(region->kind), region->base, region->length,
                    memory_kind_name(region->kind), NULL);
    }
    return true;
}

/* ---- For programs ---- */

static void encode_file(const struct boot_log_file *file, struct json_object *out)
{
    json_put_text(out, "path", file->path);
    json_put_number(out, "size", file->size);
}

static void encode_messages(const struct boot_log *log, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "messages");

    for (size_t i = 0; i < log->message_count; i++) {
        const struct boot_log_message *message = &log->messages[i];
        struct json_object *object = json_append_object(array);

        json_put_text(object, "level", message->is_error ? "error" : "warning");
        json_put_number(object, "line", message->line);
        json_put_text(object, "text", message->text);
        if (message->remedy != NULL)
            json_put_text(object, "remedy", message->remedy);
    }
}

static void encode_memory(const struct boot_log *log, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "memory");

    for (size_t i = 0; i < log->region_count; i++) {
        const struct bowline_memory_region *region = &log->regions[i];
        struct json_object *object = json_append_object(array);

        json_put_address(object, "start", region->base);
        json_put_number(object, "size", region->length);
        json_put_text(object, "kind", memory_kind_name(region->kind));
    }
}

static void encode(const struct subject *subject, struct json_object *out)
{
    const struct boot_log *log = subject->log;
    struct json_object *object;

    json_put_text(out, "kind", "boot-log");
    json_put_text(out, "file", subject->path);
    json_put_number(out, "size", subject->size);
    json_put_number(out, "boots", log->boots);
    json_put_bool(out, "is_cut", log->is_cut);
    if (log->loader != NULL)
        json_put_text(out, "loader", log->loader);
    if (log->kernel.path != NULL)
        encode_file(&log->kernel, json_put_object(out, "kernel"));
    if (log->is_started)
        json_put_address(out, "entry", log->entry);
    if (log->screen_width != 0) {
        object = json_put_object(out, "framebuffer");
        json_put_number(object, "width", log->screen_width);
        json_put_number(object, "height", log->screen_height);
        json_put_number(object, "bits_per_pixel", log->screen_depth);
    }
    object = json_put_array(out, "modules");
    for (size_t i = 0; i < log->module_count; i++)
        encode_file(&log->modules[i], json_append_object(object));
    encode_messages(log, out);
    encode_memory(log, out);
}

const struct subject_forms log_forms = {describe, draw, encode};
