/* SPDX-License-Identifier: MIT */
/* GUIDs as people write them: C12A7328-F81F-11D2-BA4B-00A0C93EC93B (UEFI 2.10, appendix A). */
#pragma once

#include <stdbool.h>

#include "format/gpt.h"

enum { GUID_TEXT_SIZE = 37 };

void guid_print(const struct guid *guid, char out[GUID_TEXT_SIZE]);

/* False: the text is no GUID, and *out is as it was. */
bool guid_parse(const char *text, struct guid *out);
