package osv

import (
	"strings"
	"unicode/utf8"

	"figment/ecosystem"
)

// words is what OSV calls the ecosystems it shares with figment,
// https://ossf.github.io/osv-schema/#defined-ecosystems. It has no JSR and no
// conda.
var words = []struct {
	Ecosystem ecosystem.Ecosystem
	Word      string
}{
	{ecosystem.NPM, "npm"},
	{ecosystem.PyPI, "PyPI"},
	{ecosystem.Golang, "Go"},
	{ecosystem.Cargo, "crates.io"},
	{ecosystem.Gem, "RubyGems"},
	{ecosystem.Maven, "Maven"},
	{ecosystem.NuGet, "NuGet"},
	{ecosystem.Composer, "Packagist"},
	{ecosystem.Pub, "Pub"},
	{ecosystem.Hex, "Hex"},
}

// Word is what OSV calls the ecosystem; empty if it has none of that kind.
func Word(e ecosystem.Ecosystem) string {
	for _, w := range words {
		if w.Ecosystem == e {
			return w.Word
		}
	}
	return ""
}

// Ecosystems lists what OSV has advisories for, in the order of reports.
func Ecosystems() []ecosystem.Ecosystem {
	out := make([]ecosystem.Ecosystem, len(words))
	for i, w := range words {
		out[i] = w.Ecosystem
	}
	return out
}

// FromWord reads OSV's word, whose suffix after a colon (a release, a
// repository) does not matter here. Unknown: it is none of the shared ones.
func FromWord(word string) ecosystem.Ecosystem {
	word, _, _ = strings.Cut(word, ":")
	for _, w := range words {
		if w.Word == word {
			return w.Ecosystem
		}
	}
	return ecosystem.Unknown
}

const maxName = 1000 // bytes

// refusal says why a package cannot be asked about; empty: it can.
func refusal(p ecosystem.Package) string {
	switch {
	case Word(p.Ecosystem) == "":
		return "OSV has no advisories for this ecosystem"
	case p.Name == "" || len(p.Name) > maxName || !utf8.ValidString(p.Name) || strings.ContainsFunc(p.Name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "no package can have this name"
	case p.Ecosystem == ecosystem.Golang && (p.Name == "stdlib" || p.Name == "toolchain"):
		return "" // no modules, but packages to OSV
	case ecosystem.CheckName(p.Ecosystem, p.Name).State == ecosystem.Invalid:
		return "no package can have this name"
	}
	return ""
}

// validID reports whether an id can stand in a path and mean itself.
func validID(id string) bool {
	if id == "" || len(id) > 128 || id[0] == '.' || id[0] == '-' {
		return false
	}
	for i := 0; i < len(id); i++ {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == ':':
		default:
			return false
		}
	}
	return true
}

// malicious reports whether the id is that of a malware record.
func malicious(id string) bool { return strings.HasPrefix(id, "MAL-") }

// page is where people read the record.
func page(id string) string { return "https://osv.dev/vulnerability/" + id }

// spellings are other names that the same package may have at the service, which
// compares all but PyPI's byte by byte. Crates are known by either separator to
// figment, and by the registered one to OSV; a name that is gone from the
// registry has nobody to say which.
func spellings(p ecosystem.Package) (out []string) {
	if p.Ecosystem != ecosystem.Cargo {
		return nil
	}
	for _, s := range []string{strings.ReplaceAll(p.Name, "-", "_"), strings.ReplaceAll(p.Name, "_", "-")} {
		if s != p.Name {
			out = append(out, s)
		}
	}
	return out
}
