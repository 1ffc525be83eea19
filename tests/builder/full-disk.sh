# SPDX-License-Identifier: MIT
# A disk that is really full: the message says so, and nothing is left behind.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
head -c 300000 /dev/urandom >module
mkdir disk

# Mounting a small one needs root, or a namespace in which we are root: some containers have neither.
# It goes away with the processes of its namespace.
cat >on-disk <<'END'
mount -t tmpfs -o size=200k none disk 2>refusal || exit 77
"$MKIMAGE" k.elf --module module -o disk/k.img
status=$?
ls -A disk >left
exit $status
END
status=77
for options in -m -rm; do
    [ $status -eq 77 ] && unshare $options true 2>refusal || continue
    status=0
    unshare $options sh on-disk >out 2>err || status=$?
done
if [ $status -eq 77 ]; then
    echo "$0: skipped, for no disk can be mounted: $(cat refusal)"
    exit 77
fi
[ $status -eq 1 ] || die "status $status: $(cat err)"
mentions 'disk/k.img: the disk is full'
mentions '[host-disk-full]'
[ ! -s left ] || die "$(cat left) was left behind"
checks=$((checks + 1))
pass
