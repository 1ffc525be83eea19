/* SPDX-License-Identifier: MIT */
#include "disk/fat_tree.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY_SIZE = 32, DOT_ENTRIES = 2 };

struct fat_node *fat_tree_create(void)
{
    struct fat_node *root = calloc(1, sizeof(*root));

    if (root != NULL) {
        root->is_directory = true;
        root->size = ENTRY_SIZE; /* the label */
    }
    return root;
}

void fat_tree_free(struct fat_node *root)
{
    if (root == NULL)
        return;
    for (struct fat_node *child = root->children; child != NULL;) {
        struct fat_node *next = child->next;

        fat_tree_free(child);
        child = next;
    }
    free(root);
}

static bool is_taken(void *context, const uint8_t *short_name)
{
    const struct fat_node *directory = context;

    for (const struct fat_node *node = directory->children; node != NULL; node = node->next)
        if (memcmp(node->name.short_name, short_name, FAT_SHORT_SIZE) == 0)
            return true;
    return false;
}

static uint16_t fold(uint16_t unit)
{
    return unit >= 'a' && unit <= 'z' ? (uint16_t)(unit - 'a' + 'A') : unit;
}

static bool is_same_name(const struct fat_name *a, const struct fat_name *b)
{
    if (a->length != b->length)
        return false;
    for (size_t i = 0; i < a->length; i++)
        if (fold(a->units[i]) != fold(b->units[i]))
            return false;
    return true;
}

static struct fat_node *find(const struct fat_node *directory, const struct fat_name *name)
{
    for (struct fat_node *node = directory->children; node != NULL; node = node->next)
        if (is_same_name(&node->name, name))
            return node;
    return NULL;
}

static struct fat_node *append(struct fat_node *directory, const struct fat_name *name)
{
    struct fat_node *node = calloc(1, sizeof(*node));

    if (node == NULL)
        return NULL;
    node->name = *name;
    node->parent = directory;
    if (directory->last_child != NULL)
        directory->last_child->next = node;
    else
        directory->children = node;
    directory->last_child = node;
    directory->size += fat_name_entries(name) * ENTRY_SIZE;
    return node;
}

/* Finds or makes the directory or file `text` in `directory`. */
static struct fat_node *enter(struct fat_node *directory, const char *text, bool is_directory,
                              const char *path, struct error *error)
{
    struct fat_name name;

    if (!fat_name_make(text, is_taken, directory, &name, error))
        return NULL;

    struct fat_node *node = find(directory, &name);

    if (node != NULL && is_directory && node->is_directory)
        return node;
    if (node != NULL) {
        FAIL_WITH(error, NAME_TWICE, path);
        return NULL;
    }
    if (directory->size / ENTRY_SIZE + fat_name_entries(&name) > FAT_DIRECTORY_ENTRIES_MAX) {
        FAIL(error, DIRECTORY_TOO_LARGE, directory->size / ENTRY_SIZE + fat_name_entries(&name),
             FAT_DIRECTORY_ENTRIES_MAX);
        return NULL;
    }
    node = append(directory, &name);
    if (node == NULL) {
        FAIL(error, HOST_MEMORY);
        return NULL;
    }
    node->is_directory = is_directory;
    if (is_directory)
        node->size = DOT_ENTRIES * ENTRY_SIZE;
    return node;
}

/* Goes down an absolute path, and makes what is not there yet. NULL after a failure. */
static struct fat_node *descend(struct fat_node *root, const char *path, bool is_directory,
                                struct error *error)
{
    struct fat_node *node = root;
    char *names = strdup(path);
    char *rest = names;

    if (names == NULL) {
        FAIL(error, HOST_MEMORY);
        return NULL;
    }
    strsep(&rest, "/"); /* the empty name before the first slash */
    while (node != NULL && rest != NULL) {
        char *name = strsep(&rest, "/");

        node = enter(node, name, is_directory || rest != NULL, path, error);
    }
    free(names);
    return node;
}

bool fat_tree_add_directory(struct fat_node *root, const char *path, struct error *error)
{
    return descend(root, path, true, error) != NULL;
}

bool fat_tree_add(struct fat_node *root, const char *path, const struct content *content,
                  struct error *error)
{
    struct fat_node *node;

    if (content->reader.size > FAT_FILE_SIZE_MAX)
        return FAIL(error, FILE_TOO_LARGE, content->reader.size, FAT_FILE_SIZE_MAX);
    node = descend(root, path, false, error);
    if (node == NULL)
        return false;
    node->content = content;
    node->size = content->reader.size;
    return true;
}

struct fat_node *fat_tree_next(struct fat_node *node)
{
    if (node->children != NULL)
        return node->children;
    while (node != NULL && node->next == NULL)
        node = node->parent;
    return node != NULL ? node->next : NULL;
}
