# Parameters: pid, start time, boot id. Ends that process and no other. Exit 5: it would not go.
IFS= read -r pid
IFS= read -r start
IFS= read -r boot
same() {
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  set -- ${stat##*) }
  [ "${20}" = "$start" ] || return 1
  case $1 in
    Z | X | x) return 1 ;;
  esac
}
[ "$(cat /proc/sys/kernel/random/boot_id)" = "$boot" ] || exit 0
tries=0
while same; do
  kill -9 "$pid" 2>/dev/null || :
  tries=$((tries + 1))
  [ "$tries" -le 50 ] || exit 5
  sleep 0.1
done
exit 0
