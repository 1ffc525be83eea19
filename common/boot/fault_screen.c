/* SPDX-License-Identifier: MIT */
#include "boot/fault_screen.h"

#include "base/print.h"
#include "base/units.h"
#include "console/log.h"
#include "console/vga_text.h"

static struct handover_memory pixels_of(const struct bowline_framebuffer *framebuffer)
{
    uint64_t offset = framebuffer->phys % PAGE_SIZE;

    return (struct handover_memory){
        .phys = framebuffer->phys - offset,
        .size = align_up(offset + framebuffer->height * framebuffer->pitch, PAGE_SIZE),
        .flags = MAP_WRITE | MAP_WRITE_COMBINING,
    };
}

void fault_screen_find(const struct video *video, struct fault_screen *out)
{
    *out = (struct fault_screen){.framebuffer = video->framebuffer};
    if (video->has_framebuffer || firmware_current_framebuffer(&out->framebuffer)) {
        out->kind = SCREEN_IS_FRAMEBUFFER;
        out->memory = pixels_of(&out->framebuffer);
    } else if (firmware_shows_vga_text()) {
        out->kind = SCREEN_IS_VGA_TEXT;
        out->memory = (struct handover_memory){VGA_TEXT_PHYS, PAGE_SIZE, MAP_WRITE | MAP_UNCACHED};
    }
}

_Static_assert(
    ELF_SEGMENTS_MAX + 1 + AREA_COUNT + 2 <= RESIDENT_AREAS_MAX,
    "the kernel's segments, RELRO, the layout's areas, guard page, recursive page table");

static void add_area(struct resident *resident, uint64_t first, uint64_t size, const char *name)
{
    struct resident_area *area = &resident->areas[resident->area_count];

    if (size == 0)
        return;
    area->first = first;
    area->last = first + (size - 1);
    print_text(area->name, sizeof(area->name), "%s", name);
    resident->area_count++;
}

static void add_kernel(const struct elf_kernel *elf, uint64_t slide, struct resident *resident)
{
    add_area(resident, elf->relro.address + slide, elf->relro.size, "the kernel's RELRO constants");
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];

        add_area(resident, segment->address + slide, segment->memory_size,
                 segment->flags & ELF_EXECUTE ? "the kernel's code"
                 : segment->flags & ELF_WRITE ? "the kernel's variables"
                                              : "the kernel's constants");
    }
}

static void list_areas(const struct video *video, const struct kernel *kernel,
                       const struct layout *layout, const struct layout_sizes *sizes,
                       struct resident *resident)
{
    add_kernel(&kernel->elf, layout->slide, resident);
    add_area(resident, layout->area[AREA_STACK] - PAGE_SIZE, PAGE_SIZE,
             "the guard page of the stack");
    if (video->has_framebuffer)
        add_area(resident, video->framebuffer.address,
                 video->framebuffer.height * video->framebuffer.pitch,
                 layout_area_name(AREA_FRAMEBUFFER));
    for (enum area area = 0; area < AREA_COUNT; area++) {
        if (area != AREA_KERNEL && area != AREA_FRAMEBUFFER)
            add_area(resident, layout->area[area], sizes->area[area], layout_area_name(area));
    }
    if (layout->recursive_index != 0)
        add_area(resident, root_entry_address(sizes->levels, layout->recursive_index),
                 root_entry_size(sizes->levels), "the recursive page table");
}

void fault_screen_instruct(const struct fault_screen *screen, const struct video *video,
                           const struct kernel *kernel, const struct layout *layout,
                           const struct layout_sizes *sizes, struct resident *resident)
{
    resident->serial_port = log_serial_port();
    resident->screen_kind = screen->kind;
    resident->framebuffer = screen->framebuffer;
    resident->screen += screen->framebuffer.phys % PAGE_SIZE;
    resident->stack_base = layout->area[AREA_STACK];
    resident->stack_size = sizes->area[AREA_STACK];
    resident->symbols_size = kernel->symbols.symbols_size;
    resident->strings_size = kernel->symbols.strings_size;
    resident->slide = layout->slide;
    resident->direct_map = layout->area[AREA_DIRECT_MAP];
    resident->direct_map_size = sizes->area[AREA_DIRECT_MAP];
    list_areas(video, kernel, layout, sizes, resident);
}
