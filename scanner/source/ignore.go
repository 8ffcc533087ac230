package source

import (
	"path"
	"strings"
)

// ignoreRules are the patterns of .gitignore files, in order: the last that
// matches decides. Specification: https://git-scm.com/docs/gitignore
type ignoreRules struct{ rules []ignoreRule }

type ignoreRule struct {
	base   string   // directory whose file it stands in, "." for the root; may begin with ..
	parts  []string // the pattern, split at slashes
	negate bool
	dir    bool // directories only
	any    bool // no slash inside: matches at any depth
}

// add reads the rules of a file that stands in dir.
func (r *ignoreRules) add(dir string, data []byte) {
	text := strings.TrimPrefix(string(data), "\xef\xbb\xbf")
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
			line = line[:len(line)-1]
		}
		if line == "" || line[0] == '#' {
			continue
		}
		rule := ignoreRule{base: path.Clean(dir)}
		if line[0] == '!' {
			rule.negate = true
			line = line[1:]
		} else if strings.HasPrefix(line, `\#`) || strings.HasPrefix(line, `\!`) {
			line = line[1:]
		}
		if strings.HasSuffix(line, "/") {
			rule.dir = true
			line = strings.TrimSuffix(line, "/")
		}
		if line == "" {
			continue
		}
		rule.any = !strings.Contains(line, "/")
		rule.parts = strings.Split(strings.TrimPrefix(line, "/"), "/")
		r.rules = append(r.rules, rule)
	}
}

// match reports whether the path p is ignored. The caller walks from above and
// does not enter ignored directories, so that nothing below one is revived.
func (r *ignoreRules) match(p string, dir bool) bool {
	for i := len(r.rules) - 1; i >= 0; i-- {
		rule := &r.rules[i]
		if rule.dir && !dir {
			continue
		}
		rel, ok := relative(rule.base, p)
		if !ok {
			continue
		}
		var hit bool
		if rule.any {
			hit = globMatch(rule.parts[0], path.Base(rel))
		} else {
			hit = globPath(rule.parts, strings.Split(rel, "/"))
		}
		if hit {
			return !rule.negate
		}
	}
	return false
}

// relative gives p counted from base; base may lie above the root.
func relative(base, p string) (string, bool) {
	if base == "." {
		return p, true
	}
	if strings.HasPrefix(base, "..") {
		return p, false // rules above the root with slashes are rare, and anchored elsewhere
	}
	return strings.CutPrefix(p, base+"/")
}

// globPath matches part by part; "**" stands for any number of directories, at
// the end for everything inside.
func globPath(g, s []string) bool {
	gi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case gi < len(g) && g[gi] == "**":
			if gi == len(g)-1 {
				return true
			}
			star, mark = gi, si
			gi++
		case gi < len(g) && globMatch(g[gi], s[si]):
			gi++
			si++
		case star >= 0:
			mark++
			gi, si = star+1, mark
		default:
			return false
		}
	}
	return gi == len(g)
}

// globMatch matches one part: *, ?, [classes] and backslashes, bytes.
func globMatch(g, s string) bool {
	gi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		if gi < len(g) {
			if g[gi] == '*' {
				star, mark = gi, si
				gi++
				continue
			}
			if n, ok := globOne(g[gi:], s[si]); ok {
				gi += n
				si++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		gi, si = star+1, mark
	}
	for gi < len(g) && g[gi] == '*' {
		gi++
	}
	return gi == len(g)
}

// globOne matches one byte against the pattern's first element and gives the
// element's length.
func globOne(g string, c byte) (int, bool) {
	switch g[0] {
	case '?':
		return 1, true
	case '\\':
		if len(g) > 1 {
			return 2, g[1] == c
		}
		return 1, false
	case '[':
		i, not, hit := 1, false, false
		if i < len(g) && (g[i] == '!' || g[i] == '^') {
			not = true
			i++
		}
		for first := true; i < len(g) && (g[i] != ']' || first); first = false {
			lo := g[i]
			if lo == '\\' && i+1 < len(g) {
				i++
				lo = g[i]
			}
			hi := lo
			if i+2 < len(g) && g[i+1] == '-' && g[i+2] != ']' {
				hi = g[i+2]
				i += 2
			}
			hit = hit || lo <= c && c <= hi
			i++
		}
		if i >= len(g) {
			return 1, c == '['
		}
		return i + 1, hit != not
	}
	return 1, g[0] == c
}
