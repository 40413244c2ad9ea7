# How the scripts in deploy/ talk: one line for what is done, one plain sentence for what is wrong.

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}
