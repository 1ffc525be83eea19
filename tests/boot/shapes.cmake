# Every shape of ELF file, by every compiler and linker, and files that nobody here made.

# ---- Every pair of compiler and linker on one firmware, every shape on both; by default some of them ----

foreach(kernel IN LISTS BOWLINE_PIE_KERNELS BOWLINE_SHAPE_KERNELS)
  get_target_property(facts kernel.${kernel} FACTS)
  set(firmwares bios)
  set(full)
  if((kernel MATCHES "^shape-.*-gnu$" AND NOT kernel MATCHES "-llvm-gnu$") OR
     kernel MATCHES "^pie-(gnu(|-high|-aligned|-symbols)|llvm-executable)$")
    if(kernel MATCHES "^shape-(zeros|shared-pages|both-halves|cut|unoptimised)-|^pie-(gnu|gnu-aligned|llvm-executable)$")
      list(APPEND firmwares uefi)
    else()
      set(full FULL uefi)
    endif()
  endif()
  boot_test(${kernel} FIRMWARE ${firmwares} ${full} KERNEL ${kernel} FACTS ${facts} ${dirty_memory})
endforeach()
foreach(toolchain IN LISTS BOWLINE_KERNEL_TOOLCHAINS)
  foreach(base IN LISTS BOWLINE_BIG_BASES)
    set(firmwares FIRMWARE bios uefi)
    if(NOT base STREQUAL "0xffffffff80000000" AND NOT "${toolchain} ${base}" STREQUAL "gnu 0x200000")
      set(firmwares FIRMWARE bios FULL uefi)
    endif()
    boot_test(big-${toolchain}-${base} ${firmwares} KERNEL big-${toolchain}-${base} FACTS modules=2
      ${two_modules})
  endforeach()
endforeach()

# ---- Kernels that nobody here wrote, through the loader's core on the host ----

find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBELF REQUIRED IMPORTED_TARGET libelf)
add_executable(load_on_host load_on_host.c)
target_link_libraries(load_on_host PRIVATE bowline_host PkgConfig::LIBELF)
target_compile_options(load_on_host PRIVATE ${BOWLINE_WARNINGS})
add_test(NAME boot.debian-kernel
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/debian-kernel.sh" $<TARGET_FILE:load_on_host>)
set_tests_properties(boot.debian-kernel PROPERTIES LABELS "full" TIMEOUT 300)
