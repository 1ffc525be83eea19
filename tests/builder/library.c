/* SPDX-License-Identifier: MIT */
/* Another build system that makes an image: library KERNEL IMAGE */
#include <mkimage.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    struct mkimage_spec spec = {.kernel = arguments[1], .output = arguments[2]};
    struct mkimage_message message;
    char *text;

    if (count != 3 || !mkimage_check(spec.kernel, NULL, NULL, &message) ||
        !mkimage_build(&spec, NULL, &message) ||
        !mkimage_inspect(spec.output, MKIMAGE_JSON, NULL, &text, &message)) {
        fputs(count != 3 ? "usage: library KERNEL IMAGE\n" : message.text, stderr);
        return 1;
    }
    fputs(text, stdout);
    free(text);
    return 0;
}
