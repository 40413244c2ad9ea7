# Parameters: job directory, jar, java, JVM options, incarnation. Prints pid, start time and boot id.
IFS= read -r dir
IFS= read -r jar
IFS= read -r java
IFS= read -r options
IFS= read -r incarnation
cd "$dir" || exit 1
umask 077
pidfile=run-$incarnation.pid
rm -f "$pidfile" "run-$incarnation.exit"
# Tells a probe that comes before the pid is written that a start is under way.
: >"run-$incarnation.begun"
# The shell around the JVM keeps its exit code; it is told everything by the environment.
run="
  \"\$CS_JAVA\" \$CS_OPTIONS -jar \"\$CS_JAR\" run \"\$CS_DIR\" &
  echo \$! >\"run-\$CS_INCARNATION.pid.part\" && mv \"run-\$CS_INCARNATION.pid.part\" \"run-\$CS_INCARNATION.pid\"
  wait \$!
  echo \$? >\"run-\$CS_INCARNATION.exit\"
"
CS_JAVA=$java CS_OPTIONS=$options CS_JAR=$jar CS_DIR=$dir CS_INCARNATION=$incarnation
export CS_JAVA CS_OPTIONS CS_JAR CS_DIR CS_INCARNATION
# Where logind ends what a user leaves behind (KillUserProcesses=yes), only a scope of the
# lingering user manager outlives the session: setsid alone does not.
keeper=""
: "${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"
export XDG_RUNTIME_DIR
if command -v systemd-run >/dev/null 2>&1 &&
  { [ -S "$XDG_RUNTIME_DIR/systemd/private" ] || [ -S "$XDG_RUNTIME_DIR/bus" ]; } &&
  { [ -e "/var/lib/systemd/linger/$(id -un)" ] || loginctl enable-linger >/dev/null 2>&1; } &&
  systemd-run --user --scope --quiet true >/dev/null 2>&1; then
  keeper="systemd-run --user --scope --quiet"
fi
nohup setsid $keeper sh -c "$run" </dev/null >>"run-$incarnation.out" 2>&1 &
tries=0
while [ ! -s "$pidfile" ] && [ "$tries" -lt 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
[ -s "$pidfile" ] || { rm -f "run-$incarnation.begun"; tail -n 5 "run-$incarnation.out" >&2; exit 4; }
read -r pid <"$pidfile"
stat=$(cat "/proc/$pid/stat" 2>/dev/null) || { tail -n 5 "run-$incarnation.out" >&2; exit 4; }
set -- ${stat##*) }
echo "$pid ${20} $(cat /proc/sys/kernel/random/boot_id)"
