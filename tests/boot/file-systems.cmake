# Every file system and sector size in either scheme, and images with much in them: where the firmware reads the loader
# from, and the loader the kernel.

# On what kind of disk an image for these sectors is tried; SeaBIOS knows large sectors of no other.
set(disk_of_512 ahci)
set(disk_of_4096 nvme-4k)

# file_system_test(NAME SECTOR-SIZE FIRMWARE bios|uefi|ia32... [TEXT text] [LABELS label...]): boots the image
# cell-image-NAME. TEXT has to be in the log.
function(file_system_test name sector_size)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "TEXT" "FIRMWARE;LABELS")
  set(checks)
  if(arg_TEXT)
    set(checks --text "${arg_TEXT}")
  endif()
  foreach(firmware IN LISTS arg_FIRMWARE)
    add_boot_test(${name}.${firmware} LABELS ${arg_LABELS}
      COMMAND "${boot_test}" --line "cell: firmware ${firmware}" --line "bowline-test: pass cell" ${checks} --
        $<TARGET_FILE:mkimage> test --timeout 150 --disk ${disk_of_${sector_size}} ${firmware_option_${firmware}}
        "${CMAKE_CURRENT_BINARY_DIR}/cell-${name}.img")
    set_tests_properties(boot.${name}.${firmware} PROPERTIES FIXTURES_REQUIRED boot.cell-image-${name})
  endforeach()
endfunction()

# Those with FAT32 are cells.
foreach(fat 12 16)
  foreach(sector_size 512 4096)
    foreach(scheme gpt mbr)
      set(name fat${fat}-${sector_size}-${scheme})
      cell_image(${name} --fat ${fat} --sector-size ${sector_size} --scheme ${scheme})
      file_system_test(${name} ${sector_size} FIRMWARE bios)
      set(labels full)
      if(name MATCHES "fat12-512-gpt|fat16-4096-mbr")
        set(labels)
      endif()
      file_system_test(${name} ${sector_size} FIRMWARE uefi LABELS ${labels})
      file_system_test(${name} ${sector_size} FIRMWARE ia32 LABELS full)
    endforeach()
  endforeach()
endforeach()

# full_test(NAME SECTOR-SIZE WHAT [option of mkimage build...] [FULL firmware...]): the kernel behind many files, or
# behind much, as full-image.sh has it.
function(full_test name sector_size what)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "FULL")
  set(labels)
  if("bios" IN_LIST arg_FULL)
    set(labels full)
  endif()
  add_boot_test(cell-image-${name} LABELS cells ${labels} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/full-image.sh" ${what}
    "${CMAKE_CURRENT_BINARY_DIR}/cell-${name}.img" $<TARGET_FILE:mkimage> "${PROJECT_SOURCE_DIR}/tests/builder/trees.py"
    "${cell_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/first-1000" "${CMAKE_CURRENT_BINARY_DIR}/second-3000000" --
    --sector-size ${sector_size} ${arg_UNPARSED_ARGUMENTS})
  set_tests_properties(boot.cell-image-${name} PROPERTIES FIXTURES_SETUP boot.cell-image-${name})
  foreach(firmware bios uefi)
    set(labels)
    if(firmware IN_LIST arg_FULL)
      set(labels full)
    endif()
    file_system_test(${name} ${sector_size} FIRMWARE ${firmware} LABELS ${labels}
      TEXT "a name like that of all the others in here")
  endforeach()
endfunction()

full_test(many-files-12 512 many --fat 12 FULL uefi)
full_test(many-files-12-4096 4096 many --fat 12 --scheme mbr FULL bios uefi)
full_test(many-files-16 512 many --fat 16)
full_test(many-files-16-4096 4096 many --fat 16 --scheme mbr FULL bios uefi)
full_test(many-files-32 512 many --scheme mbr FULL bios uefi)
full_test(many-files-32-4096 4096 many FULL uefi)
full_test(full-root-12 512 root --fat 12)
full_test(full-root-16 512 root --fat 16 --scheme mbr FULL uefi)
full_test(full-root-16-4096 4096 root --fat 16 FULL bios uefi)
full_test(600-mb-16 512 629145600 --fat 16 --scheme mbr FULL bios uefi)
full_test(600-mb-16-4096 4096 629145600 --fat 16 FULL uefi)
full_test(600-mb-32 512 629145600)
full_test(600-mb-32-4096 4096 629145600 --scheme mbr FULL bios uefi)
full_test(5-gib 512 5200000000 --size 5G FULL bios uefi)
full_test(5-gib-4096 4096 5200000000 --size 5G --scheme mbr FULL bios uefi)
