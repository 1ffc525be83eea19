/* SPDX-License-Identifier: MIT */
#include "qemu/ovmf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/units.h"
#include "system/need.h"

struct pair {
    const char *code;
    const char *variables;
};

/* The first that is there is taken, so the plain 4 MiB builds come before the old 2 MiB ones. */
static const struct pair known_64[] = {
    /* Debian, Ubuntu; the second also Alpine, older Fedora */
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    /* Fedora */
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    /* Arch, now and before 2024 */
    {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},
    {"/usr/share/edk2-ovmf/x64/OVMF_CODE.fd", "/usr/share/edk2-ovmf/x64/OVMF_VARS.fd"},
    /* Gentoo */
    {"/usr/share/edk2-ovmf/OVMF_CODE.fd", "/usr/share/edk2-ovmf/OVMF_VARS.fd"},
    /* openSUSE */
    {"/usr/share/qemu/ovmf-x86_64-4m-code.bin", "/usr/share/qemu/ovmf-x86_64-4m-vars.bin"},
    {"/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"},
    /* What QEMU itself installs. Its variables carry the 32-bit name and serve both. */
    {"/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"},
    {"/usr/local/share/qemu/edk2-x86_64-code.fd", "/usr/local/share/qemu/edk2-i386-vars.fd"},
    {"/opt/homebrew/share/qemu/edk2-x86_64-code.fd", "/opt/homebrew/share/qemu/edk2-i386-vars.fd"},
};

static const struct pair known_32[] = {
    /* Debian, Ubuntu */
    {"/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd"},
    /* Fedora */
    {"/usr/share/edk2/ovmf-ia32/OVMF_CODE.fd", "/usr/share/edk2/ovmf-ia32/OVMF_VARS.fd"},
    /* Arch, now and before 2024 */
    {"/usr/share/edk2/ia32/OVMF_CODE.4m.fd", "/usr/share/edk2/ia32/OVMF_VARS.4m.fd"},
    {"/usr/share/edk2-ovmf/ia32/OVMF_CODE.fd", "/usr/share/edk2-ovmf/ia32/OVMF_VARS.fd"},
    /* openSUSE */
    {"/usr/share/qemu/ovmf-ia32-code.bin", "/usr/share/qemu/ovmf-ia32-vars.bin"},
    /* What QEMU itself installs */
    {"/usr/share/qemu/edk2-i386-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"},
    {"/usr/local/share/qemu/edk2-i386-code.fd", "/usr/local/share/qemu/edk2-i386-vars.fd"},
    {"/opt/homebrew/share/qemu/edk2-i386-code.fd", "/opt/homebrew/share/qemu/edk2-i386-vars.fd"},
};

/* 0: not there. */
static uint64_t size_of_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

static bool fits(const char *code, const char *variables)
{
    uint64_t code_size = size_of_file(code);
    uint64_t variables_size = size_of_file(variables);

    return code_size != 0 && variables_size != 0 && is_power_of_two(code_size + variables_size);
}

static bool take(struct ovmf *out, const char *code, const char *variables)
{
    *out = (struct ovmf){copy_text(code), copy_text(variables)};
    return true;
}

static size_t known_count(const struct ovmf_search *search)
{
    return search->is_32_bit ? COUNT_OF(known_32) : COUNT_OF(known_64);
}

/* The pair at `index`, below the root. False: a path is too long to be one. */
static bool known_pair(const struct ovmf_search *search, size_t index, char code[PATH_MAX],
                       char variables[PATH_MAX])
{
    const struct pair *pair = search->is_32_bit ? &known_32[index] : &known_64[index];
    int code_length = snprintf(code, PATH_MAX, "%s%s", search->root, pair->code);
    int variables_length = snprintf(variables, PATH_MAX, "%s%s", search->root, pair->variables);

    return code_length < PATH_MAX && variables_length < PATH_MAX;
}

/* share/qemu of the prefix that QEMU is installed in: Nix, Homebrew, a build from source. */
static bool find_beside_qemu(const struct ovmf_search *search, struct ovmf *out)
{
    char code[PATH_MAX + 64], variables[PATH_MAX + 64];
    char *prefix = search->qemu != NULL ? realpath(search->qemu, NULL) : NULL;
    bool is_found = false;

    if (prefix == NULL)
        return false;
    for (int levels = 0; levels < 2; levels++) { /* cut off the file's name, then "bin" */
        char *slash = strrchr(prefix, '/');

        if (slash != NULL)
            *slash = '\0';
    }
    snprintf(code, sizeof(code), "%s/share/qemu/edk2-%s-code.fd", prefix,
             search->is_32_bit ? "i386" : "x86_64");
    snprintf(variables, sizeof(variables), "%s/share/qemu/edk2-i386-vars.fd", prefix);
    if (fits(code, variables))
        is_found = take(out, code, variables);
    free(prefix);
    return is_found;
}

static bool find_pair(const struct ovmf_search *search, struct ovmf *out, struct error *error)
{
    char code[PATH_MAX], variables[PATH_MAX];

    for (size_t i = 0; i < known_count(search); i++)
        if (known_pair(search, i, code, variables) && fits(code, variables))
            return take(out, code, variables);
    if (find_beside_qemu(search, out))
        return true;
    if (search->is_32_bit)
        return FAIL(error, OVMF_32_MISSING, 0);
    return FAIL(error, OVMF_MISSING, 0);
}

/* "OVMF_CODE.x.fd" becomes "OVMF_VARS.x.fd", in the last component of the path only. */
static bool rename_to_variables(const char *code, char variables[PATH_MAX])
{
    static const char *const names[][2] = {{"CODE", "VARS"}, {"code", "vars"}};
    const char *slash = strrchr(code, '/');
    const char *file = slash != NULL ? slash + 1 : code;

    if (strlen(code) >= PATH_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *place = strstr(file, names[i][0]);

        if (place != NULL) {
            strcpy(variables, code);
            memcpy(variables + (place - code), names[i][1], 4);
            return true;
        }
    }
    return false;
}

static bool find_variables(const struct ovmf_search *search, struct ovmf *out, struct error *error)
{
    char code[PATH_MAX], variables[PATH_MAX];

    if (rename_to_variables(search->code, variables) && fits(search->code, variables))
        return take(out, search->code, variables);
    for (size_t i = 0; i < known_count(search); i++)
        if (known_pair(search, i, code, variables) && fits(search->code, variables))
            return take(out, search->code, variables);
    (void)FAIL(error, OVMF_NO_VARIABLES, size_of_file(search->code));
    return error_in(error, search->code);
}

static bool find_code(const struct ovmf_search *search, struct ovmf *out, struct error *error)
{
    char code[PATH_MAX], variables[PATH_MAX];

    for (size_t i = 0; i < known_count(search); i++)
        if (known_pair(search, i, code, variables) && fits(code, search->variables))
            return take(out, code, search->variables);
    (void)FAIL(error, OVMF_NO_CODE, size_of_file(search->variables));
    return error_in(error, search->variables);
}

static bool check_file(const char *path, struct error *error)
{
    struct stat status;

    if (stat(path, &status) == 0)
        return true;
    (void)FAIL_WITH(error, HOST_OPEN, strerror(errno), 0);
    return error_in(error, path);
}

bool ovmf_find(const struct ovmf_search *search, struct ovmf *out, struct error *error)
{
    if (search->code != NULL && !check_file(search->code, error))
        return false;
    if (search->variables != NULL && !check_file(search->variables, error))
        return false;
    if (search->code != NULL && search->variables != NULL) {
        if (fits(search->code, search->variables))
            return take(out, search->code, search->variables);
        (void)FAIL_WITH(error, OVMF_PAIR, search->variables, size_of_file(search->code),
                        size_of_file(search->variables));
        return error_in(error, search->code);
    }
    if (search->code != NULL)
        return find_variables(search, out, error);
    if (search->variables != NULL)
        return find_code(search, out, error);
    return find_pair(search, out, error);
}

void ovmf_free(struct ovmf *ovmf)
{
    free(ovmf->code);
    free(ovmf->variables);
}
