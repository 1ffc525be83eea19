/* SPDX-License-Identifier: MIT */
/* Walks the page tables: exactly what the boot info names is mapped, as it says, and nothing else.
 */
#include "contract.h"
#include "entry.h"

/* Indices into the page attribute table. */
enum {
    PAT_CACHED = 0, /* write-back */
    PAT_UNCACHED = 3,
    PAT_WRITE_COMBINING = 5, /* what the contract puts there */
};

/* ---- What may be mapped ---- */

enum { AREAS_MAX = 1024 };

enum protection { CODE, CONSTANTS, VARIABLES, LOADER, PIXELS, ALL_MEMORY };

struct area {
    const char *promise; /* that it is mapped, all of it, and how */
    const char *name;
    uint64_t base, size;
    enum protection protection;
    uint64_t mapped; /* bytes of it that have been found */
};

struct survey {
    const struct bowline_info *boot;
    struct area areas[AREAS_MAX];
    size_t count;
    uint64_t tables; /* pages of page tables that have been found */
};

static void add_area(struct survey *survey, const char *number, const char *name, uint64_t base,
                     uint64_t size, enum protection protection)
{
    uint64_t start = align_down(base, PAGE_SIZE), end = align_up(base + size, PAGE_SIZE);

    if (size == 0)
        return;
    CHECK(survey->count < AREAS_MAX);
    for (size_t i = 0; i < survey->count; i++) /* no two areas overlap */
        CHECK(end <= survey->areas[i].base ||
              start >= survey->areas[i].base + survey->areas[i].size);
    survey->areas[survey->count++] = (struct area){number, name, start, end - start, protection, 0};
}

static void add_segment(struct survey *survey, const char *name, const uint8_t *start,
                        const uint8_t *end, enum protection protection)
{
    add_area(survey, "4.2", name, (uint64_t)start, (uint64_t)(end - start), protection);
}

/* The boot info gives no size of itself: it is as long as what is mapped there without a gap. */
static uint64_t info_size(const struct bowline_info *boot)
{
    uint64_t start = align_down((uint64_t)boot, PAGE_SIZE), end = start;
    struct mapping mapping;

    while (find_mapping(boot, end, &mapping))
        end += PAGE_SIZE;
    return end - start;
}

static void list_areas(struct survey *survey)
{
    const struct bowline_info *boot = survey->boot;

    add_segment(survey, "code", code_start, code_end, CODE);
    add_segment(survey, "constants", constants_start, constants_end, CONSTANTS);
    add_segment(survey, "variables", variables_start, variables_end, VARIABLES);
    add_area(survey, "4.6", "stack", boot->stack_base, boot->stack_size, VARIABLES);
    add_area(survey, "4.7", "boot info", (uint64_t)boot, info_size(boot), VARIABLES);
    add_area(survey, "4.8", "loader area", boot->loader_base, boot->loader_size, LOADER);
    add_area(survey, "4.11", "direct map", boot->direct_map, boot->direct_map_size, ALL_MEMORY);
    add_area(survey, "4.14", "copy of the file", (uint64_t)boot->kernel_file,
             boot->kernel_file_size, CONSTANTS);
    BOWLINE_FOR_EACH (module, boot->modules)
        add_area(survey, "4.9", module->name, (uint64_t)module->address, module->size, VARIABLES);
    BOWLINE_FOR_EACH (framebuffer, boot->framebuffers)
        add_area(survey, "4.10", "framebuffer", (uint64_t)framebuffer->address,
                 framebuffer->height * framebuffer->pitch, PIXELS);
}

/* In the direct map: cached memory is RAM, and what is not cached is none that a kernel may use. */
static void check_caching(const struct bowline_info *boot, uint64_t phys, uint64_t size,
                          bool is_cached)
{
    /* Page 0 is RAM; it is reserved so that nobody takes the address 0 for an answer. */
    uint64_t ram = phys == 0 ? PAGE_SIZE : 0;

    promise("4.12");
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        uint64_t start = maximum(phys, region->base);
        uint64_t end = minimum(phys + size, region->base + region->length);

        if (start >= end)
            continue;
        if (is_cached)
            ram += kind_is_ram(region->kind) ? end - start : 0;
        else if (region->kind <= BOWLINE_MEMORY_MODULE)
            fail(__FILE__, __LINE__, "memory at 0x%lx is not cached in the direct map", start);
    }
    if (is_cached && ram != size)
        fail(__FILE__, __LINE__, "of 0x%lx cached bytes at 0x%lx only 0x%lx are RAM", size, phys,
             ram);
}

/* How the loader area caches what is there: its own memory, or the screen, pixels or VGA text. */
static uint8_t loader_pat(const struct bowline_info *boot, uint64_t phys)
{
    const struct bowline_memory_region *region = region_at(boot, phys);

    if (region != NULL && region->kind == BOWLINE_MEMORY_FRAMEBUFFER)
        return PAT_WRITE_COMBINING;
    return phys == 0xb8000 && boot->firmware == BOWLINE_FIRMWARE_BIOS ? PAT_UNCACHED : PAT_CACHED;
}

static void check_protection(const struct survey *survey, const struct area *area, uint64_t address,
                             uint64_t size, const struct mapping *mapping)
{
    bool is_right = mapping->pat == PAT_CACHED;

    promise("4.3");
    if (mapping->is_writable && mapping->is_executable)
        fail(__FILE__, __LINE__, "%s at 0x%lx is writable and executable", area->name, address);
    promise(area->promise);
    switch (area->protection) {
    case CODE:
        is_right = is_right && !mapping->is_writable && mapping->is_executable;
        break;
    case CONSTANTS:
        is_right = is_right && !mapping->is_writable && !mapping->is_executable;
        break;
    case VARIABLES:
        is_right = is_right && mapping->is_writable && !mapping->is_executable;
        break;
    case LOADER: /* code and variables, in pages of their own, and what the fault screen shows on */
        is_right = mapping->is_writable != mapping->is_executable &&
                   mapping->pat == loader_pat(survey->boot, mapping->phys);
        break;
    case PIXELS:
        is_right =
            mapping->pat == PAT_WRITE_COMBINING && mapping->is_writable && !mapping->is_executable;
        break;
    case ALL_MEMORY:
        is_right = mapping->is_writable && !mapping->is_executable;
        CHECK_EQUAL(mapping->phys, address - survey->boot->direct_map);
        check_caching(survey->boot, mapping->phys, size, mapping->pat == PAT_CACHED);
        promise(area->promise);
        break;
    }
    if (!is_right)
        fail(__FILE__, __LINE__, "%s at 0x%lx: writable %d, executable %d, PAT %d", area->name,
             address, mapping->is_writable, mapping->is_executable, mapping->pat);
}

/* One page, which a large one may span more than one area of. */
static void check_page(struct survey *survey, uint64_t address, struct mapping mapping)
{
    uint64_t end = address + mapping.size;

    while (address != end) {
        struct area *found = NULL;

        for (size_t i = 0; i < survey->count && found == NULL; i++)
            if (address - survey->areas[i].base < survey->areas[i].size)
                found = &survey->areas[i];
        promise("4.1");
        if (found == NULL)
            fail(__FILE__, __LINE__, "0x%lx is mapped, and nobody says why", address);
        uint64_t size = minimum(end - address, found->base + found->size - address);
        check_protection(survey, found, address, size, &mapping);
        found->mapped += size;
        mapping.phys += size;
        address += size;
    }
}

/* The root table maps itself: it is seen at the address whose indices are all the same. */
static void check_recursion(const struct bowline_info *boot, uint64_t entry)
{
    const void *seen = (const void *)recursive_address(boot, boot->recursive_index);

    promise("2.10");
    CHECK_EQUAL(entry & ENTRY_ADDRESS, entry_state.cr3 & ENTRY_ADDRESS);
    CHECK_EQUAL(entry & ENTRY_WRITABLE, ENTRY_WRITABLE);
    CHECK_EQUAL(entry & ENTRY_NO_EXECUTE, ENTRY_NO_EXECUTE);
    CHECK(memcmp(seen, table_at(boot, entry & ENTRY_ADDRESS), PAGE_SIZE) == 0);
}

static void check_table(const struct bowline_info *boot, uint64_t phys)
{
    const struct bowline_memory_region *region = region_at(boot, phys);

    promise("5.8");
    CHECK(region != NULL);
    CHECK_EQUAL(region->kind, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
}

static void check_entry_of_table(void *context, const struct table_entry *entry)
{
    struct survey *survey = context;

    promise("4.1");
    CHECK_EQUAL(entry->value & ENTRY_USER, 0);
    switch (entry->kind) {
    case ENTRY_IS_PAGE:
        check_page(survey, entry->address, entry->mapping);
        break;
    case ENTRY_IS_TABLE:
        promise("4.15");
        CHECK_EQUAL(entry->value & ENTRY_WRITABLE, ENTRY_WRITABLE);
        CHECK_EQUAL(entry->value & ENTRY_NO_EXECUTE, 0);
        check_table(survey->boot, entry->value & ENTRY_ADDRESS);
        survey->tables++;
        break;
    case ENTRY_IS_RECURSIVE:
        check_recursion(survey->boot, entry->value);
        break;
    }
}

/* Of the direct map: the first 4 GiB, and the RAM above. */
static uint64_t direct_map_expected(const struct bowline_info *boot, uint64_t *top)
{
    uint64_t bytes = 4 * GIB;

    *top = 4 * GIB;
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        uint64_t start = maximum(region->base, 4 * GIB), end = region->base + region->length;

        if (!kind_is_ram(region->kind) || end <= start)
            continue;
        bytes += end - start;
        *top = end;
    }
    return bytes;
}

static void check_extent(const struct survey *survey)
{
    const struct bowline_info *boot = survey->boot;
    uint64_t top, expected = direct_map_expected(boot, &top);

    promise("4.11");
    CHECK_EQUAL(boot->direct_map_size, boot->direct_map == 0 ? 0 : top);
    for (size_t i = 0; i < survey->count; i++) {
        const struct area *area = &survey->areas[i];
        uint64_t wanted = area->protection == ALL_MEMORY ? expected : area->size;

        promise(area->promise);
        if (area->mapped != wanted)
            fail(__FILE__, __LINE__, "%s: 0x%lx bytes are mapped, not 0x%lx", area->name,
                 area->mapped, wanted);
    }
}

static bool has_gigabyte_pages(void)
{
    uint32_t a = 0x80000001, b, c, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    return (d >> 26 & 1) != 0;
}

/* The direct map uses the largest pages that the processor has. */
static void check_page_sizes(const struct bowline_info *boot)
{
    uint64_t large = has_gigabyte_pages() ? GIB : 2 * MIB;
    struct mapping mapping;

    promise("4.13");
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        uint64_t start = align_up(region->base, large);

        if (region->kind != BOWLINE_MEMORY_USABLE || start - region->base > region->length ||
            region->base + region->length - start < large)
            continue;
        CHECK(find_mapping(boot, boot->direct_map + start, &mapping));
        CHECK_EQUAL(mapping.size, large);
    }
}

/*
 * One table for each 2 MiB that are mapped by small pages, one for each GiB of RAM, and a handful
 * for the places that all this lies at: a constant for a given kernel, whatever else a firmware
 * reports.
 */
static void check_table_memory(const struct survey *survey)
{
    const struct bowline_info *boot = survey->boot;
    uint64_t small = boot->kernel_size + boot->kernel_file_size, ram = 0;

    promise("4.16");
    BOWLINE_FOR_EACH (module, boot->modules)
        small += align_up(module->size, PAGE_SIZE);
    BOWLINE_FOR_EACH (region, boot->memory_map)
        ram += kind_is_ram(region->kind) ? region->length : 0;
    CHECK(survey->tables <= 48 + small / (2 * MIB) + ram / GIB);
    say("contract: %lu pages of page tables, direct map up to 0x%lx\n", survey->tables,
        boot->direct_map_size);
}

/* The same bytes are seen at their address and through the direct map. */
static void check_same_memory(const struct bowline_info *boot, uint64_t address)
{
    struct mapping mapping;

    CHECK(find_mapping(boot, address, &mapping));
    CHECK(memcmp((const void *)address, (const void *)(boot->direct_map + mapping.phys), 64) == 0);
}

void check_address_space(const struct bowline_info *boot)
{
    struct survey survey = {.boot = boot, .tables = 1};
    struct mapping mapping;

    promise("4.6");
    CHECK(!find_mapping(boot, boot->stack_base - PAGE_SIZE, &mapping));
    list_areas(&survey);
    check_table(boot, root_table());
    walk_page_tables(boot, check_entry_of_table, &survey);
    check_table_memory(&survey);
    check_extent(&survey);
    check_page_sizes(boot);

    promise("4.5");
    check_same_memory(boot, (uint64_t)code_start);
    CHECK(find_mapping(boot, boot->kernel_base, &mapping));
    CHECK_EQUAL(mapping.phys, boot->kernel_phys);
}
