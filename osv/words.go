package osv

import (
	"slices"
	"strings"
	"unicode/utf8"

	"figment/ecosystem"
)

// Ecosystems lists what OSV has advisories for, in the order of reports.
func Ecosystems() []ecosystem.Ecosystem {
	return slices.DeleteFunc(ecosystem.All(), func(e ecosystem.Ecosystem) bool { return e.OSV() == "" })
}

const maxName = 1000 // bytes

// refusal says why a package cannot be asked about; empty: it can.
func refusal(p ecosystem.Package) string {
	switch {
	case p.Ecosystem.OSV() == "":
		return "OSV has no advisories for this ecosystem"
	case p.Name == "" || len(p.Name) > maxName || !utf8.ValidString(p.Name) || strings.ContainsFunc(p.Name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "no package can have this name"
	case p.OSVOnly():
		return ""
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
