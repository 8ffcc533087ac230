package golang

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// extractGoMod reads go.mod: with golang.org/x/mod, and, where that refuses the
// whole file, line by line.
//
// A module that is replaced is never fetched: its requirement is marked as
// coming from a path, and the module that replaces it is a reference of its own.
// A replacement of one version holds for that version only.
//
// Specification: https://go.dev/ref/mod#go-mod-file
func extractGoMod(f *text.Fragment, e *extract.Emitter) error {
	m := goMod{s: f.Text, replaced: map[string]bool{}}
	file, err := modfile.Parse("go.mod", f.Text, nil)
	if err == nil {
		m.parsed(file)
	} else {
		m.lines()
	}
	for _, r := range m.refs {
		if r.Scope != "replace" && r.Kind == extract.Manifest && (m.replaced[r.Name] || m.replaced[r.Name+" "+r.Constraint]) {
			r.From = extract.FromPath
		}
		e.Reference(r)
	}
	if err != nil {
		src := err.Error()
		if list, ok := err.(modfile.ErrorList); ok && len(list) > 0 {
			line := list[0].Pos.Line
			src = list[0].Err.Error()
			at := 0
			for n := 1; n < line; n++ {
				at = text.NextLine(f.Text, at)
			}
			return &text.SyntaxError{Span: text.Span{Start: at, End: text.LineEnd(f.Text, at)}, Text: "invalid go.mod: " + src}
		}
		return &text.SyntaxError{Text: "invalid go.mod: " + src}
	}
	return nil
}

type goMod struct {
	s        []byte
	refs     []extract.Reference
	replaced map[string]bool // "path", or "path version"
}

func (m *goMod) parsed(file *modfile.File) {
	for _, r := range file.Replace {
		m.replaced[strings.TrimSuffix(r.Old.Path+" "+r.Old.Version, " ")] = true
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

// add finds the path in the line and notes it; last takes its last place. A
// quoted path may be written with escapes: the word that means it counts.
func (m *goMod) add(start, end int, path, version, scope string, last bool) {
	start, end = max(0, start), min(end, len(m.s))
	at := text.Span{}
	for _, w := range goModWords(m.s[start:end]) {
		if w.text == path && (last || at == text.Span{}) {
			at = text.Span{Start: start + w.start, End: start + w.end}
		}
	}
	if at.Len() == 0 {
		return
	}
	m.refs = append(m.refs, extract.Reference{Ecosystem: ecosystem.Golang, Name: path, Constraint: version, Kind: extract.Manifest, Scope: scope, Span: at})
}

// A modWord is a word of a line of go.mod: without quotes, and where it stands.
type modWord struct {
	text       string
	start, end int
}

// goModWords are the words of a line before its comment, without quotes.
func goModWords(line []byte) (words []modWord) {
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case c <= ' ':
			i++
		case c == '/' && i+1 < len(line) && line[i+1] == '/':
			return words
		case c == '"' || c == '`':
			end := i + 1
			for end < len(line) && line[end] != c && line[end] != '\n' {
				if c == '"' && line[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(line))
			raw := string(line[i:min(end+1, len(line))])
			text, err := strconv.Unquote(raw)
			if err != nil { // broken: as it stands
				text = string(line[i+1 : end])
			}
			words = append(words, modWord{text, i + 1, end})
			i = end + 1
		default:
			end := i
			for end < len(line) && line[end] > ' ' && !(line[end] == '/' && end+1 < len(line) && line[end+1] == '/') {
				if (line[end] == '(' || line[end] == ')') && end > i {
					break
				}
				end++
				if line[end-1] == '(' || line[end-1] == ')' {
					break
				}
			}
			words = append(words, modWord{string(line[i:end]), i, end})
			i = end
		}
	}
	return words
}

// lines reads a file that the parser refuses.
func (m *goMod) lines() {
	block := ""
	for i := 0; i < len(m.s); i = text.NextLine(m.s, i) {
		end := text.LineEnd(m.s, i)
		var words []string
		for _, w := range goModWords(m.s[i:end]) {
			words = append(words, w.text)
		}
		comment := ""
		if at := bytes.Index(m.s[i:end], []byte("//")); at >= 0 {
			comment = string(m.s[i+at : end])
		}
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
			if len(words) > 1 && strings.Contains(words[0], ".") && (semver.IsValid(words[1]) || words[1] == "=>") {
				words = append([]string{"require"}, words...) // a part of a file: the block begins above
				if slices.Contains(words, "=>") {
					words[0] = "replace"
				}
			}
			verb = words[0]
			words = words[1:]
			if len(words) > 0 && words[0] == "(" {
				block = verb
				continue
			}
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
			old := words[0]
			if len(words) > 1 && words[1] != "=>" {
				old += " " + words[1]
			}
			m.replaced[old] = true
			for n, w := range words {
				if w == "=>" && n+2 < len(words) {
					m.add(i, end, words[n+1], words[n+2], "replace", true)
				}
			}
		}
	}
	m.refs = slices.DeleteFunc(m.refs, func(r extract.Reference) bool {
		return !strings.Contains(r.Name, ".") || strings.HasSuffix(r.Name, "/") // cut off, or no path
	})
}
