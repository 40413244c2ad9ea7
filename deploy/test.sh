#!/usr/bin/env bash
# Installs what the tests need, then builds and tests everything against real servers.
# Usage: deploy/test.sh [all]     all = also the versions and long runs of the profile "all"
set -euo pipefail
cd "$(dirname "$0")/.."

profiles=servers
if [ "${1:-}" = all ]; then
  profiles=servers,all
fi

mvn -B -ntp clean verify -P "$profiles"
