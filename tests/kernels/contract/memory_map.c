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

static void check_order(const struct bowline_info *boot)
{
    const struct bowline_memory_region *previous = NULL;

    CHECK(boot->memory_map.count > 0);
    CHECK(boot->memory_map.stride >= sizeof(struct bowline_memory_region));
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        CHECK_EQUAL(region->base % PAGE_SIZE, 0);
        CHECK_EQUAL(region->length % PAGE_SIZE, 0);
        CHECK(region->length > 0);
        CHECK(region->base + region->length > region->base);
        CHECK(region->kind >= BOWLINE_MEMORY_USABLE && region->kind <= BOWLINE_MEMORY_RESERVED);
        if (region->kind == BOWLINE_MEMORY_USABLE ||
            region->kind == BOWLINE_MEMORY_LOADER_RECLAIMABLE)
            CHECK_EQUAL(region->firmware_kind, 0);
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

    check_kind(boot, 0, PAGE_SIZE, BOWLINE_MEMORY_RESERVED);
    check_kind(boot, boot->kernel_phys, boot->kernel_size, BOWLINE_MEMORY_KERNEL);
    BOWLINE_FOR_EACH (module, boot->modules)
        if (module->size > 0)
            check_kind(boot, module->phys, module->size, BOWLINE_MEMORY_MODULE);

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
    CHECK(usable_low >= 500 * KIB);
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
}
