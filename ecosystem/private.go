package ecosystem

import (
	"path"
	"strings"
)

// A PrivatePattern names packages that must not be put to a public registry:
// "npm:@acme/*", "pypi:acme-*", "go:git.acme.dev/**", or without an ecosystem a
// glob for the names of all. It is compared as the registry compares names, so
// that no spelling of a private name is a public one. The zero value matches
// nothing.
type PrivatePattern struct {
	text string
	eco  Ecosystem // Unknown: any
	glob string
}

// A PatternError says why a pattern cannot be meant.
type PatternError struct {
	Text string // after the pattern: "matches no name that npm could have"
	Hint string // what to write instead; may be empty
	Word string // the ecosystem that is not known; else empty
}

func (e *PatternError) Error() string { return e.Text }

// ParsePrivate reads a pattern. The error is a *PatternError: a pattern that
// cannot match any legal name protects nothing, and whoever wrote it would
// believe that it does.
func ParsePrivate(text string) (PrivatePattern, error) {
	p, bad := parsePrivate(text)
	if bad == nil {
		return p, nil
	}
	if bad.Hint == "" && bad.Word == "" {
		bad.Hint = suggestPrivate(p)
	}
	return PrivatePattern{}, bad
}

// parsePrivate is ParsePrivate without a search for what was meant.
func parsePrivate(text string) (PrivatePattern, *PatternError) {
	p := PrivatePattern{text: text, glob: strings.TrimSpace(text)}
	if word, rest, ok := strings.Cut(p.glob, ":"); ok {
		e, known := Lookup(strings.TrimSpace(word))
		switch {
		case known:
			p.eco, p.glob = e, strings.TrimSpace(rest)
		case strings.Contains(word, "."): // the group of a Maven package
			p.eco = Maven
		default:
			return p, &PatternError{Text: "begins with `" + word + "`, which is no ecosystem figment knows", Word: word}
		}
	}
	// A scope alone means what is in it.
	if bare := strings.TrimSuffix(p.glob, "/"); strings.HasPrefix(bare, "@") && !strings.Contains(bare, "/") && (p.eco == NPM || p.eco == JSR || p.eco == Unknown) {
		p.glob = bare + "/*"
	}
	if _, err := path.Match(p.glob, ""); err != nil || strings.Contains(p.glob, `\`) {
		return p, &PatternError{Text: "is no pattern: no name has a backslash, and a bracket must be closed", Hint: p.example()}
	}
	switch {
	case p.glob == "":
		return p, &PatternError{Text: "names nothing", Hint: p.example()}
	case len(p.glob) > maxPattern:
		return p, &PatternError{Text: "is longer than any name", Hint: p.example()}
	case p.possible():
		return p, nil
	case p.eco == Unknown:
		return p, &PatternError{Text: "matches no name that a registry could have"}
	}
	return p, &PatternError{Text: "matches no name that " + p.eco.Title() + " could have"}
}

// example is a pattern that means something in the ecosystem of p.
func (p PrivatePattern) example() string {
	switch p.eco {
	case Unknown, NPM:
		return "npm:@acme/*"
	case JSR:
		return "jsr:@acme/*"
	case Golang:
		return "golang:git.acme.dev/**"
	case Maven:
		return "maven:com.acme:*"
	case Composer:
		return "composer:acme/*"
	}
	return string(p.eco) + ":acme-*"
}

// maxPattern is more than the longest name that is in use, in bytes.
const maxPattern = 300

// String is the pattern as it was written.
func (p PrivatePattern) String() string { return p.text }

// Match reports whether a package is meant.
func (p PrivatePattern) Match(pkg Package) bool {
	if p.glob == "" || p.eco != Unknown && p.eco != pkg.Ecosystem {
		return false
	}
	name, glob := foldName(pkg.Ecosystem, Normalize(pkg.Ecosystem, pkg.Name)), p.glob
	if pkg.Ecosystem == Golang {
		if fold := foldsGo(name); fold {
			name, glob = strings.ToLower(name), strings.ToLower(glob)
		}
		return matchGo(glob, name)
	}
	glob = foldName(pkg.Ecosystem, glob)
	if hit, err := path.Match(glob, name); err == nil && hit {
		return true
	}
	prefix, deep := strings.CutSuffix(glob, "/**")
	return deep && strings.HasPrefix(name, prefix+"/")
}

// matchGo matches a module path, or any prefix of it, as GOPRIVATE does: an
// import path names a directory of a module whose own path is shorter.
func matchGo(glob, name string) bool {
	glob = strings.TrimSuffix(strings.TrimSuffix(glob, "/**"), "/")
	depth := strings.Count(glob, "/")
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '/' {
			continue
		}
		if depth--; depth >= 0 {
			continue
		}
		hit, err := path.Match(glob, name[:i])
		return err == nil && hit
	}
	return false
}

// foldsGo reports whether the host of a module path takes names in any case.
func foldsGo(name string) bool {
	return forgeOf(name).Folds
}

// foldName gives names, and globs of names, the spelling under which their
// registry keeps them apart. What stands in brackets only loses its case.
func foldName(e Ecosystem, s string) string {
	switch e {
	case Golang, Maven:
		return s
	case PyPI, Cargo:
		var b strings.Builder
		class, sep := false, false
		for i := 0; i < len(s); i++ {
			c := s[i]
			if c == '[' {
				class = true
			} else if c == ']' {
				class = false
			}
			if !class && (c == '-' || c == '_' || c == '.' && e == PyPI) {
				if sep && e == PyPI {
					continue
				}
				c, sep = '-', true
			} else {
				sep = false
			}
			b.WriteByte(c)
		}
		return strings.ToLower(b.String())
	}
	return strings.ToLower(s)
}

// possible reports whether some legal name matches: the pattern is filled in
// with a few words that a name may have there.
func (p PrivatePattern) possible() bool {
	ecosystems := []Ecosystem{p.eco}
	if p.eco == Unknown {
		ecosystems = All()
	}
	for _, e := range ecosystems {
		for _, fill := range []string{"a", "0", "a.b", "a:b"} {
			name := fillGlob(foldName(e, p.glob), fill)
			if CheckName(e, name).State != Invalid && legalShape(e, name) && p.Match(Package{Ecosystem: e, Name: name}) {
				return true
			}
		}
	}
	return false
}

// legalShape knows of ecosystems without a check of names what tells their
// names from others.
func legalShape(e Ecosystem, name string) bool {
	if strings.ContainsAny(name, " \t\r\n\\") || strings.Contains(name, "//") {
		return false
	}
	switch e {
	case Maven:
		return strings.Count(name, ":") == 1 && !strings.ContainsAny(name, "/@")
	case Composer:
		return strings.Count(name, "/") == 1 && !strings.ContainsAny(name, ":@")
	case JSR:
		return checkNPM(name).State != Invalid && strings.HasPrefix(name, "@")
	case NPM, PyPI, Golang:
		return true
	}
	return !strings.ContainsAny(name, "/:@")
}

// fillGlob makes a name of a glob.
func fillGlob(glob, fill string) string {
	if prefix, deep := strings.CutSuffix(glob, "/**"); deep {
		glob = prefix + "/*"
	}
	var b strings.Builder
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			b.WriteString(fill)
		case '?':
			b.WriteByte(fill[0])
		case '[':
			end := i + 1
			for end < len(glob) && (glob[end] != ']' || end == i+1) {
				end++
			}
			class := glob[i:min(end+1, len(glob))]
			for _, c := range "abcdefghijklmnopqrstuvwxyz0123456789-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ@/" {
				if hit, err := path.Match(class, string(c)); err == nil && hit {
					b.WriteRune(c)
					break
				}
			}
			i = end
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// suggestPrivate finds a pattern near one that matches nothing.
func suggestPrivate(p PrivatePattern) string {
	bare := strings.TrimPrefix(strings.Join(strings.Fields(p.glob), ""), ":")
	words := []string{string(p.eco), "npm", "go", "composer"}
	if p.eco == Unknown {
		words = words[1:]
	}
	for _, word := range words {
		for _, spelled := range []string{bare, strings.ReplaceAll(bare, "...", "*")} {
			for _, s := range []string{spelled, strings.ToLower(spelled)} {
				rests := []string{"@" + s, s, s + "/*", s + ":*"}
				if word != string(p.eco) { // what fits another ecosystem as it is
					rests = []string{s}
				}
				for _, rest := range rests {
					if strings.Trim(rest, "*@/:") == "" {
						continue
					}
					try := word + ":" + rest
					if _, bad := parsePrivate(try); bad == nil {
						return try
					}
				}
			}
		}
	}
	return "npm:@acme/*, pypi:acme-* or go:git.acme.dev/**"
}
