# Registers this machine and the sandbox's Redis servers at the console, and starts a first
# migration, all through the REST API. What was done once is not done again.

first_migration() {
  local machine task
  machine=$(kept machine-id register_machine)
  kept source-endpoint register_endpoint "sandbox source" source >/dev/null
  kept target-endpoint register_endpoint "sandbox target" target >/dev/null
  kept empty-endpoint register_endpoint "sandbox empty" empty >/dev/null
  task=$(kept task-id create_task)
  if [ ! -f "$sandbox/kept/task-started" ]; then
    say "Starting the first migration"
    start_task "$task"
    touch "$sandbox/kept/task-started"
  fi
  wait_for 180 "The first migration does not run" task_settled "$task"
  if [ ! -f "$sandbox/kept/first-check" ]; then
    first_check "$task"
  fi
}

register_machine() {
  local request id
  # --rawfile and env keep secrets off the command line.
  request=$(user=$(id -un) base=$sandbox/machine port=$ssh_port \
    host_key=$(ssh-keygen -lf "$sandbox/ssh/host_key.pub" | cut -d' ' -f2) \
    jq -n --rawfile key "$sandbox/ssh/login_key" '{name: "this machine", host: "127.0.0.1",
      port: (env.port | tonumber), user: env.user, privateKey: $key, baseDir: env.base,
      hostKey: env.host_key}')
  id=$(api POST /machines "$request" | jq -r .id)
  all_steps_pass "$(api POST "/machines/$id/test")"
  all_steps_pass "$(api POST "/machines/$id/install")"
  printf '%s' "$id"
}

all_steps_pass() {
  local failed
  failed=$(jq -r '[.[] | select(.state == "FAIL")][0] | select(. != null) | "\(.step): \(.text // .message // "")"' <<<"$1")
  [ -z "$failed" ] || fail "This machine cannot be a migration machine. $failed"
}

# register_endpoint NAME SERVER
register_endpoint() {
  local port=$2_port password=$2_password
  api POST /endpoints "$(name=$1 address=127.0.0.1:${!port} password=${!password} \
    jq -n '{name: env.name, addresses: env.address, password: env.password, owner: "sandbox"}')" | jq -r .id
}

create_task() {
  api POST /tasks '{"name": "first migration", "machine": "this machine", "tags": ["sandbox"],
    "source": {"endpoint": "sandbox source"}, "target": {"endpoint": "sandbox target"}}' | jq -r .id
}

start_task() {
  api POST "/tasks/$1/precheck" >/dev/null
  wait_for 90 "The precheck of the first migration does not end" precheck_ended "$1"
  [ "$(task_state "$1")" = READY ] || fail "The precheck blocks the first migration: $console_url/tasks/$1 says why."
  api POST "/tasks/$1/start" >/dev/null
}

# Compares both ends of the task once it follows its source; its page shows what came out.
first_check() {
  local check
  wait_for 900 "The first migration does not come to follow its source" task_in_sync "$1"
  if [ "$(task_state "$1")" != INCREMENTAL ]; then
    return 0 # a person has stopped or finished it since
  fi
  say "Checking the data of the first migration"
  check=$(checked "$(api POST /checks "{\"task\": $1, \"pauseMillis\": 5000}" | jq -r .id)")
  if [ "$(jq -r .equal <<<"$check")" = false ]; then
    # A target that is further behind than the pause looks different: what differs stays so.
    say "$(jq -r .verdict <<<"$check") Checking once more"
    check=$(checked "$(api POST "/checks/$(jq -r .id <<<"$check")/repeat" | jq -r .id)")
  fi
  say "$(jq -r .verdict <<<"$check")"
  [ "$(jq -r .equal <<<"$check")" = true ] ||
    say "Not shown to be equal: $console_url/checks/$(jq -r .id <<<"$check") says why."
  jq -r .id <<<"$check" >"$sandbox/kept/first-check"
}

# Waits for a check, and prints what came of it.
checked() {
  wait_for 900 "The check of the first migration does not end" check_ended "$1"
  api GET "/checks/$1"
}

# Or a person has brought it elsewhere.
task_in_sync() {
  api GET "/tasks/$1" | jq -e '(.state | IN("FULL_SYNC", "INCREMENTAL") | not) or
    (.state == "INCREMENTAL" and .progress.inSync)' >/dev/null
}

check_ended() { api GET "/checks/$1" | jq -e '.state | IN("DONE", "STOPPED", "FAILED")' >/dev/null; }

task_state() { api GET "/tasks/$1" | jq -r .state; }

precheck_ended() { [ "$(task_state "$1")" != PRECHECKING ]; }

# Runs, or is where a person has brought it since.
task_settled() {
  case "$(task_state "$1")" in
    FULL_SYNC | INCREMENTAL | PAUSED | STOPPED | DONE) return 0 ;;
    FAILED) fail "The first migration failed: $console_url/tasks/$1 says why." ;;
    *) return 1 ;;
  esac
}

# Names the tasks that are open and have an end outside the sandbox.
open_tasks_outside() {
  local inside="" server port
  for server in source target empty; do
    port=$(cat "$sandbox/kept/redis-$server-port" 2>/dev/null) || continue
    inside="$inside 127.0.0.1:$port"
  done
  api GET '/tasks?size=200' | inside=$inside jq -r '(env.inside | split(" ")) as $inside
    | ["sandbox source", "sandbox target", "sandbox empty"] as $names
    | [.items[] | select(.state | IN("DONE", "DRAFT", "READY") | not)
      | select([.source, .target] | map(IN($inside[]) or IN($names[])) | all | not) | .name] | join(", ")'
}
