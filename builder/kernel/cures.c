/* SPDX-License-Identifier: MIT */
#include "kernel/cures.h"

#include <string.h>

#include "base/print.h"
#include "base/units.h"

static const struct {
    enum error_code code;
    const char *detail; /* how the error's detail has to begin; NULL: however the others do not */
    enum cure_place place;
    const char *where;
    const char *text;
} cures[] = {
#define CURE(code, place, where, text)            {ERROR_##code, NULL, CURE_##place, where, text},
#define CURE_IF(code, detail, place, where, text) {ERROR_##code, detail, CURE_##place, where, text},
#define DAMAGED(code)                             {ERROR_##code, NULL, CURE_REBUILD, "", ""},
#include "kernel/cures.def"
#undef CURE
#undef CURE_IF
#undef DAMAGED
};

/* How the planner begins what it says about an area, and how the loader is left the choice. */
static const struct {
    const char *detail;
    const char *request;
} requests[] = {
    {"the kernel", ".kernel_base = BOWLINE_ANYWHERE,"},
    {"the direct map", ".direct_map = BOWLINE_ANYWHERE,"},
    {"the framebuffer", ".framebuffer = BOWLINE_ANYWHERE,"},
    {"the modules", ".modules = BOWLINE_ANYWHERE,"},
    {"the boot info", ".boot_info = BOWLINE_ANYWHERE,"},
    {"the stack", ".stack = BOWLINE_ANYWHERE,"},
    {"the recursive page table",
     ".flags = BOWLINE_WANT_RECURSIVE_PAGE_TABLE, .recursive_index = 0,"},
};

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static const char *find_request(const struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        if (begins_with(error->detail, requests[i].detail))
            return requests[i].request;
    return "BOWLINE_ANYWHERE";
}

static void fill_in(struct cure *cure, const char *text, const struct error *error,
                    const char *symbol)
{
    char *out = cure->text;
    size_t capacity = sizeof(cure->text), length = 0;

    out[0] = '\0';
    while (*text != '\0') {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;

        if (begins_with(text, "{request}")) {
            length += print_text(out + length, capacity - length, "%s", find_request(error));
        } else if (begins_with(text, "{symbol}")) {
            length += print_text(out + length, capacity - length, "%s", symbol ? symbol : "NAME");
        } else if (end == text + 3 && text[2] == 'x') {
            length += print_text(out + length, capacity - length, "0x%lx",
                                 (unsigned long)error->numbers[(text[1] - '0') & 3]);
        } else {
            length += print_text(out + length, capacity - length, "%c", *text);
            end = text;
        }
        text = end + 1;
    }
}

static bool is_named(const struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(cures); i++)
        if (cures[i].code == error->code && cures[i].detail != NULL &&
            begins_with(error->detail, cures[i].detail))
            return true;
    return false;
}

void cures_find(const struct error *error, const char *symbol, struct cure_list *out)
{
    bool has_own = is_named(error);

    *out = (struct cure_list){0};
    for (size_t i = 0; i < COUNT_OF(cures) && out->count < CURES_MAX; i++) {
        bool fits = has_own ? cures[i].detail != NULL && begins_with(error->detail, cures[i].detail)
                            : cures[i].detail == NULL;

        if (cures[i].code != error->code || !fits)
            continue;
        struct cure *cure = &out->items[out->count++];
        cure->place = cures[i].place;
        cure->where = cures[i].where;
        fill_in(cure, cures[i].text, error, symbol);
    }
}

const char *cure_place_name(enum cure_place place)
{
    static const char *const names[] = {
        [CURE_SCRIPT] = "in the linker script",      [CURE_LINKER] = "options of the linker",
        [CURE_COMPILER] = "options of the compiler", [CURE_SOURCE] = "in the source",
        [CURE_REBUILD] = "the file is damaged",
    };

    return names[place];
}
