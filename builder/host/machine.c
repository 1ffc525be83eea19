/* SPDX-License-Identifier: MIT */
#include "host/parts.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/units.h"
#include "boot/boot.h"
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
#include "firmware/video.h"
#include "firmware/volume.h"
#include "handover/switch.h"

/* Where the loader's own code pretends to lie. */
enum { SWITCH_CODE = 0x10000 };

struct host_machine *host_current;
static jmp_buf boot_end;

_Noreturn void host_end_boot(enum host_end end)
{
    longjmp(boot_end, (int)end + 1);
}

bool host_call_fails(void)
{
    return ++host_current->calls == host_current->failing_call;
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
    host_processor_init(machine);
}

bool host_machine_power_on(struct host_machine *machine)
{
    void *memory = mmap(NULL, machine->memory_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return false;
    machine->memory = memory;
    host_current = machine;
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

void firmware_must_be_alive(void)
{
    if (!host_current->is_taken_over)
        return;
    fprintf(stderr, "the firmware was called after it had been left\n");
    abort();
}

bool firmware_read_memory_map(struct firmware_memory_map *out, struct error *error)
{
    firmware_must_be_alive();
    if (host_call_fails())
        return FAIL_WITH(error, FIRMWARE, "memory map", 1);
    *out = (struct firmware_memory_map){
        .regions = host_current->regions,
        .count = host_current->region_count,
        .capacity = host_current->region_capacity,
    };
    return true;
}

bool firmware_claim_pages(uint64_t phys, uint64_t pages)
{
    firmware_must_be_alive();
    if (host_call_fails())
        return false;
    if (!is_aligned(phys, PAGE_SIZE) || phys == 0 ||
        phys + pages * PAGE_SIZE > host_current->memory_size)
        abort();
    /* Real memory is not zero. */
    memset(host_current->memory + phys, 0xa5, minimum(pages * PAGE_SIZE, 64 * MIB));
    if (host_current->kept_page - phys < pages * PAGE_SIZE && host_current->kept_page != 0)
        memcpy(host_current->memory + host_current->kept_page, host_current->kept, PAGE_SIZE);
    host_current->claimed_pages += pages;
    return true;
}

void firmware_release_pages(uint64_t phys, uint64_t pages)
{
    firmware_must_be_alive();
    memset(host_current->memory + phys, 0xaf, pages * PAGE_SIZE); /* somebody else's now */
    host_current->claimed_pages -= pages;
}

void *firmware_memory(uint64_t phys, uint64_t length)
{
    if (phys > host_current->memory_size || length > host_current->memory_size - phys)
        abort();
    return host_current->memory + phys;
}

/* ---- firmware/chainload.h, firmware/load_options.h, firmware/loader_interface.h ---- */

bool firmware_prepare_chainload(const struct settings *settings, struct frames *frames, void **out,
                                struct error *error)
{
    struct reader *file;

    (void)frames;
    firmware_must_be_alive();
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
    firmware_must_be_alive();
    snprintf(host_current->chainloaded, sizeof(host_current->chainloaded), "%s %s",
             settings->application, settings->options);
    FAIL(error, CHAINLOAD_RETURNED, 0);
    return error_in(error, settings->application);
}

size_t firmware_load_options(char *out)
{
    firmware_must_be_alive();
    if (host_current->load_options == NULL)
        return 0;
    if (out != NULL)
        memcpy(out, host_current->load_options, strlen(host_current->load_options));
    return strlen(host_current->load_options);
}

void firmware_take_wishes(struct loader_wishes *out)
{
    firmware_must_be_alive();
    *out = host_current->wishes;
    host_current->wishes.once[0] = '\0';
}

void firmware_tell_entries(const struct configuration *configuration)
{
    firmware_must_be_alive();
    host_current->told_entries = configuration->entry_count;
}

void firmware_tell_start(const char *entry, uint64_t entered, uint64_t done)
{
    firmware_must_be_alive();
    if (done < entered)
        abort();
    snprintf(host_current->told_start, sizeof(host_current->told_start), "%s", entry);
}

/* ---- firmware/video.h ---- */

void firmware_list_video_modes(struct video_modes *out)
{
    firmware_must_be_alive();
    *out = host_current->video;
}

bool firmware_set_video_mode(const struct video_modes *modes, uint32_t index,
                             struct bowline_framebuffer *out, struct error *error)
{
    const struct bowline_video_mode *mode = &modes->modes[index];

    firmware_must_be_alive();
    if (host_call_fails())
        return FAIL_WITH(error, FIRMWARE, "video mode", 1);
    *out = (struct bowline_framebuffer){
        .phys = host_current->framebuffer,
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
    firmware_must_be_alive();
    return host_current->has_vga_text;
}

/* Until graphics are set up, which is never asked about. */
bool firmware_shows_vga_text(void)
{
    firmware_must_be_alive();
    return host_current->has_vga_text;
}

void *firmware_framebuffer_memory(const struct bowline_framebuffer *framebuffer)
{
    (void)framebuffer;
    abort(); /* there is none: see above */
}

/* ---- firmware/console.h, firmware/tables.h ---- */

void firmware_write_text(const char *text, size_t length)
{
    firmware_must_be_alive();
    (void)text, (void)length;
}

void firmware_clear_text(bool shows_cursor)
{
    firmware_must_be_alive();
    (void)shows_cursor;
}

void firmware_draw_text(uint32_t column, uint32_t row, uint8_t attribute, const char *text,
                        size_t length)
{
    firmware_must_be_alive();
    (void)column, (void)row, (void)attribute, (void)text, (void)length;
}

/*
 * Somebody presses a key each second: those of `keys`, then Enter, and at last the power switch.
 * Without `keys` he comes after half a minute.
 */
bool firmware_poll_key(struct key *out)
{
    const char *keys = host_current->keys != NULL ? host_current->keys : "";

    firmware_must_be_alive();
    if (host_current->milliseconds <
        1000 * (host_current->pressed_keys + (host_current->keys != NULL ? 1 : 30)))
        return false;
    if (host_current->pressed_keys == HOST_PATIENCE)
        host_end_boot(HOST_SWITCHED_OFF);
    *out =
        key_of(host_current->pressed_keys < strlen(keys) ? (uint8_t)keys[host_current->pressed_keys]
                                                         : '\r');
    host_current->pressed_keys++;
    return true;
}

void firmware_pause(uint32_t milliseconds)
{
    firmware_must_be_alive();
    host_current->milliseconds += milliseconds;
}

/* ---- firmware/seal.h, firmware/clock.h, firmware/tables.h, firmware/entropy.h ---- */

const struct seal *firmware_find_seal(void)
{
    static const struct seal takes_every_boot_conf = SEAL_EMPTY;

    return host_current->seal != NULL ? host_current->seal : &takes_every_boot_conf;
}

uint64_t firmware_time(void)
{
    firmware_must_be_alive();
    return host_current->time;
}

void firmware_find_tables(struct firmware_tables *out)
{
    firmware_must_be_alive();
    *out = (struct firmware_tables){.kind = BOWLINE_FIRMWARE_BIOS};
}

bool firmware_random(void *bytes, size_t length)
{
    firmware_must_be_alive();
    (void)bytes, (void)length;
    return false;
}

/* ---- firmware/leave.h, handover/switch.h ---- */

bool firmware_take_over(struct firmware_memory_map *final, struct error *error)
{
    firmware_must_be_alive();
    if (host_call_fails())
        return FAIL(error, EXIT_BOOT_SERVICES, 1);
    *final = (struct firmware_memory_map){
        .regions = host_current->regions,
        .count = host_current->region_count,
        .capacity = host_current->region_capacity,
    };
    host_current->is_taken_over = true;
    return true;
}

void firmware_give_up(void)
{
    firmware_must_be_alive();
    host_end_boot(HOST_GAVE_UP);
}

void firmware_reset(void)
{
    host_end_boot(HOST_RESET);
}

void firmware_power_off(void)
{
    host_end_boot(HOST_SWITCHED_OFF);
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
    host_current->root = root;
    host_current->resident = resident;
    host_current->enter = enter;
    host_end_boot(HOST_STARTED_KERNEL);
}
