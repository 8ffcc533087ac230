package registry

import (
	"slices"
	"strings"

	"deps.dev/util/semver"
	"figment/ecosystem"

	gosemver "golang.org/x/mod/semver"
)

// Constraints are read by the rules of each ecosystem. What cannot be read, or
// names a tag, leaves the version unknown: only a list that is complete, of
// versions that all can be read, proves that none satisfies.

const maxConstraint = 512 // bytes; longer ones are not read

// A constraint is a readable one: any of its alternatives suffices.
type constraint struct {
	eco     ecosystem.Ecosystem
	any     []*semver.Constraint
	exactly string // what has to be spelled the same ("===")
}

// parseConstraint reads a constraint; ok is false when it cannot be read.
func parseConstraint(e ecosystem.Ecosystem, text string) (c constraint, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxConstraint {
		return c, false
	}
	c.eco = e
	var parts []string
	switch e {
	case ecosystem.NPM:
		parts = []string{text}
	case ecosystem.PyPI:
		if v, found := strings.CutPrefix(text, "==="); found && !strings.Contains(v, ",") {
			c.exactly = strings.TrimSpace(v)
			return c, c.exactly != ""
		}
		for alt := range strings.SplitSeq(text, "||") {
			p, ok := pep440(alt)
			if !ok {
				return c, false
			}
			parts = append(parts, p)
		}
	case ecosystem.Golang:
		if !exactGo(text) {
			return c, false
		}
		c.exactly = text
		return c, true
	default:
		return c, false
	}
	for _, p := range parts {
		one, err := e.System().ParseConstraint(p)
		if err != nil {
			return c, false
		}
		c.any = append(c.any, one)
	}
	return c, true
}

// match reports whether v satisfies c, pre-releases admitted; known is false
// when v cannot be read.
func (c constraint) match(v string) (yes, known bool) {
	if c.exactly != "" {
		return v == c.exactly, true
	}
	if c.eco == ecosystem.PyPI {
		// PEP 440: a constraint without a local part disregards that of the version.
		for _, one := range c.any {
			if !strings.Contains(one.String(), "+") {
				v, _, _ = strings.Cut(v, "+")
			}
		}
	}
	parsed, err := c.eco.System().Parse(v)
	if err != nil {
		return false, false
	}
	for _, one := range c.any {
		if one.MatchVersionPrerelease(parsed) || one.MatchVersion(parsed) {
			return true, true
		}
	}
	return false, true
}

// matches reports whether the version satisfies the constraint, as far as both
// can be read.
func matches(e ecosystem.Ecosystem, text, v string) bool {
	c, ok := parseConstraint(e, text)
	if !ok {
		return false
	}
	yes, _ := c.match(v)
	return yes
}

// satisfy decides about a constraint from a complete list.
func satisfy(e ecosystem.Ecosystem, text string, list []version, tags map[string]string) VersionStatus {
	if e == ecosystem.NPM && tags[text] != "" {
		return VersionPresent
	}
	c, ok := parseConstraint(e, text)
	if !ok {
		return VersionUnknown
	}
	yanked, unread := false, false
	for _, v := range list {
		yes, known := c.match(v.V)
		switch {
		case yes && !v.Yanked:
			return VersionPresent
		case yes:
			yanked = true
		case !known:
			unread = true
		}
	}
	switch {
	case yanked:
		return VersionYanked
	case unread:
		return VersionUnknown
	}
	return VersionAbsent
}

// isExact reports whether the constraint names one version.
func isExact(e ecosystem.Ecosystem, text string) bool { return exactVersion(e, text) != "" }

// exactVersion is the one version that the constraint names, or "".
func exactVersion(e ecosystem.Ecosystem, text string) string {
	text = strings.TrimSpace(text)
	switch e {
	case ecosystem.NPM:
		v := strings.TrimLeft(text, "=v ")
		if p, err := semver.NPM.Parse(v); err != nil || p.IsWildcard() || strings.Count(strings.SplitN(v, "-", 2)[0], ".") != 2 {
			return ""
		}
		return v
	case ecosystem.PyPI:
		v := strings.TrimSpace(strings.TrimLeft(text, "="))
		if strings.ContainsAny(v, "*,<>~!^| ") && !isEpoch(v) {
			return ""
		}
		if _, err := semver.PyPI.Parse(v); err != nil && !strings.HasPrefix(text, "===") {
			return ""
		}
		return v
	case ecosystem.Golang:
		if exactGo(text) {
			return text
		}
	}
	return ""
}

// isEpoch reports whether the only odd character is the "!" after an epoch.
func isEpoch(v string) bool {
	epoch, rest, ok := strings.Cut(v, "!")
	return ok && strings.Trim(epoch, "0123456789") == "" && !strings.ContainsAny(rest, "!*,<>~^| ")
}

// exactGo reports whether v is a canonical Go version: queries such as "latest",
// "v1" and branch names are not.
func exactGo(v string) bool {
	return gosemver.IsValid(v) && gosemver.Canonical(v)+gosemver.Build(v) == v
}

// lowerBound is the smallest version that an npm range admits, in full. Ranges
// are mostly written from a version that exists.
func lowerBound(text string) string {
	if len(text) > maxConstraint {
		return ""
	}
	c, err := semver.NPM.ParseConstraint(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	least, err := c.CalculateMinVersion()
	if err != nil || least == nil {
		return ""
	}
	v := strings.TrimLeft(least.String(), "v= ")
	core, pre := v, ""
	if i := strings.IndexAny(v, "-+"); i >= 0 {
		core, pre = v[:i], v[i:]
	}
	parts := strings.Split(core, ".")
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	for i, p := range parts {
		if p == "x" || p == "X" || p == "*" {
			parts[i] = "0"
		}
	}
	v = strings.Join(parts, ".") + pre
	if v == "0.0.0" || !matches(ecosystem.NPM, text, v) {
		return ""
	}
	return v
}

// pep440 turns what pip and Poetry accept into a PEP 440 specifier: parentheses
// go, a bare version is an exact one, "^" and "~" are ranges.
func pep440(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		text = strings.TrimSpace(text[1 : len(text)-1])
	}
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		switch {
		case part == "*":
			part = ">=0.dev0"
		case part[0] == '^', part[0] == '~' && !strings.HasPrefix(part, "~="):
			low := strings.TrimSpace(part[1:])
			high, ok := nextVersion(low, part[0] == '^')
			if !ok {
				return "", false
			}
			part = ">=" + low + ",<" + high
		case '0' <= part[0] && part[0] <= '9' || part[0] == 'v':
			part = "==" + part
		}
		out = append(out, part)
	}
	if len(out) == 0 {
		return ">=0.dev0", true
	}
	return strings.Join(out, ","), true
}

// nextVersion is the first version that Poetry's "^v" (caret) or "~v" excludes.
func nextVersion(v string, caret bool) (string, bool) {
	core := v
	if i := strings.IndexFunc(v, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		core = strings.TrimRight(v[:i], ".")
	}
	parts := strings.Split(core, ".")
	at := 0
	switch {
	case caret: // up to the first number that is not zero
		for at < len(parts)-1 && strings.Trim(parts[at], "0") == "" {
			at++
		}
	case len(parts) > 1:
		at = 1
	}
	n, ok := successor(parts[at])
	if !ok {
		return "", false
	}
	return strings.Join(append(slices.Clone(parts[:at]), n), "."), true
}

func successor(digits string) (string, bool) {
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

// sorted gives the versions in ascending order; those that cannot be read come
// first.
func sorted(e ecosystem.Ecosystem, list []version) []string {
	type item struct {
		text   string
		parsed *semver.Version
	}
	items := make([]item, len(list))
	for i, v := range list {
		items[i].text = v.V
		if p, err := e.System().Parse(v.V); err == nil {
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
