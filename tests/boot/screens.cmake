# What the kernel gets to show something on.

# ---- Graphics modes: one rule on both firmwares ----

boot_test(mode-1024 FIRMWARE bios uefi KERNEL mode-1024 FACTS width=1024 height=768)
boot_test(mode-1920 FIRMWARE bios uefi KERNEL mode-1920 FACTS width=1920 height=1080)
# The most pixels that there are: QEMU's VGA BIOS has other modes than OVMF.
boot_test(mode-largest FIRMWARE bios KERNEL mode-largest FACTS width=3840 height=2160)
boot_test(mode-largest FIRMWARE uefi KERNEL mode-largest FACTS width=2048 height=2048)
boot_test(mode-impossible FIRMWARE bios uefi KERNEL mode-impossible FAILS PROMISES 2.6
  CHECKS --status 14 --text "[no-framebuffer]" --screen "[no-framebuffer]")

# ---- VGA text mode: only a BIOS has it ----

boot_test(text-wished FIRMWARE bios KERNEL text-wished FACTS text LABELS quick)
boot_test(text-shows FIRMWARE bios KERNEL text-wished FACTS text stay FAILS OPTIONS --until "text: stays"
  CHECKS --screen "the second line of the screen" --screen "the last line of the screen")
boot_test(text-wished FIRMWARE uefi KERNEL text-wished)
boot_test(text-wished-no-vga FIRMWARE bios KERNEL text-wished FACTS framebuffer=0 QEMU -vga none)
boot_test(text-wished-serial-console FIRMWARE bios KERNEL text-wished FACTS framebuffer=0
  QEMU -vga none -machine graphics=off)
boot_test(text-required FIRMWARE bios KERNEL text-required FACTS text)
boot_test(text-required FIRMWARE uefi KERNEL text-required FAILS PROMISES 2.6
  CHECKS --status 14 --text "requires VGA text mode" --screen "requires VGA text mode")
boot_test(text-required-no-vga FIRMWARE bios KERNEL text-required FAILS PROMISES 2.6 QEMU -vga none
  CHECKS --status 14 --text "requires VGA text mode")
