# SPDX-License-Identifier: MIT
# The must-fail cases: every line of failures.txt.
. "$SOURCE/lib.sh"

# poke FILE OFFSET BYTES: in octal, as printf has them
poke()
{
    # shellcheck disable=SC2059 # the bytes are a format
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

number=0
cases=0
while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in
    '' | '#'*) continue ;;
    '$ '*)
        eval "${line#\$ }" || die "line $number: $line"
        continue
        ;;
    esac
    status=${line%% |*}
    text=${line##*| }
    rest=${line#*| }
    eval "set -- ${rest%|*}"
    expect "$status" "$MKIMAGE" "$@"
    grep -qF -- "$text" err || die "line $number: mkimage $*: no \"$text\" in: $(cat err)"
    grep -q '^mkimage: error: ' err || die "line $number: mkimage $*: no error: $(cat err)"
    grep -q '^  what to do: .' err || die "line $number: mkimage $*: no remedy: $(cat err)"
    for partial in *.partial; do
        absent "$partial"
    done
    cases=$((cases + 1))
done <"$SOURCE/failures.txt"
[ "$cases" -ge 60 ] || die "only $cases cases"
pass
