/* SPDX-License-Identifier: MIT */
#include "firmware/console.h"

#include "firmware/memory.h"
#include "uefi.h"

_Static_assert((int)KEY_UP == SCAN_UP && (int)KEY_LEFT == SCAN_LEFT && (int)KEY_HOME == SCAN_HOME &&
                   (int)KEY_DELETE == SCAN_DELETE && (int)KEY_PAGE_DOWN == SCAN_PAGE_DOWN,
               "UEFI 2.10, table 12.2");

enum { LINE_MAX = 126 /* characters in one call */, ESCAPE = 27 };

void firmware_write_text(const char *text, size_t length)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *screen = uefi.system->ConOut;
    CHAR16 line[LINE_MAX + 1];
    size_t used = 0;

    firmware_must_be_alive();
    if (screen == NULL)
        return;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            line[used++] = '\r';
        line[used++] = (unsigned char)text[i] < 0x80 ? (CHAR16)text[i] : '?';
        if (used > LINE_MAX - 2 || i == length - 1) {
            line[used] = '\0';
            screen->OutputString(screen, line);
            used = 0;
        }
    }
}

void firmware_clear_text(bool shows_cursor)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *screen = uefi.system->ConOut;

    firmware_must_be_alive();
    if (screen == NULL)
        return;
    screen->ClearScreen(screen);
    screen->EnableCursor(screen, shows_cursor);
}

void firmware_draw_text(uint32_t column, uint32_t row, uint8_t attribute, const char *text,
                        size_t length)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *screen = uefi.system->ConOut;

    firmware_must_be_alive();
    if (screen == NULL)
        return;
    screen->SetCursorPosition(screen, column, row);
    screen->SetAttribute(screen, attribute);
    firmware_write_text(text, length);
    screen->SetAttribute(screen, EFI_LIGHTGRAY);
}

bool firmware_poll_key(struct key *out)
{
    SIMPLE_INPUT_INTERFACE *keyboard = uefi.system->ConIn;
    EFI_INPUT_KEY key;

    firmware_must_be_alive();
    if (keyboard == NULL || keyboard->ReadKeyStroke(keyboard, &key) != EFI_SUCCESS)
        return false;
    if (key.ScanCode != 0 && key.ScanCode != SCAN_ESC)
        *out = (struct key){
            key.ScanCode <= SCAN_PAGE_DOWN ? (enum key_code)key.ScanCode : KEY_OTHER, 0};
    else
        *out = key_of(key.ScanCode == SCAN_ESC ? ESCAPE : key.UnicodeChar);
    return key.ScanCode != 0 || key.UnicodeChar != 0; /* Shift and its like are no keys */
}

void firmware_pause(uint32_t milliseconds)
{
    firmware_must_be_alive();
    uefi.system->BootServices->Stall((UINTN)milliseconds * 1000);
}
