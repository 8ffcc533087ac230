#!/usr/bin/env bash
# Gives the module its permanent path: .github/release/home.sh github.com/OWNER/figment
# Run once, by whoever holds that name. Only imports change: "figment/…" is also
# how reports name their fingerprints, and those must stay.
set -euo pipefail
cd "$(dirname "$0")/../.."

home=${1:?which path, github.com/OWNER/figment}
[[ $home =~ ^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$ ]] || {
	echo "this is no module path: $home" >&2
	exit 2
}
[ "$(go list -m)" = figment ] || {
	echo "the module has a path already: $(go list -m)" >&2
	exit 2
}
go mod edit -module "$home"
git ls-files -z '*.go' | while IFS= read -r -d '' file; do
	sed -E "s|^((import )?[[:space:]]*([A-Za-z_.][A-Za-z0-9_]*[[:space:]]+)?)\"figment/|\1\"$home/|" "$file" >"$file.new"
	if cmp -s "$file" "$file.new"; then rm "$file.new"; else cat "$file.new" >"$file" && rm "$file.new"; fi
done
# The tests that read import paths.
for file in cmd/figment/layers_test.go cmd/figment/main_test.go cmd/figment-osv/merge_test.go; do
	sed "s|\"figment/|\"$home/|g" "$file" >"$file.new" && cat "$file.new" >"$file" && rm "$file.new"
done
git ls-files -z '*.go' | xargs -0 gofmt -w
go build ./...
go vet ./...
