# Parameters: those of agent-find. Prints "running", pid, start time, boot id and ticks computed; or "starting"; or
# "dead", exit code and why.
dead() {
  code=-1
  [ -s "$dir/run-$incarnation.exit" ] && read -r code <"$dir/run-$incarnation.exit"
  # A dead agent takes its secrets away no more.
  rm -f -- "$dir/secrets.json"
  echo "dead $code $1"
  exit 0
}
if [ "$pid" = 0 ]; then
  # A process that was only just forked does not show its own arguments yet.
  [ -n "$written" ] && ! look "$written" && dead "no such process"
  [ -n "$(find "$dir/run-$incarnation.begun" -mmin -1 2>/dev/null)" ] || dead "it was never seen to start"
  echo starting
  exit 0
fi
[ "$here" = "$boot" ] || dead "the machine was started anew"
[ -d "/proc/$pid" ] || dead "no such process"
ticks=0
look "$pid" || dead "the process has ended"
[ "$ticks" = "$start" ] || dead "another process has its pid"
echo "running $pid $start $boot $busy"
