package shell

import (
	"strings"

	"figment/scanner/extract"
)

// ReadNames reads the plain words of a command: names with an optional version,
// as cargo and gem take them.
func ReadNames(c *Reader, cmd *Command, words []Word) {
	list := Args(words, cmd)
	var flags extract.Flags
	var from extract.From
	version, index := "", ""
	names := 0
	for _, a := range list {
		switch a.Flag {
		case "--git":
			from = extract.FromGit
		case "--path":
			from = extract.FromPath
		case "--dev":
			flags |= extract.Dev
		case "--version", "--vers", "-v":
			if a.Value != nil {
				version = a.Value.Text
			}
		case "--registry", "--index", "--source", "-s":
			if a.Value != nil {
				index = a.Value.Text
			}
		case "-g", "--group":
			if a.Value != nil && (a.Value.Text == "test" || a.Value.Text == "development") {
				flags |= extract.Dev
			}
		case "":
			names++
		}
	}
	for _, a := range list {
		if a.Flag != "" || extract.IsPathOrURL(a.Word.Text) || strings.HasPrefix(a.Word.Text, "+") || strings.HasSuffix(a.Word.Text, ".gem") {
			continue
		}
		t := a.Word.Text
		end := len(t)
		constraint := ""
		if i := strings.IndexAny(t, "@:"); i > 0 {
			end, constraint = i, t[i+1:]
		} else if names == 1 {
			constraint = version
		}
		c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.Word.Span(0, end), Flags: cmd.Flags | flags, From: from, Index: index})
	}
}

// ReadFirst reads the first plain word of a command: a name with an optional version.
func ReadFirst(c *Reader, cmd *Command, words []Word) {
	list := Args(words, cmd)
	version := ""
	for _, a := range list {
		if (a.Flag == "--version" || a.Flag == "-v" || a.Flag == "-Version") && a.Value != nil {
			version = a.Value.Text
		}
	}
	for _, a := range list {
		if a.Flag != "" {
			continue
		}
		t := a.Word.Text
		end := len(t)
		constraint := version
		if i := strings.Index(t, "::"); i > 0 {
			end, constraint = i, t[i+2:]
		} else if i := strings.IndexByte(t, '@'); i > 0 {
			end, constraint = i, t[i+1:]
		}
		if !extract.IsPathOrURL(t) {
			c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[:end], Constraint: constraint, Span: a.Word.Span(0, end), Flags: cmd.Flags})
		}
		return
	}
}
