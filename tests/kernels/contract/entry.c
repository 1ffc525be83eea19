/* SPDX-License-Identifier: MIT */
#include "entry.h"

#include "contract.h"

enum { MSR_PAT = 0x277 };

#define MSR_EFER           0xc0000080
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

static void check_registers(const struct bowline_info *boot)
{
    const struct entry_state *s = &entry_state;

    promise("3.1");
    CHECK_EQUAL(s->rdi, boot);
    CHECK_EQUAL(s->rax | s->rbx | s->rcx | s->rdx | s->rsi | s->rbp, 0);
    CHECK_EQUAL(s->r8 | s->r9 | s->r10 | s->r11 | s->r12 | s->r13 | s->r14 | s->r15, 0);
    promise("3.2");
    CHECK_EQUAL(s->return_address, 0);
    CHECK_EQUAL((s->rsp + 8) % 16, 0);
    CHECK_EQUAL(s->rsp + 8, boot->stack_base + boot->stack_size);
    promise("3.3");
    CHECK_EQUAL(s->rflags, 2);
    promise("3.8");
    CHECK_EQUAL(s->cr0, 0x80010033);
    promise("3.9");
    CHECK_EQUAL(s->cr4, boot->flags & BOWLINE_IS_LA57 ? 0x1620 : 0x620);
    promise("3.10");
    CHECK_EQUAL(read_msr(MSR_EFER), 0xd00);
    promise("3.11");
    CHECK_EQUAL(s->mxcsr, 0x1f80);
    CHECK_EQUAL(s->fcw & 0xffff, 0x37f);
    promise("3.12");
    CHECK_EQUAL(read_msr(MSR_PAT), UINT64_C(0x0000010500070406));
    promise("3.13");
    CHECK_EQUAL(s->cr8, 0);
    CHECK_EQUAL(s->dr7, 0x400);
}

static bool is_in_loader_area(const struct bowline_info *boot, uint64_t address, uint64_t size)
{
    return address >= boot->loader_base && size <= boot->loader_size &&
           address - boot->loader_base <= boot->loader_size - size;
}

static void check_segments(const struct bowline_info *boot)
{
    const struct entry_state *s = &entry_state;
    const uint64_t *gdt = (const uint64_t *)base_of(&s->gdt);

    promise("3.4");
    CHECK_EQUAL(s->cs, 0x08);
    CHECK_EQUAL(s->ss, 0x10);
    CHECK_EQUAL(s->ds, 0x10);
    CHECK_EQUAL(s->es, 0x10);
    CHECK_EQUAL(s->fs, 0);
    CHECK_EQUAL(s->gs, 0);
    CHECK_EQUAL(s->ldtr, 0);
    CHECK_EQUAL(read_msr(MSR_FS_BASE), 0);
    CHECK_EQUAL(read_msr(MSR_GS_BASE), 0);
    CHECK_EQUAL(read_msr(MSR_KERNEL_GS_BASE), 0);

    promise("3.5");
    CHECK_EQUAL(s->gdt.limit, 5 * 8 - 1); /* null, code, data, and a TSS of two entries */
    CHECK(is_in_loader_area(boot, base_of(&s->gdt), s->gdt.limit + 1U));
    CHECK_EQUAL(gdt[0], 0);
    CHECK_EQUAL(gdt[1] >> 40 & 0xff, 0x9b); /* present, ring 0, code, readable, accessed */
    CHECK_EQUAL(gdt[1] >> 53 & 3, 1);       /* 64 bits */
    CHECK_EQUAL(gdt[2] >> 40 & 0xff, 0x93); /* present, ring 0, data, writable, accessed */
    CHECK_EQUAL(gdt[3] >> 40 & 0xff, 0x8b); /* present, busy 64-bit TSS */

    uint64_t tss = (gdt[3] >> 16 & 0xffffff) | (gdt[3] >> 56 & 0xff) << 24 | gdt[4] << 32;
    uint64_t limit = (gdt[3] & 0xffff) | (gdt[3] >> 32 & 0xf0000);
    uint16_t io_map;
    promise("3.6");
    CHECK_EQUAL(s->tr, 0x18);
    CHECK(is_in_loader_area(boot, tss, limit + 1));
    memcpy(&io_map, (const void *)(tss + 102), sizeof(io_map));
    CHECK(io_map > limit); /* no I/O permission map */
}

/* Which of the TSS's stacks a vector has: double faults, NMIs and machine checks have their own. */
static uint8_t expected_stack(const uint8_t *idt, int vector)
{
    const uint8_t common = idt[4], of_double_faults = idt[16 * 8 + 4];

    switch (vector) {
    case 2:
    case 8:
    case 18:
        CHECK(idt[16 * vector + 4] != common);
        CHECK(vector == 8 || idt[16 * vector + 4] != of_double_faults);
        return idt[16 * vector + 4];
    default:
        return common;
    }
}

/* Every vector ends in the loader area, on an interrupt stack. */
static void check_vectors(const struct bowline_info *boot)
{
    const struct entry_state *s = &entry_state;
    const uint8_t *idt = (const uint8_t *)base_of(&s->idt);

    promise("3.7");
    CHECK_EQUAL(s->idt.limit, 256 * 16 - 1);
    CHECK(is_in_loader_area(boot, base_of(&s->idt), s->idt.limit + 1U));
    for (int vector = 0; vector < 256; vector++) {
        const uint8_t *gate = idt + 16 * vector;
        uint16_t low, middle;
        uint32_t high;

        memcpy(&low, gate, 2);
        memcpy(&middle, gate + 6, 2);
        memcpy(&high, gate + 8, 4);
        CHECK(is_in_loader_area(boot, low | (uint64_t)middle << 16 | (uint64_t)high << 32, 1));
        CHECK_EQUAL(gate[2] | gate[3] << 8, 0x08);
        CHECK(gate[4] >= 1 && gate[4] <= 7);
        CHECK_EQUAL(gate[4], expected_stack(idt, vector));
        CHECK_EQUAL(gate[5], 0x8e); /* present, ring 0, interrupt gate */
    }
}

void check_entry(const struct bowline_info *boot)
{
    check_registers(boot);
    check_segments(boot);
    check_vectors(boot);
}

/* Reloads every segment register as a kernel's interrupt return does. */
static void return_from_interrupt(void)
{
    uint64_t scratch;

    __asm__ volatile("movq %%rsp, %0\n\t"
                     "pushq $0x10\n\t"
                     "pushq %0\n\t"
                     "pushfq\n\t"
                     "pushq $0x08\n\t"
                     "leaq 1f(%%rip), %0\n\t"
                     "pushq %0\n\t"
                     "iretq\n"
                     "1:\n\t"
                     "movl $0x10, %k0\n\t"
                     "movl %k0, %%ds\n\t"
                     "movl %k0, %%es\n\t"
                     "movl %k0, %%ss\n\t"
                     : "=&r"(scratch)
                     :
                     : "memory", "cc");
}

static void use_vector_registers(void)
{
    uint64_t out[2] __attribute__((aligned(16))) = {0};
    static const uint64_t in[2] __attribute__((aligned(16))) = {1, 2};
    uint64_t one = 0;

    __asm__ volatile("movaps %1, %%xmm0; paddq %%xmm0, %%xmm0; movaps %%xmm0, %0"
                     : "=m"(out)
                     : "m"(in));
    CHECK_EQUAL(out[0], 2);
    CHECK_EQUAL(out[1], 4);
    __asm__ volatile("fld1; fstpl %0" : "=m"(one));
    CHECK_EQUAL(one, UINT64_C(0x3ff0000000000000)); /* 1.0 */
}

static void check_local_sources(const volatile uint32_t *apic)
{
    static const uint16_t sources[] = {0x320, 0x330, 0x340, 0x370}; /* timer, thermal ... error */

    for (size_t i = 0; i < COUNT_OF(sources); i++)
        CHECK_EQUAL(apic[sources[i] / 4] >> 16 & 1, 1); /* masked */
    CHECK_EQUAL(apic[0x380 / 4], 0);                    /* the count of the timer */
}

/* Its page is in the direct map, uncached. AMD64 manual, volume 2, 16.3. */
static void check_local_apic(const struct bowline_info *boot)
{
    const volatile uint32_t *apic = (const volatile uint32_t *)(boot->direct_map + 0xfee00000);

    check_local_sources(apic);
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQUAL(apic[(0x100 + 16 * i) / 4], 0); /* in service */
        CHECK_EQUAL(apic[(0x200 + 16 * i) / 4], 0); /* requested */
    }
    say("contract: spurious %x, lint0 %x, lint1 %x\n", apic[0xf0 / 4], apic[0x350 / 4],
        apic[0x360 / 4]);
}

void check_interrupts(const struct bowline_info *boot)
{
    promise("3.5");
    return_from_interrupt();
    promise("3.11");
    use_vector_registers();
    promise("3.14");
    CHECK_EQUAL(in8(0x21), 0xff); /* both PICs are masked */
    CHECK_EQUAL(in8(0xa1), 0xff);

    promise("3.15");
    check_local_apic(boot);
    /* An interrupt would go to the loader's IDT, and so to the fault screen. */
    __asm__ volatile("sti");
    for (int i = 0; i < 100000; i++)
        in8(0x80); /* a slow read that does nothing */
    __asm__ volatile("cli");
}
