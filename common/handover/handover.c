/* SPDX-License-Identifier: MIT */
#include "handover/handover.h"

#include "base/string.h"
#include "base/units.h"
#include "cpu/cpu.h"
#include "firmware/leave.h"
#include "format/inflate.h"
#include "handover/crossing.h"
#include "handover/switch.h"

/* Segment descriptors (AMD64 manual, volume 2, 4.8), with their accessed bits set: a processor that
 * finds them clear would write to the table. */
static const uint64_t CODE_SEGMENT = 0x00af9b000000ffff;
static const uint64_t CODE_SEGMENT_32 = 0x00cf9b000000ffff;
static const uint64_t DATA_SEGMENT = 0x00cf93000000ffff;
static const uint64_t TSS_SEGMENT = 0x0000890000000000;

static const uint64_t CR4_AT_HAND_OVER = 0x620; /* PAE, OSFXSR, OSXMMEXCPT */
static const uint64_t CR4_LA57 = 0x1000;

enum {
    INTERRUPT_GATE = 0x8e, /* present, privilege level 0 */

    /* One stack each, so that a fault in the midst of another one still shows. */
    STACK_OF_FAULTS = 1,
    STACK_OF_DOUBLE_FAULTS = 2,
    STACK_OF_NMIS = 3,
    STACK_OF_MACHINE_CHECKS = 4,

    VECTOR_NMI = 2,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_MACHINE_CHECK = 18,
};

static const struct resident_header *header(void)
{
    return (const struct resident_header *)resident_start;
}

uint64_t handover_area_size(const struct handover_extras *extras)
{
    return header()->size + extras->screen.size + extras->symbols.size;
}

struct resident *handover_resident(const struct handover *handover)
{
    return firmware_memory(handover->phys + header()->data, sizeof(struct resident));
}

uint64_t handover_note(const struct handover *handover)
{
    return handover->phys + header()->data + __builtin_offsetof(struct resident, note);
}

static struct table_pointer table_pointer(uint64_t base, uint64_t size)
{
    return (struct table_pointer){.limit = (uint16_t)(size - 1), .base = base};
}

static void fill_gdt(struct resident *resident, uint64_t tss)
{
    uint64_t limit = sizeof(resident->tss) - 1;

    resident->gdt[SELECTOR_CODE / 8] = CODE_SEGMENT;
    resident->gdt[SELECTOR_DATA / 8] = DATA_SEGMENT;
    resident->gdt[SELECTOR_TSS / 8] =
        TSS_SEGMENT | limit | (tss & 0xffffff) << 16 | (tss >> 24 & 0xff) << 56;
    resident->gdt[SELECTOR_TSS / 8 + 1] = tss >> 32;
}

static void fill_tss(struct task_state *tss, uint64_t stacks)
{
    for (unsigned i = 0; i < RESIDENT_STACKS; i++)
        tss->interrupt_stacks[i] = stacks + (i + 1) * RESIDENT_STACK_SIZE;
    tss->io_map = sizeof(*tss); /* beyond the limit: no port is open to user programs */
}

static uint8_t stack_of(unsigned vector)
{
    switch (vector) {
    case VECTOR_NMI:
        return STACK_OF_NMIS;
    case VECTOR_DOUBLE_FAULT:
        return STACK_OF_DOUBLE_FAULTS;
    case VECTOR_MACHINE_CHECK:
        return STACK_OF_MACHINE_CHECKS;
    default:
        return STACK_OF_FAULTS;
    }
}

static void fill_idt(struct interrupt_gate *idt, uint64_t vectors)
{
    for (unsigned vector = 0; vector < RESIDENT_VECTORS; vector++) {
        uint64_t stub = vectors + vector * RESIDENT_VECTOR_STRIDE;

        idt[vector] = (struct interrupt_gate){
            .offset_low = (uint16_t)stub,
            .selector = SELECTOR_CODE,
            .stack = stack_of(vector),
            .type = INTERRUPT_GATE,
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
        };
    }
}

static void fill_glyphs(struct resident *resident)
{
    for (uint32_t i = 0; i < FONT_GLYPHS; i++)
        memcpy(resident->glyphs[i], font_glyph(FONT_FIRST + i), FONT_HEIGHT);
}

/* The processor's tables hold addresses of the kernel's address space. */
static void fill_resident(struct resident *resident, uint64_t area)
{
    uint64_t data = area + header()->data;

    fill_glyphs(resident);
    fill_gdt(resident, data + __builtin_offsetof(struct resident, tss));
    fill_tss(&resident->tss, area + header()->stacks);
    fill_idt(resident->idt, area + header()->vectors);
    resident->gdt_pointer =
        table_pointer(data + __builtin_offsetof(struct resident, gdt), sizeof(resident->gdt));
    resident->idt_pointer =
        table_pointer(data + __builtin_offsetof(struct resident, idt), sizeof(resident->idt));
}

static bool map_area(const struct handover *handover, struct page_tables *tables,
                     struct error *error)
{
    uint64_t code = header()->data, data = header()->size - code;

    return page_tables_map(tables, handover->virtual, handover->phys, code, MAP_EXECUTE, error) &&
           page_tables_map(tables, handover->virtual + code, handover->phys + code, data, MAP_WRITE,
                           error);
}

/* The crossing writes to its page at no time: its code and its data are in one mapping. */
static bool map_crossing(const struct handover *handover, struct page_tables *tables,
                         struct error *error)
{
    return page_tables_map(tables, handover->crossing, handover->crossing, PAGE_SIZE, MAP_EXECUTE,
                           error);
}

static bool map_memory(const struct handover_memory *memory, uint64_t virtual,
                       struct page_tables *tables, struct error *error)
{
    return page_tables_map(tables, virtual, memory->phys, memory->size, memory->flags, error);
}

static bool build_intermediate(struct handover *handover, struct frames *frames,
                               struct error *error)
{
    struct page_tables *tables = &handover->intermediate;
    unsigned levels = cpu_page_table_levels();
    uint64_t code, length;

    if (levels == 0) /* the crossing begins without page tables */
        return true;
    firmware_switch_code(&code, &length);
    return page_tables_start(tables, levels, frames, FRAMES_TEMPORARY, error) &&
           page_tables_map(tables, code, code, length, MAP_EXECUTE, error) &&
           map_area(handover, tables, error);
}

bool handover_reserve(struct frames *frames, struct handover *out, struct error *error)
{
    *out = (struct handover){0};
    if (cpu_page_table_levels() != 0 && !cpu_has_five_levels())
        return true;
    return frames_allocate(frames, 1, PAGE_SIZE, FRAMES_TEMPORARY, &out->crossing, error) &&
           page_tables_start(&out->beyond, FOUR_LEVELS, frames, FRAMES_TEMPORARY, error);
}

static uint64_t resident_address(const struct handover *handover)
{
    return handover->virtual + header()->data;
}

static uint64_t enter_address(const struct handover *handover)
{
    return handover->virtual + header()->enter;
}

/* Where a label of crossing.S has come to lie. */
static uint64_t crossing_address(const struct handover *handover, const uint8_t *label)
{
    return handover->crossing + __builtin_offsetof(struct crossing, code) +
           (uint64_t)(label - crossing_code);
}

static struct far_pointer crossing_pointer(const struct handover *handover, const uint8_t *target,
                                           uint16_t selector)
{
    return (struct far_pointer){.offset = (uint32_t)crossing_address(handover, target),
                                .selector = selector};
}

static void fill_crossing(const struct handover *handover)
{
    struct crossing *crossing = firmware_memory(handover->crossing, PAGE_SIZE);

    *crossing = (struct crossing){
        .gdt_pointer = table_pointer(handover->crossing + __builtin_offsetof(struct crossing, gdt),
                                     sizeof(crossing->gdt)),
        .root = handover->beyond.root,
        .resident = resident_address(handover),
        .enter = enter_address(handover),
        .to_32_bit = crossing_pointer(handover, crossing_in_32_bit, CROSSING_SELECTOR_CODE_32),
        .to_64_bit = crossing_pointer(handover, crossing_in_64_bit, CROSSING_SELECTOR_CODE_64),
        .cr4 = CR4_AT_HAND_OVER | (handover->beyond.levels == FIVE_LEVELS ? CR4_LA57 : 0),
        .gdt[CROSSING_SELECTOR_CODE_32 / 8] = CODE_SEGMENT_32,
        .gdt[CROSSING_SELECTOR_DATA / 8] = DATA_SEGMENT,
        .gdt[CROSSING_SELECTOR_CODE_64 / 8] = CODE_SEGMENT,
    };
    memcpy(crossing->code, crossing_code, (size_t)(crossing_code_end - crossing_code));
}

static bool build_crossing(struct handover *handover, unsigned levels, struct error *error)
{
    bool is_mapped_before = handover->intermediate.levels != 0;

    handover->beyond.levels = levels; /* known only now; an empty root fits any */
    if (handover->crossing >= 4 * GIB || handover->beyond.root >= 4 * GIB)
        return FAIL(error, NO_LOW_MEMORY, levels);
    fill_crossing(handover);
    return (!is_mapped_before || map_crossing(handover, &handover->intermediate, error)) &&
           map_crossing(handover, &handover->beyond, error) &&
           map_area(handover, &handover->beyond, error);
}

bool handover_prepare(uint64_t virtual, const struct handover_extras *extras,
                      struct page_tables *kernel_tables, struct frames *frames,
                      struct handover *handover, struct error *error)
{
    handover->virtual = virtual;
    if (!frames_allocate(frames, pages_for(header()->size), PAGE_SIZE, FRAMES_LOADER,
                         &handover->phys, error))
        return false;
    uint8_t *area = firmware_memory(handover->phys, header()->size);
    memset(area, 0, header()->size);
    if (!gzip_unpack(resident_packed, resident_packed_size, area, error))
        return false;
    struct resident *resident = handover_resident(handover);
    fill_resident(resident, virtual);
    resident->screen = virtual + header()->size;
    resident->symbols = resident->screen + extras->screen.size;
    if (!map_area(handover, kernel_tables, error) ||
        !map_memory(&extras->screen, resident->screen, kernel_tables, error) ||
        !map_memory(&extras->symbols, resident->symbols, kernel_tables, error) ||
        !build_intermediate(handover, frames, error))
        return false;
    handover->crosses = kernel_tables->levels != handover->intermediate.levels;
    return !handover->crosses || build_crossing(handover, kernel_tables->levels, error);
}

void handover_run(const struct handover *handover)
{
    const uint8_t *crossing =
        handover->intermediate.levels == 0 ? crossing_in_32_bit : crossing_code;
    uint64_t enter =
        handover->crosses ? crossing_address(handover, crossing) : enter_address(handover);

    handover_switch(handover->intermediate.root, resident_address(handover), enter);
}
