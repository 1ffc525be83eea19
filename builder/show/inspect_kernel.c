/* SPDX-License-Identifier: MIT */
/* What mkimage inspect shows of a kernel: above all its virtual address space. */
#include "base/units.h"
#include "show/inspect.h"
#include "text/size_text.h"

/* ---- To read ---- */

static void describe_facts(const struct subject *subject, struct document *out)
{
    const struct kernel_report *report = subject->kernel;
    char cause[512];

    document_facts(out, "Kernel");
    document_fact(out, "size", "%s (%llu bytes)", size_text(report->file_size).text,
                  (unsigned long long)report->file_size);
    if (report->error.code == ERROR_NONE) {
        document_fact(out, "verdict", "it boots");
    } else {
        error_print_cause(&report->error, cause, sizeof(cause));
        document_fact(out, "verdict", "it would not boot: %s [%s]", cause,
                      error_name(report->error.code));
        document_fact(out, "what to do", "%s", error_remedy(report->error.code));
    }
    if (!report->is_elf)
        return;
    document_fact(out, "linked", "%s",
                  report->is_position_independent ? "position-independent" : "at fixed addresses");
    document_fact(out, "entry", "0x%016llx", (unsigned long long)report->entry);
    if (report->is_read)
        document_fact(out, "symbols", "%s",
                      report->has_symbols ? "for the fault screen's back trace" : "none");
    for (size_t i = 0; i < report->relocation_kinds; i++)
        document_fact(out, "relocations", "%llu %s",
                      (unsigned long long)report->relocations[i].count,
                      report->relocations[i].name);
}

static void describe_segments(const struct kernel_report *report, struct document *out)
{
    static const struct document_column columns[] = {
        {"segment", true, false}, {"address", false, true},        {"in memory", true, false},
        {"in file", true, false}, {"at file offset", false, true}, {"access", false, true},
        {"sections", false, true}};

    document_table(out, "Segments, as linked", columns, COUNT_OF(columns));
    for (size_t i = 0; i < report->segment_count; i++) {
        const struct kernel_segment *segment = &report->segments[i];

        document_cell(out, "%u", segment->elf.index);
        document_cell(out, "0x%016llx", (unsigned long long)segment->elf.address);
        document_cell(out, "%s", size_text(segment->elf.memory_size).text);
        document_cell(out, "%s", size_text(segment->elf.file_size).text);
        document_cell(out, "0x%llx", (unsigned long long)segment->elf.file_offset);
        document_cell(out, "%s", access_text(segment->elf.flags).text);
        document_cell(out, "%s", segment->sections);
    }
}

static void describe_plan(const struct kernel_plan *plan, struct document *out)
{
    static const struct document_column columns[] = {
        {"first byte", false, true}, {"last byte", false, true},  {"size", true, false},
        {"access", false, true},     {"chosen by", false, false}, {"what", false, false}};

    document_facts(out, "Plan of the address space");
    document_fact(out, "for a PC with", "%s", size_text(plan->memory).text);
    if (plan->screen_width != 0)
        document_fact(out, "and a screen of", "%llu x %llu pixels",
                      (unsigned long long)plan->screen_width,
                      (unsigned long long)plan->screen_height);
    if (!plan->is_made) {
        document_fact(out, "refused", "%s", plan->refusal);
        return;
    }
    document_fact(out, "page tables", "%u levels", plan->levels);
    document_fact(out, "entered at", "0x%016llx", (unsigned long long)plan->entry);
    document_fact(out, "the loader chooses", "from 0x%016llx to 0x%016llx",
                  (unsigned long long)plan->dynamic_start,
                  (unsigned long long)(plan->dynamic_end - 1));
    document_fact(out, "memory taken", "%s for the kernel, %s of the loader's",
                  size_text(plan->kernel_memory).text, size_text(plan->loader_memory).text);
    document_table(out, "Virtual address space", columns, COUNT_OF(columns));
    for (size_t i = 0; i < plan->area_count; i++) {
        const struct kernel_area *area = &plan->areas[i];

        document_cell(out, "0x%016llx", (unsigned long long)area->start);
        document_cell(out, "0x%016llx", (unsigned long long)(area->start + (area->size - 1)));
        document_cell(out, "%s", size_text(area->size).text);
        document_cell(out, "%s", access_text(area->access).text);
        document_cell(out, "%s", kernel_choice_name(area->choice));
        document_cell(out, "%s", area->name);
    }
}

static void describe_wasted(struct document *out, const char *name, uint64_t bytes)
{
    if (bytes > 0)
        document_fact(out, name, "%s", size_text(bytes).text);
}

static void describe_rest(const struct kernel_report *report, struct document *out)
{
    static const struct document_column columns[] = {{"warning", false, false},
                                                     {"what to do", false, false}};
    const struct kernel_waste *waste = &report->waste;

    document_table(out, "Warnings", columns, COUNT_OF(columns));
    for (size_t i = 0; i < report->warning_count; i++) {
        document_cell(out, "%s [%s]", report->warnings[i].text, report->warnings[i].name);
        document_cell(out, "%s", report->warnings[i].remedy);
    }
    document_facts(out, "Wasted");
    describe_wasted(out, "debug sections, which stay out of images", waste->debug);
    describe_wasted(out, "padding in the file", waste->file_gaps);
    describe_wasted(out, "memory between segments", waste->memory_gaps);
    describe_wasted(out, "zeros in the file, in whole pages", waste->zeros);
    describe_wasted(out, "of these at the end of writable segments", waste->ending_zeros);
}

static void describe(const struct subject *subject, struct document *out)
{
    const struct kernel_report *report = subject->kernel;

    document_begin(out, "%s: kernel", subject->path);
    describe_facts(subject, out);
    describe_segments(report, out);
    if (report->is_read)
        request_describe(&report->facts, out);
    if (report->error.code != ERROR_NONE)
        return;
    describe_plan(&report->plan, out);
    describe_rest(report, out);
}

/* ---- To look at ---- */

enum {
    CODE,
    CONSTANTS,
    DATA,
    STACK,
    GUARD,
    LOADER,
    FRAMEBUFFER,
    MODULES,
    DIRECT_MAP,
    TABLES,
    COPY
};

static const struct picture_kind kinds[] = {
    [CODE] = {"code of the kernel", TONE_CODE, NULL},
    [CONSTANTS] = {"constants", TONE_CONSTANT, NULL},
    [DATA] = {"data", TONE_DATA, NULL},
    [STACK] = {"stack", TONE_STACK, NULL},
    [GUARD] = {"guard: faults", TONE_BAD, NULL},
    [LOADER] = {"boot info, loader", TONE_LOADER, NULL},
    [FRAMEBUFFER] = {"framebuffer", TONE_DEVICE, NULL},
    [MODULES] = {"modules", TONE_FILE, NULL},
    [DIRECT_MAP] = {"direct map of physical memory", TONE_MAP, NULL},
    [TABLES] = {"page tables", TONE_TABLE, NULL},
    [COPY] = {"copy of the kernel's file", TONE_FIRMWARE, NULL},
};

static unsigned kind_of_access(unsigned access)
{
    return access & ELF_EXECUTE ? CODE : access & ELF_WRITE ? DATA : CONSTANTS;
}

static unsigned drawn_as(const struct kernel_area *area)
{
    static const unsigned table[] = {
        [KERNEL_AREA_STACK] = STACK,
        [KERNEL_AREA_GUARD] = GUARD,
        [KERNEL_AREA_BOOT_INFO] = LOADER,
        [KERNEL_AREA_LOADER] = LOADER,
        [KERNEL_AREA_FRAMEBUFFER] = FRAMEBUFFER,
        [KERNEL_AREA_MODULES] = MODULES,
        [KERNEL_AREA_DIRECT_MAP] = DIRECT_MAP,
        [KERNEL_AREA_RECURSIVE] = TABLES,
        [KERNEL_AREA_FILE] = COPY,
    };

    return area->kind == KERNEL_AREA_KERNEL ? kind_of_access(area->access) : table[area->kind];
}

static void draw_plan(const struct kernel_plan *plan, struct picture *out)
{
    char note[64];

    for (size_t i = 0; i < plan->area_count; i++) {
        const struct kernel_area *area = &plan->areas[i];

        snprintf(note, sizeof(note), "%s, %s", access_text(area->access).text,
                 kernel_choice_name(area->choice));
        picture_add(out, drawn_as(area), area->start, area->size, area->name, note);
    }
}

static void draw_segments(const struct kernel_report *report, struct picture *out)
{
    char label[KERNEL_SECTIONS_TEXT + 32];

    for (size_t i = 0; i < report->segment_count; i++) {
        const struct kernel_segment *segment = &report->segments[i];

        if (segment->elf.memory_size == 0)
            continue;
        snprintf(label, sizeof(label), "segment %u (%s)", segment->elf.index, segment->sections);
        picture_add(out, kind_of_access(segment->elf.flags), segment->elf.address,
                    segment->elf.memory_size, label, access_text(segment->elf.flags).text);
    }
}

static bool draw(const struct subject *subject, struct picture *out, struct error *error)
{
    const struct kernel_report *report = subject->kernel;
    bool is_planned = report->error.code == ERROR_NONE && report->plan.is_made;
    unsigned bits = is_planned && report->plan.levels == 5 ? 57 : 48;

    picture_begin(out, kinds, COUNT_OF(kinds));
    picture_title(out, "Virtual address space: %s", path_name(subject->path));
    out->nothing = "not mapped";
    out->hole = "no address has these values (not canonical)";
    out->hole_first = UINT64_C(1) << (bits - 1);
    out->hole_last = ~out->hole_first;
    if (is_planned) {
        picture_subtitle(out, "as the loader plans it on a PC with %s, entered at 0x%llx",
                         size_text(report->plan.memory).text,
                         (unsigned long long)report->plan.entry);
        draw_plan(&report->plan, out);
    } else {
        picture_subtitle(out, "its segments as they are linked; the loader refuses them");
        draw_segments(report, out);
    }
    return out->count > 0 || FAIL(error, NO_ADDRESS_SPACE);
}

/* ---- For programs ---- */

static void encode_segments(const struct kernel_report *report, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "segments");

    for (size_t i = 0; i < report->segment_count; i++) {
        const struct kernel_segment *segment = &report->segments[i];
        struct json_object *object = json_append_object(array);

        json_put_number(object, "index", segment->elf.index);
        json_put_address(object, "address", segment->elf.address);
        json_put_number(object, "memory_size", segment->elf.memory_size);
        json_put_number(object, "file_size", segment->elf.file_size);
        json_put_number(object, "file_offset", segment->elf.file_offset);
        json_put_number(object, "alignment", segment->elf.alignment);
        json_put_text(object, "access", access_text(segment->elf.flags).text);
        json_put_text(object, "sections", segment->sections);
    }
}

static void encode_areas(const struct kernel_plan *plan, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "areas");

    for (size_t i = 0; i < plan->area_count; i++) {
        const struct kernel_area *area = &plan->areas[i];
        struct json_object *object = json_append_object(array);

        json_put_text(object, "kind", kernel_area_kind_name(area->kind));
        json_put_text(object, "name", area->name);
        json_put_address(object, "start", area->start);
        json_put_number(object, "size", area->size);
        json_put_text(object, "access", access_text(area->access).text);
        json_put_text(object, "chosen_by", kernel_choice_name(area->choice));
        if (area->alignment != 0)
            json_put_number(object, "drawn_multiple_of", area->alignment);
    }
}

static void encode_plan(const struct kernel_plan *plan, struct json_object *out)
{
    struct json_object *screen;

    json_put_number(out, "memory", plan->memory);
    if (plan->screen_width != 0) {
        screen = json_put_object(out, "screen");
        json_put_number(screen, "width", plan->screen_width);
        json_put_number(screen, "height", plan->screen_height);
    }
    json_put_bool(out, "is_made", plan->is_made);
    if (!plan->is_made) {
        json_put_text(out, "refusal", plan->refusal);
        return;
    }
    json_put_number(out, "page_table_levels", plan->levels);
    json_put_address(out, "entry", plan->entry);
    json_put_address(out, "slide", plan->slide);
    json_put_address(out, "dynamic_range_start", plan->dynamic_start);
    json_put_address(out, "dynamic_range_last", plan->dynamic_end - 1);
    if (plan->recursive_index != 0)
        json_put_number(out, "recursive_index", plan->recursive_index);
    json_put_number(out, "kernel_memory", plan->kernel_memory);
    json_put_number(out, "loader_memory", plan->loader_memory);
    encode_areas(plan, out);
}

static void encode_rest(const struct kernel_report *report, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "relocations"), *object;

    for (size_t i = 0; i < report->relocation_kinds; i++) {
        object = json_append_object(array);
        json_put_text(object, "kind", report->relocations[i].name);
        json_put_number(object, "count", report->relocations[i].count);
    }
    array = json_put_array(out, "warnings");
    for (size_t i = 0; i < report->warning_count; i++) {
        object = json_append_object(array);
        json_put_text(object, "name", report->warnings[i].name);
        json_put_text(object, "text", report->warnings[i].text);
        json_put_text(object, "remedy", report->warnings[i].remedy);
    }
    object = json_put_object(out, "wasted");
    json_put_number(object, "debug_sections", report->waste.debug);
    json_put_number(object, "file_padding", report->waste.file_gaps);
    json_put_number(object, "memory_gaps", report->waste.memory_gaps);
    json_put_number(object, "zero_pages", report->waste.zeros);
    json_put_number(object, "zero_pages_at_end", report->waste.ending_zeros);
}

static void encode(const struct subject *subject, struct json_object *out)
{
    const struct kernel_report *report = subject->kernel;
    bool boots = report->error.code == ERROR_NONE;

    json_put_text(out, "kind", "kernel");
    json_put_text(out, "file", subject->path);
    json_put_number(out, "size", report->file_size);
    json_put_bool(out, "boots", boots);
    json_put_error(out, "error", &report->error);
    if (report->is_elf) {
        json_put_bool(out, "is_position_independent", report->is_position_independent);
        json_put_address(out, "entry", report->entry);
        encode_segments(report, out);
    }
    if (report->is_read) {
        json_put_bool(out, "has_symbols", report->has_symbols);
        request_encode(&report->facts, out);
    }
    if (boots) {
        encode_plan(&report->plan, json_put_object(out, "plan"));
        encode_rest(report, out);
    }
}

const struct subject_forms kernel_forms = {describe, draw, encode};
