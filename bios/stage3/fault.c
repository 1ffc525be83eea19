/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include "console/log.h"
#include "cpu/cpu.h"
#include "handover/resident.h"
#include "segments.h"

enum { EXCEPTIONS = 32, STUB_SIZE = 16, INTERRUPT_GATE = 0x8e, AVAILABLE_TSS = 0x89 };

/* As start.S and the processor leave it on the fault stack. */
struct fault_frame {
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* The system descriptor of thunk.S's GDT (AMD64 manual, volume 2, figure 4-22). */
struct tss_descriptor {
    uint16_t limit;
    uint16_t base_low;
    uint8_t base_middle;
    uint8_t type;
    uint8_t flags;
    uint8_t base_high;
    uint32_t base_highest;
    uint32_t reserved;
};
_Static_assert(sizeof(struct tss_descriptor) == 16, "AMD64 manual, volume 2, figure 4-22");

extern struct tss_descriptor gdt_tss;
extern const char fault_stubs[];
void segments_load(void);
_Noreturn void fault_show(const struct fault_frame *frame);

/* A stack of its own: the fault may be that the other one has overflowed. */
static uint8_t fault_stack[8192] __attribute__((aligned(16)));
static struct task_state tss;
static struct interrupt_gate idt[EXCEPTIONS] __attribute__((aligned(16)));

/* For thunk.S, packed as the processor wants it. */
struct __attribute__((packed)) {
    uint16_t limit;
    uint64_t base;
} idt_pointer;

void fault_show(const struct fault_frame *frame)
{
    static bool is_showing;
    uint64_t cr2;

    if (is_showing)
        cpu_halt();
    is_showing = true;
    log_start(); /* perhaps boot() has not come so far */
    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    /* One message: the screen may be what faults, and it comes last. */
    log_message(LOG_ERROR,
                "fault in stage 3: vector %lu, error code %lx, rip %lx, rsp %lx, cr2 %lx\n"
                "  what to do: please report this, it is a bug in Bowline",
                frame->vector, frame->error_code, frame->rip, frame->rsp, cr2);
    cpu_halt();
}

void fault_start(void)
{
    uint64_t base = (uintptr_t)&tss;

    tss.interrupt_stacks[0] = (uintptr_t)(fault_stack + sizeof(fault_stack));
    tss.io_map = sizeof(tss);
    gdt_tss = (struct tss_descriptor){
        .limit = sizeof(tss) - 1,
        .base_low = (uint16_t)base,
        .base_middle = (uint8_t)(base >> 16),
        .type = AVAILABLE_TSS,
        .base_high = (uint8_t)(base >> 24),
    };
    for (unsigned vector = 0; vector < EXCEPTIONS; vector++) {
        uint64_t stub = (uintptr_t)(fault_stubs + vector * STUB_SIZE);

        idt[vector] = (struct interrupt_gate){
            .offset_low = (uint16_t)stub,
            .offset_middle = (uint16_t)(stub >> 16),
            .selector = SEGMENT_CODE,
            .stack = 1,
            .type = INTERRUPT_GATE,
        };
    }
    idt_pointer.limit = sizeof(idt) - 1;
    idt_pointer.base = (uintptr_t)idt;
    segments_load();
}
