#!/usr/bin/env bash
# CacheSync on this machine in a few minutes: the console, a sandbox of real servers, and a first
# migration that is running when this script ends.
#
# It touches nothing but the folder .cachesync/ and missing Debian packages (whose services it
# disables again). All servers listen on 127.0.0.1 and have random passwords.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
repo=$PWD
sandbox=${CACHESYNC_SANDBOX:-$repo/.cachesync}
trickle_rate=100
umask 077
for part in say packages processes sandbox console first-migration ending; do
  # shellcheck source=/dev/null
  . "deploy/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: deploy/quickstart.sh [start] [--empty] [--port PORT] [--keys N]
       deploy/quickstart.sh status | stop | reset

start    (default) installs what is missing, builds, starts the console on an embedded database,
         an sshd and three Redis servers, and a first migration. Run again, it starts what is down.
         --empty: the console alone.    --port PORT: the console's port (8080).
         --keys N: keys in the source (1000000).
status   tells what runs.
stop     ends everything that start has started; data is kept.
reset    stops, and removes .cachesync/ with all its data.
TEXT
}

main() {
  local command=start
  empty=
  console_port=
  keys=1000000
  while [ $# -gt 0 ]; do
    case "$1" in
      start | stop | status | reset) command=$1 ;;
      --empty) empty=yes ;;
      --port)
        console_port=${2:-}
        shift
        is_number "$console_port" || fail "--port needs a number."
        ;;
      --keys)
        keys=${2:-}
        shift
        is_number "$keys" || fail "--keys needs a number."
        ;;
      -h | --help) command=usage ;;
      *)
        usage >&2
        exit 2
        ;;
    esac
    shift
  done
  case "$command" in
    start) start_all ;;
    stop) stop_all ;;
    status) show_status ;;
    reset) reset_all ;;
    usage) usage ;;
  esac
}

is_number() {
  case "$1" in '' | *[!0-9]*) return 1 ;; esac
}

start_all() {
  need_tools
  prepare_sandbox
  choose_console_port
  build
  if [ -z "$empty" ]; then
    say "Starting the sandbox: an sshd and three Redis servers"
    cp "$agent_jar" "$sandbox/sandbox-agent.jar.new"
    mv "$sandbox/sandbox-agent.jar.new" "$sandbox/sandbox-agent.jar"
    find_redis
    start_sshd
    start_redis source
    start_redis target
    start_redis empty
    fill_source
    start_trickle
  fi
  start_console
  if [ -z "$empty" ]; then
    first_migration
  fi
  tell_the_way_in
}

need_tools() {
  [ "$(uname -s)" = Linux ] || fail "The quickstart needs Linux; this is $(uname -s)."
  command -v javac >/dev/null || fail "There is no javac: install a JDK 17 (Debian: openjdk-17-jdk-headless)."
  command -v mvn >/dev/null || fail "There is no mvn: install Maven (Debian: maven)."
  local packages=()
  command -v curl >/dev/null || packages+=(curl)
  command -v jq >/dev/null || packages+=(jq)
  if [ -z "$empty" ]; then
    [ -x /usr/sbin/sshd ] || packages+=(openssh-server)
    command -v ssh >/dev/null && command -v ssh-keygen >/dev/null || packages+=(openssh-client)
    command -v redis-cli >/dev/null || packages+=(redis-tools)
  fi
  [ ${#packages[@]} = 0 ] || install_packages "${packages[@]}"
}

tell_the_way_in() {
  local password=$sandbox/console/data/initial-admin-password
  say
  say "Console: $console_url"
  say "User: admin"
  if [ -f "$password" ]; then
    say "Password: $(cat "$password")"
  else
    say "Password: the one that you chose"
  fi
}

# Builds when a source is newer than the jar.
build() {
  find_jars
  if [ -n "$web_jar" ] && [ -n "$agent_jar" ] &&
    [ -z "$(find pom.xml cachesync-*/pom.xml cachesync-*/src/main sql -newer "$web_jar" -print -quit)" ]; then
    return 0
  fi
  say "Building (a few minutes the first time)"
  mvn -B -q -ntp package -DskipTests </dev/null || fail "The build failed; Maven said why above."
  find_jars
}

find_jars() {
  web_jar=$(compgen -G 'cachesync-web/target/cachesync-web-*-exec.jar' | head -n 1) || web_jar=
  agent_jar=$(compgen -G 'cachesync-agent/target/cachesync-agent-*-all.jar' | head -n 1) || agent_jar=
}

main "$@"
