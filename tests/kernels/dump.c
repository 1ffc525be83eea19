/* SPDX-License-Identifier: MIT */
/*
 * Prints the state at the entry point, a walk through the page tables and the boot info, a line
 * "dump: KEY VALUE" each: the dumps of both firmwares have to be the same (tests/boot/same-test.sh,
 * which also has the list of what may differ). Addresses are told as offsets into what lies there.
 */
#include "contract/contract.h"
#include "contract/entry.h"

BOWLINE_REQUEST(.flags = BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE) |
                         BOWLINE_WANT_FILE_COPY);

#define NUMBER(key, value) say("dump: %s 0x%lx\n", key, (uint64_t)(value))
#define FIELD(field)       NUMBER("info." #field, boot->field)

struct area {
    const char *name;
    uint64_t start, size;
};

enum { AREAS_MAX = 24 };
static struct area areas[AREAS_MAX];
static size_t area_count;

void kernel_main(const struct bowline_info *boot);

static void add_area(const char *name, const void *start, uint64_t size)
{
    CHECK(area_count < AREAS_MAX);
    if (size > 0)
        areas[area_count++] = (struct area){name, (uint64_t)start, size};
}

static void list_areas(const struct bowline_info *boot)
{
    add_area("code", code_start, align_up((uint64_t)(code_end - code_start), PAGE_SIZE));
    add_area("constants", constants_start,
             align_up((uint64_t)(constants_end - constants_start), PAGE_SIZE));
    add_area("variables", variables_start,
             align_up((uint64_t)(variables_end - variables_start), PAGE_SIZE));
    add_area("stack", (void *)boot->stack_base, boot->stack_size);
    add_area("loader area", (void *)boot->loader_base, boot->loader_size);
    add_area("file", boot->kernel_file, align_up(boot->kernel_file_size, PAGE_SIZE));
    add_area("direct map", (void *)boot->direct_map, boot->direct_map_size);
    BOWLINE_FOR_EACH (module, boot->modules)
        add_area(module->name, module->address, align_up(module->size, PAGE_SIZE));
    BOWLINE_FOR_EACH (framebuffer, boot->framebuffers)
        add_area("framebuffer", framebuffer->address, framebuffer->height * framebuffer->pitch);
    add_area("boot info", boot, 64 * MIB); /* the last: it tells no size of its own */
}

static const struct area *area_at(uint64_t address)
{
    for (size_t i = 0; i < area_count; i++)
        if (address - areas[i].start < areas[i].size)
            return &areas[i];
    return NULL;
}

static void show_address(const char *key, uint64_t address)
{
    const struct area *area = area_at(address);

    if (area == NULL)
        say("dump: %s 0x%lx\n", key, address);
    else
        say("dump: %s %s + 0x%lx\n", key, area->name, address - area->start);
}

static void show_entry(void)
{
    const struct entry_state *s = &entry_state;
    const struct {
        const char *name;
        uint64_t value;
    } values[] = {
        {"rax", s->rax},
        {"rbx", s->rbx},
        {"rcx", s->rcx},
        {"rdx", s->rdx},
        {"rsi", s->rsi},
        {"rdi", s->rdi},
        {"rbp", s->rbp},
        {"rsp", s->rsp},
        {"r8", s->r8},
        {"r9", s->r9},
        {"r10", s->r10},
        {"r11", s->r11},
        {"r12", s->r12},
        {"r13", s->r13},
        {"r14", s->r14},
        {"r15", s->r15},
        {"rflags", s->rflags},
        {"cr0", s->cr0},
        {"cr2", s->cr2},
        {"cr4", s->cr4},
        {"cr8", s->cr8},
        {"dr7", s->dr7},
        {"cs", s->cs},
        {"ss", s->ss},
        {"ds", s->ds},
        {"es", s->es},
        {"fs", s->fs},
        {"gs", s->gs},
        {"tr", s->tr},
        {"ldtr", s->ldtr},
        {"mxcsr", s->mxcsr},
        {"fcw", s->fcw},
        {"return address", s->return_address},
        {"gdt limit", s->gdt.limit},
        {"gdt", base_of(&s->gdt)},
        {"idt limit", s->idt.limit},
        {"idt", base_of(&s->idt)},
        {"efer", read_msr(0xc0000080)},
        {"pat", read_msr(0x277)},
        {"fs base", read_msr(0xc0000100)},
        {"gs base", read_msr(0xc0000101)},
        {"kernel gs base", read_msr(0xc0000102)},
        {"pic masks", (uint64_t)in8(0xa1) << 8 | in8(0x21)},
    };
    char key[32] = "entry.";

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        memcpy(key + 6, values[i].name, strlen(values[i].name) + 1);
        show_address(key, values[i].value);
    }
}

/* Pages in a row in one area with the same permissions and caching. */
struct run {
    const struct area *area;
    uint64_t start, end;
    struct mapping like;
    uint64_t direct_map;
};

static void show_run(const struct run *run)
{
    bool is_direct_map = run->area != NULL && run->area->start == run->direct_map;

    if (run->start == run->end)
        return;
    say("dump: map %s", run->area != NULL ? run->area->name : "nobody's");
    /* Which pages of the direct map are cached depends on the firmware's own regions. */
    if (!is_direct_map)
        say(" + 0x%lx, 0x%lx bytes, PAT %d",
            run->start - (run->area != NULL ? run->area->start : 0), run->end - run->start,
            run->like.pat);
    say(" r%c%c\n", run->like.is_writable ? 'w' : '-', run->like.is_executable ? 'x' : '-');
}

static void add_to_run(void *context, const struct table_entry *entry)
{
    struct run *run = context;
    const struct mapping *mapping = &entry->mapping;
    const struct area *area = area_at(entry->address);
    bool is_direct_map = area != NULL && area->start == run->direct_map;

    if (entry->kind != ENTRY_IS_PAGE)
        return;
    bool goes_on = run->end == entry->address && run->area == area &&
                   run->like.is_writable == mapping->is_writable &&
                   run->like.is_executable == mapping->is_executable &&
                   (run->like.pat == mapping->pat || is_direct_map);
    if (!goes_on) {
        show_run(run);
        run->area = area;
        run->start = entry->address;
        run->like = *mapping;
    }
    run->end = entry->address + mapping->size;
}

/* What is mapped by the tables themselves, so that nothing is missed. */
static void show_mappings(const struct bowline_info *boot)
{
    struct run run = {.direct_map = boot->direct_map};

    walk_page_tables(boot, add_to_run, &run);
    show_run(&run);
}

static void show_framebuffers(const struct bowline_info *boot)
{
    BOWLINE_FOR_EACH (framebuffer, boot->framebuffers) {
        NUMBER("framebuffer.width", framebuffer->width);
        NUMBER("framebuffer.height", framebuffer->height);
        NUMBER("framebuffer.pitch", framebuffer->pitch);
        NUMBER("framebuffer.bits_per_pixel", framebuffer->bits_per_pixel);
        NUMBER("framebuffer.red_shift", framebuffer->red_shift);
        NUMBER("framebuffer.green_shift", framebuffer->green_shift);
        NUMBER("framebuffer.blue_shift", framebuffer->blue_shift);
        NUMBER("framebuffer.red_bits", framebuffer->red_bits);
        NUMBER("framebuffer.green_bits", framebuffer->green_bits);
        NUMBER("framebuffer.blue_bits", framebuffer->blue_bits);
        NUMBER("framebuffer.caching", framebuffer->caching);
        NUMBER("framebuffer.edid_size", framebuffer->edid_size);
        NUMBER("framebuffer.modes.stride", framebuffer->modes.stride);
        NUMBER("framebuffer.modes.count", framebuffer->modes.count);
    }
}

static void show_modules(const struct bowline_info *boot)
{
    BOWLINE_FOR_EACH (module, boot->modules) {
        say("dump: module.name %s\n", module->name);
        say("dump: module.arguments %s\n", module->arguments);
        show_address("module.address", (uint64_t)module->address);
        NUMBER("module.size", module->size);
    }
}

/* The loader's own regions: their kind and size, in the order of kinds. */
static void show_regions(const struct bowline_info *boot)
{
    for (uint64_t kind = BOWLINE_MEMORY_KERNEL; kind <= BOWLINE_MEMORY_FRAMEBUFFER; kind++) {
        BOWLINE_FOR_EACH (region, boot->memory_map)
            if (region->kind == kind)
                say("dump: region kind %lu, 0x%lx bytes, firmware kind %lu\n", kind, region->length,
                    region->firmware_kind);
    }
    BOWLINE_FOR_EACH (region, boot->memory_map)
        if (region->base == 0)
            say("dump: region at 0, kind %lu, 0x%lx bytes\n", region->kind, region->length);
}

static void show_info(const struct bowline_info *boot)
{
    FIELD(magic);
    FIELD(size);
    FIELD(version_major);
    FIELD(version_minor);
    say("dump: info.loader_name %s\n", boot->loader_name);
    FIELD(firmware);
    NUMBER("info.flags", boot->flags & ~BOWLINE_IS_UEFI_32); /* as info.firmware */
    say("dump: info.command_line %s\n", boot->command_line);
    FIELD(memory_map.stride);
    FIELD(direct_map_size);
    FIELD(recursive_index);
    show_address("info.kernel_base", boot->kernel_base);
    FIELD(kernel_size);
    FIELD(kernel_slide);
    show_address("info.kernel_entry", boot->kernel_entry);
    show_address("info.kernel_file", (uint64_t)boot->kernel_file);
    FIELD(kernel_file_size);
    FIELD(stack_size);
    FIELD(loader_size);
    FIELD(tls_template);
    FIELD(tls_file_size);
    FIELD(tls_memory_size);
    FIELD(tls_alignment);
    FIELD(framebuffers.count);
    FIELD(framebuffers.stride);
    FIELD(modules.count);
    FIELD(modules.stride);
    NUMBER("info.rsdp_phys is there", boot->rsdp_phys != 0);
    FIELD(efi_system_table_phys);
    FIELD(efi_memory_map_size);
    FIELD(efi_descriptor_size);
    FIELD(efi_descriptor_version);
    NUMBER("info.boot_device is there", boot->boot_device != NULL);
    NUMBER("info.boot_time is known", boot->boot_time != 0);
    NUMBER("info.tsc_hz is known", boot->tsc_hz != 0);
    FIELD(timestamps.count);
    FIELD(timestamps.stride);
    BOWLINE_FOR_EACH (timestamp, boot->timestamps)
        say("dump: timestamp %s\n", timestamp->name);
    FIELD(tcg_log);
    FIELD(tcg_log_size);
    FIELD(tcg_log_format);
    FIELD(cpus.count);
    FIELD(cpus.stride);
    FIELD(bsp_apic_id);
}

void kernel_main(const struct bowline_info *boot)
{
    list_areas(boot);
    show_entry();
    show_mappings(boot);
    show_info(boot);
    show_framebuffers(boot);
    show_modules(boot);
    show_regions(boot);
    pass("dump");
}
