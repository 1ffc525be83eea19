# SPDX-License-Identifier: MIT
# Kernels that mkimage must refuse: each with its message, status 1 and no file, from build and check.
. "$SOURCE/lib.sh"

# refused "FIELD=NUMBER..." MESSAGE
refused()
{
    rm -f k.elf
    # shellcheck disable=SC2086 # several fields
    "$MAKE_KERNEL" k.elf $1 || die "make_kernel $1"
    expect 1 "$MKIMAGE" k.elf
    mentions "$2"
    grep -q "^mkimage: error: k.elf: " err || die "no name: $(cat err)"
    [ ! -s out ] || die "a refusal wrote to stdout: $(cat out)"
    absent k.img k.img.partial
    expect 1 "$MKIMAGE" check k.elf
    mentions "$2"
    grep -q "^mkimage: error: k.elf: " err || die "no name: $(cat err)"
    grep -q '^k.elf: would not boot$' out || die "no verdict: $(cat out)"
}

"$MAKE_KERNEL" good.elf || die "make_kernel"
expect 0 "$MKIMAGE" good.elf
expect 0 "$MKIMAGE" check good.elf

refused magic=0x21463746 'not an ELF file: it begins with the bytes 0x46374621 [elf-not-elf]'
refused class=1 'a 32-bit ELF file [elf-not-64-bit]'
refused data=2 'a big-endian ELF file [elf-not-little-endian]'
refused version=2 'ELF version 2 instead of 1 [elf-version]'
refused ident_version=0 'ELF version 0 instead of 1 [elf-version]'
refused machine=183 'built for ELF machine 183, not for x86-64 (62) [elf-machine]'
refused machine=3 'built for ELF machine 3, not for x86-64 (62) [elf-machine]'
refused type=1 'an object file that has not been linked [elf-relocatable]'
refused type=4 'ELF type 4 is not an executable [elf-type]'
refused phentsize=55 'its header gives 55 as the size of a program header instead of 56 [elf-header-size]'
refused phnum=0 'it has nothing to load (no PT_LOAD segment) [elf-no-segments]'
refused '0.type=0 1.type=0 2.type=0' 'it has nothing to load (no PT_LOAD segment) [elf-no-segments]'
refused phnum=200 'it has 200 program headers, more than 128 [elf-too-many-headers]'
refused 1.type=2 'PT_DYNAMIC at 0xffffffff80001000 with 0x8d8 bytes does not lie in a loadable segment [elf-range-outside]'
refused phoff=0xfffffffffffffff0 '[elf-truncated]'

# Cut short in every part of it.
refused size=1 'the ELF header ends at byte 64, but the file has only 1 bytes [elf-truncated]'
refused size=4 'the ELF header ends at byte 64, but the file has only 4 bytes [elf-truncated]'
refused size=63 'the ELF header ends at byte 64, but the file has only 63 bytes [elf-truncated]'
refused size=64 'ends at byte 288, but the file has only 64 bytes [elf-truncated]'
refused size=287 'ends at byte 288, but the file has only 287 bytes [elf-truncated]'
refused size=288 '[elf-truncated]'
refused size=4096 '[elf-truncated]'
refused size=8191 '[elf-truncated]'
refused size=10455 '[elf-truncated]'
refused size=12288 '[elf-truncated]'
refused size=16947 'ends at byte 16948, but the file has only 16947 bytes [elf-truncated]'

refused 2.memsz=0x1233 'segment 2: 4660 bytes in the file do not fit into 4659 bytes of memory [elf-segment-sizes]'
refused 2.memsz=0x80000000 'segment 2 at 0xffffffff80002000 with 0x80000000 bytes runs past the end of the address space [elf-segment-wraps]'
refused 2.offset=0xfffffffffffff000 '[elf-truncated]'
refused '0.vaddr=0x100000000000000 entry=0x100000000000000' 'segment 0 at 0x100000000000000 with 0x1000 bytes lies in the non-canonical part of the address space [elf-segment-not-canonical]'
refused '0.vaddr=0xfffffffffff000 0.memsz=0x2000 entry=0xfffffffffff000' '[elf-segment-not-canonical]'
refused '0.vaddr=0x800000000000 entry=0x800000000000' 'segment 0 at 0x800000000000 is out of reach of four levels of page tables [layout-five-levels]'
refused 2.align=3 'segment 2: its alignment 0x3 is no power of two [elf-segment-alignment]'
refused '0.vaddr=0 entry=0' 'segment 0 lies in the first page of the address space, where NULL points [elf-segment-at-zero]'
refused 1.vaddr=0xffffffff80000800 'segments 0 and 1 overlap at 0xffffffff80000800 [elf-segments-overlap]'
refused 2.flags=7 'segment 2 at 0xffffffff80002000 is writable and executable [elf-segment-write-execute]'
refused '0.memsz=0x800 0.filesz=0x800 2.vaddr=0xffffffff80000800' 'segments 0 and 2 share the page 0xffffffff80000000, which would be writable and executable [elf-page-write-execute]'
refused entry=0xffffffff80002000 'its entry point 0xffffffff80002000 is not inside an executable segment [elf-entry]'
refused entry=0 'its entry point 0x0 is not inside an executable segment [elf-entry]'

refused request.magic=1 '[request-damaged]'
refused request.flags=0x8000000000000000 '[request-unknown-requirement]'
refused request.stack_size=0x80000000 'a stack of 0x80000000 bytes is requested [request-stack]'
refused 'request.range_start=0xffff900000000000 request.range_end=0xffff800000000000' '[request-range]'
refused 'request.stack=1 request.stack_at=0x123' '[request-address]'
refused 'request.stack=1 request.stack_at=0xffffffff80001000' '[layout-collision]'
refused 'request.direct_map=1 request.direct_map_at=0xffffffff00000000' '[layout-collision]'
refused 'request.range_start=0xffff800000000000 request.range_end=0xffff800000200000' '[layout-no-room]'

# Modules at an address: what collides with them is known when they are.
"$MAKE_KERNEL" modules.elf request.modules=1 request.modules_at=0xffffffff7fffe000 || die "make_kernel"
expect 0 "$MKIMAGE" check modules.elf
truncate -s 8192 fits
expect 0 "$MKIMAGE" modules.elf --module fits
truncate -s 8193 collides
rm -f modules.img
expect 1 "$MKIMAGE" modules.elf --module collides
mentions 'modules.elf: the modules at 0xffffffff7fffe000 would collide with the kernel, which lies at 0xffffffff80000000 to 0xffffffff80000fff [layout-collision]'
absent modules.img modules.img.partial

# A kernel without a request boots, and mkimage says what that means.
"$MAKE_KERNEL" plain.elf 3.type=0 || die "make_kernel"
expect 0 "$MKIMAGE" plain.elf
says 'mkimage: note: plain.elf has no BOWLINE_REQUEST(): it gets the defaults of bowline.h'

pass
