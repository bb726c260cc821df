#!/usr/bin/env bash
# PostgreSQL 15 + pgvector, Redis and (--chromium) Chromium on a Debian machine, as root. Prints what to export. Idempotent.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
packages=(postgresql postgresql-server-dev-15 redis-server build-essential dpkg-dev)
for argument in "$@"; do [ "$argument" = --chromium ] && packages+=(chromium); done
apt-get install -yq --no-install-recommends "${packages[@]}" >/dev/null

if [ ! -f /usr/share/postgresql/15/extension/vector.control ]; then
  # Debian 12 has no pgvector package: build the source package of the next release.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 -E '/debian/?$')
  printf 'Types: deb-src\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
    "$mirror" >/etc/apt/sources.list.d/pgvector-source.sources
  apt-get update -q >/dev/null
  folder=$(mktemp -d)
  cd "$folder"
  apt-get source -q --download-only pgvector >/dev/null 2>&1
  tar xzf pgvector_*.orig.tar.gz
  cd pgvector-*/
  make -s OPTFLAGS="" >/dev/null 2>&1
  make -s install >/dev/null 2>&1
fi

pg_ctlcluster --skip-systemctl-redirect 15 main start 2>/dev/null || true
until pg_isready -q; do sleep 0.2; done
as_postgres() { su postgres -c "psql -qtAc \"$1\""; }
[ "$(as_postgres "select 1 from pg_roles where rolname='relay'")" = 1 ] || as_postgres "create role relay superuser login password 'relay'"
[ "$(as_postgres "select 1 from pg_database where datname='relay_test'")" = 1 ] || as_postgres "create database relay_test owner relay"
redis-cli ping >/dev/null 2>&1 || redis-server --daemonize yes --bind 127.0.0.1 --save "" --appendonly no >/dev/null

echo 'export TEST_DATABASE_URL=postgres://relay:relay@127.0.0.1:5432/relay_test'
echo 'export TEST_REDIS_URL=redis://127.0.0.1:6379'
