/* SPDX-License-Identifier: MIT */
/* What the two halves of the forms of an image share. */
#pragma once

#include "show/inspect.h"

void image_encode(const struct subject *subject, struct json_object *out);

/* "whole", "odd", "damaged" */
const char *survey_state_text(enum survey_state state);

/* "GPT", "MBR", "none" */
const char *survey_scheme_text(enum survey_scheme scheme);

/* "FAT32" */
const char *fat_type_text(enum fat_type type);
