package app

// The words of --policy-from. Any other is a commit as git names it.
const (
	FromWorktree = "worktree"
	FromHead     = "head"
	FromUpstream = "upstream"
)
