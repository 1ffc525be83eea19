/* SPDX-License-Identifier: MIT */
#include "cpu/cpu.h"

#include <stddef.h>

#include "handover/resident.h"

/* CPUID leaves and their bits: Intel SDM volume 2A, AMD APM volume 3 appendix E. */
enum {
    CPUID_EXTENDED_MAX = 0x80000000u,
    CPUID_EXTENDED_FEATURES = 0x80000001u,
};
#define EXTENDED_EDX_NX         (1u << 20)
#define EXTENDED_EDX_1GIB_PAGES (1u << 26)

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid id;

    __asm__ volatile("cpuid"
                     : "=a"(id.eax), "=b"(id.ebx), "=c"(id.ecx), "=d"(id.edx)
                     : "a"(leaf), "c"(subleaf));
    return id;
}

uint64_t cpu_read_msr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

void cpu_write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

uint64_t cpu_read_tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

void cpu_pause(void)
{
    __asm__ volatile("pause" : : : "memory");
}

void cpu_disable_interrupts(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* In place of an interrupt handler: whoever waits for the interrupt is gone. */
__attribute__((interrupt)) static void ignore_interrupt(void *frame)
{
    (void)frame;
}

enum { EXCEPTIONS = 32, INTERRUPT_GATE = 0x8e };

static struct interrupt_gate idt[256];

/* The exceptions of the present table, and for every interrupt nothing. */
static void fill_idt(const struct table_pointer *present)
{
    uint64_t handler = (uintptr_t)ignore_interrupt;
    uint16_t code_segment;

    __asm__("mov %%cs, %0" : "=r"(code_segment));
    for (size_t vector = 0; vector < EXCEPTIONS; vector++)
        if ((vector + 1) * sizeof(idt[0]) <= present->limit + 1u)
            idt[vector] = ((const struct interrupt_gate *)present->base)[vector];
    for (size_t vector = EXCEPTIONS; vector < 256; vector++)
        idt[vector] = (struct interrupt_gate){
            .offset_low = (uint16_t)handler,
            .selector = code_segment,
            .type = INTERRUPT_GATE,
            .offset_middle = (uint16_t)(handler >> 16),
            .offset_high = (uint32_t)(handler >> 32),
        };
}

void cpu_accept_interrupts(void)
{
    const struct table_pointer own = {.limit = sizeof(idt) - 1, .base = (uintptr_t)idt};
    struct table_pointer present;

    __asm__("sidt %0" : "=m"(present.limit), "=m"(present.base));
    fill_idt(&present);
    /* The task priority holds back vectors below 32. Behind sti one instruction is still alone. */
    __asm__ volatile("mov %[priority], %%cr8\n\t"
                     "lidt %[own]\n\t"
                     "sti\n\t"
                     "nop\n\t"
                     "nop\n\t"
                     "cli\n\t"
                     "lidt %[present]\n\t"
                     "mov %[none], %%cr8"
                     :
                     : [priority] "r"(UINT64_C(1)), [none] "r"(UINT64_C(0)), [own] "m"(own.limit),
                       "m"(own.base), [present] "m"(present.limit), "m"(present.base)
                     : "memory");
}

_Noreturn void cpu_halt(void)
{
    /* A non-maskable interrupt ends a hlt. */
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}

/* Intel's software implementation guide: ten tries for RDRAND; RDSEED may need more, with pauses.
 */
enum { RANDOM_TRIES = 10, RANDOM_SEED_TRIES = 100 };

bool cpu_random_seed(uint64_t *out)
{
    const uint32_t EBX_RDSEED = 1u << 18;

    if (cpu_id(0, 0).eax < 7 || (cpu_id(7, 0).ebx & EBX_RDSEED) == 0)
        return false;
    for (unsigned i = 0; i < RANDOM_SEED_TRIES; i++) {
        uint64_t value;
        bool is_valid;

        __asm__ volatile("rdseed %0" : "=r"(value), "=@ccc"(is_valid));
        if (is_valid) {
            *out = value;
            return true;
        }
        cpu_pause();
    }
    return false;
}

bool cpu_random(uint64_t *out)
{
    const uint32_t ECX_RDRAND = 1u << 30;

    if ((cpu_id(1, 0).ecx & ECX_RDRAND) == 0)
        return false;
    for (unsigned i = 0; i < RANDOM_TRIES; i++) {
        uint64_t value;
        bool is_valid;

        __asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(is_valid));
        if (is_valid) {
            *out = value;
            return true;
        }
    }
    return false;
}

static struct cpuid read_extended(uint32_t leaf)
{
    if (cpu_id(CPUID_EXTENDED_MAX, 0).eax < leaf)
        return (struct cpuid){0};
    return cpu_id(leaf, 0);
}

bool cpu_has_nx(void)
{
    return (read_extended(CPUID_EXTENDED_FEATURES).edx & EXTENDED_EDX_NX) != 0;
}

bool cpu_has_1gib_pages(void)
{
    return (read_extended(CPUID_EXTENDED_FEATURES).edx & EXTENDED_EDX_1GIB_PAGES) != 0;
}

bool cpu_has_five_levels(void)
{
    const uint32_t ECX_LA57 = 1u << 16;

    return cpu_id(0, 0).eax >= 7 && (cpu_id(7, 0).ecx & ECX_LA57) != 0;
}

unsigned cpu_page_table_levels(void)
{
    const uint64_t CR4_LA57 = 1 << 12;
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    return (cr4 & CR4_LA57) != 0 ? 5 : 4;
}
