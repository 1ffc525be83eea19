/* SPDX-License-Identifier: MIT */
/*
 * The whole story of a boot on the simulated machine: what it leaves in memory is looked at as the
 * processor would see it, through the page tables.
 */
#include <bowline.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "elf_builder.h"
#include "handover/handover.h"
#include "host/machine.h"
#include "memory/page_tables.h"
#include "support.h"

static const uint64_t BASE = 0xffffffff80000000;

struct fixture {
    struct elf_builder elf;
    struct host_machine machine;
    struct host_file files[4];
    struct bowline_request_note note;
};

static const char config[] = "kernel /kernel.elf\noptions quiet root=/dev/x\n"
                             "module /modules/one first argument\nmodule \"/modules/two words\"\n";
static uint8_t module_one[5000];
static const uint8_t module_two[1] = {0x5a};

/* Code, read-only data and data; the data segment has a .bss that begins in the middle of a page.
 */
static void make_kernel(struct fixture *fixture)
{
    elf_builder_init(&fixture->elf, BASE + 0x10);
    elf_builder_add(&fixture->elf, BASE, 0x1800, 0x1800, PF_R | PF_X);
    elf_builder_add(&fixture->elf, BASE + 0x2000, 0x100, 0x100, PF_R);
    elf_builder_add(&fixture->elf, BASE + 0x3080, 0x1234, 0x5678, PF_R | PF_W);
    elf_builder_add_note(&fixture->elf, &fixture->note, sizeof(fixture->note));
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->note = (struct bowline_request_note){
        sizeof(BOWLINE_NOTE_OWNER),
        sizeof(struct bowline_request),
        BOWLINE_NOTE_TYPE,
        BOWLINE_NOTE_OWNER,
        {.magic = BOWLINE_REQUEST_MAGIC, .size = sizeof(struct bowline_request)},
    };
    for (size_t i = 0; i < sizeof(module_one); i++)
        module_one[i] = (uint8_t)(i * 3);
    host_machine_init(&fixture->machine, 64 * MIB);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->machine.memory != NULL)
        host_machine_release(&fixture->machine);
    free(fixture->elf.bytes);
    free(fixture);
    return 0;
}

static enum host_end start(struct fixture *fixture)
{
    if (fixture->elf.bytes == NULL) {
        make_kernel(fixture);
        elf_builder_finish(&fixture->elf);
    }
    fixture->files[0] = (struct host_file){"/bowline/boot.conf", config, sizeof(config) - 1};
    fixture->files[1] = (struct host_file){"/kernel.elf", fixture->elf.bytes, fixture->elf.size};
    fixture->files[2] = (struct host_file){"/modules/one", module_one, sizeof(module_one)};
    fixture->files[3] = (struct host_file){"/modules/two words", module_two, sizeof(module_two)};
    fixture->machine.files = fixture->files;
    fixture->machine.file_count = 4;
    return host_machine_boot(&fixture->machine);
}

static void boot_or_fail(struct fixture *fixture)
{
    if (start(fixture) == HOST_STARTED_KERNEL)
        return;
    fail_msg("the boot ended early:\n%.*s", (int)fixture->machine.log_length, fixture->machine.log);
}

/* What the kernel was told, reached as the kernel reaches it. */
static const struct resident *resident_of(const struct fixture *fixture)
{
    struct mapping mapping;

    assert_true(page_tables_walk(fixture->machine.root, fixture->machine.resident, &mapping));
    return (const void *)(fixture->machine.memory + mapping.phys);
}

static const void *see(const struct fixture *fixture, uint64_t address)
{
    struct mapping mapping;

    if (!page_tables_walk(resident_of(fixture)->root, address, &mapping))
        fail_msg("%lx is not mapped", address);
    assert_true(mapping.phys < fixture->machine.memory_size);
    return fixture->machine.memory + mapping.phys;
}

static const struct bowline_info *info_of(const struct fixture *fixture)
{
    return see(fixture, resident_of(fixture)->info);
}

static unsigned flags_at(const struct fixture *fixture, uint64_t address)
{
    struct mapping mapping;

    if (!page_tables_walk(resident_of(fixture)->root, address, &mapping))
        return UINT32_MAX;
    return mapping.flags;
}

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
    assert_int_equal(*(const uint8_t *)see(fixture, BASE + 0x1800), 0);
    assert_int_equal(*(const uint8_t *)see(fixture, BASE + 0x307f), 0);
    assert_int_equal(*(const uint8_t *)see(fixture, BASE + 0x8fff), 0);
}

static void segments_have_their_permissions(void **state)
{
    struct fixture *fixture = *state;

    boot_or_fail(fixture);
    assert_int_equal(flags_at(fixture, BASE), MAP_EXECUTE);
    assert_int_equal(flags_at(fixture, BASE + 0x1fff), MAP_EXECUTE);
    assert_int_equal(flags_at(fixture, BASE + 0x2000), MAP_READ_ONLY);
    assert_int_equal(flags_at(fixture, BASE + 0x3000), MAP_WRITE);
    assert_int_equal(flags_at(fixture, BASE + 0x8fff), MAP_WRITE);
    assert_int_equal(flags_at(fixture, BASE + 0x9000), UINT32_MAX);
    assert_int_equal(flags_at(fixture, BASE - 1), UINT32_MAX);
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
    assert_int_equal(info->kernel_base, BASE);
    assert_int_equal(info->kernel_size, 0x9000);
    assert_int_equal(info->kernel_entry, BASE + 0x10);
    assert_int_equal(info->kernel_slide, 0);
    assert_int_equal(info->framebuffers.count, 0);
    assert_int_equal(info->stack_size, 64 * KIB);
    assert_int_equal(info->direct_map, 0xffff800000000000);
    assert_int_equal(info->direct_map_size, 4 * GIB);
    assert_int_equal(info->kernel_phys % PAGE_SIZE, 0);
    const char *log = see(fixture, (uintptr_t)info->log);
    assert_memory_equal(log, "bowline: Bowline 0.1.0\n", 23);
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
        assert_true(page_tables_walk(resident_of(fixture)->root, here, &mapping));
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

    while (flags_at(fixture, address + size) != UINT32_MAX)
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
    assert_int_equal(flags_at(fixture, info->stack_base - 1), UINT32_MAX);
    assert_int_equal(flags_at(fixture, info->stack_base + info->stack_size), UINT32_MAX);
    assert_int_equal(flags_at(fixture, 0), UINT32_MAX);
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
        assert_true(page_tables_walk(resident_of(fixture)->root, map + phys, &mapping));
        assert_int_equal(mapping.phys, phys);
        bool is_ram =
            phys < 3 * GIB ? phys > 0 && !(phys >= 0x9f000 && phys < 0x100000) : phys >= 4 * GIB;
        assert_int_equal(mapping.flags, is_ram ? MAP_WRITE : MAP_WRITE | MAP_UNCACHED);
    }
    assert_true(page_tables_walk(resident_of(fixture)->root, map + 4 * GIB, &mapping));
    assert_int_equal(mapping.page_size, 1 * GIB);
    assert_int_equal(flags_at(fixture, map + 7 * GIB), UINT32_MAX);
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

static void intermediate_tables_hold_two_things(void **state)
{
    struct fixture *fixture = *state;
    struct mapping mapping;

    boot_or_fail(fixture);
    uint64_t root = fixture->machine.root;
    assert_int_not_equal(root, resident_of(fixture)->root);
    assert_true(page_tables_walk(root, 0x10000, &mapping)); /* the simulated switch code */
    assert_int_equal(mapping.phys, 0x10000);
    assert_int_equal(mapping.flags, MAP_EXECUTE);
    assert_true(page_tables_walk(root, fixture->machine.enter, &mapping));
    assert_int_equal(mapping.flags, MAP_EXECUTE);
    uint64_t phys = mapping.phys;
    assert_true(page_tables_walk(resident_of(fixture)->root, fixture->machine.enter, &mapping));
    assert_int_equal(mapping.phys, phys);
    assert_int_equal(mapping.flags, MAP_EXECUTE);
    assert_true(page_tables_walk(root, fixture->machine.resident, &mapping));
    assert_int_equal(mapping.flags, MAP_WRITE);
    assert_false(page_tables_walk(root, BASE, &mapping));
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

static void framebuffer_is_write_combining(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.framebuffer = UINT64_C(1) << 40; /* far above all RAM */
    fixture->machine.video.count = 1;
    fixture->machine.video.modes[0] = (struct bowline_video_mode){1024, 768, 32};
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    assert_int_equal(info->framebuffers.count, 1);
    const struct bowline_framebuffer *framebuffer =
        see(fixture, (uintptr_t)info->framebuffers.items);
    assert_int_equal(framebuffer->width, 1024);
    assert_int_equal(framebuffer->modes.count, 1);
    struct mapping mapping;
    uint64_t address = (uintptr_t)framebuffer->address;
    for (uint64_t i = 0; i < 1024 * 768 * 4; i += PAGE_SIZE) {
        assert_true(page_tables_walk(resident_of(fixture)->root, address + i, &mapping));
        assert_int_equal(mapping.phys, fixture->machine.framebuffer + i);
        assert_int_equal(mapping.flags, MAP_WRITE | MAP_WRITE_COMBINING);
    }
    const struct bowline_memory_region *last =
        (const struct bowline_memory_region *)see(fixture, (uintptr_t)info->memory_map.items) +
        info->memory_map.count - 1;
    assert_int_equal(last->kind, BOWLINE_MEMORY_FRAMEBUFFER);
    assert_int_equal(last->base, fixture->machine.framebuffer);
    assert_int_equal(info->direct_map_size, 4 * GIB);
}

static void requests_are_honoured(void **state)
{
    struct fixture *fixture = *state;
    struct bowline_request *request = &fixture->note.request;

    request->stack_size = 100000;
    request->direct_map = (struct bowline_placement)BOWLINE_AT(0xffffc00000000000);
    request->stack = (struct bowline_placement)BOWLINE_AT(0x7fff00000000);
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    assert_int_equal(info->direct_map, 0xffffc00000000000);
    assert_int_equal(info->stack_base, 0x7fff00000000);
    assert_int_equal(info->stack_size, 25 * PAGE_SIZE);
}

static void the_kernels_file_is_copied(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_WANT_FILE_COPY;
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    uint64_t address = (uintptr_t)info->kernel_file;
    assert_int_equal(info->kernel_file_size, fixture->elf.size);
    for (uint64_t i = 0; i < fixture->elf.size; i++)
        assert_int_equal(*(const uint8_t *)see(fixture, address + i), fixture->elf.bytes[i]);
    assert_int_equal(flags_at(fixture, address), MAP_READ_ONLY);
}

static void the_recursive_slot_shows_the_tables(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE);
    boot_or_fail(fixture);
    uint64_t index = info_of(fixture)->recursive_index, root = resident_of(fixture)->root;
    assert_in_range(index, 1, 511);
    const uint64_t *entries = (const void *)(fixture->machine.memory + root);
    assert_int_equal(entries[index], root | 3 | UINT64_C(1) << 63);
}

static void randomisation_needs_a_source_to_be_strong(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_KASLR);
    boot_or_fail(fixture);
    uint64_t stack = info_of(fixture)->stack_base;
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_ENTROPY_STRONG, 0);
    assert_int_not_equal(info_of(fixture)->entropy[0], info_of(fixture)->entropy[1]);

    host_machine_release(&fixture->machine);
    host_machine_init(&fixture->machine, 64 * MIB);
    fixture->machine.random = 12345;
    boot_or_fail(fixture);
    assert_int_not_equal(info_of(fixture)->stack_base, stack);
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_ENTROPY_STRONG,
                     BOWLINE_IS_ENTROPY_STRONG);
}

static void kernels_in_both_halves_load(void **state)
{
    struct fixture *fixture = *state;

    elf_builder_init(&fixture->elf, 0x100000);
    elf_builder_add(&fixture->elf, 0x100000, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&fixture->elf, 0xfffffffffffff000, 0x1000, 0x1000, PF_R | PF_W);
    elf_builder_finish(&fixture->elf);
    boot_or_fail(fixture);
    assert_int_equal(info_of(fixture)->kernel_phys, 0);
    assert_int_equal(*(const uint8_t *)see(fixture, 0xffffffffffffffff),
                     elf_builder_byte(fixture->elf.segments[1].p_offset + 0xfff));
    assert_int_equal(flags_at(fixture, 0x101000), UINT32_MAX);
}

/* RELRO that begins or ends in the midst of a page protects the whole pages inside it. */
static void relro_protects_whole_pages(void **state)
{
    static const struct {
        uint64_t start, size;
        unsigned first, end; /* pages that are read-only */
    } cases[] = {
        {0x0, 0x4000, 0, 4},    {0x0, 0x10000, 0, 4},  {0x0, 0xfff, 0, 0},
        {0x0, 0x1000, 0, 1},    {0x1, 0x3fff, 1, 4},   {0x1001, 0xffe, 0, 0},
        {0x1000, 0x2001, 1, 3}, {0x3001, 0xfff, 0, 0}, {0x3000, UINT64_MAX - 0x3000, 3, 4},
    };

    for (unsigned top = 0; top < 2; top++) { /* the second time the segment ends at 2^64 */
        uint64_t base = top ? UINT64_MAX - 0x3fff : 0x400000;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct fixture *fixture;

            teardown(state);
            setup(state);
            fixture = *state;
            elf_builder_init(&fixture->elf, base - 0x10000);
            elf_builder_add(&fixture->elf, base - 0x10000, 0x1000, 0x1000, PF_R | PF_X);
            elf_builder_add(&fixture->elf, base, 0x1000, 0x4000, PF_R | PF_W);
            Elf64_Phdr *relro = elf_builder_add(&fixture->elf, base + cases[i].start, 0, 0, PF_R);
            relro->p_type = PT_GNU_RELRO;
            relro->p_memsz = cases[i].size;
            elf_builder_finish(&fixture->elf);
            boot_or_fail(fixture);
            for (unsigned page = 0; page < 4; page++)
                assert_int_equal(flags_at(fixture, base + page * PAGE_SIZE),
                                 page >= cases[i].first && page < cases[i].end ? MAP_READ_ONLY
                                                                               : MAP_WRITE);
        }
    }
}

static void segments_may_share_a_page(void **state)
{
    struct fixture *fixture = *state;

    elf_builder_init(&fixture->elf, 0x200000);
    elf_builder_add(&fixture->elf, 0x200000, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&fixture->elf, 0x201000, 0x1800, 0x1900, PF_R);
    elf_builder_add(&fixture->elf, 0x202900, 0x100, 0x200, PF_R | PF_W);
    elf_builder_finish(&fixture->elf);
    boot_or_fail(fixture);
    assert_int_equal(flags_at(fixture, 0x201000), MAP_READ_ONLY);
    assert_int_equal(flags_at(fixture, 0x202000), MAP_WRITE);
    const Elf64_Phdr *segments = fixture->elf.segments;
    assert_int_equal(*(const uint8_t *)see(fixture, 0x2027ff),
                     elf_builder_byte(segments[1].p_offset + 0x17ff));
    assert_int_equal(*(const uint8_t *)see(fixture, 0x202800), 0);
    assert_int_equal(*(const uint8_t *)see(fixture, 0x202900),
                     elf_builder_byte(segments[2].p_offset));
    assert_int_equal(*(const uint8_t *)see(fixture, 0x202a00), 0);
}

/* Every firmware call of the boot fails in turn: the boot ends with a message and loses nothing. */
static void every_firmware_call_may_fail(void **state)
{
    struct fixture *fixture = *state;
    struct host_machine fresh = fixture->machine;

    fresh.video.count = 1;
    fresh.video.modes[0] = (struct bowline_video_mode){1024, 768, 32};
    fresh.framebuffer = 0xe0000000;
    fixture->machine = fresh;
    boot_or_fail(fixture);
    unsigned calls = fixture->machine.calls;
    assert_in_range(calls, 10, 500);
    for (unsigned i = 1; i <= calls; i++) {
        host_machine_release(&fixture->machine);
        fixture->machine = fresh;
        fixture->machine.failing_call = i;
        enum host_end end = start(fixture);

        assert_int_equal(fixture->machine.open_files, 0);
        if (end == HOST_STARTED_KERNEL)
            continue; /* a claim was repeated elsewhere, or there is no framebuffer now */
        fixture->machine.log[fixture->machine.log_length] = '\0';
        assert_non_null(strstr(fixture->machine.log, "bowline: error: "));
        assert_non_null(strstr(fixture->machine.log, "what to do: "));
        if (end == HOST_GAVE_UP)
            assert_int_equal(fixture->machine.claimed_pages, 0);
        else
            assert_int_equal(end, HOST_RESET);
    }
}

static void assert_gives_up(struct fixture *fixture, const char *name)
{
    assert_int_equal(start(fixture), HOST_GAVE_UP);
    fixture->machine.log[fixture->machine.log_length] = '\0';
    if (strstr(fixture->machine.log, name) == NULL)
        fail_msg("no [%s] in:\n%s", name, fixture->machine.log);
}

static void too_little_memory_is_said(void **state)
{
    struct fixture *fixture = *state;

    elf_builder_init(&fixture->elf, 0x200000);
    elf_builder_add(&fixture->elf, 0x200000, 0x1000, 128 * MIB, PF_R | PF_X);
    elf_builder_finish(&fixture->elf);
    assert_gives_up(fixture, "/kernel.elf: 131072 KiB of contiguous free memory are needed");
}

static void collisions_are_named(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.stack = (struct bowline_placement)BOWLINE_AT(BASE + 0x4000);
    assert_gives_up(fixture, "the stack at 0xffffffff80004000 collides with what lies at "
                             "0xffffffff80003000 to 0xffffffff80008fff [layout-collision]");
}

static void a_required_framebuffer_must_be_there(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER);
    assert_gives_up(fixture, "[no-framebuffer]");
}

static void a_processor_without_nx_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_nx = false;
    assert_gives_up(fixture, "[no-nx]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define BOOT_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
        BOOT_TEST(segments_are_in_place),
        BOOT_TEST(segments_have_their_permissions),
        BOOT_TEST(info_tells_what_was_done),
        BOOT_TEST(modules_are_where_the_info_says),
        BOOT_TEST(nothing_else_is_mapped),
        BOOT_TEST(direct_map_shows_all_ram),
        BOOT_TEST(memory_map_is_as_promised),
        BOOT_TEST(intermediate_tables_hold_two_things),
        BOOT_TEST(processor_tables_are_right),
        BOOT_TEST(framebuffer_is_write_combining),
        BOOT_TEST(requests_are_honoured),
        BOOT_TEST(the_kernels_file_is_copied),
        BOOT_TEST(the_recursive_slot_shows_the_tables),
        BOOT_TEST(randomisation_needs_a_source_to_be_strong),
        BOOT_TEST(kernels_in_both_halves_load),
        BOOT_TEST(relro_protects_whole_pages),
        BOOT_TEST(segments_may_share_a_page),
        BOOT_TEST(every_firmware_call_may_fail),
        BOOT_TEST(too_little_memory_is_said),
        BOOT_TEST(collisions_are_named),
        BOOT_TEST(a_required_framebuffer_must_be_there),
        BOOT_TEST(a_processor_without_nx_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
