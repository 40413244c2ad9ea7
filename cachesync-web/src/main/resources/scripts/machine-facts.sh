# Parameter: base directory. Prints name=value lines about the machine.
IFS= read -r base
echo "kernel=$(uname -s) $(uname -m)"
os=$(sed -n "s/^PRETTY_NAME=//p" /etc/os-release 2>/dev/null | tr -d "\"")
echo "os=${os:-$(uname -sr)}"
echo "cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)"
echo "memory_kb=$(sed -n "s/^MemTotal: *\([0-9]*\).*/\1/p" /proc/meminfo)"
echo "available_kb=$(sed -n "s/^MemAvailable: *\([0-9]*\).*/\1/p" /proc/meminfo)"
dir=$base
while [ -n "$dir" ] && [ ! -d "$dir" ]; do dir=${dir%/*}; done
echo "disk_kb=$(df -Pk "${dir:-/}" 2>/dev/null | sed -n 2p | { read -r fs all used free rest; echo "$free"; })"
echo "millis=$(date +%s%3N)"
for tool in setsid nohup sha256sum; do
  command -v "$tool" >/dev/null 2>&1 || echo "missing=$tool"
done
for java in "$base/jre/bin/java" "$JAVA_HOME/bin/java" "$(command -v java 2>/dev/null)" /usr/lib/jvm/*/bin/java /opt/*/bin/java; do
  [ -x "$java" ] || continue
  version=$("$java" -version 2>&1 | sed -n "s/.*version \"\([^\"]*\)\".*/\1/p" | head -n 1)
  [ -n "$version" ] && echo "java=$version $java"
done
exit 0
