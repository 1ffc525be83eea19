/* SPDX-License-Identifier: MIT */
/* A document as a web page: no scripts, nothing from elsewhere, for light, dark and paper. */
#include "base/version.h"
#include "show/document.h"
#include "text/xml.h"

static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 \"DejaVu Sans\",Verdana,\"Segoe UI\",Helvetica,Arial,sans-serif;"
    "margin:0 auto;padding:1rem 1.5rem 3rem;max-width:75rem;color:#1b1f24;background:#fff}"
    "h1{font-size:1.5rem;margin:.5rem 0 1rem;overflow-wrap:anywhere}"
    "h2{font-size:1.15rem;margin:2rem 0 .5rem}"
    "figure{margin:1.5rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem 1.2rem .2rem 0;"
    "border-bottom:1px solid #d0d7de}"
    "th{font-weight:600;color:#57606a}thead th{border-bottom:2px solid #8c959f;white-space:nowrap}"
    ".number{text-align:right;white-space:nowrap}"
    ".code,pre{font-family:\"DejaVu Sans Mono\",Menlo,Consolas,monospace;font-size:.85rem}"
    ".code{overflow-wrap:anywhere}"
    "pre{border:1px solid #d0d7de;padding:.75rem 1rem;overflow-x:auto}"
    "footer{margin-top:3rem;color:#57606a;font-size:.8rem}"
    "@media screen and (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}"
    "th,footer{color:#9aa4af}th,td,pre{border-color:#3d444d}}"
    "@media print{body{max-width:none;padding:0;font-size:11px}h2{break-after:avoid}"
    "figure svg{max-height:240mm}tr{break-inside:avoid}pre{white-space:pre-wrap}"
    "figure,.scroll{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

static void write_class(FILE *to, const struct document_column *column)
{
    if (column->is_number)
        fputs(column->is_code ? " class=\"number code\"" : " class=\"number\"", to);
    else if (column->is_code)
        fputs(" class=\"code\"", to);
}

static void write_cell(FILE *to, const struct document_section *section, size_t index)
{
    size_t column = index % section->column_count;
    bool is_name = section->columns[0].name == NULL && column == 0;

    if (column == 0)
        fputs("<tr>", to);
    fputs(is_name ? "<th scope=\"row\"" : "<td", to);
    write_class(to, &section->columns[column]);
    fputc('>', to);
    xml_write(to, section->cells[index]);
    fputs(is_name ? "</th>" : "</td>", to);
    if (column + 1 == section->column_count)
        fputs("</tr>\n", to);
}

static void write_table(FILE *to, const struct document_section *section)
{
    fputs("<div class=\"scroll\"><table>\n", to);
    if (section->columns[0].name != NULL) {
        fputs("<thead><tr>", to);
        for (size_t i = 0; i < section->column_count; i++) {
            fputs("<th scope=\"col\"", to);
            if (section->columns[i].is_number)
                fputs(" class=\"number\"", to);
            fputc('>', to);
            xml_write(to, section->columns[i].name);
            fputs("</th>", to);
        }
        fputs("</tr></thead>\n", to);
    }
    fputs("<tbody>\n", to);
    for (size_t i = 0; i < section->cell_count; i++)
        write_cell(to, section, i);
    fputs("</tbody>\n</table></div>\n", to);
}

static void write_section(FILE *to, const struct document_section *section)
{
    if (section->text == NULL && section->cell_count == 0)
        return;
    fputs("<section>\n<h2>", to);
    xml_write(to, section->heading);
    fputs("</h2>\n", to);
    if (section->text != NULL) {
        fputs("<pre>", to);
        xml_write(to, section->text);
        fputs("</pre>\n", to);
    } else {
        write_table(to, section);
    }
    fputs("</section>\n", to);
}

void document_write_html(const struct document *document, struct picture *picture, FILE *to)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>",
          to);
    xml_write(to, document->title);
    fprintf(to, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>", style);
    xml_write(to, document->title);
    fputs("</h1>\n", to);
    for (size_t i = 0; i < document->count; i++) {
        write_section(to, &document->sections[i]);
        if (i == 0 && picture != NULL) { /* behind the most important facts */
            fputs("<figure>\n", to);
            picture_write(picture, to);
            fputs("</figure>\n", to);
        }
    }
    fputs("<footer>mkimage inspect (" BOWLINE_NAME ")</footer>\n</body>\n</html>\n", to);
}
