package ecosystem

import "strings"

// A Lock is a file that a tool writes to keep what it resolved.
type Lock struct {
	File    string // base name
	Refresh string // the command that brings it up to date
}

// Locks are the lock files of the ecosystem's tools.
func (e Ecosystem) Locks() []Lock {
	if r := find(e); r != nil {
		return r.Locks
	}
	return nil
}

// IsLock reports whether a base name, in any letter case, is a lock file's.
func IsLock(base string) bool {
	for i := range table {
		for _, l := range table[i].Locks {
			if strings.EqualFold(l.File, base) {
				return true
			}
		}
	}
	return false
}

// Tidy are the commands that follow a change of a manifest where no lock file
// lies beside it.
func (e Ecosystem) Tidy() []string {
	if r := find(e); r != nil && r.Tidied != "" {
		return []string{r.Tidied}
	}
	return nil
}
