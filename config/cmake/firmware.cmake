# Code that runs on the bare machine.
#
# What the user's environment says about compiling (CFLAGS, LDFLAGS, CPATH ...) is meant for
# programs of the host. It must not reach firmware code: bowline_firmware_directory() cuts it off.

set(BOWLINE_CLEAN_ENVIRONMENT
  ${CMAKE_COMMAND} -E env
  --unset=CPATH --unset=C_INCLUDE_PATH --unset=CPLUS_INCLUDE_PATH --unset=LIBRARY_PATH
  --unset=COMPILER_PATH --unset=GCC_EXEC_PREFIX --unset=LD_RUN_PATH --unset=LDEMULATION
  --unset=LDFLAGS --unset=CFLAGS --unset=CPPFLAGS --unset=ASFLAGS)

# The loader has a compiler of its own: an image is the same whichever compiler made mkimage, and for whichever
# processor. It is gcc unless the user chooses another, by BOWLINE_LOADER_COMPILER.
function(bowline_compiles_for_x86_64 result compiler)
  execute_process(COMMAND "${compiler}" -dumpmachine
    RESULT_VARIABLE status OUTPUT_VARIABLE machine ERROR_QUIET)
  if(NOT status EQUAL 0 OR NOT machine MATCHES "^x86_64.*(linux|elf)")
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()
find_program(BOWLINE_X86_64_GCC NAMES gcc x86_64-linux-gnu-gcc x86_64-elf-gcc VALIDATOR bowline_compiles_for_x86_64)
mark_as_advanced(BOWLINE_X86_64_GCC)
if(BOWLINE_X86_64_GCC)
  set(default_compiler "${BOWLINE_X86_64_GCC}")
else()
  set(default_compiler "${CMAKE_C_COMPILER}")
endif()
set(BOWLINE_LOADER_COMPILER "${default_compiler}" CACHE STRING
  "The compiler of the boot loader that mkimage carries: gcc or clang")

# As a command. clang compiles for every processor, and is told for which.
execute_process(COMMAND "${BOWLINE_LOADER_COMPILER}" --version
  RESULT_VARIABLE status OUTPUT_VARIABLE version ERROR_VARIABLE version)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "BOWLINE_LOADER_COMPILER, ${BOWLINE_LOADER_COMPILER}, does not run: ${version}")
endif()
string(REGEX MATCH "^[^\n]*" version "${version}")
message(STATUS "The loader's compiler: ${BOWLINE_LOADER_COMPILER} (${version})")
set(BOWLINE_LOADER_CC "${BOWLINE_LOADER_COMPILER}")
if(version MATCHES "clang")
  list(APPEND BOWLINE_LOADER_CC --target=x86_64-linux-gnu)
endif()

# Call it first in the CMakeLists.txt of a directory: nothing there is compiled for the host.
macro(bowline_firmware_directory)
  foreach(language C ASM)
    set(CMAKE_${language}_FLAGS "")
    foreach(configuration DEBUG RELEASE RELWITHDEBINFO MINSIZEREL)
      set(CMAKE_${language}_FLAGS_${configuration} "")
    endforeach()
    list(JOIN BOWLINE_LOADER_CC "\" \"" command)
    string(REPLACE "<CMAKE_${language}_COMPILER>" "\"${command}\""
      CMAKE_${language}_COMPILE_OBJECT "${CMAKE_${language}_COMPILE_OBJECT}")
  endforeach()
  # What CMake says about the standard depends on the host's compiler: BOWLINE_FIRMWARE_FLAGS say it.
  unset(CMAKE_C_STANDARD)
  unset(CMAKE_C_STANDARD_REQUIRED)
  unset(CMAKE_C_EXTENSIONS)
  set(CMAKE_C_COMPILER_LAUNCHER ${BOWLINE_CLEAN_ENVIRONMENT})
  set(CMAKE_ASM_COMPILER_LAUNCHER ${BOWLINE_CLEAN_ENVIRONMENT})
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
endmacro()

# For all firmware code, whatever its mode: no C library, no vector registers (the kernel has not
# asked for them, and the firmware's interrupts do not save them), no calls that nobody provides,
# and no path of the build in its output.
set(BOWLINE_FIRMWARE_FLAGS
  -std=gnu17 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables
  -fno-strict-aliasing -fcf-protection=none -mgeneral-regs-only -fno-ident
  -ffunction-sections -fdata-sections
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")

# For the loader's 64-bit code: interrupts use the stack below rsp, so there is no red zone. The BIOS chain has a
# limit (common/format/stage.h), hence the smallest code that compilers make.
set(BOWLINE_FIRMWARE_64_FLAGS ${BOWLINE_FIRMWARE_FLAGS} -m64 -mno-red-zone -Oz -DBOWLINE_NO_POINTERS)

# For its 32-bit code under UEFI, whose structs have 64-bit numbers where 64-bit code has them (UEFI 2.3.1). With
# -Oz clang would call a library for every shift of such a number.
set(smallest_32 -Oz)
if(version MATCHES "clang")
  set(smallest_32 -Os)
endif()
set(BOWLINE_FIRMWARE_32_FLAGS ${BOWLINE_FIRMWARE_FLAGS} -m32 -march=i686 -malign-double ${smallest_32} -DBOWLINE_NO_POINTERS)

# The linker scripts are written for GNU ld, whichever compiler is used.
find_program(BOWLINE_LINKER NAMES x86_64-linux-gnu-ld.bfd ld.bfd ld REQUIRED)
find_program(BOWLINE_OBJCOPY NAMES x86_64-linux-gnu-objcopy objcopy REQUIRED)

# bowline_link_flat(NAME OUTPUT file.bin SCRIPT file.ld OBJECTS target... [DEPENDS file...] [OPTIONS -m elf_i386 ...])
# Links object libraries by a linker script and writes the result as a flat binary; the ELF file
# stays beside it for debuggers, as NAME.elf.
function(bowline_link_flat name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT;SCRIPT" "OBJECTS;DEPENDS;OPTIONS")
  set(elf "${CMAKE_CURRENT_BINARY_DIR}/${name}.elf")
  set(objects)
  foreach(object IN LISTS arg_OBJECTS)
    list(APPEND objects "$<TARGET_OBJECTS:${object}>")
  endforeach()
  add_custom_command(
    OUTPUT "${arg_OUTPUT}" "${elf}"
    COMMAND ${BOWLINE_CLEAN_ENVIRONMENT} ${BOWLINE_LINKER} ${arg_OPTIONS} -nostdlib -static
      -z noexecstack --build-id=none --no-warn-rwx-segments --gc-sections --orphan-handling=error --fatal-warnings
      -T "${arg_SCRIPT}" -o "${elf}" ${objects}
    COMMAND ${BOWLINE_OBJCOPY} -O binary "${elf}" "${arg_OUTPUT}"
    DEPENDS "${arg_SCRIPT}" ${objects} ${arg_OBJECTS} ${arg_DEPENDS}
    COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Linking ${name}")
  add_custom_target(${name} DEPENDS "${arg_OUTPUT}")
endfunction()
