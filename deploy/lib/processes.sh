# Processes of the sandbox: started detached, recorded with their start time, ended only when both
# process id and start time are still the recorded ones (a process id alone may be somebody else's
# by now).
#
# $sandbox/pids has a line "name pid start-time" each; the start time is field 22 of /proc/<pid>/stat.

start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name in brackets may hold blanks, so count from behind it; Z is a zombie.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] && printf '%s' "${20}"
}

# start NAME COMMAND…: runs the command detached, with its output in $sandbox/log/NAME.log.
start() {
  local name=$1 pid
  shift
  setsid "$@" >>"$sandbox/log/$name.log" 2>&1 </dev/null &
  pid=$!
  record "$name" "$pid"
}

record() {
  forget "$1"
  printf '%s %s %s\n' "$1" "$2" "$(start_time "$2")" >>"$sandbox/pids"
}

forget() {
  [ -f "$sandbox/pids" ] || return 0
  sed -i "/^$1 /d" "$sandbox/pids"
}

# Prints the process id of NAME if it runs.
pid_of() {
  local name pid started
  [ -f "$sandbox/pids" ] || return 1
  while read -r name pid started; do
    if [ "$name" = "$1" ] && [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ]; then
      printf '%s' "$pid"
      return 0
    fi
  done <"$sandbox/pids"
  return 1
}

runs() { pid_of "$1" >/dev/null; }

# end NAME [SECONDS]: asks it to end, and after SECONDS (30) makes it.
end() {
  local pid tries
  if pid=$(pid_of "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    for ((tries = 0; tries < ${2:-30} * 10; tries++)); do
      runs "$1" || break
      sleep 0.1
    done
    if runs "$1"; then
      say "$1 did not end by itself and is killed."
      kill -KILL "$pid" 2>/dev/null || true
    fi
  fi
  forget "$1"
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds; fails with a sentence.
wait_for() {
  local seconds=$1 what=$2 tries
  shift 2
  for ((tries = 0; tries < seconds * 5; tries++)); do
    if "$@"; then
      return 0
    fi
    sleep 0.2
  done
  fail "$what after $seconds seconds. Its log is in $sandbox/log/."
}

port_is_taken() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Prints a port between 20000 and 32767 (below the range of outgoing connections) that nothing
# listens on.
free_port() {
  local port tries
  for tries in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    port=$((20000 + RANDOM % 12768))
    if ! port_is_taken "$port"; then
      printf '%s' "$port"
      return 0
    fi
  done
  fail "No free port was found between 20000 and 32767."
}

# kept NAME COMMAND…: the value that was kept under NAME, or what the command prints, kept from now on.
kept() {
  local file=$sandbox/kept/$1
  shift
  if [ ! -s "$file" ]; then
    mkdir -p "$sandbox/kept"
    "$@" >"$file"
  fi
  cat "$file"
}

random_password() {
  # 24 letters and digits: nothing that a URI or a configuration file would have to quote.
  local bytes
  bytes=$(head -c 512 /dev/urandom | tr -dc 'A-Za-z0-9')
  printf '%s' "${bytes:0:24}"
}
