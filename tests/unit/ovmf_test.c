/* SPDX-License-Identifier: MIT */
/* Where firmware lies on other people's machines: empty files of the right sizes stand for it. */
#include "qemu/ovmf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

/* Sizes of the two halves of edk2's 2 MiB and 4 MiB builds. */
enum {
    CODE_2M = 1966080,
    VARIABLES_2M = 131072,
    CODE_4M = 3653632,
    VARIABLES_4M = 540672,
};

static char root[] = "ovmf-test-XXXXXX";

static char *path_of(const char *name)
{
    static char paths[8][512];
    static unsigned int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s%s", root, name);
    return path;
}

/* An empty file of `size` bytes below the root, and the directories above it. */
static char *put(const char *name, off_t size)
{
    char *path = path_of(name);

    for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), size), 0);
    fclose(file);
    return path;
}

static int make_root(void **state)
{
    (void)state;
    strcpy(root + sizeof(root) - 7, "XXXXXX");
    return mkdtemp(root) == NULL;
}

static int remove_root(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", root);
    return system(command);
}

static void expect(const struct ovmf_search *search, const char *code, const char *variables)
{
    struct ovmf ovmf = {0};
    struct error error = {0};

    if (!ovmf_find(search, &ovmf, &error))
        fail_msg("%s", error_name(error.code));
    assert_string_equal(ovmf.code, code);
    assert_string_equal(ovmf.variables, variables);
    ovmf_free(&ovmf);
}

static void expect_error(const struct ovmf_search *search, enum error_code code)
{
    struct ovmf ovmf = {0};
    struct error error = {0};

    assert_false(ovmf_find(search, &ovmf, &error));
    assert_int_equal(error.code, code);
    assert_null(ovmf.code);
}

static void finds_what_distributions_install(void **state)
{
    static const struct {
        const char *code, *variables;
    } places[] = {
        {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
        {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
        {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},
        {"/usr/share/qemu/ovmf-x86_64-4m-code.bin", "/usr/share/qemu/ovmf-x86_64-4m-vars.bin"},
        {"/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"},
        {"/opt/homebrew/share/qemu/edk2-x86_64-code.fd",
         "/opt/homebrew/share/qemu/edk2-i386-vars.fd"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *code = put(places[i].code, CODE_4M);
        char *variables = put(places[i].variables, VARIABLES_4M);

        expect(&(struct ovmf_search){.root = root}, code, variables);
        remove(code);
        remove(variables);
    }
}

static void finds_the_32_bit_build(void **state)
{
    static const struct {
        const char *code, *variables;
    } places[] = {
        {"/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd"},
        {"/usr/share/edk2/ovmf-ia32/OVMF_CODE.fd", "/usr/share/edk2/ovmf-ia32/OVMF_VARS.fd"},
        {"/usr/share/edk2/ia32/OVMF_CODE.4m.fd", "/usr/share/edk2/ia32/OVMF_VARS.4m.fd"},
        {"/usr/share/qemu/edk2-i386-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"},
    };
    const struct ovmf_search search = {.root = root, .is_32_bit = true};

    (void)state;
    put("/usr/share/OVMF/OVMF_CODE_4M.fd", CODE_4M);
    put("/usr/share/OVMF/OVMF_VARS_4M.fd", VARIABLES_4M);
    expect_error(&search, ERROR_OVMF_32_MISSING);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *code = put(places[i].code, CODE_4M);
        char *variables = put(places[i].variables, VARIABLES_4M);

        expect(&search, code, variables);
        remove(code);
        remove(variables);
    }
}

static void finds_nothing(void **state)
{
    (void)state;
    expect_error(&(struct ovmf_search){.root = root}, ERROR_OVMF_MISSING);
    put("/usr/share/OVMF/OVMF_CODE_4M.fd", CODE_4M); /* half of it is nothing */
    expect_error(&(struct ovmf_search){.root = root}, ERROR_OVMF_MISSING);
}

static void never_mixes_builds(void **state)
{
    (void)state;
    /* The 4 MiB code lacks its variables; those of the 2 MiB build are no substitute. */
    put("/usr/share/OVMF/OVMF_CODE_4M.fd", CODE_4M);
    put("/usr/share/OVMF/OVMF_VARS_4M.fd", VARIABLES_2M);
    char *code = put("/usr/share/OVMF/OVMF_CODE.fd", CODE_2M);
    char *variables = put("/usr/share/OVMF/OVMF_VARS.fd", VARIABLES_2M);
    expect(&(struct ovmf_search){.root = root}, code, variables);
}

static void finds_firmware_beside_qemu(void **state)
{
    (void)state;
    char *qemu = put("/store/qemu-9/bin/qemu-system-x86_64", 1);
    put("/store/qemu-9/share/qemu/edk2-x86_64-code.fd", CODE_4M);
    put("/store/qemu-9/share/qemu/edk2-i386-vars.fd", VARIABLES_4M);
    char *link = path_of("/qemu");
    assert_int_equal(symlink("store/qemu-9/bin/qemu-system-x86_64", link), 0);

    const char *const names[] = {qemu, link};
    for (int i = 0; i < 2; i++) {
        struct ovmf ovmf;
        struct error error;
        struct ovmf_search search = {.root = root, .qemu = names[i]};

        assert_true(ovmf_find(&search, &ovmf, &error));
        assert_non_null(strstr(ovmf.code, "/store/qemu-9/share/qemu/edk2-x86_64-code.fd"));
        assert_non_null(strstr(ovmf.variables, "/store/qemu-9/share/qemu/edk2-i386-vars.fd"));
        ovmf_free(&ovmf);
    }
}

static void takes_named_files(void **state)
{
    (void)state;
    char *code = put("/mine/OVMF_CODE.fd", CODE_2M);
    char *variables = put("/mine/my-variables", VARIABLES_2M);
    expect(&(struct ovmf_search){.root = root, .code = code, .variables = variables}, code,
           variables);

    char *large = put("/mine/large", VARIABLES_4M);
    expect_error(&(struct ovmf_search){.root = root, .code = code, .variables = large},
                 ERROR_OVMF_PAIR);
    char *absent = path_of("/mine/absent");
    expect_error(&(struct ovmf_search){.root = root, .code = absent}, ERROR_HOST_OPEN);
    expect_error(&(struct ovmf_search){.root = root, .variables = absent}, ERROR_HOST_OPEN);
}

static void completes_a_named_half(void **state)
{
    (void)state;
    char *code = put("/mine/OVMF_CODE.secboot.fd", CODE_4M);
    expect_error(&(struct ovmf_search){.root = root, .code = code}, ERROR_OVMF_NO_VARIABLES);

    /* First of all the file beside it, of the same name; then any that fits. */
    char *debian_code = put("/usr/share/OVMF/OVMF_CODE_4M.fd", CODE_4M);
    char *debian = put("/usr/share/OVMF/OVMF_VARS_4M.fd", VARIABLES_4M);
    expect(&(struct ovmf_search){.root = root, .code = code}, code, debian);
    char *beside = put("/mine/OVMF_VARS.secboot.fd", VARIABLES_2M);
    expect(&(struct ovmf_search){.root = root, .code = code}, code, debian);
    put("/mine/OVMF_VARS.secboot.fd", VARIABLES_4M);
    expect(&(struct ovmf_search){.root = root, .code = code}, code, beside);

    char *mine = put("/mine/variables", VARIABLES_4M);
    expect(&(struct ovmf_search){.root = root, .variables = mine}, debian_code, mine);
    char *small = put("/mine/small", VARIABLES_2M);
    expect_error(&(struct ovmf_search){.root = root, .variables = small}, ERROR_OVMF_NO_CODE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_what_distributions_install),
        TEST(finds_the_32_bit_build),
        TEST(finds_nothing),
        TEST(never_mixes_builds),
        TEST(finds_firmware_beside_qemu),
        TEST(takes_named_files),
        TEST(completes_a_named_half),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
