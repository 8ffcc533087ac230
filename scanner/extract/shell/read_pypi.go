package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// pip reads one word as a Python requirement.
func (c *Reader) pip(w Word, flags extract.Flags, index string) {
	if w.hole != "" && !strings.Contains(w.Text, "$") {
		c.tell(w) // it may be another one
	}
	t := w.Text
	if t == "" || t == "." || extract.IsPathOrURL(t) || strings.HasPrefix(t, "-") {
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
	req, ok := extract.ParsePEP508(t)
	if !ok || strings.Contains(req.Name, "$") {
		c.tell(w)
		return
	}
	r := req.Reference(0, extract.Command)
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

func readPip(c *Reader, cmd *command, words []Word) {
	var flags extract.Flags
	index := ""
	list := args(words, cmd)
	for _, a := range list {
		switch a.flag {
		case "-i", "--index-url", "--default-index", "--index":
			if a.value != nil {
				index = a.value.Text
			}
		case "--dev", "-D":
			flags |= extract.Dev
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

func commaWords(w *Word) []Word {
	var out []Word
	at := 0
	for _, part := range strings.Split(w.Text, ",") {
		out = append(out, w.sub(at, at+len(part)))
		at += len(part) + 1
	}
	return out
}

func readUVTool(c *Reader, cmd *command, words []Word) {
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

func readUVX(c *Reader, cmd *command, words []Word) {
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

func readUVRun(c *Reader, cmd *command, words []Word) {
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
func (c *Reader) ran(first Word, words []Word) {
	tool, _ := extract.CutVersion(first.Text)
	if !managers[tool] {
		return
	}
	for k := range words {
		if words[k].end == first.end {
			c.nested(append([]Word{words[k].sub(0, len(tool))}, words[k+1:]...))
			return
		}
	}
}

func readPipxRun(c *Reader, cmd *command, words []Word) {
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

func readPipxInject(c *Reader, cmd *command, words []Word) {
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

func readRunpip(c *Reader, cmd *command, words []Word) {
	if len(words) > 1 && (words[1].Text == "install" || words[1].Text == "download") {
		readPip(c, cmd, words[2:])
	}
}

func readPoetry(c *Reader, cmd *command, words []Word) {
	flags := cmd.flags
	list := args(words, cmd)
	for _, a := range list {
		switch a.flag {
		case "-D", "--dev", "-d":
			flags |= extract.Dev
		case "-G", "--group":
			if a.value != nil && a.value.Text != "main" {
				flags |= extract.Dev
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

func readConda(c *Reader, cmd *command, words []Word) {
	list := args(words, cmd)
	for _, a := range list {
		if a.flag == "--pypi" {
			readPip(c, &command{programs: cmd.programs, eco: ecosystem.PyPI, values: cmd.values}, words)
			return
		}
	}
	for _, a := range list {
		if a.flag != "" || extract.IsPathOrURL(a.word.Text) {
			continue
		}
		t := a.word.Text
		start := 0
		if i := strings.Index(t, "::"); i >= 0 {
			start = i + 2
		}
		end := len(t)
		if i := strings.IndexAny(t[start:], "=<>! "); i >= 0 {
			end = start + i
		}
		c.reference(extract.Reference{Ecosystem: cmd.eco, Name: t[start:end], Constraint: t[end:], Span: a.word.span(start, end), Flags: cmd.flags})
	}
}
