package extract

import (
	"strings"

	"figment/ecosystem"
)

// npm reads one word as npm reads what it installs. What does not come from a
// registry is listed if it has a name.
func (c *commandReader) npm(w word, eco ecosystem.Ecosystem, flags Flags, index string) {
	if w.hole != "" && !strings.Contains(w.text, "$") {
		c.tell(w) // it may be another one
	}
	end := len(strings.TrimRight(w.text, ","))
	t := w.text[:end]
	at := 0
	if strings.HasPrefix(t, "npm:") {
		at = len("npm:")
	} else if strings.HasPrefix(t, "jsr:") {
		at, eco = len("jsr:"), ecosystem.JSR
	}
	for _, from := range []int{0, strings.IndexByte(t[min(1, len(t)):], '@') + 2} { // the address alone, or behind x@
		if name, n, ok := NPMArchive(t[min(from, len(t)):]); ok {
			c.reference(Reference{Ecosystem: eco, Name: name, Span: w.span(from+n, from+n+len(name)), Flags: flags, Index: index})
			return
		}
	}
	name, spec := npmWord(t[at:])
	if k := strings.IndexAny(name, "<>=^~"); k > 0 && spec == "" && IsAlnum(name[k-1]) {
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
	r := Reference{Ecosystem: eco, Name: name, Span: w.span(at, at+len(name)), Flags: flags, Index: index}
	if r.From, r.Constraint = npmSpecFrom(spec); r.From == FromRegistry && tarball(spec) {
		r.From, r.Constraint = FromPath, ""
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

func npmFlags(list []arg) (flags Flags, index string) {
	for _, a := range list {
		switch a.flag {
		case "-D", "--save-dev", "--dev", "-d":
			flags |= Dev
		case "-O", "--save-optional":
			flags |= Optional
		case "--registry":
			if a.value != nil {
				index = a.value.text
			}
		}
	}
	return flags, index
}

// global marks what is read until the function that it gives is called.
func (c *commandReader) global() func() {
	emit := c.emit
	c.emit = func(r Reference) {
		r.Scope = GlobalScope
		emit(r)
	}
	return func() { c.emit = emit }
}

// readNpmGlobal reads a command that installs outside of any project: what that
// calls its own is nothing to it.
func readNpmGlobal(c *commandReader, cmd *command, words []word) {
	defer c.global()()
	readNpm(c, cmd, words)
}

func readNpm(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	for _, a := range list {
		switch {
		case a.flag == "-g", a.flag == "--global" && (a.value == nil || a.value.text != "false"), a.flag == "--location" && a.value != nil && a.value.text == "global":
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

func readNpx(c *commandReader, cmd *command, words []word) {
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
			if tool, _ := CutVersion(a.word.text); tool == "jsr" || tool == "expo" || tool == "npm" || tool == "pnpm" || tool == "yarn" || tool == "bun" || tool == "ni" {
				for k := range words {
					if words[k].end == a.word.end {
						c.nested(append([]word{words[k].sub(0, len(tool))}, words[k+1:]...))
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
func readCreate(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			continue
		}
		t := a.word.text
		if t == "" || strings.ContainsAny(t[:1], "./$<{[") || strings.Contains(t, ":") {
			return
		}
		name, constraint := CutVersion(t)
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
		c.reference(Reference{Ecosystem: ecosystem.NPM, Name: real, Constraint: constraint, Span: a.word.span(0, len(name)), Flags: cmd.flags})
		return
	}
}

func readDeno(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			continue
		}
		if strings.HasPrefix(a.word.text, "npm:") || strings.HasPrefix(a.word.text, "jsr:") {
			c.npm(a.word, cmd.eco, cmd.flags, "")
		}
	}
}
