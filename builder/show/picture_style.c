/* SPDX-License-Identifier: MIT */
#include "show/picture_style.h"

/* Fills are faint, so that text can be read on them; inks draw patterns and borders. */
struct tone_style {
    const char *name;
    const char *fill, *ink;           /* on white */
    const char *dark_fill, *dark_ink; /* on black */
    const char *pattern;              /* lines in a square of 8 by 8 */
};

static const struct tone_style tones[TONE_COUNT] = {
    [TONE_CODE] = {"code", "#cfe3ff", "#1f5fbf", "#173a6b", "#79b0ff", "M0 0H8V8H0Z"},
    [TONE_CONSTANT] = {"constant", "#d0efea", "#117a6d", "#12443d", "#63d3c1",
                       "M1 1h2v2h-2zM5 5h2v2h-2z"},
    [TONE_DATA] = {"data", "#ffe3c2", "#b35c00", "#5a3206", "#ffb066",
                   "M-1 7L1 9L9 1L7 -1ZM-1 -1H1L-1 1ZM9 9H7L9 7Z"},
    [TONE_STACK] = {"stack", "#ffd9d2", "#b3401f", "#5e2416", "#ff9c7d", "M0 4L4 0L8 4V7L4 3L0 7Z"},
    [TONE_TABLE] = {"table", "#e6dcfb", "#6b3fc4", "#3b2670", "#bda2ff", "M0 1H8V3H0ZM0 5H8V7H0Z"},
    [TONE_FILE] = {"file", "#dcf2d0", "#3f7f1f", "#25481a", "#8fd66f",
                   "M1 -1L-1 1L7 9L9 7ZM9 -1H7L9 1ZM-1 9V7L1 9Z"},
    [TONE_LOADER] = {"loader", "#fff1ad", "#8a7000", "#4a3f08", "#e6cc4d",
                     "M1 0H3V8H1ZM5 0H7V8H5Z"},
    [TONE_FIRMWARE] = {"firmware", "#f6d9e8", "#a03a6e", "#55203c", "#f09cc4", "M0 0H8V2H2V8H0Z"},
    [TONE_DEVICE] = {"device", "#e3e6ea", "#57606a", "#30363d", "#9aa4af",
                     "M0 0L8 8M8 0L0 8M0 1L7 8H8V7L1 0H0ZM8 1L1 8H0V7L7 0H8Z"},
    [TONE_MAP] = {"map", "#d6f1fa", "#0f7799", "#0f4152", "#68cdec", "M2 2h4v4h-4z"},
    [TONE_BAD] = {"bad", "#ffd0d0", "#c00018", "#6b1018", "#ff8a8a", "M0 0H4V4H0ZM4 4H8V8H4Z"},
};

const char *picture_tone_name(enum picture_tone tone)
{
    return tones[tone].name;
}

static const char basic_style[] =
    ".paper{fill:#fff}.text,.strong,.faint,.address{font-family:\"DejaVu Sans\",Verdana,"
    "\"Segoe UI\",Helvetica,Arial,sans-serif;font-size:12px;fill:#1b1f24}"
    ".strong{font-weight:600}.faint{fill:#57606a}"
    ".address{font-family:\"DejaVu Sans Mono\",Menlo,Consolas,monospace;font-size:11px;"
    "fill:#424a53}"
    ".title{font-size:20px;font-weight:600}.subtitle{font-size:13px}"
    ".line{stroke:#8c959f;fill:none;stroke-width:1}.edge{stroke:#fff;stroke-width:1}"
    ".frame{stroke:#8c959f;fill:none}.empty{fill:#fff;stroke:#d0d7de;stroke-dasharray:3 3}"
    ".mark{stroke:#c00018;stroke-width:2.5;fill:none}.alarm{fill:#c00018}.sign{fill:#fff}";

static const char dark_style[] =
    ".paper{fill:#0d1117}.text,.strong{fill:#e6edf3}.faint{fill:#9aa4af}.address{fill:#b1bac4}"
    ".line,.frame{stroke:#6e7681}.edge{stroke:#0d1117}.empty{fill:#0d1117;stroke:#3d444d}"
    ".mark{stroke:#ff8a8a}.alarm{fill:#ff8a8a}.sign{fill:#0d1117}";

void picture_style_write(FILE *to)
{
    fprintf(to, "<style>%s", basic_style);
    for (int i = 0; i < TONE_COUNT; i++)
        fprintf(to, ".fill-%s{fill:%s}.ink-%s{fill:%s}", tones[i].name, tones[i].fill,
                tones[i].name, tones[i].ink);
    fprintf(to, "@media screen and (prefers-color-scheme:dark){%s", dark_style);
    for (int i = 0; i < TONE_COUNT; i++)
        fprintf(to, ".fill-%s{fill:%s}.ink-%s{fill:%s}", tones[i].name, tones[i].dark_fill,
                tones[i].name, tones[i].dark_ink);
    fputs("}</style>\n<defs>\n", to);
    for (int i = 0; i < TONE_COUNT; i++)
        fprintf(to,
                "<pattern id=\"p-%s\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
                "<rect class=\"fill-%s\" width=\"8\" height=\"8\"/>"
                "<path class=\"ink-%s\" d=\"%s\"/></pattern>\n",
                tones[i].name, tones[i].name, tones[i].name, tones[i].pattern);
    fputs("</defs>\n", to);
}
