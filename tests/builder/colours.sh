# SPDX-License-Identifier: MIT
# Colours: on a terminal that has them and whose user wants them, and nowhere else.
. "$SOURCE/lib.sh"

escape=$(printf '\33')
"$MAKE_KERNEL" good.elf || die "make_kernel"
"$MAKE_KERNEL" plain.elf 3.type=0 || die "make_kernel"
"$MAKE_KERNEL" warned.elf request.flags=0x4 || die "make_kernel"

# terminal [NAME=VALUE]... COMMAND...: what it writes to a terminal, in `seen`
terminal()
{
    {
        printf 'env'
        for word in "$@"; do
            printf " '%s'" "$word"
        done
    } >command
    TERM=xterm NO_COLOR='' script -qec "sh ./command" /dev/null </dev/null | tr -d '\r' >seen
    checks=$((checks + 1))
}
is_coloured()
{
    grep -qF -- "$escape[1;$1m$2$escape[0m" seen || die "\"$2\" is not in colour $1: $(cat -v seen)"
}
is_plain()
{
    grep -q '^mkimage: error: ' seen || die "$1: $(cat -v seen)"
}

terminal "$MKIMAGE" check missing.elf
is_coloured 31 'error:'
terminal "$MKIMAGE" no-such-verb --no-such-option
is_coloured 31 'error:'
terminal "$MKIMAGE" build plain.elf
is_coloured 36 'note:'
terminal "$MKIMAGE" check warned.elf
is_coloured 35 '  warning '

# But for the colours it is what everybody else gets.
sed "s/$escape\[[0-9;]*m//g" seen >stripped
expect 0 "$MKIMAGE" check warned.elf
cat out err | diff - stripped || die "colours change more than colours"
! grep -q "$escape" out err || die "colours without a terminal"

# One of the two streams is a terminal.
terminal sh -c "\"\$1\" check warned.elf >file; \"\$1\" check missing.elf" sh "$MKIMAGE"
is_coloured 31 'error:'
! grep -q "$escape" file || die "colours in a file: $(cat -v file)"
terminal sh -c "\"\$1\" check warned.elf; \"\$1\" check missing.elf 2>file" sh "$MKIMAGE"
is_coloured 35 '  warning '
! grep -q "$escape" file || die "colours in a file: $(cat -v file)"

terminal NO_COLOR=1 "$MKIMAGE" check missing.elf
is_plain "NO_COLOR is set"
terminal TERM=dumb "$MKIMAGE" check missing.elf
is_plain "the terminal is dumb"
terminal -u TERM "$MKIMAGE" check missing.elf
is_plain "the terminal is unknown"

# The verdicts, by a QEMU that reports one.
mkdir bin
cat >bin/qemu-system-x86_64 <<'END'
#!/bin/sh
exit 9
END
chmod +x bin/qemu-system-x86_64
terminal PATH="$PWD/bin:$PATH" "$MKIMAGE" test --bios --junit report.xml good.elf good.elf
is_coloured 31 'not tested'
! grep -q "$escape" report.xml || die "colours in a report"
pass
