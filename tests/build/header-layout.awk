# SPDX-License-Identifier: MIT
# Turns header-layout.txt into C: each of its lines becomes static asserts, which a compiler reports
# with the line's own number. -v header=NAME -v list=FILE: whose lines they are.
function assert(condition) { printf "#line %d \"%s\"\nBOWLINE_STATIC_ASSERT(%s);\n", FNR, list, condition }

BEGIN { printf "#include <bowline.h>\n#include <%s>\n", header }
/^#/ || /^$/ { next }
/^[^ ]/ { section = $1; type = "struct " $2 }
/^struct/ { assert("sizeof(" type ") == " $3) }
/^  / && section == "struct" {
    assert("__builtin_offsetof(" type ", " $1 ") == " $2)
    assert("sizeof(((" type " *)0)->" $1 ") == " $3)
}
/^  / && (section == "enumerators" || section == "numbers") { assert($1 " == " $2) }
/^  / && section == "texts" { assert("__builtin_strcmp(" $1 ", " $2 ") == 0") }
