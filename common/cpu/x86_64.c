/* SPDX-License-Identifier: MIT */
#include "cpu/cpu.h"

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

void cpu_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

uint8_t cpu_in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

uint32_t cpu_in32(uint16_t port)
{
    uint32_t value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

void cpu_disable_interrupts(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* Registers of the local APIC: offsets in its page, or numbers of MSRs with 0x800 and >> 4. */
enum {
    APIC_EOI = 0x0b0,
    APIC_IN_SERVICE = 0x100, /* eight registers of 32 vectors */
    APIC_TIMER = 0x320,
    APIC_TIMER_INITIAL_COUNT = 0x380,

    APIC_MASKED = 1 << 16,
    APIC_BASE_MSR = 0x1b,
    APIC_BASE_X2APIC = 1 << 10,
    APIC_BASE_ENABLED = 1 << 11,
};

static uint32_t apic_read(uint64_t base, uint32_t offset)
{
    if (base & APIC_BASE_X2APIC)
        return (uint32_t)cpu_read_msr(0x800 + (offset >> 4));
    return *(volatile uint32_t *)(uintptr_t)((base & 0xffffffffff000) + offset);
}

static void apic_write(uint64_t base, uint32_t offset, uint32_t value)
{
    if (base & APIC_BASE_X2APIC)
        cpu_write_msr(0x800 + (offset >> 4), value);
    else
        *(volatile uint32_t *)(uintptr_t)((base & 0xffffffffff000) + offset) = value;
}

static bool apic_is_in_service(uint64_t base)
{
    uint32_t vectors = 0;

    for (uint32_t i = 0; i < 8; i++)
        vectors |= apic_read(base, APIC_IN_SERVICE + 16 * i);
    return vectors != 0;
}

void cpu_silence_local_apic(void)
{
    const uint32_t EDX_APIC = 1 << 9;

    if ((cpu_id(1, 0).edx & EDX_APIC) == 0)
        return;
    uint64_t base = cpu_read_msr(APIC_BASE_MSR);
    if (!(base & APIC_BASE_ENABLED))
        return;
    apic_write(base, APIC_TIMER, APIC_MASKED);
    apic_write(base, APIC_TIMER_INITIAL_COUNT, 0);
    for (unsigned i = 0; i < 256 && apic_is_in_service(base); i++)
        apic_write(base, APIC_EOI, 0);
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
