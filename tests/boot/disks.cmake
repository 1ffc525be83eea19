# What disks can be beside their kind: large, one of two, broken.

# Two disks with the same image.
function(twin_test firmware disk device)
  add_boot_test(twins-${disk}.${firmware} PROMISES 5.16 LABELS ${ARGN} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/twin-disks-test.sh"
    $<TARGET_FILE:mkimage> "${contract_kernel}" ${firmware} ${disk} ${device})
endfunction()
twin_test(bios ahci ide-hd,bus=ide.1)
twin_test(bios virtio virtio-blk-pci full)
twin_test(bios nvme nvme,serial=second full)
twin_test(uefi virtio virtio-blk-pci)
twin_test(uefi ahci ide-hd,bus=ide.1 full)

# More sectors than 32 bits can count, and the files beyond what they can.
cell_copy(gpt-beyond gpt "${CMAKE_CURRENT_SOURCE_DIR}/beyond-image.sh")
foreach(scheme gpt mbr)
  cell_copy(${scheme}-3t ${scheme} "${CMAKE_CURRENT_SOURCE_DIR}/larger-image.sh" 3T)
  cell_test(ahci-3t ${scheme} FIRMWARE bios IMAGE ${scheme}-3t OPTIONS --disk ahci)
  cell_test(ahci-3t ${scheme} FIRMWARE uefi IMAGE ${scheme}-3t OPTIONS --disk ahci LABELS full)
  cell_test(nvme-3t ${scheme} FIRMWARE bios IMAGE ${scheme}-3t OPTIONS --disk nvme LABELS full)
endforeach()
cell_test(nvme-3t gpt FIRMWARE uefi IMAGE gpt-3t OPTIONS --disk nvme)
cell_test(nvme-3t mbr FIRMWARE uefi IMAGE mbr-3t OPTIONS --disk nvme LABELS full)
foreach(disk ahci virtio nvme)
  cell_test(${disk}-beyond-2t gpt FIRMWARE bios IMAGE gpt-beyond OPTIONS --disk ${disk})
  cell_test(${disk}-beyond-2t gpt FIRMWARE uefi IMAGE gpt-beyond OPTIONS --disk ${disk} LABELS full)
endforeach()
# SeaBIOS has no more than 32 bits for sectors of USB and SCSI disks.
foreach(disk usb scsi)
  cell_test(${disk}-beyond-2t gpt FIRMWARE uefi IMAGE gpt-beyond OPTIONS --disk ${disk} LABELS full)
  refusal_test(${disk}-beyond-2t gpt bios IMAGE gpt-beyond STATUS 14 SAYS "[gpt-beyond-end]" OPTIONS --disk ${disk})
endforeach()

# read_errors_test(NAME FIRMWARE disk|disc [LABEL...])
function(read_errors_test name firmware medium)
  add_boot_test(${name}.${firmware} LABELS ${ARGN} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/read-errors-test.sh"
    $<TARGET_FILE:mkimage> "${cell_kernel}" ${firmware} ${medium})
endfunction()
read_errors_test(read-errors uefi disk)
read_errors_test(read-errors ia32 disk full)
read_errors_test(read-errors-disc uefi disc full)
