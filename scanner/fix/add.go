package fix

import (
	"bytes"
	"path"

	"github.com/tailscale/hujson"

	"figment/ecosystem"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// add declares what provides an import in the nearest manifest.
func (p Planner) add(f *scanner.Finding, s verdict.Suggestion) (Edit, error) {
	from := f.Primary.Path
	eco := f.Package.Ecosystem
	if eco != ecosystem.NPM && eco != ecosystem.PyPI {
		return Edit{}, refuse(from, "`%s` is added by its own tool: %s", s.Package.Name, s.Command)
	}
	var last error
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		for _, name := range manifests(eco) {
			at := path.Join(dir, name)
			data, err := p.Source.Read(at)
			if err != nil {
				continue
			}
			e, err := p.addTo(at, data, s)
			if err == nil {
				return e, nil
			}
			last = err
		}
		if last != nil {
			return Edit{}, last
		}
		if dir == "." || dir == "/" {
			return Edit{}, refuse(from, "no manifest in reach could take `%s`", s.Package.Name)
		}
	}
}

// manifests are the files that take a new dependency, in the order of trying.
func manifests(eco ecosystem.Ecosystem) []string {
	if eco == ecosystem.NPM {
		return []string{"package.json"}
	}
	return []string{"pyproject.toml", "requirements.txt"}
}

func (p Planner) addTo(file string, data []byte, s verdict.Suggestion) (Edit, error) {
	if _, m := text.Decode(data); !m.Identity() && !bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return Edit{}, refuse(file, "is UTF-16: edit it by hand")
	}
	eco, name := s.Package.Ecosystem, s.Package.Name
	canonical := ecosystem.Normalize(eco, name)
	refs := p.Formats.Read(&source.File{Path: file, Data: data}).References
	for i := range refs {
		if r := &refs[i]; r.Kind == extract.Manifest && r.Ecosystem == eco && r.Package().Name == canonical && r.Scope == "" {
			return Edit{}, refuse(file, "`%s` is declared there already", name)
		}
	}
	var c Change
	var ok bool
	switch path.Base(file) {
	case "package.json":
		c, ok = addMember(data, name, s.Package.Version)
	case "pyproject.toml":
		c, ok = addItem(data, refs, name)
	default:
		c, ok = addLine(data, name)
	}
	if !ok {
		return Edit{}, refuse(file, "has no place for `%s` that is sure: %s", name, s.Command)
	}
	e := Edit{Root: rootOf(p.Source), Path: file, Before: data, Refresh: refresh(p.Source, file, eco), formats: p.Formats}
	e.change(c, want{name: canonical, adds: true, eco: eco})
	return e, e.finish()
}

// lineBreak is how a text ends its lines: as its first one does.
func lineBreak(data []byte) string {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 && data[i] == '\r' {
		if i+1 < len(data) && data[i+1] == '\n' {
			return "\r\n"
		}
		return "\r"
	}
	return "\n"
}

// addLine appends a line; a text without a final line end keeps its lack.
func addLine(data []byte, name string) (Change, bool) {
	end := text.Span{Start: len(data), End: len(data)}
	br := lineBreak(data)
	switch {
	case len(data) == 0:
		return Change{end, name + br}, true
	case bytes.HasSuffix(bytes.TrimRight(data, "\r\n"), []byte(`\`)):
		return Change{}, false // a continued line that never ends
	case data[len(data)-1] == '\n' || data[len(data)-1] == '\r':
		return Change{end, name + br}, true
	}
	return Change{end, br + name}, true
}

// addMember adds a member to "dependencies" of package.json: where the alphabet
// wants it if the others are in order, else at the end.
func addMember(data []byte, name, version string) (Change, bool) {
	lead := 0
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		lead = 3
	}
	if text.TooDeep(data, text.JSON) {
		return Change{}, false
	}
	root, err := hujson.Parse(bytes.Clone(data[lead:]))
	if err != nil {
		return Change{}, false
	}
	deps := root.Find("/dependencies")
	if deps == nil {
		return Change{}, false
	}
	obj, ok := deps.Value.(*hujson.Object)
	if !ok || len(obj.Members) == 0 {
		return Change{}, false
	}
	spec := "*"
	if version != "" {
		spec = "^" + version
	}
	member := `"` + name + `": "` + spec + `"`
	at, last := -1, ""
	for i := range obj.Members {
		key, ok := obj.Members[i].Name.Value.(hujson.Literal)
		if !ok {
			return Change{}, false
		}
		word := key.String()
		if word < last {
			at = -1
			break
		}
		last = word
		if at < 0 && word > name {
			at = i
		}
	}
	gap := func(start, end int) string { // the blanks that end at a member
		text := data[lead+start : lead+end]
		return string(text[len(bytes.TrimRight(text, " \t\r\n")):])
	}
	final := &obj.Members[len(obj.Members)-1]
	if at >= 0 {
		n := &obj.Members[at].Name
		start := lead + n.StartOffset
		return Change{text.Span{Start: start, End: start}, member + "," + gap(0, n.StartOffset)}, true
	}
	end := lead + final.Value.EndOffset
	return Change{text.Span{Start: end, End: end}, "," + gap(0, final.Name.StartOffset) + member}, true
}

// addItem adds to project.dependencies or to Poetry's table, behind the last of
// those that are there.
func addItem(data []byte, refs []extract.Reference, name string) (Change, bool) {
	var last *extract.Reference
	for i := range refs {
		r := &refs[i]
		if r.Kind == extract.Manifest && r.Ecosystem == ecosystem.PyPI && r.Scope == "" && r.Flags == 0 && r.Label == "" {
			last = r
		}
	}
	if last == nil {
		return Change{}, false
	}
	start := bytes.LastIndexAny(data[:last.Span.Start], "\r\n") + 1
	head := data[start:last.Span.Start]
	lead := bytes.TrimRight(head, " \t")
	if len(lead) > 0 && (lead[len(lead)-1] == '"' || lead[len(lead)-1] == '\'') {
		quote := lead[len(lead)-1]
		if len(lead) > 1 && lead[len(lead)-2] == quote {
			return Change{}, false // a text of several lines
		}
		rest := data[last.Span.End:]
		i := bytes.IndexByte(rest, quote)
		if j := bytes.IndexAny(rest, "\r\n\\"); i < 0 || j >= 0 && j < i {
			return Change{}, false
		}
		at := last.Span.End + i + 1
		gap := " "
		if len(bytes.TrimSpace(lead[:len(lead)-1])) == 0 { // the first on its line
			gap = lineBreak(data) + string(lead[:len(lead)-1])
		}
		return Change{text.Span{Start: at, End: at}, "," + gap + string(quote) + name + string(quote)}, true
	}
	if len(lead) > 0 {
		return Change{}, false
	}
	// A key of a table: a line of its own behind it.
	src := string(head) + name + ` = "*"`
	end := bytes.IndexAny(data[last.Span.End:], "\r\n")
	if end < 0 {
		return Change{text.Span{Start: len(data), End: len(data)}, lineBreak(data) + src}, true
	}
	br := lineBreak(data)
	at := last.Span.End + end + len(br)
	if at > len(data) {
		return Change{}, false
	}
	return Change{text.Span{Start: at, End: at}, src + br}, true
}
