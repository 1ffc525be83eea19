/* SPDX-License-Identifier: MIT */
/*
 * Files over HTTP, from the server that the application came from and through the same network
 * card: UEFI 2.10, chapters 24.7 (HTTP boot) and 29.6 (EFI_HTTP_PROTOCOL).
 */
#include "http.h"

#include "base/string.h"
#include "base/units.h"
#include "file_source.h"
#include "firmware/memory.h"
#include "http_client.h"
#include "pool.h"

enum { FIRST_CAPACITY = 64 << 10 }; /* where the server does not tell the length */

/* A file that has been read, whole: a server need not be able to send parts. */
struct http_file {
    struct memory_reader memory;
    uint8_t *bytes;
    uint64_t size, capacity;
};

struct boot_source {
    EFI_HANDLE card;
    struct device_path_uri path;
};

/* ---- Where the application came from ---- */

/* The rest of the path is in the image's information where the device is the card alone. */
static bool find_path(EFI_HANDLE device, struct device_path_uri *out)
{
    const EFI_LOADED_IMAGE *image =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    const void *path = uefi_protocol(device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);

    return (path != NULL && device_path_find_uri(path, out)) ||
           (image != NULL && image->FilePath != NULL && device_path_find_uri(image->FilePath, out));
}

static bool find_source(EFI_HANDLE device, struct boot_source *out)
{
    EFI_GUID kind = EFI_HTTP_SERVICE_BINDING_PROTOCOL_GUID;
    EFI_DEVICE_PATH *rest = uefi_protocol(device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);

    return rest != NULL && find_path(device, &out->path) &&
           uefi.system->BootServices->LocateDevicePath(&kind, &rest, &out->card) == EFI_SUCCESS;
}

static bool is_http(EFI_HANDLE device)
{
    struct boot_source source;

    return find_source(device, &source);
}

bool http_find_boot_uri(EFI_HANDLE device, struct boot_uri *out)
{
    struct device_path_uri path;

    return find_path(device, &path) && uri_find_root(path.uri, path.uri_length, out);
}

/* ---- Files ---- */

static void close_file(struct reader *reader)
{
    struct http_file *file = (struct http_file *)reader;

    firmware_must_be_alive();
    if (file->bytes != NULL)
        uefi.system->BootServices->FreePool(file->bytes);
    uefi.system->BootServices->FreePool(file);
}

static bool make_room(struct http_file *file, uint64_t length, struct error *error)
{
    uint64_t capacity = maximum(file->capacity, FIRST_CAPACITY);

    if (length <= file->capacity - file->size)
        return true;
    while (capacity - file->size < length)
        capacity *= 2;
    if (!pool_grow(&file->bytes, file->size, capacity, error))
        return false;
    file->capacity = capacity;
    return true;
}

static bool receive_file(struct http_client *client, struct http_body *body, struct http_file *file,
                         struct error *error)
{
    if (!body->is_chunked && body->length > 0) {
        if (!pool_grow(&file->bytes, 0, body->length, error))
            return false;
        file->capacity = body->length;
    }
    while (!http_is_complete(body)) {
        uint64_t limit = body->is_chunked ? UINT64_MAX : body->left;
        uint8_t *bytes;
        size_t length;

        if (!http_client_receive(client, limit, &bytes, &length, error) ||
            !http_take(body, bytes, &length, error) || !make_room(file, length, error))
            return false;
        if (length > 0)
            memcpy(file->bytes + file->size, bytes, length);
        file->size += length;
    }
    return true;
}

static bool read_file(const struct boot_source *source, const char *uri, const char *host,
                      struct http_file *file, struct error *error)
{
    struct http_client client;
    struct http_body body;

    if (!http_client_open(source->card, &source->path, &client, error))
        return false;
    bool is_read = http_client_get(&client, uri, host, &body, error) &&
                   receive_file(&client, &body, file, error);
    http_client_close(&client);
    return is_read;
}

static bool make_reader(const struct boot_source *source, const char *uri, const char *host,
                        struct reader **out, struct error *error)
{
    struct http_file *file = NULL;

    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, sizeof(*file), (void **)&file) !=
        EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, 1);
    *file = (struct http_file){0};

    bool is_read = read_file(source, uri, host, file, error);

    memory_reader_init(&file->memory, file->bytes, file->size);
    file->memory.reader.close = close_file;
    if (!is_read) {
        close_file(&file->memory.reader);
        return false;
    }
    *out = &file->memory.reader;
    return true;
}

static bool open_file(EFI_HANDLE device, const char *path, struct reader **out, struct error *error)
{
    struct boot_source source;
    struct boot_uri boot;
    char uri[URI_SIZE_MAX];

    if (!find_source(device, &source) ||
        !uri_find_root(source.path.uri, source.path.uri_length, &boot))
        return FAIL(error, NO_BOOT_SERVER);
    if (!uri_join(&boot, path, uri))
        return FAIL(error, FILE_NOT_FOUND, 0);
    return make_reader(&source, uri, boot.host, out, error) || error_in(error, uri);
}

const struct file_source http_source = {.is_at = is_http, .open = open_file};
