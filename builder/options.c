/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "format/mbr.h"

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
    struct mkimage_module *modules;
    char *name = cut_at_colon(text);
    char *arguments = cut_at_colon(name);

    if (text[0] == '\0')
        return false;
    modules = realloc(contents->modules, (contents->module_count + 1) * sizeof(*modules));
    if (modules == NULL)
        abort();
    modules[contents->module_count++] = (struct mkimage_module){
        .path = text,
        .name = name != NULL && name[0] != '\0' ? name : NULL,
        .arguments = arguments != NULL ? arguments : "",
    };
    contents->modules = modules;
    return true;
}

bool parse_scheme(const char *text, enum mkimage_scheme *out)
{
    if (strcmp(text, "gpt") != 0 && strcmp(text, "mbr") != 0)
        return false;
    *out = text[0] == 'g' ? MKIMAGE_GPT : MKIMAGE_MBR;
    return true;
}

bool parse_mbr_type(const char *text, uint8_t *out)
{
    static const uint8_t impossible[] = {MBR_TYPE_UNUSED, 0x05, 0x0f, 0x85, MBR_TYPE_PROTECTIVE};
    char *end;
    unsigned long type = strtoul(text, &end, 0);

    if (!isdigit((unsigned char)text[0]) || *end != '\0' || type > UINT8_MAX ||
        memchr(impossible, (int)type, sizeof(impossible)) != NULL)
        return false;
    *out = (uint8_t)type;
    return true;
}
