# cmake -DBINARY=FILE -DSOURCE=FILE.c -DNAME=NAME [-DSTART=NAME -DSTART_SIZE=N -DSTART_OF=FILE] -P blob.cmake
#
# The bytes of a file as an array NAME[] with NAME_size; and the first bytes of another one as START[].
function(array_of result file)
  file(READ "${file}" bytes HEX ${ARGN})
  string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  set(${result} "{\n    ${bytes}}" PARENT_SCOPE)
endfunction()

array_of(bytes "${BINARY}")
set(start)
if(START)
  array_of(start_bytes "${START_OF}" LIMIT ${START_SIZE})
  set(start "extern const uint8_t ${START}[];\n_Alignas(8) const uint8_t ${START}[] = ${start_bytes};\n")
endif()
get_filename_component(made_from "${BINARY}" NAME)
file(WRITE "${SOURCE}" "/* Made from ${made_from}. */
#include <stddef.h>
#include <stdint.h>

extern const uint8_t ${NAME}[];
extern const size_t ${NAME}_size;
const uint8_t ${NAME}[] = ${bytes};
const size_t ${NAME}_size = sizeof(${NAME});
${start}")
