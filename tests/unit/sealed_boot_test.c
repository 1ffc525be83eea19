/* SPDX-License-Identifier: MIT */
/*
 * A sealed boot from a medium that says something else when it is asked a second time: what is used
 * is what was checked, for nothing is read twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "image/seal.h"

struct fickle {
    struct reader reader;
    const uint8_t *bytes;
    uint8_t *seen; /* how often each byte was read */
};

static bool read_fickle(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                        struct error *error)
{
    struct fickle *fickle = (struct fickle *)reader;

    (void)error;
    for (uint64_t i = 0; i < length; i++)
        ((uint8_t *)to)[i] = fickle->seen[offset + i]++ == 0 ? fickle->bytes[offset + i]
                                                             : ~fickle->bytes[offset + i];
    return true;
}

static void fickle_init(struct fickle *fickle, const void *bytes, size_t size)
{
    *fickle = (struct fickle){
        .reader = {.size = size, .read = read_fickle}, .bytes = bytes, .seen = calloc(1, size)};
    assert_non_null(fickle->seen);
}

/* Each byte once. */
static void assert_read(struct fickle *fickle)
{
    for (uint64_t i = 0; i < fickle->reader.size; i++)
        assert_int_equal(fickle->seen[i], 1);
    free(fickle->seen);
}

static void add_hash(char *text, const void *bytes, size_t size)
{
    uint8_t digest[SHA256_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, bytes, size);
    sha256_finish(&hash, digest);
    text += strlen(text);
    text += sprintf(text, "\nsha256 ");
    for (size_t i = 0; i < sizeof(digest); i++)
        text += sprintf(text, "%02x", digest[i]);
    strcpy(text, "\n");
}

static void seal_text(const char *text, struct seal *out)
{
    uint8_t digest[1][SHA256_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, text, strlen(text));
    sha256_finish(&hash, digest[0]);
    seal_make((const uint8_t(*)[SHA256_SIZE])digest, 1, out);
}

static void nothing_is_read_twice(void **state)
{
    struct fixture *fixture = *state;
    struct fickle files[3];
    char text[1024] = "kernel /kernel.elf";
    struct seal seal;

    boot_or_fail(fixture); /* which makes the kernel */
    host_machine_release(&fixture->machine);
    host_machine_init(&fixture->machine, 64 * MIB);
    add_hash(text, fixture->elf.bytes, fixture->elf.size);
    strcat(text, "options sealed\noptional /modules/one");
    add_hash(text, module_one, sizeof(module_one));
    seal_text(text, &seal);

    fickle_init(&files[0], text, strlen(text));
    fickle_init(&files[1], fixture->elf.bytes, fixture->elf.size);
    fickle_init(&files[2], module_one, sizeof(module_one));
    const struct host_machine_file on_medium[] = {
        {.path = "/bowline/boot.conf", .reader = &files[0].reader},
        {.path = "/kernel.elf", .reader = &files[1].reader},
        {.path = "/modules/one", .reader = &files[2].reader},
    };
    fixture->machine.files = on_medium;
    fixture->machine.file_count = COUNT_OF(on_medium);
    fixture->machine.seal = &seal;
    if (host_machine_boot(&fixture->machine) != HOST_STARTED_KERNEL)
        fail_msg("%.*s", (int)fixture->machine.log_length, fixture->machine.log);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        assert_read(&files[i]);

    const struct bowline_info *info = info_of(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info->command_line), "sealed");
    assert_int_equal(info->modules.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(nothing_is_read_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
