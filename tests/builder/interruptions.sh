# SPDX-License-Identifier: MIT
# Whatever stops a build, no new image appears half-made, and the old one stays as it was.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
head -c 300000 /dev/urandom >module

# A sanitizer wants to be loaded first; it does not matter here.
ASAN_OPTIONS=verify_asan_link_order=0
export ASAN_OPTIONS

preloaded()
{
    LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" k.elf --module module
}

# Every call that changes a file fails in turn, as on a full disk; with and without an old image.
try_each()
{
    n=1
    while :; do
        FAIL_AT=$n
        export FAIL_AT
        status=0
        preloaded >out 2>err || status=$?
        [ $status -ne 0 ] || break
        [ $status -eq 1 ] || die "call $n: status $status: $(cat err)"
        mentions 'the disk is full'
        mentions '[host-disk-full]'
        absent k.img.partial
        if [ -f old ]; then
            cmp -s k.img old || die "call $n: the old image was harmed"
        else
            absent k.img
        fi
        checks=$((checks + 1))
        n=$((n + 1))
        [ $n -lt 200 ] || die "it never succeeds"
    done
    unset FAIL_AT
    [ $n -gt 10 ] || die "only $n calls: is it preloaded?"
}

# A disk that reports success and has written something else: reading back shows it for every call that writes.
# damage_each CALLS
damage_each()
{
    n=1 seen=0
    while [ $n -le "$1" ]; do
        cp old k.img
        status=0
        (DAMAGE_AT=$n preloaded) >out 2>err || status=$?
        if [ $status -eq 0 ]; then # another call than a writing one
            cmp -s k.img new || die "damage in call $n: not noticed"
        else
            [ $status -eq 1 ] || die "damage in call $n: status $status: $(cat err)"
            mentions '[host-verify]'
            cmp -s k.img old || die "damage in call $n: the old image was harmed"
            seen=$((seen + 1))
        fi
        absent k.img.partial
        n=$((n + 1))
    done
    [ $seen -ge $(($1 - 5)) ] || die "only $seen of $1 calls could be damaged" # ftruncate, fsync, rename
    checks=$((checks + seen))
}

try_each
cp k.img new
{ printf 'an older image'; head -c 496 /dev/zero; printf '\125\252'; } >old
cp old k.img
try_each
cmp -s k.img new || die "the image differs after failures"
damage_each $((n - 1))

# The same by reading and writing, where copy_file_range() is not to be had.
NO_COPY_FILE_RANGE=1
export NO_COPY_FILE_RANGE
cp old k.img
try_each
cmp -s k.img new || die "the image depends on how it is copied"
damage_each $((n - 1))
unset NO_COPY_FILE_RANGE

ulimit -c 0 # SIGQUIT leaves a core elsewhere
# The same with a signal before each call. INT, QUIT, TERM and HUP leave no partial file; KILL may, and
# the next build uses it again.
for SIGNAL in 1 2 3 15 9; do
    export SIGNAL
    cp old k.img
    n=1
    while :; do
        status=0
        (SIGNAL_AT=$n preloaded) >out 2>err || status=$?
        [ $status -ne 0 ] || break
        [ $status -eq $((128 + SIGNAL)) ] || die "signal $SIGNAL at call $n: status $status"
        [ "$SIGNAL" -eq 9 ] || absent k.img.partial
        # The last call comes after the renaming.
        cmp -s k.img old || cmp -s k.img new || die "signal $SIGNAL at call $n harmed the old image"
        checks=$((checks + 1))
        n=$((n + 1))
    done
    [ $n -gt 10 ] || die "only $n calls got signal $SIGNAL"
    absent k.img.partial
    cmp -s k.img new || die "what signal $SIGNAL left shines through"
done

# A file size limit of the shell: 1 MiB.
cp old k.img
status=0
(
    ulimit -f 1024
    exec "$MKIMAGE" k.elf --module module
) >out 2>err || status=$?
[ $status -eq 1 ] || die "file size limit: status $status"
mentions 'k.img: the image of 35 MiB is larger than a file may be here [host-file-limit]'
absent k.img.partial
cmp -s k.img old || die "file size limit: the old image was harmed"
cp err err.written
status=0
(
    ulimit -f 1024
    exec "$MKIMAGE" k.elf --module module --dry-run
) >out 2>err || status=$?
[ $status -eq 1 ] || die "file size limit, --dry-run: status $status"
cmp err err.written || die "file size limit: --dry-run says something else"

# What a killed run has left is used again, whatever it is.
head -c 50000000 /dev/zero | tr '\0' x >k.img.partial
expect 0 "$MKIMAGE" k.elf --module module
cmp -s k.img new || die "a left-over partial file shines through"
absent k.img.partial
mkdir k.img.partial
expect 1 "$MKIMAGE" k.elf
mentions 'k.img.partial: cannot be written'
rmdir k.img.partial
ln -s elsewhere k.img.partial
expect 1 "$MKIMAGE" k.elf
mentions 'k.img.partial: cannot be written'
absent elsewhere
rm k.img.partial

# Many builds of one image at once end with one whole image.
rm -f k.img
for i in 1 2 3 4 5 6; do
    "$MKIMAGE" k.elf --module module >out.$i 2>err.$i &
    eval "pid$i=$!"
done
for i in 1 2 3 4 5 6; do
    eval "wait \$pid$i" || die "build $i of six at once: $(cat err.$i)"
done
cmp -s k.img new || die "six builds at once made another image"
absent k.img.partial

# Through a symbolic link the image itself is replaced.
mkdir folder
ln -s folder/real.img link.img
cp old folder/real.img
expect 0 "$MKIMAGE" k.elf --module module -o link.img
[ -L link.img ] || die "the link was replaced"
cmp -s folder/real.img new || die "the link's target is not the image"

pass
