#!/bin/sh
# Makes a checkout ready to run: npm packages when the lock file is newer, then the build (incremental).
# With --system also the Debian packages that tests and clusters need. Each failure is one line with what to do.
set -eu
cd "$(dirname "$0")/.."
fail() { echo "t8s: $1" >&2; exit 1; }

command -v node >/dev/null || fail "Node.js is missing: install version 20 or newer"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node.js $(node -v) is too old: install version 20 or newer"

if [ "${1:-}" = --system ]; then
  packages=""
  for entry in dockerd:docker.io etcd:etcd-server etcdctl:etcd-client iptables:iptables conntrack:conntrack ip:iproute2 busybox:busybox; do
    command -v "${entry%%:*}" >/dev/null || packages="$packages ${entry#*:}"
  done
  [ -x /usr/lib/cni/bridge ] || packages="$packages containernetworking-plugins"
  if [ -n "$packages" ]; then
    [ "$(id -u)" = 0 ] || fail "packages are missing ($packages ): run as root, or install them"
    echo "t8s: installing$packages"
    log=$(mktemp)
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1 || { tail -n 3 "$log" >&2; fail "apt-get could not install$packages: see the lines above"; }
    rm -f "$log"
  fi
fi

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "t8s: installing npm packages"
  npm ci --silent || fail "npm ci failed: is the npm registry reachable?"
  touch node_modules/.package-lock.json
fi
npm run -s build || fail "the build failed: see the lines above"
