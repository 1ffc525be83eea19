/* SPDX-License-Identifier: MIT */
/* The boot state on disks that cannot be read or written, on foreign ones, and where there is none.
 */
#include <string.h>

#include "base/units.h"
#include "boot_state_fixture.h"

static void only_the_older_record_is_written(void **unused)
{
    static uint8_t before[DISK_SIZE];

    (void)unused;
    for (machine.disk_sector_size = 512; machine.disk_sector_size <= 4096;
         machine.disk_sector_size *= 8) {
        for (int i = 0; i < 2; i++) {
            state_read(&configuration, &state);
            uint64_t older = boot_state_place(1 - bowline_state_newest(state.records));

            memcpy(before, disk, sizeof(disk));
            boot_once();
            assert_memory_equal(disk, before, older);
            assert_memory_not_equal(disk + older, before + older, BOWLINE_STATE_SIZE);
            uint64_t behind = older + BOWLINE_STATE_SIZE;
            assert_memory_equal(disk + behind, before + behind, DISK_SIZE - behind);
        }
    }
}

static void a_foreign_disk_is_not_written(void **unused)
{
    static uint8_t before[DISK_SIZE];

    (void)unused;
    memset(disk, 0, sizeof(disk));
    for (int i = 0; i < 3; i++) {
        memcpy(before, disk, sizeof(disk));
        for (int j = 0; j < 5; j++)
            assert_int_equal(boot_once(), A);
        assert_memory_equal(disk, before, sizeof(disk));
        assert_int_equal(device.state_offset, 0);
        assert_int_equal(device.slot, 0);
        assert_true(is_logged(i == 2 ? "[state-damaged]" : "[state-missing]"));
        memset(disk, i == 0 ? 0xee : 0, sizeof(disk));
        record(0)->magic = i == 0 ? 1 : BOWLINE_STATE_MAGIC;
    }
}

static void one_damaged_record_is_mended(void **unused)
{
    (void)unused;
    assert_int_equal(boot_once(), A);
    record(0)->slots[3].flags ^= 1; /* the older one now */
    assert_int_equal(boot_once(), A);
    assert_int_equal(device.attempts_left, 1);
    assert_true(bowline_state_is_whole(record(0)));
    record(0)->slots[3].flags ^= 1; /* the newer one: as if that attempt had never been counted */
    assert_int_equal(boot_once(), A);
    assert_int_equal(device.attempts_left, 1);
}

/* Either record: the other one counts, and the sector is good again when it has been written. */
static void an_unreadable_record_is_one_that_is_not_whole(void **unused)
{
    (void)unused;
    for (uint32_t size = 512; size <= 4096; size *= 8) {
        for (int place = 0; place < 2; place++) {
            end(NULL);
            start(NULL);
            machine.disk_sector_size = size;
            assert_int_equal(boot_once(), A);
            assert_int_equal(state.newest, 1);
            machine.unreadable_byte = boot_state_place(place) + 100;
            assert_int_equal(boot_once(), A);
            assert_int_equal(device.attempts_left, place == 0 ? 1 : 2);
            assert_true(is_logged("the boot state: "));
            assert_true(is_logged("[disk-read]"));
            assert_int_equal(machine.unreadable_byte, 0);
            assert_int_equal(state.newest, place);
            assert_true(bowline_state_is_whole(record(place)));
        }
    }
}

/* Then it counts: an entry that is wanted once is not forgotten without being followed. */
static void a_record_that_cannot_be_flushed_may_be_there(void **unused)
{
    (void)unused;
    change(make_d_once);
    machine.fails_after_writing = true;
    assert_int_equal(boot_once(), D);
    assert_int_equal(device.attempts_left, 0);
    assert_true(is_logged("FlushBlocks()"));
    machine.fails_after_writing = false;
    assert_int_equal(boot_once(), A);
    assert_int_equal(device.attempts_left, 2);
}

static void nothing_is_written_where_no_record_can_be_read(void **unused)
{
    (void)unused;
    record(0)->version = 0;
    machine.unreadable_byte = boot_state_place(1);
    assert_int_equal(boot_once(), A);
    assert_int_equal(device.slot, 0);
    assert_true(is_logged("[disk-read]"));
    assert_int_equal(machine.unreadable_byte, boot_state_place(1));
}

static void where_there_is_no_disk_priority_decides(void **unused)
{
    (void)unused;
    machine.disk = NULL;
    for (int i = 0; i < 5; i++)
        assert_int_equal(boot_once(), A);
    assert_true(is_logged("the boot state: this medium has none"));
    assert_int_equal(device.state_offset, 0);
}

/* The records count, and cannot be changed. */
static void a_read_only_disk_is_read(void **unused)
{
    (void)unused;
    for (int i = 0; i < 4; i++)
        boot_once();
    machine.is_disk_read_only = true;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(boot_once(), B);
        assert_int_equal(device.attempts_left, 1);
    }
    assert_true(is_logged("[state-read-only]"));
}

/* Each call fails in turn: some slot boots, and the disk holds what was there or what is right. */
static void every_disk_call_may_fail(void **unused)
{
    (void)unused;
    machine.calls = 0;
    boot_once();
    unsigned calls = machine.calls;

    assert_in_range(calls, 4, 20);
    for (unsigned i = 1; i <= calls; i++) {
        end(NULL);
        start(NULL);
        machine.failing_call = i;
        assert_int_equal(boot_once(), A);
        assert_true(is_logged("the boot state: "));
        machine.failing_call = 0;
        state_read(&configuration, &state);
        assert_true(state.is_there);
        assert_in_range(state_now(&state)->sequence, 1, 2);
        assert_int_equal(boot_once(), A);
        assert_in_range(device.attempts_left, 1, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_the_older_record_is_written),
        TEST(a_foreign_disk_is_not_written),
        TEST(one_damaged_record_is_mended),
        TEST(an_unreadable_record_is_one_that_is_not_whole),
        TEST(a_record_that_cannot_be_flushed_may_be_there),
        TEST(nothing_is_written_where_no_record_can_be_read),
        TEST(where_there_is_no_disk_priority_decides),
        TEST(a_read_only_disk_is_read),
        TEST(every_disk_call_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
