/* SPDX-License-Identifier: MIT */
/* What goes into the EFI system partition of an image. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/units.h"
#include "format/config.h"
#include "format/inflate.h"
#include "image/boot_conf.h"
#include "image/boot_conf_check.h"
#include "image/image_plan.h"
#include "image/seal.h"
#include "kernel/application.h"
#include "kernel/unpacked.h"
#include "listener.h"

/* A symbolic link to a directory above it would go on for ever. */
enum { TREE_DEPTH_MAX = 64 };

/* A module lies in one directory with all others. */
static bool check_module_names(const struct mkimage_spec *spec, struct error *error)
{
    for (size_t i = 0; i < spec->module_count; i++) {
        const char *name = spec->modules[i].name;

        if (name != NULL && strchr(name, '/') != NULL) {
            FAIL_WITH(error, NAME_CHARACTER, name, '/');
            return error_in(error, spec->modules[i].path);
        }
    }
    return true;
}

/* One more file of the plan, with nothing in it. Takes `path`, which is allocated. */
static bool add_file(struct image_plan *plan, const char *source, char *path,
                     struct image_file **out, struct error *error)
{
    struct image_file **files =
        realloc(plan->files, (plan->file_count + 1) * sizeof(plan->files[0]));
    struct image_file *file = calloc(1, sizeof(*file));

    if (files != NULL)
        plan->files = files;
    if (file != NULL)
        file->source = strdup(source);
    if (files == NULL || file == NULL || file->source == NULL || path == NULL) {
        if (file != NULL)
            free(file->source);
        free(file);
        free(path);
        return FAIL(error, HOST_MEMORY);
    }
    file->host.fd = -1;
    file->path = path;
    content_init(&file->content);
    plan->files[plan->file_count++] = file;
    *out = file;
    return true;
}

/* Gives the file, now that its content is known, its place in the ESP. */
static bool place_file(struct image_plan *plan, const struct image_file *file, struct error *error)
{
    return fat_tree_add(plan->tree, file->path, &file->content, error) ||
           error_in(error, file->source);
}

static bool check_kernel(const struct image_file *file, struct kernel_facts *facts,
                         struct error *error)
{
    struct host_file host = file->host;
    struct unpacked kernel;

    if (!unpacked_open(file->path, &host.reader, host.fd, &kernel, error))
        return error_in(error, file->source);
    bool is_checked = kernel_check(kernel.reader, kernel.fd, facts, error);
    unpacked_close(&kernel);
    return is_checked || error_in(error, file->source);
}

static bool take_kernel(const struct mkimage_spec *spec, struct image_plan *plan,
                        struct error *error)
{
    struct image_file *file;

    if (!add_file(plan, spec->kernel, strdup(kernel_path(spec)), &file, error) ||
        !host_file_open(spec->kernel, &file->host, error))
        return false;

    struct reader *whole = &file->host.reader;

    if (!check_kernel(file, &plan->kernel, error))
        return false;
    if (spec->keep_debug || gzip_is_named(file->path)) {
        content_add_file(&file->content, file->host.fd, 0, whole->size);
        return place_file(plan, file, error);
    }
    if (!strip_debug(file->host.fd, whole->size, &plan->stripped, error))
        return error_in(error, spec->kernel);
    file->content = plan->stripped.content;
    if (plan->stripped.saved > 0 && !strip_verify(whole, &file->content.reader, error))
        return error_in(error, spec->kernel);
    return place_file(plan, file, error);
}

/* A file of the host as it is. Takes `path`, which is allocated. */
static bool take_file(struct image_plan *plan, const char *source, char *path,
                      struct image_file **out, struct error *error)
{
    struct image_file *file;

    if (!add_file(plan, source, path, &file, error) || !host_file_open(source, &file->host, error))
        return false;
    content_add_file(&file->content, file->host.fd, 0, file->host.reader.size);
    *out = file;
    return place_file(plan, file, error);
}

static bool take_modules(const struct mkimage_spec *spec, struct image_plan *plan,
                         struct error *error)
{
    uint64_t in_memory = 0;

    for (size_t i = 0; i < spec->module_count; i++) {
        const struct mkimage_module *module = &spec->modules[i];
        struct image_file *file;
        struct unpacked unpacked;

        if (!take_file(plan, module->path, module_path(module), &file, error))
            return false;
        if (!unpacked_open(file->path, &file->host.reader, file->host.fd, &unpacked, error))
            return error_in(error, module->path);
        in_memory += align_up(unpacked.reader->size, PAGE_SIZE);
        unpacked_close(&unpacked);
    }
    return kernel_check_layout(&plan->kernel, in_memory, error) || error_in(error, spec->kernel);
}

static char *join(const char *directory, const char *name)
{
    size_t length = strlen(directory);
    bool has_slash = length > 0 && directory[length - 1] == '/';
    char *path;

    return asprintf(&path, has_slash ? "%s%s" : "%s/%s", directory, name) < 0 ? NULL : path;
}

static bool take_tree(struct image_plan *plan, const char *source, const char *path, unsigned depth,
                      struct error *error);

/* A file or a directory of a tree. Takes both paths, which are allocated. */
static bool take_entry(struct image_plan *plan, char *source, char *path, unsigned depth,
                       struct error *error)
{
    struct image_file *file;
    struct stat status;
    bool is_taken;

    if (source == NULL || path == NULL) {
        free(source);
        free(path);
        return FAIL(error, HOST_MEMORY);
    }
    if (stat(source, &status) == 0 && S_ISDIR(status.st_mode)) {
        is_taken = take_tree(plan, source, path, depth + 1, error);
        free(path);
    } else {
        is_taken = take_file(plan, source, path, &file, error);
    }
    free(source);
    return is_taken;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* whatever the locale is */
}

static int is_no_dot(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Everything below the directory `source`, in the order of the names, below `path`. */
static bool take_tree(struct image_plan *plan, const char *source, const char *path, unsigned depth,
                      struct error *error)
{
    struct dirent **entries;
    int count;
    bool is_taken = true;

    if (depth > TREE_DEPTH_MAX) {
        FAIL(error, HOST_TREE_DEPTH, TREE_DEPTH_MAX);
        return error_in(error, source);
    }
    if (strcmp(path, "/") != 0 && !fat_tree_add_directory(plan->tree, path, error))
        return error_in(error, source);
    count = scandir(source, &entries, is_no_dot, by_name);
    if (count < 0)
        return host_error(error, errno == ENOENT ? ERROR_HOST_NOT_FOUND : ERROR_HOST_OPEN, source);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        is_taken = is_taken && take_entry(plan, join(source, name), join(path, name), depth, error);
        free(entries[i]);
    }
    free(entries);
    return is_taken;
}

/* "docs/readme" and "/docs/readme/" are the same place. Allocated. */
static char *absolute(const char *path)
{
    char *result;

    if (asprintf(&result, "/%s", path + strspn(path, "/")) < 0)
        return NULL;
    for (size_t end = strlen(result); end > 1 && result[end - 1] == '/'; end--)
        result[end - 1] = '\0';
    return result;
}

static bool take_files(const struct mkimage_spec *spec, struct image_plan *plan,
                       struct error *error)
{
    for (size_t i = 0; i < spec->file_count; i++) {
        const struct mkimage_file *wanted = &spec->files[i];
        char *path = absolute(wanted->path);
        struct image_file *file;
        bool is_taken;

        if (path == NULL)
            return FAIL(error, HOST_MEMORY);
        if (wanted->is_tree) {
            is_taken = take_tree(plan, wanted->source, path, 0, error);
            free(path);
        } else {
            is_taken = take_file(plan, wanted->source, path, &file, error);
        }
        if (!is_taken)
            return false;
    }
    return true;
}

static bool take_bytes(struct image_plan *plan, const char *path, const void *bytes, size_t size,
                       struct error *error)
{
    struct image_file *file;

    if (!add_file(plan, path, strdup(path), &file, error))
        return false;
    content_add_bytes(&file->content, bytes, size);
    return place_file(plan, file, error);
}

const struct image_file *image_plan_find(const struct image_plan *plan, const char *path,
                                         size_t length)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (strlen(plan->files[i]->path) == length &&
            strncasecmp(plan->files[i]->path, path, length) == 0)
            return plan->files[i];
    return NULL;
}

/* A file that boot.conf names has to be there, and what is started to be what can be. */
static bool check_named(const struct image_plan *plan, const struct config_line *line,
                        struct error *error)
{
    static struct kernel_facts facts; /* large */
    const struct image_file *file = image_plan_find(plan, line->value.start, line->value.length);

    if (file == NULL && line->key == CONFIG_OPTIONAL)
        return true;
    if (file == NULL) {
        char path[sizeof(error->detail)];

        snprintf(path, sizeof(path), "%.*s", (int)line->value.length, line->value.start);
        return FAIL_WITH(error, CONFIG_NOT_IN_IMAGE, path, line->line, line->column);
    }
    struct content content = file->content;

    if (line->key == CONFIG_CHAINLOAD)
        return application_check(&content.reader, error) || error_in(error, file->source);
    if (line->key != CONFIG_KERNEL || file == plan->files[0])
        return true;
    return check_kernel(file, &facts, error);
}

/* `named`: the file that the hash is of; NULL: none. */
static bool check_hash(const struct image_plan *plan, const struct config_line *named,
                       const struct config_line *line, struct error *error)
{
    struct expected_hash expected = {.is_known = true};
    uint8_t found[SHA256_SIZE];
    const struct image_file *file;

    if (named == NULL)
        return FAIL(error, CONFIG_HASH_OF_NOTHING, line->line, line->column);
    file = image_plan_find(plan, named->value.start, named->value.length);
    if (file == NULL) /* optional, and not there */
        return true;
    memcpy(expected.sha256, line->sha256, sizeof(expected.sha256));

    struct content content = file->content;

    return (hash_reader(&content.reader, found, error) &&
            expected_hash_check(&expected, found, error)) ||
           error_in(error, file->source);
}

/* A boot.conf that is being checked, and the first thing that is wrong with it. */
struct criticism {
    const struct mkimage_spec *spec;
    struct error *error;
};

/* The plan does not have the table yet. A network's disks are not known: anything may be there. */
static bool has_partition(void *context, uint32_t number)
{
    const struct mkimage_spec *spec = ((const struct criticism *)context)->spec;
    size_t ours = spec->scheme == MKIMAGE_GPT ? PARTS_OF_OURS : 1;

    return spec->output == NULL || number <= ours + spec->partition_count;
}

static void refuse(void *context, const struct error *error)
{
    struct criticism *criticism = context;

    if (criticism->error->code == ERROR_NONE)
        *criticism->error = *error;
}

static void note(void *context, const struct error *error)
{
    const struct criticism *criticism = context;
    char cause[256];

    error_print_cause(error, cause, sizeof(cause));
    listener_note("%s: %s [%s]\n  what to do: %s", criticism->spec->config, cause,
                  error_name(error->code), error_remedy(error->code));
}

/* A boot.conf of the user's own: the loader forgives what is wrong in it, mkimage does not. */
static bool check_config(const struct mkimage_spec *spec, const struct image_plan *plan,
                         size_t length, struct error *error)
{
    struct criticism criticism = {.spec = spec, .error = error};
    struct boot_conf_critic critic = {&criticism, has_partition, refuse, note};
    struct config_cursor cursor;
    struct config_line line, named;
    bool is_named = false;
    uint32_t default_entry;

    if (!config_default_entry(plan->boot_conf, length, &default_entry, error))
        return false;
    config_start(&cursor, plan->boot_conf, length);
    while (config_next(&cursor, &line, error)) {
        if (config_names_file(&line)) {
            if (!check_named(plan, &line, error))
                return false;
            named = line;
            is_named = true;
        } else if (line.key == CONFIG_SHA256) {
            if (!check_hash(plan, is_named && named.entry == line.entry ? &named : NULL, &line,
                            error))
                return false;
        }
    }
    if (error->code == ERROR_NONE)
        boot_conf_check(plan->boot_conf, length, &critic);
    return error->code == ERROR_NONE;
}

/* Of the kernel and the modules, which are the first files. */
static bool hash_files(const struct mkimage_spec *spec, struct image_plan *plan,
                       uint8_t (*hashes)[SHA256_SIZE], struct error *error)
{
    for (size_t i = 0; i < spec->module_count + 1; i++)
        if (!hash_reader(&plan->files[i]->content.reader, hashes[i], error))
            return error_in(error, plan->files[i]->source);
    return true;
}

static bool make_config(const struct mkimage_spec *spec, struct image_plan *plan, size_t *length,
                        struct error *error)
{
    uint8_t(*hashes)[SHA256_SIZE] = NULL;
    bool is_made;

    if (spec->hash || spec->seal) {
        hashes = calloc(spec->module_count + 1, sizeof(*hashes));
        if (hashes == NULL)
            return FAIL(error, HOST_MEMORY);
    }
    is_made = (hashes == NULL || hash_files(spec, plan, hashes, error)) &&
              boot_conf_make(spec, (const uint8_t(*)[SHA256_SIZE])hashes, &plan->boot_conf, length,
                             error);
    free(hashes);
    return is_made;
}

/* A sealed loader takes no boot.conf in which a file has no hash. */
static bool hash_config(const char *text, size_t length, uint8_t hash[SHA256_SIZE],
                        struct error *error)
{
    struct sha256 state;

    if (!config_check_hashes(text, length, error))
        return false;
    sha256_start(&state);
    sha256_add(&state, text, length);
    sha256_finish(&state, hash);
    return true;
}

/* Is it a boot.conf, with nothing in it that this version does not know? */
static bool check_lines(const char *text, size_t length, struct error *error)
{
    struct config_cursor cursor;
    struct config_line line;

    config_start(&cursor, text, length);
    while (config_next(&cursor, &line, error))
        ;
    return error->code == ERROR_NONE;
}

static bool hash_other_config(const char *path, uint8_t hash[SHA256_SIZE], struct error *error)
{
    struct host_file host;
    char *text;

    if (!host_file_open(path, &host, error))
        return false;
    bool is_hashed = boot_conf_load(&host.reader, &text, error);
    if (is_hashed) {
        is_hashed = check_lines(text, host.reader.size, error) &&
                    hash_config(text, host.reader.size, hash, error);
        free(text);
    }
    reader_close(&host.reader);
    return is_hashed || error_in(error, path);
}

/* What the loader is going to take: this boot.conf, and perhaps that of another version. */
static bool plan_seal(const struct mkimage_spec *spec, struct image_plan *plan, size_t length,
                      struct error *error)
{
    uint8_t hashes[SEAL_HASHES_MAX][SHA256_SIZE];
    uint32_t count = 0;

    if (spec->seal) {
        if (!hash_config(plan->boot_conf, length, hashes[count++], error))
            return error_in(error, spec->config != NULL ? spec->config : CONFIG_PATH);
        if (spec->seal_also != NULL && !hash_other_config(spec->seal_also, hashes[count++], error))
            return false;
    }
    seal_make((const uint8_t(*)[SHA256_SIZE])hashes, count, &plan->seal);
    return true;
}

static bool load_config(const struct mkimage_spec *spec, struct image_plan *plan, size_t *length,
                        struct error *error)
{
    struct host_file host;

    if (!host_file_open(spec->config, &host, error))
        return false;
    bool is_taken = boot_conf_load(&host.reader, &plan->boot_conf, error) &&
                    check_config(spec, plan, host.reader.size, error);
    *length = host.reader.size;
    reader_close(&host.reader);
    return is_taken || error_in(error, spec->config);
}

static bool take_config(const struct mkimage_spec *spec, struct image_plan *plan,
                        struct error *error)
{
    size_t length;

    return (spec->config == NULL ? make_config(spec, plan, &length, error)
                                 : load_config(spec, plan, &length, error)) &&
           plan_seal(spec, plan, length, error) &&
           take_bytes(plan, CONFIG_PATH, plan->boot_conf, length, error);
}

/* As it was built, or sealed: then *sealed is the plan's. */
static bool take_uefi_application(const char *path, const struct stage_bytes *application,
                                  struct image_plan *plan, uint8_t **sealed, struct error *error)
{
    if (plan->seal.count == 0)
        return take_bytes(plan, path, application->bytes, application->size, error);
    *sealed = malloc(application->size);
    if (*sealed == NULL)
        return FAIL(error, HOST_MEMORY);
    memcpy(*sealed, application->bytes, application->size);
    return seal_application(&plan->seal, *sealed, application->size, error) &&
           take_bytes(plan, path, *sealed, application->size, error);
}

static bool take_uefi_applications(const struct stages *stages, struct image_plan *plan,
                                   struct error *error)
{
    return take_uefi_application(IMAGE_UEFI_PATH, &stages->uefi_application, plan,
                                 &plan->sealed_application, error) &&
           take_uefi_application(IMAGE_UEFI_32_PATH, &stages->uefi_application_32, plan,
                                 &plan->sealed_application_32, error);
}

bool image_inputs_take(const struct mkimage_spec *spec, const struct stages *stages,
                       struct image_plan *plan, struct error *error)
{
    plan->tree = fat_tree_create();
    if (plan->tree == NULL)
        return FAIL(error, HOST_MEMORY);
    return check_module_names(spec, error) && take_kernel(spec, plan, error) &&
           take_modules(spec, plan, error) && take_files(spec, plan, error) &&
           take_config(spec, plan, error) &&
           (spec->no_uefi || take_uefi_applications(stages, plan, error));
}
