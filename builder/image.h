/* SPDX-License-Identifier: MIT */
/* Building an image: what goes in, and the one function that does it. */
#pragma once

#include <stddef.h>

#include "base/error.h"

enum image_scheme {
    IMAGE_SCHEME_GPT, /* with the MBR that protects it */
    IMAGE_SCHEME_MBR, /* one active partition, and no GPT */
};

struct image_module {
    const char *path;      /* on the host */
    const char *name;      /* in the image; NULL: the file's own name */
    const char *arguments; /* "": none */
};

/* What there is to say about an image that was built. */
struct image_result {
    uint64_t size;    /* bytes */
    uint64_t saved;   /* bytes of debug sections that were left out */
    bool has_request; /* the kernel states a BOWLINE_REQUEST() */
};

struct image_spec {
    const char *kernel; /* path of the ELF file */
    const char *output; /* path of the image */
    const char *command_line;
    const struct image_module *modules;
    size_t module_count;
    uint32_t sector_size; /* of the disk it is for, bytes: 512 or 4096 */
    enum image_scheme scheme;
    uint8_t mbr_type;            /* of the partition in scheme MBR; 0: EFI system */
    bool mbr_active;             /* an active entry in scheme GPT, too */
    struct image_result *result; /* filled in when the image is there; NULL: not wanted */
};

/*
 * Checks the kernel, writes OUTPUT.partial, verifies it by reading it again, and renames it to
 * OUTPUT. After a failure neither a new OUTPUT nor OUTPUT.partial is left behind, and an older
 * OUTPUT is as it was.
 */
bool image_build(const struct image_spec *spec, struct error *error);

/* The output's default name: the kernel's without its extension, plus ".img". Allocated. */
char *image_default_name(const char *kernel);
