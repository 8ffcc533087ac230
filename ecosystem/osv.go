package ecosystem

import "strings"

// OSV is what OSV calls the ecosystem; empty if it has none of that kind.
func (e Ecosystem) OSV() string {
	if r := find(e); r != nil {
		return r.OSV
	}
	return ""
}

// FromOSV reads OSV's word, whose suffix after a colon (a release, a repository)
// does not matter here. Unknown: it is none of the shared ones.
func FromOSV(word string) Ecosystem {
	word, _, _ = strings.Cut(word, ":")
	for i := range table {
		if table[i].OSV == word && word != "" {
			return table[i].Ecosystem
		}
	}
	return Unknown
}

// OSVNames are other names that the same package may have at OSV, which compares
// all but PyPI's byte by byte.
func (p Package) OSVNames() []string {
	if r := find(p.Ecosystem); r != nil && r.Spellings != nil {
		return r.Spellings(p.Name)
	}
	return nil
}

// OSVOnly reports whether a name is one of OSV's own, which no registry has:
// "stdlib" of Go.
func (p Package) OSVOnly() bool {
	r := find(p.Ecosystem)
	if r == nil {
		return false
	}
	for _, name := range r.OSVOnly {
		if name == p.Name {
			return true
		}
	}
	return false
}

// crateSpellings: crates are known by either separator to figment, and by the
// registered one to OSV; a name that is gone from the registry has nobody to say
// which.
func crateSpellings(name string) (out []string) {
	for _, s := range []string{strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "_", "-")} {
		if s != name {
			out = append(out, s)
		}
	}
	return out
}
