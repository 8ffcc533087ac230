package ecosystem

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/package-url/packageurl-go"
)

// A Spec is a name as a person gives it to a command. Constraint is as written;
// Package.Version is set where it is an exact pin.
type Spec struct {
	Package    Package
	Constraint string
}

// ParseSpec reads "npm:left-pad", "pypi:flask==3.0", "npm:@scope/x@^2" or a
// package URL. def is the ecosystem of a name without prefix; Unknown makes the
// prefix required.
func ParseSpec(spec string, def Ecosystem) (Spec, error) {
	if strings.HasPrefix(spec, "pkg:") {
		p, err := packageurl.FromString(spec)
		if err != nil {
			return Spec{}, fmt.Errorf("not a package URL")
		}
		e, ok := Lookup(p.Type)
		if !ok {
			return Spec{}, fmt.Errorf("packages of type %q are not known", p.Type)
		}
		name := p.Name
		if p.Namespace != "" {
			sep := "/"
			if e == Maven {
				sep = ":"
			}
			name = p.Namespace + sep + p.Name
		}
		if path := purlPath(spec); e == Golang && strings.EqualFold(path, name) {
			name = path // the purl library folds the case
		}
		s := Spec{Package: Package{e, Normalize(e, name), p.Version}, Constraint: p.Version}
		if e == PyPI && p.Version != "" {
			s.Constraint = "==" + p.Version
		}
		return s, nil
	}
	e, rest := def, spec
	if word, after, ok := strings.Cut(spec, ":"); ok && !strings.ContainsAny(word, "/@.") {
		known, found := Lookup(word)
		switch {
		case found:
			e, rest = known, after
		case def != Maven: // there it may be a group
			return Spec{}, fmt.Errorf("%q is not an ecosystem figment knows", word)
		}
	}
	if e == Unknown {
		return Spec{}, fmt.Errorf("it is not said which ecosystem the name belongs to")
	}
	name, constraint := splitSpec(e, strings.TrimSpace(rest))
	if name == "" {
		return Spec{}, fmt.Errorf("there is no name")
	}
	s := Spec{Package: Package{Ecosystem: e, Name: name}, Constraint: constraint}
	if exact := strings.TrimPrefix(constraint, "=="); constraint != "" && !strings.ContainsAny(exact, "<>=!~^*, |") {
		s.Package.Version = exact
	}
	return s, nil
}

// purlPath is what stands between type and version of a package URL.
func purlPath(spec string) string {
	spec, _, _ = strings.Cut(spec, "#")
	spec, _, _ = strings.Cut(spec, "?")
	_, rest, _ := strings.Cut(strings.TrimLeft(strings.TrimPrefix(spec, "pkg:"), "/"), "/")
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		rest = rest[:i]
	}
	rest, _ = url.PathUnescape(strings.Trim(rest, "/"))
	return rest
}

func splitSpec(e Ecosystem, s string) (name, constraint string) {
	switch e {
	case PyPI:
		i := strings.IndexAny(s, "<>=!~@;[( ")
		if i < 0 {
			return s, ""
		}
		name, rest := s[:i], strings.TrimSpace(s[i:])
		if strings.HasPrefix(rest, "[") {
			if at := strings.IndexByte(rest, ']'); at >= 0 {
				rest = strings.TrimSpace(rest[at+1:])
			}
		}
		if v, ok := strings.CutPrefix(rest, "@"); ok {
			return name, "==" + strings.TrimSpace(v)
		}
		rest, _, _ = strings.Cut(rest, ";")
		return name, strings.TrimSpace(rest)
	case Maven:
		parts := strings.SplitN(s, ":", 3)
		if len(parts) == 3 {
			return parts[0] + ":" + parts[1], parts[2]
		}
		return s, ""
	}
	if i := strings.LastIndexByte(s, '@'); i > 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// PURL writes p as a package URL, https://github.com/package-url/purl-spec.
func (p Package) PURL() string {
	namespace, name := "", p.Name
	sep := "/"
	if p.Ecosystem == Maven {
		sep = ":"
	}
	if i := strings.LastIndex(name, sep); i >= 0 {
		namespace, name = name[:i], name[i+1:]
	}
	typ := string(p.Ecosystem)
	if typ == "" {
		typ = "generic"
	}
	version := p.Version
	if p.Ecosystem == PyPI {
		version = strings.TrimPrefix(version, "==")
	}
	if p.Ecosystem == Golang || p.Ecosystem == Composer { // the purl library folds their case, which names there do not
		s := "pkg:" + typ + "/" + escapePath(p.Name)
		if version != "" {
			s += "@" + url.PathEscape(version)
		}
		return s
	}
	return packageurl.NewPackageURL(typ, namespace, name, version, nil, "").ToString()
}

func escapePath(p string) string {
	parts := strings.Split(p, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}
