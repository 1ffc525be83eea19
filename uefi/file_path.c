/* SPDX-License-Identifier: MIT */
#include "file_path.h"

#include "utf16.h"

size_t file_path_convert(const char *path, CHAR16 out[FILE_PATH_MAX])
{
    size_t length = utf16_write(path, out, FILE_PATH_MAX);

    for (size_t i = 0; i < length; i++) {
        if (out[i] == '\\')
            return 0;
        if (out[i] == '/')
            out[i] = '\\';
    }
    return length;
}
