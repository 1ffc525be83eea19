/* SPDX-License-Identifier: MIT */
/* Which entry of boot.conf is started, with which options, and what is told of it. */
#define _GNU_SOURCE /* memmem() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "format/boot_state.h"
#include "image/seal.h"

static const char four_entries[] = "default one\ntimeout 7\n"
                                   "entry one\nkernel /kernel.elf\noptions first\n"
                                   "entry two\nkernel /kernel.elf\n"
                                   "entry other\nchainload /other.efi\noptions hello\n"
                                   "entry bios\nchainload partition 3\n";

static void assert_logged(const struct fixture *fixture, const char *text)
{
    assert_non_null(memmem(fixture->machine.log, fixture->machine.log_length, text, strlen(text)));
}

static void load_options_go_on_behind_the_command_line(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.load_options = "extra \"a b\"";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line),
                        "quiet root=/dev/x extra \"a b\"");
    assert_logged(fixture, "options for the kernel: extra \"a b\"\n");
}

static void load_options_alone_are_a_command_line(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = "kernel /kernel.elf\n";
    fixture->machine.load_options = "extra";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "extra");
}

static void an_entry_is_wished_for_once_before_always(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.usually, "one");
    strcpy(fixture->machine.wishes.once, "two");
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "");
    assert_string_equal(fixture->machine.told_start, "two");
    assert_int_equal(fixture->machine.told_entries, 4);
}

static void a_wish_counts_more_than_the_default(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.once, "nobody");
    strcpy(fixture->machine.wishes.usually, "two");
    boot_or_fail(fixture);
    assert_string_equal(fixture->machine.told_start, "two");
    assert_logged(fixture, "warning: /bowline/boot.conf: no entry is called \"nobody\", which "
                           "LoaderEntryOneShot asks for: bootctl changes that\n");
}

static void without_a_wish_the_default_boots(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    boot_or_fail(fixture);
    assert_string_equal(fixture->machine.told_start, "one");
}

static void hash_bytes(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, bytes, size);
    sha256_finish(&hash, out);
}

/* What is sealed has the last word, whoever starts the loader. */
static void load_options_are_not_taken_by_a_sealed_loader(void **state)
{
    struct fixture *fixture = *state;
    uint8_t kernel[SHA256_SIZE], config[1][SHA256_SIZE];
    char text[256];
    int length;
    struct seal seal;

    boot_or_fail(fixture); /* which makes the kernel */
    host_machine_release(&fixture->machine);
    host_machine_init(&fixture->machine, 64 * MIB);
    hash_bytes(fixture->elf.bytes, fixture->elf.size, kernel);
    length = snprintf(text, sizeof(text), "kernel /kernel.elf\noptions sealed\nsha256 ");
    for (size_t i = 0; i < sizeof(kernel); i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%02x", kernel[i]);
    hash_bytes(text, (size_t)length, config[0]);
    seal_make((const uint8_t(*)[SHA256_SIZE])config, 1, &seal);

    fixture->config = text;
    fixture->machine.seal = &seal;
    fixture->machine.load_options = "extra";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "sealed");
}

static void something_else_is_started_and_comes_back(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.usually, "other");
    fixture->machine.keys = "\r\5\r"; /* boots it; then the menu's last line: power off */
    assert_int_equal(start(fixture), HOST_SWITCHED_OFF);
    assert_string_equal(fixture->machine.chainloaded, "/other.efi hello");
    assert_string_equal(fixture->machine.told_start, "other");
    assert_logged(fixture, "error: /other.efi: it was started, and has come back with status 0x0");
    assert_logged(fixture, "menu: entry other chosen by a person");
    assert_logged(fixture, "menu: Power off");
}

static void what_another_firmware_starts_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.usually, "bios");
    assert_int_equal(start(fixture), HOST_SWITCHED_OFF);
    assert_logged(fixture, "the entry starts a boot sector, which this firmware cannot do");
}

/* What cannot be started here is no attempt: the other firmware may start it. */
static void only_what_can_be_started_is_counted(void **state)
{
    struct fixture *fixture = *state;
    static struct bowline_state records[2];
    static uint8_t disk[0x100000];
    const uint64_t started = boot_state_name("started", 7);

    records[0] = (struct bowline_state){.magic = BOWLINE_STATE_MAGIC, .version = 1, .sequence = 1};
    bowline_state_seal(&records[0]);
    memcpy(disk + boot_state_place(0), &records[0], sizeof(records[0]));
    fixture->machine.disk = disk;
    fixture->machine.disk_size = sizeof(disk);
    fixture->machine.disk_sector_size = 512;
    fixture->config = "timeout 0\nentry bios\nslot 9 2\nchainload partition 3\n"
                      "entry missing\nslot 8 2\nchainload /missing.efi\n"
                      "entry started\nslot 7 2\nchainload /other.efi\n";
    fixture->machine.keys = "\5\r"; /* when that has come back: power off */
    assert_int_equal(start(fixture), HOST_SWITCHED_OFF);
    assert_string_equal(fixture->machine.chainloaded, "/other.efi ");
    for (int place = 0; place < 2; place++)
        memcpy(&records[place], disk + boot_state_place(place), sizeof(records[place]));
    const struct bowline_state *now = &records[bowline_state_newest(records)];
    assert_int_equal(now->slots[0].name, started);
    assert_int_equal(now->slots[0].attempts_left, 1);
    assert_int_equal(now->slots[1].name, 0);
}

/* Nobody may be there to choose another. */
static void after_a_wish_for_once_that_fails_the_default_boots(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = four_entries;
    strcpy(fixture->machine.wishes.once, "other");
    boot_or_fail(fixture);
    assert_string_equal(fixture->machine.chainloaded, "/other.efi hello");
    assert_string_equal(fixture->machine.told_start, "one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(load_options_go_on_behind_the_command_line),
        BOOT_TEST(load_options_alone_are_a_command_line),
        BOOT_TEST(an_entry_is_wished_for_once_before_always),
        BOOT_TEST(a_wish_counts_more_than_the_default),
        BOOT_TEST(without_a_wish_the_default_boots),
        BOOT_TEST(load_options_are_not_taken_by_a_sealed_loader),
        BOOT_TEST(something_else_is_started_and_comes_back),
        BOOT_TEST(what_another_firmware_starts_is_refused),
        BOOT_TEST(only_what_can_be_started_is_counted),
        BOOT_TEST(after_a_wish_for_once_that_fails_the_default_boots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
