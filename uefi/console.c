/* SPDX-License-Identifier: MIT */
#include "firmware/console.h"

#include "firmware/memory.h"
#include "uefi.h"

enum { LINE_MAX = 126 }; /* characters in one call */

void firmware_write_text(const char *text, size_t length)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *screen = uefi.system->ConOut;
    CHAR16 line[LINE_MAX + 1];
    size_t used = 0;

    firmware_must_be_alive(__func__);
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

void firmware_wait_for_key(void)
{
    SIMPLE_INPUT_INTERFACE *keyboard = uefi.system->ConIn;
    EFI_INPUT_KEY key;
    UINTN index;

    firmware_must_be_alive(__func__);
    if (keyboard == NULL || keyboard->WaitForKey == NULL)
        return;
    keyboard->Reset(keyboard, FALSE); /* a key pressed before the question is no answer */
    if (uefi.system->BootServices->WaitForEvent(1, &keyboard->WaitForKey, &index) == EFI_SUCCESS)
        keyboard->ReadKeyStroke(keyboard, &key);
}
