package npm

import (
	"strings"

	"deps.dev/util/semver"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
)

// versions is how npm's ranges are read.
func versions() *ecosystem.Versions {
	return &ecosystem.Versions{Ecosystem: ecosystem.NPM, Parse: readRange, Exact: exact, Unversioned: tagName, Newest: "latest"}
}

// readRange reads a range.
func readRange(text string) (ecosystem.Match, bool) {
	p, ok := checkRange(text)
	if !ok {
		return nil, false
	}
	c, err := semver.NPM.ParseConstraint(p)
	if err != nil {
		return nil, false
	}
	return func(v string) (yes, known bool) {
		at, err := semver.NPM.Parse(v)
		if err != nil {
			return false, false
		}
		return c.MatchVersionPrerelease(at) || c.MatchVersion(at), true
	}, true
}

// exact is the one version that a range names, or "".
func exact(text string) string {
	v := strings.TrimLeft(text, "=v ")
	if p, err := semver.NPM.Parse(v); err != nil || p.IsWildcard() || strings.Count(strings.SplitN(v, "-", 2)[0], ".") != 2 {
		return ""
	}
	return v
}

// lowerBound is the smallest version that an npm range admits, in full. Ranges
// are mostly written from a version that exists.
func lowerBound(text string) string {
	if len(text) > ecosystem.MaxConstraint {
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
	if v == "0.0.0" || !versions().Matches(text, v) {
		return ""
	}
	return v
}

// The grammar of the tool, where the parser admits more than it does: what the
// tool refuses must not be satisfied here.
var (
	// formCore is a version or a part of one, as npm's parser reads it leniently.
	formCore  = lazyregexp.New(`^[v=\s]*(?:[xX*](?:\.[xX*]){0,2}|(\d{1,16})(?:\.[xX*]){0,2}|(\d{1,16})\.(\d{1,16})(?:\.[xX*])?|\d{1,16}\.\d{1,16}\.\d{1,16}(?:-?[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$`)
	formFull  = lazyregexp.New(`^[v=\s]*\d+\.\d+\.\d+`)
	formGap   = lazyregexp.New(`([<>]=?|=|~>?|\^)\s+`)
	formSplit = lazyregexp.New(`[<>]\s+=`)
	formOp    = lazyregexp.New(`^(?:[<>]=?|=|~>?|\^)?`)
)

// checkRange checks a range against npm's grammar, and writes upper bounds that
// are parts of a version as npm does: without the pre-releases of the bound.
func checkRange(text string) (string, bool) {
	var out []string
	for alt := range strings.SplitSeq(text, "||") {
		alt = strings.Join(strings.Fields(alt), " ")
		if low, high, found := strings.Cut(alt, " - "); found {
			low, high = strings.TrimSpace(low), strings.TrimSpace(high)
			if !formCore().MatchString(low) || !formCore().MatchString(high) {
				return "", false
			}
			alt = ">=" + low
			if formFull().MatchString(high) {
				alt += " <=" + high
			} else if next := above(high); next != "" {
				alt += " <" + next
			}
			out = append(out, alt)
			continue
		}
		if formSplit().MatchString(alt) {
			return "", false
		}
		words := strings.Fields(formGap().ReplaceAllString(alt, "$1"))
		for i, w := range words {
			op := formOp().FindString(w)
			core := w[len(op):]
			if !formCore().MatchString(core) && !(op == "" && core == "") {
				return "", false
			}
			if op == "<" && !formFull().MatchString(core) {
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

// above is the lowest bound above all versions that a part of one stands for;
// empty: there is none.
func above(core string) string {
	numbers := strings.FieldsFunc(core, func(r rune) bool { return r < '0' || r > '9' })
	if len(numbers) == 0 {
		return ""
	}
	last := len(numbers) - 1
	numbers[last], _ = ecosystem.Successor(numbers[last]) // at most 16 digits
	for len(numbers) < 3 {
		numbers = append(numbers, "0")
	}
	return strings.Join(numbers, ".") + "-0"
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
