/* SPDX-License-Identifier: MIT */
/* GUIDs in sentences, and what the types of partitions are called. */
#pragma once

#include "text/guid_text.h"

/* A GUID as a value that can be printed. */
struct guid_words {
    char text[GUID_TEXT_SIZE];
};

struct guid_words guid_words(const struct guid *guid);

/* "EFI system"; "unknown" where the type is not among the common ones. */
const char *partition_gpt_name(const struct guid *type);
const char *partition_mbr_name(uint8_t type);
