#!/usr/bin/env bash
# Makes what the archives and packages carry beside the program: completions and
# manual pages, in extras/. Its argument is the version that they name.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=${1:?which version}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
GOOS="" GOARCH="" CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-X main.version=$version" -o "$tmp/figment" ./cmd/figment

rm -rf extras
mkdir -p extras/completions extras/man
"$tmp/figment" completion bash >extras/completions/figment.bash
"$tmp/figment" completion zsh >extras/completions/_figment
"$tmp/figment" completion fish >extras/completions/figment.fish
"$tmp/figment" completion powershell >extras/completions/figment.ps1
"$tmp/figment" man extras/man

# For the container, which has nothing else.
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
	if [ -f "$bundle" ]; then
		cp "$bundle" extras/ca-certificates.crt
		break
	fi
done
