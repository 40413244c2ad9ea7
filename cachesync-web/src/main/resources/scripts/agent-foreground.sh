# Parameters: java, jar, base directory, verb; the rest of standard input is for the agent, which
# measures the disk of the directory that it runs in.
IFS= read -r java
IFS= read -r jar
IFS= read -r base
IFS= read -r verb
[ -f "$jar" ] && cd "$base" || exit 127
exec "$java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$jar" "$verb" --spec -
