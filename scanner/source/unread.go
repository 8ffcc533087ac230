package source

import (
	"figment/scanner/text"
	"path"
	"strings"
)

// A Why says why a text that names packages was not read, or not whole. Empty:
// the problem is of another kind.
type Why string

// The reasons, as reports spell them.
const (
	NoReader         Why = "no-reader"         // of a known kind that nothing reads yet
	TooLarge         Why = "too-large"         // beyond a limit of size or number
	Binary           Why = "binary"            // it holds a NUL
	Encoding         Why = "encoding"          // in an encoding that is not decoded
	NestedTooDeep    Why = text.NestedTooDeep  // nested beyond MaxLevels, or a directory beyond the depth of a walk
	LongLines        Why = "long-lines"        // lines that a program wrote; those of ordinary length are read
	Broken           Why = "broken"            // not well formed: names after that place may be missed
	Crashed          Why = "crashed"           // a reader failed: the rest was read line by line
	NotFollowed      Why = "not-followed"      // a link or an include that leads to what may not be read
	SkippedDirectory Why = "skipped-directory" // tools made it, by the look of it, and yet git tracks files in it
	Ignored          Why = "ignored"           // outside of git: passed over for a rule or a marker that the tree itself sets
	Unreadable       Why = "unreadable"        // the system refused
)

// Gated reports whether a change that touches such a file may not pass a gate:
// the others say nothing of the change.
func (w Why) Gated() bool { return w != "" && w != NoReader && w != Ignored }

// Severe reports whether a report is incomplete for a file of that name that
// was not read. Sources other than scripts are full of generated text, and only
// a change of them counts.
func (r *Recognition) Severe(p string) bool {
	switch kind, _ := r.classify(p); kind {
	case ManifestFile, LockFile, ScriptFile:
		return true
	}
	return r.knownKind(p) != ""
}

// Guessed reports whether a file of that name is of a known kind that no format
// reads: what is made of its text, where somebody names it, is a guess.
func (r *Recognition) Guessed(p string) bool {
	kind, _ := r.classify(p)
	return (kind == NoFile || kind == Sniffed) && r.knownKind(p) != ""
}

// What says in words what kind of file a path is, for a person: "npm lock
// file". Empty where the name says nothing.
func (r *Recognition) What(p string) string {
	if what := r.knownKind(p); what != "" {
		return what
	}
	return r.find(p).what
}

// knownKind says what a file is that names packages and that nothing reads;
// empty for all others.
func (r *Recognition) knownKind(p string) string {
	base := strings.ToLower(path.Base(p))
	if k, ok := r.known[base]; ok {
		return k.What
	}
	for i := strings.IndexByte(base, '.'); i >= 0; {
		if k, ok := r.known[base[i:]]; ok && i > 0 {
			return k.What
		}
		next := strings.IndexByte(base[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	dir := strings.ToLower(path.Dir(p))
	for _, k := range r.matched {
		if k.Match(dir, base) {
			return k.What
		}
	}
	return ""
}
