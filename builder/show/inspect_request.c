/* SPDX-License-Identifier: MIT */
/* What a kernel asks for, and what the forms share besides. */
#include <string.h>

#include "show/inspect.h"
#include "text/size_text.h"

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* ---- To read ---- */

static void describe_pixels(struct document *out, const char *name, uint64_t width, uint64_t height)
{
    if (width != 0 || height != 0)
        document_fact(out, name, "%llu x %llu pixels", (unsigned long long)width,
                      (unsigned long long)height);
}

static void describe_placement(struct document *out, const char *name,
                               struct bowline_placement placement)
{
    if (placement.kind == BOWLINE_PLACE_AT)
        document_fact(out, name, "at 0x%016llx", (unsigned long long)placement.address);
    else if (placement.kind == BOWLINE_PLACE_NONE)
        document_fact(out, name, "none");
}

static void describe_flags(struct document *out, uint64_t flags)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        uint64_t flag = UINT64_C(1) << bit;

        if (kernel_flag_name(flag) == NULL)
            continue;
        if (flags & BOWLINE_REQUIRE(flag))
            document_fact(out, kernel_flag_name(flag), "required");
        else if (flags & flag)
            document_fact(out, kernel_flag_name(flag), "wished for");
    }
}

void request_describe(const struct kernel_facts *kernel, struct document *out)
{
    const struct bowline_request *request = &kernel->request;

    document_facts(out, "What the kernel asks for");
    if (!kernel->has_request) {
        document_fact(out, "request", "none: it gets the defaults of bowline.h");
        return;
    }
    document_fact(out, "version of bowline.h", "%llu.%llu",
                  (unsigned long long)(request->version >> 32),
                  (unsigned long long)(request->version & UINT32_MAX));
    if (request->stack_size != 0)
        document_fact(out, "stack", "%s", size_text(request->stack_size).text);
    describe_pixels(out, "screen", request->framebuffer_width, request->framebuffer_height);
    describe_pixels(out, "screen, at least", request->framebuffer_min_width,
                    request->framebuffer_min_height);
    describe_flags(out, request->flags);
    describe_placement(out, "place of the direct map", request->direct_map);
    describe_placement(out, "place of the kernel", request->kernel_base);
    describe_placement(out, "place of the stack", request->stack);
    describe_placement(out, "place of the boot info", request->boot_info);
    describe_placement(out, "place of the framebuffer", request->framebuffer);
    describe_placement(out, "place of the modules", request->modules);
    if (request->dynamic_range_start != 0 || request->dynamic_range_end != 0)
        document_fact(out, "everything else", "from 0x%016llx to 0x%016llx",
                      (unsigned long long)request->dynamic_range_start,
                      (unsigned long long)request->dynamic_range_end);
    if (request->recursive_index != 0)
        document_fact(out, "recursive slot", "%llu", (unsigned long long)request->recursive_index);
}

/* ---- For programs ---- */

static void encode_pixels(struct json_object *out, const char *key, uint64_t width, uint64_t height)
{
    struct json_object *object;

    if (width == 0 && height == 0)
        return;
    object = json_put_object(out, key);
    json_put_number(object, "width", width);
    json_put_number(object, "height", height);
}

/* An address, or "none"; no key where the loader chooses. */
static void encode_placement(struct json_object *out, const char *key,
                             struct bowline_placement placement)
{
    if (placement.kind == BOWLINE_PLACE_AT)
        json_put_address(out, key, placement.address);
    else if (placement.kind == BOWLINE_PLACE_NONE)
        json_put_text(out, key, "none");
}

static void encode_flags(struct json_object *out, const char *key, uint64_t flags)
{
    struct json_object *array = json_put_array(out, key);

    for (unsigned bit = 0; bit < 32; bit++) {
        const char *name = kernel_flag_name(UINT64_C(1) << bit);

        if (name != NULL && flags & UINT64_C(1) << bit)
            json_append_text(array, name);
    }
}

void request_encode(const struct kernel_facts *kernel, struct json_object *out)
{
    const struct bowline_request *request = &kernel->request;
    struct json_object *object, *places;

    if (!kernel->has_request)
        return;
    object = json_put_object(out, "request");
    json_put_number(object, "version_major", request->version >> 32);
    json_put_number(object, "version_minor", request->version & UINT32_MAX);
    encode_flags(object, "wishes", request->flags & UINT32_MAX);
    encode_flags(object, "requirements", request->flags >> 32);
    if (request->stack_size != 0)
        json_put_number(object, "stack_size", request->stack_size);
    encode_pixels(object, "screen", request->framebuffer_width, request->framebuffer_height);
    encode_pixels(object, "screen_minimum", request->framebuffer_min_width,
                  request->framebuffer_min_height);
    places = json_put_object(object, "places");
    encode_placement(places, "direct_map", request->direct_map);
    encode_placement(places, "kernel", request->kernel_base);
    encode_placement(places, "stack", request->stack);
    encode_placement(places, "boot_info", request->boot_info);
    encode_placement(places, "framebuffer", request->framebuffer);
    encode_placement(places, "modules", request->modules);
    if (request->dynamic_range_start != 0 || request->dynamic_range_end != 0) {
        json_put_address(object, "dynamic_range_start", request->dynamic_range_start);
        json_put_address(object, "dynamic_range_end", request->dynamic_range_end);
    }
    if (request->recursive_index != 0)
        json_put_number(object, "recursive_index", request->recursive_index);
}
