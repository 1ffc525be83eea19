/* SPDX-License-Identifier: MIT */
#include "format/request.h"

#include <stdlib.h>
#include <string.h>

#include "elf_builder.h"
#include "support.h"

/* A note with room for a request that is longer than ours. */
struct long_note {
    struct bowline_request_note note;
    uint64_t future[4];
};

static struct long_note make_note(void)
{
    return (struct long_note){
        .note = {sizeof(BOWLINE_NOTE_OWNER),
                 sizeof(struct bowline_request),
                 BOWLINE_NOTE_TYPE,
                 BOWLINE_NOTE_OWNER,
                 {.magic = BOWLINE_REQUEST_MAGIC,
                  .size = sizeof(struct bowline_request),
                  .stack_size = 123,
                  .recursive_index = 99}},
    };
}

static bool read_notes(const void *notes, uint64_t size, struct bowline_request *request,
                       bool *found, struct error *error)
{
    struct elf_builder elf;
    struct elf_kernel kernel;
    struct memory_reader memory;

    elf_builder_init(&elf, 0x200000);
    elf_builder_add(&elf, 0x200000, 16, 16, PF_R | PF_X);
    if (size > 0)
        elf_builder_add_note(&elf, notes, size);
    elf_builder_finish(&elf);
    memory_reader_init(&memory, elf.bytes, elf.size);
    assert_true(elf_read(&memory.reader, &kernel, error));
    bool is_read = request_read(&memory.reader, &kernel, request, found, error);
    free(elf.bytes);
    return is_read;
}

static void a_request_is_found(void **state)
{
    struct long_note note = make_note();
    struct bowline_request request;
    struct error error;
    bool found;
    (void)state;

    assert_true(read_notes(&note, sizeof(note.note), &request, &found, &error));
    assert_true(found);
    assert_int_equal(request.stack_size, 123);
    assert_int_equal(request.recursive_index, 99);
}

static void without_a_request_all_is_default(void **state)
{
    struct bowline_request request, defaults = {0};
    struct error error;
    bool found;
    (void)state;

    assert_true(read_notes(NULL, 0, &request, &found, &error));
    assert_false(found);
    assert_memory_equal(&request, &defaults, sizeof(request));
}

/* Behind a note of another owner, whether notes are padded to 4 or to 8. */
static void other_notes_are_passed_over(void **state)
{
    (void)state;
    for (unsigned padding = 0; padding <= 600; padding += 4) {
        uint8_t notes[1024] = {4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0};
        struct long_note note = make_note();
        struct bowline_request request;
        struct error error;
        bool found;

        memcpy(notes + 36 + padding, &note, sizeof(note.note));
        assert_true(read_notes(notes, 36 + padding + sizeof(note.note), &request, &found, &error));
        assert_true(found);
        assert_int_equal(request.stack_size, 123);
    }
}

static void shorter_requests_end_in_zeros(void **state)
{
    struct long_note note = make_note();
    struct bowline_request request;
    struct error error;
    bool found;
    (void)state;

    note.note.request.size = note.note.request_size =
        offsetof(struct bowline_request, recursive_index);
    assert_true(read_notes(&note, sizeof(note.note), &request, &found, &error));
    assert_int_equal(request.stack_size, 123);
    assert_int_equal(request.recursive_index, 0);
    /* The request's own size counts, too. */
    note.note.request_size = sizeof(struct bowline_request);
    assert_true(read_notes(&note, sizeof(note.note), &request, &found, &error));
    assert_int_equal(request.recursive_index, 0);
}

/* What lies beyond a request's own size reads as 0 before anything else is made of it. */
static void flags_beyond_the_size_do_not_count(void **state)
{
    struct long_note note = make_note();
    struct bowline_request request;
    struct error error;
    bool found;
    (void)state;

    note.note.request.size = offsetof(struct bowline_request, flags);
    note.note.request.flags = UINT64_MAX;
    assert_true(read_notes(&note, sizeof(note.note), &request, &found, &error));
    assert_int_equal(request.flags, 0);
}

static void longer_requests_are_cut(void **state)
{
    struct long_note note = make_note();
    struct bowline_request request;
    struct error error;
    bool found;
    (void)state;

    note.future[0] = 5;
    note.note.request.size = note.note.request_size = sizeof(struct bowline_request) + 32;
    assert_true(read_notes(&note, sizeof(note), &request, &found, &error));
    assert_int_equal(request.recursive_index, 99);
}

static void assert_refused(const struct long_note *note, enum error_code code)
{
    struct bowline_request request;
    struct error error = {0};
    bool found = false;

    assert_false(read_notes(note, sizeof(note->note), &request, &found, &error));
    assert_error(&error, code);
    assert_false(found);
}

static void damaged_requests_are_refused(void **state)
{
    struct long_note note;
    (void)state;

#define REFUSED(change, code)                                                                      \
    note = make_note();                                                                            \
    change;                                                                                        \
    assert_refused(&note, ERROR_##code)

    REFUSED(note.note.request.magic ^= 1, REQUEST_DAMAGED);
    REFUSED(note.note.request.size = 23, REQUEST_DAMAGED);
    REFUSED(note.note.request.size = 200, REQUEST_DAMAGED);
    REFUSED(note.note.request_size = 16, REQUEST_DAMAGED);
    REFUSED(note.note.request.flags = BOWLINE_REQUIRE(UINT64_C(1) << 30),
            REQUEST_UNKNOWN_REQUIREMENT);
    REFUSED(note.note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_SMP), UNSUPPORTED);
    REFUSED(note.note.request.flags =
                BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER | BOWLINE_WANT_VGA_TEXT),
            REQUEST_TWO_SCREENS);
}

static void unknown_wishes_are_ignored(void **state)
{
    struct long_note note = make_note();
    struct bowline_request request;
    struct error error;
    bool found;
    (void)state;

    note.note.request.flags =
        UINT64_C(1) << 31 | BOWLINE_WANT_SMP | BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER);
    assert_true(read_notes(&note, sizeof(note.note), &request, &found, &error));
}

static void two_requests_must_agree(void **state)
{
    struct bowline_request_note notes[2] = {make_note().note, make_note().note};
    struct bowline_request request;
    struct error error = {0};
    bool found;
    (void)state;

    assert_true(read_notes(notes, sizeof(notes), &request, &found, &error));
    notes[1].request.stack_size = 5;
    assert_false(read_notes(notes, sizeof(notes), &request, &found, &error));
    assert_error(&error, ERROR_REQUEST_TWICE);
}

/* Without a PT_NOTE, the SHT_NOTE sections are searched. */
static void sections_are_searched_last(void **state)
{
    struct long_note note = make_note();
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr segment;
        Elf64_Shdr sections[2];
        struct bowline_request_note note;
    } file = {0};
    struct memory_reader memory;
    struct elf_kernel kernel;
    struct bowline_request request;
    struct error error;
    struct elf_builder elf;
    bool found;
    (void)state;

    elf_builder_init(&elf, 0x200000);
    file.header = elf.header;
    file.header.e_phnum = 1;
    file.header.e_shoff = offsetof(__typeof__(file), sections);
    file.header.e_shnum = 2;
    file.header.e_shentsize = sizeof(Elf64_Shdr);
    file.segment = (Elf64_Phdr){.p_type = PT_LOAD,
                                .p_flags = PF_R | PF_X,
                                .p_vaddr = 0x200000,
                                .p_filesz = 64,
                                .p_memsz = 64};
    file.sections[1] = (Elf64_Shdr){.sh_type = SHT_NOTE,
                                    .sh_offset = offsetof(__typeof__(file), note),
                                    .sh_size = sizeof(file.note)};
    file.note = note.note;
    memory_reader_init(&memory, &file, sizeof(file));
    assert_true(elf_read(&memory.reader, &kernel, &error));
    assert_true(request_read(&memory.reader, &kernel, &request, &found, &error));
    assert_true(found);
    assert_int_equal(request.stack_size, 123);
    file.sections[1].sh_offset = UINT64_MAX; /* a damaged section table is no reason to refuse */
    assert_true(request_read(&memory.reader, &kernel, &request, &found, &error));
    assert_false(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_found),
        cmocka_unit_test(without_a_request_all_is_default),
        cmocka_unit_test(other_notes_are_passed_over),
        cmocka_unit_test(shorter_requests_end_in_zeros),
        cmocka_unit_test(flags_beyond_the_size_do_not_count),
        cmocka_unit_test(longer_requests_are_cut),
        cmocka_unit_test(damaged_requests_are_refused),
        cmocka_unit_test(unknown_wishes_are_ignored),
        cmocka_unit_test(two_requests_must_agree),
        cmocka_unit_test(sections_are_searched_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
