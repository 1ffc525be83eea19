/* SPDX-License-Identifier: MIT */
#include "host/machine.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/units.h"
#include "boot/boot.h"
#include "console/serial.h"
#include "cpu/cpu.h"
#include "cpu/local_apic.h"
#include "firmware/boot_device.h"
#include "firmware/boot_disk.h"
#include "firmware/chainload.h"
#include "firmware/clock.h"
#include "firmware/console.h"
#include "firmware/entropy.h"
#include "firmware/leave.h"
#include "firmware/load_options.h"
#include "firmware/loader_interface.h"
#include "firmware/memory.h"
#include "firmware/seal.h"
#include "firmware/tables.h"
#include "firmware/volume.h"
#include "format/reader.h"
#include "handover/switch.h"

/* Where the loader's own code pretends to lie. */
enum { SWITCH_CODE = 0x10000 };

static struct host_machine *current;
static jmp_buf boot_end;

static _Noreturn void end_boot(enum host_end end)
{
    longjmp(boot_end, (int)end + 1);
}

/* Counts a call of the firmware. True: it is the one that has to fail. */
static bool must_fail(void)
{
    return ++current->calls == current->failing_call;
}

/* ---- The machine ---- */

void host_machine_add_region(struct host_machine *machine, uint64_t base, uint64_t length,
                             uint64_t kind)
{
    machine->regions[machine->region_count++] =
        (struct bowline_memory_region){base, length, kind, kind, 0};
}

void host_machine_init(struct host_machine *machine, uint64_t ram)
{
    const uint64_t low = minimum(ram, 3 * GIB), high = ram - low;

    memset(machine, 0, sizeof(*machine));
    host_machine_add_region(machine, 0, 0x9fc00, BOWLINE_MEMORY_USABLE);
    host_machine_add_region(machine, 0x9fc00, 0x400, BOWLINE_MEMORY_RESERVED);
    host_machine_add_region(machine, 0xf0000, 0x10000, BOWLINE_MEMORY_RESERVED);
    host_machine_add_region(machine, 1 * MIB, low - 1 * MIB, BOWLINE_MEMORY_USABLE);
    host_machine_add_region(machine, 0xfffc0000, 0x40000, BOWLINE_MEMORY_RESERVED);
    if (high > 0)
        host_machine_add_region(machine, 4 * GIB, high, BOWLINE_MEMORY_USABLE);
    machine->memory_size = high > 0 ? 4 * GIB + high : low;
    machine->region_capacity = HOST_REGIONS_MAX;
    machine->has_long_mode = true;
    machine->has_nx = true;
}

bool host_machine_power_on(struct host_machine *machine)
{
    void *memory = mmap(NULL, machine->memory_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return false;
    machine->memory = memory;
    current = machine;
    return true;
}

enum host_end host_machine_boot(struct host_machine *machine)
{
    if (!host_machine_power_on(machine))
        return HOST_HAS_NO_MEMORY;
    int end = setjmp(boot_end);
    if (end == 0)
        boot(0);
    return (enum host_end)(end - 1);
}

void host_machine_release(struct host_machine *machine)
{
    if (machine->memory != NULL)
        munmap(machine->memory, machine->memory_size);
    machine->memory = NULL;
}

/* ---- firmware/memory.h ---- */

void firmware_must_be_alive(const char *function)
{
    if (!current->is_taken_over)
        return;
    fprintf(stderr, "%s() was called after the firmware had been left\n", function);
    abort();
}

bool firmware_read_memory_map(struct firmware_memory_map *out, struct error *error)
{
    firmware_must_be_alive(__func__);
    if (must_fail())
        return FAIL_WITH(error, FIRMWARE, "memory map", 1);
    *out = (struct firmware_memory_map){
        .regions = current->regions,
        .count = current->region_count,
        .capacity = current->region_capacity,
    };
    return true;
}

bool firmware_claim_pages(uint64_t phys, uint64_t pages)
{
    firmware_must_be_alive(__func__);
    if (must_fail())
        return false;
    if (!is_aligned(phys, PAGE_SIZE) || phys == 0 ||
        phys + pages * PAGE_SIZE > current->memory_size)
        abort();
    /* Real memory is not zero. */
    memset(current->memory + phys, 0xa5, minimum(pages * PAGE_SIZE, 64 * MIB));
    current->claimed_pages += pages;
    return true;
}

void firmware_release_pages(uint64_t phys, uint64_t pages)
{
    firmware_must_be_alive(__func__);
    memset(current->memory + phys, 0xaf, pages * PAGE_SIZE); /* somebody else's now */
    current->claimed_pages -= pages;
}

void *firmware_memory(uint64_t phys, uint64_t length)
{
    if (phys > current->memory_size || length > current->memory_size - phys)
        abort();
    return current->memory + phys;
}

/* ---- firmware/volume.h, firmware/boot_device.h ---- */

struct open_file {
    struct reader reader; /* first, for the casts below */
    struct memory_reader memory;
    struct reader *source;
};

static bool read_file(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                      struct error *error)
{
    struct open_file *file = (struct open_file *)reader;

    firmware_must_be_alive(__func__);
    if (must_fail())
        return FAIL(error, DISK_READ, offset / 512, pages_for(length), 4);
    return reader_read(file->source, offset, length, to, error);
}

static void close_file(struct reader *reader)
{
    current->open_files--;
    free(reader);
}

bool firmware_open_file(const char *path, struct reader **out, struct error *error)
{
    firmware_must_be_alive(__func__);
    if (must_fail())
        return FAIL(error, DISK_READ, 1, 1, 4);
    for (size_t i = 0; i < current->file_count; i++) {
        const struct host_machine_file *source = &current->files[i];

        if (strcmp(source->path, path) != 0)
            continue;
        struct open_file *file = calloc(1, sizeof(*file));
        if (file == NULL)
            abort();
        memory_reader_init(&file->memory, source->bytes, source->size);
        file->source = source->reader != NULL ? source->reader : &file->memory.reader;
        file->reader = (struct reader){file->source->size, read_file, close_file};
        current->open_files++;
        *out = &file->reader;
        return true;
    }
    return FAIL(error, FILE_NOT_FOUND);
}

void firmware_find_boot_device(struct bowline_boot_device *out)
{
    firmware_must_be_alive(__func__);
    *out = current->boot_device;
}

/* ---- firmware/boot_disk.h ---- */

bool firmware_find_boot_disk(struct firmware_boot_disk *out)
{
    firmware_must_be_alive(__func__);
    if (current->disk == NULL)
        return false;
    *out = (struct firmware_boot_disk){current->disk_sector_size, current->is_disk_read_only};
    return true;
}

static bool is_unreadable_in(uint64_t offset, uint64_t length)
{
    return current->unreadable_byte != 0 && current->unreadable_byte >= offset &&
           current->unreadable_byte - offset < length;
}

static uint8_t *disk_bytes(uint64_t offset, uint64_t length)
{
    if (offset > current->disk_size || length > current->disk_size - offset)
        abort();
    return current->disk + offset;
}

bool firmware_read_boot_disk(uint64_t offset, uint64_t length, void *to, struct error *error)
{
    firmware_must_be_alive(__func__);
    if (must_fail() || is_unreadable_in(offset, length))
        return FAIL(error, DISK_READ, offset / 512, pages_for(length), 4);
    memcpy(to, disk_bytes(offset, length), length);
    return true;
}

bool firmware_write_boot_disk(uint64_t offset, uint64_t length, const void *from,
                              struct error *error)
{
    firmware_must_be_alive(__func__);
    if (offset % current->disk_sector_size != 0 || length % current->disk_sector_size != 0)
        abort();
    if (must_fail())
        return FAIL(error, DISK_WRITE, offset / 512, pages_for(length), 3);
    memcpy(disk_bytes(offset, length), from, length);
    if (is_unreadable_in(offset, length))
        current->unreadable_byte = 0;
    if (current->fails_after_writing)
        return FAIL_WITH(error, FIRMWARE, "FlushBlocks()", 7);
    return true;
}

/* ---- firmware/chainload.h, firmware/load_options.h, firmware/loader_interface.h ---- */

bool firmware_prepare_chainload(const struct settings *settings, struct frames *frames, void **out,
                                struct error *error)
{
    struct reader *file;

    (void)frames;
    firmware_must_be_alive(__func__);
    if (settings->application == NULL)
        return FAIL_WITH(error, CHAINLOAD_FIRMWARE, "a boot sector");
    if (!firmware_open_file(settings->application, &file, error))
        return error_in(error, settings->application);
    reader_close(file);
    *out = NULL;
    return true;
}

bool firmware_start_chainload(const struct settings *settings, void *prepared, struct error *error)
{
    (void)prepared;
    firmware_must_be_alive(__func__);
    snprintf(current->chainloaded, sizeof(current->chainloaded), "%s %s", settings->application,
             settings->options);
    FAIL(error, CHAINLOAD_RETURNED, 0);
    return error_in(error, settings->application);
}

size_t firmware_load_options(char *out)
{
    firmware_must_be_alive(__func__);
    if (current->load_options == NULL)
        return 0;
    if (out != NULL)
        memcpy(out, current->load_options, strlen(current->load_options));
    return strlen(current->load_options);
}

void firmware_take_wishes(struct loader_wishes *out)
{
    firmware_must_be_alive(__func__);
    *out = current->wishes;
    current->wishes.once[0] = '\0';
}

void firmware_tell_entries(const struct configuration *configuration)
{
    firmware_must_be_alive(__func__);
    current->told_entries = configuration->entry_count;
}

void firmware_tell_start(const char *entry, uint64_t entered, uint64_t done)
{
    firmware_must_be_alive(__func__);
    if (done < entered)
        abort();
    snprintf(current->told_start, sizeof(current->told_start), "%s", entry);
}

/* ---- firmware/video.h ---- */

void firmware_list_video_modes(struct video_modes *out)
{
    firmware_must_be_alive(__func__);
    *out = current->video;
}

bool firmware_set_video_mode(const struct video_modes *modes, uint32_t index,
                             struct bowline_framebuffer *out, struct error *error)
{
    const struct bowline_video_mode *mode = &modes->modes[index];

    firmware_must_be_alive(__func__);
    if (must_fail())
        return FAIL_WITH(error, FIRMWARE, "video mode", 1);
    *out = (struct bowline_framebuffer){
        .phys = current->framebuffer,
        .width = mode->width,
        .height = mode->height,
        .pitch = mode->width * 4,
        .bits_per_pixel = 32,
        .red_shift = 16,
        .green_shift = 8,
        .red_bits = 8,
        .green_bits = 8,
        .blue_bits = 8,
    };
    return true;
}

bool firmware_current_framebuffer(struct bowline_framebuffer *out)
{
    (void)out;
    return false;
}

bool firmware_set_vga_text(void)
{
    firmware_must_be_alive(__func__);
    return current->has_vga_text;
}

/* Until graphics are set up, which is never asked about. */
bool firmware_shows_vga_text(void)
{
    firmware_must_be_alive(__func__);
    return current->has_vga_text;
}

const struct seal *firmware_find_seal(void)
{
    static const struct seal takes_every_boot_conf = SEAL_EMPTY;

    return current->seal != NULL ? current->seal : &takes_every_boot_conf;
}

uint64_t firmware_time(void)
{
    firmware_must_be_alive(__func__);
    return current->time;
}

void *firmware_framebuffer_memory(const struct bowline_framebuffer *framebuffer)
{
    (void)framebuffer;
    abort(); /* there is none: see above */
}

/* ---- firmware/console.h, firmware/tables.h ---- */

void firmware_write_text(const char *text, size_t length)
{
    firmware_must_be_alive(__func__);
    (void)text, (void)length;
}

void firmware_clear_text(bool shows_cursor)
{
    firmware_must_be_alive(__func__);
    (void)shows_cursor;
}

void firmware_draw_text(uint32_t column, uint32_t row, uint8_t attribute, const char *text,
                        size_t length)
{
    firmware_must_be_alive(__func__);
    (void)column, (void)row, (void)attribute, (void)text, (void)length;
}

/*
 * Somebody presses a key each second: those of `keys`, then Enter, and at last the power switch.
 * Without `keys` he comes after half a minute.
 */
bool firmware_poll_key(struct key *out)
{
    const char *keys = current->keys != NULL ? current->keys : "";

    firmware_must_be_alive(__func__);
    if (current->milliseconds < 1000 * (current->pressed_keys + (current->keys != NULL ? 1 : 30)))
        return false;
    if (current->pressed_keys == HOST_PATIENCE)
        end_boot(HOST_SWITCHED_OFF);
    *out =
        key_of(current->pressed_keys < strlen(keys) ? (uint8_t)keys[current->pressed_keys] : '\r');
    current->pressed_keys++;
    return true;
}

void firmware_pause(uint32_t milliseconds)
{
    firmware_must_be_alive(__func__);
    current->milliseconds += milliseconds;
}

void firmware_find_tables(struct firmware_tables *out)
{
    firmware_must_be_alive(__func__);
    *out = (struct firmware_tables){.kind = BOWLINE_FIRMWARE_BIOS};
}

bool firmware_random(void *bytes, size_t length)
{
    firmware_must_be_alive(__func__);
    (void)bytes, (void)length;
    return false;
}

/* ---- firmware/leave.h, handover/switch.h ---- */

bool firmware_take_over(struct firmware_memory_map *final, struct error *error)
{
    firmware_must_be_alive(__func__);
    if (must_fail())
        return FAIL(error, EXIT_BOOT_SERVICES, 1);
    *final = (struct firmware_memory_map){
        .regions = current->regions,
        .count = current->region_count,
        .capacity = current->region_capacity,
    };
    current->is_taken_over = true;
    return true;
}

void firmware_give_up(void)
{
    firmware_must_be_alive(__func__);
    end_boot(HOST_GAVE_UP);
}

void firmware_reset(void)
{
    end_boot(HOST_RESET);
}

void firmware_power_off(void)
{
    end_boot(HOST_SWITCHED_OFF);
}

bool firmware_has_setup(void)
{
    return false;
}

void firmware_enter_setup(void)
{
}

void firmware_switch_code(uint64_t *phys, uint64_t *length)
{
    *phys = SWITCH_CODE;
    *length = PAGE_SIZE;
}

void handover_switch(uint64_t root, uint64_t resident, uint64_t enter)
{
    current->root = root;
    current->resident = resident;
    current->enter = enter;
    end_boot(HOST_STARTED_KERNEL);
}

/* ---- cpu/cpu.h: a processor whose only device is the debug console at port 0xe9 ---- */

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf, (void)subleaf;
    return (struct cpuid){0};
}

uint64_t cpu_read_tsc(void)
{
    return current->tsc++;
}

bool cpu_random_seed(uint64_t *out)
{
    (void)out;
    return false;
}

bool cpu_random(uint64_t *out)
{
    if (current->random == 0)
        return false;
    *out = current->random = current->random * 6364136223846793005 + 1442695040888963407;
    return true;
}

/* The simulated processor has none. */
bool local_apic_silence(struct error *error)
{
    (void)error;
    return true;
}

void cpu_pause(void)
{
}

void cpu_out8(uint16_t port, uint8_t value)
{
    if (port == 0xe9 && current->log_length < HOST_LOG_MAX)
        current->log[current->log_length++] = (char)value;
}

unsigned long cpu_hold_interrupts(void)
{
    return 0;
}

void cpu_release_interrupts(unsigned long held)
{
    (void)held;
}

uint8_t cpu_in8(uint16_t port)
{
    /* Where no device answers, the bus reads as ones. */
    return port == 0xe9 ? 0xe9 : 0xff;
}

uint32_t cpu_in32(uint16_t port)
{
    (void)port;
    return current->timer += current->timer_step;
}

void cpu_halt(void)
{
    end_boot(HOST_HALTED);
}

bool cpu_is_virtual(void)
{
    return false;
}

bool cpu_has_long_mode(void)
{
    return current->has_long_mode;
}

bool cpu_has_nx(void)
{
    return current->has_nx;
}

bool cpu_has_1gib_pages(void)
{
    return current->has_1gib_pages;
}

bool cpu_has_five_levels(void)
{
    return current->has_five_levels;
}

unsigned cpu_page_table_levels(void)
{
    if (current->runs_in_32_bit_mode)
        return 0;
    return current->has_five_levels && current->runs_with_five_levels ? 5 : 4;
}
