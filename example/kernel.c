/* SPDX-License-Identifier: 0BSD */
/*
 * A kernel to begin with. It shows what the boot loader has handed over, on the serial port and on
 * the screen if there is one, and then stops.
 *
 * Read it from the bottom: kernel_main() is where the machine is yours.
 *
 *     gcc -std=gnu17 -O2 -ffreestanding -fno-pie -fno-stack-protector -mno-red-zone \
 *         -mgeneral-regs-only -mcmodel=kernel -I../common/include -I../common \
 *         -c *.c ../common/console/font.c
 *     ld -T kernel.ld -o kernel.elf *.o
 *     mkimage run kernel.elf
 */
#include <bowline.h>

#include "canvas.h"
#include "terminal.h"

/* What the kernel asks for. Without it there would be the same, with a stack of 64 KiB. */
BOWLINE_REQUEST(.stack_size = 128 * 1024, .flags = BOWLINE_WANT_FRAMEBUFFER);

void kernel_main(struct bowline_info *boot);

static const char *name_of_kind(uint64_t kind)
{
    static const char *const names[] = {
        [BOWLINE_MEMORY_USABLE] = "usable",
        [BOWLINE_MEMORY_LOADER_RECLAIMABLE] = "loader",
        [BOWLINE_MEMORY_KERNEL] = "kernel",
        [BOWLINE_MEMORY_MODULE] = "module",
        [BOWLINE_MEMORY_FRAMEBUFFER] = "framebuffer",
        [BOWLINE_MEMORY_ACPI_RECLAIMABLE] = "ACPI tables",
        [BOWLINE_MEMORY_ACPI_NVS] = "ACPI NVS",
        [BOWLINE_MEMORY_RUNTIME_CODE] = "UEFI code",
        [BOWLINE_MEMORY_RUNTIME_DATA] = "UEFI data",
        [BOWLINE_MEMORY_MMIO] = "MMIO",
        [BOWLINE_MEMORY_PERSISTENT] = "persistent",
        [BOWLINE_MEMORY_BAD] = "bad",
        [BOWLINE_MEMORY_RESERVED] = "reserved",
    };

    return kind < sizeof(names) / sizeof(names[0]) && names[kind] ? names[kind] : "unknown";
}

static void show_machine(const struct bowline_info *boot)
{
    print("loader       %s\n", boot->loader_name);
    print("firmware     %s\n", boot->firmware == BOWLINE_FIRMWARE_UEFI ? "UEFI" : "BIOS");
    print("command line %s\n", boot->command_line);
    print("kernel       %x, %u KiB\n", boot->kernel_base, boot->kernel_size / 1024);
    print("stack        %x, %u KiB\n", boot->stack_base, boot->stack_size / 1024);
    print("direct map   %x, %u MiB\n", boot->direct_map, boot->direct_map_size >> 20);
    print("ACPI         %x\n", boot->rsdp_phys);
    BOWLINE_FOR_EACH (screen, boot->framebuffers)
        print("framebuffer  %u x %u, %u bits\n", screen->width, screen->height,
              screen->bits_per_pixel);
    BOWLINE_FOR_EACH (module, boot->modules)
        print("module       %s, %u bytes\n", module->name, module->size);
}

/* Neighbours of one kind are shown as one: firmware distinguishes more than a person wants to. */
static void show_memory(const struct bowline_info *boot)
{
    uint64_t start = 0, end = 0, kind = 0, usable = 0;

    BOWLINE_FOR_EACH (region, boot->memory_map)
        if (region->kind == BOWLINE_MEMORY_USABLE)
            usable += region->length;
    print("memory       %u MiB are usable\n\n", usable >> 20);

    BOWLINE_FOR_EACH (region, boot->memory_map) {
        if (region->kind == kind && region->base == end) {
            end += region->length;
            continue;
        }
        if (kind != 0)
            print("%x  %x  %s\n", start, end, name_of_kind(kind));
        start = region->base;
        end = region->base + region->length;
        kind = region->kind;
    }
    print("%x  %x  %s\n\n", start, end, name_of_kind(kind));
}

/*
 * The entry point. The processor is in 64-bit mode, with a stack, page tables, GDT and IDT of the
 * loader's: a fault ends on its fault screen. Interrupts are off.
 */
void kernel_main(struct bowline_info *boot)
{
    terminal_open_serial();
    if (boot->framebuffers.count > 0) {
        canvas_open(boot->framebuffers.items);
        canvas_draw_picture();
        terminal_open_screen();
    }
    show_machine(boot);
    show_memory(boot);
    print("The kernel has done what it came for.\n");
    for (;;)
        __asm__ volatile("hlt");
}
