/* SPDX-License-Identifier: MIT */
/*
 * Takes the memory map at its word. First it overwrites all usable memory: nothing that it was
 * given may change. Then it moves to page tables, GDT, IDT and stack of its own, and overwrites the
 * reclaimable memory too: the kernel and its modules may not change. At last it lives on: it takes
 * an exception and ten interrupts of each of two timers.
 */
#include "library/kernel.h"
#include "library/pattern.h"

enum {
    REGIONS_MAX = 1024,
    MODULES_MAX = 8,
    ENTRIES = 512,
    OWN_GIGABYTES = 16, /* of physical memory in the kernel's own tables */
    OWN_SLOT = 384,     /* root entry that they are seen through */

    TICKS = 10,
    VECTOR_INVALID_OPCODE = 6,
    VECTOR_PIT = 0x20, /* where the loader has put IRQ 0 (docs/boot-protocol.md, 3.14) */
    VECTOR_APIC_TIMER = 0x40,
};

#define OWN_MAP          (UINT64_C(0xffff000000000000) | (uint64_t)OWN_SLOT << 39)
#define PRESENT_WRITABLE UINT64_C(3)
#define LARGE_PAGE       (UINT64_C(1) << 7)

extern const uint8_t code_start[], constants_end[], variables_end[];

static struct bowline_memory_region regions[REGIONS_MAX];
static uint64_t region_count;
static struct {
    uint64_t phys, size, seed;
} modules[MODULES_MAX];
static uint64_t module_count;
static uint64_t kernel_sum;

static uint64_t root[ENTRIES] __attribute__((aligned(4096)));
static uint64_t kernel_tables[3][ENTRIES] __attribute__((aligned(4096)));
static uint64_t memory_table[ENTRIES] __attribute__((aligned(4096)));
static uint64_t memory_tables[OWN_GIGABYTES][ENTRIES] __attribute__((aligned(4096)));
static uint8_t stack[16384] __attribute__((aligned(16)));
static uint64_t gdt[] = {0, UINT64_C(0x00209b0000000000), UINT64_C(0x0000930000000000)};

struct gate {
    uint16_t offset_low, selector, flags, offset_middle;
    uint32_t offset_high, reserved;
};
static struct gate idt[VECTOR_APIC_TIMER + 1] __attribute__((aligned(16)));

void kernel_main(struct bowline_info *boot);

/* Counted by the handlers, which are written in assembler for want of saved registers. */
extern volatile uint64_t exceptions, pit_ticks, apic_ticks;
volatile uint64_t exceptions, pit_ticks, apic_ticks;
void on_invalid_opcode(void);
void on_pit(void);
void on_apic_timer(void);
__asm__("on_invalid_opcode:\n\t"
        "incq exceptions(%rip)\n\t"
        "addq $2, (%rsp)\n\t" /* behind the ud2 */
        "iretq\n"
        "on_pit:\n\t"
        "incq pit_ticks(%rip)\n\t"
        "pushq %rax\n\t"
        "movb $0x20, %al\n\t" /* end of interrupt */
        "outb %al, $0x20\n\t"
        "popq %rax\n\t"
        "iretq\n"
        "on_apic_timer:\n\t"
        "incq apic_ticks(%rip)\n\t"
        "pushq %rax\n\t"
        "movabsq $0xffffc000fee000b0, %rax\n\t" /* APIC_EOI in OWN_MAP */
        "movl $0, (%rax)\n\t"
        "popq %rax\n\t"
        "iretq");
_Static_assert((OWN_MAP | 0xfee000b0) == UINT64_C(0xffffc000fee000b0), "on_apic_timer");

static uint64_t sum_of(const void *start, const void *end)
{
    uint64_t sum = 0;

    for (const uint8_t *byte = start; byte != end; byte++)
        sum = sum * 31 + *byte;
    return sum;
}

/* Every page says where it is, so that one page under two addresses shows. */
static void overwrite(uint64_t map, uint64_t kind)
{
    uint64_t pages = 0;

    for (uint64_t i = 0; i < region_count; i++) {
        uint64_t count = regions[i].length / 8;
        uint64_t *words = (uint64_t *)(map + regions[i].base);

        if (regions[i].kind != kind)
            continue;
        __asm__ volatile("rep stosq"
                         : "+D"(words), "+c"(count)
                         : "a"(UINT64_C(0xdeadbeefdeadbeef))
                         : "memory");
        for (uint64_t page = 0; page < regions[i].length; page += PAGE_SIZE, pages++)
            *(uint64_t *)(map + regions[i].base + page) = regions[i].base + page;
    }
    say("fill: %lu MiB of kind %lu overwritten\n", pages * PAGE_SIZE / MIB, kind);
    CHECK(pages > 0);
}

static void check_overwritten(uint64_t map, uint64_t kind)
{
    for (uint64_t i = 0; i < region_count; i++)
        for (uint64_t page = 0; regions[i].kind == kind && page < regions[i].length;
             page += PAGE_SIZE)
            CHECK_EQUAL(*(uint64_t *)(map + regions[i].base + page), regions[i].base + page);
}

static void check_own(uint64_t map)
{
    CHECK_EQUAL(sum_of(code_start, constants_end), kernel_sum);
    for (uint64_t i = 0; i < module_count; i++)
        for (uint64_t offset = 0; offset < modules[i].size; offset++)
            CHECK_EQUAL(*(uint8_t *)(map + modules[i].phys + offset),
                        pattern_byte(modules[i].seed, offset));
}

/* Copies what is needed when the boot info is gone. */
static void remember(const struct bowline_info *boot)
{
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        CHECK(region_count < REGIONS_MAX);
        regions[region_count++] = *region;
    }
    BOWLINE_FOR_EACH (module, boot->modules) {
        CHECK(module_count < MODULES_MAX);
        modules[module_count].phys = module->phys;
        modules[module_count].size = module->size;
        modules[module_count++].seed = pattern_seed(module->name);
    }
    kernel_sum = sum_of(code_start, constants_end);
}

static void build_tables(const struct bowline_info *boot)
{
    uint64_t base = boot->kernel_base, phys = boot->kernel_phys;

#define PHYS_OF(object) ((uint64_t) & (object)-base + phys)
    CHECK((base & (2 * MIB - 1)) + boot->kernel_size <= 2 * MIB); /* one lowest table is enough */
    root[base >> 39 & 511] = PHYS_OF(kernel_tables[0]) | PRESENT_WRITABLE;
    kernel_tables[0][base >> 30 & 511] = PHYS_OF(kernel_tables[1]) | PRESENT_WRITABLE;
    kernel_tables[1][base >> 21 & 511] = PHYS_OF(kernel_tables[2]) | PRESENT_WRITABLE;
    for (uint64_t offset = 0; offset < boot->kernel_size; offset += PAGE_SIZE)
        kernel_tables[2][(base + offset) >> 12 & 511] = (phys + offset) | PRESENT_WRITABLE;

    root[OWN_SLOT] = PHYS_OF(memory_table) | PRESENT_WRITABLE;
    for (uint64_t i = 0; i < OWN_GIGABYTES; i++) {
        memory_table[i] = PHYS_OF(memory_tables[i]) | PRESENT_WRITABLE;
        for (uint64_t j = 0; j < ENTRIES; j++)
            memory_tables[i][j] = (i * GIB + j * 2 * MIB) | LARGE_PAGE | PRESENT_WRITABLE;
    }
#undef PHYS_OF
}

static void set_gate(int vector, void (*handler)(void))
{
    uint64_t address = (uint64_t)handler;

    idt[vector] = (struct gate){
        .offset_low = (uint16_t)address,
        .selector = 0x08,
        .flags = 0x8e00,
        .offset_middle = (uint16_t)(address >> 16),
        .offset_high = (uint32_t)(address >> 32),
    };
}

static void wait_for(volatile uint64_t *ticks)
{
    while (*ticks < TICKS)
        __asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* Interrupts come when they are asked for: by the old timer through the PIC, and by the new one. */
static void take_interrupts(void)
{
    volatile uint32_t *apic = (volatile uint32_t *)(OWN_MAP + 0xfee00000);

    set_gate(VECTOR_INVALID_OPCODE, on_invalid_opcode);
    set_gate(VECTOR_PIT, on_pit);
    set_gate(VECTOR_APIC_TIMER, on_apic_timer);
    __asm__ volatile("ud2" : : : "memory");
    CHECK_EQUAL(exceptions, 1);

    apic[0x0f0 / 4] |= 1 << 8;                     /* enabled */
    apic[0x3e0 / 4] = 3;                           /* divided by 16 */
    apic[0x320 / 4] = VECTOR_APIC_TIMER | 1 << 17; /* periodic */
    apic[0x380 / 4] = 100000;
    wait_for(&apic_ticks);
    apic[0x320 / 4] = 1 << 16;

    out8(0x43, 0x34);        /* counter 0, both bytes, rate generator */
    out8(0x40, 1193 & 0xff); /* 1 kHz */
    out8(0x40, 1193 >> 8);
    out8(0x21, 0xfe);
    wait_for(&pit_ticks);
    out8(0x21, 0xff);
    CHECK_EQUAL(exceptions, 1);
    say("fill: an exception, and %d interrupts of each timer\n", TICKS);
}

/* From here on nothing of the loader is in use. */
_Noreturn static void live_alone(void)
{
    const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } gdt_pointer = {sizeof(gdt) - 1, (uint64_t)gdt},
      idt_pointer = {sizeof(idt) - 1, (uint64_t)idt};
    uint64_t scratch;

    __asm__ volatile("lgdt %1\n\t"
                     "lidt %2\n\t"
                     "pushq $0x08\n\t"
                     "leaq 1f(%%rip), %0\n\t"
                     "pushq %0\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movl $0x10, %k0\n\t"
                     "movl %k0, %%ss\n\t"
                     "movl %k0, %%ds\n\t"
                     "movl %k0, %%es"
                     : "=&r"(scratch)
                     : "m"(gdt_pointer), "m"(idt_pointer)
                     : "memory");
    overwrite(OWN_MAP, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
    overwrite(OWN_MAP, BOWLINE_MEMORY_USABLE);
    check_overwritten(OWN_MAP, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
    check_overwritten(OWN_MAP, BOWLINE_MEMORY_USABLE);
    check_own(OWN_MAP);
    take_interrupts();
    check_own(OWN_MAP);
    pass("fill");
}

void kernel_main(struct bowline_info *boot)
{
    const uint64_t *const info_end = (const uint64_t *)(boot + 1);

    promise("5.9");
    remember(boot);
    uint64_t info_sum = sum_of(boot, info_end);
    overwrite(boot->direct_map, BOWLINE_MEMORY_USABLE);
    check_overwritten(boot->direct_map, BOWLINE_MEMORY_USABLE);
    CHECK_EQUAL(sum_of(boot, info_end), info_sum);
    CHECK_EQUAL(boot->memory_map.count, region_count);
    CHECK(memcmp(boot->memory_map.items, regions, region_count * sizeof(regions[0])) == 0);
    check_own(boot->direct_map);
    BOWLINE_FOR_EACH (module, boot->modules)
        check_module(module);

    build_tables(boot);
    __asm__ volatile("movq %0, %%cr3\n\t"
                     "movq %1, %%rsp\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "pushq $0\n\t"
                     "jmp *%2"
                     :
                     : "r"((uint64_t)root - boot->kernel_base + boot->kernel_phys),
                       "r"(stack + sizeof(stack)), "r"(live_alone)
                     : "memory");
    __builtin_unreachable();
}
