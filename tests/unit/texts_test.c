/* SPDX-License-Identifier: MIT */
/* Texts for people and programs: sizes, widths, documents, XML, JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "show/document.h"
#include "support.h"
#include "text/json.h"
#include "text/size_text.h"
#include "text/text_width.h"
#include "text/xml.h"

static void sizes(void **state)
{
    (void)state;
    assert_string_equal(size_text(0).text, "0 bytes");
    assert_string_equal(size_text(1).text, "1 byte");
    assert_string_equal(size_text(1023).text, "1023 bytes");
    assert_string_equal(size_text(1024).text, "1 KiB");
    assert_string_equal(size_text(1536).text, "1.5 KiB");
    assert_string_equal(size_text(1 * MIB - 1).text, "1 MiB");
    assert_string_equal(size_text(1 * MIB - 60 * KIB).text, "964 KiB");
    assert_string_equal(size_text(600 * MIB).text, "600 MiB");
    assert_string_equal(size_text(UINT64_C(1) << 47).text, "128 TiB");
    assert_string_equal(size_text(UINT64_MAX).text, "16 EiB");
}

static void texts_are_fitted(void **state)
{
    static const char path[] = "/modules/a-name-that-goes-on-and-on.bin";
    char *fitted = text_fitted(path, 10, text_width(path, 10));

    (void)state;
    assert_string_equal(fitted, path);
    free(fitted);
    for (unsigned width = 0; width < text_width(path, 10); width++) {
        fitted = text_fitted(path, 10, width);
        assert_non_null(strstr(fitted, "\xe2\x80\xa6"));
        assert_true(width < 8 || text_width(fitted, 10) <= width + 1);
        free(fitted);
    }
    fitted = text_fitted("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc", 10, 30);
    assert_string_equal(fitted, "\xc3\xa4\xe2\x80\xa6\xc3\xbc"); /* no half characters */
    free(fitted);
    fitted = text_fitted("\xff\xff\xff\xff\xff\xff\xff\xff", 10, 30); /* not UTF-8 at all */
    assert_true(strlen(fitted) >= 3);
    free(fitted);
}

/* What is written to a stream by one of the functions below. */
#define WRITTEN(text, call)                                                                        \
    do {                                                                                           \
        FILE *to = open_memstream(&(text), &(size_t){0});                                          \
        assert_non_null(to);                                                                       \
        call;                                                                                      \
        fclose(to);                                                                                \
    } while (0)

static void xml(void **state)
{
    char *text = NULL;

    (void)state;
    WRITTEN(text, xml_write(to, "a<b>&\"c\" \x1b[31m\xff\xc2\x80\xef\xbf\xbe\n\xc3\xa4"));
    assert_string_equal(text, "a&lt;b&gt;&amp;&quot;c&quot; \xef\xbf\xbd[31m\xef\xbf\xbd"
                              "\xef\xbf\xbd\xef\xbf\xbd\n\xc3\xa4");
    free(text);
}

static void json(void **state)
{
    struct json_object *object = json_new();
    struct error error = {0};
    char *text = NULL;

    (void)state;
    json_put_text(object, "text", "a/\"b\" \xff\xc3\xa4");
    json_put_text_of(object, "part", "abc\xc3\xa4", 4);
    json_put_number(object, "number", UINT64_MAX);
    json_put_address(object, "address", 0xffffffff80000000);
    json_put_bool(object, "bool", true);
    json_put_bytes(object, "bytes", (const uint8_t[]){0, 0xab}, 2);
    json_put_error(object, "none", &error);
    FAIL(&error, HOST_DIRECTORY);
    error_in(&error, "x");
    json_put_error(object, "error", &error);
    json_append_text(json_put_array(object, "array"), "item");
    json_put_number(json_append_object(json_put_array(object, "objects")), "n", 1);
    WRITTEN(text, json_print(object, to));
    assert_string_equal(text, "{\n"
                              "  \"text\":\"a/\\\"b\\\" \xef\xbf\xbd\xc3\xa4\",\n"
                              "  \"part\":\"abc\xef\xbf\xbd\",\n"
                              "  \"number\":18446744073709551615,\n"
                              "  \"address\":\"0xffffffff80000000\",\n"
                              "  \"bool\":true,\n"
                              "  \"bytes\":\"00ab\",\n"
                              "  \"error\":{\n"
                              "    \"name\":\"host-directory\",\n"
                              "    \"object\":\"x\",\n"
                              "    \"cause\":\"it is a directory\",\n"
                              "    \"remedy\":\"name a file\"\n"
                              "  },\n"
                              "  \"array\":[\n"
                              "    \"item\"\n"
                              "  ],\n"
                              "  \"objects\":[\n"
                              "    {\n"
                              "      \"n\":1\n"
                              "    }\n"
                              "  ]\n"
                              "}\n");
    free(text);
}

static void documents(void **state)
{
    static const struct document_column columns[] = {
        {"name", false, false}, {"size", true, false}, {"rest", false, true}};
    struct document document;
    char *text = NULL;

    (void)state;
    document_begin(&document, "%s: \x1b[2J", "title");
    document_facts(&document, "Facts");
    document_fact(&document, "a", "%d", 1);
    document_fact(&document, "long name", "two");
    document_table(&document, "Table", columns, COUNT_OF(columns));
    document_cell(&document, "\xc3\xa4\xc3\xb6"); /* two columns of a terminal */
    document_cell(&document, "1");
    document_cell(&document, "<x>");
    document_cell(&document, "abcdef");
    document_cell(&document, "12345");
    document_cell(&document, "y");
    document_table(&document, "Empty", columns, COUNT_OF(columns));
    document_text(&document, "Text", "one\r\ntwo\n\x1b[0mthree", 16);
    WRITTEN(text, document_write_text(&document, to));
    assert_string_equal(text, "title: \xef\xbf\xbd[2J\n"
                              "\n"
                              "Facts\n"
                              "  a          1\n"
                              "  long name  two\n"
                              "\n"
                              "Table\n"
                              "  name     size  rest\n"
                              "  \xc3\xa4\xc3\xb6          1  <x>\n"
                              "  abcdef  12345  y\n"
                              "\n"
                              "Text\n"
                              "  one\n"
                              "  two\n"
                              "  \xef\xbf\xbd[0mthr\n");
    free(text);
    text = NULL;
    WRITTEN(text, document_write_html(&document, NULL, to));
    assert_non_null(strstr(text, "<td class=\"code\">&lt;x&gt;</td>"));
    assert_non_null(strstr(text, "<th scope=\"row\">long name</th><td>two</td>"));
    assert_null(strstr(text, "Empty"));
    assert_null(strchr(text, '\x1b'));
    free(text);
    document_free(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes), cmocka_unit_test(texts_are_fitted), cmocka_unit_test(xml),
        cmocka_unit_test(json),  cmocka_unit_test(documents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
