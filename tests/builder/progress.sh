# SPDX-License-Identifier: MIT
# The bar that shows how far mkimage has come: on a terminal, after a second, and gone at the end.
. "$SOURCE/lib.sh"

# A sanitizer wants to be loaded first; it does not matter here.
ASAN_OPTIONS=verify_asan_link_order=0
export ASAN_OPTIONS

# on_terminal SPEED COMMAND...: what a terminal sees of it on standard error, with a clock that runs so many times faster.
on_terminal()
{
    speed=$1
    shift
    printf '%s ' "$@" >line
    script -qec "faketime -f '+0 x$speed' $(cat line) 2>&1 >result" seen >/dev/null || die "$* on a terminal: $(cat seen)"
    sed '1d; $d' seen | tr '\r' '\n' >lines # without what script itself writes
}

"$MAKE_KERNEL" k.elf || die "make_kernel"
truncate -s 20M module
for command in "build k.elf --module module -o k.img" 'check k.img' 'inspect --json k.img' \
    'netboot tftp k.elf --module module'; do
    # shellcheck disable=SC2086 # a command line
    on_terminal 100000 "$MKIMAGE" $command
    grep -qE '^\[#+ *\] +[0-9]+ %' lines || die "no bar: $(cat seen)"
    [ "$(tail -n 1 lines)" = "$(printf '\033[K')" ] || die "the bar is still there: $(od -c lines | tail -n 3)"
    # shellcheck disable=SC2086
    on_terminal 1 "$MKIMAGE" $command
    ! grep -q '%' lines || die "a bar for what is quick: $(cat seen)"
    # shellcheck disable=SC2086
    expect 0 faketime -f '+0 x100000' "$MKIMAGE" $command
    [ ! -s err ] || die "a bar without a terminal: $(cat err)"
done
on_terminal 100000 "$MKIMAGE" build -q k.elf --module module -o k.img
[ -z "$(tr -d "\n" <lines)" ] || die "a bar, although it was to be quiet: $(cat seen)"

pass
