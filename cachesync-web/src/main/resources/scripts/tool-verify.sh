# Parameter: a program. Prints its SHA-256 where it is there and can be run.
IFS= read -r program
test -f "$program" && test -x "$program" || exit 1
sha256sum -- "$program"
