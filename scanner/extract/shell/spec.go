package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// directReference reads "name@git+https://…" and "name @ file:///…", which pip
// does not take from an index.
func directReference(w Word) (extract.Reference, bool) {
	name, rest, ok := strings.Cut(w.Text, "@")
	if !ok {
		return extract.Reference{}, false
	}
	at := strings.TrimSpace(rest)
	from := extract.FromURL
	switch {
	case strings.HasPrefix(at, "git+"), strings.HasPrefix(at, "hg+"), strings.HasPrefix(at, "svn+"), strings.HasPrefix(at, "bzr+"), strings.HasPrefix(at, "git@"):
		from = extract.FromGit
	case strings.HasPrefix(at, "file:"), strings.HasPrefix(at, "./"), strings.HasPrefix(at, "../"), strings.HasPrefix(at, "/"):
		from = extract.FromPath
	case strings.Contains(at, "://"):
	default:
		return extract.Reference{}, false
	}
	req, ok := extract.ParsePEP508(strings.TrimSpace(name))
	if !ok || req.Name == "" || strings.Contains(name, "$") {
		return extract.Reference{}, false
	}
	start := strings.Index(name, req.Name)
	return extract.Reference{Ecosystem: ecosystem.PyPI, Name: req.Name, Extras: req.Extras, From: from, Span: w.span(start, start+len(req.Name))}, true
}

// pathWords are what the names of variables say that hold flags and paths.
const pathWords = " FLAG FLAGS OPT OPTS OPTION OPTIONS ARGS DIR DIRS PATH PATHS ROOT HOME FILE FILES REQ REQS REQUIREMENTS WHEEL WHEELS WHL DIST TARBALL TGZ PREFIX SRC PWD TMP TMPDIR TEMP WORKSPACE URL INDEX VERBOSE QUIET "

// tell reports a name that only the shell knows, once a command. What is plainly
// a path or a flag is none.
func (c *Reader) tell(w Word) {
	if c.unread == nil || c.told || len(w.offs) == 0 || !strings.Contains(w.Text, "$") && w.hole == "" || strings.HasPrefix(w.Text, "-") {
		return
	}
	if i := strings.IndexByte(w.Text, '$'); i >= 0 && strings.HasPrefix(w.Text[i+1:], "/") || tarball(w.Text) || strings.HasSuffix(w.Text, ".whl") || strings.HasSuffix(w.Text, ".txt") {
		if !strings.HasPrefix(w.Text, "$") || tarball(w.Text) || strings.HasSuffix(w.Text, ".whl") || pathLike(w.hole) {
			return
		}
	}
	if pathLike(w.hole) && !c.assigned(w.hole) {
		return
	}
	c.told = true
	c.unread(w)
}

// assigned reports whether the script itself gives a variable its value.
func (c *Reader) assigned(hole string) bool {
	return c.set != nil && c.set(variableName(hole))
}

func variableName(hole string) string {
	name := strings.TrimLeft(hole, "${")
	for i := range len(name) {
		if !extract.IsAlnum(name[i]) && name[i] != '_' {
			return name[:i]
		}
	}
	return name
}

// pathLike reports whether what makes a word at run time is, by its name, no
// package: "$PIP_FLAGS", "$(pwd)".
func pathLike(hole string) bool {
	if cmd, ok := strings.CutPrefix(hole, "$("); ok {
		first, _, _ := strings.Cut(strings.TrimSpace(cmd), " ")
		switch strings.TrimSuffix(first, ")") {
		case "pwd", "ls", "find", "realpath", "readlink", "dirname", "mktemp":
			return true
		}
		return false
	}
	for _, part := range strings.Split(strings.ToUpper(variableName(hole)), "_") {
		if part != "" && strings.Contains(pathWords, " "+part+" ") {
			return true
		}
	}
	return false
}
