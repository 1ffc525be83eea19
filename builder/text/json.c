/* SPDX-License-Identifier: MIT */
#include "text/json.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "system/need.h"

static struct json_object *put(struct json_object *object, const char *key,
                               struct json_object *value)
{
    if (json_object_object_add(object, key, need(value)) != 0)
        abort();
    return value;
}

static struct json_object *append(struct json_object *array, struct json_object *value)
{
    if (json_object_array_add(array, need(value)) != 0)
        abort();
    return value;
}

/* Writes `text` as UTF-8 whatever it is, for json-c does not look. Three bytes for each at most. */
static size_t mend(const char *text, size_t length, char *to)
{
    static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
    size_t written = 0;

    for (size_t i = 0; i < length;) {
        char window[5] = {0}; /* ends with NUL, which no longer character goes across */
        uint32_t character;
        size_t size;

        memcpy(window, text + i, length - i < 4 ? length - i : 4);
        size = utf8_decode(window, &character);
        if (size == 0) {
            memcpy(to + written, replacement, sizeof(replacement) - 1);
            written += sizeof(replacement) - 1;
            i++;
        } else {
            memcpy(to + written, text + i, size);
            written += size;
            i += size;
        }
    }
    return written;
}

static struct json_object *new_text(const char *text, size_t length)
{
    char *mended = need(malloc(3 * length + 1));
    struct json_object *value;

    value = json_object_new_string_len(mended, (int)mend(text, length, mended));
    free(mended);
    return value;
}

struct json_object *json_new(void)
{
    return need(json_object_new_object());
}

struct json_object *json_put_object(struct json_object *object, const char *key)
{
    return put(object, key, json_object_new_object());
}

struct json_object *json_put_array(struct json_object *object, const char *key)
{
    return put(object, key, json_object_new_array());
}

struct json_object *json_append_object(struct json_object *array)
{
    return append(array, json_object_new_object());
}

void json_append_text(struct json_object *array, const char *text)
{
    append(array, new_text(text, strlen(text)));
}

void json_put_text_of(struct json_object *object, const char *key, const char *text, size_t length)
{
    put(object, key, new_text(text, length));
}

void json_put_text(struct json_object *object, const char *key, const char *text)
{
    json_put_text_of(object, key, text, strlen(text));
}

void json_put_number(struct json_object *object, const char *key, uint64_t number)
{
    put(object, key, json_object_new_uint64(number));
}

void json_put_address(struct json_object *object, const char *key, uint64_t address)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%llx", (unsigned long long)address);
    json_put_text(object, key, text);
}

void json_put_bool(struct json_object *object, const char *key, bool value)
{
    put(object, key, json_object_new_boolean(value));
}

void json_put_bytes(struct json_object *object, const char *key, const uint8_t *bytes,
                    size_t length)
{
    char *text = need(malloc(2 * length + 1));

    text[0] = '\0';
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    json_put_text(object, key, text);
    free(text);
}

void json_put_error(struct json_object *object, const char *key, const struct error *error)
{
    struct json_object *value;
    char cause[1024];

    if (error->code == ERROR_NONE)
        return;
    value = json_put_object(object, key);
    json_put_text(value, "name", error_name(error->code));
    if (error->object[0] != '\0')
        json_put_text(value, "object", error->object);
    error_print_cause(error, cause, sizeof(cause));
    json_put_text(value, "cause", cause);
    json_put_text(value, "remedy", error_remedy(error->code));
}

void json_print(struct json_object *object, FILE *to)
{
    const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                                  JSON_C_TO_STRING_NOSLASHESCAPE);

    if (text == NULL)
        abort();
    fprintf(to, "%s\n", text);
    json_object_put(object);
}
