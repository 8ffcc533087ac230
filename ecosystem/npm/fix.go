package npm

import (
	"bytes"

	"github.com/tailscale/hujson"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// fixes is how package.json and imports are edited.
func fixes() *adapter.Fix {
	return &adapter.Fix{
		Manifests: []adapter.Manifest{{Name: "package.json", Add: addMember, Declaration: member}},
		Import:    adapter.ImportByName,
	}
}

// readJSON reads package.json; lead is the length of its byte order mark.
func readJSON(data []byte) (root hujson.Value, lead int, ok bool) {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		lead = 3
	}
	if text.TooDeep(data, text.JSON) {
		return root, lead, false
	}
	root, err := hujson.Parse(bytes.Clone(data[lead:]))
	return root, lead, err == nil
}

// addMember adds a member to "dependencies" of package.json: where the alphabet
// wants it if the others are in order, else at the end.
func addMember(data []byte, _ []extract.Reference, p ecosystem.Package) (at int, insert string, ok bool) {
	root, lead, ok := readJSON(data)
	if !ok {
		return 0, "", false
	}
	deps := root.Find("/dependencies")
	if deps == nil {
		return 0, "", false
	}
	obj, ok := deps.Value.(*hujson.Object)
	if !ok || len(obj.Members) == 0 {
		return 0, "", false
	}
	spec := "*"
	if p.Version != "" {
		spec = "^" + p.Version
	}
	added := `"` + p.Name + `": "` + spec + `"`
	before, last := -1, ""
	for i := range obj.Members {
		key, ok := obj.Members[i].Name.Value.(hujson.Literal)
		if !ok {
			return 0, "", false
		}
		word := key.String()
		if word < last {
			before = -1
			break
		}
		last = word
		if before < 0 && word > p.Name {
			before = i
		}
	}
	gap := func(end int) string { // the blanks that end at a member
		text := data[lead : lead+end]
		return string(text[len(bytes.TrimRight(text, " \t\r\n")):])
	}
	if before >= 0 {
		start := obj.Members[before].Name.StartOffset
		return lead + start, added + "," + gap(start), true
	}
	final := &obj.Members[len(obj.Members)-1]
	return lead + final.Value.EndOffset, "," + gap(final.Name.StartOffset) + added, true
}

// member is the member of an object of package.json that names a package, with
// the comma that parts it from its neighbour.
func member(data []byte, name text.Span) (text.Span, bool) {
	root, lead, ok := readJSON(data)
	if !ok {
		return text.Span{}, false
	}
	top, ok := root.Value.(*hujson.Object)
	if !ok {
		return text.Span{}, false
	}
	for i := range top.Members {
		obj, ok := top.Members[i].Value.Value.(*hujson.Object)
		if !ok {
			continue
		}
		for k := range obj.Members {
			m := &obj.Members[k]
			start, end := lead+m.Name.StartOffset, lead+m.Value.EndOffset
			if name.Start < start || name.End > end {
				continue
			}
			if _, plain := m.Value.Value.(hujson.Literal); !plain {
				return text.Span{}, false
			}
			switch {
			case k+1 < len(obj.Members):
				end = lead + obj.Members[k+1].Name.StartOffset
			case k > 0:
				start = lead + obj.Members[k-1].Value.EndOffset
			}
			return text.Span{Start: start, End: end}, true
		}
	}
	return text.Span{}, false
}
