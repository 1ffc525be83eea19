/* SPDX-License-Identifier: MIT */
#include "format/acpi.h"

#include "base/bytes.h"
#include "base/string.h"
#include "base/units.h"

enum {
    RSDP_SIZE = 36,
    RSDP_REVISION = 15,
    RSDP_RSDT = 16,
    RSDP_XSDT = 24,

    HEADER_SIZE = 36,
    HEADER_LENGTH = 4,
    TABLES_MAX = 256, /* more than any machine has */

    FADT_PM_TIMER = 76,
    FADT_PM_TIMER_LENGTH = 91,
    FADT_FLAGS = 112,
    FADT_SIZE_MIN = 116, /* of ACPI 1 */
    FADT_HARDWARE_REDUCED = 1 << 20,
};

static bool read_table(struct reader *memory, uint64_t address, void *to, uint64_t length)
{
    struct error ignored; /* a machine without the timer boots as well */

    return address != 0 && reader_read(memory, address, length, to, &ignored);
}

/* Where the list of tables lies, and how many bytes an address in it has. */
static uint64_t find_list(struct reader *memory, uint64_t rsdp, uint64_t *entry_size)
{
    uint8_t root[RSDP_SIZE] = {0};
    bool is_old;

    if (!read_table(memory, rsdp, root, 20))
        return 0;
    is_old = root[RSDP_REVISION] < 2;
    if (!is_old && !read_table(memory, rsdp, root, sizeof(root)))
        return 0;
    *entry_size = is_old ? 4 : 8;
    return is_old ? load_le32(root + RSDP_RSDT) : load_le64(root + RSDP_XSDT);
}

static uint16_t timer_of(struct reader *memory, uint64_t fadt)
{
    uint8_t table[FADT_SIZE_MIN];

    if (!read_table(memory, fadt, table, sizeof(table)) ||
        load_le32(table + HEADER_LENGTH) < sizeof(table) ||
        (load_le32(table + FADT_FLAGS) & FADT_HARDWARE_REDUCED) ||
        table[FADT_PM_TIMER_LENGTH] != 4 || load_le32(table + FADT_PM_TIMER) > UINT16_MAX)
        return 0;
    return (uint16_t)load_le32(table + FADT_PM_TIMER);
}

uint16_t acpi_find_pm_timer(struct reader *memory, uint64_t rsdp)
{
    uint64_t entry_size = 0, list = find_list(memory, rsdp, &entry_size);
    uint8_t header[HEADER_SIZE];

    if (!read_table(memory, list, header, sizeof(header)))
        return 0;
    uint64_t length = minimum(load_le32(header + HEADER_LENGTH), HEADER_SIZE + 8 * TABLES_MAX);
    for (uint64_t i = HEADER_SIZE; i + entry_size <= length; i += entry_size) {
        uint8_t entry[8] = {0};

        if (!read_table(memory, list + i, entry, entry_size))
            return 0;
        uint64_t table = load_le64(entry);
        if (read_table(memory, table, header, 4) && memcmp(header, "FACP", 4) == 0)
            return timer_of(memory, table);
    }
    return 0;
}
