/* SPDX-License-Identifier: MIT */
#include "cli/contents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/need.h"

char *cut_at_colon(char *text)
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

/* Room for one more. */
static void *grow(void *items, size_t count, size_t size)
{
    return need(reallocarray(items, count + 1, size));
}

static enum exit_status add_module(struct contents *contents, const char *verb, char *text)
{
    char *name = cut_at_colon(text);
    char *arguments = cut_at_colon(name);

    if (text[0] == '\0')
        return usage_error(verb, "--module names no file");
    contents->modules =
        grow(contents->modules, contents->module_count, sizeof(contents->modules[0]));
    contents->modules[contents->module_count++] = (struct mkimage_module){
        .path = text,
        .name = name != NULL && name[0] != '\0' ? name : NULL,
        .arguments = arguments != NULL ? arguments : "",
    };
    return EXIT_DONE;
}

/* Where a file lies when only a directory, or nothing, was said. Allocated. */
static char *place_of(const char *source, const char *path)
{
    const char *slash = strrchr(source, '/');
    const char *directory = path != NULL ? path : "/";
    size_t length = strlen(directory);
    bool is_directory = length == 0 || directory[length - 1] == '/';

    return format_text("%s%s", directory, is_directory ? slash != NULL ? slash + 1 : source : "");
}

static enum exit_status add_file(struct contents *contents, const char *verb, bool is_tree,
                                 char *text)
{
    char *path = cut_at_colon(text);

    if (text[0] == '\0')
        return usage_error(verb, is_tree ? "--tree names no directory" : "--file names no file");
    if (cut_at_colon(path) != NULL) /* which takes the backslashes away, too */
        return usage_error(verb, "a colon in the path of %s is written \\:", text);
    contents->files = grow(contents->files, contents->file_count, sizeof(contents->files[0]));
    contents->files[contents->file_count++] = (struct mkimage_file){
        .source = text,
        .path = is_tree ? strdup(path != NULL ? path : "/") : place_of(text, path),
        .is_tree = is_tree,
    };
    return EXIT_DONE;
}

enum exit_status contents_take(struct contents *contents, const char *verb, int option, char *value)
{
    switch ((enum contents_option)option) {
    case OPTION_COMMAND_LINE:
        contents->command_line = value;
        return EXIT_DONE;
    case OPTION_CONFIG:
        contents->config = value;
        return value[0] != '\0' ? EXIT_DONE : usage_error(verb, "--config names no file");
    case OPTION_HASH:
        contents->hash = true;
        return EXIT_DONE;
    case OPTION_SEAL:
        contents->seal = true;
        return EXIT_DONE;
    case OPTION_SEAL_ALSO:
        contents->seal_also = value;
        return value[0] != '\0' ? EXIT_DONE : usage_error(verb, "--seal-also names no file");
    case OPTION_MODULE:
        return add_module(contents, verb, value);
    case OPTION_FILE:
    case OPTION_TREE:
        return add_file(contents, verb, option == OPTION_TREE, value);
    }
    abort();
}

enum exit_status contents_check(const struct contents *contents, const char *verb)
{
    if (contents->config == NULL)
        return EXIT_DONE;
    if (contents->hash)
        return usage_error(verb, "--hash does not change the file of --config: it has lines "
                                 "\"sha256\" of its own");
    if (contents->command_line != NULL)
        return usage_error(verb, "--command-line belongs into the file of --config");
    for (size_t i = 0; i < contents->module_count; i++)
        if (contents->modules[i].arguments[0] != '\0')
            return usage_error(verb, "the arguments of %s belong into the file of --config",
                               contents->modules[i].path);
    return EXIT_DONE;
}

bool contents_are_empty(const struct contents *contents)
{
    return contents->command_line == NULL && contents->config == NULL && !contents->hash &&
           !contents->seal && contents->seal_also == NULL && contents->module_count == 0 &&
           contents->file_count == 0;
}

void contents_apply(const struct contents *contents, struct mkimage_spec *spec)
{
    spec->command_line = contents->command_line;
    spec->config = contents->config;
    spec->hash = contents->hash;
    spec->seal = contents->seal;
    spec->seal_also = contents->seal_also;
    spec->modules = contents->modules;
    spec->module_count = contents->module_count;
    spec->files = contents->files;
    spec->file_count = contents->file_count;
}

void contents_free(struct contents *contents)
{
    for (size_t i = 0; i < contents->file_count; i++)
        free((char *)contents->files[i].path);
    free(contents->files);
    free(contents->modules);
    *contents = (struct contents){0};
}
