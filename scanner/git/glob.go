package git

import "strings"

// A globToken is one element of a compiled pattern.
type globToken struct {
	kind globKind
	c    byte       // globByte
	set  *[4]uint64 // globSet: the bytes it holds
}

type globKind uint8

const (
	globByte globKind = iota
	globAny           // ?: one byte, no slash
	globSet           // […]: one byte, no slash
	globStar          // *: any bytes, no slash
	globDeep          // ** at the end, or where nothing but itself is asked for: any bytes
	globDirs          // **/: no directories, or any number of them
)

// compileGlob makes a pattern ready for matching. ok is false for a pattern
// that can match nothing: an open bracket, an unknown class, a backslash at the
// end. With fold, letters of ASCII match in either case.
func compileGlob(p string, fold bool) (tokens []globToken, ok bool) {
	prefix := strings.IndexAny(p, `*?[\`) // git compares this part apart, and so takes "**" right after it for the pattern's beginning
	for i := 0; i < len(p); {
		switch c := p[i]; c {
		case '\\':
			if i+1 == len(p) {
				return nil, false
			}
			tokens = append(tokens, globToken{kind: globByte, c: lower(p[i+1], fold)})
			i += 2
		case '?':
			tokens = append(tokens, globToken{kind: globAny})
			i++
		case '*':
			end := i + 1
			for end < len(p) && p[end] == '*' {
				end++
			}
			kind := globStar
			if end > i+1 && (i == 0 || p[i-1] == '/' || i == prefix) {
				switch {
				case end == len(p), strings.HasPrefix(p[end:], `\/`):
					kind = globDeep
				case p[end] == '/':
					kind = globDirs
					end++
				}
			}
			tokens = append(tokens, globToken{kind: kind})
			i = end
		case '[':
			set, n, ok := compileSet(p[i:], fold)
			if !ok {
				return nil, false
			}
			tokens = append(tokens, globToken{kind: globSet, set: set})
			i += n
		default:
			tokens = append(tokens, globToken{kind: globByte, c: lower(c, fold)})
			i++
		}
	}
	return tokens, true
}

// compileSet reads a bracket expression at the start of p and gives its length.
func compileSet(p string, fold bool) (set *[4]uint64, n int, ok bool) {
	set = new([4]uint64)
	add := func(lo, hi byte) {
		for c := int(lo); c <= int(hi); c++ {
			set[c/64] |= 1 << (c % 64)
		}
	}
	i := 1
	negate := i < len(p) && (p[i] == '!' || p[i] == '^')
	if negate {
		i++
	}
	var last byte // the byte a range may begin with; 0: none
	for first := true; ; first = false {
		if i >= len(p) {
			return nil, 0, false
		}
		switch {
		case p[i] == ']' && !first:
			if fold {
				foldSet(set)
			}
			if negate {
				for w := range set {
					set[w] = ^set[w]
				}
			}
			set[0] &^= 1 << '/'
			return set, i + 1, true
		case p[i] == '-' && last != 0 && i+1 < len(p) && p[i+1] != ']':
			i++
			if p[i] == '\\' {
				i++
				if i >= len(p) {
					return nil, 0, false
				}
			}
			add(last, p[i])
			last = 0
			i++
		case strings.HasPrefix(p[i:], "[:"):
			end := strings.IndexByte(p[i+2:], ']')
			if end < 0 {
				return nil, 0, false
			}
			word, isClass := strings.CutSuffix(p[i+2:i+2+end], ":")
			if !isClass {
				add('[', '[')
				last = '['
				i++
				break
			}
			if !addClass(word, add) {
				return nil, 0, false
			}
			last = 0
			i += 2 + end + 1
		case p[i] == '\\':
			i++
			if i >= len(p) {
				return nil, 0, false
			}
			fallthrough
		default:
			add(p[i], p[i])
			last = p[i]
			i++
		}
	}
}

// foldSet adds the other case of every letter.
func foldSet(set *[4]uint64) {
	for c := byte('a'); c <= 'z'; c++ {
		up := c - 'a' + 'A'
		if set[c/64]&(1<<(c%64)) != 0 || set[up/64]&(1<<(up%64)) != 0 {
			set[c/64] |= 1 << (c % 64)
			set[up/64] |= 1 << (up % 64)
		}
	}
}

// addClass adds the bytes of a POSIX class.
func addClass(word string, add func(lo, hi byte)) bool {
	switch word {
	case "alnum":
		add('0', '9')
		add('A', 'Z')
		add('a', 'z')
	case "alpha":
		add('A', 'Z')
		add('a', 'z')
	case "blank":
		add(' ', ' ')
		add('\t', '\t')
	case "cntrl":
		add(0, 31)
		add(127, 127)
	case "digit":
		add('0', '9')
	case "graph":
		add('!', '~')
	case "lower":
		add('a', 'z')
	case "print":
		add(' ', '~')
	case "punct":
		add('!', '/')
		add(':', '@')
		add('[', '`')
		add('{', '~')
	case "space":
		add('\t', '\r')
		add(' ', ' ')
	case "upper":
		add('A', 'Z')
	case "xdigit":
		add('0', '9')
		add('A', 'F')
		add('a', 'f')
	default:
		return false
	}
	return true
}

func lower(c byte, fold bool) byte {
	if fold && c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func (t *globToken) takes(c byte) bool {
	switch t.kind {
	case globByte:
		return t.c == c
	case globAny:
		return c != '/'
	case globSet:
		return t.set[c/64]&(1<<(c%64)) != 0
	}
	return false
}

// matchGlob matches all of s. It goes back to the last "*" and, when that one
// cannot grow, to the last "**", never further: what an earlier one could take,
// the later one can.
func matchGlob(tokens []globToken, s string, fold bool) bool {
	ti, si := 0, 0
	starToken, starAt := -1, 0
	deepToken, deepAt := -1, 0
	for {
		if ti < len(tokens) {
			t := &tokens[ti]
			switch t.kind {
			case globStar:
				starToken, starAt = ti, si
				ti++
				continue
			case globDeep, globDirs:
				deepToken, deepAt = ti, si
				starToken = -1
				ti++
				continue
			}
			if si < len(s) && t.takes(lower(s[si], fold)) {
				ti++
				si++
				continue
			}
		} else if si == len(s) {
			return true
		}
		switch {
		case starToken >= 0 && starAt < len(s) && s[starAt] != '/':
			starAt++
			ti, si = starToken+1, starAt
		case deepToken >= 0 && tokens[deepToken].kind == globDeep && deepAt < len(s):
			deepAt++
			ti, si, starToken = deepToken+1, deepAt, -1
		case deepToken >= 0 && tokens[deepToken].kind == globDirs:
			n := strings.IndexByte(s[deepAt:], '/')
			if n < 0 {
				return false
			}
			deepAt += n + 1
			ti, si, starToken = deepToken+1, deepAt, -1
		default:
			return false
		}
	}
}
