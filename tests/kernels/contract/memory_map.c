/* SPDX-License-Identifier: MIT */
#include "contract.h"

bool kind_is_ram(uint64_t kind)
{
    return kind != BOWLINE_MEMORY_FRAMEBUFFER && kind != BOWLINE_MEMORY_MMIO &&
           kind != BOWLINE_MEMORY_BAD && kind != BOWLINE_MEMORY_RESERVED;
}

const struct bowline_memory_region *region_at(const struct bowline_info *boot, uint64_t phys)
{
    BOWLINE_FOR_EACH (region, boot->memory_map)
        if (phys - region->base < region->length)
            return region;
    return NULL;
}

/* The range lies in one region, and that is of this kind. */
static void check_kind(const struct bowline_info *boot, uint64_t phys, uint64_t size, uint64_t kind)
{
    const struct bowline_memory_region *region = region_at(boot, phys);

    CHECK(region != NULL);
    CHECK_EQUAL(region->kind, kind);
    CHECK(region->base + region->length - phys >= size);
}

/* The loader's kinds have none; a firmware's own regions have one, but for page 0. */
static void check_firmware_kind(const struct bowline_info *boot,
                                const struct bowline_memory_region *region)
{
    promise("5.7");
    if (region->kind <= BOWLINE_MEMORY_FRAMEBUFFER || region->base == 0)
        CHECK_EQUAL(region->firmware_kind, 0);
    else if (boot->firmware == BOWLINE_FIRMWARE_BIOS)
        CHECK(region->firmware_kind >= 2); /* 1 is usable memory */
    if (region->kind == BOWLINE_MEMORY_ACPI_NVS)
        CHECK_EQUAL(region->firmware_kind, boot->firmware == BOWLINE_FIRMWARE_BIOS ? 4 : 10);
    if (region->kind == BOWLINE_MEMORY_RUNTIME_DATA) {
        CHECK_EQUAL(region->firmware_kind, 6);
        CHECK(region->attributes >> 63); /* EFI_MEMORY_RUNTIME */
    }
}

static void check_order(const struct bowline_info *boot)
{
    const struct bowline_memory_region *previous = NULL;

    promise("5.4");
    CHECK(boot->memory_map.count > 0);
    CHECK(boot->memory_map.stride >= sizeof(struct bowline_memory_region));
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        CHECK_EQUAL(region->base % PAGE_SIZE, 0);
        CHECK_EQUAL(region->length % PAGE_SIZE, 0);
        CHECK(region->length > 0);
        CHECK(region->base + region->length > region->base);
        CHECK(region->kind >= BOWLINE_MEMORY_USABLE && region->kind <= BOWLINE_MEMORY_RESERVED);
        check_firmware_kind(boot, region);
        promise("5.4");
        if (previous != NULL) {
            CHECK(region->base >= previous->base + previous->length);
            CHECK(region->base > previous->base + previous->length ||
                  region->kind != previous->kind ||
                  region->firmware_kind != previous->firmware_kind ||
                  region->attributes != previous->attributes);
        }
        previous = region;
    }
}

/* Everything that was put somewhere lies where the map says so. */
static void check_places(const struct bowline_info *boot)
{
    struct mapping mapping;

    promise("5.6");
    check_kind(boot, 0, PAGE_SIZE, BOWLINE_MEMORY_RESERVED);
    promise("4.5");
    check_kind(boot, boot->kernel_phys, boot->kernel_size, BOWLINE_MEMORY_KERNEL);
    promise("5.11");
    BOWLINE_FOR_EACH (module, boot->modules)
        if (module->size > 0)
            check_kind(boot, module->phys, module->size, BOWLINE_MEMORY_MODULE);

    promise("5.8");
    const uint64_t reclaimable[] = {
        boot->stack_base,
        boot->stack_base + boot->stack_size - 1,
        boot->loader_base,
        boot->loader_base + boot->loader_size - 1,
        (uint64_t)boot,
        (uint64_t)boot->memory_map.items,
        (uint64_t)boot->command_line,
        (uint64_t)boot->loader_name,
        (uint64_t)boot->log,
    };
    for (size_t i = 0; i < COUNT_OF(reclaimable); i++) {
        CHECK(find_mapping(boot, reclaimable[i], &mapping));
        check_kind(boot, mapping.phys, 1, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
    }
    promise("5.12");
    BOWLINE_FOR_EACH (framebuffer, boot->framebuffers) {
        const struct bowline_memory_region *region = region_at(boot, framebuffer->phys);
        CHECK(region != NULL);
        CHECK_EQUAL(region->kind, BOWLINE_MEMORY_FRAMEBUFFER);
    }
}

/* Within 24 MiB the map accounts for all the memory that the machine was given. */
static void check_amount(const struct bowline_info *boot)
{
    uint64_t machine = fact_number(boot, "memory", 0) * MIB;
    uint64_t ram = 0, usable_low = 0;

    BOWLINE_FOR_EACH (region, boot->memory_map) {
        say("contract: %012lx - %012lx kind %lu\n", region->base, region->base + region->length,
            region->kind);
        if (kind_is_ram(region->kind))
            ram += region->length;
        if (region->kind == BOWLINE_MEMORY_USABLE && region->base < MIB)
            usable_low += minimum(region->length, MIB - region->base);
    }
    say("contract: %lu MiB of RAM in %lu regions, %lu KiB usable below 1 MiB\n", ram / MIB,
        boot->memory_map.count, usable_low / KIB);
    promise("5.6");
    CHECK(usable_low >= 500 * KIB);
    promise("5.5");
    if (machine != 0) {
        CHECK(ram <= machine);
        CHECK(ram + 24 * MIB >= machine);
    }
}

void check_memory_map(const struct bowline_info *boot)
{
    check_order(boot);
    check_places(boot);
    check_amount(boot);
    check_odd_map(boot);
}
