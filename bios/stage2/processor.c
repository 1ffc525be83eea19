/* SPDX-License-Identifier: MIT */
#include "processor.h"

#include <stdbool.h>
#include <stdint.h>

#include "console.h"

/* AMD64 manual, volume 3, appendix E. Long mode implies PAE and SSE2. */
#define EXTENDED_MAX         0x80000000u
#define EXTENDED_FEATURES    0x80000001u
#define FEATURE_NX           (1u << 20)
#define FEATURE_LONG_MODE    (1u << 29)
#define FLAGS_IDENTIFICATION (1u << 21)

static const char use_64_bit[] = "use a computer with an x86-64 processor; in an emulator, choose "
                                 "such a model (QEMU: qemu-system-x86_64 -cpu qemu64)";

/* Before CPUID there was no flag for it that can be changed. */
static bool has_cpuid(void)
{
    uint32_t before, after;

    __asm__ volatile("pushfl\n\t"
                     "popl %0\n\t"
                     "movl %0, %1\n\t"
                     "xorl %2, %1\n\t"
                     "pushl %1\n\t"
                     "popfl\n\t"
                     "pushfl\n\t"
                     "popl %1\n\t"
                     "pushl %0\n\t"
                     "popfl"
                     : "=&r"(before), "=&r"(after)
                     : "i"(FLAGS_IDENTIFICATION)
                     : "cc");
    return ((before ^ after) & FLAGS_IDENTIFICATION) != 0;
}

struct extended_leaf {
    uint32_t eax, edx;
};

static struct extended_leaf read_leaf(uint32_t leaf)
{
    struct extended_leaf result;

    __asm__ volatile("cpuid" : "=a"(result.eax), "=d"(result.edx) : "a"(leaf) : "ebx", "ecx");
    return result;
}

void processor_check(void)
{
    uint32_t features = 0;

    if (!has_cpuid())
        fail("this processor is older than CPUID and has no 64-bit mode", use_64_bit);
    /* Processors without extended leaves answer with those of another one. */
    if (read_leaf(EXTENDED_MAX).eax > EXTENDED_MAX &&
        read_leaf(EXTENDED_MAX).eax <= (EXTENDED_MAX | 0xffff))
        features = read_leaf(EXTENDED_FEATURES).edx;
    if (!(features & FEATURE_LONG_MODE))
        fail("this processor has no 64-bit mode (long mode)", use_64_bit);
    if (!(features & FEATURE_NX))
        fail("this processor has no NX bit, or the firmware has switched it off",
             "switch \"execute disable\" (XD, NX) on in the firmware's setup");
}
