# SPDX-License-Identifier: MIT
# The same inputs give the same bytes; other inputs give another identity.
. "$SOURCE/lib.sh"

. "$SOURCE/several_images.sh"

make_inputs
several_images first
# What a second run could find: other caches, other addresses, another process number.
several_images again
same_images first again "a second time"

# In another folder, with files that were made in another order, at other times and with other rights; with another
# umask, locale, time zone and environment.
mkdir -p 'another folder/deep/tree/a' 'another folder/deep/tree/b folder/deep'
(
    cd 'another folder/deep' || exit 1
    cp ../../k.elf ../../module .
    for file in ../../tree/b*/deep/*; do
        echo "$file"
    done | sort -r | while read -r file; do
        cp "$file" 'tree/b folder/deep/'
    done
    cp --sparse=never ../../tree/a/hole tree/a/
    : >tree/a/empty
    touch -d '2001-02-03 04:05:06' k.elf
    touch -d '2033-02-03 04:05:06' module 'tree/b folder' tree/a/*
    chmod 400 k.elf
    chmod 500 'tree/b folder'
    umask 077
    export LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8 TZ=Pacific/Kiritimati HOME=/nonexistent TMPDIR=/nonexistent COLUMNS=40
    several_images second
) || die "the second build failed"
same_images first 'another folder/deep/second' "in another folder, with other times, rights, umask and environment"
chmod 700 'another folder/deep/tree/b folder'

# in_a_shell COMMAND...: runs this with those, in a shell of its own that has the functions; `said` is its output.
in_a_shell()
{
    # shellcheck disable=SC2016 # the inner shell's
    "$@" sh -uc '. "$SOURCE/lib.sh"; . "$SOURCE/several_images.sh"; several_images other; id -u; date +%Y' >said 2>&1 ||
        die "$*: $(cat said)"
}

# On another day, in another century.
days="1999-12-31 2040-05-06"
if nm "$MKIMAGE" 2>/dev/null | grep -q ' __asan_init$'; then
    echo "$0: not tried on another day: faketime and the address sanitizer wait for each other for ever"
    days=
fi
for day in $days; do
    in_a_shell faketime "$day 07:08:09"
    [ "$(sed -n 2p said)" = "${day%%-*}" ] || die "the day was not changed: $(cat said)"
    same_images first other "on $day"
    rm -r other
done

# As another user, who has a copy of everything.
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
chmod 755 "$elsewhere"
cp -R k.elf module tree "$MKIMAGE" "$SOURCE/lib.sh" "$SOURCE/several_images.sh" "$elsewhere"
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$elsewhere"
    set -- setpriv --reuid=65534 --regid=65534 --clear-groups
else
    set -- unshare --user --map-root-user
fi
if "$@" true 2>why; then
    (
        cd "$elsewhere" || exit 1
        SOURCE=$elsewhere MKIMAGE=$elsewhere/${MKIMAGE##*/} in_a_shell "$@"
        [ "$(sed -n 1p said)" != "$(id -u)" ] || die "the user was not changed: $(cat said)"
    ) || exit 1
    same_images first "$elsewhere/other" "as another user"
else
    echo "$0: not tried as another user: $(cat why)"
fi

build()
{
    expect 0 "$MKIMAGE" k.elf --module module --command-line text -o "$1"
}

# The two schemes have no identity in common.
build first.img
expect 0 "$MKIMAGE" k.elf --module module --command-line text --scheme mbr -o mbr.img
[ "$(od -An -tx4 -j 440 -N 4 mbr.img)" != "$(od -An -tx4 -j 440 -N 4 first.img)" ] || die "one disk signature for two schemes"

# SOURCE_DATE_EPOCH is the time of everything, and of nothing else.
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
build dated.img
mdir -i dated.img@@1M ::/ | grep -q 'KERNEL .* 2023-11-14  22:13' || die "$(mdir -i dated.img@@1M ::/)"
judge dated.img
SOURCE_DATE_EPOCH=0
build epoch.img
cmp first.img epoch.img || die "before 1980 is not 1980"
SOURCE_DATE_EPOCH=99999999999
build late.img
mdir -i late.img@@1M ::/ | grep -q 'KERNEL .* 2107-12-31  23:59' || die "$(mdir -i late.img@@1M ::/)"
unset SOURCE_DATE_EPOCH

# What is not in the image does not change it: debug sections, and how a module is called outside.
cp module elsewhere
expect 0 "$MKIMAGE" k.elf --module elsewhere:module --command-line text -o third.img
cmp first.img third.img || die "the name outside matters"

identity()
{
    sgdisk -p "$1" | sed -n 's/^Disk identifier (GUID): //p'
    sgdisk -i 1 "$1" | sed -n 's/^Partition unique GUID: //p'
    sgdisk -i 2 "$1" | sed -n 's/^Partition unique GUID: //p'
    od -An -tx4 -j 440 -N 4 "$1"
    od -An -tx4 -j $((1048576 + 67)) -N 4 "$1"
}
identity first.img >identity.1
[ "$(sort -u identity.1 | wc -l)" -eq 5 ] || die "identities are not told apart: $(cat identity.1)"
expect 0 "$MKIMAGE" k.elf --module module --command-line texT -o other.img
identity other.img >identity.2
[ "$(sort identity.1 identity.2 | uniq -d)" = '' ] || die "two images share an identity"

pass
