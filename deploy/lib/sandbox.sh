# The sandbox's servers: an sshd for this user alone, and three Redis servers, all on 127.0.0.1.

prepare_sandbox() {
  mkdir -p "$sandbox"
  chmod 700 "$sandbox"
  mkdir -p "$sandbox/log" "$sandbox/kept" "$sandbox/machine"
}

# --- sshd -------------------------------------------------------------------------------------

start_sshd() {
  ssh_port=$(kept ssh-port free_port)
  local dir=$sandbox/ssh
  mkdir -p "$dir"
  [ -f "$dir/host_key" ] || ssh-keygen -q -t ed25519 -N '' -C cachesync-sandbox-host -f "$dir/host_key"
  [ -f "$dir/login_key" ] || ssh-keygen -q -t ed25519 -N '' -C cachesync-sandbox -f "$dir/login_key"
  cp "$dir/login_key.pub" "$dir/authorized_keys"
  runs sshd && return 0
  if port_is_taken "$ssh_port"; then
    rm -f "$sandbox/kept/ssh-port"
    fail "Port $ssh_port of the sandbox's sshd is taken by something else. Run this again for another one."
  fi
  sshd_config >"$dir/sshd_config"
  if [ "$(id -u)" = 0 ]; then
    mkdir -p /run/sshd
  fi
  start sshd /usr/sbin/sshd -D -e -f "$dir/sshd_config"
  wait_for 10 "The sandbox's sshd does not answer" port_is_taken "$ssh_port"
  printf '[127.0.0.1]:%s %s\n' "$ssh_port" "$(cut -d' ' -f1,2 "$dir/host_key.pub")" >"$dir/known_hosts"
  in_machine true || fail "The sandbox's sshd refuses the sandbox's key. Its log is $sandbox/log/sshd.log."
}

sshd_config() {
  local pam=no
  # Without PAM, sshd refuses an account whose password is locked, even by key.
  case "$(getent shadow "$(id -un)" 2>/dev/null | cut -d: -f2)" in '!'*) pam=yes ;; esac
  cat <<CONFIG
Port $ssh_port
ListenAddress 127.0.0.1
HostKey "$sandbox/ssh/host_key"
AuthorizedKeysFile "$sandbox/ssh/authorized_keys"
PidFile none
AllowUsers $(id -un)
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM $pam
StrictModes no
Subsystem sftp internal-sftp
AllowTcpForwarding yes
MaxStartups 50:30:100
CONFIG
}

in_machine() {
  ssh -F /dev/null -i "$sandbox/ssh/login_key" -p "$ssh_port" -o BatchMode=yes \
    -o "UserKnownHostsFile=$sandbox/ssh/known_hosts" -o GlobalKnownHostsFile=/dev/null \
    -o ConnectTimeout=10 "$(id -un)@127.0.0.1" "$@" </dev/null
}

# --- Redis ------------------------------------------------------------------------------------

# A Redis server is what says so: Debian's redis-tools alone also brings binaries that look like one.
find_redis() {
  redis_server=$(command -v redis-server || true)
  case "$("${redis_server:-false}" --version 2>/dev/null)" in
    'Redis server v='*) ;;
    *)
      install_packages redis-server
      redis_server=$(command -v redis-server) || fail "There is no redis-server, though its package is installed."
      ;;
  esac
}

# start_redis NAME: with a password of its own; sets <NAME>_port and <NAME>_password.
start_redis() {
  local name=$1 dir=$sandbox/redis/$1 port password
  port=$(kept "redis-$name-port" free_port)
  password=$(kept "redis-$name-password" random_password)
  printf -v "${name}_port" %s "$port"
  printf -v "${name}_password" %s "$password"
  runs "redis-$name" && return 0
  if port_is_taken "$port"; then
    rm -f "$sandbox/kept/redis-$name-port"
    fail "Port $port of the sandbox's Redis ($name) is taken by something else. Run this again for another one."
  fi
  mkdir -p "$dir"
  cat >"$dir/redis.conf" <<CONFIG
bind 127.0.0.1
port $port
requirepass $password
dir "$dir"
daemonize no
save 3600 1
appendonly no
maxmemory-policy noeviction
repl-backlog-size 64mb
CONFIG
  start "redis-$name" "$redis_server" "$dir/redis.conf"
  wait_for 60 "The sandbox's Redis ($name) does not answer" redis_answers "$name"
}

# redis NAME COMMAND…: the password travels in the environment, never on a command line.
redis() {
  local port=$1_port password=$1_password
  shift
  REDISCLI_AUTH=${!password} redis-cli -h 127.0.0.1 -p "${!port}" --no-auth-warning "$@"
}

redis_answers() {
  [ "$(redis "$1" PING 2>/dev/null)" = PONG ]
}

# --- sample data ------------------------------------------------------------------------------

# Fills the source once; a folder that was filled before keeps what it has.
fill_source() {
  [ ! -f "$sandbox/kept/source-filled" ] || return 0
  say "Filling the source with $keys keys of every type"
  agent generate --target "redis://127.0.0.1:$source_port" --keys "$keys" >>"$sandbox/log/generate.log" 2>&1 ||
    fail "The source could not be filled. The log is $sandbox/log/generate.log."
  touch "$sandbox/kept/source-filled"
}

start_trickle() {
  runs trickle && return 0
  SOURCE_PASSWORD=$source_password start trickle java -Xmx128m -XX:+UseSerialGC -jar "$sandbox/sandbox-agent.jar" \
    generate --target "redis://127.0.0.1:$source_port" --target-password-env SOURCE_PASSWORD \
    --keys 0 --rate "$trickle_rate"
}

agent() {
  SOURCE_PASSWORD=$source_password java -Xmx512m -XX:+UseSerialGC -jar "$sandbox/sandbox-agent.jar" \
    "$@" --target-password-env SOURCE_PASSWORD
}
