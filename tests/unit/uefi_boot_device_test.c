/* SPDX-License-Identifier: MIT */
/* Where the loader was read from: through LocateDevicePath() to the first sectors of the disk. */
#include "fake_uefi.h"
#include "gpt_disk.h"

#include <stdlib.h>
#include <string.h>

#include "../../uefi/block_device.h"
#include "base/bytes.h"
#include "base/units.h"
#include "firmware/boot_device.h"
#include "firmware/boot_disk.h"

enum { MEDIA_ID = 42 };

/* A disk, its partition 6, and their paths. */
static struct medium {
    EFI_BLOCK_IO io;
    EFI_BLOCK_IO_MEDIA media;
    uint8_t *bytes;
    uint64_t size;
    EFI_STATUS status;
    EFI_STATUS flush_status;
    unsigned failures;               /* of the next reads; 0: `status` holds for all */
    uint64_t broken_lba;             /* reads with this block fail; 0: none */
    unsigned reads, writes, flushed; /* the last: writes that had been made by the last flush */
    uint8_t disk_path[32], partition_path[96];
    int disk, partition; /* their addresses are the handles */
} first, second;

static EFI_LOADED_IMAGE loaded_image;
static struct bowline_boot_device found;
static const struct bowline_boot_device nothing;
static struct block_device device;
static struct error error;

static EFI_STATUS EFIAPI read_blocks(EFI_BLOCK_IO *io, UINT32 media_id, EFI_LBA lba, UINTN length,
                                     void *out)
{
    struct medium *medium = (struct medium *)io;
    uint64_t start = lba * medium->media.BlockSize;

    assert_int_equal(media_id, MEDIA_ID);
    assert_int_equal(length % medium->media.BlockSize, 0);
    assert_true(start <= medium->size && length <= medium->size - start);
    if (medium->media.IoAlign > 1)
        assert_int_equal((uintptr_t)out % medium->media.IoAlign, 0);
    medium->reads++;
    if (medium->failures > 0 && --medium->failures == 0)
        medium->status = EFI_SUCCESS;
    if (medium->status != EFI_SUCCESS ||
        (medium->broken_lba >= lba && medium->broken_lba != 0 &&
         medium->broken_lba < lba + length / medium->media.BlockSize)) {
        memset(out, 0xbb, length); /* what it has got so far */
        return EFI_DEVICE_ERROR;
    }
    memcpy(out, medium->bytes + start, length);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI write_blocks(EFI_BLOCK_IO *io, UINT32 media_id, EFI_LBA lba, UINTN length,
                                      void *from)
{
    struct medium *medium = (struct medium *)io;
    uint64_t start = lba * medium->media.BlockSize;

    assert_int_equal(media_id, MEDIA_ID);
    assert_int_equal(length % medium->media.BlockSize, 0);
    assert_true(start <= medium->size && length <= medium->size - start);
    if (medium->media.IoAlign > 1)
        assert_int_equal((uintptr_t)from % medium->media.IoAlign, 0);
    medium->writes++;
    if (medium->failures > 0 && --medium->failures == 0)
        medium->status = EFI_SUCCESS;
    if (medium->status != EFI_SUCCESS)
        return medium->status;
    memcpy(medium->bytes + start, from, length);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI flush_blocks(EFI_BLOCK_IO *io)
{
    struct medium *medium = (struct medium *)io;

    medium->flushed = medium->writes;
    return medium->flush_status;
}

static void make_medium(struct medium *medium, uint8_t *bytes, uint64_t size, uint32_t block_size,
                        uint32_t alignment)
{
    *medium = (struct medium){
        .io = {.Media = &medium->media,
               .ReadBlocks = read_blocks,
               .WriteBlocks = write_blocks,
               .FlushBlocks = flush_blocks},
        .media = {.MediaId = MEDIA_ID,
                  .MediaPresent = TRUE,
                  .BlockSize = block_size,
                  .IoAlign = alignment,
                  .LastBlock = size / block_size - 1},
        .bytes = bytes,
        .size = size,
    };
}

static int start(void **state)
{
    memset(&error, 0, sizeof(error));
    return fake_start(state);
}

/* ---- The disk as a reader ---- */

static void reads_with_every_alignment_and_block_size(void **state)
{
    static const uint32_t alignments[] = {0, 1, 2, 512, 4096, 65536};
    static const uint32_t block_sizes[] = {512, 2048, 4096, BLOCK_DEVICE_BUFFER_SIZE};
    uint64_t size = 4 * BLOCK_DEVICE_BUFFER_SIZE;
    uint8_t *bytes = malloc(size), *copy = malloc(size);
    uint32_t random = 1;

    (void)state;
    for (uint64_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)next_random(&random);
    for (size_t i = 0; i < COUNT_OF(alignments) * COUNT_OF(block_sizes); i++) {
        uint32_t block_size = block_sizes[i / COUNT_OF(alignments)];
        uint64_t used = size - block_size; /* the last buffer is not full */

        make_medium(&first, bytes, used, block_size, alignments[i % COUNT_OF(alignments)]);
        assert_true(block_device_open(&first.io, &device, &error));
        assert_int_equal(device.reader.size, used);
        assert_true(reader_read(&device.reader, 0, used, copy, &error));
        assert_memory_equal(copy, bytes, used);
        for (unsigned j = 0; j < 100; j++) {
            uint64_t offset = next_random(&random) % used;
            uint64_t length = next_random(&random) % (used - offset);

            memset(copy, 0, size);
            assert_true(reader_read(&device.reader, offset, length, copy, &error));
            assert_memory_equal(copy, bytes + offset, length);
            assert_int_equal(copy[length], 0);
        }
        assert_false(reader_read(&device.reader, used - 1, 2, copy, &error));
        assert_error(&error, ERROR_READ_BEYOND_END);
        reader_close(&device.reader);
    }
    free(bytes);
    free(copy);
}

static void reads_what_is_held_only_once(void **state)
{
    static uint8_t bytes[2 * BLOCK_DEVICE_BUFFER_SIZE];
    uint8_t copy[16];

    (void)state;
    make_medium(&first, bytes, sizeof(bytes), 512, 0);
    assert_true(block_device_open(&first.io, &device, &error));
    for (uint64_t i = 0; i < 10; i++)
        assert_true(reader_read(&device.reader, i * 1000, sizeof(copy), copy, &error));
    assert_int_equal(first.reads, 1);
    reader_close(&device.reader);
}

static void says_when_reading_fails(void **state)
{
    uint8_t bytes[4096] = {1, 2, 3}, copy[3];

    (void)state;
    make_medium(&first, bytes, sizeof(bytes), 512, 4096);
    assert_true(block_device_open(&first.io, &device, &error));
    first.status = EFI_DEVICE_ERROR;
    assert_false(reader_read(&device.reader, 0, sizeof(copy), copy, &error));
    assert_error(&error, ERROR_DISK_READ);
    assert_int_equal(error.numbers[0], 0);
    assert_int_equal(error.numbers[2], EFI_DEVICE_ERROR);
    first.status = EFI_SUCCESS; /* and what the failure has left in the buffer is not taken */
    assert_true(reader_read(&device.reader, 0, sizeof(copy), copy, &error));
    assert_memory_equal(copy, bytes, sizeof(copy));
    reader_close(&device.reader);
}

/* Other blocks than the one that cannot be read are there, and a failure that passes is none. */
static void reads_around_a_broken_block(void **state)
{
    static uint8_t bytes[2 * BLOCK_DEVICE_BUFFER_SIZE], copy[sizeof(bytes)];
    uint32_t random = 1;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)next_random(&random);
    make_medium(&first, bytes, sizeof(bytes), 512, 0);
    assert_true(block_device_open(&first.io, &device, &error));
    first.broken_lba = 3;
    device.first_block = 2048;
    assert_true(reader_read(&device.reader, 100, 3 * 512 - 100, copy, &error));
    assert_memory_equal(copy, bytes + 100, 3 * 512 - 100);
    assert_false(reader_read(&device.reader, 2 * 512, 1024, copy, &error));
    assert_error(&error, ERROR_DISK_READ);
    assert_int_equal(error.numbers[0], 2048 + 3);
    assert_true(reader_read(&device.reader, 4 * 512, sizeof(bytes) - 4 * 512, copy, &error));
    assert_memory_equal(copy, bytes + 4 * 512, sizeof(bytes) - 4 * 512);

    first.broken_lba = 0;
    for (first.failures = 1; first.failures <= 3; first.failures++) {
        unsigned failures = first.failures;

        reader_close(&device.reader);
        assert_true(block_device_open(&first.io, &device, &error));
        first.status = EFI_DEVICE_ERROR;
        assert_true(reader_read(&device.reader, 0, 4096, copy, &error));
        assert_memory_equal(copy, bytes, 4096);
        first.failures = failures;
    }
    reader_close(&device.reader);
}

static void expect_refusal(enum error_code code)
{
    assert_false(block_device_open(&first.io, &device, &error));
    assert_error(&error, code);
    make_medium(&first, NULL, 0x10000, 512, 0); /* for the next */
}

static void refuses_impossible_devices(void **state)
{
    (void)state;
    make_medium(&first, NULL, 0x10000, 512, 0);
    first.io.Media = NULL;
    expect_refusal(ERROR_FIRMWARE);
    first.media.MediaPresent = FALSE;
    expect_refusal(ERROR_FIRMWARE);
    first.media.BlockSize = 0;
    expect_refusal(ERROR_FIRMWARE);
    first.media.BlockSize = 520;
    expect_refusal(ERROR_FIRMWARE);
    first.media.BlockSize = 2 * BLOCK_DEVICE_BUFFER_SIZE;
    expect_refusal(ERROR_FIRMWARE);
    first.media.IoAlign = 3;
    expect_refusal(ERROR_FIRMWARE);
    first.media.IoAlign = 0x80000000;
    expect_refusal(ERROR_FIRMWARE);
    first.media.LastBlock = UINT64_MAX;
    expect_refusal(ERROR_FIRMWARE);
    first.media.LastBlock = UINT64_MAX / 512;
    expect_refusal(ERROR_FIRMWARE);
    fake.fail_allocation = 1;
    expect_refusal(ERROR_OUT_OF_MEMORY);
}

/* ---- The boot device ---- */

static size_t add(uint8_t *path, size_t length, const void *node, size_t size)
{
    memcpy(path + length, node, size);
    return length + size;
}

static void plug_in(struct medium *medium, uint8_t port, uint8_t signature_type)
{
    const uint8_t controller[] = {1, 1, 6, 0, 0, 2}, sata[10] = {3, 18, 10, 0, port};
    const uint8_t end[] = {0x7f, 0xff, 4, 0};
    const EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID, io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
    uint8_t partition[42] = {4, 1, 42, 0, 6};
    size_t length = add(medium->disk_path, 0, controller, sizeof(controller));

    memset(partition + 24, 0x10 + port, 16);
    partition[41] = signature_type;
    length = add(medium->disk_path, length, sata, sizeof(sata));
    memcpy(medium->partition_path, medium->disk_path, length);
    add(medium->disk_path, length, end, sizeof(end));
    length = add(medium->partition_path, length, partition, sizeof(partition));
    add(medium->partition_path, length, end, sizeof(end));
    fake_add_protocol(&medium->partition, path_guid, medium->partition_path);
    fake_add_protocol(&medium->partition, io_guid, NULL); /* its blocks are not the disk's */
    fake_add_protocol(&medium->disk, path_guid, medium->disk_path);
    fake_add_protocol(&medium->disk, io_guid, &medium->io);
}

static void load_from(EFI_HANDLE handle)
{
    loaded_image = (EFI_LOADED_IMAGE){.DeviceHandle = handle};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &loaded_image);
}

/* Two disks that differ in all their identities; the application was loaded from the second. */
static struct disk disks[2];

static void start_with_two_disks(uint32_t sector_size, uint8_t signature_type)
{
    fake.protocol_count = 0;
    fake.logged[0] = '\0';
    for (unsigned i = 0; i < 2; i++) {
        struct medium *medium = i == 0 ? &first : &second;

        make_disk(&disks[i], sector_size);
        memset(&header_of(&disks[i], false)->disk_guid, (int)(0xd0 + i), 16);
        seal_header(&disks[i], false);
        store_le32(disks[i].bytes + 440, 0xfedcba90 + i);
        make_medium(medium, disks[i].bytes, (uint64_t)SECTORS * sector_size, sector_size, 4096);
        plug_in(medium, (uint8_t)i, signature_type);
    }
    load_from(&second.partition);
    memset(&found, 0xee, sizeof(found));
}

static void free_disks(void)
{
    free(disks[0].bytes);
    free(disks[1].bytes);
}

static void assert_bytes(const uint8_t bytes[16], uint8_t expected)
{
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(bytes[i], expected);
}

static void tells_disk_and_partition(void **state)
{
    static const uint32_t sector_sizes[] = {512, 4096};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sector_sizes); i++) {
        start_with_two_disks(sector_sizes[i], SIGNATURE_TYPE_GUID);
        firmware_find_boot_device(&found);
        assert_bytes(found.disk_guid, 0xd1);
        assert_bytes(found.partition_guid, 0x11);
        assert_int_equal(found.partition_number, 6);
        assert_int_equal(found.mbr_signature, 0xfedcba91);
        assert_memory_equal(&found.bios_drive, &nothing.bios_drive,
                            sizeof(found) - offsetof(struct bowline_boot_device, bios_drive));
        assert_int_equal(first.reads, 0);
        assert_int_equal(second.reads, 1);
        assert_string_equal(fake.logged, "");
        free_disks();
    }
}

/* The firmware has said all that there is. */
static void tells_partitions_of_an_mbr(void **state)
{
    (void)state;
    start_with_two_disks(512, SIGNATURE_TYPE_MBR);
    firmware_find_boot_device(&found);
    struct bowline_boot_device expected = {.partition_number = 6, .mbr_signature = 0x11111111};
    assert_memory_equal(&found, &expected, sizeof(found));
    assert_int_equal(second.reads, 0);
    free_disks();

    start_with_two_disks(512, 0);
    firmware_find_boot_device(&found);
    expected.mbr_signature = 0;
    assert_memory_equal(&found, &expected, sizeof(found));
    assert_string_equal(fake.logged, "");
    free_disks();
}

static void expect_nothing(void)
{
    memset(&found, 0xee, sizeof(found));
    firmware_find_boot_device(&found);
    assert_memory_equal(&found, &nothing, sizeof(found));
    assert_string_equal(fake.logged, "");
}

/* Loaded by a shell, from a disc, over the network. */
static void a_boot_without_a_partition_is_no_error(void **state)
{
    (void)state;
    expect_nothing(); /* no loaded image */
    start_with_two_disks(512, SIGNATURE_TYPE_GUID);
    loaded_image.DeviceHandle = &second.disk; /* the whole disk is the volume */
    expect_nothing();
    loaded_image.DeviceHandle = &loaded_image; /* has no path */
    expect_nothing();
    loaded_image.DeviceHandle = NULL;
    expect_nothing();
    loaded_image.DeviceHandle = &second.partition;
    second.partition_path[2] = 0; /* the length of its first node */
    expect_nothing();
    free_disks();
}

static void expect_partition_only(uint64_t mbr_signature)
{
    memset(&found, 0xee, sizeof(found));
    fake.logged[0] = '\0';
    firmware_find_boot_device(&found);
    assert_int_equal(found.partition_number, 6);
    assert_bytes(found.partition_guid, 0x11);
    assert_bytes(found.disk_guid, 0);
    assert_int_equal(found.mbr_signature, mbr_signature);
    assert_memory_equal(fake.logged, "the boot disk: ", 15);
}

/* The partition is known all the same, and the log says why the disk is not. */
static void a_disk_that_cannot_be_read_is_no_error(void **state)
{
    (void)state;
    start_with_two_disks(512, SIGNATURE_TYPE_GUID);
    second.status = EFI_DEVICE_ERROR;
    expect_partition_only(0);
    second.status = EFI_SUCCESS;
    second.media.MediaPresent = FALSE;
    expect_partition_only(0);
    second.media.MediaPresent = TRUE;
    header_of(&disks[1], false)->signature[0] = 'X';
    header_of(&disks[1], true)->signature[0] = 'X';
    expect_partition_only(0xfedcba91);
    free_disks();
}

/* LocateDevicePath() gives the nearest that there is, which need not be the disk. */
static void a_disk_that_is_not_there_is_not_mistaken(void **state)
{
    static const uint8_t controller[] = {1, 1, 6, 0, 0, 2, 0x7f, 0xff, 4, 0};

    (void)state;
    start_with_two_disks(512, SIGNATURE_TYPE_GUID);
    fake.protocol_count -= 2; /* less the loaded image and the second disk's BlockIo */
    load_from(&second.partition);
    expect_partition_only(0);
    fake_add_protocol(&first, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, (void *)controller);
    fake_add_protocol(&first, (EFI_GUID)EFI_BLOCK_IO_PROTOCOL_GUID, &first.io);
    expect_partition_only(0);
    fake_add_protocol(&second.disk, (EFI_GUID)EFI_BLOCK_IO_PROTOCOL_GUID, NULL);
    expect_partition_only(0);
    assert_int_equal(first.reads + second.reads, 0);
    free_disks();
}

/* ---- The boot disk, which is written to ---- */

static void writes_to_its_own_disk(void **state)
{
    static const uint32_t sector_sizes[] = {512, 4096};
    static uint8_t written[3 * BLOCK_DEVICE_BUFFER_SIZE], copy[sizeof(written)];
    struct firmware_boot_disk disk;
    uint32_t random = 1;

    (void)state;
    for (size_t i = 0; i < sizeof(written); i++)
        written[i] = (uint8_t)next_random(&random);
    for (size_t i = 0; i < COUNT_OF(sector_sizes); i++) {
        /* With each kind of table, and without knowing which. */
        for (uint8_t signature_type = 0; signature_type <= SIGNATURE_TYPE_GUID; signature_type++) {
            uint64_t offset = 3 * 4096;

            start_with_two_disks(sector_sizes[i], signature_type);
            uint64_t length = minimum(sizeof(written), second.size - offset - 4096);
            assert_true(firmware_find_boot_disk(&disk));
            assert_int_equal(disk.sector_size, sector_sizes[i]);
            assert_false(disk.is_read_only);
            uint8_t last = second.bytes[offset - 1], next = second.bytes[offset + length];
            assert_true(firmware_write_boot_disk(offset, length, written, &error));
            assert_memory_equal(second.bytes + offset, written, length);
            assert_int_equal(second.bytes[offset - 1], last);
            assert_int_equal(second.bytes[offset + length], next);
            assert_int_equal(second.flushed, second.writes);
            assert_true(firmware_read_boot_disk(offset + 1, length - 1, copy, &error));
            assert_memory_equal(copy, written + 1, length - 1);
            assert_false(firmware_write_boot_disk(second.size, sector_sizes[i], written, &error));
            assert_error(&error, ERROR_READ_BEYOND_END);
            assert_int_equal(first.reads + first.writes, 0);
            free_disks();
        }
    }
}

static void says_when_writing_fails(void **state)
{
    static const uint8_t zeros[1024];

    (void)state;
    start_with_two_disks(512, SIGNATURE_TYPE_GUID);
    second.status = EFI_DEVICE_ERROR;
    second.failures = 3; /* the third try succeeds */
    assert_true(firmware_write_boot_disk(4096, sizeof(zeros), zeros, &error));
    assert_int_equal(second.writes, 3);
    second.status = EFI_WRITE_PROTECTED;
    assert_false(firmware_write_boot_disk(4096, sizeof(zeros), zeros, &error));
    assert_error(&error, ERROR_DISK_WRITE);
    assert_int_equal(error.numbers[0], 8);
    assert_int_equal(error.numbers[1], 2);
    assert_int_equal(error.numbers[2], EFI_WRITE_PROTECTED);
    second.status = EFI_SUCCESS;
    second.flush_status = EFI_DEVICE_ERROR;
    assert_false(firmware_write_boot_disk(4096, sizeof(zeros), zeros, &error));
    assert_error(&error, ERROR_FIRMWARE);
    free_disks();
}

static void expect_no_disk(void)
{
    struct firmware_boot_disk disk;

    assert_false(firmware_find_boot_disk(&disk));
}

static void a_switch_that_forbids_writing_is_told(void **state)
{
    struct firmware_boot_disk disk;

    (void)state;
    start_with_two_disks(512, SIGNATURE_TYPE_GUID);
    second.media.ReadOnly = TRUE;
    assert_true(firmware_find_boot_disk(&disk));
    assert_true(disk.is_read_only);
    free_disks();
}

static void what_is_no_partition_of_a_disk_is_no_disk(void **state)
{
    uint8_t byte;

    (void)state;
    expect_no_disk(); /* no loaded image */
    assert_false(firmware_read_boot_disk(0, 1, &byte, &error));
    assert_error(&error, ERROR_NO_BOOT_VOLUME);
    start_with_two_disks(512, SIGNATURE_TYPE_GUID);
    second.media.BlockSize = 2048; /* a disc, whatever its path says */
    expect_no_disk();
    second.media.BlockSize = 512;
    second.media.MediaPresent = FALSE;
    expect_no_disk();
    loaded_image.DeviceHandle = &second.disk; /* no partition: a disc, or a server */
    expect_no_disk();
    loaded_image.DeviceHandle = NULL;
    expect_no_disk();
    free_disks();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, fake_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_with_every_alignment_and_block_size),
        TEST(reads_what_is_held_only_once),
        TEST(says_when_reading_fails),
        TEST(reads_around_a_broken_block),
        TEST(refuses_impossible_devices),
        TEST(tells_disk_and_partition),
        TEST(tells_partitions_of_an_mbr),
        TEST(a_boot_without_a_partition_is_no_error),
        TEST(a_disk_that_cannot_be_read_is_no_error),
        TEST(a_disk_that_is_not_there_is_not_mistaken),
        TEST(writes_to_its_own_disk),
        TEST(says_when_writing_fails),
        TEST(a_switch_that_forbids_writing_is_told),
        TEST(what_is_no_partition_of_a_disk_is_no_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
