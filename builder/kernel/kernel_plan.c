/* SPDX-License-Identifier: MIT */
/*
 * The plan of a kernel's address space: not computed here, but found. The story of the boot runs on
 * a simulated machine; what it has told the kernel, and what it has mapped, is what it would do.
 */
#include <stdlib.h>
#include <string.h>

#include "base/print.h"
#include "base/units.h"
#include "handover/resident.h"
#include "host/machine.h"
#include "kernel/kernel_parts.h"
#include "memory/page_tables.h"

static const uint64_t MEMORY_DEFAULT = 256 * MIB; /* as mkimage run */

/* Where QEMU's standard VGA has it. */
static const uint64_t FRAMEBUFFER = 0xfd000000;

/* Of stage 3's memory map: the boot info has room for it. */
enum { REGION_CAPACITY = 512 };

/* Modules have no contents here. */
static bool read_zeros(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                       struct error *error)
{
    (void)reader, (void)offset, (void)error;
    memset(to, 0, length);
    return true;
}

/* The files of the boot volume. */
struct volume {
    struct reader *modules;
    struct host_machine_file *files; /* boot.conf, the kernel, the modules */
    char *names;                     /* one after the other, NAME_SIZE each */
    char *config;
};

enum { NAME_SIZE = 32 };

static void volume_release(struct volume *volume)
{
    free(volume->modules);
    free(volume->files);
    free(volume->names);
    free(volume->config);
}

static bool volume_make(struct reader *kernel, const struct kernel_report_options *options,
                        struct volume *out, struct error *error)
{
    static const char first_line[] = "kernel /kernel.elf\n";
    size_t count = options->module_count, length;
    size_t capacity = sizeof(first_line) + count * (NAME_SIZE + sizeof("module \n"));
    struct volume volume = {
        .modules = calloc(count + 1, sizeof(volume.modules[0])),
        .files = calloc(count + 2, sizeof(volume.files[0])),
        .names = calloc(count + 1, NAME_SIZE),
        .config = malloc(capacity),
    };

    *out = volume;
    if (!volume.modules || !volume.files || !volume.names || !volume.config) {
        volume_release(&volume);
        return FAIL(error, HOST_MEMORY);
    }
    length = print_text(volume.config, capacity, "%s", first_line);
    for (size_t i = 0; i < count; i++) {
        char *name = volume.names + i * NAME_SIZE;

        print_text(name, NAME_SIZE, "/modules/%zu", i);
        length += print_text(volume.config + length, capacity - length, "module %s\n", name);
        volume.modules[i] = (struct reader){options->module_sizes[i], read_zeros, NULL};
        volume.files[2 + i] = (struct host_machine_file){name, NULL, 0, &volume.modules[i]};
    }
    volume.files[0] = (struct host_machine_file){"/bowline/boot.conf", volume.config, length, NULL};
    volume.files[1] = (struct host_machine_file){"/kernel.elf", NULL, 0, kernel};
    return true;
}

static void add_mode(struct video_modes *modes, uint64_t width, uint64_t height)
{
    if (width > 0 && height > 0 && width <= 65536 && height <= 65536)
        modes->modes[modes->count++] = (struct bowline_video_mode){width, height, 32};
}

/* A screen of 1280 x 800, as OVMF in QEMU has it, that can also do what the kernel asks for. */
static void equip(struct host_machine *machine, const struct bowline_request *request)
{
    struct video_modes *modes = &machine->video;

    add_mode(modes, 1280, 800);
    add_mode(modes, 640, 480);
    add_mode(modes, 800, 600);
    add_mode(modes, 1024, 768);
    add_mode(modes, 1920, 1080);
    add_mode(modes, request->framebuffer_width, request->framebuffer_height);
    add_mode(modes, request->framebuffer_min_width, request->framebuffer_min_height);
    add_mode(modes, maximum(request->framebuffer_min_width, 1024),
             maximum(request->framebuffer_min_height, 768));
    machine->region_capacity = REGION_CAPACITY;
    machine->framebuffer = FRAMEBUFFER;
    machine->has_vga_text = true;
    machine->has_1gib_pages = true;
    machine->has_five_levels =
        request->flags & (BOWLINE_WANT_LA57 | BOWLINE_REQUIRE(BOWLINE_WANT_LA57));
    machine->runs_with_five_levels = machine->has_five_levels; /* the simplest way across */
    machine->random = 1;                                       /* each report is the same */
}

/* What is needed to look at what the boot has left. */
struct sight {
    const struct host_machine *machine;
    const struct kernel_file *file;
    const struct kernel_facts *facts;
    const struct resident *resident;
    const struct bowline_info *info;
    struct kernel_plan *plan;
};

static bool wants_random(const struct kernel_facts *facts)
{
    return facts->request.flags & (BOWLINE_WANT_KASLR | BOWLINE_REQUIRE(BOWLINE_WANT_KASLR));
}

static unsigned levels_of(const struct host_machine *machine)
{
    return machine->has_five_levels ? FIVE_LEVELS : FOUR_LEVELS;
}

/* The page at an address of the kernel's. Not mapped: size 0. */
static struct mapping look(const struct sight *sight, uint64_t address)
{
    struct mapping mapping;

    if (!page_tables_walk(sight->resident->root, sight->plan->levels, address, &mapping))
        return (struct mapping){0};
    return mapping;
}

static unsigned access_of(struct mapping mapping)
{
    if (mapping.page_size == 0)
        return 0;
    return ELF_READ | (mapping.flags & MAP_WRITE ? ELF_WRITE : 0) |
           (mapping.flags & MAP_EXECUTE ? ELF_EXECUTE : 0);
}

static struct kernel_area *add_area(struct sight *sight, enum kernel_area_kind kind, uint64_t start,
                                    uint64_t size)
{
    static struct kernel_area beyond; /* more than there can be: see KERNEL_AREAS_MAX */
    struct kernel_plan *plan = sight->plan;
    struct kernel_area *area =
        plan->area_count < KERNEL_AREAS_MAX ? &plan->areas[plan->area_count++] : &beyond;

    *area = (struct kernel_area){.kind = kind, .start = start, .size = size};
    area->access = access_of(look(sight, start));
    return area;
}

static enum kernel_choice kernel_choice(const struct sight *sight)
{
    if (sight->facts->request.kernel_base.kind == BOWLINE_PLACE_AT)
        return KERNEL_CHOICE_REQUESTED;
    if (sight->facts->elf.is_position_independent && wants_random(sight->facts))
        return KERNEL_CHOICE_RANDOM;
    return sight->plan->slide != 0 ? KERNEL_CHOICE_LOADER : KERNEL_CHOICE_LINKED;
}

/* Where the permissions change, from `position` on; `end` may be 2^64, that is 0. */
static uint64_t find_run(const struct sight *sight, uint64_t position, uint64_t end)
{
    struct mapping page = look(sight, position);
    unsigned access = access_of(page);

    while (position != end && access_of(page) == access) {
        uint64_t size = page.page_size != 0 ? page.page_size : PAGE_SIZE;

        position += minimum(size - position % size, end - position);
        if (position != end)
            page = look(sight, position);
    }
    return position;
}

/* Pages of one segment with the same permissions; on the last of them others may begin. */
static void add_kernel_run(struct sight *sight, const struct elf_segment *segment, uint64_t start,
                           uint64_t size)
{
    struct kernel_area *area = add_area(sight, KERNEL_AREA_KERNEL, start, size);
    char sections[KERNEL_SECTIONS_TEXT];
    const char *note = "";

    area->choice = kernel_choice(sight);
    area->alignment = area->choice == KERNEL_CHOICE_RANDOM ? sight->facts->elf.alignment : 0;
    kernel_file_name_sections(sight->file, start - sight->plan->slide, size, sections,
                              sizeof(sections));
    if (segment->flags & ELF_WRITE && !(area->access & ELF_WRITE))
        note = ", RELRO";
    else if (segment->flags & ~area->access || area->access & ~(segment->flags | ELF_READ))
        note = ", shared page";
    print_text(area->name, sizeof(area->name), "segment %u%s%s%s", segment->index, note,
               sections[0] != '\0' ? ": " : "", sections);
}

/* The kernel's pages. Those that segments share are listed with the lowest of these. */
static void add_kernel(struct sight *sight)
{
    const struct elf_kernel *elf = &sight->facts->elf;
    uint64_t slide = sight->plan->slide, first = elf->low + slide;

    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        uint64_t last_page = align_down(elf_segment_last(segment), PAGE_SIZE) + slide;
        uint64_t end = last_page + PAGE_SIZE;

        first = maximum(first, align_down(segment->address, PAGE_SIZE) + slide);
        while (first != end && first <= last_page) {
            uint64_t behind = find_run(sight, first, end);

            add_kernel_run(sight, segment, first, behind - first);
            first = behind;
        }
        if (end == 0) /* 2^64 */
            return;
    }
}

static void place(struct sight *sight, struct kernel_area *area, enum area which,
                  struct bowline_placement placement)
{
    if (placement.kind == BOWLINE_PLACE_AT) {
        area->choice = KERNEL_CHOICE_REQUESTED;
    } else if (wants_random(sight->facts)) {
        area->choice = KERNEL_CHOICE_RANDOM;
        area->alignment = layout_area_alignment(which);
    } else {
        area->choice = KERNEL_CHOICE_LOADER;
    }
}

/* An area of the layout, unless it is empty. */
static void add_placed(struct sight *sight, enum kernel_area_kind kind, enum area which,
                       struct bowline_placement placement, uint64_t start, uint64_t size)
{
    uint64_t first = align_down(start, PAGE_SIZE);

    if (size == 0)
        return;
    struct kernel_area *area =
        add_area(sight, kind, first, align_up(start + size - first, PAGE_SIZE));
    place(sight, area, which, placement);
    print_text(area->name, sizeof(area->name), "%s", layout_area_name(which) + strlen("the "));
}

/* Code, variables, and what the fault screen needs have permissions of their own. */
static void add_loader(struct sight *sight)
{
    const struct bowline_placement anywhere = BOWLINE_ANYWHERE;
    uint64_t position = sight->info->loader_base, end = position + sight->info->loader_size;

    while (position != end) {
        uint64_t behind = find_run(sight, position, end);

        add_placed(sight, KERNEL_AREA_LOADER, AREA_LOADER, anywhere, position, behind - position);
        position = behind;
    }
}

static void add_stack(struct sight *sight)
{
    const struct bowline_info *info = sight->info;
    struct bowline_placement placement = sight->facts->request.stack;

    struct kernel_area *guard =
        add_area(sight, KERNEL_AREA_GUARD, info->stack_base - PAGE_SIZE, PAGE_SIZE);
    place(sight, guard, AREA_STACK, placement);
    print_text(guard->name, sizeof(guard->name), "guard page of the stack");
    add_placed(sight, KERNEL_AREA_STACK, AREA_STACK, placement, info->stack_base, info->stack_size);
}

static void add_recursive(struct sight *sight)
{
    unsigned levels = sight->plan->levels;
    uint64_t index = sight->info->recursive_index;

    if (index == 0)
        return;
    struct kernel_area *area = add_area(sight, KERNEL_AREA_RECURSIVE,
                                        root_entry_address(levels, index), root_entry_size(levels));
    area->access = ELF_READ | ELF_WRITE; /* of the tables that there are */
    area->choice =
        sight->facts->request.recursive_index != 0 ? KERNEL_CHOICE_REQUESTED : KERNEL_CHOICE_LOADER;
    print_text(area->name, sizeof(area->name), "recursive page table, entry %u", (unsigned)index);
}

/* What the boot info leads to, as the kernel would reach it. */
static const void *see(const struct sight *sight, const void *address)
{
    struct mapping mapping = look(sight, (uintptr_t)address);

    return sight->machine->memory + mapping.phys;
}

static void add_framebuffer(struct sight *sight)
{
    struct kernel_plan *plan = sight->plan;

    if (sight->info->framebuffers.count == 0)
        return;
    const struct bowline_framebuffer *framebuffer = see(sight, sight->info->framebuffers.items);
    plan->screen_width = framebuffer->width;
    plan->screen_height = framebuffer->height;
    add_placed(sight, KERNEL_AREA_FRAMEBUFFER, AREA_FRAMEBUFFER, sight->facts->request.framebuffer,
               (uintptr_t)framebuffer->address, framebuffer->height * framebuffer->pitch);
}

static void add_modules(struct sight *sight)
{
    uint64_t start = 0, size = 0;

    for (uint64_t i = 0; i < sight->info->modules.count; i++) {
        const struct bowline_module *module = see(
            sight, (const uint8_t *)sight->info->modules.items + i * sight->info->modules.stride);

        if (module->size == 0)
            continue;
        if (start == 0)
            start = (uintptr_t)module->address;
        size += align_up(module->size, PAGE_SIZE);
    }
    add_placed(sight, KERNEL_AREA_MODULES, AREA_MODULES, sight->facts->request.modules, start,
               size);
}

/* The loader maps the boot info as one area; the resident part knows its end. */
static uint64_t size_of_info(const struct sight *sight)
{
    for (uint64_t i = 0; i < sight->resident->area_count; i++) {
        const struct resident_area *area = &sight->resident->areas[i];

        if (strcmp(area->name, layout_area_name(AREA_BOOT_INFO)) == 0)
            return area->last - area->first + 1;
    }
    return PAGE_SIZE;
}

static void count_memory(struct sight *sight)
{
    const struct bowline_info *info = sight->info;

    for (uint64_t i = 0; i < info->memory_map.count; i++) {
        const struct bowline_memory_region *region =
            see(sight, (const uint8_t *)info->memory_map.items + i * info->memory_map.stride);

        if (region->kind == BOWLINE_MEMORY_KERNEL)
            sight->plan->kernel_memory += region->length;
        else if (region->kind == BOWLINE_MEMORY_LOADER_RECLAIMABLE)
            sight->plan->loader_memory += region->length;
    }
}

static int by_start(const void *a, const void *b)
{
    const struct kernel_area *first = a, *second = b;

    return first->start < second->start ? -1 : first->start > second->start;
}

static bool read_plan(struct sight *sight, struct error *error)
{
    const struct bowline_placement anywhere = BOWLINE_ANYWHERE;
    const struct bowline_request *request = &sight->facts->request;
    struct kernel_plan *plan = sight->plan;
    struct mapping mapping;

    if (!page_tables_walk(sight->machine->root, plan->levels, sight->machine->resident, &mapping))
        return FAIL_WITH(error, HOST_DISAGREEMENT, "the loader area", sight->machine->resident, 0);
    sight->resident = (const void *)(sight->machine->memory + mapping.phys);
    mapping = look(sight, sight->resident->info);
    if (mapping.page_size == 0)
        return FAIL_WITH(error, HOST_DISAGREEMENT, "the boot info", sight->resident->info, 0);
    sight->info = (const void *)(sight->machine->memory + mapping.phys);

    const struct bowline_info *info = sight->info;
    plan->entry = sight->resident->entry;
    plan->slide = info->kernel_slide;
    plan->recursive_index = info->recursive_index;
    count_memory(sight);
    add_kernel(sight);
    add_stack(sight);
    add_placed(sight, KERNEL_AREA_BOOT_INFO, AREA_BOOT_INFO, request->boot_info,
               sight->resident->info, size_of_info(sight));
    add_loader(sight);
    add_framebuffer(sight);
    add_modules(sight);
    add_placed(sight, KERNEL_AREA_DIRECT_MAP, AREA_DIRECT_MAP, request->direct_map,
               info->direct_map, info->direct_map_size);
    add_placed(sight, KERNEL_AREA_FILE, AREA_FILE, anywhere, (uintptr_t)info->kernel_file,
               info->kernel_file_size);
    add_recursive(sight);
    qsort(plan->areas, plan->area_count, sizeof(plan->areas[0]), by_start);
    plan->is_made = true;
    return true;
}

/* The loader's last words that are an error, without the prefix that each line has. */
static void copy_refusal(const struct host_machine *machine, struct kernel_plan *plan)
{
    static const char prefix[] = "bowline: error: ";
    const char *log = machine->log, *end = log + machine->log_length;
    const char *found = memmem(log, machine->log_length, prefix, strlen(prefix));

    if (found == NULL)
        return;
    found += strlen(prefix);
    const char *line_end = memchr(found, '\n', (size_t)(end - found));
    size_t length = (size_t)((line_end != NULL ? line_end : end) - found);

    if (length > 0 && found[length - 1] == '\r')
        length--;
    length = minimum(length, sizeof(plan->refusal) - 1);
    memcpy(plan->refusal, found, length);
    plan->refusal[length] = '\0';
}

static bool boot_on(struct host_machine *machine, struct sight *sight, struct error *error)
{
    switch (host_machine_boot(machine)) {
    case HOST_STARTED_KERNEL:
        return read_plan(sight, error);
    case HOST_HAS_NO_MEMORY:
        return FAIL(error, HOST_MEMORY);
    default:
        copy_refusal(machine, sight->plan);
        return true;
    }
}

bool kernel_plan_make(const struct kernel_file *file, struct reader *installed,
                      const struct kernel_facts *facts, const struct kernel_report_options *options,
                      struct kernel_plan *out, struct error *error)
{
    static struct host_machine machine; /* large */
    struct volume volume;

    *out = (struct kernel_plan){.memory = options->memory != 0 ? options->memory : MEMORY_DEFAULT};
    host_machine_init(&machine, out->memory);
    equip(&machine, &facts->request);
    out->levels = levels_of(&machine);
    if (!layout_dynamic_range(&facts->request, out->levels, &out->dynamic_start, &out->dynamic_end,
                              error) ||
        !volume_make(installed, options, &volume, error))
        return false;
    machine.files = volume.files;
    machine.file_count = 2 + options->module_count;

    struct sight sight = {.machine = &machine, .file = file, .facts = facts, .plan = out};
    bool is_done = boot_on(&machine, &sight, error);
    host_machine_release(&machine);
    volume_release(&volume);
    return is_done;
}
