# SPDX-License-Identifier: MIT
# libmkimage, asked by a program of another build system: it answers what mkimage prints, and prints nothing.
. "$SOURCE/lib.sh"

# answers STATUS ARGUMENT...: library_calls ends so; what it says on stderr is a message, or nothing.
answers()
{
    expect "$1" "$LIBRARY_CALLS" $2 "$3" ${4+"$4"} ${5+"$5"} ${6+"$6"}
    [ "$1" -ne 0 ] || [ ! -s err ] || die "printed $(cat err)"
    [ "$1" -eq 0 ] || [ "$(grep -c '^  what to do: .' err)" -eq 1 ] || die "no message: $(cat err)"
}

# found LINE...: these are the findings, and no others.
found()
{
    [ "$(cat out)" = "$(printf '%s\n' "$@")" ] || die "found $(cat out)"
}

"$MAKE_KERNEL" k.elf && "$MAKE_KERNEL" bad.elf 2.flags=7 && "$MAKE_KERNEL" odd.elf 2.vaddr=0xffffffff80001900 ||
    die "make_kernel"
seq 1000 >module

# ---- Building ----

answers 0 build k.elf ours.img module
found 'ours.img: 36700160 bytes'
expect 0 "$MKIMAGE" k.elf --module module -o k.img
cmp ours.img k.img || die "the library writes another image"
answers 0 netboot k.elf ours-net
expect 0 "$MKIMAGE" netboot theirs-net k.elf
diff -r ours-net theirs-net || die "the library writes another directory"
answers 1 build missing.elf no.img
says 'missing.elf: there is no such file [host-not-found]
  what to do: check the path'

# What no command line can ask for
for wrong in sector_size=513 sector_size=1024 size=1048577 scheme=2 fat=13 mbr_type=5 mbr_type=0xee; do
    answers 1 build-with ${wrong%=*} ${wrong#*=} k.elf no.img
    grep -qF "${wrong%=*} cannot be $((${wrong#*=})) [specification]" err || die "$wrong: $(cat err)"
done
answers 0 build-with sector_size 4096 k.elf large.img
absent no.img no.img.partial

# ---- Checking ----

answers 0 check k.elf
found 'kernel, 0 errors'
answers 1 check bad.elf
head -n 2 out | cut -d'|' -f1-5 >findings
diff - findings <<'END' || die "the findings"
kernel, 1 errors
error|elf-segment-write-execute|segment 2|0x3000+0x1234|segment 2 at 0xffffffff80002000 is writable and executable
END
grep -qx 'cure|in the linker script, in front of .rodata and in front of .data|. = ALIGN(4096);' out || die "$(cat out)"
mv err ours
expect 1 "$MKIMAGE" check bad.elf
[ "$(cat err)" = "mkimage: error: $(cat ours)" ] || die "other words: $(cat err)"

answers 0 check odd.elf
found 'kernel, 0 errors' 'warning|shared-page|segment 1|0x2000+0x8d8|segments 1 and 2 share the page 0xffffffff80001000: constants can be written there|put . = ALIGN(4096); between them in the linker script'
answers 0 check k.elf 0x100000000 module
answers 1 check k.elf 1000
grep -qF 'a PC with 1000 bytes of memory cannot be simulated [pc-memory]' err || die "$(cat err)"
answers 1 check k.elf 0 missing
found 'not read, 0 errors'
answers 1 check missing
found 'not read, 0 errors'
answers 1 check .

answers 0 check k.img
found 'image, 0 errors'
cp k.img damaged.img
printf 'X' | dd of=damaged.img bs=1 seek=1080 conv=notrunc status=none # the name of partition 1
answers 1 check damaged.img
grep -q '^error|[a-z-]*|GPT entries|0x4[0-9a-f]*+0x' out || die "the place: $(cat out)"
mv err ours
expect 1 "$MKIMAGE" check damaged.img
sed -n 's/^mkimage: error: //p' err | head -n 1 >first
[ "$(cat first)" = "$(head -n 1 ours)" ] || die "other words: $(cat first)"
truncate -s +1M k.img
answers 0 check k.img
grep -q '^note|gpt-backup-place|backup GPT header|0x22ffe00+0x200|' out || die "no note: $(cat out)"

# ---- Inspecting ----

cp "$SOURCE/golden/uefi-boot.log" .
for file in k.elf bad.elf damaged.img uefi-boot.log; do
    for form in text json svg html; do
        answers 0 inspect $form $file
        mv out ours
        option=
        [ $form = text ] || option=--$form
        expect 0 "$MKIMAGE" inspect $option $file
        cmp out ours || die "another $form of $file"
    done
done
answers 1 inspect text module
says 'module: neither an ELF file, a disk image nor a boot log [file-kind]
  what to do: name a kernel, an image, or a file with what the loader has said (docs/inspect.md)'
answers 1 inspect svg missing
answers 1 inspect pdf k.elf
grep -qF 'form cannot be 4 [specification]' err || die "$(cat err)"

pass
