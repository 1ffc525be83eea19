/* SPDX-License-Identifier: MIT */
/* What is the same in 64-bit and in 32-bit mode. */
#include "cpu/cpu.h"

/* CPUID leaves and their bits: Intel SDM volume 2A, AMD APM volume 3 appendix E. */
enum {
    CPUID_EXTENDED_MAX = 0x80000000u,
    CPUID_EXTENDED_FEATURES = 0x80000001u,
};
#define EXTENDED_EDX_NX         (1u << 20)
#define EXTENDED_EDX_1GIB_PAGES (1u << 26)
#define EXTENDED_EDX_LONG_MODE  (1u << 29)

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

_Noreturn void cpu_halt(void)
{
    /* A non-maskable interrupt ends a hlt. */
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}

void cpu_reset(void)
{
    enum {
        KEYBOARD_COMMAND = 0x64,
        KEYBOARD_PULSE_RESET = 0xfe,
        RESET_CONTROL = 0xcf9, /* of PCI chip sets since the 430FX */
        RESET_CONTROL_ARM = 0x02,
        RESET_CONTROL_FIRE = 0x06,
    };

    cpu_out8(RESET_CONTROL, RESET_CONTROL_ARM);
    cpu_out8(RESET_CONTROL, RESET_CONTROL_FIRE);
    cpu_out8(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
    cpu_halt();
}

void cpu_write_back_caches(void)
{
    __asm__ volatile("wbinvd" : : : "memory");
}

/* Intel's software implementation guide: ten tries for RDRAND; RDSEED may need more, with pauses.
 */
enum { RANDOM_TRIES = 10, RANDOM_SEED_TRIES = 100 };

static bool read_seed(uint32_t *out)
{
    for (unsigned i = 0; i < RANDOM_SEED_TRIES; i++) {
        bool is_valid;

        __asm__ volatile("rdseed %0" : "=r"(*out), "=@ccc"(is_valid));
        if (is_valid)
            return true;
        cpu_pause();
    }
    return false;
}

static bool read_random(uint32_t *out)
{
    for (unsigned i = 0; i < RANDOM_TRIES; i++) {
        bool is_valid;

        __asm__ volatile("rdrand %0" : "=r"(*out), "=@ccc"(is_valid));
        if (is_valid)
            return true;
    }
    return false;
}

/* 32 bits at a time: there is no more in 32-bit mode. */
static bool draw(bool (*read)(uint32_t *), uint64_t *out)
{
    uint32_t low, high;

    if (!read(&low) || !read(&high))
        return false;
    *out = (uint64_t)high << 32 | low;
    return true;
}

bool cpu_random_seed(uint64_t *out)
{
    const uint32_t EBX_RDSEED = 1u << 18;

    if (cpu_id(0, 0).eax < 7 || (cpu_id(7, 0).ebx & EBX_RDSEED) == 0)
        return false;
    return draw(read_seed, out);
}

bool cpu_random(uint64_t *out)
{
    const uint32_t ECX_RDRAND = 1u << 30;

    if ((cpu_id(1, 0).ecx & ECX_RDRAND) == 0)
        return false;
    return draw(read_random, out);
}

bool cpu_is_virtual(void)
{
    const uint32_t ECX_HYPERVISOR = 1u << 31; /* real processors have 0 there */

    return (cpu_id(1, 0).ecx & ECX_HYPERVISOR) != 0;
}

static struct cpuid read_extended(uint32_t leaf)
{
    uint32_t highest = cpu_id(CPUID_EXTENDED_MAX, 0).eax;

    /* Processors without extended leaves answer with those of another one. */
    if (highest < leaf || highest > (CPUID_EXTENDED_MAX | 0xffff))
        return (struct cpuid){0};
    return cpu_id(leaf, 0);
}

bool cpu_has_long_mode(void)
{
    return (read_extended(CPUID_EXTENDED_FEATURES).edx & EXTENDED_EDX_LONG_MODE) != 0;
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
