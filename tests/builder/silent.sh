#!/bin/sh
# SPDX-License-Identifier: MIT
# silent.sh sanitizers|valgrind SCRIPT [ARGUMENT]...: runs one of the tests here, in an empty folder as they want it, and fails also
# when the sanitizers that mkimage was built with, or valgrind that it is run by, had anything to report: an access
# outside of what is valid, a use of what was never set, an operation that C does not define, or memory that was lost:
# to which nothing points at the end. What they report goes into files, so that it is noticed also where a test does
# not look at mkimage's output or exit status.
set -eu

reports=$PWD.reports
rm -rf "$reports"
mkdir "$reports"
chmod 1777 "$reports" # mkimage may be run as another user
kind=$1
shift
case $kind in
sanitizers)
    ASAN_OPTIONS=log_path=$reports/report:verify_asan_link_order=0:detect_stack_use_after_return=1
    UBSAN_OPTIONS=log_path=$reports/report:print_stacktrace=1
    export ASAN_OPTIONS UBSAN_OPTIONS
    ;;
valgrind)
    # exec: a shell in between would take the place of what is preloaded. Without a folder for its own temporary
    # files valgrind does not start.
    cat >"$reports/mkimage" <<END
#!/bin/sh
# valgrind lets nobody raise the number of open files later.
ulimit -S -n "\$(ulimit -H -n)"
[ -d "\${TMPDIR:-/}" ] || exec "$MKIMAGE" "\$@"
exec $(command -v valgrind) -q --error-exitcode=99 --leak-check=full \\
    "--log-file=$reports/report.%p" "$MKIMAGE" "\$@"
END
    chmod +x "$reports/mkimage"
    MKIMAGE=$reports/mkimage
    export MKIMAGE
    ;;
esac
status=0
sh "$@" || status=$?
find "$reports" -name 'report*' -size +0 >said
if [ -s said ]; then
    echo "$kind: $(wc -l <said) reports, of which this is the first:"
    cat "$(head -n 1 said)"
    exit 1
fi
rm -r "$reports"
exit $status
