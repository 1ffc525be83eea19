/* SPDX-License-Identifier: MIT */
/* mkimage inspect: what is in an image, a kernel or a boot log. */
#include "inspect.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "file_kind.h"
#include "host_file.h"
#include "report.h"

static const char help[] =
    "usage: mkimage inspect [--json|--svg|--html] FILE\n"
    "\n"
    "Shows what is in a file, whichever of three it is:\n"
    "  a disk image   partitions, file systems, files with their SHA-256, boot.conf, what lies "
    "where\n"
    "  a kernel       segments, what it asks for, and where everything will lie in its address "
    "space\n"
    "  a boot log     what was booted, and the map of the physical memory\n"
    "\n"
    "  --json   for programs (docs/schema/inspect.json describes it)\n"
    "  --svg    a picture of the disk, of the address space, or of the memory\n"
    "  --html   a web page: the picture, and all that the text says\n"
    "\n"
    "A boot log with a memory map comes from the debug console: mkimage run KERNEL -- -debugcon\n"
    "file:boot.log; or from a kernel that writes boot->log somewhere. Images of other tools are\n"
    "shown, too. Damage is shown and is no failure: mkimage check judges.\n"
    "\n"
    "Exit status: 0 shown, 1 not shown for the reason given, 2 wrong usage.\n";

enum form { FORM_TEXT, FORM_JSON, FORM_SVG, FORM_HTML };

static void show_text(const struct subject_forms *forms, const struct subject *subject)
{
    struct document document;

    forms->describe(subject, &document);
    document_write_text(&document, stdout);
    document_free(&document);
}

static void show_json(const struct subject_forms *forms, const struct subject *subject)
{
    struct json_object *json = json_new();

    forms->encode(subject, json);
    json_print(json, stdout);
}

static bool show_svg(const struct subject_forms *forms, const struct subject *subject,
                     struct error *error)
{
    struct picture picture;
    bool is_drawn = forms->draw(subject, &picture, error);

    if (is_drawn)
        picture_write(&picture, stdout);
    picture_free(&picture);
    return is_drawn || error_in(error, subject->path);
}

/* Without a picture where there is nothing to draw. */
static void show_html(const struct subject_forms *forms, const struct subject *subject)
{
    struct document document;
    struct picture picture;
    struct error error;
    bool is_drawn = forms->draw(subject, &picture, &error);

    forms->describe(subject, &document);
    document_write_html(&document, is_drawn ? &picture : NULL, stdout);
    document_free(&document);
    picture_free(&picture);
}

static bool show(const struct subject_forms *forms, const struct subject *subject, enum form form,
                 struct error *error)
{
    switch (form) {
    case FORM_TEXT:
        show_text(forms, subject);
        return true;
    case FORM_JSON:
        show_json(forms, subject);
        return true;
    case FORM_SVG:
        return show_svg(forms, subject, error);
    case FORM_HTML:
        show_html(forms, subject);
        return true;
    }
    return false;
}

/* ---- The three kinds of files ---- */

static bool inspect_kernel(struct host_file *file, struct subject *subject, enum form form,
                           struct error *error)
{
    static struct kernel_report report; /* large */
    static const struct kernel_report_options defaults;

    if (!kernel_report_make(&file->reader, file->fd, &defaults, &report, error))
        return error_in(error, subject->path);
    subject->kernel = &report;
    return show(&kernel_forms, subject, form, error);
}

static bool inspect_image(struct host_file *file, struct subject *subject, enum form form,
                          struct error *error)
{
    struct stages own = stages_embedded();
    struct survey survey;
    bool is_shown;

    if (!survey_make(&file->reader, &own, &survey, error))
        return error_in(error, subject->path);
    subject->image = &survey;
    is_shown = show(&image_forms, subject, form, error);
    survey_free(&survey);
    return is_shown;
}

static bool inspect_log(struct host_file *file, struct subject *subject, enum form form,
                        struct error *error)
{
    char *text = malloc(file->reader.size + 1);
    struct boot_log log = {0};
    bool is_shown = false;

    if (text == NULL)
        FAIL(error, HOST_MEMORY);
    else if (reader_read(&file->reader, 0, file->reader.size, text, error) &&
             boot_log_read(text, file->reader.size, &log, error)) {
        subject->log = &log;
        is_shown = show(&log_forms, subject, form, error);
    }
    boot_log_free(&log);
    free(text);
    return is_shown || error_in(error, subject->path);
}

static bool inspect(struct host_file *file, struct subject *subject, enum form form,
                    struct error *error)
{
    enum file_kind kind;

    if (!file_kind_find(&file->reader, &kind, error))
        return error_in(error, subject->path);
    return kind == FILE_KERNEL  ? inspect_kernel(file, subject, form, error)
           : kind == FILE_IMAGE ? inspect_image(file, subject, form, error)
                                : inspect_log(file, subject, form, error);
}

static enum exit_status inspect_path(const char *path, enum form form)
{
    struct error error = {0};
    struct host_file file;
    bool is_shown;

    if (!host_file_open(path, &file, &error))
        return report_error(&error);
    struct subject subject = {.path = path, .size = file.reader.size};
    is_shown = inspect(&file, &subject, form, &error);
    reader_close(&file.reader);
    return is_shown ? EXIT_DONE : report_error(&error);
}

enum exit_status verb_inspect(int count, char **arguments)
{
    enum { OPTION_HELP = 0x100, OPTION_JSON, OPTION_SVG, OPTION_HTML };
    static const struct option options[] = {{"help", no_argument, NULL, OPTION_HELP},
                                            {"json", no_argument, NULL, OPTION_JSON},
                                            {"svg", no_argument, NULL, OPTION_SVG},
                                            {"html", no_argument, NULL, OPTION_HTML},
                                            {NULL, 0, NULL, 0}};
    enum form form = FORM_TEXT;
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while ((option = getopt_long(count, arguments, ":", options, NULL)) != -1) {
        enum form chosen = option == OPTION_JSON   ? FORM_JSON
                           : option == OPTION_SVG  ? FORM_SVG
                           : option == OPTION_HTML ? FORM_HTML
                                                   : FORM_TEXT;

        if (option == OPTION_HELP) {
            fputs(help, stdout);
            return EXIT_DONE;
        }
        if (chosen == FORM_TEXT)
            return report_option("inspect", option, arguments);
        if (form != FORM_TEXT && form != chosen)
            return usage_error("inspect", "one form at a time: --json, --svg or --html");
        form = chosen;
    }
    if (optind + 1 != count)
        return usage_error("inspect",
                           optind == count ? "which image, kernel or log?" : "one file at a time");
    return inspect_path(arguments[optind], form);
}
