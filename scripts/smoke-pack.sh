#!/usr/bin/env bash
# The package as its users get it: packed, installed without dev dependencies in an empty folder, then imported,
# type-checked and run. Needs `npm ci` and `npm run build` before.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
work="$(mktemp -d "${TMPDIR:-/tmp}/auditor-pack.XXXXXX")"
trap 'rm -rf "$work"' EXIT
export PATH="$root/node_modules/.bin:$PATH" # the project's own Node

(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null)
tarball="$(echo "$work"/auditor-*.tgz)"
echo "packed: $(tar -tzf "$tarball" | wc -l) files, $(stat -c %s "$tarball") bytes"

mkdir "$work/user"
cd "$work/user"
echo '{ "name": "user", "private": true, "type": "module" }' >package.json
npm install --silent --omit=dev --omit=optional --no-audit --no-fund "$tarball"
[ ! -e node_modules/typescript ] || { echo 'dev dependencies were installed'; exit 1; }

cat >consumer.ts <<'TS'
import { createAuditor } from 'auditor'
import * as testing from 'auditor/testing'
export const made: typeof createAuditor = createAuditor
export const helpers: string[] = Object.keys(testing)
console.log('imported:', typeof made, helpers.length > 0)
TS
node consumer.ts
mkdir -p node_modules/@types
ln -s "$root/node_modules/@types/node" node_modules/@types/node
tsc --noEmit --strict --target es2024 --lib es2024,esnext --module nodenext --types node consumer.ts
echo 'type-checked'

said="$(npx --no-install auditor version)"
version="$(node -p "require('$root/package.json').version")"
case "$said" in *"$version"*) echo "auditor version: $said" ;; *) echo "auditor version said: $said"; exit 1 ;; esac
