package fix

import (
	"bytes"
	"path"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
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
	manifests := rules(p.Adapters, eco).Manifests
	if len(manifests) == 0 {
		return Edit{}, refuse(from, "`%s` is added by its own tool: %s", s.Package.Name, s.Command)
	}
	var last error
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		for _, m := range manifests {
			at := path.Join(dir, m.Name)
			data, err := p.Source.Read(at)
			if err != nil {
				continue
			}
			e, err := p.addTo(m, at, data, s)
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

func (p Planner) addTo(m adapter.Manifest, file string, data []byte, s verdict.Suggestion) (Edit, error) {
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
	if m.Add == nil {
		return Edit{}, refuse(file, "has no place for `%s` that is sure: %s", name, s.Command)
	}
	at, insert, ok := m.Add(data, refs, s.Package)
	if !ok {
		return Edit{}, refuse(file, "has no place for `%s` that is sure: %s", name, s.Command)
	}
	e := Edit{Root: rootOf(p.Source), Path: file, Before: data, Refresh: p.refresh(file, eco), formats: p.Formats}
	e.change(Change{text.Span{Start: at, End: at}, insert}, want{name: canonical, adds: true, eco: eco})
	return e, e.finish()
}
