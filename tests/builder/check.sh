# SPDX-License-Identifier: MIT
# What mkimage check says about kernels: the whole of it for some, each warning, each part of the plan.
. "$SOURCE/lib.sh"

# report NAME STATUS FIELD=NUMBER...: all that check says of a kernel, with its complaint at the end.
report()
{
    name=$1 expected=$2
    shift 2
    "$MAKE_KERNEL" "$name.elf" "$@" || die "make_kernel $*"
    expect "$expected" "$MKIMAGE" check "$name.elf"
    cat out err >report
    golden "check-$name.txt" report
}

report good 0
report requests 0 request.stack_size=0x20000 request.flags=0x48 request.direct_map=2 \
    request.stack=1 request.stack_at=0xffffa00000000000 request.recursive_index=300 \
    request.range_start=0xffff900000000000 request.range_end=0xffffb00000000000
report random 0 type=3 phnum=8 4.type=0 request.flags=0x4
report five-levels 0 request.flags=0x1000000000 0.vaddr=0xff80000000000000 1.vaddr=0xff80000000001000 \
    2.vaddr=0xff80000000002000 entry=0xff80000000000000
report text-mode 0 request.flags=0x200000000 request.framebuffer=2
report writable-code 1 2.flags=7
report damaged 1 size=4000
report headers 1 phnum=0
report collision 1 request.boot_info=1 request.boot_info_at=0xffffffff80001000

# Of a file that is no ELF file there is nothing else to say.
: >empty.elf
expect 1 "$MKIMAGE" check empty.elf
mentions 'empty.elf: the file is empty [elf-empty]'
printf 'kernel' >text.elf
expect 1 "$MKIMAGE" check text.elf
mentions '[elf-not-elf]'
grep -q '^      --oformat elf64-x86-64$' out || die "no cure: $(cat out)"

# The plan is one for the PC that the options describe.
expect 0 "$MKIMAGE" check --memory 6GiB good.elf
grep -q '^  plan     for a PC with 6 GiB ' out || die "another PC: $(cat out)"
grep -q '  7 GiB       loader     direct map$' out || die "another direct map: $(cat out)"
truncate -s 5000 module
: >nothing
expect 0 "$MKIMAGE" check --module module --module nothing --module module good.elf
grep -q '  rw-     16 KiB      loader     modules$' out || die "other modules: $(cat out)"
expect 0 "$MKIMAGE" check --module nothing good.elf
! grep -q 'modules' out || die "modules of no size have a place: $(cat out)"
expect 1 "$MKIMAGE" check --module absent good.elf
mentions 'absent: there is no such file [host-not-found]'
for size in 15M 4097G 64 64K 20000001 -1M M 99999999999999999999G ''; do
    expect 2 "$MKIMAGE" check --memory "$size" good.elf
    grep -qF -- "--memory takes whole MiB from 16M to 4T, not \"$size\"" err || die "said: $(cat err)"
done
expect 2 "$MKIMAGE" check
expect 2 "$MKIMAGE" check good.elf good.elf

# warned NAME TEXT [FIELD=NUMBER]...: the kernel boots, with this warning among its warnings.
warned()
{
    name=$1 text=$2
    shift 2
    "$MAKE_KERNEL" k.elf "$@" || die "make_kernel $*"
    truncate -s "${length:-+0}" k.elf
    expect 0 "$MKIMAGE" check k.elf
    grep -qF "  warning  $text [$name]" out || die "no warning $name, or another text: $(cat out)"
    grep -A 1 -F "[$name]" out | grep -q '^           what to do: .' || die "no remedy: $(cat out)"
}

expect 0 "$MKIMAGE" check good.elf
! grep -q '^  warning' out || die "a good kernel is warned of: $(cat out)"
warned no-request 'it has no BOWLINE_REQUEST(): it gets the defaults of bowline.h' 3.type=0
warned kaslr-fixed 'it wants random addresses, but cannot be moved itself: everything else is' request.flags=4
warned smp 'it wishes for all processors, which this loader does not start' request.flags=0x20
warned large-stack 'a stack of 64 MiB needs as much free memory in one piece' request.stack_size=0x4000000
warned newer-request 'its bowline.h is newer than this loader: what was added since is ignored' \
    request.version=0x100000000
warned shared-page \
    'segments 1 and 2 share the page 0xffffffff80001000: constants can be written there' 2.vaddr=0xffffffff80001900
warned interpreter \
    'it names a program interpreter, as programs of an operating system do: it is ignored' 3.type=3
warned huge-alignment 'it is aligned to 1024 MiB: where it can be moved, to few places' 0.align=0x40000000
warned padded-file '104 KiB of the file are padding, because segments are aligned to 2048 KiB' \
    0.align=0x200000 shnum=0
warned no-symbols 'it has no symbol table: the fault screen shows addresses without names' shnum=0
length=400000 warned zeros '128 KiB of zeros at the end of writable segments lie in the file' \
    2.offset=0x20000 2.filesz=0x20000 2.memsz=0x20000
warned no-plan \
    'on a PC with 256 MiB the boot stops: 1048576 KiB of free memory in one piece are needed, and the largest piece has 260892 KiB [not-enough-memory]' \
    request.stack_size=0x40000000
! grep -q '^  plan' out || die "a plan for a PC that is too small: $(cat out)"
expect 0 "$MKIMAGE" check --memory 2G k.elf
grep -q '  1 GiB       loader     stack$' out || die "no large stack: $(cat out)"

pass
