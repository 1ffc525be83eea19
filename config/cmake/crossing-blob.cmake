# cmake -DBINARY=crossing.bin -DSOURCE=crossing_blob.c -P crossing-blob.cmake
#
# The last 16 bytes are the offsets of two labels (crossing.ld). C knows no name for the middle of an array; the
# assembler of any machine does.
file(READ "${BINARY}" bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR code_digits "${digits} - 32")
string(SUBSTRING "${bytes}" ${code_digits} 2 in_32_bit)
math(EXPR second "${code_digits} + 16")
string(SUBSTRING "${bytes}" ${second} 2 in_64_bit)
string(SUBSTRING "${bytes}" 0 ${code_digits} bytes)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${SOURCE}" "/* Made from crossing.S. */
#include \"handover/crossing.h\"

const uint8_t crossing_code[] = {
    ${bytes}};
__asm__(\".globl crossing_in_32_bit, crossing_in_64_bit, crossing_code_end\\n\"
        \".set crossing_in_32_bit, crossing_code + 0x${in_32_bit}\\n\"
        \".set crossing_in_64_bit, crossing_code + 0x${in_64_bit}\\n\"
        \".set crossing_code_end, crossing_code + ${code_digits} / 2\\n\");
")
