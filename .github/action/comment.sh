#!/usr/bin/env bash
# Keeps one comment on the pull request. It never fails the run.
# shellcheck source=.github/action/lib.sh
. "$GITHUB_ACTION_PATH/.github/action/lib.sh"

matches "$PULL_REQUEST" '^[0-9]+$' || exit 0
if [ "$FORK" = true ]; then
	say notice "this run may not comment on the pull request of a fork"
	exit 0
fi
command -v gh >/dev/null 2>&1 || {
	say notice "there is no gh on this runner: no comment is written"
	exit 0
}
[ -s "$DIR/summary.md" ] || exit 0

marker='<!-- figment -->'
body=$DIR/comment.md
if [ "$(wc -m <"$DIR/summary.md")" -le 65536 ]; then
	cp "$DIR/summary.md" "$body"
else
	printf '%s\nfigment: %s errors, %s warnings, %s notes, %s names unverified. The list is too long for a comment: the summary of the run has it.\n' \
		"$marker" "$ERRORS" "$WARNINGS" "$NOTES" "$UNVERIFIED" >"$body"
fi
[ "$(head -n 1 "$body")" = "$marker" ] || { printf '%s\n' "$marker" && cat "$body"; } >"$body.new"
[ ! -f "$body.new" ] || mv "$body.new" "$body"

comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
# Only a comment of the workflow's own account: anybody can write the marker.
old=$(gh api --paginate "$comments?per_page=100" \
	--jq '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- figment -->"))) | .id' 2>/dev/null | head -n 1) || old=unknown
if matches "$old" '^[0-9]+$'; then
	gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$old" -F "body=@$body" 2>/dev/null ||
		say notice "the comment cannot be written: the job needs pull-requests: write"
elif [ -n "$old" ]; then
	say notice "the comments cannot be read: the job needs pull-requests: write"
elif [ "$FINDINGS" != 0 ] || [ "$COMPLETE" != true ]; then
	gh api --silent --method POST "$comments" -F "body=@$body" 2>/dev/null ||
		say notice "the comment cannot be written: the job needs pull-requests: write"
fi
