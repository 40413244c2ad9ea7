# Parameter: base directory. Prints two readings of the counters, one second apart.
IFS= read -r base
while [ -n "$base" ] && [ ! -d "$base" ]; do base=${base%/*}; done
read_counters() {
  echo "cpu $(sed -n "s/^cpu  *//p" /proc/stat)"
  sed -n "3,\$p" /proc/net/dev | while IFS=" :" read -r name rx a b c d e f g tx rest; do
    [ "$name" = lo ] || echo "net $rx $tx"
  done
}
read_counters
sleep 1
echo again
read_counters
read -r load rest </proc/loadavg
echo "load $load"
echo "memory $(sed -n "s/^MemTotal: *\([0-9]*\).*/\1/p" /proc/meminfo) $(sed -n "s/^MemAvailable: *\([0-9]*\).*/\1/p" /proc/meminfo)"
df -Pk "${base:-/}" | sed -n 2p | { read -r fs all used free rest; echo "disk $all $free"; }
