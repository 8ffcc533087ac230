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
