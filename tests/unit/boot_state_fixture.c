/* SPDX-License-Identifier: MIT */
#include "boot_state_fixture.h"

#include <string.h>

#include "base/units.h"

uint8_t disk[DISK_SIZE];
struct host_machine machine;
struct boot_state state;
struct selection selection;
struct bowline_boot_device device;
struct configuration configuration;

struct boot_entry entries[4] = {
    [C] = {.name = "c"},
    [B] = {.name = "b", .is_slot = true, .priority = 1, .attempts = 2},
    [A] = {.name = "a", .is_slot = true, .priority = 5, .attempts = 3},
    [D] = {.name = "d", .is_slot = true, .priority = 1, .attempts = 1},
};

struct bowline_state *record(int place)
{
    return (struct bowline_state *)(disk + boot_state_place(place));
}

uint64_t name_of(int entry)
{
    return entries[entry].state_name;
}

/* Each boot reads boot.conf anew. */
static void forget_failures(void)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        entries[i].has_failed = false;
}

int start(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        entries[i].state_name = boot_state_name(entries[i].name, strlen(entries[i].name));
    forget_failures();
    configuration = (struct configuration){.entry_count = COUNT_OF(entries), .entries = entries};
    memset(disk, 0xdd, sizeof(disk));
    for (int place = 0; place < 2; place++) {
        *record(place) = (struct bowline_state){
            .magic = BOWLINE_STATE_MAGIC,
            .version = BOWLINE_STATE_VERSION,
            .sequence = place == 0,
        };
        bowline_state_seal(record(place));
    }
    host_machine_init(&machine, 4 * MIB);
    machine.disk = disk;
    machine.disk_size = DISK_SIZE;
    machine.disk_sector_size = 512;
    return host_machine_power_on(&machine) ? 0 : -1;
}

int end(void **unused)
{
    (void)unused;
    host_machine_release(&machine);
    return 0;
}

uint32_t choose(void)
{
    forget_failures();
    state_read(&configuration, &state);
    selection_start(&configuration, &state, &selection);
    return selection.entry;
}

uint32_t boot_once(void)
{
    uint32_t entry = choose();

    device = (struct bowline_boot_device){0};
    state_start(&state, &configuration, &entries[entry], &device);
    return entry;
}

void change(void (*edit)(struct bowline_state *))
{
    struct bowline_state records[2] = {*record(0), *record(1)};
    int place = bowline_state_advance(records);

    edit(&records[place]);
    bowline_state_seal(&records[place]);
    *record(place) = records[place];
}

void make_d_once(struct bowline_state *record)
{
    record->once_entry = name_of(D);
}

bool is_logged(const char *text)
{
    machine.log[machine.log_length] = '\0';
    return strstr(machine.log, text) != NULL;
}
