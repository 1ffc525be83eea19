/* SPDX-License-Identifier: MIT */
/*
 * A slot: says what it was told of the boot state. With `confirm` on its command line it comes up:
 * it rewrites the record itself, with a driver for the first ATA disk that knows no more than that
 * needs. With `wait` it says no verdict.
 */
#include <bowline_state.h>

#include "library/kernel.h"

void kernel_main(struct bowline_info *boot);

enum { SECTOR_SIZE = 512, ATA = 0x1f0, STATUS = 0x1f7, DEVICE = 0x1f6 };
enum { READ = 0x20, WRITE = 0x30, FLUSH = 0xe7 };

static void wait_for(uint8_t mask, uint8_t value)
{
    uint8_t status;

    while (((status = in8(STATUS)) & mask) != value)
        CHECK(status != 0 && (status & 0x81) != 0x01); /* no disk; an error, and not busy */
}

static void command(uint8_t number, uint64_t sector)
{
    wait_for(0x80, 0);
    out8(DEVICE, (uint8_t)(0xe0 | (sector >> 24 & 0x0f)));
    wait_for(0x80, 0);
    out8(ATA + 2, 1);
    for (unsigned i = 0; i < 3; i++)
        out8((uint16_t)(ATA + 3 + i), (uint8_t)(sector >> 8 * i));
    out8(STATUS, number);
}

static void read_sector(uint64_t sector, void *to)
{
    uint16_t *words = to;

    command(READ, sector);
    wait_for(0x88, 0x08);
    for (unsigned i = 0; i < SECTOR_SIZE / 2; i++)
        __asm__ volatile("inw %1, %0" : "=a"(words[i]) : "d"((uint16_t)ATA));
}

static void write_sector(uint64_t sector, const void *from)
{
    const uint16_t *words = from;

    command(WRITE, sector);
    wait_for(0x88, 0x08);
    for (unsigned i = 0; i < SECTOR_SIZE / 2; i++)
        __asm__ volatile("outw %0, %1" : : "a"(words[i]), "d"((uint16_t)ATA));
    wait_for(0x80, 0);
    command(FLUSH, 0);
    wait_for(0x80, 0);
}

static uint64_t sector_of(const struct bowline_boot_device *device, int place)
{
    return (device->state_offset + (uint64_t)place * BOWLINE_STATE_DISTANCE) / SECTOR_SIZE;
}

static void confirm(const struct bowline_boot_device *device)
{
    static struct bowline_state records[2];

    for (int place = 0; place < 2; place++)
        read_sector(sector_of(device, place), &records[place]);
    CHECK(bowline_state_newest(records) >= 0);

    int place = bowline_state_confirm(records, device->slot);
    if (place >= 0)
        write_sector(sector_of(device, place), &records[place]);
    say("slot: %s\n", place >= 0 ? "confirmed" : "nothing to confirm");
}

void kernel_main(struct bowline_info *boot)
{
    const struct bowline_boot_device *device = boot->boot_device;

    say("slot: \"%s\", number %lu, attempts left %lu, state at 0x%lx\n", boot->command_line,
        device->slot, device->attempts_left, device->state_offset);
    if (fact_is(boot, "confirm"))
        confirm(device);
    if (fact_is(boot, "wait")) {
        say("slot: waiting\n");
        halt();
    }
    pass("slot");
}
