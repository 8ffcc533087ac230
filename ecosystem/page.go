package ecosystem

import (
	"net/url"
	"strings"
)

// A page is the address of a package on its registry's official site.
type page struct {
	Base, End string
	Parts     int  // of a name; 0: any number
	Scoped    bool // a name that begins with @ has two
}

// maxPage is the longest name that gets a link, in bytes.
const maxPage = 214

// Page is the address of a package's page on its ecosystem's official site;
// empty unless the name is one that can exist there. It does not say that the
// package exists.
func (p Package) Page() string {
	r := find(p.Ecosystem)
	if r == nil || r.Page.Base == "" || len(p.Name) > maxPage {
		return ""
	}
	if c := CheckName(p.Ecosystem, p.Name); c.State != Valid && c.State != Stdlib {
		return ""
	}
	name, n := p.Name, r.Page.Parts
	if r.Page.Scoped && strings.HasPrefix(name, "@") {
		name, n = name[1:], 2
	}
	separator := r.Shape.Separator
	if separator == "" {
		separator = "/"
	}
	parts := strings.Split(name, separator)
	if n > 0 && len(parts) != n {
		return ""
	}
	for _, part := range parts {
		if strings.Trim(part, ".") == "" || url.PathEscape(part) != part || strings.ContainsAny(part, "@:&$+=") {
			return ""
		}
	}
	at := ""
	if name != p.Name {
		at = "@"
	}
	return r.Page.Base + at + strings.Join(parts, "/") + r.Page.End
}

// ByPage reads the address of a package's page at the start of s: https, http or no
// scheme, with or without "www.". The name is s[start:end]; ok is false where it is
// no such address. What follows the name, a version or a query, is not looked at.
func ByPage(s string) (e Ecosystem, start, end int, ok bool) {
	at := 0
	for _, prefix := range []string{"https://", "http://", "www."} {
		if strings.HasPrefix(s[at:], prefix) {
			at += len(prefix)
		}
	}
	for i := range table {
		r := &table[i]
		base := strings.TrimPrefix(strings.TrimPrefix(r.Page.Base, "https://"), "www.")
		if base == "" || !strings.HasPrefix(s[at:], base) || r.Shape.Separator == ":" {
			continue
		}
		start = at + len(base)
		end = start
		parts := r.Page.Parts
		if r.Page.Scoped && strings.HasPrefix(s[start:], "@") {
			parts = 2
		}
		for end < len(s) && end-start <= maxPage {
			c := s[end]
			if c == '/' {
				if parts--; parts == 0 {
					break
				}
			} else if c <= ' ' || c >= 0x7f || strings.IndexByte("?#()[]<>\"'`,;|\\{}%", c) >= 0 || c == '@' && end > start {
				break
			}
			end++
		}
		name := strings.TrimRight(s[start:end], "./:!*_")
		end = start + len(name)
		if r.Page.Parts == 0 { // a path, which begins with a host
			if host, _, _ := strings.Cut(name, "/"); !strings.Contains(host, ".") {
				return Unknown, 0, 0, false
			}
		}
		p := Package{Ecosystem: r.Ecosystem, Name: name}
		return r.Ecosystem, start, end, p.Page() != ""
	}
	return Unknown, 0, 0, false
}

// ByWord gives the ecosystem that people call so: its own word, its registry's, or
// one that stands before the colon of a SPEC, in any case. Unknown: none.
func ByWord(word string) Ecosystem {
	for i := range table {
		r := &table[i]
		for _, w := range append([]string{string(r.Ecosystem), r.Title, r.Registry}, r.Aliases...) {
			if strings.EqualFold(w, word) {
				return r.Ecosystem
			}
		}
	}
	return Unknown
}
