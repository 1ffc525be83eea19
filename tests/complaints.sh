# Sourced by the tests that say all that is wrong, and not only the first of it: $directory, which is gone
# when they end, and how many complaints there were in $failures.
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
failures=0

# complain TEXT
complain() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$1"
  failures=$((failures + 1))
}
