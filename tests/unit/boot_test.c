/* SPDX-License-Identifier: MIT */
/* The whole story of a boot: what the kernel finds. */
#define _GNU_SOURCE /* memmem() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "memory/memory_map.h"
#include "memory/page_tables.h"

static void segments_are_in_place(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    for (unsigned i = 0; i < 3; i++) {
        const Elf64_Phdr *segment = &fixture->elf.segments[i];

        for (uint64_t j = 0; j < segment->p_memsz; j++) {
            const uint8_t *byte = see(fixture, segment->p_vaddr + j);
            uint8_t expected = j < segment->p_filesz ? elf_builder_byte(segment->p_offset + j) : 0;
            if (*byte != expected)
                fail_msg("segment %u, byte %lx: %x instead of %x", i, j, *byte, expected);
        }
    }
    /* What lies in the pages of a segment but not in it is zero, too. */
    assert_int_equal(*(const uint8_t *)see(fixture, KERNEL_BASE + 0x1800), 0);
    assert_int_equal(*(const uint8_t *)see(fixture, KERNEL_BASE + 0x307f), 0);
    assert_int_equal(*(const uint8_t *)see(fixture, KERNEL_BASE + 0x8fff), 0);
}

static void segments_have_their_permissions(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    assert_int_equal(flags_at(fixture, KERNEL_BASE), MAP_EXECUTE);
    assert_int_equal(flags_at(fixture, KERNEL_BASE + 0x1fff), MAP_EXECUTE);
    assert_int_equal(flags_at(fixture, KERNEL_BASE + 0x2000), MAP_READ_ONLY);
    assert_int_equal(flags_at(fixture, KERNEL_BASE + 0x3000), MAP_WRITE);
    assert_int_equal(flags_at(fixture, KERNEL_BASE + 0x8fff), MAP_WRITE);
    assert_int_equal(flags_at(fixture, KERNEL_BASE + 0x9000), UNMAPPED);
    assert_int_equal(flags_at(fixture, KERNEL_BASE - 1), UNMAPPED);
}

static void info_tells_what_was_done(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    assert_int_equal(info->magic, BOWLINE_INFO_MAGIC);
    assert_int_equal(info->size, sizeof(*info));
    assert_string_equal(see(fixture, (uintptr_t)info->loader_name), "Bowline 0.1.0");
    assert_string_equal(see(fixture, (uintptr_t)info->command_line), "quiet root=/dev/x");
    assert_int_equal(info->kernel_base, KERNEL_BASE);
    assert_int_equal(info->kernel_size, 0x9000);
    assert_int_equal(info->kernel_entry, KERNEL_BASE + 0x10);
    assert_int_equal(info->kernel_slide, 0);
    assert_int_equal(info->framebuffers.count, 0);
    assert_int_equal(info->stack_size, 64 * KIB);
    assert_int_equal(info->direct_map, 0xffff800000000000);
    assert_int_equal(info->direct_map_size, 4 * GIB);
    assert_int_equal(info->kernel_phys % PAGE_SIZE, 0);
    const char *log = see(fixture, (uintptr_t)info->log);
    assert_memory_equal(log, "bowline: Bowline 0.1.0\n", 23);
}

static void info_tells_what_was_booted_from(void **state)
{
    struct fixture *fixture = *state;
    struct bowline_boot_device expected = {
        .size = sizeof(expected),
        .disk_guid = {1, 2, 3},
        .partition_guid = {4, 5, 6},
        .partition_number = 2,
        .mbr_signature = 0xfedcba98,
        .bios_drive = 0x80,
    };

    fixture->machine.boot_device = expected;
    fixture->machine.boot_device.size = 0; /* the core's business */
    boot_or_fail(fixture);
    const struct bowline_boot_device *device =
        see(fixture, (uintptr_t)info_of(fixture)->boot_device);
    assert_string_equal(see(fixture, (uintptr_t)device->kernel_path), "/kernel.elf");
    expected.kernel_path = device->kernel_path;
    assert_memory_equal(device, &expected, sizeof(expected));
}

static void info_has_a_boot_device_even_if_nothing_is_known(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    const struct bowline_boot_device *device =
        see(fixture, (uintptr_t)info_of(fixture)->boot_device);
    struct bowline_boot_device expected = {
        .size = sizeof(expected),
        .kernel_path = device->kernel_path,
    };
    assert_memory_equal(device, &expected, sizeof(expected));
    assert_string_equal(see(fixture, (uintptr_t)device->kernel_path), "/kernel.elf");
}

static void modules_are_where_the_info_says(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    assert_int_equal(info->modules.count, 2);
    const struct bowline_module *modules = see(fixture, (uintptr_t)info->modules.items);
    assert_int_equal(modules[0].size, sizeof(module_one));
    assert_string_equal(see(fixture, (uintptr_t)modules[0].name), "one");
    assert_string_equal(see(fixture, (uintptr_t)modules[0].arguments), "first argument");
    assert_string_equal(see(fixture, (uintptr_t)modules[1].name), "two words");
    assert_string_equal(see(fixture, (uintptr_t)modules[1].arguments), "");
    for (uint64_t i = 0; i < sizeof(module_one); i++)
        assert_int_equal(*(const uint8_t *)see(fixture, (uintptr_t)modules[0].address + i),
                         module_one[i]);
    assert_memory_equal(see(fixture, (uintptr_t)modules[1].address), module_two, 1);
    assert_memory_equal(fixture->machine.memory + modules[0].phys, module_one, 4096);
    assert_int_equal((uintptr_t)modules[1].address % PAGE_SIZE, 0);
}

/* Calls `visit` for every leaf of the tables. */
struct leaf {
    uint64_t address, phys, size;
    unsigned flags;
};

static uint64_t sign_extended(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16);
}

static void visit_leaves(const struct fixture *fixture, uint64_t table, unsigned level,
                         uint64_t address, void (*visit)(const struct leaf *, void *),
                         void *context)
{
    const uint64_t *entries = (const void *)(fixture->machine.memory + table);
    uint64_t size = PAGE_SIZE << (9 * (level - 1));

    for (uint64_t i = 0; i < 512; i++, address += size) {
        uint64_t entry = entries[i], here = sign_extended(address);
        struct mapping mapping;

        if (!(entry & 1))
            continue;
        if (level > 1 && !(level < 4 && (entry & 0x80))) {
            assert_int_equal(entry & 2, 2); /* parents are writable */
            visit_leaves(fixture, entry & 0xffffffffff000, level - 1, address, visit, context);
            continue;
        }
        assert_true(page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, here, &mapping));
        struct leaf leaf = {here, mapping.phys, size, mapping.flags};
        visit(&leaf, context);
    }
}

struct named {
    uint64_t address, size;
};

static void check_leaf(const struct leaf *leaf, void *context)
{
    const struct named *named = context;

    if ((leaf->flags & MAP_WRITE) && (leaf->flags & MAP_EXECUTE))
        fail_msg("%lx is writable and executable", leaf->address);
    for (; named->size > 0; named++) {
        if (leaf->address >= named->address &&
            leaf->address + leaf->size <= named->address + named->size)
            return;
    }
    fail_msg("%lx is mapped, and nothing says why", leaf->address);
}

/* Bytes from `address` to the next page that is not mapped. */
static uint64_t mapped_from(const struct fixture *fixture, uint64_t address)
{
    uint64_t size = 0;

    while (flags_at(fixture, address + size) != UNMAPPED)
        size += PAGE_SIZE;
    return size;
}

static void nothing_else_is_mapped(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    const struct resident *resident = resident_of(fixture);
    const struct bowline_info *info = info_of(fixture);
    const struct bowline_module *modules = see(fixture, (uintptr_t)info->modules.items);
    const struct named named[] = {
        {info->kernel_base, info->kernel_size},
        {info->stack_base, info->stack_size},
        {info->loader_base, info->loader_size},
        {info->direct_map, info->direct_map_size},
        {resident->info, mapped_from(fixture, resident->info)},
        {(uintptr_t)modules[0].address, 2 * PAGE_SIZE},
        {(uintptr_t)modules[1].address, PAGE_SIZE},
        {0, 0},
    };

    visit_leaves(fixture, resident->root, 4, 0, check_leaf, (void *)named);
    assert_int_equal(flags_at(fixture, info->stack_base), MAP_WRITE);
    assert_int_equal(flags_at(fixture, info->stack_base - 1), UNMAPPED);
    assert_int_equal(flags_at(fixture, info->stack_base + info->stack_size), UNMAPPED);
    assert_int_equal(flags_at(fixture, 0), UNMAPPED);
    assert_int_equal(resident->stack, info->stack_base + info->stack_size - 8);
}

static void direct_map_shows_all_ram(void **state)
{
    struct fixture *fixture = *state;

    host_machine_init(&fixture->machine, 6 * GIB);
    fixture->machine.has_1gib_pages = true;
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    const uint64_t map = info->direct_map;
    struct mapping mapping;

    assert_int_equal(info->direct_map_size, 7 * GIB);
    for (uint64_t phys = 0; phys < 7 * GIB; phys += 0x7f1000) {
        assert_true(
            page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, map + phys, &mapping));
        assert_int_equal(mapping.phys, phys);
        bool is_ram =
            phys < 3 * GIB ? phys > 0 && !(phys >= 0x9f000 && phys < 0x100000) : phys >= 4 * GIB;
        assert_int_equal(mapping.flags, is_ram ? MAP_WRITE : MAP_WRITE | MAP_UNCACHED);
    }
    assert_true(page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, map + 4 * GIB, &mapping));
    assert_int_equal(mapping.page_size, 1 * GIB);
    assert_int_equal(flags_at(fixture, map + 7 * GIB), UNMAPPED);
}

static void memory_map_is_as_promised(void **state)
{
    struct fixture *fixture = *state;
    uint64_t kernel = 0, modules = 0, end = 0;

    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    const struct bowline_memory_region *regions = see(fixture, (uintptr_t)info->memory_map.items);
    assert_in_range(info->memory_map.count, 4, 40);
    for (uint64_t i = 0; i < info->memory_map.count; i++) {
        const struct bowline_memory_region *region = &regions[i];

        assert_true(region->base >= end && region->length > 0);
        assert_int_equal((region->base | region->length) % PAGE_SIZE, 0);
        if (i > 0 && region->base == end)
            assert_true(region->kind != regions[i - 1].kind ||
                        region->firmware_kind != regions[i - 1].firmware_kind);
        end = region->base + region->length;
        kernel += region->kind == BOWLINE_MEMORY_KERNEL ? region->length : 0;
        modules += region->kind == BOWLINE_MEMORY_MODULE ? region->length : 0;
        /* The kernel's tables, stack, info and loader area are not for use yet. */
        if (region->kind == BOWLINE_MEMORY_USABLE) {
            uint64_t root = resident_of(fixture)->root;
            assert_false(root >= region->base && root < end);
        }
    }
    assert_int_equal(regions[0].base, 0);
    assert_int_equal(regions[0].length, PAGE_SIZE);
    assert_int_equal(regions[0].kind, BOWLINE_MEMORY_RESERVED);
    assert_int_equal(kernel, 0x9000);
    assert_int_equal(modules, 3 * PAGE_SIZE);
}

/* mkimage inspect draws what these lines say. */
static void log_has_the_memory_map(void **state)
{
    struct fixture *fixture = *state;
    char line[128];

    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    const struct bowline_memory_region *regions = see(fixture, (uintptr_t)info->memory_map.items);
    const char *log = see(fixture, (uintptr_t)info->log), *end = log + info->log_size;

    for (uint64_t i = 0; i < info->memory_map.count; i++) {
        int length =
            snprintf(line, sizeof(line), "bowline: memory 0x%lx-0x%lx %s\n", regions[i].base,
                     regions[i].base + regions[i].length - 1, memory_kind_name(regions[i].kind));

        log = memmem(log, (size_t)(end - log), line, (size_t)length);
        assert_non_null(log);
    }
}

static void intermediate_tables_hold_two_things(void **state)
{
    struct fixture *fixture = *state;
    struct mapping mapping;

    boot_or_fail(fixture);
    uint64_t root = fixture->machine.root;
    assert_int_not_equal(root, resident_of(fixture)->root);
    assert_true(
        page_tables_walk(root, FOUR_LEVELS, 0x10000, &mapping)); /* the simulated switch code */
    assert_int_equal(mapping.phys, 0x10000);
    assert_int_equal(mapping.flags, MAP_EXECUTE);
    assert_true(page_tables_walk(root, FOUR_LEVELS, fixture->machine.enter, &mapping));
    assert_int_equal(mapping.flags, MAP_EXECUTE);
    uint64_t phys = mapping.phys;
    assert_true(page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, fixture->machine.enter,
                                 &mapping));
    assert_int_equal(mapping.phys, phys);
    assert_int_equal(mapping.flags, MAP_EXECUTE);
    assert_true(page_tables_walk(root, FOUR_LEVELS, fixture->machine.resident, &mapping));
    assert_int_equal(mapping.flags, MAP_WRITE);
    assert_false(page_tables_walk(root, FOUR_LEVELS, KERNEL_BASE, &mapping));
}

static void processor_tables_are_right(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    const struct resident *resident = resident_of(fixture);
    uint64_t data = fixture->machine.resident;
    uint64_t tss = data + offsetof(struct resident, tss);

    assert_int_equal(resident->gdt_pointer.limit, sizeof(resident->gdt) - 1);
    assert_int_equal(resident->gdt_pointer.base, data + offsetof(struct resident, gdt));
    assert_int_equal(resident->gdt[0], 0);
    assert_int_equal(resident->gdt[1], 0x00af9b000000ffff);
    assert_int_equal(resident->gdt[2], 0x00cf93000000ffff);
    assert_int_equal(resident->gdt[3] >> 16 & 0xffffff, tss & 0xffffff);
    assert_int_equal(resident->gdt[3] >> 56, tss >> 24 & 0xff);
    assert_int_equal(resident->gdt[3] & 0xffff, sizeof(struct task_state) - 1);
    assert_int_equal(resident->gdt[4], tss >> 32);
    assert_true(resident->tss.io_map >= sizeof(struct task_state));
    assert_int_equal(resident->idt_pointer.limit, 256 * 16 - 1);
    for (unsigned i = 0; i < 256; i++) {
        const struct interrupt_gate *gate = &resident->idt[i];
        uint64_t offset = gate->offset_low | (uint64_t)gate->offset_middle << 16 |
                          (uint64_t)gate->offset_high << 32;

        assert_int_equal(flags_at(fixture, offset), MAP_EXECUTE);
        assert_in_range(gate->stack, 1, 7);
        uint64_t stack = resident->tss.interrupt_stacks[gate->stack - 1];
        assert_int_equal(flags_at(fixture, stack - 1), MAP_WRITE);
        assert_int_equal(stack % 16, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(segments_are_in_place),
        BOOT_TEST(segments_have_their_permissions),
        BOOT_TEST(info_tells_what_was_done),
        BOOT_TEST(modules_are_where_the_info_says),
        BOOT_TEST(info_tells_what_was_booted_from),
        BOOT_TEST(info_has_a_boot_device_even_if_nothing_is_known),
        BOOT_TEST(nothing_else_is_mapped),
        BOOT_TEST(direct_map_shows_all_ram),
        BOOT_TEST(memory_map_is_as_promised),
        BOOT_TEST(log_has_the_memory_map),
        BOOT_TEST(intermediate_tables_hold_two_things),
        BOOT_TEST(processor_tables_are_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
