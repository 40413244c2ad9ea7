# Parameters: job directory, incarnation, pid, start time, boot id. Prints running or why not.
IFS= read -r dir
IFS= read -r incarnation
IFS= read -r pid
IFS= read -r start
IFS= read -r boot
dead() {
  code=-1
  [ -s "$dir/run-$incarnation.exit" ] && read -r code <"$dir/run-$incarnation.exit"
  echo "dead $code $1"
  exit 0
}
[ "$(cat /proc/sys/kernel/random/boot_id)" = "$boot" ] || dead "the machine was started anew"
stat=$(cat "/proc/$pid/stat" 2>/dev/null) || dead "no such process"
set -- ${stat##*) }
[ "${20}" = "$start" ] || dead "another process has its pid"
case $1 in
  Z | X | x) dead "the process has ended" ;;
esac
echo running
