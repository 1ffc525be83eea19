/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

/*
 * Ends the text at its first colon that no backslash stands before, takes the backslashes away from
 * what is left, and returns what follows; NULL: there is no such colon.
 */
static char *cut_at_colon(char *text)
{
    char *to = text;

    if (text == NULL)
        return NULL;
    for (; *text != '\0' && *text != ':'; text++) {
        if (text[0] == '\\' && (text[1] == ':' || text[1] == '\\'))
            text++;
        *to++ = *text;
    }
    char *rest = *text == ':' ? text + 1 : NULL;
    *to = '\0';
    return rest;
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
