#!/usr/bin/env bash
# Installs what the tests need and this machine lacks, on Debian and Ubuntu, by apt: PostgreSQL with pgvector,
# and for tests/clients Node.js with npm and a Chromium. What is there already is left as it is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

main() {
  "$here/postgres.sh" find >/dev/null 2>&1 || install_postgres
  if [ -f "$here/clients/package.json" ]; then
    has node && has npm || apt_install nodejs npm
    has chromium || has chromium-browser || has google-chrome || apt_install chromium
  fi
}

install_postgres() {
  apt_update
  local version
  version=$(candidate postgresql | grep -oE '^[0-9]+')
  if candidate "postgresql-$version-pgvector" | grep -qE '^(0\.([89]|[0-9]{2})|[1-9])'; then
    apt_install "postgresql-$version" "postgresql-$version-pgvector"
  else
    has_server "$version" || apt_install "postgresql-$version"
    apt_install "postgresql-server-dev-$version" dpkg-dev gcc make
    build_pgvector "$version"
  fi
}

# From the source package of a later release of the same distribution, with lists of its own, so that
# nothing else on the machine begins to come from that release.
build_pgvector() {
  local id suite origin work mirror
  id=$(. /etc/os-release && echo "$ID")
  case "$id" in
    debian) suite=trixie origin=Debian ;;
    ubuntu) suite=resolute origin=Ubuntu ;;
    *) echo "No pgvector is known for $id." >&2; exit 1 ;;
  esac
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
    sed -n "s/^$origin main //p" | head -1)
  work=$(mktemp -d)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  printf '%s\n' 'Types: deb-src' "URIs: $mirror" "Suites: $suite" 'Components: main universe' \
    "Signed-By: /usr/share/keyrings/$id-archive-keyring.gpg" >"$work/later.sources"
  [ "$id" = ubuntu ] || sed -i 's/ universe//' "$work/later.sources"
  # As root apt fetches as a user of its own, who cannot enter a private folder.
  local later=(-o Dir::Etc::sourcelist="$work/later.sources" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
  (
    cd "$work"
    quietly apt-get "${later[@]}" update
    quietly apt-get "${later[@]}" source pgvector
    cd pgvector-*/
    # For any processor of this kind, not for the very one that builds; no bitcode, which would want clang.
    local make=(make -s OPTFLAGS="" with_llvm=no PG_CONFIG="/usr/lib/postgresql/$1/bin/pg_config")
    quietly "${make[@]}"
    quietly as_root "${make[@]}" install
  )
  rm -rf "$work"
}

has() { command -v "$1" >/dev/null; }

has_server() { [ -x "/usr/lib/postgresql/$1/bin/initdb" ]; }

candidate() { apt-cache policy "$1" | sed -n 's/^ *Candidate: //p'; }

apt_update() {
  [ -z "${updated:-}" ] || return 0
  echo "Asking apt for its lists."
  quietly as_root apt-get update
  updated=yes
}

apt_install() {
  apt_update
  echo "Installing $*."
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

quietly() { "$@" </dev/null >"$log" 2>&1 || { cat "$log" >&2; exit 1; }; }

main
