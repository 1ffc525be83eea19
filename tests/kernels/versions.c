/* SPDX-License-Identifier: MIT */
/*
 * Kernels of other times: their requests were not made by this bowline.h. VERSION says which:
 *   OLDER    by one whose request ended with stack_size
 *   NEWER    by one that knows more fields and flags
 *   BY_HAND  by nobody's: an aligned(4) note among others
 * And a kernel that is newer than its loader finds out by BOWLINE_HAS().
 */
#include "library/kernel.h"

#define OLDER   1
#define NEWER   2
#define BY_HAND 3

enum { STACK_SIZE = 5 * 4096, RECURSIVE_INDEX = 300 };

#define NOTE __attribute__((section(".note.bowline"), used, retain))

/* What stands at the start of each note. */
struct note_header {
    uint32_t owner_size, size, type;
    char owner[12];
};

#if VERSION == OLDER
struct old_request {
    uint64_t magic, size, version, flags, stack_size;
};

/*
 * The file goes on with another note, whose contents would be a strange request: without a direct
 * map, and with a kernel that lies nowhere.
 */
NOTE __attribute__((aligned(8))) static const struct {
    struct note_header header;
    struct old_request request;
    struct note_header next;
    uint64_t numbers[20];
} note = {
    .header = {sizeof(BOWLINE_NOTE_OWNER), sizeof(struct old_request), BOWLINE_NOTE_TYPE,
               BOWLINE_NOTE_OWNER},
    .request = {BOWLINE_REQUEST_MAGIC, sizeof(struct old_request), 1, 0, STACK_SIZE},
    .next = {sizeof("Someone"), 20 * sizeof(uint64_t), 7, "Someone"},
    .numbers = {BOWLINE_PLACE_NONE, BOWLINE_PLACE_NONE, BOWLINE_PLACE_NONE, BOWLINE_PLACE_NONE,
                BOWLINE_PLACE_NONE, BOWLINE_PLACE_NONE, BOWLINE_PLACE_NONE, BOWLINE_PLACE_NONE},
};
#endif

#if VERSION == NEWER
#define UNKNOWN_WISH (UINT64_C(1) << 31)

struct new_request {
    struct bowline_request known;
    uint64_t unknown[8];
};

NOTE __attribute__((aligned(8))) static const struct {
    struct note_header header;
    struct new_request request;
} note = {
    .header = {sizeof(BOWLINE_NOTE_OWNER), sizeof(struct new_request), BOWLINE_NOTE_TYPE,
               BOWLINE_NOTE_OWNER},
    .request.known = {.magic = BOWLINE_REQUEST_MAGIC,
                      .size = sizeof(struct new_request),
                      .version = UINT64_C(99) << 32,
                      .flags = UNKNOWN_WISH | BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE),
                      .stack_size = STACK_SIZE,
                      .recursive_index = RECURSIVE_INDEX},
    .request.unknown = {1, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                        1},
};
#endif

#if VERSION == BY_HAND
/* Aligned to 4 bytes, as notes of the GNU tools are; the last one is the one that counts. */
NOTE __attribute__((aligned(4))) static const struct __attribute__((packed)) {
    struct {
        uint32_t owner_size, size, type;
        char owner[4];
        uint8_t identification[20];
    } build;
    struct note_header wrong_owner;
    uint64_t absurd_request[2];
    struct note_header wrong_type;
    uint64_t other_contents[2];
    struct note_header header;
    struct bowline_request request;
} notes = {
    .build = {4, 20, 3, "GNU", {1, 2, 3}},
    .wrong_owner = {sizeof("BowlineBoat"), 16, BOWLINE_NOTE_TYPE, "BowlineBoat"},
    .absurd_request = {UINT64_MAX, UINT64_MAX},
    .wrong_type = {sizeof(BOWLINE_NOTE_OWNER), 16, BOWLINE_NOTE_TYPE + 1, BOWLINE_NOTE_OWNER},
    .other_contents = {UINT64_MAX, UINT64_MAX},
    .header = {sizeof(BOWLINE_NOTE_OWNER), sizeof(struct bowline_request), BOWLINE_NOTE_TYPE,
               BOWLINE_NOTE_OWNER},
    .request = {.magic = BOWLINE_REQUEST_MAGIC,
                .size = sizeof(struct bowline_request),
                .stack_size = STACK_SIZE},
};
#endif

static void check_request(const struct bowline_info *boot)
{
#if VERSION == OLDER
    promise("2.3");
    CHECK(boot->direct_map_size > 0);
    CHECK_EQUAL(boot->recursive_index, 0);
#elif VERSION == NEWER
    promise("2.5");
    CHECK_EQUAL(note.request.known.flags & UNKNOWN_WISH, UNKNOWN_WISH); /* and here we are */
    promise("2.4");
    CHECK_EQUAL(boot->recursive_index, RECURSIVE_INDEX);
#else
    promise("2.1");
#endif
    CHECK_EQUAL(boot->stack_size, STACK_SIZE);
}

/* The field is there if the loader's struct reaches up to its end, and not a byte earlier. */
#define CHECK_HAS(field)                                                                           \
    do {                                                                                           \
        const uint64_t start = __builtin_offsetof(struct bowline_info, field);                     \
        const uint64_t end = start + sizeof(older.field);                                          \
        CHECK(BOWLINE_HAS(boot, field));                                                           \
        older.size = end;                                                                          \
        CHECK(BOWLINE_HAS(&older, field));                                                         \
        older.size = end - 1;                                                                      \
        CHECK(!BOWLINE_HAS(&older, field));                                                        \
        older.size = start;                                                                        \
        CHECK(!BOWLINE_HAS(&older, field));                                                        \
        fields += sizeof(older.field);                                                             \
    } while (0)

static void check_size(const struct bowline_info *boot)
{
    struct bowline_info older = *boot;
    uint64_t fields = 0;

    promise("5.1");
    CHECK_EQUAL(boot->size, sizeof(*boot));
    CHECK_HAS(magic);
    CHECK_HAS(size);
    CHECK_HAS(version_major);
    CHECK_HAS(version_minor);
    CHECK_HAS(loader_name);
    CHECK_HAS(firmware);
    CHECK_HAS(flags);
    CHECK_HAS(command_line);
    CHECK_HAS(memory_map);
    CHECK_HAS(direct_map);
    CHECK_HAS(direct_map_size);
    CHECK_HAS(recursive_index);
    CHECK_HAS(kernel_base);
    CHECK_HAS(kernel_size);
    CHECK_HAS(kernel_slide);
    CHECK_HAS(kernel_phys);
    CHECK_HAS(kernel_entry);
    CHECK_HAS(kernel_file);
    CHECK_HAS(kernel_file_size);
    CHECK_HAS(stack_base);
    CHECK_HAS(stack_size);
    CHECK_HAS(loader_base);
    CHECK_HAS(loader_size);
    CHECK_HAS(tls_template);
    CHECK_HAS(tls_file_size);
    CHECK_HAS(tls_memory_size);
    CHECK_HAS(tls_alignment);
    CHECK_HAS(framebuffers);
    CHECK_HAS(modules);
    CHECK_HAS(rsdp_phys);
    CHECK_HAS(smbios_phys);
    CHECK_HAS(smbios3_phys);
    CHECK_HAS(efi_system_table_phys);
    CHECK_HAS(efi_memory_map);
    CHECK_HAS(efi_memory_map_size);
    CHECK_HAS(efi_descriptor_size);
    CHECK_HAS(efi_descriptor_version);
    CHECK_HAS(boot_device);
    CHECK_HAS(boot_time);
    CHECK_HAS(tsc_hz);
    CHECK_HAS(timestamps);
    CHECK_HAS(entropy);
    CHECK_HAS(log);
    CHECK_HAS(log_size);
    CHECK_HAS(tcg_log);
    CHECK_HAS(tcg_log_size);
    CHECK_HAS(tcg_log_format);
    CHECK_HAS(cpus);
    CHECK_HAS(bsp_apic_id);
    CHECK_EQUAL(fields, sizeof(older)); /* none is missing above */
}

void kernel_main(const struct bowline_info *boot);

void kernel_main(const struct bowline_info *boot)
{
    check_request(boot);
    check_size(boot);
    pass("versions");
}
