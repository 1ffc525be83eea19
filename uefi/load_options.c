/* SPDX-License-Identifier: MIT */
/*
 * The load options of the image (UEFI 2.10, 9.1): what a boot option of the firmware, a shell or
 * another loader has left there. Nothing says what they are: they need not be text.
 */
#include "firmware/load_options.h"

#include "base/bytes.h"
#include "firmware/memory.h"
#include "utf16.h"

/* UEFI Shell 2.2, 2.3, and the interface of the EFI shell before it. Only shells have them. */
static const EFI_GUID shell_parameters = {
    0x752f3136, 0x4e16, 0x4fdc, {0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca}};
static const EFI_GUID shell_interface = {
    0x47c7b223, 0xc42a, 0x11d2, {0x8e, 0x57, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

/* A piece of the options: CHAR16 at any address. */
struct piece {
    const uint8_t *start;
    size_t count;
};

static CHAR16 first_of(struct piece piece)
{
    return piece.count > 0 ? load_le16(piece.start) : 0;
}

static void skip_one(struct piece *piece)
{
    piece->start += sizeof(CHAR16);
    piece->count--;
}

static bool is_blank(CHAR16 character)
{
    return character == ' ' || character == '\t';
}

/* A shell puts the name of the application first, as it was typed. */
static void skip_word(struct piece *piece)
{
    bool is_quoted = false;

    for (; piece->count > 0 && (is_quoted || !is_blank(first_of(*piece))); skip_one(piece))
        is_quoted ^= first_of(*piece) == '"';
}

/* What ends at the first NUL, or at the end. False: there is something else behind the NUL. */
static bool end_at_nul(struct piece *piece)
{
    size_t count = 0;

    while (count < piece->count && load_le16(piece->start + count * sizeof(CHAR16)) != 0)
        count++;
    for (size_t i = count; i < piece->count; i++)
        if (load_le16(piece->start + i * sizeof(CHAR16)) != 0)
            return false;
    piece->count = count;
    return true;
}

static void trim(struct piece *piece)
{
    while (is_blank(first_of(*piece)))
        skip_one(piece);
    while (piece->count > 0 &&
           is_blank(load_le16(piece->start + (piece->count - 1) * sizeof(CHAR16))))
        piece->count--;
}

/*
 * Firmware gives some boot options of its own making data that only it knows, such as a GUID, which
 * reads as letters of some script just as well: so a text begins with a letter of ASCII, and has
 * nothing behind its end.
 */
size_t firmware_load_options(char *out)
{
    const EFI_LOADED_IMAGE *image =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    struct piece piece;

    firmware_must_be_alive();
    if (image == NULL || image->LoadOptions == NULL)
        return 0;
    piece = (struct piece){image->LoadOptions, image->LoadOptionsSize / sizeof(CHAR16)};
    if (!end_at_nul(&piece))
        return 0;
    if (uefi_protocol(uefi.image, shell_parameters) != NULL ||
        uefi_protocol(uefi.image, shell_interface) != NULL)
        skip_word(&piece);
    trim(&piece);
    return first_of(piece) < 0x80 ? utf16_read(piece.start, piece.count, out) : 0;
}
