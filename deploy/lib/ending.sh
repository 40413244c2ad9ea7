# How the sandbox is shown, stopped and removed.

servers="console trickle redis-source redis-target redis-empty sshd"

show_status() {
  [ -d "$sandbox" ] || {
    say "There is no sandbox. Start one: deploy/quickstart.sh"
    return
  }
  local name pid
  for name in $servers; do
    if pid=$(pid_of "$name"); then
      say "$(printf '%-13s runs, process %s%s' "$name" "$pid" "$(address_of "$name")")"
    else
      say "$(printf '%-13s does not run' "$name")"
    fi
  done
  for_each_agent show_agent
}

address_of() {
  local kept=$sandbox/kept
  case "$1" in
    console) printf ', http://127.0.0.1:%s' "$(cat "$kept/console-port")" ;;
    sshd) printf ', 127.0.0.1:%s' "$(cat "$kept/ssh-port")" ;;
    redis-*) printf ', 127.0.0.1:%s' "$(cat "$kept/$1-port")" ;;
  esac
}

show_agent() {
  say "$(printf '%-13s runs, process %s, %s' agent "$1" "$2")"
}

# Calls a function with process id and job directory of each agent that the console started on the
# sandbox's machine. An agent records its process id and start time in its job directory.
for_each_agent() {
  local file pid started
  for file in "$sandbox"/machine/jobs/*/pid; do
    [ -f "$file" ] || continue
    read -r pid started <"$file" || true
    if [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ]; then
      "$1" "$pid" "${file%/pid}"
    fi
  done
}

stop_all() {
  if [ ! -d "$sandbox" ]; then
    say "There is no sandbox."
    return
  fi
  note_open_tasks || say "The console does not tell which tasks are open; a reset will want it to run again."
  # The console first, because it would start its agents again.
  end console 40
  for_each_agent end_agent
  end trickle
  end redis-source
  end redis-target
  end redis-empty
  end sshd
  say "Stopped. The data is kept in $sandbox; deploy/quickstart.sh goes on from there."
}

end_agent() {
  record "agent-$1" "$1"
  end "agent-$1"
}

# Which tasks with an end outside the sandbox are open can only be asked of a console that runs, so
# the answer is kept for a reset after a stop; the next start of the console forgets it.
note_open_tasks() {
  runs console || return 0
  know_console
  local outside
  rm -f "$sandbox/kept/open-tasks-outside"
  outside=$(open_tasks_outside) || return 1
  printf '%s' "$outside" >"$sandbox/kept/open-tasks-outside"
}

reset_all() {
  [ -d "$sandbox" ] || fail "There is no sandbox to reset."
  note_open_tasks || fail "The console does not tell which tasks are open, so nothing was removed."
  local outside=
  if [ -f "$sandbox/kept/open-tasks-outside" ]; then
    outside=$(cat "$sandbox/kept/open-tasks-outside")
  elif [ -f "$sandbox/console/data/cachesync.mv.db" ]; then
    fail "The console ended without a stop, so it is not known which tasks are open. Start it once more (deploy/quickstart.sh), then reset."
  fi
  [ -z "$outside" ] || fail "Not reset: these tasks have an end outside the sandbox and are open: $outside. Finish or delete them first."
  stop_all
  rm -rf "${sandbox:?}"
  say "Removed $sandbox."
}
