package source

import (
	"bytes"
	"errors"
	"strings"
)

// isObject reports whether s is the full name of an object.
func isObject(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// noObject reports whether s stands for no object at all.
func noObject(s string) bool { return strings.Trim(s, "0") == "" }

// linkMode is how git notes a link.
const linkMode = "120000"

// submoduleMode is how git notes the commit of another repository.
const submoduleMode = "160000"

// A treeFile is what an index or a tree has at a path.
type treeFile struct {
	mode, object string
}

// regular reports whether it is a file, and neither a link nor a submodule.
func (f treeFile) regular() bool {
	return (f.mode == "100644" || f.mode == "100755" || f.mode == "100664") && !noObject(f.object)
}

var errGitOutput = errors.New("git's answer is not of the form that was asked for")

// parseTree reads the answer of ls-files --stage -z and of ls-tree -r -z. Paths
// in conflict have the content of none of their sides.
func parseTree(out []byte) (map[string]treeFile, error) {
	files := make(map[string]treeFile, bytes.Count(out, []byte{0}))
	for len(out) > 0 {
		line, rest, ok := bytes.Cut(out, []byte{0})
		head, p, tab := strings.Cut(string(line), "\t")
		f := strings.Fields(head)
		if !ok || !tab || len(f) != 3 || len(f[0]) != 6 {
			return nil, errGitOutput
		}
		out = rest
		entry := treeFile{f[0], f[2]} // mode type object
		if isObject(f[1]) {           // mode object stage
			if entry.object = f[1]; f[2] != "0" {
				entry.object = ""
			}
		} else if !isObject(f[2]) {
			return nil, errGitOutput
		}
		if gitPath(p) {
			files[p] = entry
		}
	}
	return files, nil
}

// gitPath reports whether a path stays below the top.
func gitPath(p string) bool {
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

// A rawChange is a line of git's raw diff.
type rawChange struct {
	path     string
	old, new treeFile
	status   byte // A, D, M, T; U: in conflict
}

// parseRaw reads the answer of diff-index and diff-tree with --raw -z
// --no-renames.
func parseRaw(out []byte) ([]rawChange, error) {
	var changes []rawChange
	for len(out) > 0 {
		head, rest, ok := bytes.Cut(out, []byte{0})
		p, rest, ok2 := bytes.Cut(rest, []byte{0})
		f := strings.Fields(string(head))
		if !ok || !ok2 || len(f) != 5 || len(f[0]) != 7 || f[0][0] != ':' || !isObject(f[2]) || !isObject(f[3]) {
			return nil, errGitOutput
		}
		out = rest
		c := rawChange{string(p), treeFile{f[0][1:], f[2]}, treeFile{f[1], f[3]}, f[4][0]}
		if gitPath(c.path) {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// there reports whether a tree has anything at the path.
func (f treeFile) there() bool { return f.mode != "" && f.mode != "000000" }
