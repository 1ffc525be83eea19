/* SPDX-License-Identifier: MIT */
/*
 * How mkimage writes JSON, on top of json-c. One spelling for all verbs: sizes and offsets are
 * integers, addresses are strings ("0xffffffff80000000"), what there is not has no key.
 *
 * Containers own what is put into them. Running out of memory ends the program.
 */
#pragma once

#include <stdio.h>

#include "base/error.h"

struct json_object; /* json-c's */

/* A result of its own; json_print() gives it back. */
struct json_object *json_new(void);

/* A new object or array below `key`, to be filled. */
struct json_object *json_put_object(struct json_object *object, const char *key);
struct json_object *json_put_array(struct json_object *object, const char *key);

/* A new object at the end of an array, to be filled. */
struct json_object *json_append_object(struct json_object *array);
void json_append_text(struct json_object *array, const char *text);

/* Bytes that are not UTF-8 become U+FFFD. */
void json_put_text(struct json_object *object, const char *key, const char *text);
void json_put_text_of(struct json_object *object, const char *key, const char *text, size_t length);
void json_put_number(struct json_object *object, const char *key, uint64_t number);
void json_put_address(struct json_object *object, const char *key, uint64_t address);
void json_put_bool(struct json_object *object, const char *key, bool value);

/* Bytes as hexadecimal digits: a hash. */
void json_put_bytes(struct json_object *object, const char *key, const uint8_t *bytes,
                    size_t length);

/* {"name", "object", "cause", "remedy"}; nothing when there is no error. */
void json_put_error(struct json_object *object, const char *key, const struct error *error);

/* Writes it with a line end and gives it back. Whoever closes `to` finds out whether it worked. */
void json_print(struct json_object *object, FILE *to);
