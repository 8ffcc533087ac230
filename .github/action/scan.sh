#!/usr/bin/env bash
# Runs figment once, with every report that later steps need, and says in the
# step's outputs what came of it. It does not fail because of findings: the last
# step does, after the reports were handed on.
# shellcheck source=.github/action/lib.sh
. "$GITHUB_ACTION_PATH/.github/action/lib.sh"

cd "$GITHUB_WORKSPACE"
args=(scan --fail-on "$IN_FAIL_ON" --on-unverified "$IN_ON_UNVERIFIED"
	-o text=- -o "json=$DIR/report.json" -o "sarif=$DIR/figment.sarif"
	-o "github=$DIR/annotations.txt" -o "markdown=$DIR/summary.md")
[ -z "$IN_CONFIG" ] || args+=(--config "$IN_CONFIG")
[ "$IN_CATEGORY" = figment ] || args+=(--sarif-category "$IN_CATEGORY")
[ -z "$RANGE" ] || args+=(--diff "$RANGE")
# What a pull request accepts of itself does not count, and what it claims of
# itself does not keep its names from being checked.
[ "$STRICT" != true ] || args+=(--policy-from "$BASE")

# lines TEXT: each line of an input is one argument; nothing is split at blanks.
lines() {
	local line
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%$'\r'}
		[ -z "$line" ] || args+=("$line")
	done <<<"$1"
}
while IFS= read -r line || [ -n "$line" ]; do
	line=${line%$'\r'}
	[ -z "$line" ] || args+=(--accept-claims "$line")
done <<<"$IN_ACCEPT_CLAIMS"
lines "$IN_ARGS"
args+=(--)
lines "$IN_PATHS"

if [ -z "${GIT_CONFIG_COUNT:-}" ]; then # in a container the files may belong to somebody else
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$GITHUB_WORKSPACE"
fi

# No text from the scanned files is taken for a command of the runner.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$token"
code=0
"$BIN" "${args[@]}" || code=$?
printf '\n::%s::\n' "$token"

# value NAME: a member of the report's summary, which has one a line.
summary=""
[ ! -f "$DIR/report.json" ] || summary=$(sed -n '/^  "summary": {$/,/^  }/p' "$DIR/report.json")
value() { printf '%s\n' "$summary" | sed -n "s/^ *\"$1\": \([0-9a-z]*\),\{0,1\}\$/\1/p" | head -n 1; }
errors=$(value error)
warnings=$(value warning)
notes=$(value note)
unverified=$(value unverified)
complete=$(value complete)

if matches "$errors/$warnings/$notes/$unverified/$complete" '^[0-9]+/[0-9]+/[0-9]+/[0-9]+/(true|false)$'; then
	output findings "$((errors + warnings + notes))"
	output errors "$errors"
	output warnings "$warnings"
	output notes "$notes"
	output unverified "$unverified"
else
	complete=false
	[ "$code" -gt 1 ] || code=3 # no report is no clean report
fi
output complete "$complete"
output exit-code "$code"

upload=false
if [ -s "$DIR/figment.sarif" ]; then
	output sarif-file "$DIR/figment.sarif"
	upload=$IN_SARIF
fi
if [ "$upload" = true ]; then
	if [ "$FORK" = true ] || [ "${GITHUB_ACTOR:-}" = 'dependabot[bot]' ]; then
		say notice "this run may not write to code scanning: the findings are shown as annotations"
		upload=false
	elif [ -n "$RANGE" ] && [ "${GITHUB_EVENT_NAME:-}" = push ]; then
		say notice "the result of a part would close the branch's other alerts: it is not sent to code scanning"
		upload=false
	fi
fi
output upload "$upload"

if [ "$IN_SUMMARY" = true ] && [ -s "$DIR/summary.md" ]; then
	if [ "$(wc -c <"$DIR/summary.md")" -le 1048576 ]; then
		cat "$DIR/summary.md" >>"$GITHUB_STEP_SUMMARY"
	else
		printf 'figment: the summary is too long to be shown here.\n' >>"$GITHUB_STEP_SUMMARY"
	fi
fi
