package fix

import (
	"bytes"
	"slices"

	"figment/ecosystem"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Remove makes the edits that take what a finding is about out of the manifests
// that declare it: a line, or a member of an object. They are never safe. What
// else names the package, imports and commands, stays.
func (p Planner) Remove(f *scanner.Finding) ([]Edit, []error) {
	var edits []Edit
	var refusals []error
	for _, l := range f.Locations() {
		if l.Kind != "manifest" || l.Accepted || p.Formats.Recognition().IsLock(l.Path) {
			continue
		}
		e, err := p.remover(f.Package.Ecosystem, &l)
		if err != nil {
			refusals = append(refusals, err)
			continue
		}
		edits = append(edits, e)
	}
	merged, more := Merge(edits)
	return merged, append(refusals, more...)
}

func (p Planner) remover(eco ecosystem.Ecosystem, l *scanner.Location) (Edit, error) {
	data, err := read(p.Source, l.Path, l.Sum)
	if err != nil {
		return Edit{}, err
	}
	e := Edit{Root: rootOf(p.Source), Path: l.Path, Before: data, Refresh: p.refresh(l.Path, eco), formats: p.Formats}
	span := text.Span{Start: l.Start.Offset, End: l.End.Offset}
	if span.Start < 0 || span.End > len(data) || span.Start >= span.End || string(data[span.Start:span.End]) != l.Raw {
		return Edit{}, refuse(l.Path, "`%s` cannot be found there: edit it by hand", l.Raw)
	}
	refs := p.Formats.Read(&source.File{Path: l.Path, Data: data}).References
	if err := p.remove(&e, eco, span, refs); err != nil {
		return Edit{}, err
	}
	return e, e.finish()
}

// remove adds the change that takes out the declaration of the name at span.
func (p Planner) remove(e *Edit, eco ecosystem.Ecosystem, span text.Span, refs []extract.Reference) error {
	name := ""
	for i := range refs {
		if refs[i].Span == span {
			name = refs[i].Package().Name
		}
	}
	var gone text.Span
	var ok bool
	if find := p.declaration(e.Path); find != nil {
		gone, ok = find(e.Before, span)
	} else {
		gone, ok = declarationLine(e.Before, span, rules(p.Adapters, eco).Lead)
	}
	if !ok || name == "" {
		return refuse(e.Path, "`%s` does not stand on a line of its own: remove it by hand", e.Before[span.Start:span.End])
	}
	e.Safe = false
	e.change(Change{Span: gone}, want{name: name, eco: eco, gone: true})
	return nil
}

// declarationLine is the line that declares the name at span and nothing else,
// with the lines that continue it: a line of its own, or an item or key that has
// one. The words of leads may stand before the name.
func declarationLine(data []byte, span text.Span, leads []string) (text.Span, bool) {
	start := bytes.LastIndexByte(data[:span.Start], '\n') + 1
	head := bytes.TrimPrefix(data[start:span.Start], []byte("\xef\xbb\xbf"))
	lead := len(data[start:span.Start]) - len(head)
	switch word := string(bytes.Trim(head, " \t")); word {
	case "", `"`, `'`:
	default:
		if !slices.Contains(leads, word) {
			return text.Span{}, false
		}
	}
	end := span.End
	for {
		i := bytes.IndexByte(data[end:], '\n')
		if i < 0 {
			end = len(data)
			break
		}
		line := data[end : end+i]
		end += i + 1
		if !bytes.HasSuffix(bytes.TrimRight(line, "\r"), []byte(`\`)) {
			break
		}
	}
	start += lead
	if end == len(data) && start > lead && data[end-1] != '\n' { // the last line end goes with it
		start -= 1
		if start > 0 && data[start-1] == '\r' {
			start--
		}
	}
	return text.Span{Start: start, End: end}, true
}
