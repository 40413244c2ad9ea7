# Finds every process that a script started, however far it detached itself.
#
# A "child subreaper" (prctl(2)) becomes the parent of all its orphaned descendants, so after the
# tests whatever has this shell as its parent was left behind by them, and is ours to end.

# Starts this script again as a subreaper, unless it is one already.
become_subreaper() {
  [ "${CACHESYNC_SUBREAPER:-}" != $$ ] || return 0
  local prctl
  case "$(uname -m)" in
    x86_64) prctl=157 ;;
    aarch64) prctl=167 ;;
    *) return 0 ;;
  esac
  command -v perl >/dev/null || return 0
  # 36 is PR_SET_CHILD_SUBREAPER; it survives exec, and exec keeps the process id.
  CACHESYNC_SUBREAPER=$$ exec perl -e "syscall($prctl, 36, 1, 0, 0, 0); exec @ARGV or exit 127" \
    "$BASH" "$0" "$@"
}

# Prints the ids of this shell's children, zombies left out.
leftovers() {
  local stat line rest
  for stat in /proc/[0-9]*/stat; do
    line=$(cat "$stat" 2>/dev/null) || continue
    rest=${line##*) } # state, parent, ... stand behind the name, which may hold anything
    # shellcheck disable=SC2086
    set -- $rest
    if [ "$2" = $$ ] && [ "$1" != Z ]; then
      stat=${stat#/proc/}
      [ -e "/proc/${stat%/stat}" ] && printf '%s ' "${stat%/stat}"
    fi
  done
}

# Waits a moment for what is just ending; names and ends what is not. Returns 1 if something was left.
end_leftovers() {
  local left tries signal pid
  for tries in 1 2 3 4 5 6 7 8 9 10; do
    left=$(leftovers_except_helpers)
    [ -n "$left" ] || return 0
    sleep 0.5
  done
  say "These processes were left running and are ended now:"
  for pid in $left; do
    say "  $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-200)"
  done
  # What they leave in their turn becomes ours, too: so in rounds.
  for signal in TERM TERM TERM KILL KILL KILL; do
    left=$(leftovers_except_helpers)
    for pid in $left; do
      kill "-$signal" "$pid" 2>/dev/null || true
    done
    [ -z "$left" ] || sleep 1
  done
  return 1
}

# The command substitution that asks is itself a child for a moment: by the time we look again it
# is gone.
leftovers_except_helpers() {
  local pid
  for pid in $(leftovers); do
    [ -e "/proc/$pid" ] && [ "$pid" != "$BASHPID" ] && printf '%s ' "$pid"
  done
}
