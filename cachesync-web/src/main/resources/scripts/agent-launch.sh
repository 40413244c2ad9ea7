# Parameters: job directory, jar, java, JVM options, incarnation. Prints pid, start time, boot id and $kept.
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
find_keeper
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
echo "$pid ${20} $(cat /proc/sys/kernel/random/boot_id) $kept"
