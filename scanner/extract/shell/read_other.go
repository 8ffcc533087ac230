package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// golang reads one word as an import path.
func (c *Reader) golang(w Word, flags extract.Flags) {
	if w.hole != "" && !strings.Contains(w.Text, "$") {
		c.tell(w) // it may be another one
	}
	name, version, _ := strings.Cut(w.Text, "@")
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(name, "$") && !extract.IsPathOrURL(name) && !strings.HasSuffix(name, ".go") {
		c.tell(w)
	}
	if version == "none" || !strings.Contains(first, ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".go") || strings.Contains(name, "...") && strings.HasPrefix(name, "./") || strings.Contains(name, "$") {
		return
	}
	name = strings.TrimSuffix(name, "/...")
	c.reference(extract.Reference{Ecosystem: ecosystem.Golang, Name: name, Constraint: version, Span: w.span(0, len(name)), Flags: flags})
}

func readGo(c *Reader, cmd *command, words []Word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			c.golang(a.word, cmd.flags)
		}
	}
}

func readGoRun(c *Reader, cmd *command, words []Word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			if strings.Contains(a.word.Text, "@") || strings.Contains(a.word.Text, ".") {
				c.golang(a.word, cmd.flags)
			}
			return
		}
	}
}

func readGoModEdit(c *Reader, cmd *command, words []Word) {
	for _, a := range args(words, cmd) {
		if (a.flag == "-require" || a.flag == "--require") && a.value != nil {
			c.golang(*a.value, cmd.flags)
		}
	}
}

// readPlain reads names with an optional version: cargo, gem, bundle.
func readPlain(c *Reader, cmd *command, words []Word) {
	list := args(words, cmd)
	var flags extract.Flags
	var from extract.From
	version, index := "", ""
	names := 0
	for _, a := range list {
		switch a.flag {
		case "--git":
			from = extract.FromGit
		case "--path":
			from = extract.FromPath
		case "--dev":
			flags |= extract.Dev
		case "--version", "--vers", "-v":
			if a.value != nil {
				version = a.value.Text
			}
		case "--registry", "--index", "--source", "-s":
			if a.value != nil {
				index = a.value.Text
			}
		case "-g", "--group":
			if a.value != nil && (a.value.Text == "test" || a.value.Text == "development") {
				flags |= extract.Dev
			}
		case "":
			names++
		}
	}
	for _, a := range list {
		if a.flag != "" || extract.IsPathOrURL(a.word.Text) || strings.HasPrefix(a.word.Text, "+") || strings.HasSuffix(a.word.Text, ".gem") {
			continue
		}
		t := a.word.Text
		end := len(t)
		constraint := ""
		if i := strings.IndexAny(t, "@:"); i > 0 {
			end, constraint = i, t[i+1:]
		} else if names == 1 {
			constraint = version
		}
		c.reference(extract.Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags | flags, From: from, Index: index})
	}
}

func readComposer(c *Reader, cmd *command, words []Word) {
	list := args(words, cmd)
	var flags extract.Flags
	for _, a := range list {
		if a.flag == "--dev" {
			flags |= extract.Dev
		}
	}
	for i, a := range list {
		t := a.word.Text
		if a.flag != "" || !strings.Contains(t, "/") || extract.IsPathOrURL(t) {
			continue
		}
		end := len(t)
		constraint := ""
		if k := strings.IndexAny(t, ":= "); k > 0 {
			end, constraint = k, strings.TrimSpace(t[k+1:])
		} else if i+1 < len(list) && list[i+1].flag == "" && !strings.Contains(list[i+1].word.Text, "/") {
			constraint = list[i+1].word.Text
		}
		c.reference(extract.Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags | flags})
	}
}

// readFirst reads the first plain word: a name with an optional version.
func readFirst(c *Reader, cmd *command, words []Word) {
	list := args(words, cmd)
	version := ""
	for _, a := range list {
		if (a.flag == "--version" || a.flag == "-v" || a.flag == "-Version") && a.value != nil {
			version = a.value.Text
		}
	}
	for _, a := range list {
		if a.flag != "" {
			continue
		}
		t := a.word.Text
		end := len(t)
		constraint := version
		if i := strings.Index(t, "::"); i > 0 {
			end, constraint = i, t[i+2:]
		} else if i := strings.IndexByte(t, '@'); i > 0 {
			end, constraint = i, t[i+1:]
		}
		if !extract.IsPathOrURL(t) {
			c.reference(extract.Reference{Ecosystem: cmd.eco, Name: t[:end], Constraint: constraint, Span: a.word.span(0, end), Flags: cmd.flags})
		}
		return
	}
}

func readPub(c *Reader, cmd *command, words []Word) {
	for _, a := range args(words, cmd) {
		t := a.word.Text
		if a.flag != "" || extract.IsPathOrURL(t) {
			continue
		}
		start := 0
		var flags extract.Flags
		for _, p := range []string{"dev:", "override:"} {
			if strings.HasPrefix(t, p) {
				start = len(p)
				if p == "dev:" {
					flags = extract.Dev
				}
			}
		}
		end, constraint := len(t), ""
		if i := strings.IndexByte(t[start:], ':'); i >= 0 {
			end, constraint = start+i, t[start+i+1:]
		}
		var from extract.From
		if strings.Contains(constraint, "git") {
			from, constraint = extract.FromGit, ""
		} else if strings.Contains(constraint, "path") {
			from, constraint = extract.FromPath, ""
		}
		c.reference(extract.Reference{Ecosystem: cmd.eco, Name: t[start:end], Constraint: constraint, Span: a.word.span(start, end), Flags: cmd.flags | flags, From: from})
	}
}
