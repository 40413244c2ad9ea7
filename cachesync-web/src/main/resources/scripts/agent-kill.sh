# Parameters: those of agent-find. Ends that process and no other. Exit 5: it would not go.
[ "$pid" != 0 ] && [ "$here" = "$boot" ] || exit 0
tries=0
while look "$pid" && [ "$ticks" = "$start" ]; do
  kill -9 "$pid" 2>/dev/null || :
  tries=$((tries + 1))
  [ "$tries" -le 50 ] || exit 5
  sleep 0.1
done
exit 0
