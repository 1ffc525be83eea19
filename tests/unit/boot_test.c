/* SPDX-License-Identifier: MIT */
/* The whole story of a boot: what the kernel finds. */
#define _GNU_SOURCE /* memmem() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "format/boot_state.h"
#include "memory/memory_map.h"
#include "memory/page_tables.h"
#include "seal.h"

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

static const char four_entries[] = "default one\ntimeout 7\n"
                                   "entry one\nkernel /kernel.elf\noptions first\n"
                                   "entry two\nkernel /kernel.elf\n"
                                   "entry other\nchainload /other.efi\noptions hello\n"
                                   "entry bios\nchainload partition 3\n";

static void assert_logged(const struct fixture *fixture, const char *text)
{
    assert_non_null(memmem(fixture->machine.log, fixture->machine.log_length, text, strlen(text)));
}

static void load_options_go_on_behind_the_command_line(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.load_options = "extra \"a b\"";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line),
                        "quiet root=/dev/x extra \"a b\"");
    assert_logged(fixture, "options for the kernel: extra \"a b\"\n");
}

static void load_options_alone_are_a_command_line(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = "kernel /kernel.elf\n";
    fixture->machine.load_options = "extra";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "extra");
}

static void an_entry_is_wished_for_once_before_always(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.usually, "one");
    strcpy(fixture->machine.wishes.once, "two");
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "");
    assert_string_equal(fixture->machine.told_start, "two");
    assert_int_equal(fixture->machine.told_entries, 4);
}

static void a_wish_counts_more_than_the_default(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.once, "nobody");
    strcpy(fixture->machine.wishes.usually, "two");
    boot_or_fail(fixture);
    assert_string_equal(fixture->machine.told_start, "two");
    assert_logged(fixture, "warning: /bowline/boot.conf: no entry is called \"nobody\", which "
                           "LoaderEntryOneShot asks for\n");
}

static void without_a_wish_the_default_boots(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    boot_or_fail(fixture);
    assert_string_equal(fixture->machine.told_start, "one");
}

static void hash_bytes(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, bytes, size);
    sha256_finish(&hash, out);
}

/* What is sealed has the last word, whoever starts the loader. */
static void load_options_are_not_taken_by_a_sealed_loader(void **state)
{
    struct fixture *fixture = *state;
    uint8_t kernel[SHA256_SIZE], config[1][SHA256_SIZE];
    char text[256];
    int length;
    struct seal seal;

    boot_or_fail(fixture); /* which makes the kernel */
    host_machine_release(&fixture->machine);
    host_machine_init(&fixture->machine, 64 * MIB);
    hash_bytes(fixture->elf.bytes, fixture->elf.size, kernel);
    length = snprintf(text, sizeof(text), "kernel /kernel.elf\noptions sealed\nsha256 ");
    for (size_t i = 0; i < sizeof(kernel); i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%02x", kernel[i]);
    hash_bytes(text, (size_t)length, config[0]);
    seal_make((const uint8_t(*)[SHA256_SIZE])config, 1, &seal);

    fixture->config = text;
    fixture->machine.seal = &seal;
    fixture->machine.load_options = "extra";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "sealed");
}

static void something_else_is_started_and_comes_back(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.usually, "other");
    fixture->machine.keys = "\r\5\r"; /* boots it; then the menu's last line: power off */
    assert_int_equal(start(fixture), HOST_SWITCHED_OFF);
    assert_string_equal(fixture->machine.chainloaded, "/other.efi hello");
    assert_string_equal(fixture->machine.told_start, "other");
    assert_logged(fixture, "error: /other.efi: it was started, and has come back with status 0x0");
    assert_logged(fixture, "menu: entry other chosen by a person");
    assert_logged(fixture, "menu: Power off");
}

static void what_another_firmware_starts_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.usually, "bios");
    assert_int_equal(start(fixture), HOST_SWITCHED_OFF);
    assert_logged(fixture, "the entry starts a boot sector, which this firmware cannot do");
}

/* What cannot be started here is no attempt: the other firmware may start it. */
static void only_what_can_be_started_is_counted(void **state)
{
    struct fixture *fixture = *state;
    static struct bowline_state records[2];
    static uint8_t disk[0x100000];
    const uint64_t started = boot_state_name("started", 7);

    records[0] = (struct bowline_state){.magic = BOWLINE_STATE_MAGIC, .version = 1, .sequence = 1};
    bowline_state_seal(&records[0]);
    memcpy(disk + boot_state_place(0), &records[0], sizeof(records[0]));
    fixture->machine.disk = disk;
    fixture->machine.disk_size = sizeof(disk);
    fixture->machine.disk_sector_size = 512;
    fixture->config = "timeout 0\nentry bios\nslot 9 2\nchainload partition 3\n"
                      "entry missing\nslot 8 2\nchainload /missing.efi\n"
                      "entry started\nslot 7 2\nchainload /other.efi\n";
    fixture->machine.keys = "\5\r"; /* when that has come back: power off */
    assert_int_equal(start(fixture), HOST_SWITCHED_OFF);
    assert_string_equal(fixture->machine.chainloaded, "/other.efi ");
    for (int place = 0; place < 2; place++)
        memcpy(&records[place], disk + boot_state_place(place), sizeof(records[place]));
    const struct bowline_state *now = &records[bowline_state_newest(records)];
    assert_int_equal(now->slots[0].name, started);
    fprintf(stderr, "%.*s", (int)fixture->machine.log_length, fixture->machine.log);
    assert_int_equal(now->slots[0].attempts_left, 1);
    assert_int_equal(now->slots[1].name, 0);
}

/* Nobody may be there to choose another. */
static void after_a_wish_for_once_that_fails_the_default_boots(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.once, "other");
    boot_or_fail(fixture);
    assert_string_equal(fixture->machine.chainloaded, "/other.efi hello");
    assert_string_equal(fixture->machine.told_start, "one");
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

static void give_graphics(struct host_machine *machine)
{
    machine->framebuffer = UINT64_C(1) << 40; /* far above all RAM */
    machine->video.count = 1;
    machine->video.modes[0] = (struct bowline_video_mode){1024, 768, 32};
}

/* Of text and graphics: what is asked for, what there is, and what the kernel gets. */
static void one_screen_is_set_up(void **state)
{
    static const uint64_t TEXT = BOWLINE_WANT_VGA_TEXT, PIXELS = BOWLINE_WANT_FRAMEBUFFER;
    static const struct {
        uint64_t flags;
        bool has_text;
        bool is_text;
    } cases[] = {
        {0, true, false},
        {TEXT, true, true},
        {TEXT, false, false},
        {TEXT | PIXELS, true, true},
        {TEXT | BOWLINE_REQUIRE(PIXELS), true, false},
        {BOWLINE_REQUIRE(TEXT) | PIXELS, true, true},
    };
    struct fixture *fixture = *state;
    const struct host_machine fresh = fixture->machine;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture->machine = fresh;
        give_graphics(&fixture->machine);
        fixture->machine.has_vga_text = cases[i].has_text;
        fixture->note.request.flags = cases[i].flags;
        boot_or_fail(fixture);
        const struct bowline_info *info = info_of(fixture);
        assert_int_equal(info->flags & BOWLINE_IS_VGA_TEXT,
                         cases[i].is_text ? BOWLINE_IS_VGA_TEXT : 0);
        assert_int_equal(info->framebuffers.count, cases[i].is_text ? 0 : 1);
        if (i + 1 < COUNT_OF(cases)) {
            host_machine_release(&fixture->machine);
            free(fixture->elf.bytes); /* another request is another kernel */
            fixture->elf.bytes = NULL;
        }
    }
}

/* What the resident part has mapped for the fault screen, in the loader area. */
static void assert_screen(const struct fixture *fixture, enum screen_kind kind, uint64_t phys,
                          unsigned flags)
{
    const struct resident *resident = resident_of(fixture);
    const struct bowline_info *info = info_of(fixture);
    struct mapping mapping;

    assert_int_equal(resident->screen_kind, kind);
    assert_true(resident->screen - info->loader_base < info->loader_size);
    assert_true(page_tables_walk(resident->root, FOUR_LEVELS, resident->screen, &mapping));
    assert_int_equal(mapping.phys, phys);
    assert_int_equal(mapping.flags, flags);
}

static void fault_screen_has_its_own_framebuffer(void **state)
{
    struct fixture *fixture = *state;

    give_graphics(&fixture->machine);
    fixture->machine.framebuffer += 0x30; /* in the midst of a page */
    boot_or_fail(fixture);
    assert_screen(fixture, SCREEN_IS_FRAMEBUFFER, fixture->machine.framebuffer,
                  MAP_WRITE | MAP_WRITE_COMBINING);
    const struct resident *resident = resident_of(fixture);
    struct mapping last;
    assert_true(page_tables_walk(resident->root, FOUR_LEVELS, resident->screen + 1024 * 768 * 4 - 1,
                                 &last));
    assert_int_equal(last.phys, fixture->machine.framebuffer + 1024 * 768 * 4 - 1);
}

static void fault_screen_takes_text(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_vga_text = true;
    fixture->note.request.framebuffer.kind = BOWLINE_PLACE_NONE;
    boot_or_fail(fixture);
    assert_screen(fixture, SCREEN_IS_VGA_TEXT, 0xb8000, MAP_WRITE | MAP_UNCACHED);
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_VGA_TEXT, 0); /* nobody asked for it */
}

static void fault_screen_knows_the_areas(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_WANT_RECURSIVE_PAGE_TABLE;
    boot_or_fail(fixture);
    const struct resident *resident = resident_of(fixture);
    const struct bowline_info *info = info_of(fixture);
    const struct {
        const char *name;
        uint64_t first;
    } expected[] = {
        {"the kernel's code", KERNEL_BASE},
        {"the kernel's constants", KERNEL_BASE + 0x2000},
        {"the kernel's variables", KERNEL_BASE + 0x3080},
        {"the guard page of the stack", info->stack_base - PAGE_SIZE},
        {"the direct map", info->direct_map},
        {"the modules", 0},
        {"the boot info", resident->info},
        {"the loader area", info->loader_base},
        {"the stack", info->stack_base},
        {"the recursive page table", 0xffffff0000000000}, /* entry 510 */
    };

    assert_int_equal(resident->area_count, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_string_equal(resident->areas[i].name, expected[i].name);
        if (expected[i].first != 0)
            assert_int_equal(resident->areas[i].first, expected[i].first);
    }
    assert_int_equal(resident->areas[2].last, KERNEL_BASE + 0x3080 + 0x5678 - 1);
    assert_int_equal(resident->areas[9].last, 0xffffff7fffffffff);
}

static void framebuffer_is_write_combining(void **state)
{
    struct fixture *fixture = *state;

    give_graphics(&fixture->machine);
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
        assert_true(
            page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, address + i, &mapping));
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

/* A simulated graphics card has its pixels in RAM: two ways of caching them do not go together. */
static void framebuffer_in_ram_is_not_cached(void **state)
{
    struct fixture *fixture = *state;

    give_graphics(&fixture->machine);
    fixture->machine.framebuffer = 16 * MIB;
    boot_or_fail(fixture);
    uint64_t first = info_of(fixture)->direct_map + 16 * MIB, end = first + 1024 * 768 * 4;
    assert_int_equal(flags_at(fixture, first - 1), MAP_WRITE);
    assert_int_equal(flags_at(fixture, first), MAP_WRITE | MAP_UNCACHED);
    assert_int_equal(flags_at(fixture, end - 1), MAP_WRITE | MAP_UNCACHED);
    assert_int_equal(flags_at(fixture, end), MAP_WRITE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(segments_are_in_place),
        BOOT_TEST(segments_have_their_permissions),
        BOOT_TEST(load_options_go_on_behind_the_command_line),
        BOOT_TEST(load_options_alone_are_a_command_line),
        BOOT_TEST(an_entry_is_wished_for_once_before_always),
        BOOT_TEST(a_wish_counts_more_than_the_default),
        BOOT_TEST(without_a_wish_the_default_boots),
        BOOT_TEST(load_options_are_not_taken_by_a_sealed_loader),
        BOOT_TEST(something_else_is_started_and_comes_back),
        BOOT_TEST(what_another_firmware_starts_is_refused),
        BOOT_TEST(only_what_can_be_started_is_counted),
        BOOT_TEST(after_a_wish_for_once_that_fails_the_default_boots),
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
        BOOT_TEST(framebuffer_is_write_combining),
        BOOT_TEST(framebuffer_in_ram_is_not_cached),
        BOOT_TEST(one_screen_is_set_up),
        BOOT_TEST(fault_screen_has_its_own_framebuffer),
        BOOT_TEST(fault_screen_takes_text),
        BOOT_TEST(fault_screen_knows_the_areas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
