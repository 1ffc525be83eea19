/* SPDX-License-Identifier: MIT */
/* Another build system that makes an image: library KERNEL IMAGE [MODULE]... */
#include <mkimage.h>
#include <stdio.h>

enum { MODULES_MAX = 8 };

int main(int count, char **arguments)
{
    struct mkimage_module modules[MODULES_MAX];
    struct mkimage_spec spec = {.kernel = arguments[1], .output = arguments[2], .modules = modules};
    struct mkimage_result result;
    struct mkimage_message message;

    for (int i = 3; i < count && spec.module_count < MODULES_MAX; i++)
        modules[spec.module_count++] = (struct mkimage_module){.path = arguments[i]};
    if (!mkimage_build(&spec, &result, &message)) {
        fputs(message.text, stderr);
        return 1;
    }
    printf("%s: %llu bytes\n", arguments[2], (unsigned long long)result.size);
    return 0;
}
