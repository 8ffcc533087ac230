package git

import (
	"bytes"
	"errors"
	"strings"
)

// isObject reports whether s is the full name of an object.
func isObject(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// NoObject reports whether s stands for no object at all.
func NoObject(s string) bool { return strings.Trim(s, "0") == "" }

// Modes of entries that are no files.
const (
	LinkMode      = "120000" // a symbolic link
	SubmoduleMode = "160000" // the commit of another repository
)

// An Entry is what an index or a tree has at a path.
type Entry struct {
	Mode   string // in octal, as git writes it; empty or zeros: there is nothing
	Object string // the full name of its content; empty: in conflict, or on disk only
}

// Regular reports whether it is a file, and neither a link nor a submodule.
func (f Entry) Regular() bool {
	return (f.Mode == "100644" || f.Mode == "100755" || f.Mode == "100664") && !NoObject(f.Object)
}

var errOutput = errors.New("git's answer is not of the form that was asked for")

// parseTree reads the answer of ls-files --stage -z and of ls-tree -r -z. Paths
// in conflict have the content of none of their sides.
func parseTree(out []byte) (map[string]Entry, error) {
	files := make(map[string]Entry, bytes.Count(out, []byte{0}))
	for len(out) > 0 {
		line, rest, ok := bytes.Cut(out, []byte{0})
		head, p, tab := strings.Cut(string(line), "\t")
		f := strings.Fields(head)
		if !ok || !tab || len(f) != 3 || len(f[0]) != 6 {
			return nil, errOutput
		}
		out = rest
		entry := Entry{f[0], f[2]} // mode type object
		if isObject(f[1]) {        // mode object stage
			if entry.Object = f[1]; f[2] != "0" {
				entry.Object = ""
			}
		} else if !isObject(f[2]) {
			return nil, errOutput
		}
		if validPath(p) {
			files[p] = entry
		}
	}
	return files, nil
}

// validPath reports whether a path stays below the top.
func validPath(p string) bool {
	if p == "" || p[0] == '/' {
		return false
	}
	for e := range strings.SplitSeq(p, "/") {
		if e == "" || e == "." || e == ".." {
			return false
		}
	}
	return true
}

// A Change is a line of git's raw diff: what a path had and has.
type Change struct {
	Path     string
	Old, New Entry
	Status   byte // A, D, M, T; U: in conflict
}

// parseRaw reads the answer of diff-index and diff-tree with --raw -z
// --no-renames.
func parseRaw(out []byte) ([]Change, error) {
	var changes []Change
	for len(out) > 0 {
		head, rest, ok := bytes.Cut(out, []byte{0})
		p, rest, ok2 := bytes.Cut(rest, []byte{0})
		f := strings.Fields(string(head))
		if !ok || !ok2 || len(f) != 5 || len(f[0]) != 7 || f[0][0] != ':' || !isObject(f[2]) || !isObject(f[3]) {
			return nil, errOutput
		}
		out = rest
		c := Change{string(p), Entry{f[0][1:], f[2]}, Entry{f[1], f[3]}, f[4][0]}
		if validPath(c.Path) {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// There reports whether a tree has anything at the path.
func (f Entry) There() bool { return f.Mode != "" && f.Mode != "000000" }
