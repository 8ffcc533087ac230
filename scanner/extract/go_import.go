package extract

import (
	"bytes"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

func matchGo(f *source.Fragment) bool { return f.Lang == source.Go }

// extractGo reads the imports of a Go file: with the language's own parser,
// and, where that fails, with a scanner that needs no package clause.
//
// Specification: https://go.dev/ref/spec#Import_declarations
func extractGo(f *source.Fragment, e *Emitter) error {
	if bytes.Contains(f.Text, []byte("//go:generate go run ")) {
		goGenerate(f, e)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", f.Text, parser.ImportsOnly)
	if err != nil || bytes.HasPrefix(f.Text, []byte("\xef\xbb\xbf")) {
		goImports(f.Text, func(start, end int) { goImport(e, f.Text, start, end) })
		return nil
	}
	for _, i := range file.Imports {
		start := fset.Position(i.Path.Pos()).Offset
		goImport(e, f.Text, start+1, start+len(i.Path.Value)-1)
	}
	return nil
}

func goImport(e *Emitter, s []byte, start, end int) {
	name := string(s[start:end])
	if strings.Contains(name, `\`) {
		if un, err := strconv.Unquote(`"` + name + `"`); err == nil {
			name = un
		}
	}
	if name == "C" || name == "" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.ContainsAny(name, " \t\n") {
		return
	}
	e.Reference(Reference{
		Ecosystem: ecosystem.Golang, Name: name, Module: name, Kind: Import,
		Span: source.Span{Start: start, End: end},
	})
}

// goImports finds import declarations at the start of lines, whatever stands
// around them.
func goImports(s []byte, yield func(start, end int)) {
	for i := 0; i < len(s); {
		at := lex.Blank(s, i)
		switch {
		case bytes.HasPrefix(s[at:], []byte("//")):
			i = lex.NextLine(s, at)
		case bytes.HasPrefix(s[at:], []byte("/*")):
			end := bytes.Index(s[at:], []byte("*/"))
			if end < 0 {
				i = lex.NextLine(s, at)
			} else {
				i = at + end + 2
			}
		case lex.Has(s, at, "import"):
			i = goDecl(s, lex.Blank(s, at+len("import")), yield)
		default:
			i = goLine(s, at)
		}
	}
}

// goLine skips a line, and a raw string that begins on it and ends.
func goLine(s []byte, i int) int {
	for k := i; k < len(s); k++ {
		switch s[k] {
		case '\n', '\r':
			return lex.NextLine(s, k)
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
				return lex.NextLine(s, k)
			}
			k += end + 1
		case '/':
			if k+1 < len(s) && s[k+1] == '/' {
				return lex.NextLine(s, k)
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
			i = jsSkip(s, i)
			if i < len(s) && (s[i] == ')' || s[i] == ';') {
				if s[i] == ')' {
					return i + 1
				}
				i++
				continue
			}
			next, ok := goSpec(s, i, yield)
			if !ok {
				line := bytes.TrimSpace(s[i:lex.LineEnd(s, i)])
				if bytes.HasPrefix(line, []byte("func ")) || bytes.HasPrefix(line, []byte("type ")) || bytes.HasPrefix(line, []byte("var ")) || len(line) > 0 && line[0] == '}' {
					return i // the block was never closed
				}
				i = lex.NextLine(s, i)
				continue
			}
			i = next
		}
		return i
	}
	if next, ok := goSpec(s, i, yield); ok {
		return next
	}
	return lex.NextLine(s, i)
}

// goSpec reads an optional name and a path.
func goSpec(s []byte, i int, yield func(start, end int)) (int, bool) {
	if i < len(s) && (s[i] == '.' || lex.IsLetter(s[i])) {
		if s[i] == '.' {
			i++
		} else {
			i = lex.Word(s, i)
		}
		i = lex.Blank(s, i)
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
			rest := lex.Blank(s, k+1)
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
func goGenerate(f *source.Fragment, e *Emitter) {
	s := f.Text
	const mark = "//go:generate "
	for i := 0; i < len(s); i = lex.NextLine(s, i) {
		if bytes.HasPrefix(s[i:], []byte(mark+"go run ")) {
			e.Fragment(f.Child(source.Span{Start: i + len(mark), End: lex.LineEnd(s, i)}, source.Shell), 0)
		}
	}
}
