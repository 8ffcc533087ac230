package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// npm reads one word as npm reads what it installs. What does not come from a
// registry is listed if it has a name.
func (c *Reader) npm(w Word, eco ecosystem.Ecosystem, flags extract.Flags, index string) {
	if w.hole != "" && !strings.Contains(w.Text, "$") {
		c.tell(w) // it may be another one
	}
	end := len(strings.TrimRight(w.Text, ","))
	t := w.Text[:end]
	at := 0
	if strings.HasPrefix(t, "npm:") {
		at = len("npm:")
	} else if strings.HasPrefix(t, "jsr:") {
		at, eco = len("jsr:"), ecosystem.JSR
	}
	for _, from := range []int{0, strings.IndexByte(t[min(1, len(t)):], '@') + 2} { // the address alone, or behind x@
		if name, n, ok := extract.NPMArchive(t[min(from, len(t)):]); ok {
			c.reference(extract.Reference{Ecosystem: eco, Name: name, Span: w.span(from+n, from+n+len(name)), Flags: flags, Index: index})
			return
		}
	}
	name, spec := npmWord(t[at:])
	if k := strings.IndexAny(name, "<>=^~"); k > 0 && spec == "" && extract.IsAlnum(name[k-1]) {
		// npm refuses it, and means no other package: x>=1 is written x@>=1.
		name, spec = name[:k], name[k:]
	}
	for _, p := range []string{"npm:", "jsr:"} { // alias@npm:real@range
		if rest, ok := strings.CutPrefix(spec, p); ok && name != "" {
			at = end - len(rest)
			if p == "jsr:" {
				eco = ecosystem.JSR
			}
			name, spec = npmWord(rest)
		}
	}
	if strings.Contains(name, "$") || name == "" && strings.HasPrefix(t[at:], "$") {
		c.tell(w)
		return
	}
	if name == "" || strings.ContainsAny(name[:1], "<{[.~/") || strings.ContainsAny(name, ": ") || strings.HasPrefix(name, "@") && !strings.Contains(name, "/") {
		return
	}
	r := extract.Reference{Ecosystem: eco, Name: name, Span: w.span(at, at+len(name)), Flags: flags, Index: index}
	if r.From, r.Constraint = extract.NPMSpecFrom(spec); r.From == extract.FromRegistry && tarball(spec) {
		r.From, r.Constraint = extract.FromPath, ""
	}
	c.reference(r)
}

// npmWord cuts a word into a name and what is asked of it, as npm does: what is
// an address, a path or a file has no name.
func npmWord(t string) (name, spec string) {
	at := -1
	if len(t) > 1 {
		at = strings.IndexByte(t[1:], '@') + 1
	}
	name = t
	if at > 0 {
		name, spec = t[:at], t[at+1:]
	}
	scheme, _, ok := strings.Cut(t, ":")
	if ok && strings.Trim(strings.TrimPrefix(scheme, "git+"), "abcdefghijklmnopqrstuvwxyz") == "" {
		return "", t
	}
	if user, host, ok := strings.Cut(t, "@"); ok && user != "" { // git@host.org:u/r
		if h, _, ok := strings.Cut(host, ":"); ok && strings.Contains(h, ".") && !strings.ContainsAny(h, "/") && strings.IndexByte(h, '.') > 0 && !strings.HasPrefix(t, "@") {
			return "", t
		}
	}
	if !strings.HasPrefix(name, "@") && (strings.Contains(name, "/") || tarball(name)) {
		return "", t
	}
	return name, spec
}

func tarball(s string) bool {
	return strings.HasSuffix(s, ".tgz") || strings.HasSuffix(s, ".tar.gz") || strings.HasSuffix(s, ".tar")
}

func npmFlags(list []arg) (flags extract.Flags, index string) {
	for _, a := range list {
		switch a.flag {
		case "-D", "--save-dev", "--dev", "-d":
			flags |= extract.Dev
		case "-O", "--save-optional":
			flags |= extract.Optional
		case "--registry":
			if a.value != nil {
				index = a.value.Text
			}
		}
	}
	return flags, index
}

// global marks what is read until the function that it gives is called.
func (c *Reader) global() func() {
	emit := c.emit
	c.emit = func(r extract.Reference) {
		r.Scope = extract.GlobalScope
		emit(r)
	}
	return func() { c.emit = emit }
}

// readNpmGlobal reads a command that installs outside of any project: what that
// calls its own is nothing to it.
func readNpmGlobal(c *Reader, cmd *command, words []Word) {
	defer c.global()()
	readNpm(c, cmd, words)
}

func readNpm(c *Reader, cmd *command, words []Word) {
	list := args(words, cmd)
	for _, a := range list {
		switch {
		case a.flag == "-g", a.flag == "--global" && (a.value == nil || a.value.Text != "false"), a.flag == "--location" && a.value != nil && a.value.Text == "global":
			defer c.global()()
		}
	}
	flags, index := npmFlags(list)
	for _, a := range list {
		if a.flag == "" {
			c.npm(a.word, cmd.eco, cmd.flags|flags, index)
		}
	}
}

func readNpx(c *Reader, cmd *command, words []Word) {
	list := leading(words, cmd)
	packages := false
	_, index := npmFlags(list)
	for _, a := range list {
		switch {
		case (a.flag == "-p" || a.flag == "--package") && a.value != nil:
			packages = true
			c.npm(*a.value, cmd.eco, cmd.flags, index)
		case (a.flag == "-c" || a.flag == "--call") && a.value != nil:
			// It runs what is installed, or what --package says: its first word is
			// no package by itself.
			c.line(*a.value)
		case a.flag == "":
			if packages {
				return
			}
			if tool, _ := extract.CutVersion(a.word.Text); tool == "jsr" || tool == "expo" || tool == "npm" || tool == "pnpm" || tool == "yarn" || tool == "bun" || tool == "ni" {
				for k := range words {
					if words[k].end == a.word.end {
						c.nested(append([]Word{words[k].sub(0, len(tool))}, words[k+1:]...))
						break
					}
				}
			}
			c.npm(a.word, cmd.eco, cmd.flags, index)
			return // the rest are its arguments
		}
	}
}

// readCreate reads "npm create x", which runs the package create-x.
func readCreate(c *Reader, cmd *command, words []Word) {
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			continue
		}
		t := a.word.Text
		if t == "" || strings.ContainsAny(t[:1], "./$<{[") || strings.Contains(t, ":") {
			return
		}
		name, constraint := extract.CutVersion(t)
		real := "create-" + name
		if strings.HasPrefix(name, "@") {
			scope, pkg, ok := strings.Cut(name, "/")
			real = scope + "/create"
			if ok {
				real = scope + "/create-" + pkg
			}
		} else if strings.Contains(name, "/") {
			return // a GitHub template
		}
		if ecosystem.Markup(name) {
			return
		}
		c.reference(extract.Reference{Ecosystem: ecosystem.NPM, Name: real, Constraint: constraint, Span: a.word.span(0, len(name)), Flags: cmd.flags})
		return
	}
}

func readDeno(c *Reader, cmd *command, words []Word) {
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			continue
		}
		if strings.HasPrefix(a.word.Text, "npm:") || strings.HasPrefix(a.word.Text, "jsr:") {
			c.npm(a.word, cmd.eco, cmd.flags, "")
		}
	}
}
