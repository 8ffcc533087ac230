package extract

import (
	"strings"

	"figment/ecosystem"
)

// pip reads one word as a Python requirement.
func (c *commandReader) pip(w word, flags Flags, index string) {
	if w.hole != "" && !strings.Contains(w.text, "$") {
		c.tell(w) // it may be another one
	}
	t := w.text
	if t == "" || t == "." || isPathOrURL(t) || strings.HasPrefix(t, "-") {
		return
	}
	if strings.ContainsAny(t[:1], "$<{[") {
		c.tell(w)
		return
	}
	if r, ok := directReference(w); ok {
		r.Flags |= flags
		c.reference(r)
		return
	}
	constraintAt := ""
	if i := strings.IndexAny(t, "@^"); i > 0 && !strings.Contains(t, " @") && !strings.Contains(t, "==") && !strings.Contains(t[:i], "[") || i > 0 && t[i-1] == ']' {
		constraintAt = t[i:]
		t = t[:i]
	}
	req, ok := ParsePEP508(t)
	if !ok || strings.Contains(req.Name, "$") {
		c.tell(w)
		return
	}
	r := req.Reference(0, Command)
	if constraintAt != "" {
		r.Constraint = strings.TrimPrefix(constraintAt, "@")
	}
	if r.Constraint == "" && w.raw != "" {
		r.Constraint = w.raw
	}
	r.Span = w.span(req.Start, req.End)
	r.Flags |= flags
	r.Index = index
	if nextIsHole(t, req.End) {
		c.tell(w)
		return
	}
	c.reference(r)
}

// nextIsHole: "pkg$X" is not a name.
func nextIsHole(t string, end int) bool { return end < len(t) && t[end] == '$' }

func readPip(c *commandReader, cmd *command, words []word) {
	var flags Flags
	index := ""
	list := args(words, cmd)
	for _, a := range list {
		switch a.flag {
		case "-i", "--index-url", "--default-index", "--index":
			if a.value != nil {
				index = a.value.text
			}
		case "--dev", "-D":
			flags |= Dev
		default:
			c.listOf(cmd, a)
		}
	}
	for _, a := range list {
		if a.flag == "" {
			c.pip(a.word, cmd.flags|flags, index)
		}
	}
}

func commaWords(w *word) []word {
	var out []word
	at := 0
	for _, part := range strings.Split(w.text, ",") {
		out = append(out, w.sub(at, at+len(part)))
		at += len(part) + 1
	}
	return out
}

func readUVTool(c *commandReader, cmd *command, words []word) {
	first := true
	for _, a := range args(words, cmd) {
		switch {
		case a.flag == "--with" && a.value != nil:
			for _, w := range commaWords(a.value) {
				c.pip(w, cmd.flags, "")
			}
		case a.flag == "" && first:
			first = false
			c.pip(a.word, cmd.flags, "")
		default:
			c.listOf(cmd, a)
		}
	}
}

func readUVX(c *commandReader, cmd *command, words []word) {
	from := false
	for _, a := range leading(words, cmd) {
		switch {
		case (a.flag == "--with" || a.flag == "--from") && a.value != nil:
			from = from || a.flag == "--from"
			for _, w := range commaWords(a.value) {
				c.pip(w, cmd.flags, "")
			}
		case a.flag == "":
			if !from {
				c.pip(a.word, cmd.flags, "")
			}
			c.ran(a.word, words)
			return // the rest are its arguments
		default:
			c.listOf(cmd, a)
		}
	}
}

func readUVRun(c *commandReader, cmd *command, words []word) {
	for _, a := range leading(words, cmd) {
		if a.flag == "--with" && a.value != nil {
			for _, w := range commaWords(a.value) {
				c.pip(w, cmd.flags, "")
			}
		}
		c.listOf(cmd, a)
		if a.flag == "" {
			for k := range words {
				if words[k].end == a.word.end {
					managed := c.managed
					c.managed = true
					c.nested(words[k:])
					c.managed = managed
					return
				}
			}
		}
	}
}

// ran reads what a package manager is told that another one runs: "uvx pip
// install x".
func (c *commandReader) ran(first word, words []word) {
	tool, _ := CutVersion(first.text)
	if !managers[tool] {
		return
	}
	for k := range words {
		if words[k].end == first.end {
			c.nested(append([]word{words[k].sub(0, len(tool))}, words[k+1:]...))
			return
		}
	}
}

func readPipxRun(c *commandReader, cmd *command, words []word) {
	spec := false
	for _, a := range leading(words, cmd) {
		switch {
		case a.flag == "--spec" && a.value != nil:
			spec = true
			c.pip(*a.value, cmd.flags, "")
		case a.flag == "":
			if !spec {
				c.pip(a.word, cmd.flags, "")
			}
			c.ran(a.word, words)
			return
		}
	}
}

func readPipxInject(c *commandReader, cmd *command, words []word) {
	first := true
	for _, a := range args(words, cmd) {
		if a.flag != "" {
			c.listOf(cmd, a)
			continue
		}
		if !first {
			c.pip(a.word, cmd.flags, "")
		}
		first = false
	}
}

func readRunpip(c *commandReader, cmd *command, words []word) {
	if len(words) > 1 && (words[1].text == "install" || words[1].text == "download") {
		readPip(c, cmd, words[2:])
	}
}

func readPoetry(c *commandReader, cmd *command, words []word) {
	flags := cmd.flags
	list := args(words, cmd)
	for _, a := range list {
		switch a.flag {
		case "-D", "--dev", "-d":
			flags |= Dev
		case "-G", "--group":
			if a.value != nil && a.value.text != "main" {
				flags |= Dev
			}
		case "-r", "--requirements":
			c.listOf(cmd, a)
		case "--git", "--path", "--url":
			return
		}
	}
	for _, a := range list {
		if a.flag == "" {
			c.pip(a.word, flags, "")
		}
	}
}

func readConda(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	for _, a := range list {
		if a.flag == "--pypi" {
			readPip(c, &command{programs: cmd.programs, eco: ecosystem.PyPI, values: cmd.values}, words)
			return
		}
	}
	for _, a := range list {
		if a.flag != "" || isPathOrURL(a.word.text) {
			continue
		}
		t := a.word.text
		start := 0
		if i := strings.Index(t, "::"); i >= 0 {
			start = i + 2
		}
		end := len(t)
		if i := strings.IndexAny(t[start:], "=<>! "); i >= 0 {
			end = start + i
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[start:end], Constraint: t[end:], Span: a.word.span(start, end), Flags: cmd.flags})
	}
}
