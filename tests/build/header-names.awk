# SPDX-License-Identifier: MIT
# Reads the preprocessed bowline.h and names what a compiled kernel depends on, one a line: "struct
# NAME", "field STRUCT NAME" (of a member that is a struct without a name also "NAME.PART"), and
# "enumerator NAME".
function is_name(word) { return word ~ /^[A-Za-z_][A-Za-z0-9_]*$/ }

{
    gsub(/[][{}();,=*]/, " & ")
    for (i = 1; i <= NF; i++)
        words[count++] = $i
}

function end_of_enum(i) {
    for (; words[i] != "}"; i++)
        if (words[i] ~ /^BOWLINE_/ && (words[i - 1] == "{" || words[i - 1] == ","))
            print "enumerator", words[i]
    return i
}

# `i` is behind the opening brace.
function end_of_struct(i, type,    depth, name, parts, part, n, k) {
    print "struct", type
    for (depth = 1; depth > 0; i++) {
        if (words[i] == "{") {
            depth++
        } else if (words[i] == "}") {
            depth--
        } else if (words[i] == ";" && depth == 2) {
            parts = parts " " name
        } else if (words[i] == ";") {
            print "field", type, name
            n = split(parts, part)
            for (k = 1; k <= n; k++)
                print "field", type, name "." part[k]
            parts = ""
        } else if (is_name(words[i])) {
            name = words[i]
        }
    }
    return i
}

END {
    for (i = 0; i < count; i++) {
        if (words[i] == "enum" && words[i + 1] == "{")
            i = end_of_enum(i + 1)
        else if (words[i] == "struct" && words[i + 2] == "{")
            i = end_of_struct(i + 3, words[i + 1])
    }
}
