package pypi

import (
	"bytes"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// fixes is how pyproject.toml, requirements and imports are edited.
func fixes() *adapter.Fix {
	return &adapter.Fix{
		Manifests: []adapter.Manifest{
			{Name: "pyproject.toml", Add: addItem},
			{Name: "requirements.txt", Add: addLine},
		},
		Import:   importModule,
		Provides: func(raw, name string) bool { return provides(topModule(raw), name) },
		Hashed:   hashed,
		Exactly:  "==",
	}
}

func topModule(raw string) string {
	top, _, _ := strings.Cut(raw, ".")
	return top
}

// importModule writes an import of a module that is called like its package, if
// the other package has one as well.
func importModule(raw, from, to string) (text, refused string) {
	top := topModule(raw)
	module := strings.NewReplacer("-", "_", ".", "_").Replace(ecosystem.Normalize(ecosystem.PyPI, to))
	if ecosystem.Normalize(ecosystem.PyPI, top) == ecosystem.Normalize(ecosystem.PyPI, from) && provides(module, to) {
		return module + raw[len(top):], ""
	}
	return "", "what `" + to + "` is imported as is not known: edit it by hand"
}

// hashed reports whether the requirement at a place goes on to a hash.
func hashed(data []byte, name text.Span) bool {
	for rest := data[name.End:]; ; {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if bytes.Contains(line, []byte("--hash")) {
			return true
		}
		if rest == nil || !bytes.HasSuffix(bytes.TrimRight(line, "\r"), []byte(`\`)) {
			return false
		}
	}
}

// addLine appends a line; a text without a final line end keeps its lack.
func addLine(data []byte, _ []extract.Reference, p ecosystem.Package) (at int, insert string, ok bool) {
	br := text.LineBreak(data)
	switch {
	case len(data) == 0:
		return 0, p.Name + br, true
	case bytes.HasSuffix(bytes.TrimRight(data, "\r\n"), []byte(`\`)):
		return 0, "", false // a continued line that never ends
	case data[len(data)-1] == '\n' || data[len(data)-1] == '\r':
		return len(data), p.Name + br, true
	}
	return len(data), br + p.Name, true
}

// addItem adds to project.dependencies or to Poetry's table, behind the last of
// those that are there.
func addItem(data []byte, refs []extract.Reference, p ecosystem.Package) (at int, insert string, ok bool) {
	var last *extract.Reference
	for i := range refs {
		r := &refs[i]
		if r.Kind == extract.Manifest && r.Ecosystem == ecosystem.PyPI && r.Scope == "" && r.Flags == 0 && r.Label == "" {
			last = r
		}
	}
	if last == nil {
		return 0, "", false
	}
	start := bytes.LastIndexAny(data[:last.Span.Start], "\r\n") + 1
	head := data[start:last.Span.Start]
	lead := bytes.TrimRight(head, " \t")
	if len(lead) > 0 && (lead[len(lead)-1] == '"' || lead[len(lead)-1] == '\'') {
		quote := lead[len(lead)-1]
		if len(lead) > 1 && lead[len(lead)-2] == quote {
			return 0, "", false // a text of several lines
		}
		rest := data[last.Span.End:]
		i := bytes.IndexByte(rest, quote)
		if j := bytes.IndexAny(rest, "\r\n\\"); i < 0 || j >= 0 && j < i {
			return 0, "", false
		}
		gap := " "
		if len(bytes.TrimSpace(lead[:len(lead)-1])) == 0 { // the first on its line
			gap = text.LineBreak(data) + string(lead[:len(lead)-1])
		}
		return last.Span.End + i + 1, "," + gap + string(quote) + p.Name + string(quote), true
	}
	if len(lead) > 0 {
		return 0, "", false
	}
	// A key of a table: a line of its own behind it.
	src := string(head) + p.Name + ` = "*"`
	br := text.LineBreak(data)
	end := bytes.IndexAny(data[last.Span.End:], "\r\n")
	if end < 0 {
		return len(data), br + src, true
	}
	if at = last.Span.End + end + len(br); at > len(data) {
		return 0, "", false
	}
	return at, src + br, true
}
