package source

import (
	"path"
	"slices"
	"strings"
)

// A command may name files by a pattern of the shell: for f in steps/*.txt.

// Limits of what patterns lead to.
const (
	maxMatched  = 1000
	maxCompared = 5_000_000 // paths that the patterns of a scan are compared with
)

// Pattern reports whether a path of a command stands for those that match it.
func Pattern(name string) bool { return strings.ContainsAny(name, "*?[") }

// Spent reports whether patterns were compared with as many paths as are: what
// later ones match is not known.
func (l *Listed) Spent() bool { return l.compared >= maxCompared }

// matching gives the files that a pattern of a command in the file by may mean,
// as Installed does for a path: in a document, only what it leads to.
func (l *Listed) matching(by, pattern string, document bool) []string {
	var out []string
	at := strings.LastIndex(pattern, "**/")
	if at >= 0 { // in any folder
		pattern = pattern[at+len("**/"):]
	} else if !path.IsAbs(pattern) {
		for d := path.Dir(by); ; d = path.Dir(d) {
			if p := path.Join(d, pattern); validPath(p) {
				out = l.match(out, p, 0)
			}
			if d == "." || d == "/" {
				break
			}
		}
	}
	if !Pattern(pattern) && at < 0 {
		return out
	}
	if pattern = strings.Trim(path.Clean("/"+pattern), "/"); len(out) == 0 && !document {
		out = l.match(out, pattern, strings.Count(pattern, "/")+1)
	}
	return out
}

// match adds the files that match a pattern: whole paths, or that many of their
// last elements.
func (l *Listed) match(out []string, pattern string, last int) []string {
	prefix, from := "", 0
	if last == 0 {
		prefix = pattern[:strings.IndexAny(pattern, "*?[")]
		from, _ = slices.BinarySearch(l.paths, prefix)
	}
	for _, p := range l.paths[from:] {
		if l.compared++; !strings.HasPrefix(p, prefix) || len(out) >= maxMatched || l.Spent() {
			break
		}
		tail := p
		if last > 0 {
			at := len(p)
			for n := last; n > 0 && at >= 0; n-- {
				at = strings.LastIndexByte(p[:at], '/')
			}
			tail = p[at+1:]
		}
		if ok, err := path.Match(pattern, tail); ok && err == nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
