# Puts into $keeper what starts an agent so that it outlives the login, and into $kept how sure that
# is: "scope" of the lingering user manager; "detached" in a session of its own, which nothing here
# ends; "endangered": in such a session too, and logind may end it with the login.
find_keeper() {
  keeper="" kept=detached
  : "${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"
  export XDG_RUNTIME_DIR
  # Where logind ends what a user leaves behind (KillUserProcesses=yes), only a scope of the
  # lingering user manager outlives the session: setsid alone does not.
  if command -v systemd-run >/dev/null 2>&1 &&
    { [ -S "$XDG_RUNTIME_DIR/systemd/private" ] || [ -S "$XDG_RUNTIME_DIR/bus" ]; } &&
    { [ -e "/var/lib/systemd/linger/$(id -un)" ] || loginctl enable-linger </dev/null >/dev/null 2>&1; } &&
    systemd-run --user --scope --quiet true </dev/null >/dev/null 2>&1; then
    keeper="systemd-run --user --scope --quiet" kept=scope
    return
  fi
  said=$(loginctl show-session --property=KillUserProcesses --property=KillExcludeUsers </dev/null 2>/dev/null)
  excluded=$(echo "$said" | sed -n "s/^KillExcludeUsers=//p")
  case $said in
    *KillUserProcesses=no*) return ;;
    *KillUserProcesses=yes*) ;;
    *) [ -d /run/systemd/system ] || return 0 ;;
  esac
  case " $excluded " in
    *" $(id -un) "*) ;;
    *) kept=endangered ;;
  esac
}
