/* SPDX-License-Identifier: MIT */
/* The disc's structures where the images that other tests build do not go. */
#include "disk/iso_writer.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

static struct iso_volume make_volume(void)
{
    return (struct iso_volume){
        .label = "A_LABEL_OF_32_CHARACTERS_IS_LONG",
        .identifier = {{0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb,
                        0xcc, 0xdd, 0xee, 0xff}},
        .time = 4354819198, /* 2107-12-31 23:59:58 */
        .size = 8 * GIB,
        .esp_start = MIB,
        .esp_size = 4 * GIB - 2 * MIB,
    };
}

static void write_disc(const struct iso_volume *volume)
{
    static uint8_t bytes[ISO_START + ISO_SIZE];

    memset(bytes, 0, sizeof(bytes));
    iso_make(volume, bytes + ISO_START);
    save_file("iso.img", bytes, sizeof(bytes));
    run("truncate -s %llu iso.img", (unsigned long long)volume->size);
}

static void holds_what_it_is_told(void **state)
{
    struct iso_volume volume = make_volume();

    (void)state;
    write_disc(&volume);
    run("isoinfo -d -i iso.img > iso.log");
    run("grep -qx 'Volume id: A_LABEL_OF_32_CHARACTERS_IS_LONG' iso.log");
    run("grep -qx 'Volume set id: 00112233445566778899AABBCCDDEEFF' iso.log");
    run("grep -qx 'Volume size is: 4194304' iso.log");
    run("isoinfo -l -i iso.img | grep -q ' 4292870144 Dec 31 2107 .* 512 00.*  EFI.IMG;1 '");
    run("isoinfo -l -i iso.img | grep -q 'README.TXT;1 '");
}

/* A file of 4 GiB cannot be recorded in one piece; the catalog leads to it all the same. */
static void leaves_a_large_partition_out(void **state)
{
    struct iso_volume volume = make_volume();

    (void)state;
    volume.esp_size = 4 * GIB;
    write_disc(&volume);
    run("isoinfo -l -i iso.img > iso.log && ! grep -q 'EFI.IMG' iso.log");
    run("grep -q 'README.TXT;1 ' iso.log");
    run("xorriso -indev iso.img -report_el_torito plain 2>/dev/null | "
        "grep -qE 'boot img : +2 +UEFI +y .* 1 +512$'");
}

/* El Torito: the words of the validation entry add up to nothing. */
static void balances_the_catalog(void **state)
{
    struct iso_volume volume = make_volume();
    uint8_t bytes[ISO_SIZE];
    uint16_t sum = 0;

    (void)state;
    iso_make(&volume, bytes);
    for (size_t i = 0; i < 32; i += 2)
        sum = (uint16_t)(sum + bytes[3 * ISO_BLOCK_SIZE + i] +
                         bytes[3 * ISO_BLOCK_SIZE + i + 1] * 256);
    assert_int_equal(sum, 0);
    assert_memory_equal(bytes + 3 * ISO_BLOCK_SIZE + 30, "\x55\xaa", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_it_is_told),
        cmocka_unit_test(leaves_a_large_partition_out),
        cmocka_unit_test(balances_the_catalog),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
