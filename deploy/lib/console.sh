# The console of the sandbox, and what the script asks of it through its REST API.

choose_console_port() {
  if [ -n "$console_port" ] && ! runs console; then
    printf '%s' "$console_port" >"$sandbox/kept/console-port"
  fi
  console_port=$(kept console-port printf 8080)
  know_console
  if ! runs console && port_is_taken "$console_port"; then
    fail "Port $console_port is taken by something else. Choose another one: deploy/quickstart.sh --port 8081"
  fi
}

know_console() {
  console_url=http://127.0.0.1:$(cat "$sandbox/kept/console-port")
}

start_console() {
  runs console && return 0
  say "Starting the console"
  mkdir -p "$sandbox/console"
  rm -f "$sandbox/kept/open-tasks-outside"
  # A copy, because a build would change the jar under the running console.
  cp "$web_jar" "$sandbox/console/cachesync-web.jar"
  start console java -Xmx512m -jar "$sandbox/console/cachesync-web.jar" \
    "--server.port=$console_port" "--cachesync.data-dir=$sandbox/console/data"
  wait_for 300 "The console does not answer" console_answers
}

console_answers() {
  runs console || fail "The console ended. Its log is $sandbox/log/console.log."
  curl -sf -o /dev/null --max-time 5 "$console_url/actuator/health"
}

# api METHOD PATH [JSON]: prints the answer; an answer that is no success becomes a sentence. The
# token stands in a file, so that it is on no command line.
api() {
  local method=$1 path=$2 status body
  printf 'Authorization: Bearer %s\n' "$(cat "$sandbox/console/data/first-token")" >"$sandbox/kept/header"
  body=$sandbox/kept/answer
  status=$(printf '%s' "${3:-}" | curl -s -o "$body" -w '%{http_code}' --max-time 120 -X "$method" \
    -H "@$sandbox/kept/header" -H 'Content-Type: application/json' -H 'Accept: application/json' \
    --data-binary @- "$console_url/api/v1$path") || fail "The console does not answer to $method $path."
  case "$status" in
    2*) cat "$body" ;;
    *) fail "The console refused $method $path ($status): $(jq -r '.detail // .title // .' "$body" 2>/dev/null || cat "$body")" ;;
  esac
}
