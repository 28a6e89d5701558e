#!/usr/bin/env bash
# A PostgreSQL with pgvector for the tests, from the first of: CHAT_TEST_POSTGRES (a superuser's connection
# string), a throw-away cluster made with this machine's own binaries, a Docker container.
#
#   postgres.sh serve   prints the connection string, then keeps the server until standard input ends
#   postgres.sh find    prints the source: "given", the folder of the binaries, or "docker"; exit code 1 when there is none
#
# The end of standard input is the signal, since a pipe also ends when the process that holds it is killed.
set -euo pipefail

image=pgvector/pgvector:pg17
settings=(-c max_connections=200 -c log_min_messages=warning)

main() {
  case "${1:-}" in
    find) find_source || give_up ;;
    serve) serve ;;
    *) sed -n 's/^# \{0,1\}//; 2,8p' "$0" >&2; exit 64 ;;
  esac
}

serve() {
  local source
  source=$(find_source) || give_up
  case "$source" in
    given) echo "$CHAT_TEST_POSTGRES"; return ;;
  esac
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  trap stop EXIT
  trap 'exit 1' INT TERM HUP
  case "$source" in
    docker) start_container ;;
    *) start_cluster "$source" ;;
  esac
  echo "Host=127.0.0.1;Port=$port;Username=postgres;Password=$password;Database=postgres"
  # A read in the foreground would put off the traps until it returns.
  cat <&0 >/dev/null & reader=$!
  wait "$reader"
}

find_source() {
  if [ -n "${CHAT_TEST_POSTGRES:-}" ]; then echo given
  elif newest_binaries; then :
  elif command -v docker >/dev/null && docker info >/dev/null 2>&1; then echo docker
  else return 1
  fi
}

# The folder of the newest PostgreSQL from 15 on that pgvector 0.8 or later is installed for.
newest_binaries() {
  local config bin version vector
  for config in $(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -rV) $(command -v pg_config); do
    bin=$("$config" --bindir)
    version=$("$config" --version | grep -oE '[0-9]+' | head -1)
    vector=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$("$config" --sharedir)/extension/vector.control" 2>/dev/null) || continue
    if [ -x "$bin/initdb" ] && [ "$version" -ge 15 ] && printf '0.8\n%s\n' "$vector" | sort -CV; then
      echo "$bin"
      return
    fi
  done
  return 1
}

start_cluster() {
  bin=$1
  folder=$(mktemp -d "${TMPDIR:-/tmp}/chat-postgres.XXXXXX")
  printf '%s' "$password" >"$folder/password"
  if [ "$(id -u)" = 0 ]; then
    local user=nobody
    ! id postgres >/dev/null 2>&1 || user=postgres
    chown -R "$user" "$folder"
    unprivileged=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$folder")
  fi
  # The caller's folder may be closed to the unprivileged user.
  cd "$folder"
  as_owner "$bin/initdb" -D "$folder/data" -U postgres -A scram-sha-256 --pwfile="$folder/password" \
    -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
  local attempt
  for attempt in 1 2 3 4 5; do
    # Below the range that the kernel hands out to clients.
    port=$((20000 + RANDOM % 10000))
    as_owner "$bin/pg_ctl" start -w -D "$folder/data" -l "$folder/server.log" \
      -o "-p $port -h 127.0.0.1 -k '$folder' ${settings[*]}" >/dev/null 2>&1 && return
  done
  cat "$folder/server.log" >&2
  exit 1
}

as_owner() { ${unprivileged[@]+"${unprivileged[@]}"} "$@"; }

start_container() {
  container=$(POSTGRES_PASSWORD=$password docker run --rm -d -p 127.0.0.1::5432 -e POSTGRES_PASSWORD "$image" "${settings[@]}")
  port=$(docker port "$container" 5432/tcp | sed -n '1s/.*://p')
  local second
  for second in $(seq 60); do
    # Over TCP: the image's own first start listens on its socket only.
    docker exec "$container" pg_isready -q -h 127.0.0.1 && return
    sleep 1
  done
  docker logs "$container" >&2
  exit 1
}

stop() {
  [ -z "${reader:-}" ] || kill "$reader" 2>/dev/null || true
  [ -z "${container:-}" ] || docker rm -f "$container" >/dev/null 2>&1 || true
  if [ -n "${folder:-}" ]; then
    as_owner "$bin/pg_ctl" stop -m immediate -D "$folder/data" >/dev/null 2>&1 || true
    cd /
    rm -rf "$folder"
  fi
}

give_up() {
  echo "The tests need PostgreSQL 15 or later with pgvector 0.8 or later: run tests/run.sh --install (Debian, Ubuntu)," \
    "start Docker, or set CHAT_TEST_POSTGRES to a superuser's connection string." >&2
  exit 1
}

main "$@"
