/* SPDX-License-Identifier: MIT */
/* The fault screen: what the processor said, in words and numbers, and then nothing more. */
#include "cpu/cpu.h"
#include "format/symbols.h"
#include "handover/describe.h"
#include "handover/sinks.h"

/* What the processor pushes; for some vectors an error code comes before it. */
struct interrupted {
    uint64_t rip, cs, rflags, rsp, ss;
};

/* As resident.S leaves it on the fault's stack. */
struct fault_frame {
    uint64_t cr0, cr2, cr3, cr4;
    uint64_t rax, rbx, rcx, rdx, rbp, rsi, rdi;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t return_address; /* behind the vector's stub */
    uint64_t pushed[];       /* by the processor */
};

/* Vectors with an error code: 8, 10 to 14, 17, 21, 29 and 30 (AMD64 manual, volume 2, table 8-1).
 */
static const uint32_t HAVE_ERROR_CODE = 0x60227d00;

/* resident.S. Hidden: clang would reach it through a GOT, which holds addresses to relocate. */
extern const uint8_t resident_vectors[] __attribute__((visibility("hidden")));

/* What happened, made out of a frame. */
struct fault {
    const struct fault_frame *registers;
    const struct interrupted *interrupted;
    uint64_t vector;
    uint64_t error_code; /* 0 where there is none */
};

static struct fault understand(const struct fault_frame *frame)
{
    uint64_t vector =
        (frame->return_address - 1 - (uintptr_t)resident_vectors) / RESIDENT_VECTOR_STRIDE;
    bool has_error_code = vector < 32 && (HAVE_ERROR_CODE >> vector & 1);

    return (struct fault){
        .registers = frame,
        .interrupted = (const struct interrupted *)(frame->pushed + has_error_code),
        .vector = vector,
        .error_code = has_error_code ? frame->pushed[0] : 0,
    };
}

/* At the start of the writable part: resident.ld. */
struct resident resident_data __attribute__((section(".bss.resident_data")));

const uint8_t *font_glyph(uint32_t code_point)
{
    return resident_data.glyphs[font_index(code_point)];
}

_Noreturn void fault_show(const struct fault_frame *frame, struct resident *resident);

/* Names of the vectors, one after the other: an array of pointers would need relocation. */
static const char vector_names[] = "divide error\0"
                                   "debug\0"
                                   "non-maskable interrupt\0"
                                   "breakpoint\0"
                                   "overflow\0"
                                   "bound range exceeded\0"
                                   "invalid opcode\0"
                                   "device not available\0"
                                   "double fault\0"
                                   "coprocessor segment overrun\0"
                                   "invalid TSS\0"
                                   "segment not present\0"
                                   "stack fault\0"
                                   "general protection fault\0"
                                   "page fault\0"
                                   "reserved\0"
                                   "x87 floating-point error\0"
                                   "alignment check\0"
                                   "machine check\0"
                                   "SIMD floating-point error\0"
                                   "virtualization exception\0"
                                   "control protection exception\0";

enum {
    NAMED_VECTORS = 22,
    PAGE_FAULT = 14,
    CALLERS_MAX = 16,
    NEAR = 4096, /* bytes that a symbol without a size may reach */
};

static const char *vector_name(uint64_t vector)
{
    const char *name = vector_names;

    if (vector >= NAMED_VECTORS)
        return vector < 32 ? "reserved exception" : "interrupt";
    for (; vector > 0; vector--)
        while (*name++ != '\0')
            continue;
    return name;
}

static bool covers(const struct resident *resident, const struct elf_symbol *symbol,
                   uint64_t address)
{
    uint64_t distance = address - resident->slide - symbol->value;
    unsigned type = symbol->info & 15;

    return type <= SYMBOL_FUNCTION && symbol->section != SECTION_UNDEFINED &&
           symbol->section != SECTION_ABSOLUTE && symbol->name < resident->strings_size &&
           distance < (symbol->size > 0 ? symbol->size : NEAR);
}

/*
 * The function or variable that an address lies in. Assembly often gives no size: then the nearest
 * symbol below will do, if it is not far.
 */
static const struct elf_symbol *find_symbol(const struct resident *resident, uint64_t address)
{
    const struct elf_symbol *symbols = (const struct elf_symbol *)(uintptr_t)resident->symbols;
    const struct elf_symbol *best = NULL;

    for (uint64_t i = 0; i < resident->symbols_size / sizeof(*symbols); i++) {
        const struct elf_symbol *symbol = &symbols[i];

        if (!covers(resident, symbol, address))
            continue;
        if (best == NULL || symbol->value > best->value ||
            (symbol->value == best->value && symbol->size > best->size))
            best = symbol;
    }
    return best;
}

static void show_symbol(struct sinks *sinks, const struct resident *resident, const char *what,
                        uint64_t address, const struct elf_symbol *symbol)
{
    const char *strings = (const char *)(uintptr_t)(resident->symbols + resident->symbols_size);

    show(sinks, "  %s %lx, %s + 0x%lx\n", what, address, strings + symbol->name,
         address - resident->slide - symbol->value);
}

static void show_place(struct sinks *sinks, const struct resident *resident, const char *what,
                       uint64_t address)
{
    const struct elf_symbol *symbol = find_symbol(resident, address);

    if (symbol == NULL)
        show(sinks, "  %s %lx\n", what, address);
    else
        show_symbol(sinks, resident, what, address, symbol);
}

/* The variable, or the code, that a page fault is about, where it has a name. */
static void show_accessed(struct sinks *sinks, const struct fault *fault,
                          const struct resident *resident)
{
    uint64_t address = fault->registers->cr2;
    const struct elf_symbol *symbol = find_symbol(resident, address);

    if (symbol != NULL)
        show_symbol(sinks, resident, "address", address, symbol);
}

/* Follows frame pointers, as far as they stay in the kernel's stack: nothing else is safe to read.
 */
static void show_callers(struct sinks *sinks, const struct fault *fault,
                         const struct resident *resident)
{
    uint64_t frame = fault->registers->rbp;

    for (unsigned i = 0; i < CALLERS_MAX; i++) {
        if (frame % 8 != 0 || frame < resident->stack_base ||
            frame - resident->stack_base + 16 > resident->stack_size)
            return;
        const uint64_t *saved = (const uint64_t *)(uintptr_t)frame; /* rbp, return address */
        if (saved[1] == 0)
            return;
        show_place(sinks, resident, "called from", saved[1]);
        if (saved[0] <= frame)
            return;
        frame = saved[0];
    }
}

static void show_page_fault(struct sinks *sinks, const struct fault *fault,
                            const struct resident *resident)
{
    uint64_t address = fault->registers->cr2;
    uint64_t code = fault->error_code; /* AMD64 manual, volume 2, 8.4.2 */
    const char *access = code & 16 ? "executing" : code & 2 ? "writing to" : "reading";
    const char *reason = code & 8   ? "a reserved bit is set in its page tables"
                         : code & 1 ? "its page does not allow it"
                                    : "nothing is mapped there";
    char fact[SINKS_LINE_MAX];

    show(sinks, "  %s address %lx: %s\n", access, address, reason);
    if (describe_address(resident, address, fact, sizeof(fact)) > 0)
        show(sinks, "  %s\n", fact);
    if (describe_physical(resident, address, fact, sizeof(fact)) > 0)
        show(sinks, "  %s\n", fact);
}

static void show_stack(struct sinks *sinks, const struct fault *fault,
                       const struct resident *resident)
{
    char fact[SINKS_LINE_MAX];

    if (describe_stack(resident, fault->interrupted->rsp, fact, sizeof(fact)) > 0)
        show(sinks, "  %s\n", fact);
}

static void show_registers(struct sinks *sinks, const struct fault *fault)
{
    const struct fault_frame *f = fault->registers;
    const struct interrupted *i = fault->interrupted;

    show(sinks, "  rip %016lx  rsp %016lx  rflags %lx\n", i->rip, i->rsp, i->rflags);
    show(sinks, "  rax %016lx  rbx %016lx  rcx %016lx\n", f->rax, f->rbx, f->rcx);
    show(sinks, "  rdx %016lx  rsi %016lx  rdi %016lx\n", f->rdx, f->rsi, f->rdi);
    show(sinks, "  rbp %016lx  r8  %016lx  r9  %016lx\n", f->rbp, f->r8, f->r9);
    show(sinks, "  r10 %016lx  r11 %016lx  r12 %016lx\n", f->r10, f->r11, f->r12);
    show(sinks, "  r13 %016lx  r14 %016lx  r15 %016lx\n", f->r13, f->r14, f->r15);
    show(sinks, "  cr0 %016lx  cr2 %016lx  cr3 %016lx\n", f->cr0, f->cr2, f->cr3);
    show(sinks, "  cr4 %016lx  cs %lx  ss %lx\n", f->cr4, i->cs, i->ss);
}

/* `is_first`: nothing has gone wrong with reporting yet. */
static void report(struct sinks *sinks, const struct fault *fault, const struct resident *resident,
                   bool is_first)
{
    show(sinks, "bowline: fault: the kernel stopped with vector %lu, %s, error code %lx\n",
         fault->vector, vector_name(fault->vector), fault->error_code);
    if (fault->vector == PAGE_FAULT)
        show_page_fault(sinks, fault, resident);
    show_stack(sinks, fault, resident);
    show_registers(sinks, fault);
    if (is_first) {
        show_place(sinks, resident, "at", fault->interrupted->rip);
        if (fault->vector == PAGE_FAULT)
            show_accessed(sinks, fault, resident);
        show_callers(sinks, fault, resident);
    }
}

static void show_end(struct sinks *sinks)
{
    show(sinks, "bowline: press Enter to restart the machine\n");
    show(sinks, "bowline: halted: the kernel had no interrupt table of its own yet\n");
}

/* What the caches hold of the note would be lost by the reset. */
static void keep_note(struct resident *resident)
{
    if (resident->note.number == 0)
        return;
    fault_note_finish(&resident->note);
    cpu_write_back_caches();
}

/*
 * Laptops have no reset button, and without power the note would be lost. The keyboard is that of
 * the PC/AT, in the scan codes that it has at the start (IBM PC/AT Technical Reference).
 */
static _Noreturn void wait_for_restart(void)
{
    enum {
        DATA = 0x60,
        STATUS = 0x64,
        NO_CONTROLLER = 0xff,
        HAS_DATA = 0x01,
        OF_THE_MOUSE = 0x20,
        ENTER_IS_DOWN = 0x1c,
        BUFFERED_MAX = 16,
    };

    /* Keys from before the message do not count. */
    for (unsigned i = 0; i < BUFFERED_MAX && cpu_in8(STATUS) & HAS_DATA; i++)
        cpu_in8(DATA);
    while (cpu_in8(STATUS) != NO_CONTROLLER) {
        uint8_t status = cpu_in8(STATUS);

        if (status & HAS_DATA && cpu_in8(DATA) == ENTER_IS_DOWN && !(status & OF_THE_MOUSE))
            cpu_reset();
        cpu_pause();
    }
    cpu_halt();
}

/*
 * What can fail comes last: names and the screen need memory that a kernel may have unmapped.
 * Should the report itself fault, then that is reported without them, and a third fault says
 * nothing more.
 */
void fault_show(const struct fault_frame *frame, struct resident *resident)
{
    struct fault fault = understand(frame);
    struct sinks ports = sinks_on_ports(resident);
    uint64_t earlier = resident->reports++;

    if (earlier > 1)
        cpu_halt();
    show(&ports, "\n"); /* what the kernel said last may be without a line end */
    report(&ports, &fault, resident, earlier == 0);
    keep_note(resident);
    if (earlier == 0) {
        struct sinks screen = sinks_on_screen(resident);
        report(&screen, &fault, resident, true);
        show_end(&screen);
    }
    ports.note = NULL;
    show_end(&ports); /* after everything else: who hears it may look at the screen */
    wait_for_restart();
}
