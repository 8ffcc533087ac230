#!/usr/bin/env bash
# Shows the findings as annotations where code scanning does not, and ends with
# figment's exit status.
# shellcheck source=.github/action/lib.sh
. "$GITHUB_ACTION_PATH/.github/action/lib.sh"

if [ "$UPLOAD" = true ] && [ "$UPLOADED" != success ]; then
	say notice "the findings could not be sent to code scanning: it may be off, or the job lacks security-events: write"
fi
if [ "$IN_ANNOTATIONS" = true ] || { [ "$IN_ANNOTATIONS" = auto ] && [ "$UPLOADED" != success ]; }; then
	[ ! -f "$DIR/annotations.txt" ] || cat "$DIR/annotations.txt"
fi
matches "$CODE" '^[0-9]+$' || fail "figment left no exit status" 3
case $CODE in
0 | 1)
	if [ "$COMPLETE" != true ] && [ "$IN_ON_UNVERIFIED" != ignore ]; then
		say warning "not everything could be checked ($UNVERIFIED names unverified): what is missing here is neither clean nor absent"
	fi
	[ "$CODE" = 0 ] || printf 'figment: findings at or above %s\n' "$IN_FAIL_ON"
	;;
2) say error "figment was called wrongly, or its configuration is wrong: see the step that scans" ;;
*) say error "figment did not finish its work (exit status $CODE): see the step that scans" ;;
esac
exit "$CODE"
