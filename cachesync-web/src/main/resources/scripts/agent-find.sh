# Parameters: job directory, incarnation, pid (0: not known), start time, boot id.
IFS= read -r dir
IFS= read -r incarnation
IFS= read -r pid
IFS= read -r start
IFS= read -r boot
here=$(cat /proc/sys/kernel/random/boot_id)
# Puts the start time of a process that lives into $ticks, and the time that it has computed into $busy.
look() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  set -- ${stat##*) }
  ticks=${20}
  busy=$((${12} + ${13}))
  case $1 in
    Z | X | x) return 1 ;;
  esac
}
# Whether a process is the agent of this start, by its arguments and its environment.
is_agent() {
  tr "\0" "\n" <"/proc/$1/cmdline" 2>/dev/null | grep -qxF -e "$dir" &&
    tr "\0" "\n" <"/proc/$1/environ" 2>/dev/null | grep -qx "CS_INCARNATION=$incarnation"
}
# The launch whose answer was lost: it wrote the pid down, or its process is looked for.
if [ "$pid" = 0 ]; then
  written=$(cat "$dir/run-$incarnation.pid" 2>/dev/null)
  for each in ${written:+/proc/$written/cmdline} $(grep -lF -e "$dir" /proc/[0-9]*/cmdline 2>/dev/null); do
    each=${each#/proc/}
    each=${each%/cmdline}
    if is_agent "$each" && look "$each"; then
      pid=$each start=$ticks boot=$here
      break
    fi
  done
fi
