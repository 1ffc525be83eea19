/* SPDX-License-Identifier: MIT */
/* The last words of a boot, on the disk that it came from. */
#define _GNU_SOURCE /* memmem() */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "format/last_words.h"

enum { NUMBER = 5, NOTE = 8 * MIB };

static const char text[] = "what the boot before has said\n", fault[] = "general protection\n";
static uint8_t disk[MIB];

static struct last_words *words_at(uint32_t place)
{
    return (struct last_words *)(disk + LAST_WORDS_OFFSET + place * LAST_WORDS_PLACE_SIZE);
}

/* The disk that boot 5 leaves, whose note, if there is one, is at NOTE. */
static void give_disk(struct fixture *fixture, uint64_t note)
{
    struct host_machine *machine = &fixture->machine;

    memset(disk, 0, sizeof(disk));
    for (uint32_t place = 0; place < LAST_WORDS_PLACES; place++) {
        *words_at(place) = (struct last_words){.number = NUMBER - place, .note = note};
        if (place == 0) {
            words_at(0)->size = sizeof(text) - 1;
            memcpy(words_at(0) + 1, text, sizeof(text) - 1);
        }
        last_words_seal(words_at(place), (const char *)(words_at(place) + 1));
    }
    machine->disk = disk;
    machine->disk_size = sizeof(disk);
    machine->disk_sector_size = 512;
}

static void leave_note(struct fixture *fixture)
{
    static struct fault_note note;

    note = (struct fault_note){.number = NUMBER};
    fault_note_add(&note, fault, sizeof(fault) - 1);
    fault_note_finish(&note);
    fixture->machine.kept_page = NOTE;
    fixture->machine.kept = &note;
}

static bool is_logged(const struct fixture *fixture, const char *words)
{
    return memmem(fixture->machine.log, fixture->machine.log_length, words, strlen(words)) != NULL;
}

static bool is_fault_on_disk(void)
{
    const struct last_words *words = words_at(0);

    return last_words_are_there(words) && words->flags & LAST_WORDS_OF_FAILURE &&
           memmem(words + 1, words->size, fault, sizeof(fault) - 1) != NULL;
}

static void the_note_of_a_fault_is_kept(void **state)
{
    struct fixture *fixture = *state;

    give_disk(fixture, NOTE);
    leave_note(fixture);
    boot_or_fail(fixture);
    assert_true(is_fault_on_disk());
    assert_memory_equal(words_at(0) + 1, text, sizeof(text) - 1);
    assert_true(is_logged(fixture, "the last boot ended on the fault screen: mkimage inspect"));
    assert_int_equal(words_at(1)->number, NUMBER + 1);
}

static void a_note_that_could_not_be_written_is_not_promised(void **state)
{
    struct fixture *fixture = *state;
    bool was_kept = false;

    for (unsigned call = 1; !was_kept || call < 20; call++) {
        host_machine_release(&fixture->machine);
        host_machine_init(&fixture->machine, 64 * MIB);
        give_disk(fixture, NOTE);
        leave_note(fixture);
        fixture->machine.failing_call = call;
        start(fixture);
        was_kept = is_fault_on_disk();
        assert_int_equal(is_logged(fixture, "ended on the fault screen"), was_kept);
    }
}

/* Some media wear out. */
static void a_boot_writes_four_times_at_most(void **state)
{
    struct fixture *fixture = *state;
    char config[1024];
    size_t length = (size_t)snprintf(config, sizeof(config), "timeout 0\n");

    for (int i = 0; i < 9; i++)
        length += (size_t)snprintf(config + length, sizeof(config) - length,
                                   "entry %d\nslot 9 1\nkernel /missing.elf\n", i);
    snprintf(config + length, sizeof(config) - length, "entry z\nslot 1 1\nkernel /kernel.elf\n");
    fixture->config = config;
    give_disk(fixture, 0);
    boot_or_fail(fixture);
    assert_int_equal(fixture->machine.disk_writes, 4);
    assert_int_equal(words_at(1)->number, NUMBER + 1);
    assert_true(words_at(1)->flags & LAST_WORDS_OF_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(the_note_of_a_fault_is_kept),
        BOOT_TEST(a_note_that_could_not_be_written_is_not_promised),
        BOOT_TEST(a_boot_writes_four_times_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
