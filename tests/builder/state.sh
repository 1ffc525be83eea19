# SPDX-License-Identifier: MIT
# mkimage state: shows the boot state, and changes it one record at a time, in images and on disks.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
cat >boot.conf <<END
entry new
kernel /kernel.elf
slot 20 3
entry old
kernel /kernel.elf
slot 10 255
entry tool
kernel /kernel.elf
END

# record FILE 0|1: its bytes
record()
{
    od -An -v -tx1 -j $((917504 + $2 * 65536)) -N 512 "$1" | tr -d ' \n'
}

# sequence FILE: the number of the change that counts
sequence()
{
    "$MKIMAGE" state --json "$1" | sed -n 's/.*"sequence":\([0-9]*\).*/\1/p'
}

# changes FILE OPTION...: one record becomes another one, which counts, and nothing else in the file changes.
changes()
{
    file=$1
    shift
    before=$(sequence "$file") zeroth=$(record "$file" 0) first=$(record "$file" 1)
    cp "$file" copy
    expect 0 "$MKIMAGE" state "$@" "$file"
    cp out shown
    [ "$(sequence "$file")" -eq $((before + 1)) ] || die "$*: not one change"
    [ "$(record "$file" 0)" = "$zeroth" ] || [ "$(record "$file" 1)" = "$first" ] || die "$*: both records have changed"
    for place in 917504 983040; do
        dd if="$file" of=copy bs=512 skip=$((place / 512)) seek=$((place / 512)) count=1 conv=notrunc status=none
    done
    cmp copy "$file" || die "$*: something else has changed"
    expect 0 "$MKIMAGE" check "$file"
    [ ! -s err ] || die "$*: $(cat err)"
    cp shown out
}

# has TEXT: the last output has this line, whatever the space between its words.
has()
{
    tr -s ' ' <out | grep -qxF -- " $1" || die "no \"$1\" in: $(cat out)"
}

# all_of FILE: what can be done with it
all_of()
{
    expect 0 "$MKIMAGE" state "$1"
    has 'default entry as boot.conf says'
    has 'next boot only no entry'
    has '- new 20 3 of 3 not started yet'
    has '- old 10 255 of 255 not started yet'
    changes "$1" --confirm old
    has '1 old 10 255 of 255 has come up'
    has '- new 20 3 of 3 not started yet'
    changes "$1" --default tool --once new
    has 'default entry tool'
    has 'next boot only new'
    changes "$1" --reset 1
    has '1 old 10 255 of 255 not confirmed'
    changes "$1" --confirm 1 --default none
    has 'default entry as boot.conf says'
    has 'next boot only new'
    changes "$1" --once none
    has 'next boot only no entry'
    expect 0 "$MKIMAGE" state --json "$1"
    python3 - <<'END' || die "$(cat out)"
import json
state = json.load(open("out"))
assert state["record"] in (0, 1) and state["is_other_record_whole"] and "default" not in state, state
assert state["slots"] == [
    {"entry": "new", "priority": 20, "attempts": 3, "attempts_left": 3, "is_confirmed": False},
    {"slot": 1, "entry": "old", "priority": 10, "attempts": 255, "attempts_left": 255, "is_confirmed": True}], state
END
}

expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 -o gpt.img
cp gpt.img fresh.img
expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --scheme mbr -o mbr.img
expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --sector-size 4096 -o 4096.img
expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --no-bios -o uefi.img
for image in gpt.img mbr.img 4096.img uefi.img; do
    all_of $image
done

# As new again. A refused change changes nothing.
expect 0 "$MKIMAGE" state --reset-all gpt.img
cmp gpt.img fresh.img || die "--reset-all leaves something behind"
for option in '--confirm nobody' '--confirm 1' '--confirm tool' '--reset 17' '--default nobody' '--once nobody' \
    '--default tool --once nobody'; do
    # shellcheck disable=SC2086
    expect 1 "$MKIMAGE" state $option gpt.img
    [ "$(wc -l <err)" -eq 2 ] || die "$option: $(cat err)"
done
cmp gpt.img fresh.img || die "a refused change has changed something"

# poke FILE OFFSET: another byte there
poke()
{
    printf '\252' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# One record that a power cut has left: the other counts, and it is written next.
poke gpt.img 917604
expect 0 "$MKIMAGE" check gpt.img
grep -qF 'boot state, first record, bytes 0xe0000 to 0xe01ff: it is not whole' err || die "no note: $(cat err)"
expect 0 "$MKIMAGE" state gpt.img
has 'other record not whole, as a power cut leaves it'
has 'changes 1, the last one in the second record'
expect 0 "$MKIMAGE" state --default tool gpt.img
expect 0 "$MKIMAGE" check gpt.img
[ ! -s err ] || die "$(cat err)"

# Both.
poke gpt.img 917604
poke gpt.img 983140
for option in '' '--confirm old' '--default tool'; do
    # shellcheck disable=SC2086
    expect 1 "$MKIMAGE" state $option gpt.img
    mentions '[state-damaged]'
done
expect 1 "$MKIMAGE" check gpt.img
expect 0 "$MKIMAGE" state --reset-all gpt.img
cmp gpt.img fresh.img || die "--reset-all does not mend"

# A record that cannot be read, and whose sector is good again when it has been written as a whole.
for place in 917504 983040; do
    cp fresh.img bad.img
    expect 0 "$MKIMAGE" state --default tool bad.img
    expect 0 env UNREADABLE=$place LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" state --reset-all bad.img
    cmp bad.img fresh.img || die "$place: it is not as new"
    expect 0 "$MKIMAGE" check bad.img
    [ ! -s err ] || die "$place: $(cat err)"
done
cp fresh.img bad.img
expect 0 env UNREADABLE=983040 LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" state bad.img
has 'other record not whole, as a power cut leaves it'
expect 0 env UNREADABLE=983040 LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" state --confirm old bad.img
expect 0 "$MKIMAGE" state bad.img
has '1 old 10 255 of 255 has come up'

# A disk, where a loop device can be set up.
loop=
trap '[ -z "$loop" ] || losetup --detach "$loop"' EXIT
for size in 512 4096; do
    image=fresh.img
    [ $size = 512 ] || { expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --sector-size 4096 -o image; image=image; }
    cp $image disk.img
    loop=$(losetup --find --show --sector-size $size disk.img 2>&1) || {
        echo "$0: no disk with sectors of $size bytes: $loop"
        loop=
        continue
    }
    all_of "$loop"
    losetup --detach "$loop"
    loop=
    ! cmp -s $image disk.img || die "nothing has reached the disk"
    expect 0 "$MKIMAGE" state disk.img
    has '1 old 10 255 of 255 has come up'
done
echo "$0: $checks checks"
