// Package adaptertest holds what tests of ecosystems share: the settings of an
// invented user, and an invented ecosystem, by which they show what an
// adapter has to bring.
package adaptertest

import (
	"bytes"
	"path"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
	"figment/scanner/project"
	"figment/scanner/text"
)

// Manifest is the name of the ecosystem's manifest, which nothing but the row of
// its format knows.
const Manifest = "Inventory.lst"

// Named is a name of manifests that ends in what only the row's Paths knows.
const Named = "parts.inventory"

// Unread is the name of a file that the ecosystem knows and that nothing reads.
const Unread = "Inventory.sum"

const official = "https://crates.example"

// The documents of the invented registry: a list of versions, and the same list
// elsewhere, which confirms an absence.
const (
	docOwn   protocol.Doc = "own"
	docOther protocol.Doc = "other"
)

// Invented is an adapter of an ecosystem that nobody has, with as little as an
// adapter needs: a document of its registry holds the name and then its versions,
// as words; its manifest has lines of a name and a constraint, and its one command
// is "crates add". It takes the place of an ecosystem of which figment knows the name only.
func Invented() adapter.Adapter {
	request := func(in *protocol.Inquiry, d protocol.Doc) protocol.Request {
		return protocol.Request{Doc: d, URL: in.Root.URL + "/" + string(d) + "/" + protocol.Segment(in.Query.Spelling()), Max: protocol.MaxBody}
	}
	return adapter.Adapter{
		Ecosystem: ecosystem.Cargo,
		Formats: []extract.Format{{Name: "invented/manifest", Ecosystem: ecosystem.Cargo, Kind: extract.Manifest, Files: text.Files{
			Names: []string{Manifest}, Paths: func(p string) bool { return path.Ext(p) == ".inventory" }, Extensions: []string{".inventory"}, Patterns: []string{`[^/]+\.inventory`},
			Lang: text.Text, What: "invented manifest", Labels: []string{"inventory"}, Sniff: text.Sniff{At: text.ByKeywords, Is: sniffed},
		}, Extract: lines}},
		Unread: []text.Known{{What: "invented checksums", Names: []string{Unread}, Refresh: "inventory sum"}},
		Commands: &shell.Tools{ // crates add NAME@CONSTRAINT
			Ecosystem: ecosystem.Cargo, Managers: "crates", Signs: []string{"crates"},
			Commands: []shell.Command{{Programs: "crates", Subs: "add", Ecosystem: ecosystem.Cargo, Read: shell.ReadNames}},
		},
		Project: &project.Rules{Ecosystem: ecosystem.Cargo}, // no name is a project's own
		Settings: &settings.Reader{
			Ecosystem: ecosystem.Cargo, Official: official, Variable: "FIGMENT_REGISTRY_INVENTED",
			Read: func(l *settings.Loader) {
				l.Route = protocol.Route{Roots: []protocol.Root{{Ecosystem: ecosystem.Cargo, URL: official}}}
			},
		},
		Registry: &protocol.Driver{
			Ecosystem: ecosystem.Cargo, Official: official, PerHost: 4, Canaries: []string{"serde", "rand"},
			Next: func(in *protocol.Inquiry) (protocol.Request, bool) {
				return request(in, docOwn), len(in.Read) == 0
			},
			Second: func(in *protocol.Inquiry) []protocol.Request {
				return []protocol.Request{request(in, docOther).PastCaches()}
			},
			Versions: func(in *protocol.Inquiry) protocol.Request { return request(in, docOwn).PastCaches() },
			Parse: func(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
				var b strings.Builder
				buf := make([]byte, 512)
				for {
					n, err := resp.Body.Read(buf)
					b.Write(buf[:n])
					if err != nil {
						break
					}
				}
				words := strings.Fields(b.String())
				if len(words) == 0 || ecosystem.Normalize(ecosystem.Cargo, words[0]) != in.Query.Package.Name {
					return protocol.BadAnswer(rq, "its answer is about another package")
				}
				r := protocol.Reading{Doc: rq.Doc, Status: protocol.Present, Name: words[0], Complete: true}
				for _, v := range words[1:] {
					r.Versions = append(r.Versions, protocol.Version{V: v})
					r.Latest = v
				}
				return r
			},
			Plan: func(in *protocol.Inquiry) []protocol.Request {
				return []protocol.Request{request(in, docOwn), request(in, docOther).If("if absent")}
			},
		},
		Versions: &ecosystem.Versions{
			Ecosystem: ecosystem.Cargo,
			Parse: func(text string) (ecosystem.Match, bool) {
				v, ok := strings.CutPrefix(text, "=")
				return func(x string) (yes, known bool) { return x == v, true }, ok
			},
			Exact: func(text string) string { v, _ := strings.CutPrefix(text, "="); return v },
		},
	}
}

// sniffed: an inventory says first what it is.
func sniffed(s *text.Sample) bool { return bytes.HasPrefix(s.Text, []byte("#inventory\n")) }

// lines reads a manifest: a name and a constraint a line.
func lines(f *text.Fragment, e *extract.Emitter) error {
	for i := 0; i < len(f.Text); i = text.NextLine(f.Text, i) {
		name, constraint, _ := strings.Cut(string(f.Text[i:text.LineEnd(f.Text, i)]), " ")
		if name != "" && name[0] != '#' {
			e.Reference(extract.Reference{Ecosystem: ecosystem.Cargo, Name: name, Constraint: constraint, Kind: extract.Manifest, Span: text.Span{Start: i, End: i + len(name)}})
		}
	}
	return nil
}
