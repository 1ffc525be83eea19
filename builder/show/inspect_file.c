/* SPDX-License-Identifier: MIT */
#include "show/inspect_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "disk/file_kind.h"
#include "kernel/unpacked.h"
#include "show/inspect.h"
#include "system/host_file.h"
#include "system/need.h"

static void show_text(const struct subject_forms *forms, const struct subject *subject, FILE *to)
{
    struct document document;

    forms->describe(subject, &document);
    document_write_text(&document, to);
    document_free(&document);
}

static void show_json(const struct subject_forms *forms, const struct subject *subject, FILE *to)
{
    struct json_object *json = json_new();

    forms->encode(subject, json);
    json_print(json, to);
}

static bool show_svg(const struct subject_forms *forms, const struct subject *subject, FILE *to,
                     struct error *error)
{
    struct picture picture;
    bool is_drawn = forms->draw(subject, &picture, error);

    if (is_drawn)
        picture_write(&picture, to);
    picture_free(&picture);
    return is_drawn || error_in(error, subject->path);
}

/* Without a picture where there is nothing to draw. */
static void show_html(const struct subject_forms *forms, const struct subject *subject, FILE *to)
{
    struct document document;
    struct picture picture;
    struct error error;
    bool is_drawn = forms->draw(subject, &picture, &error);

    forms->describe(subject, &document);
    document_write_html(&document, is_drawn ? &picture : NULL, to);
    document_free(&document);
    picture_free(&picture);
}

static bool show(const struct subject_forms *forms, const struct subject *subject,
                 enum mkimage_form form, FILE *to, struct error *error)
{
    switch (form) {
    case MKIMAGE_TEXT:
        show_text(forms, subject, to);
        return true;
    case MKIMAGE_JSON:
        show_json(forms, subject, to);
        return true;
    case MKIMAGE_SVG:
        return show_svg(forms, subject, to, error);
    case MKIMAGE_HTML:
        show_html(forms, subject, to);
        return true;
    }
    return false;
}

/* ---- The three kinds of files ---- */

static bool inspect_kernel(struct host_file *file, struct subject *subject, enum mkimage_form form,
                           FILE *to, struct error *error)
{
    static struct kernel_report report; /* large */
    static const struct kernel_report_options defaults;
    struct unpacked kernel;

    if (!unpacked_open(subject->path, &file->reader, file->fd, &kernel, error))
        return error_in(error, subject->path);
    bool is_made = kernel_report_make(kernel.reader, kernel.fd, &defaults, &report, error);
    unpacked_close(&kernel);
    if (!is_made)
        return error_in(error, subject->path);
    subject->kernel = &report;
    return show(&kernel_forms, subject, form, to, error);
}

static bool inspect_image(struct host_file *file, struct subject *subject, enum mkimage_form form,
                          FILE *to, struct error *error)
{
    struct stages own = stages_embedded();
    struct survey survey;
    bool is_shown;

    if (!survey_make(&file->reader, &own, &survey, error))
        return error_in(error, subject->path);
    subject->image = &survey;
    is_shown = show(&image_forms, subject, form, to, error);
    survey_free(&survey);
    return is_shown;
}

static bool inspect_log(struct host_file *file, struct subject *subject, enum mkimage_form form,
                        FILE *to, struct error *error)
{
    char *text = malloc(file->reader.size + 1);
    struct boot_log log = {0};
    bool is_shown = false;

    if (text == NULL)
        FAIL(error, HOST_MEMORY);
    else if (reader_read(&file->reader, 0, file->reader.size, text, error) &&
             boot_log_read(text, file->reader.size, &log, error)) {
        subject->log = &log;
        is_shown = show(&log_forms, subject, form, to, error);
    }
    boot_log_free(&log);
    free(text);
    return is_shown || error_in(error, subject->path);
}

static bool inspect(struct host_file *file, struct subject *subject, enum mkimage_form form,
                    FILE *to, struct error *error)
{
    enum file_kind kind;

    if (!file_kind_find(&file->reader, &kind, error))
        return error_in(error, subject->path);
    /* Nobody's log is a whole disk: what has been found lies in some file of an unknown system. */
    if (kind == FILE_BOOT_LOG && file->is_disk) {
        FAIL(error, FILE_KIND);
        return error_in(error, subject->path);
    }
    return kind == FILE_KERNEL  ? inspect_kernel(file, subject, form, to, error)
           : kind == FILE_IMAGE ? inspect_image(file, subject, form, to, error)
                                : inspect_log(file, subject, form, to, error);
}

bool inspect_file(const char *path, enum mkimage_form form, char **out, struct error *error)
{
    struct host_file file;
    char *text;
    size_t size;
    bool is_shown;

    if (form != MKIMAGE_TEXT && form != MKIMAGE_JSON && form != MKIMAGE_SVG && form != MKIMAGE_HTML)
        return FAIL_WITH(error, SPECIFICATION, "form", form);
    if (!host_file_or_disk_open(path, &file, error))
        return false;
    struct subject subject = {.path = path, .size = file.reader.size};
    FILE *to = need(open_memstream(&text, &size));
    is_shown = inspect(&file, &subject, form, to, error);
    reader_close(&file.reader);
    if (fclose(to) != 0)
        abort(); /* no memory */
    if (is_shown)
        *out = text;
    else
        free(text);
    return is_shown;
}
