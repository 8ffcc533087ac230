#!/usr/bin/env bash
# Finds what a change is held against: the first parent of the merge commit that
# GitHub made for a pull request, the base of a merge group, what a branch was
# before a push. The event's base of a pull request may be older than that parent
# and would blame it for names that others added.
# shellcheck source=.github/action/lib.sh
. "$GITHUB_ACTION_PATH/.github/action/lib.sh"

hash='^[0-9a-f]{40}([0-9a-f]{24})?$'
diff=false
case $IN_MODE in
diff) diff=true ;;
auto)
	case ${GITHUB_EVENT_NAME:-} in
	pull_request | merge_group) diff=true ;;
	esac
	;;
esac
# What a pull request says of itself is never taken from the pull request,
# whoever opened it: assistants open theirs from the same repository.
strict=$FORK
[ "${GITHUB_EVENT_NAME:-}" != pull_request ] || strict=true
[ "$diff" = true ] || [ "$strict" = true ] || exit 0

# The repository is not ours: none of its programs are started. In a container
# the files may belong to somebody else.
quiet_git() {
	GIT_TERMINAL_PROMPT=0 GIT_NO_LAZY_FETCH=1 git -c core.fsmonitor=false -c core.hooksPath=/dev/null \
		-c 'safe.directory=*' --no-pager "$@"
}
commit() { quiet_git rev-parse --verify --quiet "$1^{commit}" 2>/dev/null; }

# fetch DEPTH COMMIT: with the credentials that the checkout left, or else with
# the run's own token, which stays out of every command line.
fetch() {
	local url=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY
	quiet_git fetch --quiet --no-tags --no-recurse-submodules --depth="$1" "$url" "$2" 2>/dev/null && return 0
	[ -n "${GH_TOKEN:-}" ] || return 1
	local header
	header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$GH_TOKEN" | base64 | tr -d '\r\n')"
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" GIT_CONFIG_VALUE_0="$header" \
		quiet_git fetch --quiet --no-tags --no-recurse-submodules --depth="$1" "$url" "$2" 2>/dev/null
}

cd "$GITHUB_WORKSPACE"
quiet_git rev-parse --git-dir >/dev/null 2>&1 || fail "there is no repository here: actions/checkout has to run before figment"
matches "${GITHUB_SHA:-}" "$hash" || fail "the event has no commit"

base=""
why=""
case ${GITHUB_EVENT_NAME:-} in
pull_request)
	# Only where it is missing: in a whole clone a depth would cut history off.
	base=$(commit "$GITHUB_SHA^1") || { fetch 2 "$GITHUB_SHA" && base=$(commit "$GITHUB_SHA^1"); } || base=""
	;;
merge_group | push)
	old=$EVENT_BEFORE
	[ "$GITHUB_EVENT_NAME" = push ] || old=$MERGE_GROUP_BASE
	if matches "$old" '^0+$'; then
		why="the branch is new"
	elif matches "$old" "$hash"; then
		base=$(commit "$old") || { fetch 1 "$old" && base=$(commit "$old"); } || base=""
		[ -z "$base" ] || commit "$GITHUB_SHA" >/dev/null || fetch 1 "$GITHUB_SHA" || base=""
	fi
	;;
*) why="the event ${GITHUB_EVENT_NAME:-} changes nothing" ;;
esac

if ! matches "$base" "$hash"; then
	[ "$strict" = false ] || fail "the commit that this pull request is based on cannot be found" 3
	if [ -n "$why" ]; then
		say notice "$why: everything is checked"
	else
		say warning "the commit to compare with cannot be found: everything is checked, old names too"
	fi
	exit 0
fi
output base "$base"
output strict "$strict"
[ "$diff" = false ] || output range "$base..$GITHUB_SHA"
