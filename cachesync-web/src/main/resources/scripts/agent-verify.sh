# Parameters: jar, java. Prints the jar's SHA-256, then what the agent says of itself.
IFS= read -r jar
IFS= read -r java
sha256sum -- "$jar" || exit 1
"$java" -jar "$jar" --version 2>&1
