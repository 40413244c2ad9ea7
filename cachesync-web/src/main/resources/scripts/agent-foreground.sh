# Parameters: java, jar, verb; the rest of standard input is for the agent.
IFS= read -r java
IFS= read -r jar
IFS= read -r verb
[ -f "$jar" ] || exit 127
exec "$java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$jar" "$verb" --spec -
