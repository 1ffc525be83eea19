/* SPDX-License-Identifier: MIT */
/* Stage 3 reads and writes a disk through int 13h. */
#include "stage3/disk.h"

#include <string.h>
#include <sys/mman.h>

#include "base/units.h"
#include "fake_bios.h"
#include "support.h"

enum { DISK_SIZE = 3 << 20, REQUESTS = 0x40000, BOUNCE = 0x50000, BOUNCE_SIZE = 0x4fc00 };

static uint8_t content[DISK_SIZE];

static struct {
    uint32_t sector_size;
    uint64_t first_lba;     /* where the content begins; nothing may be read before it */
    uint32_t sectors_max;   /* larger requests fail */
    bool is_mute;           /* no AH=48h */
    uint32_t reads, resets; /* so far */
    uint64_t failing;       /* bit n: read n fails, counted from 0 */
    uint32_t trouble_lba;   /* requests with this sector fail; 0: none */
    bool needs_reset;
} bios;

static struct disk disk;
static struct error error;

static void transfer(struct bios_call *call, struct disk_packet *packet)
{
    bool is_write = call->eax == 0x4300;
    uint32_t linear = ((uint32_t)packet->segment << 4) + packet->offset;
    uint32_t length = packet->sectors * bios.sector_size;
    bool has_trouble = bios.trouble_lba != 0 && bios.trouble_lba >= packet->lba &&
                       bios.trouble_lba < packet->lba + packet->sectors;

    assert_int_equal(packet->size, 16);
    assert_true(packet->offset < 16);
    assert_in_range(packet->sectors, 1, 127);
    assert_int_equal(linear >> 16, (linear + length - 1) >> 16); /* no crossing of 64 KiB */
    assert_true(linear >= BOUNCE && linear + length <= BOUNCE + BOUNCE_SIZE);
    assert_true(packet->lba >= bios.first_lba);
    assert_true((packet->lba - bios.first_lba + packet->sectors) * bios.sector_size <= DISK_SIZE);
    bool fails = bios.reads < 64 && (bios.failing >> bios.reads & 1);
    bios.reads++;
    if (has_trouble || packet->sectors > bios.sectors_max || bios.needs_reset || fails) {
        if (!is_write)
            memset((void *)(uintptr_t)linear, 0xee, length);
        call->flags = BIOS_CARRY;
        call->eax = 0x0400;
        packet->sectors = 0;
        bios.needs_reset = true;
        return;
    }
    uint8_t *sectors = content + (packet->lba - bios.first_lba) * bios.sector_size;
    if (is_write)
        memcpy(sectors, (void *)(uintptr_t)linear, length);
    else
        memcpy((void *)(uintptr_t)linear, sectors, length);
    call->eax = 0;
}

static void answer(struct bios_call *call)
{
    void *argument = (void *)(((uintptr_t)call->ds << 4) + call->esi);

    assert_int_equal(call->interrupt, 0x13);
    assert_int_equal(call->edx, 0x80);
    switch (call->eax) {
    case 0x4200:
    case 0x4300:
        transfer(call, argument);
        break;
    case 0x4800: {
        struct disk_parameters *parameters = argument;
        assert_int_equal(parameters->size, 26);
        if (bios.is_mute) {
            call->flags = BIOS_CARRY;
            break;
        }
        parameters->sectors = bios.first_lba + DISK_SIZE / bios.sector_size;
        parameters->sector_size = (uint16_t)bios.sector_size;
        break;
    }
    case 0:
        bios.resets++;
        bios.needs_reset = false;
        break;
    default:
        fail();
    }
}

/* The addresses that the BIOS sees are those that stage 3 uses: low ones. */
static int map_low_memory(void **state)
{
    uint32_t random = 1;

    (void)state;
    void *memory = mmap((void *)REQUESTS, 0xa0000 - REQUESTS, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    for (uint32_t i = 0; i < DISK_SIZE; i++)
        content[i] = (uint8_t)next_random(&random);
    fake_service = answer;
    return memory == (void *)REQUESTS ? 0 : -1;
}

static void start_disk(uint32_t sector_size)
{
    memset(&bios, 0, sizeof(bios));
    bios.sector_size = sector_size;
    bios.sectors_max = 127;
    error = (struct error){0};
    disk_init(&disk, 0x80, bios.sector_size, (void *)REQUESTS, (struct range){BOUNCE, BOUNCE_SIZE});
}

static void check_read(uint64_t offset, uint64_t length)
{
    static uint8_t buffer[DISK_SIZE + 32];

    memset(buffer, 0xcc, length + 32);
    assert_true(reader_read(&disk.reader, offset, length, buffer + 16, &error));
    assert_memory_equal(buffer + 16, content + offset, length);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(buffer[i], 0xcc);
        assert_int_equal(buffer[16 + length + i], 0xcc);
    }
}

static void test_offsets_and_lengths(void **state)
{
    (void)state;
    for (uint32_t sector_size = 512; sector_size <= 4096; sector_size *= 2) {
        uint32_t random = 7;

        start_disk(sector_size);
        assert_int_equal(disk.reader.size, DISK_SIZE);
        for (uint64_t offset = 0; offset < 512; offset += 7)
            for (uint64_t length = 0; length <= 3 * 512; length += 1 + length % 13) {
                disk.held_count = 0;
                check_read(512 + offset, length);
            }
        for (int i = 0; i < 300; i++) {
            uint64_t offset = next_random(&random) % DISK_SIZE;
            check_read(offset, minimum(DISK_SIZE - offset, next_random(&random) % MIB));
        }
        check_read(0, DISK_SIZE);
        check_read(DISK_SIZE - 1, 1);
    }
}

static void test_few_trips(void **state)
{
    (void)state;
    start_disk(512);
    fake_trips = 0;
    check_read(4096, MIB);
    assert_true(fake_trips <= MIB / (4 * 127 * 512) + 1);
    /* A directory, entry by entry. */
    fake_trips = 0;
    for (uint64_t offset = 2 * MIB; offset < 2 * MIB + 4096; offset += 32)
        check_read(offset, 32);
    assert_int_equal(fake_trips, 1);
}

static void test_retries(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 6; first++) {
        start_disk(512);
        bios.failing = (uint64_t)3 << first; /* the third try succeeds */
        check_read(0, 6 * 127 * 512);
        assert_int_equal(bios.resets, 2);
        assert_int_equal(disk.request_sectors, 127);
    }
    start_disk(512);
    bios.failing = 3 | 3 << 3 | 3 << 6; /* each request has three tries of its own */
    check_read(0, 6 * 127 * 512);
    assert_int_equal(bios.resets, 6);
    assert_int_equal(disk.request_sectors, 127);
}

static void test_failure(void **state)
{
    uint8_t buffer[512] = {0xcc};

    (void)state;
    start_disk(512);
    bios.trouble_lba = 1000;
    check_read(0, 1000 * 512);
    assert_false(reader_read(&disk.reader, 1000 * 512, 512, buffer, &error));
    assert_error(&error, ERROR_DISK_READ);
    assert_int_equal(error.numbers[0], 1000);
    assert_int_equal(error.numbers[2], 4);
    assert_int_equal(buffer[0], 0xcc);
    check_read(999 * 512 - 72, 512); /* a sector is as good as its neighbours are bad */
    assert_int_equal(error.numbers[1], 1);
    check_read(950 * 512, 50 * 512); /* what a failed read has left is not taken for read */
    bios.trouble_lba = 0;
    check_read(1000 * 512, 512);
}

static void test_smaller_requests(void **state)
{
    (void)state;
    start_disk(512);
    bios.sectors_max = 64;
    check_read(12345, MIB);
    assert_int_equal(disk.request_sectors, 63);
    start_disk(4096);
    assert_int_equal(disk.request_sectors, 16);
    bios.sectors_max = 8;
    check_read(12345, MIB);
    assert_int_equal(disk.request_sectors, 8);
}

/* Exactly the sectors that were asked for, and a read afterwards gives what is there now. */
static void test_writing(void **state)
{
    static const uint32_t sizes[] = {512, 4096};
    static uint8_t before[DISK_SIZE], written[40960];
    uint32_t random = 3;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        start_disk(sizes[i]);
        for (uint64_t length = sizes[i]; length <= sizeof(written); length += 3 * sizes[i]) {
            uint64_t offset = 16 * length;

            check_read(offset, 512); /* now in the bounce buffer */
            memcpy(before, content, DISK_SIZE);
            for (uint64_t j = 0; j < length; j++)
                written[j] = (uint8_t)next_random(&random);
            assert_true(disk_write(&disk, offset, length, written, &error));
            assert_memory_equal(content, before, offset);
            assert_memory_equal(content + offset, written, length);
            assert_memory_equal(content + offset + length, before + offset + length,
                                DISK_SIZE - offset - length);
            check_read(offset, length);
        }
    }
}

static void test_writing_fails(void **state)
{
    static const uint8_t zeros[8192];

    (void)state;
    start_disk(512);
    bios.failing = 3; /* the third try succeeds */
    assert_true(disk_write(&disk, 0x10000, 512, zeros, &error));
    assert_int_equal(bios.resets, 2);
    assert_memory_equal(content + 0x10000, zeros, 512);
    bios.trouble_lba = 1011;
    assert_false(disk_write(&disk, 1000 * 512, sizeof(zeros), zeros, &error));
    assert_error(&error, ERROR_DISK_WRITE);
    assert_int_equal(error.numbers[0], 1008);
    assert_int_equal(error.numbers[1], 8);
    assert_int_equal(error.numbers[2], 4);
}

/* Nobody knows how large the disk is, but it is read: not every BIOS tells of discs. */
/* Beyond what 32 bits can count: LBA 0x100000000 and more. */
static void test_far_sectors(void **state)
{
    static const uint32_t sizes[] = {512, 4096};
    static uint8_t buffer[300000];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint64_t first = (UINT64_C(1) << 32) - 100;

        start_disk(sizes[i]);
        bios.first_lba = first;
        disk_init(&disk, 0x80, sizes[i], (void *)REQUESTS, (struct range){BOUNCE, BOUNCE_SIZE});
        assert_int_equal(disk.reader.size, first * sizes[i] + DISK_SIZE);
        for (uint64_t offset = 1; offset < DISK_SIZE - sizeof(buffer); offset += 99991) {
            assert_true(reader_read(&disk.reader, first * sizes[i] + offset, sizeof(buffer), buffer,
                                    &error));
            assert_memory_equal(buffer, content + offset, sizeof(buffer));
        }
    }
}

static void test_mute(void **state)
{
    (void)state;
    for (uint32_t sector_size = 512; sector_size <= 2048; sector_size *= 4) {
        memset(&bios, 0, sizeof(bios));
        bios.is_mute = true;
        bios.sector_size = sector_size;
        bios.sectors_max = 127;
        disk_init(&disk, 0x80, sector_size, (void *)REQUESTS, (struct range){BOUNCE, BOUNCE_SIZE});
        assert_true(disk.reader.size >= DISK_SIZE);
        check_read(1000, 100000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets_and_lengths),
        cmocka_unit_test(test_few_trips),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_smaller_requests),
        cmocka_unit_test(test_far_sectors),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_writing_fails),
        cmocka_unit_test(test_mute),
    };

    return cmocka_run_group_tests(tests, map_low_memory, NULL);
}
