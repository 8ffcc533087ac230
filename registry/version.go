package registry

import (
	"slices"
	"strings"

	"deps.dev/util/semver"
	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/registry/protocol"
)

// Constraints are read by the rules of each ecosystem. What cannot be read
// leaves the version unknown, and the package not judged, unless it names a tag
// or a property: only a list that is complete, of versions that all can be read,
// proves that none satisfies.

const maxConstraint = 512 // bytes; longer ones are not read

// A constraint is a readable one: any of its alternatives suffices.
type constraint struct {
	eco     ecosystem.Ecosystem
	any     []alternative
	exactly string // what has to be spelled the same ("===")
	query   goQuery
	epoch   string // PyPI: of the versions that it names; empty: none
	above   bool   // PyPI: it has a clause ">"
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
			continue // parseConstraint has seen that it can be read
		}
		if strings.Contains(text, "+") && v.Compare(full) == 0 || !strings.Contains(text, "+") && v.Compare(public) == 0 {
			return true
		}
	}
	return false
}

// A goQuery is a prefix of versions, or a bound.
//
// Specification: https://go.dev/ref/mod#version-queries
type goQuery struct {
	op   string // <, <=, >, >=; empty: a prefix
	than string // empty: no query
}

func readGoQuery(text string) (goQuery, bool) {
	q := goQuery{than: text}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		if rest, ok := strings.CutPrefix(text, op); ok {
			q = goQuery{op, rest}
			break
		}
	}
	short := strings.Count(q.than, ".") < 2
	switch {
	case !gosemver.IsValid(q.than), q.op == "" && (!short || gosemver.Canonical(q.than) != q.than+strings.Repeat(".0", 2-strings.Count(q.than, "."))):
		return goQuery{}, false
	case short && (q.op == "<=" || q.op == ">"):
		return goQuery{}, false // go calls it ambiguous
	}
	return q, true
}

func (q goQuery) match(v string) bool {
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
		p, ok := npmRange(text)
		if !ok {
			return c, false
		}
		parts = []string{p}
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
		if exactGo(text) {
			c.exactly = text
			return c, true
		}
		c.query, ok = readGoQuery(text)
		return c, ok
	default:
		return c, false
	}
	for _, p := range parts {
		var not []string
		if e == ecosystem.PyPI {
			var rest []string
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
		}
		one, err := e.System().ParseConstraint(p)
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
	if c.query.than != "" {
		return c.query.match(v), gosemver.IsValid(v)
	}
	whole, err := c.eco.System().Parse(v)
	if err != nil {
		return false, false
	}
	public := whole
	if c.eco == ecosystem.PyPI {
		base, _, local := strings.Cut(v, "+")
		// An epoch outweighs everything, and "greater than" has a rule of its own
		// for local versions: the parser knows neither.
		if epochOf(v) != c.epoch || local && c.above {
			return false, false
		}
		if public, err = semver.PyPI.Parse(base); err != nil {
			return false, false
		}
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

func semverError(v string) bool {
	_, err := semver.PyPI.Parse(v)
	return err != nil
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
func satisfy(e ecosystem.Ecosystem, text string, list []protocol.Version, tags map[string]string) protocol.VersionStatus {
	if e == ecosystem.NPM && tags[text] != "" {
		return protocol.VersionPresent
	}
	c, ok := parseConstraint(e, text)
	if !ok {
		return protocol.VersionUnknown
	}
	yanked, unread := false, false
	for _, v := range list {
		yes, known := c.match(v.V)
		switch {
		case yes && !v.Yanked:
			return protocol.VersionPresent
		case yes:
			yanked = true
		case !known:
			unread = true
		}
	}
	switch {
	case yanked:
		return protocol.VersionYanked
	case unread:
		return protocol.VersionUnknown
	}
	return protocol.VersionAbsent
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

// The grammars of the tools, where the parser admits more than they do: what a
// tool refuses must not be satisfied here.
var (
	// npmCore is a version or a part of one, as npm's parser reads it leniently.
	npmCore  = lazyregexp.New(`^[v=\s]*(?:[xX*](?:\.[xX*]){0,2}|(\d{1,16})(?:\.[xX*]){0,2}|(\d{1,16})\.(\d{1,16})(?:\.[xX*])?|\d{1,16}\.\d{1,16}\.\d{1,16}(?:-?[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$`)
	npmFull  = lazyregexp.New(`^[v=\s]*\d+\.\d+\.\d+`)
	npmGap   = lazyregexp.New(`([<>]=?|=|~>?|\^)\s+`)
	npmSplit = lazyregexp.New(`[<>]\s+=`)
	npmOp    = lazyregexp.New(`^(?:[<>]=?|=|~>?|\^)?`)

	pep440Suffix = `(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?(?:[-_.]?dev[-_.]?[0-9]*)?`
	pep440Clause = lazyregexp.New(`(?i)^(?:(?:==|!=)\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:\.\*|` + pep440Suffix + `(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?)` +
		`|~=\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)+` + pep440Suffix +
		`|(?:<=|>=|<|>)\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*` + pep440Suffix + `)$`)
	pep440Below = lazyregexp.New(`(?i)^<\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*$`)
)

// npmRange checks a range against npm's grammar, and writes upper bounds that
// are parts of a version as npm does: without the pre-releases of the bound.
func npmRange(text string) (string, bool) {
	var out []string
	for alt := range strings.SplitSeq(text, "||") {
		alt = strings.Join(strings.Fields(alt), " ")
		if low, high, found := strings.Cut(alt, " - "); found {
			low, high = strings.TrimSpace(low), strings.TrimSpace(high)
			if !npmCore().MatchString(low) || !npmCore().MatchString(high) {
				return "", false
			}
			alt = ">=" + low
			if npmFull().MatchString(high) {
				alt += " <=" + high
			} else if next := npmAbove(high); next != "" {
				alt += " <" + next
			}
			out = append(out, alt)
			continue
		}
		if npmSplit().MatchString(alt) {
			return "", false
		}
		words := strings.Fields(npmGap().ReplaceAllString(alt, "$1"))
		for i, w := range words {
			op := npmOp().FindString(w)
			core := w[len(op):]
			if !npmCore().MatchString(core) && !(op == "" && core == "") {
				return "", false
			}
			if op == "<" && !npmFull().MatchString(core) {
				numbers := strings.FieldsFunc(core, func(r rune) bool { return r < '0' || r > '9' })
				for len(numbers) < 3 {
					numbers = append(numbers, "0")
				}
				words[i] = "<" + strings.Join(numbers, ".") + "-0"
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, " || "), true
}

// npmAbove is the lowest bound above all versions that a part of one stands for;
// empty: there is none.
func npmAbove(core string) string {
	numbers := strings.FieldsFunc(core, func(r rune) bool { return r < '0' || r > '9' })
	if len(numbers) == 0 {
		return ""
	}
	last := len(numbers) - 1
	numbers[last], _ = successor(numbers[last]) // at most 16 digits
	for len(numbers) < 3 {
		numbers = append(numbers, "0")
	}
	return strings.Join(numbers, ".") + "-0"
}

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
func sorted(e ecosystem.Ecosystem, list []protocol.Version) []string {
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

// notJudged is the reason of a package that is there whose constraint could not
// be compared with its versions. Nobody may say that such a version is there.
// Empty where the text names no version: a tag, which only the package's owner
// can set, a branch, or a property that something else fills in; then the name
// is judged and no more.
func notJudged(e ecosystem.Ecosystem, text string) protocol.Reason {
	text = strings.TrimSpace(text)
	if text == "" || property(text) {
		return ""
	}
	switch e {
	case ecosystem.NPM:
		if tagName(text) {
			return ""
		}
	case ecosystem.Golang:
		if goRevision(text) {
			return ""
		}
	}
	return protocol.ReasonVersionNotJudged
}

// unreadable is notJudged where the constraint of a query is the reason. One that
// can be read, at a package whose versions cannot all be, or are not known here
// (offline), leaves the version unknown and the name judged.
func unreadable(q protocol.Query) protocol.Reason {
	if _, ok := parseConstraint(q.Package.Ecosystem, q.Constraint); ok {
		return ""
	}
	return notJudged(q.Package.Ecosystem, q.Constraint)
}

// property reports whether a text is filled in by something else: "${VERSION}",
// "%(version)s", "{{ version }}", "<version>".
func property(text string) bool {
	return strings.ContainsAny(text, "${}%`") || strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")
}

// tagName reports whether npm takes a text that is no range for a dist-tag, and
// it does not look like a version.
func tagName(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		switch {
		case i == 0 && !letter:
			return false
		case i == 1 && text[0]|0x20 == 'v' && '0' <= c && c <= '9':
			return false
		case !letter && (c < '0' || c > '9') && !strings.ContainsRune("-_.!~'()", rune(c)):
			return false
		}
	}
	return text != ""
}

// goRevision reports whether go takes a text for a branch, a tag, a commit, or
// one of the words that name no version.
func goRevision(text string) bool {
	return !strings.ContainsAny(text[:1], "<>=") && !(len(text) > 1 && text[0] == 'v' && '0' <= text[1] && text[1] <= '9')
}
