#!/usr/bin/env bash
# Sets up, builds, checks and tests everything; the last line is "N passed, N failed".
#
#   tests/run.sh [--all] [--install] [arguments of dotnet test, such as --filter NAME]
#
#   --all       also the long loads
#   --install   may install with sudo what is missing (as root it does so anyway)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

install=$([ "$(id -u)" != 0 ] || echo yes)
arguments=()
for argument in "$@"; do
  case "$argument" in
    --all) export CHAT_TEST_ALL=1 ;;
    --install) install=yes ;;
    *) arguments+=("$argument") ;;
  esac
done

# Processes that outlive the run would keep its output open for whoever reads it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
# Profiling itself pays only in what runs for longer than these do.
export DOTNET_TieredPGO=0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
[ "${CI:-}" != true ] || export SNAPSHOOTER_STRICT_MODE=true

work=$(mktemp -d)
passed=0 failed=0
finish() {
  local code=$?
  rm -rf "$work"
  echo "$passed passed, $failed failed"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

step() { echo "== $*"; }

step set-up
if [ -n "$install" ] && command -v apt-get >/dev/null; then
  tests/install.sh
fi
clients=tests/clients
if [ -f "$clients/package.json" ] && ! cmp -s "$clients/package-lock.json" "$clients/node_modules/.installed"; then
  command -v npm >/dev/null || { echo "The tests in $clients need Node.js with npm: install them, or run tests/run.sh --install." >&2; exit 1; }
  npm --prefix "$clients" ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp "$clients/package-lock.json" "$clients/node_modules/.installed"
fi

step restore
dotnet restore -v q | tee "$work/restore"
if grep -q NU1603 "$work/restore"; then
  echo "Another version than the pinned one was taken." >&2
  exit 1
fi

step build
dotnet build --no-restore -v q

step format
# Only what the build has not looked at: it runs the analyzers of code style itself.
dotnet format whitespace --no-restore --verify-no-changes

step test
code=0
dotnet test --no-build --logger trx --results-directory "$work/results" ${arguments[@]+"${arguments[@]}"} || code=$?

# Sums an attribute of the results' counters over all test assemblies.
count() {
  find "$work" -name '*.trx' -exec grep -ohE '<Counters [^>]*' {} + |
    sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}
passed=$(count passed)
# A skipped test counts as a failed one.
failed=$(($(count total) - passed))
# A run that broke off has a failure that no test shows.
[ "$code" = 0 ] || [ "$failed" != 0 ] || failed=1
[ "$passed" != 0 ] || echo "No test ran or passed." >&2
[ "$failed" = 0 ] && [ "$passed" != 0 ]
