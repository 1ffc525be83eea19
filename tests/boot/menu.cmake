# The menu: through the keyboard and through the serial port, on screens of several sizes.

set(menu_failing "${CMAKE_CURRENT_BINARY_DIR}/menu-failing.elf")
add_custom_command(OUTPUT "${menu_failing}"
  COMMAND make_kernel "${menu_failing}" request.stack=1 request.stack_at=0xffffffff80001000
  DEPENDS make_kernel VERBATIM)
add_custom_target(menu_failing ALL DEPENDS "${menu_failing}")

# menu_test(NAME FIRMWARE LABELS label... CASES case...): cases of menu-test.py
function(menu_test name firmware)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LABELS;CASES")
  add_boot_test(menu-${name}.${firmware} LABELS ${arg_LABELS}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/menu-test.py" $<TARGET_FILE:mkimage> ${firmware} "${dump_kernel}"
      "${menu_failing}" "${CMAKE_CURRENT_SOURCE_DIR}/golden/menu" ${arg_CASES})
  set_tests_properties(boot.menu-${name}.${firmware} PROPERTIES TIMEOUT 900)
endfunction()

menu_test(first bios LABELS quick CASES keyboard serial_editor)
menu_test(keys bios CASES keyboard serial editor serial_editor editor_off sealed)
menu_test(countdown bios CASES countdown countdown_stopped at_once slot_left)
menu_test(screens bios CASES no_screen no_serial many_entries)
menu_test(actions bios CASES reboot power_off one_entry_fails_on_an_odd_bios)
set_property(TEST boot.menu-actions.bios APPEND PROPERTY ENVIRONMENT "ODD_ROM=${BOWLINE_ODD_ROM_DIR}/odd-back.rom")
# The menu is code that all firmwares share. On UEFI firmware by default what has to do with its keys, clock, screens
# and resets, and once in a while all of it.
menu_test(keys uefi CASES keyboard serial_editor sealed)
menu_test(countdown uefi CASES countdown countdown_stopped)
menu_test(screens uefi CASES no_screen no_serial)
menu_test(actions uefi CASES power_off)
menu_test(more uefi LABELS full CASES serial editor editor_off at_once slot_left many_entries reboot)
foreach(firmware bios uefi)
  menu_test(one-entry ${firmware}
    CASES one_entry one_entry_and_a_key one_entry_and_a_key_on_serial one_entry_fails)
  menu_test(failure ${firmware} CASES failure failure_large)
endforeach()
menu_test(setup uefi CASES setup)
menu_test(variables uefi CASES timeouts_of_variables load_options)
menu_test(first ia32 CASES keyboard)
