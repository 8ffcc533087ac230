# shellcheck shell=bash
# What the steps of the action share. Everything here runs under bash 3.2, which
# is what macOS has.
set -euo pipefail

# say KIND TEXT: a notice, warning or error of the run. Runners read commands
# line by line, so the text is escaped.
say() {
	local text=${2//[%]/%25}
	text=${text//$'\r'/%0D}
	text=${text//$'\n'/%0A}
	printf '::%s title=figment::%s\n' "$1" "$text"
}

# fail TEXT [STATUS]
fail() {
	say error "$1"
	exit "${2:-2}"
}

# output NAME VALUE: only numbers, words and paths that the action itself made.
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# one_of NAME VALUE WORD…: an input that knows these words only.
one_of() {
	local name=$1 value=$2 word
	shift 2
	for word in "$@"; do
		[ "$value" != "$word" ] || return 0
	done
	fail "the input $name cannot be \"$value\": it is one of $*"
}

# matches VALUE EXPRESSION
matches() { [[ $1 =~ $2 ]]; }
