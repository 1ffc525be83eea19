/* SPDX-License-Identifier: MIT */
/*
 * The story of a boot, in the order in which it happens. Everything that can stop it happens before
 * the firmware is left.
 */
#include "boot/boot.h"

#include "base/string.h"
#include "base/units.h"
#include "base/version.h"
#include "boot/address_space.h"
#include "boot/choice.h"
#include "boot/entropy.h"
#include "boot/fault_screen.h"
#include "boot/info.h"
#include "boot/kernel.h"
#include "boot/last_words.h"
#include "boot/load_options.h"
#include "boot/modules.h"
#include "boot/selection.h"
#include "boot/settings.h"
#include "boot/tsc.h"
#include "boot/video.h"
#include "console/keys.h"
#include "console/log.h"
#include "console/serial.h"
#include "cpu/cpu.h"
#include "cpu/interrupts.h"
#include "firmware/boot_device.h"
#include "firmware/chainload.h"
#include "firmware/clock.h"
#include "firmware/console.h"
#include "firmware/leave.h"
#include "firmware/loader_interface.h"
#include "firmware/tables.h"
#include "format/request.h"
#include "handover/handover.h"

enum { RETURN_ADDRESS_SIZE = 8 };

/* Ranges that page tables, stack and boot info add to the ledger: neighbours are one, mostly. */
enum { LATER_RANGES = 128 };

/* The points of a boot that the kernel learns the times of. */
enum step { ENTERED, CORE_ENTERED, KERNEL_READ, MAPPED, HANDED_OVER, STEPS };

struct story {
    struct timestamp timestamps[STEPS];
    struct tsc_clock clock;
    struct frames frames; /* what has been taken from the firmware */
    struct firmware_tables firmware;
    uint64_t boot_time;
    struct random random;
    bool is_random_strong;
    struct last_words_keeper last_words;
    struct configuration configuration;
    struct boot_state state;
    struct selection selection;

    /* From here on: of one try to boot. */
    struct settings settings;
    struct kernel kernel;
    struct modules modules;

    struct video video;
    uint64_t framebuffer_offset; /* of its first byte in its area */
    struct fault_screen fault_screen;
    struct handover_extras extras;

    struct bowline_boot_device boot_device;

    struct memory_map memory; /* as it is while the firmware runs */
    uint64_t efi_map_size;
    struct layout_sizes sizes;
    struct layout layout;

    unsigned levels; /* of the kernel's page tables */
    struct page_tables tables;
    struct info info;
    struct handover handover;
};

static void stamp(struct story *story, enum step step, uint64_t tsc)
{
    story->timestamps[step].tsc = tsc;
    tsc_clock_sample(&story->clock);
}

/* The boot info has room for all of them before they have happened. */
static void name_steps(struct story *story)
{
    static const char *const names[STEPS] = {
        [ENTERED] = "firmware entry",  [CORE_ENTERED] = "core entered",
        [KERNEL_READ] = "kernel read", [MAPPED] = "mapped",
        [HANDED_OVER] = "handed over",
    };

    for (enum step step = 0; step < STEPS; step++)
        story->timestamps[step].name = names[step];
}

static bool check_processor(struct error *error)
{
    if (!cpu_has_long_mode())
        return FAIL(error, NO_LONG_MODE);
    return cpu_has_nx() || FAIL(error, NO_NX);
}

static uint64_t framebuffer_length(const struct bowline_framebuffer *framebuffer)
{
    return framebuffer->height * framebuffer->pitch;
}

/* The firmware's map, with what the loader has taken, and with what is on the screen. */
static bool build_memory_map(const struct story *story, const struct firmware_memory_map *raw,
                             struct memory_map *out, struct error *error)
{
    const struct bowline_framebuffer *shown = &story->fault_screen.framebuffer;

    return memory_map_build(raw, out, error) &&
           memory_map_mark(out, &story->frames, shown->phys, framebuffer_length(shown), error);
}

/* The memory map of the firmware as it is now, for what has to be mapped. */
static bool survey_memory(struct story *story, struct error *error)
{
    struct firmware_memory_map raw;
    uint64_t phys;

    if (!firmware_read_memory_map(&raw, error))
        return false;
    story->efi_map_size = raw.efi.size_max;
    story->memory.capacity = memory_map_capacity(raw.capacity, story->frames.count + LATER_RANGES);
    uint64_t bytes = story->memory.capacity * sizeof(story->memory.regions[0]);
    if (!frames_allocate(&story->frames, pages_for(bytes), PAGE_SIZE, FRAMES_TEMPORARY, &phys,
                         error) ||
        !firmware_read_memory_map(&raw, error))
        return false;
    story->memory.regions = firmware_memory(phys, bytes);
    return build_memory_map(story, &raw, &story->memory, error);
}

static struct info_facts facts_of(const struct story *story)
{
    return (struct info_facts){
        .settings = &story->settings,
        .kernel = &story->kernel,
        .modules = &story->modules,
        .layout = &story->layout,
        .sizes = &story->sizes,
        .video = &story->video,
        .memory_map_capacity = story->memory.capacity,
        .efi_memory_map_size = story->efi_map_size,
        .tables = story->firmware,
        .boot_device = &story->boot_device,
        .boot_time = story->boot_time,
        .tsc_hz = story->clock.hz,
        .timestamps = story->timestamps,
        .timestamp_count = STEPS,
        .is_random_strong = story->is_random_strong,
        .levels = story->levels,
    };
}

/* As a wish or as a requirement. */
static bool wants(const struct bowline_request *request, uint64_t flag)
{
    return request->flags & (flag | BOWLINE_REQUIRE(flag));
}

static bool choose_levels(struct story *story, struct error *error)
{
    const struct bowline_request *request = &story->kernel.request;

    story->levels =
        wants(request, BOWLINE_WANT_LA57) && cpu_has_five_levels() ? FIVE_LEVELS : FOUR_LEVELS;
    if (request->flags & BOWLINE_REQUIRE(BOWLINE_WANT_LA57) && story->levels != FIVE_LEVELS)
        return FAIL_WITH(error, UNSUPPORTED, "five levels of page tables");
    return true;
}

/* Decides where everything is going to lie in the kernel's address space. */
static bool plan_address_space(struct story *story, struct error *error)
{
    const struct bowline_request *request = &story->kernel.request;
    struct layout_sizes *sizes = &story->sizes;
    struct info_facts facts = facts_of(story);

    if (!choose_levels(story, error))
        return false;
    if (request->direct_map.kind != BOWLINE_PLACE_NONE)
        sizes->area[AREA_DIRECT_MAP] = direct_map_size(&story->memory);
    sizes->area[AREA_MODULES] = story->modules.area_size;
    sizes->area[AREA_BOOT_INFO] = info_size(&facts);
    sizes->area[AREA_FILE] = align_up(story->kernel.file_size, PAGE_SIZE);
    sizes->area[AREA_LOADER] = handover_area_size(&story->extras);
    sizes->levels = story->levels;
    firmware_switch_code(&sizes->hand_over[0].start, &sizes->hand_over[0].length);
    if (story->handover.crossing != 0)
        sizes->hand_over[1] = (struct layout_range){story->handover.crossing, PAGE_SIZE};
    if (wants(request, BOWLINE_WANT_KASLR))
        sizes->random = &story->random;
    if (story->video.has_framebuffer) {
        /* Its place in a large page stays the same, so that large pages can map it. */
        uint64_t unit = request->framebuffer.kind == BOWLINE_PLACE_AT ? PAGE_SIZE : 2 * MIB;
        story->framebuffer_offset = story->video.framebuffer.phys % unit;
        sizes->area[AREA_FRAMEBUFFER] = align_up(
            story->framebuffer_offset + framebuffer_length(&story->video.framebuffer), PAGE_SIZE);
    }
    return layout_stack_size(request, &sizes->area[AREA_STACK], error) &&
           layout_plan(request, &story->kernel.elf, sizes, &story->layout, error) &&
           kernel_relocate(&story->kernel, story->layout.slide, error);
}

static bool map_modules(struct story *story, struct error *error)
{
    uint64_t position = story->layout.area[AREA_MODULES];

    for (uint64_t i = 0; i < story->modules.count; i++) {
        const struct whole_file *module = &story->modules.items[i];
        uint64_t size = align_up(module->size, PAGE_SIZE);

        if (!page_tables_map(&story->tables, position, module->phys, size, MAP_WRITE, error))
            return false;
        position += size;
    }
    return true;
}

static bool map_framebuffer(struct story *story, struct error *error)
{
    struct bowline_framebuffer *framebuffer = &story->video.framebuffer;

    if (!story->video.has_framebuffer)
        return true;
    uint64_t address = story->layout.area[AREA_FRAMEBUFFER] + story->framebuffer_offset;
    uint64_t offset = framebuffer->phys % PAGE_SIZE;

    framebuffer->address = address;
    framebuffer->caching = BOWLINE_CACHING_WRITE_COMBINING;
    return page_tables_map(&story->tables, address - offset, framebuffer->phys - offset,
                           align_up(offset + framebuffer_length(framebuffer), PAGE_SIZE),
                           MAP_WRITE | MAP_WRITE_COMBINING, error);
}

/* New memory of the loader's, mapped writable at an area of the layout. */
static bool map_new(struct story *story, enum area area, uint64_t *phys, struct error *error)
{
    uint64_t size = story->sizes.area[area];

    return frames_allocate(&story->frames, pages_for(size), PAGE_SIZE, FRAMES_LOADER, phys,
                           error) &&
           page_tables_map(&story->tables, story->layout.area[area], *phys, size, MAP_WRITE, error);
}

/* The kernel is entered as if it had been called: from 0. The rest of its stack may hold anything.
 */
static void end_stack(const struct story *story, uint64_t phys)
{
    uint64_t end = phys + story->sizes.area[AREA_STACK];

    memset(firmware_memory(end - RETURN_ADDRESS_SIZE, RETURN_ADDRESS_SIZE), 0, RETURN_ADDRESS_SIZE);
}

static bool build_address_space(struct story *story, struct error *error)
{
    struct page_tables *tables = &story->tables;
    uint64_t stack, info;

    if (!page_tables_start(tables, story->levels, &story->frames, FRAMES_LOADER, error) ||
        !kernel_map(&story->kernel, story->layout.slide, tables, error) ||
        !map_modules(story, error) || !map_framebuffer(story, error) ||
        !map_new(story, AREA_STACK, &stack, error) ||
        !map_new(story, AREA_BOOT_INFO, &info, error) ||
        !handover_prepare(story->layout.area[AREA_LOADER], &story->extras, tables, &story->frames,
                          &story->handover, error))
        return false;
    if (story->sizes.area[AREA_DIRECT_MAP] > 0 &&
        !direct_map_build(&story->memory, story->layout.area[AREA_DIRECT_MAP], tables, error))
        return false;
    if (!page_tables_map(tables, story->layout.area[AREA_FILE], story->kernel.file_copy,
                         story->sizes.area[AREA_FILE], MAP_READ_ONLY, error))
        return false;
    if (story->layout.recursive_index != 0)
        page_tables_map_root(tables, story->layout.recursive_index);

    end_stack(story, stack);
    stamp(story, MAPPED, cpu_read_tsc());
    struct info_facts facts = facts_of(story);
    random_draw(&story->random, facts.entropy, sizeof(facts.entropy));
    info_write(&facts, firmware_memory(info, story->sizes.area[AREA_BOOT_INFO]), &story->info);
    return true;
}

/* What the last steps and the fault screen need to know. */
static void instruct_resident(struct story *story)
{
    struct resident *resident = handover_resident(&story->handover);
    uint64_t stack_end = story->layout.area[AREA_STACK] + story->sizes.area[AREA_STACK];

    resident->root = story->tables.root;
    resident->entry = story->kernel.elf.entry + story->layout.slide;
    resident->stack = stack_end - RETURN_ADDRESS_SIZE;
    resident->info = story->layout.area[AREA_BOOT_INFO];
    if (story->last_words.is_on)
        resident->note.number = story->last_words.number;
    fault_screen_instruct(&story->fault_screen, &story->video, &story->kernel, &story->layout,
                          &story->sizes, resident);
}

/* Whoever configures the machine sees its screen: his word counts for more than the kernel's. */
static void prefer_size(const struct settings *settings, struct bowline_request *request)
{
    if (settings->width == 0)
        return;
    request->framebuffer_width = settings->width;
    request->framebuffer_height = settings->height;
}

static bool read_files(struct story *story, struct error *error)
{
    if (!kernel_load(story->settings.kernel, &story->settings.kernel_hash, &story->frames,
                     &story->kernel, error))
        return false;
    prefer_size(&story->settings, &story->kernel.request);
    stamp(story, KERNEL_READ, cpu_read_tsc());
    firmware_find_boot_device(&story->boot_device);
    return modules_load(&story->settings, &story->frames, &story->modules, error);
}

static bool choose_screen(struct story *story, struct error *error)
{
    const struct kernel_symbols *symbols = &story->kernel.symbols;

    if (!video_start(&story->kernel.request, &story->video, error))
        return false;
    fault_screen_find(&story->video, &story->fault_screen);
    story->extras.screen = story->fault_screen.memory;
    story->extras.symbols = (struct handover_memory){symbols->phys, symbols->size, MAP_WRITE};
    return true;
}

/* Before the memory map is read, which the firmware may change when it is told something. */
static void tell_start(struct story *story)
{
    const struct boot_entry *entry = &story->configuration.entries[story->selection.entry];

    tsc_clock_sample(&story->clock);
    uint64_t per_microsecond = story->clock.hz / 1000000;
    if (per_microsecond == 0)
        firmware_tell_start(entry->name, 0, 0);
    else
        firmware_tell_start(entry->name, story->timestamps[ENTERED].tsc / per_microsecond,
                            cpu_read_tsc() / per_microsecond);
}

/* The files are there, and right: from here on the try counts. */
static void count_try(struct story *story)
{
    const struct configuration *configuration = &story->configuration;

    state_start(&story->state, configuration, &configuration->entries[story->selection.entry],
                &story->boot_device);
    tell_start(story);
}

static bool prepare_kernel(struct story *story, struct error *error)
{
    bool is_as_given = !story->configuration.is_sealed && story->selection.options == NULL;

    if ((is_as_given && !load_options_append(&story->frames, &story->settings.options, error)) ||
        !read_files(story, error) || !choose_screen(story, error))
        return false;
    count_try(story);
    return survey_memory(story, error) &&
           (plan_address_space(story, error) || error_in(error, story->settings.kernel)) &&
           build_address_space(story, error);
}

static bool chainload(struct story *story, struct error *error)
{
    void *prepared;

    if (!firmware_prepare_chainload(&story->settings, &story->frames, &prepared, error))
        return error_in(error, story->configuration.entries[story->selection.entry].name);
    count_try(story);
    last_words_write(&story->last_words, 0, 0);
    return firmware_start_chainload(&story->settings, prepared, error);
}

/* Everything that can stop the boot of an entry. */
static bool prepare(struct story *story, struct error *error)
{
    if (!handover_reserve(&story->frames, &story->handover, error) ||
        !settings_read(&story->configuration, story->selection.entry, story->selection.options,
                       &story->frames, &story->settings, error))
        return false;
    if (story->settings.kernel != NULL)
        return prepare_kernel(story, error);
    return chainload(story, error);
}

static _Noreturn void give_up(struct story *story)
{
    frames_release(&story->frames);
    log_set_level(LOG_NOTICE, 0, LOG_NOTICE); /* whatever boot.conf keeps quiet */
    log_message(LOG_NOTICE, "press a key to go back to the firmware");
    keys_wait();
    firmware_give_up();
}

/* About ten seconds without a clock: reading this unused port takes a microsecond on real machines.
 */
static void wait_for_reader(void)
{
    enum { UNUSED_PORT = 0x80, READS = 10 * 1000 * 1000 };

    for (uint32_t i = 0; i < READS; i++)
        cpu_in8(UNUSED_PORT);
}

/* `mkimage inspect` reads these lines, and draws them. */
static void log_memory_map(const struct memory_map *map)
{
    for (uint64_t i = 0; i < map->count; i++) {
        const struct bowline_memory_region *region = &map->regions[i];

        log_message(LOG_DETAIL, "memory 0x%llx-0x%llx %s", (unsigned long long)region->base,
                    (unsigned long long)(region->base + region->length - 1),
                    memory_kind_name(region->kind));
    }
}

/* Microseconds since the counter began, at the reset: `mkimage test --timing` reads these lines. */
static void log_times(const struct story *story)
{
    uint64_t per_microsecond = maximum(story->clock.hz / 1000000, 1);

    if (story->clock.hz == 0)
        return;
    for (enum step step = 0; step < HANDED_OVER; step++)
        log_message(LOG_DETAIL, "time %llu us, %s",
                    (unsigned long long)(story->timestamps[step].tsc / per_microsecond),
                    story->timestamps[step].name);
    log_message(LOG_DETAIL, "time %llu us, %s",
                (unsigned long long)(cpu_read_tsc() / per_microsecond),
                story->timestamps[HANDED_OVER].name);
}

/*
 * `mkimage run --gdb` reads this line, sets its breakpoint, and lets the loader go on. A real
 * machine never waits, whatever is at that port.
 */
static void wait_for_debugger(const struct story *story)
{
    volatile uint32_t is_released = 0;

    if (!cpu_is_virtual() || !debugcon_has_debugger())
        return;
    log_message(LOG_INFO, "waiting for a debugger to write 1 to %llx: entry %llx, moved by %llx",
                (unsigned long long)(uintptr_t)&is_released,
                (unsigned long long)(story->kernel.elf.entry + story->layout.slide),
                (unsigned long long)story->layout.slide);
    while (!is_released)
        cpu_pause();
}

/* The boot info was planned before the last memory was claimed. */
static bool has_room_for(const struct story *story, const struct firmware_memory_map *final,
                         struct error *error)
{
    return final->efi.size <= story->efi_map_size ||
           FAIL(error, MEMORY_MAP_TOO_LARGE, story->efi_map_size / final->efi.descriptor_size);
}

static _Noreturn void start_kernel(struct story *story)
{
    struct firmware_memory_map final;
    struct error error;

    log_message(LOG_INFO, "starting the kernel at %llx",
                (unsigned long long)(story->kernel.elf.entry + story->layout.slide));
    last_words_write(&story->last_words, 0, handover_note(&story->handover));
    log_leave_firmware();
    if (!firmware_take_over(&final, &error) || !has_room_for(story, &final, &error) ||
        !build_memory_map(story, &final, &story->info.map, &error)) {
        log_error(LOG_ERROR, &error);
        wait_for_reader();
        firmware_reset();
    }
    log_memory_map(&story->info.map);
    log_times(story);
    interrupts_silence();
    wait_for_debugger(story);
    info_finish(&story->info, &final);
    handover_run(&story->handover);
}

static void forget_try(struct story *story)
{
    const size_t kept = offsetof(struct story, settings);

    frames_release_try(&story->frames);
    memset((uint8_t *)story + kept, 0, sizeof(*story) - kept);
}

_Static_assert((int)CONFIG_SINK_SCREEN == LOG_TO_SCREEN &&
                   (int)CONFIG_SINK_SERIAL == LOG_TO_SERIAL &&
                   (int)CONFIG_SINK_DEBUGCON == LOG_TO_DEBUGCON,
               "taken from one to the other");

/* Where boot.conf wants the loader's messages. */
static void move_log(const struct configuration *configuration)
{
    const struct config_line *serial = &configuration->serial, *log = &configuration->log;

    if (serial->line != 0)
        log_use_serial(serial->is_on ? serial->port : 0, serial->speed);
    if (log->line != 0)
        log_set_level((enum log_level)log->level, log->sinks, LOG_ERROR);
}

static void start_story(struct story *story, uint64_t entered)
{
    memset(story, 0, sizeof(*story)); /* the host boots more than once */
    name_steps(story);
    stamp(story, ENTERED, entered);
    stamp(story, CORE_ENTERED, cpu_read_tsc());
    log_start();
    log_message(LOG_INFO, "%s", BOWLINE_NAME);
    story->is_random_strong = entropy_gather(&story->random);
    story->boot_time = firmware_time();
    firmware_find_tables(&story->firmware);
    tsc_clock_start(&story->clock, story->firmware.rsdp);
    last_words_start(&story->last_words, (int64_t)story->boot_time, &story->frames);
}

/* boot.conf may want the log to be kept nowhere. */
static bool read_configuration(struct story *story, struct error *error)
{
    const struct config_line *log = &story->configuration.log;

    if (!configuration_read(&story->frames, &story->configuration, error))
        return false;
    if (log->line != 0 && !(log->sinks & CONFIG_SINK_DISK))
        story->last_words.is_on = false;
    return true;
}

static void show_failure(struct story *story, const struct error *error)
{
    log_error(LOG_ERROR, error);
    last_words_write(&story->last_words, LAST_WORDS_OF_FAILURE, 0);
}

/*
 * What is tried after a failure: another slot on its own account, or what a person says. A person
 * who says nothing may have been noise on the serial line: then it is the slot again.
 */
static bool choose_next(struct story *story, const struct error *failure)
{
    struct selection *selection = &story->selection;
    bool was_by_person = selection->is_by_person;
    bool has_slot = selection_next(&story->configuration, &story->state, selection);

    return (has_slot && !was_by_person) ||
           choice_offer_again(&story->configuration, failure, has_slot, &story->frames, selection);
}

void boot(uint64_t entered)
{
    static struct story story; /* too large for a firmware's stack */
    struct error error;

    start_story(&story, entered);
    if (!check_processor(&error) || !read_configuration(&story, &error)) {
        show_failure(&story, &error);
        give_up(&story);
    }
    move_log(&story.configuration);
    state_read(&story.configuration, &story.state);
    selection_start(&story.configuration, &story.state, &story.selection);
    choice_offer(&story.configuration, &story.frames, &story.selection);
    while (!prepare(&story, &error)) {
        show_failure(&story, &error);
        forget_try(&story);
        if (!choose_next(&story, &error))
            give_up(&story);
    }
    instruct_resident(&story);
    start_kernel(&story);
}
