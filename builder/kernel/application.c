/* SPDX-License-Identifier: MIT */
/* Microsoft, "PE Format": the COFF header, and the optional header behind it. */
#include "kernel/application.h"

#include "base/bytes.h"

enum {
    DOS_HEADER_SIZE = 0x40,
    DOS_SIGNATURE = 0x5a4d,
    DOS_PE_PLACE = 0x3c,
    PE_SIGNATURE = 0x4550,
    PE_MACHINE = 4,
    PE_OPTIONAL_HEADER = 24,
    PE_SUBSYSTEM = PE_OPTIONAL_HEADER + 68,
    PE_LENGTH = PE_SUBSYSTEM + 2, /* as far as it is looked at */
    MACHINE_X64 = 0x8664,
    MACHINE_IA32 = 0x14c,
    SUBSYSTEM_APPLICATION = 10,
    SUBSYSTEM_RUNTIME_DRIVER = 12, /* and 11 is that of a driver for the boot */
};

bool application_check(struct reader *file, struct error *error)
{
    uint8_t dos[DOS_HEADER_SIZE] = {0}, pe[PE_LENGTH] = {0};
    uint64_t place;

    if (file->size < sizeof(dos) || !reader_read(file, 0, sizeof(dos), dos, error) ||
        load_le16(dos) != DOS_SIGNATURE)
        return FAIL_WITH(error, APPLICATION_KIND, "the signature \"MZ\"", load_le16(dos),
                         DOS_SIGNATURE);
    place = load_le32(dos + DOS_PE_PLACE);
    if (place > file->size || file->size - place < sizeof(pe) ||
        !reader_read(file, place, sizeof(pe), pe, error) || load_le32(pe) != PE_SIGNATURE)
        return FAIL_WITH(error, APPLICATION_KIND, "the place of the PE header", place, 0x80);
    if (load_le16(pe + PE_MACHINE) != MACHINE_X64 && load_le16(pe + PE_MACHINE) != MACHINE_IA32)
        return FAIL_WITH(error, APPLICATION_KIND, "the machine", load_le16(pe + PE_MACHINE),
                         MACHINE_X64);
    if (load_le16(pe + PE_SUBSYSTEM) < SUBSYSTEM_APPLICATION ||
        load_le16(pe + PE_SUBSYSTEM) > SUBSYSTEM_RUNTIME_DRIVER)
        return FAIL_WITH(error, APPLICATION_KIND, "the subsystem", load_le16(pe + PE_SUBSYSTEM),
                         SUBSYSTEM_APPLICATION);
    return true;
}
