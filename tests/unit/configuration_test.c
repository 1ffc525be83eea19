/* SPDX-License-Identifier: MIT */
#include "boot/configuration.h"

#include <string.h>

#include "base/units.h"
#include "boot/settings.h"
#include "host/machine.h"
#include "image/seal.h"
#include "support.h"

struct fixture {
    struct host_machine machine;
    struct host_machine_file file;
    struct frames frames;
    struct configuration configuration;
};

static int setup(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof(fixture));
    host_machine_init(&fixture.machine, 16 * MIB);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    host_machine_release(&((struct fixture *)*state)->machine);
    return 0;
}

static bool try_text(struct fixture *fixture, const char *text, struct error *error)
{
    bool is_read;

    fixture->file = (struct host_machine_file){CONFIG_PATH, text, strlen(text), NULL};
    fixture->machine.files = &fixture->file;
    fixture->machine.file_count = 1;
    assert_true(host_machine_power_on(&fixture->machine));
    is_read = configuration_read(&fixture->frames, &fixture->configuration, error);
    assert_int_equal(fixture->machine.open_files, 0);
    return is_read;
}

static void read_text(struct fixture *fixture, const char *text)
{
    struct error error = {0};

    assert_true(try_text(fixture, text, &error));
}

static void assert_logged(struct fixture *fixture, const char *text)
{
    fixture->machine.log[fixture->machine.log_length] = '\0';
    if (strstr(fixture->machine.log, text) == NULL)
        fail_msg("not in the log: %s", text);
}

static void a_file_without_entries_has_one(void **state)
{
    struct fixture *fixture = *state;
    const struct configuration *configuration = &fixture->configuration;

    read_text(fixture, "kernel /kernel.elf\n");
    assert_int_equal(configuration->entry_count, 1);
    assert_int_equal(configuration->default_entry, 0);
    assert_string_equal(configuration->entries[0].name, "");
    assert_string_equal(configuration->entries[0].title, "");
    assert_false(configuration->has_timeout);
    assert_false(configuration->is_editor_off);
    assert_int_equal(configuration->serial.line, 0);
    assert_int_equal(configuration->log.line, 0);
}

static void entries_and_loader_keys_are_found(void **state)
{
    struct fixture *fixture = *state;
    const struct configuration *configuration = &fixture->configuration;

    read_text(fixture, "timeout 7\neditor off\nserial com2 9600\nlog warning disk\ndefault b\n"
                       "entry a\ntitle The first one\nkernel /a\nslot 3 5\n"
                       "entry b\nkernel /b\n");
    assert_true(configuration->has_timeout);
    assert_int_equal(configuration->timeout, 7);
    assert_true(configuration->is_editor_off);
    assert_int_equal(configuration->serial.port, 0x2f8);
    assert_int_equal(configuration->log.sinks, CONFIG_SINK_DISK);
    assert_int_equal(configuration->entry_count, 2);
    assert_int_equal(configuration->default_entry, 1);
    assert_string_equal(configuration->entries[0].name, "a");
    assert_string_equal(configuration->entries[0].title, "The first one");
    assert_true(configuration->entries[0].is_slot);
    assert_int_equal(configuration->entries[0].priority, 3);
    assert_int_equal(configuration->entries[0].attempts, 5);
    assert_string_equal(configuration->entries[1].title, "b");
    assert_false(configuration->entries[1].is_slot);
}

static void namesakes_are_told(void **state)
{
    struct fixture *fixture = *state;

    read_text(fixture, "entry a\nentry b\nkernel /b\nentry ab\nentry b\n");
    assert_int_equal(fixture->configuration.entry_count, 4);
    assert_logged(
        fixture,
        "warning: /bowline/boot.conf: line 5, column 1: a second entry is called \"b\": the two "
        "share their attempts, and a default is the first\n");
    fixture->machine.log[fixture->machine.log_length] = '\0';
    assert_null(strstr(strstr(fixture->machine.log, "is called") + 1, "is called"));
}

/* Wherever they stand; what else stands before the first entry belongs to that. */
static void loader_keys_may_stand_in_entries(void **state)
{
    struct fixture *fixture = *state;
    const struct configuration *configuration = &fixture->configuration;
    struct settings settings;
    struct error error = {0};

    read_text(fixture, "title Both\noptions before\nentry a\nkernel /a\ntimeout 7\nentry b\n"
                       "editor off\nkernel /b\nserial off\nlog error\ndefault a\n");
    assert_int_equal(configuration->timeout, 7);
    assert_true(configuration->is_editor_off);
    assert_int_equal(configuration->serial.line, 9);
    assert_int_equal(configuration->log.line, 10);
    assert_int_equal(configuration->default_entry, 0);
    assert_string_equal(configuration->entries[0].title, "Both");
    assert_string_equal(configuration->entries[1].title, "b");
    assert_true(settings_read(configuration, 0, NULL, &fixture->frames, &settings, &error));
    assert_string_equal(settings.options, "before");
    assert_true(settings_read(configuration, 1, NULL, &fixture->frames, &settings, &error));
    assert_string_equal(settings.options, "");
}

static void what_is_odd_is_a_warning(void **state)
{
    struct fixture *fixture = *state;

    read_text(fixture, "timeout 7\ntimeout soon\ndefault z\ntimeout 9\nkernel /a\n");
    assert_int_equal(fixture->configuration.timeout, 9);
    assert_int_equal(fixture->configuration.default_entry, 0);
    assert_logged(fixture, "warning: /bowline/boot.conf: line 2, column 9: \"soon\" is no number");
    assert_logged(fixture, "line 4, column 1: \"timeout\" replaces what an earlier line said");
    assert_logged(fixture, "line 3, column 1: no entry is called \"z\"");
}

/* Reading one entry ends its pieces in a copy: the next try finds the text as it was. */
static void settings_are_read_again(void **state)
{
    struct fixture *fixture = *state;
    struct settings settings;
    struct error error = {0};

    read_text(fixture, "entry a\nkernel /a\noptions of a\nmodule /m x y\n"
                       "entry b\nchainload /b.efi\nchainload partition 2\n"
                       "entry c\noptions of c\n");
    for (unsigned i = 0; i < 2; i++) {
        assert_true(
            settings_read(&fixture->configuration, 0, NULL, &fixture->frames, &settings, &error));
        assert_string_equal(settings.kernel, "/a");
        assert_string_equal(settings.options, "of a");
        assert_int_equal(settings.module_count, 1);
        assert_string_equal(settings.modules[0].arguments, "x y");
        assert_null(settings.application);
    }
    assert_true(
        settings_read(&fixture->configuration, 0, "edited", &fixture->frames, &settings, &error));
    assert_string_equal(settings.options, "edited");
    assert_true(
        settings_read(&fixture->configuration, 1, NULL, &fixture->frames, &settings, &error));
    assert_null(settings.kernel);
    assert_string_equal(settings.application, "/b.efi");
    assert_int_equal(settings.partition, 2);
    assert_string_equal(settings.options, "");
    assert_false(
        settings_read(&fixture->configuration, 2, NULL, &fixture->frames, &settings, &error));
    assert_error(&error, ERROR_CONFIG_NO_KERNEL);
    frames_release_try(&fixture->frames);
    assert_int_equal(fixture->configuration.entry_count, 3);
    assert_string_equal(fixture->configuration.entries[2].name, "c");
}

#define HASH_LINE   "sha256 00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f\n"
#define SEALED_TEXT "editor on\nkernel /a\n" HASH_LINE

static void seal_with(struct seal *seal, const char *text)
{
    uint8_t hashes[1][SHA256_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, text, strlen(text));
    sha256_finish(&hash, hashes[0]);
    seal_make((const uint8_t(*)[SHA256_SIZE])hashes, 1, seal);
}

static void the_sealed_text_is_taken(void **state)
{
    struct fixture *fixture = *state;
    struct settings settings;
    struct error error = {0};
    struct seal seal;

    seal_with(&seal, SEALED_TEXT);
    fixture->machine.seal = &seal;
    read_text(fixture, SEALED_TEXT);
    assert_true(fixture->configuration.is_sealed);
    assert_true(fixture->configuration.is_editor_off);
    assert_logged(fixture, "/bowline/boot.conf is the sealed one");
    assert_true(
        settings_read(&fixture->configuration, 0, "edited", &fixture->frames, &settings, &error));
    assert_string_equal(settings.options, "");
}

/* And nothing of it is taken, not even for a warning. */
static void other_texts_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    struct seal seal;

    seal_with(&seal, SEALED_TEXT);
    fixture->machine.seal = &seal;
    assert_false(try_text(fixture, SEALED_TEXT "nonsense", &error));
    assert_error(&error, ERROR_SEAL_DIFFERS);
    assert_string_equal(error.object, CONFIG_PATH);
    assert_int_equal(fixture->machine.log_length, 0);
}

static void a_sealed_text_without_hashes_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    struct seal seal;

    seal_with(&seal, SEALED_TEXT "module /m\n");
    fixture->machine.seal = &seal;
    assert_false(try_text(fixture, SEALED_TEXT "module /m\n", &error));
    assert_error(&error, ERROR_SEAL_NO_HASH);

    const char *hash_of_nothing = SEALED_TEXT "module /m\nnonsense\n" HASH_LINE;

    error = (struct error){0};
    seal_with(&seal, hash_of_nothing);
    assert_false(try_text(fixture, hash_of_nothing, &error));
    assert_error(&error, ERROR_SEAL_NO_HASH);
}

static void a_damaged_seal_takes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    struct seal seal;

    seal_with(&seal, SEALED_TEXT);
    seal.count = 0;
    fixture->machine.seal = &seal;
    assert_false(try_text(fixture, SEALED_TEXT, &error));
    assert_error(&error, ERROR_SEAL_DAMAGED);
    assert_string_equal(error.object, "the loader");
}

static void without_a_seal_every_text_is_taken(void **state)
{
    struct fixture *fixture = *state;

    read_text(fixture, "kernel /a\n");
    assert_false(fixture->configuration.is_sealed);
    assert_false(fixture->configuration.is_editor_off);
}

/* A line that cannot be understood may have named a file: the hash below it is of no other. */
static void a_hash_below_a_bad_line_is_of_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct settings settings;
    struct error error = {0};

    read_text(fixture, "entry a\nkernel /a\nmodul /m\nsha256 "
                       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    assert_true(
        settings_read(&fixture->configuration, 0, NULL, &fixture->frames, &settings, &error));
    assert_false(settings.kernel_hash.is_known);
    assert_logged(fixture, "[config-hash-of-nothing]");
}

#define CONFIGURATION_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIGURATION_TEST(a_file_without_entries_has_one),
        CONFIGURATION_TEST(entries_and_loader_keys_are_found),
        CONFIGURATION_TEST(namesakes_are_told),
        CONFIGURATION_TEST(loader_keys_may_stand_in_entries),
        CONFIGURATION_TEST(what_is_odd_is_a_warning),
        CONFIGURATION_TEST(settings_are_read_again),
        CONFIGURATION_TEST(a_hash_below_a_bad_line_is_of_nothing),
        CONFIGURATION_TEST(the_sealed_text_is_taken),
        CONFIGURATION_TEST(other_texts_are_refused),
        CONFIGURATION_TEST(a_sealed_text_without_hashes_is_refused),
        CONFIGURATION_TEST(a_damaged_seal_takes_nothing),
        CONFIGURATION_TEST(without_a_seal_every_text_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
