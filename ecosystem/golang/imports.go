package golang

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

func matchGo(f *text.Fragment) bool { return f.Lang == text.Go }

// extractGo reads the imports of a Go file: with the language's own parser,
// and, where that fails, with a scanner that needs no package clause.
//
// Specification: https://go.dev/ref/spec#Import_declarations
func extractGo(f *text.Fragment, e *extract.Emitter) error {
	if bytes.Contains(f.Text, []byte("//go:generate go run ")) {
		goGenerate(f, e)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", f.Text, parser.ImportsOnly)
	if err != nil || !goDeclarationsFollow(fset, file, f.Text) {
		var spans []text.Span
		goImports(f.Text, func(start, end int) { spans = append(spans, text.Span{Start: start, End: end}) })
		e.Room(len(spans))
		for _, s := range spans {
			goImport(e, f.Text, s.Start, s.End)
		}
		return nil
	}
	for _, i := range file.Imports {
		start := fset.Position(i.Path.Pos()).Offset
		goImport(e, f.Text, start+1, start+len(i.Path.Value)-1)
	}
	return nil
}

// goDeclarationsFollow reports whether the imports that the parser found are
// followed by declarations, or nothing: the parser stops without an error at
// anything else, and what stands behind it would be lost.
func goDeclarationsFollow(fset *token.FileSet, file *ast.File, s []byte) bool {
	end := fset.Position(file.Name.End()).Offset
	for _, d := range file.Decls {
		end = max(end, fset.Position(d.End()).Offset)
	}
	at := end
	for {
		at = text.SkipComments(s, min(at, len(s)))
		if at < len(s) && s[at] == ';' {
			at++
			continue
		}
		break
	}
	if at >= len(s) {
		return true
	}
	for _, word := range []string{"func", "type", "var", "const"} {
		if text.Has(s, at, word) {
			return true
		}
	}
	return false
}

func goImport(e *extract.Emitter, s []byte, start, end int) {
	name := string(s[start:end])
	if strings.Contains(name, `\`) {
		if un, err := strconv.Unquote(`"` + name + `"`); err == nil {
			name = un
		}
	}
	if name == "C" || name == "" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.ContainsAny(name, " \t\n") {
		return
	}
	e.Reference(extract.Reference{
		Ecosystem: ecosystem.Golang, Name: name, Module: name, Kind: extract.Import,
		Span: text.Span{Start: start, End: end},
	})
}

// goImports finds import declarations at the start of lines, whatever stands
// around them.
func goImports(s []byte, yield func(start, end int)) {
	endless := false
	for i := 0; i < len(s); {
		at := text.Blank(s, i)
		switch {
		case bytes.HasPrefix(s[at:], []byte("//")):
			i = text.NextLine(s, at)
		case bytes.HasPrefix(s[at:], []byte("/*")):
			end := -1
			if !endless {
				end = bytes.Index(s[at:], []byte("*/"))
			}
			if end < 0 {
				endless = true // none further on either
				i = text.NextLine(s, at)
			} else {
				i = at + end + 2
			}
		case text.Has(s, at, "import"):
			i = goDecl(s, text.Blank(s, at+len("import")), yield)
		default:
			i = goLine(s, at)
		}
	}
}

// goLine skips a line, and a raw string that begins on it and ends.
func goLine(s []byte, i int) int {
	if eol := bytes.IndexByte(s[i:], '\n'); eol >= 0 && bytes.IndexByte(s[i:i+eol], '`') < 0 && bytes.IndexByte(s[i:i+eol], '\r') < 0 {
		return i + eol + 1 // nothing on the line can go on beyond it
	}
	for k := i; k < len(s); k++ {
		switch s[k] {
		case '\n', '\r':
			return text.NextLine(s, k)
		case '"':
			for k++; k < len(s) && s[k] != '"' && s[k] != '\n'; k++ {
				if s[k] == '\\' {
					k++
				}
			}
			if k < len(s) && s[k] == '\n' {
				return k + 1
			}
		case '`':
			end := bytes.IndexByte(s[k+1:], '`')
			if end < 0 || bytes.HasPrefix(s[k:], []byte("```")) {
				return text.NextLine(s, k)
			}
			k += end + 1
		case '/':
			if k+1 < len(s) && s[k+1] == '/' {
				return text.NextLine(s, k)
			}
		}
	}
	return len(s)
}

// goDecl reads what follows the word import.
func goDecl(s []byte, i int, yield func(start, end int)) int {
	if i < len(s) && s[i] == '(' {
		i++
		for i < len(s) {
			at := text.White(s, i)
			if at+1 < len(s) && s[at] == '/' && s[at+1] == '*' && !text.CommentEnds(s[at+2:]) {
				i = text.NextLine(s, at) // a comment that never ends is noise
				continue
			}
			i = text.SkipComments(s, i)
			if i < len(s) && (s[i] == ')' || s[i] == ';') {
				if s[i] == ')' {
					return i + 1
				}
				i++
				continue
			}
			next, ok := goSpec(s, i, yield)
			if !ok {
				line := bytes.TrimSpace(s[i:text.LineEnd(s, i)])
				if bytes.HasPrefix(line, []byte("func ")) || bytes.HasPrefix(line, []byte("type ")) || bytes.HasPrefix(line, []byte("var ")) {
					return i // the block was never closed
				}
				i = text.NextLine(s, i)
				continue
			}
			i = next
		}
		return i
	}
	if next, ok := goSpec(s, i, yield); ok {
		return next
	}
	return text.NextLine(s, i)
}

// goSpec reads an optional name and a path.
func goSpec(s []byte, i int, yield func(start, end int)) (int, bool) {
	if i < len(s) && (s[i] == '.' || text.IsLetter(s[i])) {
		if s[i] == '.' {
			i++
		} else {
			i = text.Word(s, i)
		}
		i = text.Blank(s, i)
	}
	if i >= len(s) || s[i] != '"' && s[i] != '`' {
		return i, false
	}
	q := s[i]
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case q:
			if k == i+1 {
				return k + 1, false
			}
			rest := text.Blank(s, k+1)
			if rest < len(s) && s[rest] != '\n' && s[rest] != '\r' && s[rest] != ';' && s[rest] != '/' && s[rest] != ')' {
				return i, false
			}
			yield(i+1, k)
			return k + 1, true
		case '\n', '\r', ' ', '\t':
			return i, false
		}
	}
	return i, false
}

// goGenerate hands over the commands of go:generate lines.
func goGenerate(f *text.Fragment, e *extract.Emitter) {
	s := f.Text
	const mark = "//go:generate "
	for i := 0; i < len(s); i = text.NextLine(s, i) {
		if bytes.HasPrefix(s[i:], []byte(mark+"go run ")) {
			e.Fragment(f.Child(text.Span{Start: i + len(mark), End: text.LineEnd(s, i)}, text.Shell), 0)
		}
	}
}
