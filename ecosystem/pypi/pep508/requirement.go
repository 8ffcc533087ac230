// Package pep508 reads one Python requirement, as manifests, lists, code and
// commands write it: "requests[socks]>=2; python_version < '3.12'".
//
// Specification: https://packaging.python.org/en/latest/specifications/dependency-specifiers/
package pep508

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// A Requirement is one of them. Offsets count in the text it was read from.
type Requirement struct {
	Name       string
	Start, End int // of the name
	Extras     []string
	Constraint string
	Marker     string
	URL        string // "name @ url"
}

// IsNameByte reports whether a byte may stand in a name of Python packaging.
func IsNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// Parse reads one requirement. It is tolerant where the name is beyond
// doubt: a missing comma, a parenthesised constraint, and what pip's
// forerunners accepted are kept as they are written. ok is false where the text
// does not begin with a name that something legal follows.
func Parse(s string) (r Requirement, ok bool) {
	i := skipBlank(s, 0)
	r.Start = i
	for i < len(s) && IsNameByte(s[i]) {
		i++
	}
	for i > r.Start && !extract.IsAlnum(s[i-1]) {
		i-- // "x-" and "x." end before the sign
	}
	if i == r.Start || !extract.IsAlnum(s[r.Start]) {
		return r, false
	}
	r.End, r.Name = i, s[r.Start:i]
	i = skipBlank(s, i)
	if i < len(s) && s[i] == '[' {
		end := strings.IndexByte(s[i:], ']')
		if end < 0 {
			return r, false
		}
		for _, x := range strings.Split(s[i+1:i+end], ",") {
			if x = strings.TrimSpace(x); x != "" {
				r.Extras = append(r.Extras, x)
			}
		}
		i = skipBlank(s, i+end+1)
	}
	if i == len(s) {
		return r, true
	}
	switch s[i] {
	case '@':
		rest := s[i+1:]
		// The marker of a direct reference needs a blank before its semicolon.
		if at := strings.Index(rest, " ;"); at >= 0 {
			r.Marker = strings.TrimSpace(rest[at+2:])
			rest = rest[:at]
		}
		r.URL = strings.TrimSpace(rest)
		return r, r.URL != ""
	case '(', '<', '>', '=', '!', '~', ';':
	default:
		return r, false
	}
	rest := s[i:]
	if at := strings.IndexByte(rest, ';'); at >= 0 {
		r.Marker = strings.TrimSpace(rest[at+1:])
		rest = rest[:at]
	}
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") {
		rest = strings.TrimSpace(rest[1 : len(rest)-1])
	}
	r.Constraint = rest
	return r, true
}

func skipBlank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// Reference makes a reference of r, found at offset base of the fragment.
func (r *Requirement) Reference(base int, kind extract.Kind) extract.Reference {
	ref := extract.Reference{
		Ecosystem: ecosystem.PyPI, Name: r.Name, Constraint: r.Constraint, Extras: r.Extras, Marker: r.Marker, Kind: kind,
	}
	ref.Span.Start, ref.Span.End = base+r.Start, base+r.End
	if r.URL != "" {
		ref.From = Source(r.URL)
	}
	return ref
}

// Source says what kind of source a URL names.
func Source(url string) extract.From {
	switch {
	case strings.HasPrefix(url, "git+"), strings.HasPrefix(url, "hg+"), strings.HasPrefix(url, "svn+"), strings.HasPrefix(url, "bzr+"),
		strings.HasPrefix(url, "git:"), strings.HasPrefix(url, "git@"), strings.HasPrefix(url, "ssh:"):
		return extract.FromGit
	case strings.HasPrefix(url, "file:"), strings.HasPrefix(url, "."), strings.HasPrefix(url, "/"):
		return extract.FromPath
	}
	return extract.FromURL
}

// LoneEquals reports a constraint that begins with "=", which is none.
func LoneEquals(constraint string) bool {
	return strings.HasPrefix(constraint, "=") && !strings.HasPrefix(constraint, "==")
}
