# cmake -DBINARY=resident.bin -DSOURCE=resident_blob.c -P resident-blob.cmake
file(READ "${BINARY}" bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${SOURCE}" "/* Made from resident.bin. */
#include \"handover/resident.h\"

const uint8_t resident_binary[] = {
    ${bytes}};
const uint64_t resident_binary_size = sizeof(resident_binary);
")
