# Installs Debian packages without ever starting a daemon.
#
# A Debian package with a daemon starts it when it is installed, and at every boot after that. Both
# are prevented here: while packages are installed, /usr/sbin/policy-rc.d forbids starting, and what
# a package newly enabled is disabled again. The file that was there before is put back.

policy_file=/usr/sbin/policy-rc.d
policy_saved=/usr/sbin/policy-rc.d.cachesync-saved
policy_mark='# CacheSync put this here for the time of an installation.'

is_installed() {
  [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]
}

# Prints those of the named packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    is_installed "$package" || printf '%s ' "$package"
  done
}

# Installs what is missing of the named packages; says nothing and asks nobody when nothing is.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    fail "These Debian packages are missing and there is no apt-get to install them: $missing"
  [ "$(id -u)" = 0 ] ||
    fail "These packages are missing: ${missing}- run this once as root, or install them with: apt-get install $missing"
  say "Installing $missing(no daemon is started)"
  local before after
  before=$(installed_packages)
  # A subshell, so that its trap puts the policy back however this ends.
  (
    forbid_daemons
    trap allow_daemons EXIT
    trap 'exit 130' INT TERM
    quietly apt-get -o DPkg::Lock::Timeout=300 update ||
      fail "apt-get update failed. Is there a way to Debian's packages from here?"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive quietly apt-get -y -o DPkg::Lock::Timeout=300 \
      -o Dpkg::Options::=--force-confold install --no-install-recommends $missing ||
      fail "apt-get could not install: $missing"
  ) || exit 1
  after=$(installed_packages)
  # shellcheck disable=SC2046
  disable_services $(comm -13 <(printf '%s\n' "$before") <(printf '%s\n' "$after"))
}

installed_packages() {
  dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' | sed -n 's/^ii *//p' | sort -u
}

forbid_daemons() {
  allow_daemons # what an interrupted installation may have left
  if [ -e "$policy_file" ] || [ -L "$policy_file" ]; then
    mv "$policy_file" "$policy_saved"
  fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy_file"
  chmod 755 "$policy_file"
}

allow_daemons() {
  if [ -f "$policy_file" ] && grep -qF "$policy_mark" "$policy_file"; then
    rm -f "$policy_file"
  fi
  if [ -e "$policy_saved" ] || [ -L "$policy_saved" ]; then
    mv "$policy_saved" "$policy_file"
  fi
}

# Newly installed packages have enabled their services for the next boot; the sandbox and the tests
# start their own servers, so nothing of that is wanted.
disable_services() {
  local package unit script
  for package in "$@"; do
    for unit in $(dpkg -L "$package" | sed -n 's,^\(/usr\)\?/lib/systemd/system/\([^/@]*\.\(service\|socket\)\)$,\2,p'); do
      if command -v systemctl >/dev/null && [ "$(systemctl is-enabled "$unit" 2>/dev/null)" = enabled ]; then
        systemctl disable "$unit" >/dev/null 2>&1 && say "Disabled the service $unit, which came with $package"
      fi
    done
    for script in $(dpkg -L "$package" | sed -n 's,^/etc/init.d/\([^/]*\)$,\1,p'); do
      if command -v update-rc.d >/dev/null; then
        update-rc.d "$script" disable >/dev/null 2>&1 || true
      fi
    done
  done
}

# Runs a command and shows what it printed only when it failed.
quietly() {
  local output
  output=$(mktemp)
  if "$@" >"$output" 2>&1 </dev/null; then
    rm -f "$output"
  else
    tail -n 20 "$output" >&2
    rm -f "$output"
    return 1
  fi
}
