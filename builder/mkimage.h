/* SPDX-License-Identifier: MIT */
/*
 * libmkimage: what the program mkimage does, for other build systems.
 *
 *     struct mkimage_message message;
 *
 *     if (!mkimage_check("kernel.elf", NULL, NULL, &message) ||
 *         !mkimage_build(&(struct mkimage_spec){.kernel = "kernel.elf", .output = "kernel.img"},
 *                        NULL, &message))
 *         fputs(message.text, stderr);
 *
 * A member that is zero asks for its default. Texts and paths are UTF-8, sizes are bytes; what is
 * passed in stays the caller's and is only read. Functions return false after a failure and say in
 * the message what has failed, why, and what to do about it; otherwise they leave it alone.
 *
 * They print nothing, and one call at a time can run in a process. When there is no memory left for
 * a text, they end the process (abort()). SOURCE_DATE_EPOCH is honoured (docs/image-layout.md).
 * docs/libmkimage.md shows how to link it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MKIMAGE_MESSAGE_SIZE = 1024 };

struct mkimage_message {
    char text[MKIMAGE_MESSAGE_SIZE]; /* a line for what has happened, a line for what to do */
};

/* ---- Building ---- */

enum mkimage_scheme {
    MKIMAGE_GPT, /* with the MBR that protects it; the image is a CD as well */
    MKIMAGE_MBR, /* an MBR and no GPT */
};

enum mkimage_fat {
    MKIMAGE_FAT_ANY, /* FAT32, or what fits into the size that was asked for */
    MKIMAGE_FAT12 = 12,
    MKIMAGE_FAT16 = 16,
    MKIMAGE_FAT32 = 32,
};

/* A file that the kernel gets in memory: unpacked, if its name in the image ends in ".gz". */
struct mkimage_module {
    const char *path;      /* on the host */
    const char *name;      /* in the image, below /modules; NULL: the file's own name */
    const char *arguments; /* a text for the kernel */
};

/* Something for the EFI system partition that the loader does not look at. */
struct mkimage_file {
    const char *source; /* on the host */
    const char *path;   /* in the image, from the root; directories on the way are made */
    bool is_tree;       /* `source` is a directory, and everything below it goes below `path` */
};

/* A partition of the user's own, behind the EFI system partition. */
struct mkimage_partition {
    const char *name;   /* ASCII, at most 36 characters; only a GPT stores it */
    const char *type;   /* a GUID, "linux", "data" or "swap"; in an MBR a number, too ("0x83") */
    const char *source; /* what is in it; NULL: `size` bytes of zeros */
    uint64_t size;      /* at least, rounded up to MiB; a larger source makes it larger */
};

/* What a caller may be told meanwhile. Functions may be NULL. */
struct mkimage_listener {
    void *context;
    void (*note)(void *context, const char *text);   /* worth knowing */
    void (*detail)(void *context, const char *text); /* for the curious: what lies where */
    void (*progress)(void *context, uint64_t done, uint64_t total); /* bytes read or written */
};

struct mkimage_spec {
    const char *kernel; /* path of the ELF file, or of NAME.gz with one */
    const char *output; /* path of the image: appears whole or not at all */

    const char *command_line; /* of the kernel */
    const struct mkimage_module *modules;
    size_t module_count;
    const char *config; /* path of a boot.conf of the user's own, instead of one made from these */
    const struct mkimage_file *files;
    size_t file_count;
    const struct mkimage_partition *partitions;
    size_t partition_count;

    enum mkimage_scheme scheme;
    uint8_t mbr_type;     /* of the EFI system partition in scheme MBR; 0: 0xef */
    bool mbr_active;      /* an active entry in scheme GPT, too */
    uint32_t sector_size; /* of the disk it is for: 512 (default) or 4096 */
    uint64_t size;        /* of the image, a multiple of 1 MiB; 0: as small as it can be */
    uint64_t free;        /* at least this much room for further files */
    enum mkimage_fat fat;
    const char *label; /* 1 to 11 of A-Z, 0-9, space, - and _; NULL: BOWLINE */
    const char *seed;  /* a text that gives the same contents other GUIDs and serial numbers */

    bool hash; /* write the SHA-256 of kernel and modules into boot.conf: the loader checks */
    bool seal; /* hash, and let the loader take this boot.conf only (docs/sealing.md) */
    const char *seal_also; /* seal, and path of one more boot.conf that the loader takes */
    bool keep_debug;       /* the kernel's debug sections, too */
    bool no_bios;          /* leave the BIOS stages out */
    bool no_uefi;          /* leave the UEFI applications out */
    bool dry_run;          /* check and plan everything, write nothing */
    bool force;            /* replace an output that is no disk image */

    const struct mkimage_listener *listener; /* NULL: nobody listens */
};

enum { MKIMAGE_GUID_TEXT_SIZE = 37 };

/* What there is to say about an image. */
struct mkimage_result {
    uint64_t size;     /* bytes */
    uint64_t esp_size; /* bytes */
    uint64_t esp_free; /* bytes in clusters that no file uses */
    enum mkimage_fat fat;
    uint64_t saved;   /* bytes of debug sections that were left out */
    bool has_request; /* the kernel states a BOWLINE_REQUEST() */
    char disk_guid[MKIMAGE_GUID_TEXT_SIZE];
};

/*
 * Checks everything that goes in, writes the image beside its place, verifies it by reading it
 * again with the loader's own readers, and renames it to spec->output. After a failure an older
 * output is as it was, and nothing new is left behind. `result` may be NULL.
 */
bool mkimage_build(const struct mkimage_spec *spec, struct mkimage_result *result,
                   struct mkimage_message *message);

/*
 * Writes the files for a network boot into a directory, which is made if need be; of the
 * specification only the kernel, modules, files, command line and configuration matter. Older files
 * are replaced; a kernel.elf that is no ELF file is not, and then nothing is written.
 */
bool mkimage_netboot(const struct mkimage_spec *spec, const char *directory,
                     struct mkimage_result *result, struct mkimage_message *message);

/* ---- Checking: would the loader boot this kernel, is this image whole? ---- */

/* Where a kernel and what it gets will lie is found out for a PC, which images do not need. */
struct mkimage_check_options {
    uint64_t memory;                      /* whole MiB from 16 MiB to 4 TiB; 0: 256 MiB */
    const struct mkimage_module *modules; /* of these only the sizes of the files matter */
    size_t module_count;
    const struct mkimage_listener *listener; /* NULL: nobody listens */
};

enum mkimage_severity {
    MKIMAGE_NOTE,    /* of an image: it works, and a person should know */
    MKIMAGE_WARNING, /* of a kernel: it boots, and may not be what its author wanted */
    MKIMAGE_ERROR,   /* a structure of the image is damaged; the loader refuses the kernel */
};

/* What makes the loader take a kernel. All cures of a finding together cure. */
struct mkimage_cure {
    const char *place; /* "in the linker script, in front of .data", "options of the compiler" */
    const char *text;  /* the very lines, with line ends between them; empty: build it again */
};

struct mkimage_finding {
    enum mkimage_severity severity;
    const char *name;  /* stays the same: "gpt-copies" (docs/errors.md), "no-request" */
    const char *where; /* "backup GPT header", "/kernel.elf", "segment 2"; empty: the whole file */
    uint64_t start;    /* the bytes of the file that are meant */
    uint64_t size;     /* 0: no particular ones */
    const char *cause;
    const char *remedy;
    const char *text; /* all of it for people, as in a message */
    size_t cure_count;
    struct mkimage_cure *cures; /* of a kernel's error */
};

struct mkimage_check_result {
    bool is_image;      /* a disk image; else a kernel, or what was meant to be one */
    const char *report; /* what lies where, for people; NULL: the file could not be read */
    size_t error_count; /* 0, and there is a report: it boots, or is whole */
    size_t finding_count;
    struct mkimage_finding *findings; /* of a kernel the error first, of an image by place */
};

/*
 * Reads a kernel, a disk image or a disk (a block device) as the loader does. True: the loader
 * boots this kernel; this image is whole. False: not so, and the message says the first reason; or
 * it could not be found out. `options` and `result` may be NULL; mkimage_check_free() gives back
 * what the result holds, whatever was returned.
 */
bool mkimage_check(const char *path, const struct mkimage_check_options *options,
                   struct mkimage_check_result *result, struct mkimage_message *message);
void mkimage_check_free(struct mkimage_check_result *result);

/* ---- Inspecting: what is in it? ---- */

enum mkimage_form {
    MKIMAGE_TEXT, /* to read */
    MKIMAGE_JSON, /* for programs: docs/schema/inspect.json */
    MKIMAGE_SVG,  /* a picture of the disk, of the address space, or of the memory */
    MKIMAGE_HTML, /* a web page with the picture and the text */
};

/*
 * Shows what is in a disk image, a disk, a kernel or a boot log: damage, too, which is no failure.
 * `*out` is for free(). `listener` may be NULL.
 */
bool mkimage_inspect(const char *path, enum mkimage_form form,
                     const struct mkimage_listener *listener, char **out,
                     struct mkimage_message *message);

/* ---- Besides ---- */

/*
 * From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT, where nobody handles them, remove a half-written
 * file before they end the process.
 */
void mkimage_clean_up_on_signals(void);

/* "Bowline 1.2.3" */
const char *mkimage_version(void);

#ifdef __cplusplus
}
#endif
