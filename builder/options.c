/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the text at its first colon and returns what follows it; NULL: there is none. */
static char *cut_at_colon(char *text)
{
    char *colon = text != NULL ? strchr(text, ':') : NULL;

    if (colon == NULL)
        return NULL;
    *colon = '\0';
    return colon + 1;
}

bool contents_add_module(struct contents *contents, char *text)
{
    struct image_module *modules;
    char *name = cut_at_colon(text);
    char *arguments = cut_at_colon(name);

    if (text[0] == '\0')
        return false;
    modules = realloc(contents->modules, (contents->module_count + 1) * sizeof(*modules));
    if (modules == NULL)
        abort();
    modules[contents->module_count++] = (struct image_module){
        .path = text,
        .name = name != NULL && name[0] != '\0' ? name : NULL,
        .arguments = arguments != NULL ? arguments : "",
    };
    contents->modules = modules;
    return true;
}

enum exit_status usage_error(const char *verb, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "mkimage %s: ", verb);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n  what to do: see mkimage %s --help\n", verb);
    return EXIT_USAGE;
}

enum exit_status report_error(const struct error *error)
{
    char text[1024];

    error_print(error, text, sizeof(text));
    fprintf(stderr, "mkimage: %s", text);
    return EXIT_FAILED;
}
