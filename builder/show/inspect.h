/* SPDX-License-Identifier: MIT */
/*
 * What mkimage inspect shows of each kind of file: something to read, something to look at, and
 * something for programs. Each function puts data that others have read into one of these forms.
 */
#pragma once

#include "kernel/kernel_report.h"
#include "show/boot_log.h"
#include "show/document.h"
#include "show/picture.h"
#include "survey/survey.h"
#include "text/json.h"

/* What was read, and from where. */
struct subject {
    const char *path;
    uint64_t size; /* of the file: bytes */
    const struct boot_log *log;
    const struct kernel_report *kernel;
    const struct survey *image;
};

/* These begin what they fill; the caller frees it, also after a failure. JSON is put into `out`. */
struct subject_forms {
    void (*describe)(const struct subject *subject, struct document *out);
    /* False: there is nothing to draw. */
    bool (*draw)(const struct subject *subject, struct picture *out, struct error *error);
    void (*encode)(const struct subject *subject, struct json_object *out);
};

extern const struct subject_forms log_forms;
extern const struct subject_forms kernel_forms;
extern const struct subject_forms image_forms;

/* ---- What they share ---- */

/* The last part of a path. */
const char *path_name(const char *path);

/* Of what a kernel asks for: sections of a document, "request" in JSON. */
void request_describe(const struct kernel_facts *kernel, struct document *out);
void request_encode(const struct kernel_facts *kernel, struct json_object *out);
