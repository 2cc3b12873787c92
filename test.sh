#!/usr/bin/env bash
# Builds everything and runs every test. Ends with one line: N passed, N failed, N skipped.
#   ./test.sh            the ordinary run
#   ./test.sh --audit    also the long checks (more crash points, more fuzzing, more attacks on the privacy promise)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case "${1:-}" in
  "") ;;
  --audit) export CIVICSENSE_AUDIT=1 ;;
  *) echo "usage: ./test.sh [--audit]" >&2; exit 2 ;;
esac

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Real MQTT clients, a real broker, a real browser, a real web server, programs of researchers and a real PostgreSQL, where this machine can install them. Without them those tests say that they were skipped.
install_tools() {
  local missing=()
  command -v mosquitto_pub >/dev/null || missing+=(mosquitto-clients)
  [ -x /usr/sbin/mosquitto ] || command -v mosquitto >/dev/null || missing+=(mosquitto)
  command -v chromium >/dev/null || missing+=(chromium)
  [ ! -x /usr/bin/python3 ] || /usr/bin/python3 -c 'import paho.mqtt.client' 2>/dev/null || missing+=(python3-paho-mqtt)
  [ ! -x /usr/bin/python3 ] || /usr/bin/python3 -c 'import yaml, jsonschema' 2>/dev/null || missing+=(python3-yaml python3-jsonschema)
  [ ! -x /usr/bin/python3 ] || /usr/bin/python3 -c 'import pandas' 2>/dev/null || missing+=(python3-pandas)
  command -v Rscript >/dev/null || missing+=(r-base-core)
  command -v ogrinfo >/dev/null || missing+=(gdal-bin)
  command -v curl >/dev/null || missing+=(curl)
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing+=(nginx-light)
  command -v strace >/dev/null || missing+=(strace)
  command -v paho_c_sub >/dev/null || missing+=(paho.mqtt.c-examples)
  [ -n "$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null)" ] || missing+=(libfaketime)
  command -v npm >/dev/null || missing+=(nodejs npm)
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  [ ${#missing[@]} -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    echo "Not installed: ${missing[*]}. Install them to run every test." >&2
    return
  fi
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { echo "Not installed: ${missing[*]}. Install them to run every test." >&2; return; }
    sudo=(sudo -n)
  fi
  echo "Installing ${missing[*]} ..."
  "${sudo[@]}" apt-get update -qq >/dev/null 2>&1
  for package in "${missing[@]}"; do
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 \
      || echo "Could not install $package; its tests will be skipped." >&2
  done
}
install_tools

# Other people's MQTT code in JavaScript, which ours is tested against; artifacts/ is not part of the repository.
# And the check of pages for accessibility.
if command -v npm >/dev/null && { [ ! -d artifacts/node/node_modules/mqtt ] || [ ! -d artifacts/node/node_modules/axe-core ]; }; then
  npm install --silent --no-audit --no-fund --prefix artifacts/node mqtt@5.16.0 mqtt-packet@9.0.2 axe-core@4.14.1 >/dev/null 2>&1 \
    || echo "Could not install mqtt, mqtt-packet and axe-core with npm; their tests will be skipped." >&2
fi

# Other people's readers of Parquet, and validators of metadata. Not "npm ci": it wants the reader's programs for every kind of machine.
if command -v npm >/dev/null && [ ! -d artifacts/parquet-readers/node_modules/@duckdb/duckdb-wasm ]; then
  mkdir -p artifacts/parquet-readers && cp tests/parquet-readers/{package.json,package-lock.json,.npmrc} artifacts/parquet-readers/ \
    && npm install --silent --no-audit --no-fund --prefix artifacts/parquet-readers >/dev/null 2>&1 \
    || echo "Could not install the readers of data sets with npm; their tests will be skipped." >&2
fi

# TimescaleDB compiled to WebAssembly.
if command -v npm >/dev/null && [ ! -d artifacts/timescaledb/node_modules ]; then
  mkdir -p artifacts/timescaledb && cp tests/timescaledb/{package.json,package-lock.json,.npmrc} artifacts/timescaledb/ \
    && npm ci --silent --no-audit --no-fund --legacy-peer-deps --prefix artifacts/timescaledb >/dev/null 2>&1 \
    || echo "Could not install TimescaleDB with npm; its tests will be skipped." >&2
fi

echo "Building ..."
dotnet build CivicSense.sln -c Release -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed_projects=0
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  dotnet test "$project" -c Release --no-build --nologo -v quiet \
    --logger "trx;LogFileName=$results/$name.trx" --logger "console;verbosity=minimal" || failed_projects=$((failed_projects + 1))
done

# Half an hour at half load: memory and threads must not grow.
soak_failed=0
if [ -n "${CIVICSENSE_AUDIT:-}" ]; then
  echo "== Soak, 30 minutes"
  dotnet benchmarks/CivicSense.Benchmarks/bin/Release/net10.0/CivicSense.Benchmarks.dll \
    ingest --soak --shape 1000x1 --rate 30000 --seconds 1800 || soak_failed=1
fi

# The counters of all result files, added up.
total() { grep -ho "<Counters [^>]*>" "$results"/*.trx 2>/dev/null | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ sum += $1 } END { print sum + 0 }'; }
# What the audits of the privacy promise found (docs/privacy/audits.md).
grep -ho "Seeded privacy faults: [^<]*" "$results"/*.trx 2>/dev/null | sort -u

passed=$(total passed)
failed=$(total failed)
all=$(total total)
skipped=$((all - passed - failed))
# A test process that died before it could report has failed, too.
[ "$failed" -eq 0 ] && failed=$failed_projects
failed=$((failed + soak_failed))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
