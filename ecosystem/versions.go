package ecosystem

import (
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// Versions is how constraints of an ecosystem are read and compared with
// versions. All methods take a nil one: it reads nothing, so that no version is
// judged. What cannot be read leaves a version unknown, never present.
type Versions struct {
	Ecosystem Ecosystem
	// Parse reads a constraint that is trimmed and not too long; ok is false when
	// it cannot be read.
	Parse func(text string) (m Match, ok bool)
	// Exact is the one version that such a constraint names, or "".
	Exact func(text string) string
	// Unversioned reports whether a text that is no constraint and not empty names
	// no version: a tag, which only the package's owner can set, or a branch. Nil:
	// there is nothing of the kind.
	Unversioned func(text string) bool
	// Newest is the word for the newest version, npm's "latest"; empty: none.
	Newest string
}

// A Match reports whether a version satisfies a constraint, pre-releases
// admitted; known is false when the version cannot be read.
type Match func(version string) (yes, known bool)

// MaxConstraint is the length in bytes beyond which no constraint is read.
const MaxConstraint = 512

// FindVersions gives that of an ecosystem, or nil.
func FindVersions(all []*Versions, e Ecosystem) *Versions {
	for _, v := range all {
		if v != nil && v.Ecosystem == e {
			return v
		}
	}
	return nil
}

// Read reads a constraint; ok is false when it cannot be read.
func (vs *Versions) Read(text string) (m Match, ok bool) {
	text = strings.TrimSpace(text)
	if vs == nil || vs.Parse == nil || len(text) > MaxConstraint {
		return nil, false
	}
	return vs.Parse(text)
}

// Matches reports whether the version satisfies the constraint, as far as both
// can be read.
func (vs *Versions) Matches(text, version string) bool {
	m, ok := vs.Read(text)
	if !ok {
		return false
	}
	yes, _ := m(version)
	return yes
}

// One is the one version that the constraint names, or "".
func (vs *Versions) One(text string) string {
	if vs == nil || vs.Exact == nil {
		return ""
	}
	return vs.Exact(strings.TrimSpace(text))
}

// NotJudged reports whether a text that cannot be read speaks of a version all
// the same. Nobody may say that such a version is there. It is false where the
// text names no version: a tag, a branch, or a property that something else
// fills in; then the name is judged and no more.
func (vs *Versions) NotJudged(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || property(text) {
		return false
	}
	return vs == nil || vs.Unversioned == nil || !vs.Unversioned(text)
}

// property reports whether a text is filled in by something else: "${VERSION}",
// "%(version)s", "{{ version }}", "<version>".
func property(text string) bool {
	return strings.ContainsAny(text, "${}%`") || strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")
}

// Successor is the number after a decimal one of at most 18 digits, whose leading
// zeros are kept.
func Successor(digits string) (string, bool) {
	if digits == "" || len(digits) > 18 {
		return "", false
	}
	b := []byte(digits)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != '9' {
			b[i]++
			return string(b), true
		}
		b[i] = '0'
	}
	return "1" + string(b), true
}

// Ascending gives versions in ascending order; those that cannot be read come
// first.
func (e Ecosystem) Ascending(list []string) []string {
	type item struct {
		text   string
		parsed *semver.Version
	}
	items := make([]item, len(list))
	for i, v := range list {
		items[i].text = v
		if p, err := e.System().Parse(v); err == nil {
			items[i].parsed = p
		}
	}
	slices.SortStableFunc(items, func(a, b item) int {
		switch {
		case a.parsed == nil && b.parsed == nil:
			return strings.Compare(a.text, b.text)
		case a.parsed == nil:
			return -1
		case b.parsed == nil:
			return 1
		}
		return a.parsed.Compare(b.parsed)
	})
	out := make([]string, len(items))
	for i := range items {
		out[i] = items[i].text
	}
	return out
}
