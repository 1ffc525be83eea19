# SPDX-License-Identifier: MIT
# SIGKILL at every system call in turn, from the first to the last that mkimage makes: what was there before is
# complete, or what was to be made is, and at most one partial file is left, which the next run removes.
#
#   system-calls.sh [EVERY]
#
# With EVERY only at each of that many calls, and at those where names change or data reaches the disk.
. "$SOURCE/lib.sh"

every=${1:-1}
left_min=20 done_min=5
[ "$every" -eq 1 ] || left_min=3 done_min=0

if ! strace -qq -o trace true 2>why; then
    echo "$0: skipped: no process may be traced here: $(cat why)"
    exit 77
fi

"$MAKE_KERNEL" k.elf || die "make_kernel"
head -c 300000 /dev/urandom >module
mkdir none work temporary
TMPDIR=$PWD/temporary
ASAN_OPTIONS=detect_leaks=0 # it cannot do that in a process that is traced
export TMPDIR ASAN_OPTIONS

# in_work COMMAND...: mkimage with these arguments, in the folder where it writes
in_work()
{
    (cd work && { "$@" || exit $?; }) >out 2>err
}

# set_up FOLDER: the outputs are those in FOLDER, and nothing else.
set_up()
{
    rm -rf work
    cp -R "$1" work
}

# The name of each call and how often there has been one of this name. The first, execve, is not yet mkimage's.
list_calls()
{
    sed -n 's/^\([a-z][a-z0-9_]*\)(.*/\1/p' trace | tail -n +2 | awk '{ print $1, ++count[$1] }'
}

# Of a list of them each of $every, and all by which names change or data reaches the disk.
choose_calls()
{
    awk -v every="$every" 'NR % every == 0 || /^(rename|fsync|unlink)/' "$1"
}

# complete BEFORE AFTER: each file in work is as in one of these two folders, and what was in BEFORE is still there.
# `partial` is what else there is, and `is_done` is set when all is as in AFTER.
complete()
{
    partial=$(cd work && find . -name '*.partial')
    [ "$(echo "$partial" | wc -l)" -eq 1 ] || die "killed at $call: several partial files: $partial"
    (cd work && find . -type f ! -name '*.partial' | sort) >found
    (cd "$2" && find . -type f | sort) >names
    [ -z "$(comm -23 found names)" ] || die "killed at $call: other files: $(cat found)"
    is_done=1
    while read -r file; do
        if ! cmp -s "work/$file" "$2/$file"; then
            is_done=
            if [ -e "work/$file" ] || [ -e "$1/$file" ]; then
                cmp -s "work/$file" "$1/$file" || die "killed at $call: $file is neither old nor new"
            fi
        fi
    done <names
    checks=$((checks + 1))
}

# kill_at_each BEFORE AFTER ARGUMENT...: the work of mkimage with these arguments, which makes AFTER of BEFORE.
kill_at_each()
{
    before=$1 after=$2
    shift 2
    set_up "$before"
    in_work strace -qq -o ../trace "$MKIMAGE" "$@" || die "under strace: $(cat err)"
    diff -r work "$after" || die "under strace: another output"
    list_calls >calls
    total=$(wc -l <calls)
    [ "$total" -gt 150 ] || die "only $total system calls: $(cat trace)"
    choose_calls calls >chosen
    left=0 done=0
    while read -r name number; do
        call="$name() number $number of: $*"
        set_up "$before"
        status=0
        in_work strace -qq -o ../trace -e "trace=$name" -e "inject=$name:signal=KILL:when=$number" "$MKIMAGE" "$@" || status=$?
        [ "$status" -eq 137 ] || die "$call: not killed, but status $status: $(cat err)"
        complete "$before" "$after"
        [ -z "$is_done" ] || done=$((done + 1))
        if [ -n "$partial" ]; then
            left=$((left + 1))
            in_work "$MKIMAGE" "$@" || die "after a kill at $call: $(cat err)"
            diff -r work "$after" || die "after a kill at $call: another output"
        fi
    done <chosen
    # The test itself: some kills came before the end, and some after it.
    [ "$left" -gt $left_min ] || die "only $left kills left a partial file"
    [ "$done" -gt $done_min ] || die "only $done kills came after the end"
    echo "$0: killed at $(wc -l <chosen) of $total calls, $left partial files, $done complete: $*"
}

# try ARGUMENT...: with and without an older output. The older has another command line.
try()
{
    rm -rf old new
    set_up none
    in_work "$MKIMAGE" "$@" --command-line older || die "$(cat err)"
    cp -R work old
    set_up none
    in_work "$MKIMAGE" "$@" || die "$(cat err)"
    cp -R work new
    kill_at_each none new "$@"
    kill_at_each old new "$@"
}

try ../k.elf -o k.img --module ../module --fat 12
try ../k.elf -o k.img --module ../module --scheme mbr --fat 12
try netboot tree ../k.elf --module ../module
[ -z "$(ls temporary)" ] || die "temporary files: $(ls temporary)"

pass
