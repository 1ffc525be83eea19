/* SPDX-License-Identifier: MIT */
#include "boot/info.h"

#include "base/string.h"
#include "base/units.h"
#include "base/version.h"
#include "console/log.h"
#include "cpu/cpu.h"

/* Memory that is filled from its start: what is placed has an address here and one in the kernel.
 */
struct arena {
    uint8_t *memory;
    uint64_t virtual;
    uint64_t used;
};

static uint64_t placed_size(uint64_t size)
{
    return align_up(size, 8);
}

/* Returns where to write `size` bytes; *address is where the kernel finds them. */
static void *place(struct arena *arena, uint64_t size, uint64_t *address)
{
    void *memory = arena->memory + arena->used;

    *address = arena->virtual + arena->used;
    arena->used += placed_size(size);
    return memory;
}

/* The memory is 0 before: so the text is terminated. */
static uint64_t place_part(struct arena *arena, const char *text, uint64_t length)
{
    uint64_t address;

    memcpy(place(arena, length + 1, &address), text, length);
    return address;
}

static uint64_t place_text(struct arena *arena, const char *text)
{
    return place_part(arena, text, strlen(text));
}

static uint64_t text_size(const char *text)
{
    return placed_size(strlen(text) + 1);
}

uint64_t info_size(const struct info_facts *facts)
{
    const struct settings *settings = facts->settings;
    uint64_t size = placed_size(sizeof(struct bowline_info)) + text_size(BOWLINE_NAME) +
                    text_size(settings->options) + text_size(settings->kernel) +
                    placed_size(sizeof(struct bowline_boot_device)) + placed_size(LOG_SIZE_MAX) +
                    placed_size(facts->efi_memory_map_size) +
                    placed_size(facts->memory_map_capacity * sizeof(struct bowline_memory_region)) +
                    placed_size(settings->module_count * sizeof(struct bowline_module));

    size += placed_size(facts->timestamp_count * sizeof(struct bowline_timestamp));
    for (uint64_t i = 0; i < facts->timestamp_count; i++)
        size += text_size(facts->timestamps[i].name);
    for (uint64_t i = 0; i < settings->module_count; i++)
        size += text_size(settings->modules[i].name) + text_size(settings->modules[i].arguments);
    if (facts->video->has_framebuffer)
        size += placed_size(sizeof(struct bowline_framebuffer)) +
                placed_size(facts->video->modes.edid_size) +
                placed_size(facts->video->modes.count * sizeof(struct bowline_video_mode));
    return align_up(size, PAGE_SIZE);
}

static void write_kernel(const struct info_facts *facts, struct bowline_info *boot)
{
    const struct kernel *kernel = facts->kernel;
    const struct elf_tls *tls = &kernel->elf.tls;
    uint64_t slide = facts->layout->slide;

    boot->kernel_base = kernel->elf.low + slide;
    boot->kernel_size = kernel->elf.span;
    boot->kernel_slide = slide;
    boot->kernel_phys = kernel->block_count == 1 ? kernel->blocks[0].phys : 0;
    boot->kernel_entry = kernel->elf.entry + slide;
    if (tls->memory_size > 0) {
        boot->tls_template = tls->address + slide;
        boot->tls_file_size = tls->file_size;
        boot->tls_memory_size = tls->memory_size;
        boot->tls_alignment = tls->alignment;
    }
}

static void write_areas(const struct info_facts *facts, struct bowline_info *boot)
{
    const uint64_t *area = facts->layout->area, *size = facts->sizes->area;

    boot->direct_map = area[AREA_DIRECT_MAP];
    boot->direct_map_size = size[AREA_DIRECT_MAP];
    boot->stack_base = area[AREA_STACK];
    boot->stack_size = size[AREA_STACK];
    boot->loader_base = area[AREA_LOADER];
    boot->loader_size = size[AREA_LOADER];
    boot->recursive_index = facts->layout->recursive_index;
    boot->kernel_file = area[AREA_FILE];
    boot->kernel_file_size = facts->kernel->file_size;
}

static void write_modules(const struct info_facts *facts, struct arena *arena,
                          struct bowline_info *boot)
{
    uint64_t count = facts->modules->count, position = facts->layout->area[AREA_MODULES];
    uint64_t address;

    if (count == 0)
        return;
    struct bowline_module *modules = place(arena, count * sizeof(*modules), &address);
    boot->modules.items = address;
    boot->modules.count = count;
    for (uint64_t i = 0; i < count; i++) {
        const struct whole_file *module = &facts->modules->items[i];
        const struct settings_module *source = &facts->settings->modules[i];

        modules[i] = (struct bowline_module){
            .address = module->size > 0 ? position : 0,
            .phys = module->phys,
            .size = module->size,
            .name = place_part(arena, source->name, source->name_length),
            .arguments = place_text(arena, source->arguments),
        };
        position += align_up(module->size, PAGE_SIZE);
    }
}

static void write_framebuffer(const struct info_facts *facts, struct arena *arena,
                              struct bowline_info *boot)
{
    const struct video_modes *video = &facts->video->modes;
    uint64_t address;

    if (!facts->video->has_framebuffer)
        return;
    struct bowline_framebuffer *framebuffer = place(arena, sizeof(*framebuffer), &address);
    boot->framebuffers.items = address;
    boot->framebuffers.count = 1;
    *framebuffer = facts->video->framebuffer;
    if (video->edid_size > 0) {
        memcpy(place(arena, video->edid_size, &address), video->edid, video->edid_size);
        framebuffer->edid = address;
        framebuffer->edid_size = video->edid_size;
    }
    memcpy(place(arena, video->count * sizeof(video->modes[0]), &address), video->modes,
           video->count * sizeof(video->modes[0]));
    framebuffer->modes.items = address;
    framebuffer->modes.count = video->count;
    framebuffer->modes.stride = sizeof(video->modes[0]);
}

static void write_boot_device(const struct info_facts *facts, struct arena *arena,
                              struct bowline_info *boot)
{
    uint64_t address;
    struct bowline_boot_device *device = place(arena, sizeof(*device), &address);

    boot->boot_device = address;
    *device = *facts->boot_device;
    device->size = sizeof(*device);
    device->kernel_path = place_text(arena, facts->settings->kernel);
}

static void write_timestamps(const struct info_facts *facts, struct arena *arena, struct info *info)
{
    uint64_t count = facts->timestamp_count;
    uint64_t address;
    struct bowline_timestamp *timestamps = place(arena, count * sizeof(*timestamps), &address);

    info->boot->timestamps.items = address;
    info->boot->timestamps.count = count;
    for (uint64_t i = 0; i < count; i++) {
        timestamps[i].tsc = facts->timestamps[i].tsc;
        timestamps[i].name = place_text(arena, facts->timestamps[i].name);
    }
    info->handed_over = &timestamps[count - 1].tsc;
}

void info_write(const struct info_facts *facts, void *memory, struct info *out)
{
    struct arena arena = {.memory = memory, .virtual = facts->layout->area[AREA_BOOT_INFO]};
    uint64_t address;

    memset(memory, 0, facts->sizes->area[AREA_BOOT_INFO]);
    struct bowline_info *boot = place(&arena, sizeof(*boot), &address);
    *boot = (struct bowline_info){
        .magic = BOWLINE_INFO_MAGIC,
        .size = sizeof(*boot),
        .version_major = BOWLINE_VERSION_MAJOR,
        .version_minor = BOWLINE_VERSION_MINOR,
        .loader_name = place_text(&arena, BOWLINE_NAME),
        .firmware = facts->tables.kind,
        .boot_time = facts->boot_time,
        .tsc_hz = facts->tsc_hz,
        .flags = (facts->is_random_strong ? BOWLINE_IS_ENTROPY_STRONG : 0) |
                 (facts->video->is_vga_text ? BOWLINE_IS_VGA_TEXT : 0) |
                 (facts->tables.is_secure_boot ? BOWLINE_IS_SECURE_BOOT : 0) |
                 (facts->tables.is_uefi_32 ? BOWLINE_IS_UEFI_32 : 0) |
                 (facts->levels == FIVE_LEVELS ? BOWLINE_IS_LA57 : 0),
        .command_line = place_text(&arena, facts->settings->options),
        .rsdp_phys = facts->tables.rsdp,
        .smbios_phys = facts->tables.smbios,
        .smbios3_phys = facts->tables.smbios3,
        .efi_system_table_phys = facts->tables.efi_system_table,
        .memory_map.stride = sizeof(struct bowline_memory_region),
        .modules.stride = sizeof(struct bowline_module),
        .framebuffers.stride = sizeof(struct bowline_framebuffer),
        .timestamps.stride = sizeof(struct bowline_timestamp),
        .cpus.stride = sizeof(struct bowline_cpu),
    };
    memcpy(boot->entropy, facts->entropy, sizeof(boot->entropy));
    write_kernel(facts, boot);
    write_areas(facts, boot);
    write_boot_device(facts, &arena, boot);
    write_modules(facts, &arena, boot);
    write_framebuffer(facts, &arena, boot);

    out->boot = boot;
    write_timestamps(facts, &arena, out);
    out->map.capacity = facts->memory_map_capacity;
    out->map.regions = place(&arena, out->map.capacity * sizeof(out->map.regions[0]), &address);
    boot->memory_map.items = address;
    out->log = place(&arena, LOG_SIZE_MAX, &address);
    boot->log = address;
    out->efi_memory_map = place(&arena, facts->efi_memory_map_size, &address);
    if (facts->efi_memory_map_size > 0)
        boot->efi_memory_map = address;
}

void info_finish(struct info *info, const struct firmware_memory_map *final)
{
    if (final->efi.size > 0)
        memcpy(info->efi_memory_map, final->efi.descriptors, final->efi.size);
    info->boot->efi_memory_map_size = final->efi.size;
    info->boot->efi_descriptor_size = final->efi.descriptor_size;
    info->boot->efi_descriptor_version = final->efi.descriptor_version;
    *info->handed_over = cpu_read_tsc();
    info->boot->memory_map.count = info->map.count;
    info->boot->log_size = minimum(log_size(), LOG_SIZE_MAX);
    memcpy(info->log, log_text(), info->boot->log_size);
}
