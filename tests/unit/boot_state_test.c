/* SPDX-License-Identifier: MIT */
/* Which entry boots: slots, the records of the boot state, and who has a say. */
#include <string.h>

#include "base/crc32.h"
#include "base/units.h"
#include "boot_state_fixture.h"

static bool next(void)
{
    return selection_next(&configuration, &state, &selection);
}

static void confirm(void)
{
    struct bowline_state records[2] = {*record(0), *record(1)};
    int place = bowline_state_confirm(records, device.slot);

    assert_true(place >= 0);
    *record(place) = records[place];
}

static void make_c_default(struct bowline_state *record)
{
    record->default_entry = name_of(C);
}

static void make_b_default(struct bowline_state *record)
{
    record->default_entry = name_of(B);
}

static void make_c_once(struct bowline_state *record)
{
    record->once_entry = name_of(C);
}

static void name_nobody(struct bowline_state *record)
{
    record->default_entry = record->once_entry = 1;
}

/* ---- The records ---- */

static void the_checksum_is_that_of_the_others(void **unused)
{
    struct bowline_state copy = *record(0);

    (void)unused;
    copy.crc32 = 0;
    assert_int_equal(record(0)->crc32, crc32(0, &copy, sizeof(copy)));
    assert_int_equal(boot_state_name("abc", 3), 0xeacf018fbf1678ba); /* FIPS 180-4's example */
}

/* Each single bit of either record, and nothing else decides. */
static void a_changed_bit_makes_the_other_record_count(void **unused)
{
    (void)unused;
    for (int place = 0; place < 2; place++) {
        for (unsigned bit = 0; bit < BOWLINE_STATE_SIZE * 8; bit++) {
            struct bowline_state records[2] = {*record(0), *record(1)};

            ((uint8_t *)&records[place])[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(bowline_state_newest(records), 1 - place);
        }
    }
}

static void the_greater_number_counts(void **unused)
{
    struct bowline_state records[2] = {*record(0), *record(1)};

    (void)unused;
    assert_int_equal(bowline_state_newest(records), 0);
    for (int i = 1; i < 20; i++) {
        assert_int_equal(bowline_state_advance(records), i % 2);
        bowline_state_seal(&records[i % 2]);
        assert_int_equal(bowline_state_newest(records), i % 2);
        assert_int_equal(records[i % 2].sequence, i + 1);
    }
    memset(records, 0, sizeof(records));
    assert_int_equal(bowline_state_newest(records), -1);
    assert_int_equal(bowline_state_advance(records), -1);
}

static void only_slots_that_there_are_are_confirmed(void **unused)
{
    struct bowline_state records[2] = {*record(0), *record(1)};

    (void)unused;
    for (uint64_t slot = 0; slot <= BOWLINE_STATE_SLOTS + 1; slot++)
        assert_int_equal(bowline_state_confirm(records, slot), -1);
    assert_int_equal(bowline_state_confirm(records, UINT64_MAX), -1);
    assert_int_equal(boot_once(), A);
    confirm();
    memcpy(&records[0], record(0), sizeof(records[0]));
    memcpy(&records[1], record(1), sizeof(records[1]));
    assert_int_equal(bowline_state_confirm(records, device.slot), -1); /* it has been */
}

/* ---- Slots ---- */

static void attempts_are_counted_down_to_the_next_slot(void **unused)
{
    static const struct {
        uint32_t entry, attempts_left;
    } boots[] = {{A, 2}, {A, 1}, {A, 0}, {B, 1}, {B, 0}, {D, 0}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(boots); i++) {
        assert_int_equal(boot_once(), boots[i].entry);
        assert_int_equal(device.attempts_left, boots[i].attempts_left);
        assert_int_equal(device.state_offset, BOOT_STATE_OFFSET);
    }
    assert_false(is_logged("all the same"));
    for (int i = 0; i < 3; i++) { /* and then the best of them, for ever */
        uint64_t sequence = state_now(&state)->sequence;

        assert_int_equal(boot_once(), A);
        assert_int_equal(device.attempts_left, 0);
        assert_true(is_logged("no slot has attempts left: \"a\" is started all the same"));
        assert_int_equal(state_now(&state)->sequence, sequence);
    }
}

static void a_confirmed_slot_is_not_counted(void **unused)
{
    uint64_t sequence;

    (void)unused;
    assert_int_equal(boot_once(), A);
    assert_int_equal(boot_once(), A);
    confirm();
    state_read(&configuration, &state);
    sequence = state_now(&state)->sequence;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(boot_once(), A);
        assert_int_equal(device.slot, 1);
        assert_int_equal(device.attempts_left, 1);
    }
    assert_int_equal(state_now(&state)->sequence, sequence);
}

/* What could not be loaded has not been started. */
static void a_slot_that_cannot_be_loaded_leads_to_the_next(void **unused)
{
    (void)unused;
    assert_int_equal(choose(), A);
    assert_true(next());
    assert_int_equal(selection.entry, B);
    assert_true(next());
    assert_int_equal(selection.entry, D);
    assert_false(next());
    assert_int_equal(choose(), A);
    assert_int_equal(state_now(&state)->slots[0].name, 0);
}

/* Those without attempts are the last resort, also within one boot. */
static void slots_without_attempts_come_last(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++)
        assert_int_equal(boot_once(), A);
    assert_int_equal(boot_once(), B);
    assert_true(next());
    assert_int_equal(selection.entry, D);
    assert_true(next());
    assert_int_equal(selection.entry, A);
    assert_false(next());
}

static void a_slot_that_fails_after_its_last_attempt_was_counted_hides_no_other(void **unused)
{
    (void)unused;
    entries[A].attempts = 1;
    assert_int_equal(boot_once(), A);
    assert_true(next());
    assert_int_equal(selection.entry, B);
    entries[A].attempts = 3;
}

/* Counted down to nothing, it has another rank, and has failed all the same. */
static void a_slot_that_has_failed_is_not_tried_again(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) /* a has no attempts left then */
        assert_int_equal(boot_once(), A);
    assert_true(next());
    assert_int_equal(selection.entry, B);
    assert_true(next());
    assert_int_equal(selection.entry, D);
    assert_false(next());
}

static void an_entry_that_was_wanted_once_is_not_tried_again(void **unused)
{
    (void)unused;
    change(make_d_once); /* no default: a, b, and not d */
    assert_int_equal(boot_once(), D);
    assert_true(next());
    assert_int_equal(selection.entry, A);
    assert_true(next());
    assert_int_equal(selection.entry, B);
    assert_false(next());

    change(make_c_default); /* and the default, which is no slot */
    change(make_c_once);
    assert_int_equal(boot_once(), C);
    assert_true(next());
    assert_int_equal(selection.entry, A);

    entries[A].is_slot = entries[B].is_slot = entries[D].is_slot = false; /* nor is any other */
    change(make_c_once);
    assert_int_equal(boot_once(), C);
    assert_false(next());
    entries[A].is_slot = entries[B].is_slot = entries[D].is_slot = true;
}

static void more_slots_than_there_are_places(void **unused)
{
    static struct boot_entry many[BOWLINE_STATE_SLOTS + 1];
    static const char names[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char name[2] = {0};

    (void)unused;
    for (uint32_t i = 0; i < COUNT_OF(many); i++) {
        name[0] = names[i];
        many[i] = (struct boot_entry){.name = "x",
                                      .state_name = boot_state_name(name, 1),
                                      .is_slot = true,
                                      .priority = 100 - i,
                                      .attempts = 1};
    }
    configuration = (struct configuration){.entry_count = COUNT_OF(many), .entries = many};
    for (uint32_t i = 0; i < BOWLINE_STATE_SLOTS; i++) {
        assert_int_equal(choose(), i);
        state_start(&state, &configuration, &many[i], &device);
        assert_int_equal(device.slot, i + 1);
    }
    assert_int_equal(choose(), BOWLINE_STATE_SLOTS);
    state_start(&state, &configuration, &many[BOWLINE_STATE_SLOTS], &device);
    assert_int_equal(device.slot, 0);
    assert_true(is_logged("attempts are not counted"));

    /* An entry that is no longer in boot.conf makes room. */
    many[3] = (struct boot_entry){.name = "y"};
    state_start(&state, &configuration, &many[BOWLINE_STATE_SLOTS], &device);
    assert_int_equal(device.slot, 4);
    assert_int_equal(device.attempts_left, 0);
}

/* ---- Who has a say ---- */

static void boot_conf_names_a_default(void **unused)
{
    (void)unused;
    configuration.has_default = true;
    configuration.default_entry = C;
    assert_int_equal(boot_once(), C);
    assert_int_equal(device.slot, 0);
    assert_int_equal(device.state_offset, BOOT_STATE_OFFSET);
    assert_true(next()); /* it cannot be loaded: the slots are there */
    assert_int_equal(selection.entry, A);

    /* A slot as default is the first of the slots, as long as it has attempts. */
    configuration.default_entry = D;
    assert_int_equal(boot_once(), D);
    assert_int_equal(boot_once(), A);
}

static void the_state_names_a_default(void **unused)
{
    (void)unused;
    configuration.has_default = true;
    configuration.default_entry = A;
    change(make_c_default);
    assert_int_equal(boot_once(), C);
    assert_int_equal(boot_once(), C);
    change(make_b_default);
    assert_int_equal(boot_once(), B);
    assert_int_equal(boot_once(), B);
    assert_int_equal(boot_once(), A);
}

static void once_is_once(void **unused)
{
    (void)unused;
    change(make_c_default);
    change(make_d_once);
    assert_int_equal(boot_once(), D);
    assert_true(next());
    assert_int_equal(selection.entry, C);
    assert_int_equal(boot_once(), C);
    change(make_d_once); /* has no attempts left, and is wanted all the same */
    assert_int_equal(boot_once(), D);
    assert_int_equal(boot_once(), C);
}

static void a_wish_that_cannot_be_forgotten_is_none(void **unused)
{
    (void)unused;
    change(make_d_once);
    machine.is_disk_read_only = true;
    assert_int_equal(boot_once(), A);
    assert_true(is_logged("[state-read-only]"));
    machine.is_disk_read_only = false;
    assert_int_equal(boot_once(), D);
}

static void names_that_are_not_there_are_passed_over(void **unused)
{
    (void)unused;
    change(name_nobody);
    assert_int_equal(boot_once(), A);
    assert_true(
        is_logged("/bowline/boot.conf: the boot state asks for an entry that is not there"));
}

static void without_slots_the_first_entry_boots(void **unused)
{
    (void)unused;
    configuration.entry_count = 1;
    assert_int_equal(boot_once(), C);
    assert_false(next());
    machine.disk = NULL;
    assert_int_equal(boot_once(), C);
    assert_int_equal(machine.log_length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_checksum_is_that_of_the_others),
        TEST(a_changed_bit_makes_the_other_record_count),
        TEST(the_greater_number_counts),
        TEST(only_slots_that_there_are_are_confirmed),
        TEST(attempts_are_counted_down_to_the_next_slot),
        TEST(a_confirmed_slot_is_not_counted),
        TEST(a_slot_that_cannot_be_loaded_leads_to_the_next),
        TEST(slots_without_attempts_come_last),
        TEST(a_slot_that_fails_after_its_last_attempt_was_counted_hides_no_other),
        TEST(a_slot_that_has_failed_is_not_tried_again),
        TEST(an_entry_that_was_wanted_once_is_not_tried_again),
        TEST(more_slots_than_there_are_places),
        TEST(boot_conf_names_a_default),
        TEST(the_state_names_a_default),
        TEST(once_is_once),
        TEST(a_wish_that_cannot_be_forgotten_is_none),
        TEST(names_that_are_not_there_are_passed_over),
        TEST(without_slots_the_first_entry_boots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
