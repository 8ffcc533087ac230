package golang

import (
	"strings"

	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
)

// versions is how versions and version queries are read.
func versions() *ecosystem.Versions {
	return &ecosystem.Versions{
		Ecosystem: ecosystem.Golang, Unversioned: revision, Parse: readConstraint,
		Exact: func(text string) string {
			if !exact(text) {
				return ""
			}
			return text
		},
	}
}

// readConstraint reads an exact version, a prefix of versions, or a bound.
func readConstraint(text string) (ecosystem.Match, bool) {
	if exact(text) {
		return func(v string) (yes, known bool) { return v == text, true }, true
	}
	q, ok := readQuery(text)
	if !ok {
		return nil, false
	}
	return func(v string) (yes, known bool) { return q.match(v), gosemver.IsValid(v) }, true
}

// A query is a prefix of versions, or a bound.
//
// Specification: https://go.dev/ref/mod#version-queries
type query struct {
	op   string // <, <=, >, >=; empty: a prefix
	than string // empty: no query
}

func readQuery(text string) (query, bool) {
	q := query{than: text}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		if rest, ok := strings.CutPrefix(text, op); ok {
			q = query{op, rest}
			break
		}
	}
	short := strings.Count(q.than, ".") < 2
	switch {
	case !gosemver.IsValid(q.than), q.op == "" && (!short || gosemver.Canonical(q.than) != q.than+strings.Repeat(".0", 2-strings.Count(q.than, "."))):
		return query{}, false
	case short && (q.op == "<=" || q.op == ">"):
		return query{}, false // go calls it ambiguous
	}
	return q, true
}

func (q query) match(v string) bool {
	n := gosemver.Compare(v, q.than)
	switch q.op {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	case ">=":
		return n >= 0
	}
	return v == q.than || strings.HasPrefix(v, q.than+".")
}

// exact reports whether v is a canonical Go version: queries such as "latest",
// "v1" and branch names are not.
func exact(v string) bool {
	return gosemver.IsValid(v) && gosemver.Canonical(v)+gosemver.Build(v) == v
}

// revision reports whether go takes a text for a branch, a tag, a commit, or
// one of the words that name no version.
func revision(text string) bool {
	return !strings.ContainsAny(text[:1], "<>=") && !(len(text) > 1 && text[0] == 'v' && '0' <= text[1] && text[1] <= '9')
}
