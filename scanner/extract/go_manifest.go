package extract

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"figment/ecosystem"
	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

// extractGoMod reads go.mod: with golang.org/x/mod, and, where that refuses the
// whole file, line by line.
//
// A version of a module that is replaced is never fetched: its requirement is
// marked as coming from a path, and the module that replaces it is a reference of its own.
//
// Specification: https://go.dev/ref/mod#go-mod-file
func extractGoMod(f *source.Fragment, e *Emitter) error {
	m := goMod{s: f.Text, replaced: map[replacement]bool{}}
	file, err := modfile.Parse("go.mod", f.Text, nil)
	if err == nil {
		m.parsed(file)
	} else {
		m.lines()
	}
	for _, r := range m.refs {
		if r.Scope != "replace" && (m.replaced[replacement{r.Name, ""}] || m.replaced[replacement{r.Name, r.Constraint}]) && r.Kind == Manifest {
			r.From = FromPath
		}
		e.Reference(r)
	}
	if err != nil {
		text := err.Error()
		if list, ok := err.(modfile.ErrorList); ok && len(list) > 0 {
			line := list[0].Pos.Line
			text = list[0].Err.Error()
			at := 0
			for n := 1; n < line; n++ {
				at = lex.NextLine(f.Text, at)
			}
			return &SyntaxError{Span: source.Span{Start: at, End: lex.LineEnd(f.Text, at)}, Text: "invalid go.mod: " + text}
		}
		return &SyntaxError{Text: "invalid go.mod: " + text}
	}
	return nil
}

type goMod struct {
	s        []byte
	refs     []Reference
	replaced map[replacement]bool
}

// A replacement is what something else is taken for: a version of a module, or
// all of them.
type replacement struct{ path, version string }

func (m *goMod) parsed(file *modfile.File) {
	for _, r := range file.Replace {
		m.replaced[replacement{r.Old.Path, r.Old.Version}] = true
		if r.New.Version != "" {
			m.add(r.Syntax.Start.Byte, r.Syntax.End.Byte, r.New.Path, r.New.Version, "replace", true)
		}
	}
	for _, r := range file.Require {
		scope := ""
		if r.Indirect {
			scope = "indirect"
		}
		m.add(r.Syntax.Start.Byte, r.Syntax.End.Byte, r.Mod.Path, r.Mod.Version, scope, false)
	}
	for _, t := range file.Tool {
		m.add(t.Syntax.Start.Byte, t.Syntax.End.Byte, t.Path, "", "tool", false)
	}
}

// add finds the path in the line and notes it; last takes its last place.
func (m *goMod) add(start, end int, path, version, scope string, last bool) {
	line := m.s[max(0, start):min(end, len(m.s))]
	at := bytes.Index(line, []byte(path))
	if last {
		at = bytes.LastIndex(line, []byte(path))
	}
	if at < 0 {
		return
	}
	m.refs = append(m.refs, Reference{
		Ecosystem: ecosystem.Golang, Name: path, Constraint: version, Kind: Manifest, Scope: scope,
		Span: source.Span{Start: start + at, End: start + at + len(path)},
	})
}

// lines reads a file that the parser refuses.
func (m *goMod) lines() {
	block := ""
	for i := 0; i < len(m.s); i = lex.NextLine(m.s, i) {
		end := lex.LineEnd(m.s, i)
		line := string(m.s[i:end])
		comment := ""
		if at := strings.Index(line, "//"); at >= 0 {
			line, comment = line[:at], line[at:]
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == ")" {
			block = ""
			continue
		}
		if block != "" && len(words) > 1 {
			switch words[0] {
			case "require", "replace", "exclude", "retract", "tool", "module", "go", "toolchain", "godebug":
				block = "" // the block was never closed
			}
		}
		verb := block
		if verb == "" {
			verb = words[0]
			words = words[1:]
			if len(words) > 0 && words[0] == "(" {
				block = verb
				continue
			}
		}
		for n := range words {
			words[n] = strings.Trim(words[n], "\"`")
		}
		if len(words) == 0 {
			continue
		}
		switch verb {
		case "require":
			version, scope := "", ""
			if len(words) > 1 {
				version = words[1]
			}
			if strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(comment, "//")), "indirect") {
				scope = "indirect"
			}
			m.add(i, end, words[0], version, scope, false)
		case "tool":
			m.add(i, end, words[0], "", "tool", false)
		case "replace":
			old := replacement{path: words[0]}
			if len(words) > 1 && words[1] != "=>" {
				old.version = words[1]
			}
			m.replaced[old] = true
			for n, w := range words {
				if w == "=>" && n+2 < len(words) {
					m.add(i, end, words[n+1], words[n+2], "replace", true)
				}
			}
		}
	}
	m.refs = slices.DeleteFunc(m.refs, func(r Reference) bool {
		return !strings.Contains(r.Name, ".") || strings.HasSuffix(r.Name, "/") // cut off, or no path
	})
}
