/* SPDX-License-Identifier: MIT */
#include "network/boot_path.h"

bool is_same_name(const char *text, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char character = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];

        if (character != name[i])
            return false;
    }
    return true;
}

size_t boot_path_root(const char *path, size_t length)
{
    static const char below[] = "efi/boot/";
    const size_t below_length = sizeof(below) - 1;

    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length >= below_length && is_same_name(path + length - below_length, below, below_length) &&
        (length == below_length || path[length - below_length - 1] == '/'))
        length -= below_length;
    return length;
}
