/* SPDX-License-Identifier: MIT */
/*
 * All that libmkimage can be asked, for install.sh: each result in a form that a script compares.
 *
 *     library_calls check FILE [MEMORY [MODULE]...]    the findings, one a line, the cures below
 *     library_calls inspect text|json|svg|html FILE     another form: one that there is not
 *     library_calls build KERNEL IMAGE [MODULE]...     the sizes
 *     library_calls build-with MEMBER NUMBER KERNEL IMAGE
 *     library_calls netboot KERNEL DIRECTORY
 */
#include <mkimage.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODULES_MAX = 8 };

static struct mkimage_message message;

/* What the library has told last of how far it has come. */
static struct {
    uint64_t done, total;
    int is_backwards;
} progress;

static void hear_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    progress.is_backwards |= done < progress.done || done > total;
    progress.done = done;
    progress.total = total;
}

static const struct mkimage_listener listener = {.progress = hear_progress};

static size_t list_modules(struct mkimage_module *modules, char **paths)
{
    size_t count = 0;

    while (count < MODULES_MAX && paths[count] != NULL) {
        modules[count] = (struct mkimage_module){.path = paths[count]};
        count++;
    }
    return count;
}

static void print_finding(const struct mkimage_finding *finding)
{
    static const char *const severities[] = {"note", "warning", "error"};

    printf("%s|%s|%s|%#llx+%#llx|%s|%s\n", severities[finding->severity], finding->name,
           finding->where, (unsigned long long)finding->start, (unsigned long long)finding->size,
           finding->cause, finding->remedy);
    for (size_t i = 0; i < finding->cure_count; i++)
        printf("cure|%s|%s\n", finding->cures[i].place, finding->cures[i].text);
}

static int check(char **arguments)
{
    struct mkimage_module modules[MODULES_MAX];
    struct mkimage_check_options options = {.modules = modules, .listener = &listener};
    struct mkimage_check_result result;
    int is_good;

    if (arguments[1] != NULL) {
        options.memory = strtoull(arguments[1], NULL, 0);
        options.module_count = list_modules(modules, arguments + 2);
    }
    is_good = mkimage_check(arguments[0], &options, &result, &message);
    printf("%s, %zu errors\n",
           result.report == NULL ? "not read"
           : result.is_image     ? "image"
                                 : "kernel",
           result.error_count);
    for (size_t i = 0; i < result.finding_count; i++)
        print_finding(&result.findings[i]);
    if (progress.is_backwards ||
        (is_good && result.is_image && (progress.total == 0 || progress.done < progress.total)))
        is_good = -1;
    mkimage_check_free(&result);
    options.listener = NULL;
    /* The short way says the same. */
    return is_good == mkimage_check(arguments[0], &options, NULL, &message) ? is_good : -1;
}

static int inspect(char **arguments)
{
    static const char *const names[] = {"text", "json", "svg", "html"};
    enum mkimage_form form = MKIMAGE_TEXT;
    char *text;

    while (form <= MKIMAGE_HTML && strcmp(names[form], arguments[0]) != 0)
        form++;
    if (!mkimage_inspect(arguments[1], form, &listener, &text, &message))
        return 0;
    fputs(text, stdout);
    free(text);
    return 1;
}

static int build(char **arguments)
{
    struct mkimage_module modules[MODULES_MAX];
    struct mkimage_spec spec = {
        .kernel = arguments[0], .output = arguments[1], .modules = modules, .listener = &listener};
    struct mkimage_result result;

    spec.module_count = list_modules(modules, arguments + 2);
    if (!mkimage_build(&spec, &result, &message))
        return 0;
    printf("%s: %llu bytes\n", arguments[1], (unsigned long long)result.size);
    return progress.is_backwards || progress.total == 0 ? -1 : 1;
}

static int build_with(char **arguments)
{
    unsigned long number = strtoul(arguments[1], NULL, 0);
    struct mkimage_spec spec = {.kernel = arguments[2], .output = arguments[3]};

    if (strcmp(arguments[0], "sector_size") == 0)
        spec.sector_size = (uint32_t)number;
    else if (strcmp(arguments[0], "size") == 0)
        spec.size = number;
    else if (strcmp(arguments[0], "scheme") == 0)
        spec.scheme = (enum mkimage_scheme)number;
    else if (strcmp(arguments[0], "fat") == 0)
        spec.fat = (enum mkimage_fat)number;
    else if (strcmp(arguments[0], "mbr_type") == 0)
        spec.mbr_type = (uint8_t)number;
    return mkimage_build(&spec, NULL, &message);
}

static int netboot(char **arguments)
{
    struct mkimage_spec spec = {.kernel = arguments[0]};

    return mkimage_netboot(&spec, arguments[1], NULL, &message);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*call)(char **arguments);
    } calls[] = {{"check", check},
                 {"inspect", inspect},
                 {"build", build},
                 {"build-with", build_with},
                 {"netboot", netboot}};

    for (size_t i = 0; count > 2 && i < sizeof(calls) / sizeof(calls[0]); i++) {
        int is_done;

        if (strcmp(arguments[1], calls[i].name) != 0)
            continue;
        is_done = calls[i].call(arguments + 2);
        if (is_done != 1)
            fputs(is_done == 0 ? message.text : "it contradicts itself\n", stderr);
        return is_done != 1;
    }
    return 2;
}
