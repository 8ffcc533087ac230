package pypi

import (
	"slices"
	"strings"

	"deps.dev/util/semver"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
)

// versions is how specifiers are read, those of Poetry included.
func versions() *ecosystem.Versions {
	return &ecosystem.Versions{
		Ecosystem: ecosystem.PyPI, Exact: exact,
		Parse: func(text string) (ecosystem.Match, bool) {
			c, ok := readSpecifier(text)
			return c.match, ok
		},
	}
}

// A constraint is a readable one: any of its alternatives suffices.
type constraint struct {
	any     []alternative
	exactly string // what has to be spelled the same ("===")
	epoch   string // of the versions that it names; empty: none
	above   bool   // it has a clause ">"
}

// An alternative is a constraint, and versions that it excludes one by one.
type alternative struct {
	*semver.Constraint
	not []string
}

// excludes reports whether a version is one of those; what has no local part
// excludes every local version. full and public are the version with and
// without its local part.
func (a *alternative) excludes(full, public *semver.Version) bool {
	for _, text := range a.not {
		v, err := semver.PyPI.Parse(text)
		if err != nil {
			continue // readSpecifier has seen that it can be read
		}
		if strings.Contains(text, "+") && v.Compare(full) == 0 || !strings.Contains(text, "+") && v.Compare(public) == 0 {
			return true
		}
	}
	return false
}

// readSpecifier reads a constraint; ok is false when it cannot be read.
func readSpecifier(text string) (c constraint, ok bool) {
	if v, found := strings.CutPrefix(text, "==="); found && !strings.Contains(v, ",") {
		c.exactly = strings.TrimSpace(v)
		return c, c.exactly != ""
	}
	var parts []string
	for alt := range strings.SplitSeq(text, "||") {
		p, ok := pep440(alt)
		if !ok {
			return c, false
		}
		parts = append(parts, p)
	}
	for _, p := range parts {
		var not, rest []string
		for i, clause := range strings.Split(p, ",") {
			at := epochOf(strings.TrimLeft(clause, "=<>!~ "))
			if (i > 0 || len(c.any) > 0) && at != c.epoch {
				return c, false
			}
			c.epoch = at
			c.above = c.above || strings.HasPrefix(clause, ">") && !strings.HasPrefix(clause, ">=")
			if v, found := strings.CutPrefix(clause, "!="); found && !strings.HasSuffix(clause, "*") {
				if v = strings.TrimSpace(v); semverError(v) {
					return c, false
				}
				not = append(not, v)
			} else {
				rest = append(rest, clause)
			}
		}
		if p = strings.Join(rest, ","); p == "" {
			p = ">=0.dev0"
			if c.epoch != "" {
				p = ">=" + c.epoch + "!0.dev0"
			}
		}
		one, err := semver.PyPI.ParseConstraint(p)
		if err != nil {
			return c, false
		}
		c.any = append(c.any, alternative{one, not})
	}
	return c, true
}

// match reports whether v satisfies c, pre-releases admitted; known is false
// when v cannot be read.
func (c constraint) match(v string) (yes, known bool) {
	if c.exactly != "" {
		return v == c.exactly, true
	}
	whole, err := semver.PyPI.Parse(v)
	if err != nil {
		return false, false
	}
	base, _, local := strings.Cut(v, "+")
	// An epoch outweighs everything, and "greater than" has a rule of its own
	// for local versions: the parser knows neither.
	if epochOf(v) != c.epoch || local && c.above {
		return false, false
	}
	public, err := semver.PyPI.Parse(base)
	if err != nil {
		return false, false
	}
	for i := range c.any {
		one, at := &c.any[i], whole
		// PEP 440: a constraint without a local part disregards that of the version.
		if !strings.Contains(one.String(), "+") {
			at = public
		}
		if (one.MatchVersionPrerelease(at) || one.MatchVersion(at)) && !one.excludes(whole, public) {
			return true, true
		}
	}
	return false, true
}

// exact is the one version that a constraint names, or "".
func exact(text string) string {
	v, same := strings.CutPrefix(text, "===")
	if !same {
		v = strings.TrimPrefix(text, "==")
	}
	v = strings.TrimSpace(v)
	if strings.ContainsAny(v, "*,<>~!^| ") && !isEpoch(v) {
		return ""
	}
	if _, err := semver.PyPI.Parse(v); err != nil && !same {
		return ""
	}
	return v
}

func semverError(v string) bool {
	_, err := semver.PyPI.Parse(v)
	return err != nil
}

// isEpoch reports whether the only odd character is the "!" after an epoch.
func isEpoch(v string) bool {
	epoch, rest, ok := strings.Cut(v, "!")
	return ok && strings.Trim(epoch, "0123456789") == "" && !strings.ContainsAny(rest, "!*,<>~^| ")
}

// The grammar of the tool, where the parser admits more than it does: what the
// tool refuses must not be satisfied here.
var (
	pep440Suffix = `(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?(?:[-_.]?dev[-_.]?[0-9]*)?`
	pep440Clause = lazyregexp.New(`(?i)^(?:(?:==|!=)\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:\.\*|` + pep440Suffix + `(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?)` +
		`|~=\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)+` + pep440Suffix +
		`|(?:<=|>=|<|>)\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*` + pep440Suffix + `)$`)
	pep440Below = lazyregexp.New(`(?i)^<\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*$`)
)

// epochOf is the epoch of a version of PyPI; empty: none, or 0.
func epochOf(v string) string {
	if epoch, _, ok := strings.Cut(v, "!"); ok {
		return strings.TrimLeft(strings.TrimLeft(strings.TrimSpace(epoch), "vV"), "0")
	}
	return ""
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
		for clause := range strings.SplitSeq(part, ",") {
			if clause = strings.TrimSpace(clause); !pep440Clause().MatchString(clause) {
				return "", false
			}
			if pep440Below().MatchString(clause) {
				clause += ".dev0" // an exclusive bound excludes its own pre-releases
			}
			out = append(out, clause)
		}
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
	n, ok := ecosystem.Successor(parts[at])
	if !ok {
		return "", false
	}
	return strings.Join(append(slices.Clone(parts[:at]), n), "."), true
}
