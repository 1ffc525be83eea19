/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/volume.h"

enum {
    MIB_SIZE = 1 << 20,
    INFORMATION_SIZE = offsetof(EFI_FILE_INFO, FileName), /* and then the name */
};

/* A volume with one file, and how its firmware misbehaves. */
static struct volume {
    EFI_FILE_IO_INTERFACE interface;
    EFI_FILE_PROTOCOL root, file;
    CHAR16 path[64]; /* of the file, with backslashes */
    const uint8_t *bytes;
    UINT64 size, reported_size;
    UINT64 position;
    UINT64 attributes;
    unsigned name_length; /* of the name in the information */
    UINTN read_max;       /* longer reads fail */
    UINTN answer_max;     /* reads give no more than this; 0: as much as asked */
    EFI_STATUS read_status, info_status, open_status;
    unsigned seeks;
} disk, other_disk;

static EFI_LOADED_IMAGE loaded_image;
static struct reader *reader;
static struct error error;

static EFI_STATUS EFIAPI close_handle(EFI_FILE_PROTOCOL *file)
{
    (void)file;
    fake.blocks--;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI open_volume(EFI_FILE_IO_INTERFACE *interface, EFI_FILE_PROTOCOL **root)
{
    *root = &((struct volume *)interface)->root;
    fake.blocks++;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI open_file(EFI_FILE_PROTOCOL *root, EFI_FILE_PROTOCOL **file, CHAR16 *name,
                                   UINT64 mode, UINT64 attributes)
{
    struct volume *volume = (struct volume *)((char *)root - offsetof(struct volume, root));
    size_t i = 0;

    assert_int_equal(mode, EFI_FILE_MODE_READ);
    assert_int_equal(attributes, 0);
    if (volume->open_status != EFI_SUCCESS)
        return volume->open_status;
    while (name[i] == volume->path[i] && name[i] != 0)
        i++;
    if (name[i] != volume->path[i])
        return EFI_NOT_FOUND;
    volume->position = 0;
    *file = &volume->file;
    fake.blocks++;
    return EFI_SUCCESS;
}

static struct volume *volume_of(EFI_FILE_PROTOCOL *file)
{
    return (struct volume *)((char *)file - offsetof(struct volume, file));
}

static EFI_STATUS EFIAPI get_info(EFI_FILE_PROTOCOL *file, EFI_GUID *kind, UINTN *size, void *out)
{
    static const EFI_GUID expected = EFI_FILE_INFO_ID;
    struct volume *volume = volume_of(file);
    UINTN needed = INFORMATION_SIZE + (volume->name_length + 1) * sizeof(CHAR16);
    UINTN room = *size;
    EFI_FILE_INFO info = {
        .Size = needed,
        .FileSize = volume->reported_size,
        .Attribute = volume->attributes,
    };

    assert_memory_equal(kind, &expected, sizeof(expected));
    if (volume->info_status != EFI_SUCCESS)
        return volume->info_status;
    *size = needed;
    if (room < needed)
        return EFI_BUFFER_TOO_SMALL;
    memset(out, 'n', needed);
    memcpy(out, &info, INFORMATION_SIZE);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI read_file(EFI_FILE_PROTOCOL *file, UINTN *size, void *out)
{
    struct volume *volume = volume_of(file);
    UINT64 left = volume->size - volume->position;

    fake_trace("Read");
    if (volume->read_status != EFI_SUCCESS)
        return volume->read_status;
    if (*size > volume->read_max)
        return EFI_DEVICE_ERROR;
    if (volume->answer_max != 0 && *size > volume->answer_max)
        *size = volume->answer_max;
    if (*size > left)
        *size = left;
    memcpy(out, volume->bytes + volume->position, *size);
    volume->position += *size;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_position(EFI_FILE_PROTOCOL *file, UINT64 position)
{
    volume_of(file)->position = position;
    volume_of(file)->seeks++;
    return EFI_SUCCESS;
}

static void make_volume(struct volume *volume, EFI_HANDLE handle, const CHAR16 *path,
                        const void *bytes, UINT64 size)
{
    EFI_FILE_PROTOCOL protocol = {
        .Open = open_file,
        .Close = close_handle,
        .Read = read_file,
        .SetPosition = set_position,
        .GetInfo = get_info,
    };

    *volume = (struct volume){
        .interface = {.OpenVolume = open_volume},
        .root = protocol,
        .file = protocol,
        .bytes = bytes,
        .size = size,
        .reported_size = size,
        .name_length = 10,
        .read_max = MIB_SIZE,
    };
    for (size_t i = 0; path[i] != 0; i++)
        volume->path[i] = path[i];
    fake_add_protocol(handle, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID, &volume->interface);
}

/* Two disks with a file of the same name; the application was loaded from the second. */
static int start(void **state)
{
    fake_start(state);
    make_volume(&other_disk, &other_disk, u"\\boot\\kernel.elf", "wrong", 5);
    make_volume(&disk, &disk, u"\\boot\\kernel.elf", "right one", 9);
    loaded_image = (EFI_LOADED_IMAGE){.DeviceHandle = &disk};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &loaded_image);
    return 0;
}

static void expect_failure(const char *path, enum error_code code)
{
    reader = NULL;
    assert_false(firmware_open_file(path, &reader, &error));
    assert_error(&error, code);
    assert_string_equal(error.object, path);
    assert_null(reader);
}

static void reads_from_the_volume_it_was_loaded_from(void **state)
{
    char bytes[10] = "";

    (void)state;
    assert_true(firmware_open_file("/boot/kernel.elf", &reader, &error));
    assert_int_equal(reader->size, 9);
    assert_true(reader_read(reader, 0, 9, bytes, &error));
    assert_string_equal(bytes, "right one");
    assert_true(reader_read(reader, 6, 3, bytes, &error));
    assert_memory_equal(bytes, "one", 3);
    assert_int_equal(disk.seeks, 1);
    assert_false(reader_read(reader, 6, 4, bytes, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
    reader_close(reader);
}

static void says_what_is_missing(void **state)
{
    (void)state;
    expect_failure("/boot/kernel", ERROR_FILE_NOT_FOUND);
    expect_failure("/boot\\kernel.elf", ERROR_FILE_NOT_FOUND);
    disk.open_status = EFI_DEVICE_ERROR;
    expect_failure("/boot/kernel.elf", ERROR_FIRMWARE);
    disk.open_status = EFI_SUCCESS;
    disk.info_status = EFI_DEVICE_ERROR;
    expect_failure("/boot/kernel.elf", ERROR_FIRMWARE);
    disk.info_status = EFI_SUCCESS;
    disk.attributes = EFI_FILE_DIRECTORY;
    expect_failure("/boot/kernel.elf", ERROR_FAT_NOT_A_FILE);
    disk.attributes = 0;
    fake.allocations = 0;
    fake.fail_allocation = 1;
    expect_failure("/boot/kernel.elf", ERROR_FIRMWARE);
    fake.allocations = 0;
    fake.fail_allocation = 2;
    expect_failure("/boot/kernel.elf", ERROR_OUT_OF_MEMORY);
}

static void says_when_there_is_no_volume(void **state)
{
    (void)state;
    loaded_image.DeviceHandle = NULL;
    expect_failure("/boot/kernel.elf", ERROR_NO_BOOT_VOLUME);
    assert_string_equal(error.detail, "it has no device handle");
    loaded_image.DeviceHandle = &loaded_image; /* a network card, say */
    expect_failure("/boot/kernel.elf", ERROR_NO_BOOT_VOLUME);
    fake_add_protocol(&loaded_image, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID, NULL);
    expect_failure("/boot/kernel.elf", ERROR_NO_BOOT_VOLUME);
    fake.protocols[2].interface = NULL; /* the loaded image */
    expect_failure("/boot/kernel.elf", ERROR_NO_BOOT_VOLUME);
    fake.protocol_count = 0;
    expect_failure("/boot/kernel.elf", ERROR_NO_BOOT_VOLUME);
}

static void translates_paths(void **state)
{
    static const struct {
        const char *path;
        CHAR16 expected[16];
    } good[] = {
        {"/a/b c.txt", u"\\a\\b c.txt"},          {"/\xc3\xa4", u"\\\u00e4"},
        {"/\xe2\x82\xac", u"\\\u20ac"},           {"/\xf0\x9f\x98\x80", u"\\\xd83d\xde00"},
        {"/\xf4\x8f\xbf\xbf", u"\\\xdbff\xdfff"},
    };
    static const char *const bad[] = {
        "/\x80",
        "/\xff",
        "/\xc3",
        "/\xc3(",
        "/\xc0\xaf",
        "/\xe0\x80\xaf",
        "/\xed\xa0\x80",
        "/\xf4\x90\x80\x80",
        "/\xf8\x88\x80\x80\x80",
        "/\xe2\x82",
    };
    char long_path[4096];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        memcpy(disk.path, good[i].expected, sizeof(good[i].expected));
        assert_true(firmware_open_file(good[i].path, &reader, &error));
        reader_close(reader);
    }
    disk.open_status = EFI_DEVICE_ERROR; /* none of them gets so far */
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_failure(bad[i], ERROR_FILE_NOT_FOUND);
    memset(long_path, '/', sizeof(long_path));
    long_path[sizeof(long_path) - 1] = '\0';
    assert_false(firmware_open_file(long_path, &reader, &error));
    assert_error(&error, ERROR_FILE_NOT_FOUND);
}

static void takes_information_of_any_length(void **state)
{
    static const unsigned lengths[] = {0, 1, 12, 255, 4000};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        disk.name_length = lengths[i];
        assert_true(firmware_open_file("/boot/kernel.elf", &reader, &error));
        assert_int_equal(reader->size, 9);
        reader_close(reader);
    }
}

/* Firmware that fails above 1 MiB, and gives less than it is asked for. */
static void reads_large_files_in_pieces(void **state)
{
    static const UINTN answers[] = {0, 1 << 19, 999983};
    UINT64 size = 5 * MIB_SIZE + 77;
    uint8_t *bytes = malloc(size), *copy = malloc(size);
    uint32_t random = 1;

    (void)state;
    for (UINT64 i = 0; i < size; i++)
        bytes[i] = (uint8_t)next_random(&random);
    disk.bytes = bytes;
    disk.size = disk.reported_size = size;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        memset(copy, 0, size);
        disk.answer_max = answers[i];
        assert_true(firmware_open_file("/boot/kernel.elf", &reader, &error));
        fake.trace[0] = '\0';
        assert_true(reader_read(reader, 0, size, copy, &error));
        if (i == 0)
            assert_string_equal(fake.trace, "Read Read Read Read Read Read ");
        assert_memory_equal(bytes, copy, size);
        assert_int_equal(disk.seeks, 0);
        reader_close(reader);
    }
    free(bytes);
    free(copy);
}

static void reads_empty_files(void **state)
{
    (void)state;
    disk.size = disk.reported_size = 0;
    assert_true(firmware_open_file("/boot/kernel.elf", &reader, &error));
    assert_int_equal(reader->size, 0);
    fake.trace[0] = '\0';
    assert_true(reader_read(reader, 0, 0, NULL, &error));
    assert_string_equal(fake.trace, "");
    reader_close(reader);
}

static void says_when_reading_fails(void **state)
{
    char bytes[9];

    (void)state;
    disk.reported_size = 9;
    disk.size = 4; /* shorter than its directory entry says */
    assert_true(firmware_open_file("/boot/kernel.elf", &reader, &error));
    assert_false(reader_read(reader, 0, 9, bytes, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
    assert_int_equal(error.numbers[0], 9);
    assert_int_equal(error.numbers[1], 4);

    disk.size = 9;
    disk.read_status = EFI_DEVICE_ERROR;
    assert_false(reader_read(reader, 0, 9, bytes, &error));
    assert_error(&error, ERROR_FIRMWARE);

    disk.read_status = EFI_SUCCESS; /* and it recovers, wherever the firmware's position is now */
    disk.position = 7;
    assert_true(reader_read(reader, 0, 9, bytes, &error));
    assert_memory_equal(bytes, "right one", 9);
    reader_close(reader);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, fake_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_from_the_volume_it_was_loaded_from),
        TEST(says_what_is_missing),
        TEST(says_when_there_is_no_volume),
        TEST(translates_paths),
        TEST(takes_information_of_any_length),
        TEST(reads_large_files_in_pieces),
        TEST(reads_empty_files),
        TEST(says_when_reading_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
