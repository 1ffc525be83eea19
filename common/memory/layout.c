/* SPDX-License-Identifier: MIT */
#include "memory/layout.h"

#include "base/print.h"
#include "base/units.h"
#include "memory/page_tables.h"

enum { STACK_SIZE_DEFAULT = 64 * 1024, TAKEN_MAX = ELF_SEGMENTS_MAX + AREA_COUNT + 1 };

static const char RECURSIVE[] = "the recursive page table";

static const uint64_t STACK_SIZE_MAX = 1 * GIB;

/*
 * A position-independent kernel linked below this has not been given an address: linkers begin at
 * 0, or behind the headers.
 */
static const uint64_t LINKED_ANYWHERE = 64 * KIB;

/* A range that is in use. Its last byte, so that a range may end at 2^64. */
struct taken {
    const char *name;
    uint64_t first;
    uint64_t last;
};

struct planner {
    const struct bowline_request *request;
    const struct elf_kernel *kernel;
    const struct layout_sizes *sizes;
    struct taken taken[TAKEN_MAX];
    uint32_t count;
    uint64_t range_start;
    uint64_t range_end;
};

static const struct {
    const char *name;
    uint64_t alignment; /* where the loader chooses */
    uint64_t guard;     /* left unmapped below, part of the area */
    bool is_executed_early;
} traits[AREA_COUNT] = {
    [AREA_KERNEL] = {"the kernel", PAGE_SIZE, 0, false},
    /* 1 GiB and 2 MiB: the largest pages that could map them. */
    [AREA_DIRECT_MAP] = {"the direct map", 1 * GIB, 0, false},
    [AREA_FRAMEBUFFER] = {"the framebuffer", 2 * MIB, 0, false},
    [AREA_MODULES] = {"the modules", 2 * MIB, 0, false},
    [AREA_BOOT_INFO] = {"the boot info", PAGE_SIZE, 0, false},
    [AREA_LOADER] = {"the loader area", PAGE_SIZE, 0, true},
    [AREA_STACK] = {"the stack", PAGE_SIZE, PAGE_SIZE, false},
    [AREA_FILE] = {"the copy of the kernel's file", PAGE_SIZE, 0, false},
};

const char *layout_area_name(enum area area)
{
    return traits[area].name;
}

uint64_t layout_area_alignment(enum area area)
{
    return traits[area].alignment;
}

/* The placement that the request gives for an area; the loader area has none. */
static struct bowline_placement placement_of(const struct bowline_request *request, enum area area)
{
    switch (area) {
    case AREA_KERNEL:
        return request->kernel_base;
    case AREA_DIRECT_MAP:
        return request->direct_map;
    case AREA_FRAMEBUFFER:
        return request->framebuffer;
    case AREA_MODULES:
        return request->modules;
    case AREA_BOOT_INFO:
        return request->boot_info;
    case AREA_STACK:
        return request->stack;
    default:
        return (struct bowline_placement)BOWLINE_ANYWHERE;
    }
}

static const struct taken *find_overlap(const struct planner *planner, uint64_t first,
                                        uint64_t last)
{
    for (uint32_t i = 0; i < planner->count; i++) {
        if (planner->taken[i].first <= last && planner->taken[i].last >= first)
            return &planner->taken[i];
    }
    return NULL;
}

/* What is in the way of an area that the loader places: for some, the code of the hand-over, too.
 */
static bool find_obstacle(const struct planner *planner, enum area area, uint64_t first,
                          uint64_t last, struct taken *out)
{
    const struct taken *overlap = find_overlap(planner, first, last);

    if (overlap != NULL) {
        *out = *overlap;
        return true;
    }
    for (unsigned i = 0; i < LAYOUT_HAND_OVER_RANGES && traits[area].is_executed_early; i++) {
        const struct layout_range *range = &planner->sizes->hand_over[i];

        *out = (struct taken){"the hand-over", range->start, range->start + (range->length - 1)};
        if (range->length > 0 && out->first <= last && out->last >= first)
            return true;
    }
    return false;
}

static void take(struct planner *planner, const char *name, uint64_t first, uint64_t last)
{
    planner->taken[planner->count++] = (struct taken){name, first, last};
}

static bool is_canonical_range(unsigned levels, uint64_t first, uint64_t last)
{
    uint64_t upper = upper_half(levels);

    return first <= last && (last < -upper || first >= upper);
}

/* Says who collides with whom. */
static bool collide(const char *name, uint64_t address, const struct taken *obstacle,
                    struct error *error)
{
    char both[sizeof(error->detail)];

    print_text(both, sizeof(both), "%s at 0x%llx would collide with %s", name,
               (unsigned long long)address, obstacle->name);
    return FAIL_WITH(error, LAYOUT_COLLISION, both, obstacle->first, obstacle->last);
}

/*
 * An address that cannot be is refused on every machine: also on one that has nothing to place
 * there, with size 0.
 */
static bool place_fixed(struct planner *planner, enum area area, uint64_t address, uint64_t size,
                        struct error *error)
{
    uint64_t guard = traits[area].guard;
    uint64_t first = address - guard, last = address + (maximum(size, 1) - 1);

    if (!is_aligned(address, PAGE_SIZE) || address < PAGE_SIZE + guard ||
        !is_canonical_range(planner->sizes->levels, first, last))
        return FAIL_WITH(error, REQUEST_ADDRESS, traits[area].name, address);
    if (size == 0)
        return true;
    const struct taken *obstacle = find_overlap(planner, first, last);
    if (obstacle != NULL)
        return collide(traits[area].name, address, obstacle, error);
    take(planner, traits[area].name, first, last);
    return true;
}

/*
 * First fit from `start` on. A page stays free between an area and its neighbours, so that running
 * out of either faults.
 */
static bool place_from(struct planner *planner, enum area area, uint64_t size, uint64_t alignment,
                       uint64_t start, uint64_t *out)
{
    uint64_t guard = traits[area].guard, range_last = planner->range_end - 1;

    while (start <= range_last) {
        uint64_t address = align_up(start + guard, alignment);
        uint64_t last = address + (size - 1);
        struct taken obstacle;

        if (address < start || last < address || last > range_last)
            return false;
        /* What lies beyond the ends of the range counts as a neighbour, too. */
        uint64_t below = guard + PAGE_SIZE;
        uint64_t first_free = address > below ? address - below : 0;
        uint64_t last_free = last <= UINT64_MAX - PAGE_SIZE ? last + PAGE_SIZE : UINT64_MAX;
        if (!find_obstacle(planner, area, first_free, last_free, &obstacle)) {
            take(planner, traits[area].name, address - guard, last);
            *out = address;
            return true;
        }
        if (obstacle.last >= range_last - PAGE_SIZE)
            return false;
        start = align_up(obstacle.last + 1, PAGE_SIZE) + PAGE_SIZE;
    }
    return false;
}

/* Somewhere in the dynamic range: its lowest free place, or the next free one from a random place.
 */
static bool place_anywhere(struct planner *planner, enum area area, uint64_t size,
                           uint64_t alignment, uint64_t *out, struct error *error)
{
    uint64_t room = planner->range_end - planner->range_start;

    if (planner->sizes->random != NULL && size < room) {
        uint64_t offset =
            random_below(planner->sizes->random, (room - size) / PAGE_SIZE) * PAGE_SIZE;

        if (place_from(planner, area, size, alignment, planner->range_start + offset, out))
            return true;
    }
    return place_from(planner, area, size, alignment, planner->range_start, out) ||
           FAIL_WITH(error, LAYOUT_NO_ROOM, traits[area].name, size, planner->range_start,
                     planner->range_end);
}

bool layout_dynamic_range(const struct bowline_request *request, unsigned levels, uint64_t *start,
                          uint64_t *end, struct error *error)
{
    uint64_t first = request->dynamic_range_start;
    uint64_t behind = request->dynamic_range_end;

    if (first == 0 && behind == 0) {
        first = upper_half(levels);
        behind = align_down(UINT64_MAX, PAGE_SIZE); /* its last page would end at 2^64 */
    }
    if (first == 0)
        first = PAGE_SIZE; /* NULL stays unmapped */
    if (!is_aligned(first | behind, PAGE_SIZE) || first >= behind ||
        !is_canonical_range(levels, first, behind - 1))
        return FAIL(error, REQUEST_RANGE, first, behind);
    *start = first;
    *end = behind;
    return true;
}

static bool check_kinds(const struct bowline_request *request, struct error *error)
{
    for (enum area area = 0; area < AREA_COUNT; area++) {
        struct bowline_placement placement = placement_of(request, area);
        bool may_be_none = area == AREA_DIRECT_MAP || area == AREA_FRAMEBUFFER;

        if (placement.kind > BOWLINE_PLACE_NONE ||
            (placement.kind == BOWLINE_PLACE_NONE && !may_be_none))
            return FAIL_WITH(error, REQUEST_PLACEMENT, traits[area].name, placement.kind);
    }
    return true;
}

/* Segments of a kernel that stays where it was linked, one by one: gaps between them are free. */
static bool take_segments(struct planner *planner, struct error *error)
{
    const struct elf_kernel *kernel = planner->kernel;

    for (uint32_t i = 0; i < kernel->segment_count; i++) {
        const struct elf_segment *segment = &kernel->segments[i];

        if (!is_canonical_range(planner->sizes->levels, segment->address,
                                elf_segment_last(segment)))
            return FAIL(error, LAYOUT_FIVE_LEVELS, segment->index, segment->address);
        take(planner, traits[AREA_KERNEL].name, align_down(segment->address, PAGE_SIZE),
             elf_segment_last(segment) | (PAGE_SIZE - 1));
    }
    return true;
}

/*
 * The kernel comes first. It lies where it was linked, unless it is position-independent and was
 * linked nowhere in particular or requests another address. Its segments keep their alignment
 * wherever it goes.
 */
static bool place_kernel(struct planner *planner, uint64_t *out, struct error *error)
{
    const struct elf_kernel *kernel = planner->kernel;
    struct bowline_placement placement = planner->request->kernel_base;
    bool was_linked_anywhere = kernel->is_position_independent && kernel->low < LINKED_ANYWHERE;
    bool is_random = kernel->is_position_independent && planner->sizes->random != NULL;
    bool is_moved = placement.kind == BOWLINE_PLACE_AT ? placement.address != kernel->low
                                                       : was_linked_anywhere || is_random;

    if (!is_moved) {
        if (!take_segments(planner, error))
            return false;
        *out = kernel->low;
        return true;
    }
    if (!kernel->is_position_independent)
        return FAIL(error, LAYOUT_KERNEL_FIXED, placement.address, kernel->low);
    if (placement.kind == BOWLINE_PLACE_ANYWHERE) {
        /* What lies before its first page in a page of that alignment stays free. */
        uint64_t offset = kernel->low % kernel->alignment, start;

        if (!place_anywhere(planner, AREA_KERNEL, offset + kernel->span, kernel->alignment, &start,
                            error))
            return false;
        *out = start + offset;
        return true;
    }
    if (!is_aligned(placement.address - kernel->low, kernel->alignment))
        return FAIL(error, LAYOUT_KERNEL_ALIGNMENT, placement.address, kernel->alignment,
                    kernel->low);
    if (!place_fixed(planner, AREA_KERNEL, placement.address, kernel->span, error))
        return false;
    *out = placement.address;
    return true;
}

static const struct taken *entry_obstacle(const struct planner *planner, uint64_t index)
{
    unsigned levels = planner->sizes->levels;
    uint64_t first = root_entry_address(levels, index);

    return find_overlap(planner, first, first + (root_entry_size(levels) - 1));
}

/*
 * The entry of the root table that is to map the root table itself: the requested one, or the
 * highest that is free; for a mere wish, none where none is free. The last one is left to kernels
 * in the top 2 GiB, and entry 0 to NULL.
 */
static bool place_recursive(struct planner *planner, uint64_t *out, struct error *error)
{
    const struct bowline_request *request = planner->request;
    uint64_t index = request->recursive_index;
    unsigned levels = planner->sizes->levels;

    if (!(request->flags &
          (BOWLINE_WANT_RECURSIVE_PAGE_TABLE | BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE))))
        return true;
    if (index >= PAGE_TABLE_ENTRIES)
        return FAIL(error, REQUEST_RECURSIVE, index);
    if (index != 0) {
        const struct taken *obstacle = entry_obstacle(planner, index);
        if (obstacle != NULL)
            return collide(RECURSIVE, root_entry_address(levels, index), obstacle, error);
    }
    for (uint64_t i = PAGE_TABLE_ENTRIES - 2; i > 0 && index == 0; i--) {
        if (entry_obstacle(planner, i) == NULL)
            index = i;
    }
    if (index == 0 && !(request->flags & BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE)))
        return true;
    if (index == 0)
        return FAIL_WITH(error, LAYOUT_NO_ROOM, RECURSIVE, root_entry_size(levels),
                         planner->range_start, planner->range_end);
    uint64_t first = root_entry_address(levels, index);
    take(planner, RECURSIVE, first, first + (root_entry_size(levels) - 1));
    *out = index;
    return true;
}

bool layout_stack_size(const struct bowline_request *request, uint64_t *size, struct error *error)
{
    if (request->stack_size > STACK_SIZE_MAX)
        return FAIL(error, REQUEST_STACK, request->stack_size);
    *size = align_up(request->stack_size, PAGE_SIZE);
    if (*size == 0)
        *size = STACK_SIZE_DEFAULT;
    return true;
}

bool layout_plan(const struct bowline_request *request, const struct elf_kernel *kernel,
                 const struct layout_sizes *sizes, struct layout *out, struct error *error)
{
    struct planner planner = {.request = request, .kernel = kernel, .sizes = sizes};
    struct layout layout = {0};

    if (!check_kinds(request, error) ||
        !layout_dynamic_range(request, sizes->levels, &planner.range_start, &planner.range_end,
                              error) ||
        !place_kernel(&planner, &layout.area[AREA_KERNEL], error))
        return false;
    layout.slide = layout.area[AREA_KERNEL] - kernel->low;
    for (enum area area = AREA_KERNEL + 1; area < AREA_COUNT; area++) {
        struct bowline_placement placement = placement_of(request, area);

        if (placement.kind != BOWLINE_PLACE_AT)
            continue;
        if (!place_fixed(&planner, area, placement.address, sizes->area[area], error))
            return false;
        if (sizes->area[area] > 0)
            layout.area[area] = placement.address;
    }
    if (!place_recursive(&planner, &layout.recursive_index, error))
        return false;
    for (enum area area = AREA_KERNEL + 1; area < AREA_COUNT; area++) {
        if (placement_of(request, area).kind != BOWLINE_PLACE_ANYWHERE || sizes->area[area] == 0)
            continue;
        if (!place_anywhere(&planner, area, sizes->area[area], traits[area].alignment,
                            &layout.area[area], error))
            return false;
    }
    *out = layout;
    return true;
}
