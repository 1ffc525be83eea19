#!/bin/bash
# dependencies-test.sh INSTALL_DEPENDENCIES: what it does where nothing is missing, and where something is,
# for root, for somebody with sudo, and for somebody without. The system's own programs are replaced.
set -euo pipefail

script=$1
source "$(dirname "$0")/../complaints.sh"

# fake NAME: a program with the body on stdin
fake() {
  { echo '#!/bin/bash'; cat; } >"$directory/$1"
  chmod +x "$directory/$1"
}
fake dpkg-query <<<'[[ " $MISSING " == *" ${!#} "* ]] || printf installed'
fake id <<<'echo "$USER_ID"'
fake sudo <<<'[[ $HAS_SUDO == yes ]] && shift && exec "$@"'
fake apt-get <<<'echo "apt-get $*" >>"$CALLS"'

# run STATUS MISSING USER_ID HAS_SUDO
run() {
  local status=0
  : >"$directory/calls"
  MISSING=$2 USER_ID=$3 HAS_SUDO=$4 CALLS=$directory/calls PATH=$directory:$PATH \
    "$script" >"$directory/output" 2>&1 || status=$?
  [[ $status == "$1" ]] || complain "exit status $status, not $1: $(cat "$directory/output")"
}
# expect WHAT FILE: its contents are those on stdin
expect() {
  diff "$directory/$2" - || complain "$1"
}

run 0 "" 1000 no
expect "nothing is missing, but it speaks" output </dev/null
run 0 "" 0 no
expect "nothing is missing, but it installs" calls </dev/null

run 1 "lld mtools" 1000 no
expect "an ordinary user's advice" output <<'END'
Packages are missing, and only root can install them. Run this as root, then try again:

  apt-get update && apt-get install -y --no-install-recommends lld mtools

END
expect "it installs without being root" calls </dev/null

for way in "0 no" "1000 yes"; do
  # shellcheck disable=SC2086 # two words
  run 0 "lld mtools" $way
  expect "what is run with user id and sudo $way" calls <<'END'
apt-get update
apt-get install -y --no-install-recommends lld mtools
END
done
((failures == 0))
