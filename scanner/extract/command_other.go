package extract

import (
	"strings"

	"figment/ecosystem"
)

// golang reads one word as an import path.
func (c *commandReader) golang(w word, flags Flags) {
	if w.hole != "" && !strings.Contains(w.text, "$") {
		c.tell(w) // it may be another one
	}
	name, version, _ := strings.Cut(w.text, "@")
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(name, "$") && !isPathOrURL(name) && !strings.HasSuffix(name, ".go") {
		c.tell(w)
	}
	if version == "none" || !strings.Contains(first, ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".go") || strings.Contains(name, "...") && strings.HasPrefix(name, "./") || strings.Contains(name, "$") {
		return
	}
	name = strings.TrimSuffix(name, "/...")
	c.reference(Reference{Ecosystem: ecosystem.Golang, Name: name, Constraint: version, Span: w.span(0, len(name)), Flags: flags})
}

func readGo(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			c.golang(a.word, cmd.flags)
		}
	}
}

func readGoRun(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			if strings.Contains(a.word.text, "@") || strings.Contains(a.word.text, ".") {
				c.golang(a.word, cmd.flags)
			}
			return
		}
	}
}

func readGoModEdit(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		if (a.flag == "-require" || a.flag == "--require") && a.value != nil {
			c.golang(*a.value, cmd.flags)
		}
	}
}

// readPlain reads names with an optional version: cargo, gem, bundle.
func readPlain(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	var flags Flags
	var from From
	version, index := "", ""
	names := 0
	for _, a := range list {
		switch a.flag {
		case "--git":
			from = FromGit
		case "--path":
			from = FromPath
		case "--dev":
			flags |= Dev
		case "--version", "--vers", "-v":
			if a.value != nil {
				version = a.value.text
			}
		case "--registry", "--index", "--source", "-s":
			if a.value != nil {
				index = a.value.text
			}
		case "-g", "--group":
			if a.value != nil && (a.value.text == "test" || a.value.text == "development") {
				flags |= Dev
			}
		case "":
			names++
		}
	}
	for _, a := range list {
		if a.flag != "" || isPathOrURL(a.word.text) || strings.HasPrefix(a.word.text, "+") || strings.HasSuffix(a.word.text, ".gem") {
			continue
		}
		t := a.word.text
		end := len(t)
		constraint := ""
		if i := strings.IndexAny(t, "@:"); i > 0 {
			end, constraint = i, t[i+1:]
		} else if names == 1 {
			constraint = version
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags | flags, From: from, Index: index})
	}
}

func readComposer(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	var flags Flags
	for _, a := range list {
		if a.flag == "--dev" {
			flags |= Dev
		}
	}
	for i, a := range list {
		t := a.word.text
		if a.flag != "" || !strings.Contains(t, "/") || isPathOrURL(t) {
			continue
		}
		end := len(t)
		constraint := ""
		if k := strings.IndexAny(t, ":= "); k > 0 {
			end, constraint = k, strings.TrimSpace(t[k+1:])
		} else if i+1 < len(list) && list[i+1].flag == "" && !strings.Contains(list[i+1].word.text, "/") {
			constraint = list[i+1].word.text
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags | flags})
	}
}

// readFirst reads the first plain word: a name with an optional version.
func readFirst(c *commandReader, cmd *command, words []word) {
	list := args(words, cmd)
	version := ""
	for _, a := range list {
		if (a.flag == "--version" || a.flag == "-v" || a.flag == "-Version") && a.value != nil {
			version = a.value.text
		}
	}
	for _, a := range list {
		if a.flag != "" {
			continue
		}
		t := a.word.text
		end := len(t)
		constraint := version
		if i := strings.Index(t, "::"); i > 0 {
			end, constraint = i, t[i+2:]
		} else if i := strings.IndexByte(t, '@'); i > 0 {
			end, constraint = i, t[i+1:]
		}
		if !isPathOrURL(t) {
			c.reference(Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags})
		}
		return
	}
}

func readPub(c *commandReader, cmd *command, words []word) {
	for _, a := range args(words, cmd) {
		t := a.word.text
		if a.flag != "" || isPathOrURL(t) {
			continue
		}
		start := 0
		var flags Flags
		for _, p := range []string{"dev:", "override:"} {
			if strings.HasPrefix(t, p) {
				start = len(p)
				if p == "dev:" {
					flags = Dev
				}
			}
		}
		end, constraint := len(t), ""
		if i := strings.IndexByte(t[start:], ':'); i >= 0 {
			end, constraint = start+i, t[start+i+1:]
		}
		var from From
		if strings.Contains(constraint, "git") {
			from, constraint = FromGit, ""
		} else if strings.Contains(constraint, "path") {
			from, constraint = FromPath, ""
		}
		c.reference(Reference{Ecosystem: cmd.eco, Name: t[start:end], Constraint: constraint, Span: a.word.span(start, end), Flags: cmd.flags | flags, From: from})
	}
}
