#!/usr/bin/env bash
# Checks the inputs and puts the program figment into a folder of this run: a
# release whose hash stands in checksums.txt, or built from the action's own
# checkout. Nothing of the scanned repository is executed.
here=$GITHUB_ACTION_PATH/.github/action
# shellcheck source=.github/action/lib.sh
. "$here/lib.sh"

[ "${GITHUB_EVENT_NAME:-}" != pull_request_target ] ||
	fail "figment does not run on pull_request_target, which gives secrets to the code of strangers: use pull_request"
one_of mode "$IN_MODE" auto diff full
one_of fail-on "$IN_FAIL_ON" error warning note never
one_of on-unverified "$IN_ON_UNVERIFIED" warn fail ignore
one_of install "$IN_INSTALL" auto release source
one_of annotations "$IN_ANNOTATIONS" auto true false
one_of sarif "$IN_SARIF" true false
one_of summary "$IN_SUMMARY" true false
one_of comment "$IN_COMMENT" true false
one_of cache "$IN_CACHE" true false
matches "$IN_CATEGORY" '^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$' || fail "the input category cannot be \"$IN_CATEGORY\""
[ -z "$IN_VERSION" ] || matches "$IN_VERSION" '^[0-9]+\.[0-9]+\.[0-9]+$' ||
	fail "the input version cannot be \"$IN_VERSION\": three numbers, 1.2.3"

exe=""
case ${RUNNER_OS:-} in
Linux) os=linux ;;
macOS) os=darwin ;;
Windows)
	os=windows
	exe=.exe
	;;
*) fail "there is no figment for ${RUNNER_OS:-this system}" ;;
esac
case ${RUNNER_ARCH:-} in
X64) arch=amd64 ;;
ARM64) arch=arm64 ;;
*) fail "there is no figment for ${RUNNER_ARCH:-this processor}" ;;
esac

# A folder for this use of the action: a job may have several.
n=1
until mkdir "$RUNNER_TEMP/figment-$n" 2>/dev/null; do
	n=$((n + 1))
	[ "$n" -le 100 ] || fail "no folder can be made in the runner's temporary folder" 3
done
dir=$RUNNER_TEMP/figment-$n
bin=$dir/figment$exe

table=$here/checksums.txt
newest=$(sed -n 's/^[0-9a-f]\{64\}  figment_\([0-9.]*\)_linux_amd64\.tar\.gz$/\1/p' "$table" | tail -n 1)

how=$IN_INSTALL
if [ "$how" = auto ]; then
	how=release
	[ -n "$newest$IN_VERSION" ] || how=source
fi

sha256() {
	if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

release() {
	local version=${IN_VERSION:-$newest} repo=$ACTION_REPOSITORY name want got
	[ -n "$version" ] || fail "this action knows the hash of no release: use install: source"
	if [ -z "$repo" ]; then # not set in every runner: the path has it too
		repo=$(printf '%s\n' "$GITHUB_ACTION_PATH" | tr '\134' / | sed -n 's|^.*/_actions/\([^/]*/[^/]*\)/.*$|\1|p')
	fi
	matches "$repo" '^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$' || fail "it is not known where this action comes from: use install: source"
	name=figment_${version}_${os}_${arch}.tar.gz
	want=$(sed -n "s/^\([0-9a-f]\{64\}\)  $name\$/\1/p" "$table")
	matches "$want" '^[0-9a-f]{64}$' || fail "this action does not know the hash of $name"
	cd "$dir" # tar in Git for Windows takes C: for a host
	curl --fail --silent --show-error --location --proto '=https' --retry 3 --connect-timeout 20 --max-time 300 \
		--output "$name" "$GITHUB_SERVER_URL/$repo/releases/download/v$version/$name" ||
		fail "$name cannot be downloaded" 3
	got=$(sha256 "$name")
	[ "$got" = "$want" ] || fail "$name has the hash $got, not $want: it is not run" 3
	if [ "$GITHUB_SERVER_URL" = https://github.com ] && [ -n "${GH_TOKEN:-}" ] && gh attestation --help >/dev/null 2>&1; then
		gh attestation verify "$name" --repo "$repo" >/dev/null ||
			fail "the origin of $name cannot be verified: it is not run" 3
	fi
	tar -xzf "$name" "figment$exe"
	rm -f "$name"
}

build() {
	command -v go >/dev/null 2>&1 || fail "figment is built from source, which needs Go: add actions/setup-go before this step"
	cd "$GITHUB_ACTION_PATH"
	GOFLAGS="" GOWORK=off CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w" -o "$bin" ./cmd/figment ||
		fail "figment cannot be built" 3
}

case $how in
release) (release) ;;
source) (build) ;;
esac
"$bin" version

output dir "$dir"
output bin "$bin"
output day "$(date -u +%Y-%m-%d)"
fork=false
case ${GITHUB_EVENT_NAME:-} in
pull_request*) [ "$HEAD_REPOSITORY" = "$GITHUB_REPOSITORY" ] || fork=true ;;
esac
output fork "$fork"
