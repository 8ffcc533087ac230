package git

import (
	"bytes"
	"strings"
)

// Ignore rules are matched as git does it: bytes, not characters, the last rule
// that matches decides.
//
// Specification: https://git-scm.com/docs/gitignore

// Limits of ignore rules. Rules beyond them do not hold, so that more is read
// and not less.
const (
	MaxIgnoreFile    = 1 << 20
	MaxIgnoreRules   = 50_000 // of one walk
	maxIgnorePattern = 4096
)

// An IgnoreList holds the rules of one file of rules.
type IgnoreList struct {
	base  string // directory the rules count from, relative to the work tree; "": its top
	rules []IgnoreRule
}

// An IgnoreRule is one line of such a file.
type IgnoreRule struct {
	tokens  []globToken
	name    string // the only name it matches, where the pattern has no wildcard; else ""
	Negated bool   // "!": what matches is not ignored
	dir     bool   // final slash: matches directories only
	deep    bool   // no other slash: the last element of the path is matched
}

// Len is how many rules it has.
func (l *IgnoreList) Len() int { return len(l.rules) }

// ParseIgnore reads a file of rules. At most limit rules are taken.
func ParseIgnore(base string, data []byte, fold bool, limit int) *IgnoreList {
	list := &IgnoreList{base: base}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for len(data) > 0 && len(list.rules) < limit {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if rule, ok := ParseIgnoreRule(string(line), fold); ok {
			list.rules = append(list.rules, rule)
		}
	}
	return list
}

// ParseIgnoreRule reads one line; ok is false for a blank one, a comment, and a
// pattern that matches nothing.
func ParseIgnoreRule(line string, fold bool) (r IgnoreRule, ok bool) {
	if line == "" || line[0] == '#' || len(line) > maxIgnorePattern || strings.IndexByte(line, 0) >= 0 {
		return r, false
	}
	line = trimBlanks(line)
	line, r.Negated = strings.CutPrefix(line, "!")
	line, r.dir = strings.CutSuffix(line, "/")
	r.deep = !strings.Contains(line, "/")
	if !r.deep {
		line = strings.TrimPrefix(line, "/")
	}
	if line == "" {
		return r, false
	}
	if !fold && !strings.ContainsAny(line, `*?[\`) {
		r.name = line
		return r, true
	}
	r.tokens, ok = compileGlob(line, fold)
	return r, ok
}

// trimBlanks cuts blanks at the end, but for one behind a backslash.
func trimBlanks(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			end = min(i+1, len(s))
		} else if s[i] != ' ' {
			end = i + 1
		}
	}
	return s[:end]
}

// Matches reports whether the rule matches a path relative to the rule's
// directory. name is its last element.
func (r *IgnoreRule) Matches(p, name string, dir, fold bool) bool {
	if r.dir && !dir {
		return false
	}
	if r.deep {
		p = name
	}
	if r.tokens == nil {
		return p == r.name
	}
	return matchGlob(r.tokens, p, fold)
}

// Ignored asks lists in turn, the strongest first, about a path relative to the
// work tree. It does not know whether a directory above the path is ignored:
// the walk does not enter those, and nothing below one can be revived.
func Ignored(lists []*IgnoreList, p string, dir, fold bool) bool {
	name := p[strings.LastIndexByte(p, '/')+1:]
	for _, l := range lists {
		rel := p
		if l.base != "" {
			var ok bool
			if rel, ok = strings.CutPrefix(p, l.base); !ok || rel == "" || rel[0] != '/' {
				continue
			}
			rel = rel[1:]
		}
		for i := len(l.rules) - 1; i >= 0; i-- {
			if l.rules[i].Matches(rel, name, dir, fold) {
				return !l.rules[i].Negated
			}
		}
	}
	return false
}
