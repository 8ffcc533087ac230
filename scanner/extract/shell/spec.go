package shell

import (
	"strings"

	"figment/scanner/extract"
)

// pathWords are what the names of variables say that hold flags and paths.
const pathWords = " FLAG FLAGS OPT OPTS OPTION OPTIONS ARGS DIR DIRS PATH PATHS ROOT HOME FILE FILES REQ REQS REQUIREMENTS WHEEL WHEELS WHL DIST TARBALL TGZ PREFIX SRC PWD TMP TMPDIR TEMP WORKSPACE URL INDEX VERBOSE QUIET "

// Tell reports a name that only the shell knows, once a command. What is plainly
// a path or a flag is none.
func (c *Reader) Tell(w Word) {
	if c.unread == nil || c.told || len(w.offs) == 0 || !strings.Contains(w.Text, "$") && w.Hole == "" || strings.HasPrefix(w.Text, "-") {
		return
	}
	if i := strings.IndexByte(w.Text, '$'); i >= 0 && strings.HasPrefix(w.Text[i+1:], "/") || Tarball(w.Text) || strings.HasSuffix(w.Text, ".whl") || strings.HasSuffix(w.Text, ".txt") {
		if !strings.HasPrefix(w.Text, "$") || Tarball(w.Text) || strings.HasSuffix(w.Text, ".whl") || pathLike(w.Hole) {
			return
		}
	}
	if pathLike(w.Hole) && !c.assigned(w.Hole) {
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

// Tarball reports whether a word names an archive of npm or of Python.
func Tarball(s string) bool {
	return strings.HasSuffix(s, ".tgz") || strings.HasSuffix(s, ".tar.gz") || strings.HasSuffix(s, ".tar")
}

// Global marks what is read until the function that it gives is called.
func (c *Reader) Global() func() { return c.scope(extract.GlobalScope) }

// Bin marks what is read from now on as commands that an installed package may
// bring, until the function that it gives is called.
func (c *Reader) Bin() func() { return c.scope(extract.BinScope) }

func (c *Reader) scope(scope string) func() {
	emit := c.emit
	c.emit = func(r extract.Reference) {
		r.Scope = scope
		emit(r)
	}
	return func() { c.emit = emit }
}

// CommaWords cuts a word at commas.
func CommaWords(w *Word) []Word {
	var out []Word
	at := 0
	for _, part := range strings.Split(w.Text, ",") {
		out = append(out, w.Sub(at, at+len(part)))
		at += len(part) + 1
	}
	return out
}
