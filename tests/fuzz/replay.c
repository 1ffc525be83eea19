/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target over every file of a directory. */
#include <dirent.h>
#include <stdio.h>

#include "fuzz.h"

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    size_t size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "cannot read %s\n", path);
        return 1;
    }
    size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(size + 1); /* of its own, so that a sanitizer sees reads behind its end */
    if (bytes == NULL || fread(bytes, 1, size, file) != size) {
        fprintf(stderr, "cannot read %s\n", path);
        return 1;
    }
    fclose(file);
    printf("%s\n", path);
    fflush(stdout); /* the last line names the file that stopped it */
    bytes = realloc(bytes, size > 0 ? size : 1);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
    const struct dirent *entry;
    char path[4096];
    int files = 0;

    if (directory == NULL) {
        fprintf(stderr, "usage: replay DIRECTORY\n");
        return 2;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
        if (run_file(path) != 0)
            return 1;
        files++;
    }
    closedir(directory);
    if (files == 0) {
        fprintf(stderr, "%s is empty\n", argv[1]);
        return 1;
    }
    return 0;
}
