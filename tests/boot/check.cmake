# mkimage check: what it prints as the cure of a refused kernel, applied to the kernel, lets it boot.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cures/cures.txt)
file(STRINGS cures/cures.txt cures REGEX "^[a-z][a-z0-9:-]+ +[A-Za-z]+[:=]")
foreach(cure IN LISTS cures)
  string(REGEX REPLACE " .*" "" case "${cure}")
  if(cure MATCHES "(compiler=clang|linker=lld)" AND NOT (BOWLINE_CLANG AND BOWLINE_LLD))
    continue()
  endif()
  string(REPLACE ":" "-" name "${case}")
  add_boot_test(cure-${name}.bios
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/cures/cure-test.sh" ${case} $<TARGET_FILE:mkimage>
      "${BOWLINE_COMMON_DIR}/include")
endforeach()

# What it says about one that boots is what the kernel finds.
foreach(kernel plan plan-high plan-moved)
  get_target_property(file kernel.${kernel} KERNEL)
  set(command "${CMAKE_CURRENT_SOURCE_DIR}/plan-test.sh" $<TARGET_FILE:mkimage> "${file}")
  add_boot_test(${kernel}.bios COMMAND ${command} --bios)
  add_boot_test(${kernel}.uefi COMMAND ${command})
endforeach()

# The warning that takes a linker script of its own.
get_target_property(file kernel.shape-section-note-gnu-gnu KERNEL)
add_test(NAME boot.check-request-in-section COMMAND mkimage check "${file}")
set_tests_properties(boot.check-request-in-section PROPERTIES LABELS "boot;quick" TIMEOUT 60
  PASS_REGULAR_EXPRESSION "\\[request-in-section\\]")
