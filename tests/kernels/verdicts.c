/* SPDX-License-Identifier: MIT */
/* Every way to end but a pass: the first word of the command line says which. */
#include "library/kernel.h"
#include "library/paging.h"

#ifdef VERDICTS_REQUEST
BOWLINE_REQUEST(VERDICTS_REQUEST);
#endif

static void unmap(const struct bowline_info *boot, uint64_t address)
{
    *find_entry(boot, address) = 0;
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* What the kernel sees of its screen, and what the fault screen does. */
static void unmap_screen(const struct bowline_info *boot, bool is_fault_screen)
{
    uint64_t phys = boot->framebuffers.items->phys;
    uint64_t address = (uint64_t)boot->framebuffers.items->address;

    if (is_fault_screen) {
        struct mapping mapping;

        address = boot->loader_base;
        while (!find_mapping(boot, address, &mapping) || mapping.phys != phys)
            address += PAGE_SIZE;
    }
    unmap(boot, address);
}

/* A name longer than a line of the fault screen, as C++ and Rust make them. */
#define TEN(x)    x##x##x##x##x##x##x##x##x##x
#define LONG_NAME TEN(a_name_of_twenty_one_)
__attribute__((noinline)) static void LONG_NAME(void)
{
    __asm__ volatile(
        "xorl %ebp, %ebp; ud2"); /* without callers: its name is the last but one line */
}

/* Three calls deep, for the back trace. What follows each call keeps it from becoming a jump. */
__attribute__((noinline)) static void innermost(void)
{
    volatile uint64_t something = 0; /* so that this function has a frame, too */

    __asm__ volatile("ud2" : : "r"(&something));
}

__attribute__((noinline)) static void middle(void)
{
    innermost();
    __asm__ volatile("");
}

__attribute__((noinline)) static void outermost(void)
{
    middle();
    __asm__ volatile("");
}

void kernel_main(struct bowline_info *boot);

/* With no IDT at all an exception cannot be delivered, nor can the double fault that follows. */
_Noreturn static void triple_fault(void)
{
    static const struct {
        uint16_t padding[3];
        uint16_t limit;
        uint64_t base;
    } nothing = {0};

    __asm__ volatile("lidt %0; ud2" : : "m"(nothing.limit));
    halt();
}

static void power_off(void)
{
    /* ACPI's PM1a control register of QEMU's q35 and pc: sleep type 0 is S5 there. */
    __asm__ volatile("outw %0, %1" : : "a"((uint16_t)0x2000), "Nd"((uint16_t)0x604));
}

static void reset(void)
{
    out8(0xcf9, 0x06);
}

/* Writes downwards from the stack until something stops it. */
static void overflow_stack(const struct bowline_info *boot)
{
    volatile uint8_t *place = (volatile uint8_t *)(boot->stack_base + 16);

    say("expect: cr2 %016lx\n", boot->stack_base - 1);
    for (;;)
        *--place = 0;
}

static void write_own_code(void)
{
    uint64_t address = (uint64_t)&kernel_main;

    say("expect: cr2 %016lx\n", address);
    __asm__ volatile("movb $0, (%0)" : : "r"(address) : "memory");
}

__attribute__((noinline)) static void read_from(uint64_t address)
{
    say("expect: cr2 %016lx\n", address);
    __asm__ volatile("movq (%0), %%rax" : : "r"(address) : "rax", "memory");
}

static const uint64_t limits[16] = {1, 2, 3, 4};

static void write_constant(void)
{
    uint64_t address = (uint64_t)&limits[2];

    say("expect: cr2 %016lx\n", address);
    __asm__ volatile("movb $0, (%0)" : : "r"(address) : "memory");
}

/* Behind the last module; there has to be one. */
static void read_above_modules(const struct bowline_info *boot)
{
    uint64_t end = 0;

    BOWLINE_FOR_EACH (module, boot->modules)
        end = align_up((uint64_t)module->address + module->size, PAGE_SIZE);
    read_from(end + 24);
}

static void read_physical(const struct bowline_info *boot)
{
    say("expect: mapped %lx\n", boot->direct_map + 0x4000000);
    read_from(0x4000000);
}

/* Leaves rsp `bytes` below the stack, and pushes. */
static void overflow_by(const struct bowline_info *boot, uint64_t bytes)
{
    __asm__ volatile("movq %0, %%rsp; pushq $0" : : "r"(boot->stack_base - bytes) : "memory");
}

/*
 * Page faults on the stack that has overflowed: the processor cannot push what they need there, and
 * that is a double fault.
 */
static void fault_twice(const struct bowline_info *boot)
{
    struct {
        uint16_t padding[3];
        uint16_t limit;
        uint64_t base;
    } table;

    __asm__ volatile("sidt %0" : "=m"(table.limit));
    ((uint8_t *)table.base)[14 * 16 + 4] = 0; /* the number of its interrupt stack */
    overflow_by(boot, 16);
}

static void execute_stack(const struct bowline_info *boot)
{
    void (*function)(void) = (void (*)(void))boot->stack_base;

    say("expect: cr2 %016lx\n", boot->stack_base);
    function();
}

/* Faults with a known number in every register. */
__attribute__((noinline)) static void fill_registers(void)
{
    uint64_t cr3, rsp, rip;

    __asm__ volatile("movq %%cr3, %0; movq %%rsp, %1; leaq registers_fault(%%rip), %2"
                     : "=r"(cr3), "=r"(rsp), "=r"(rip));
    say("expect: cr3 %016lx\nexpect: rsp %016lx\nexpect: rip %016lx\n", cr3, rsp, rip);
    __asm__ volatile("movabsq $0xa0a0a0a0a0a0a0a0, %rax\n\t"
                     "movabsq $0xb1b1b1b1b1b1b1b1, %rbx\n\t"
                     "movabsq $0xc2c2c2c2c2c2c2c2, %rcx\n\t"
                     "movabsq $0xd3d3d3d3d3d3d3d3, %rdx\n\t"
                     "movabsq $0xe4e4e4e4e4e4e4e4, %rsi\n\t"
                     "movabsq $0xf5f5f5f5f5f5f5f5, %rdi\n\t"
                     "movabsq $0x0808080808080808, %r8\n\t"
                     "movabsq $0x0909090909090909, %r9\n\t"
                     "movabsq $0x1010101010101010, %r10\n\t"
                     "movabsq $0x1111111111111111, %r11\n\t"
                     "movabsq $0x1212121212121212, %r12\n\t"
                     "movabsq $0x1313131313131313, %r13\n\t"
                     "movabsq $0x1414141414141414, %r14\n\t"
                     "movabsq $0x1515151515151515, %r15\n\t"
                     "xorl %ebp, %ebp\n\t" /* ZF and PF: RFLAGS is 46 */
                     "movabsq $0x0606060606060606, %rbp\n"
                     "registers_fault: ud2");
    __builtin_unreachable();
}

void kernel_main(struct bowline_info *boot)
{
    say("verdicts: %s\n", boot->command_line);
    if (fact_is(boot, "fail"))
        fail(__FILE__, __LINE__, "on purpose");
    if (fact_is(boot, "lie")) { /* the marker of a pass, but not its code */
        say("bowline-test: pass verdicts\n");
        out8(0xf4, 0x42);
    }
    if (fact_is(boot, "silent")) /* the code of a pass, but not its marker */
        out8(0xf4, 0x10);
    if (fact_is(boot, "long-name"))
        LONG_NAME();
    if (fact_is(boot, "names-gone"))
        unmap(boot, boot->loader_base + boot->loader_size - PAGE_SIZE);
    if (fact_is(boot, "screen-gone"))
        unmap_screen(boot, true);
    if (fact_is(boot, "framebuffer-gone"))
        unmap_screen(boot, false);
    if (fact_is(boot, "names-gone") || fact_is(boot, "screen-gone") ||
        fact_is(boot, "framebuffer-gone"))
        __asm__ volatile("ud2");
    if (fact_is(boot, "deep"))
        outermost();
    if (fact_is(boot, "hang"))
        halt();
    if (fact_is(boot, "triple"))
        triple_fault();
    if (fact_is(boot, "reset"))
        reset();
    if (fact_is(boot, "power-off"))
        power_off();
    if (fact_is(boot, "stack-overflow"))
        overflow_stack(boot);
    if (fact_is(boot, "read-nothing"))
        read_from(UINT64_C(0x123456789000));
    if (fact_is(boot, "null"))
        read_from(24);
    if (fact_is(boot, "physical"))
        read_physical(boot);
    if (fact_is(boot, "write-constant"))
        write_constant();
    if (fact_is(boot, "above-modules"))
        read_above_modules(boot);
    if (fact_is(boot, "double"))
        fault_twice(boot);
    if (fact_is(boot, "beyond"))
        overflow_by(boot, PAGE_SIZE + 16);
    if (fact_is(boot, "write-code"))
        write_own_code();
    if (fact_is(boot, "execute-stack"))
        execute_stack(boot);
    if (fact_is(boot, "registers"))
        fill_registers();
    if (fact_is(boot, "undefined"))
        __asm__ volatile("ud2");
    halt();
}
