package fig

import "strings"

// MaxTokens is how many words of a name are looked at.
const MaxTokens = 12

// Tokens splits a name into its words, in lower-case or as they are; words is
// filled up to its length.
func Tokens(name string, words *[MaxTokens]string) int {
	n := 0
	for start := 0; start <= len(name); {
		end := start
		for end < len(name) && !Sep(name[end]) {
			end++
		}
		if end > start && n < MaxTokens {
			words[n] = name[start:end]
			n++
		}
		start = end + 1
	}
	return n
}

// Sep reports whether c separates words.
func Sep(c byte) bool {
	switch c {
	case '-', '_', '.', '/', '@', ':':
		return true
	}
	return false
}

// generic words are added to names without changing what is meant.
var generic = [...]string{
	"js", "ts", "py", "python", "python2", "python3", "node", "nodejs", "npm", "pip", "pypi", "lib", "libs", "sdk", "api", "apis",
	"client", "cli", "core", "tool", "tools", "util", "utils", "helper", "helpers", "plugin", "module", "package", "pkg",
	"wrapper", "official", "async", "bin", "dev", "new", "latest", "rs", "rb", "ruby", "rust", "go", "golang", "app", "web", "server",
	"compat", "lite", "light", "extra", "extras", "common", "base", "ext", "mini", "fork", "fixed", "patched", "updated", "modern", "simple", "easy",
}

// Generic reports whether a word says nothing about which package is meant.
func Generic(word string) bool {
	for _, g := range generic {
		if g == word {
			return true
		}
	}
	return false
}

// glued are generic words that are written onto a name without a separator.
var (
	gluedFront = [...]string{"python", "node", "py"}
	gluedBack  = [...]string{"python", "nodejs", "node", "js", "py"}
)

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// A Shape is how the names of an ecosystem are made. The zero Shape is that of
// names that are one word.
type Shape struct {
	Scoped    bool   // a name may begin with its owner, "@owner/name"
	Separator string // names are paths whose parts it sets apart, and are compared part by part; empty: they are not
	Hosted    bool   // the first part of a path is a host and the second an owner
}

// Flat reports whether whole names are compared.
func (s Shape) Flat() bool { return s.Separator == "" }

// KeyKinds are the kinds under which names have keys.
func (s Shape) KeyKinds() []Kind {
	switch {
	case !s.Flat():
		return keyKinds[len(keyKinds)-1:]
	case s.Scoped:
		return keyKinds[:]
	}
	return keyKinds[:len(keyKinds)-1]
}

// Split is a name's owner, empty where it has none, and the part behind it: a
// scoped name without its scope, a repository, an artifact.
func (s Shape) Split(name string) (owner, base string) {
	switch {
	case s.Hosted:
		host, rest, _ := strings.Cut(name, s.Separator)
		account, rest, _ := strings.Cut(rest, s.Separator)
		base, _, _ = strings.Cut(rest, s.Separator)
		return name[:min(len(name), len(host)+len(s.Separator)+len(account))], base
	case !s.Flat():
		owner, base, _ = strings.Cut(name, s.Separator)
		return owner, base
	case s.Scoped:
		if rest, ok := strings.CutPrefix(name, "@"); ok {
			owner, base, _ = strings.Cut(rest, "/")
			return "@" + owner, base
		}
	}
	return "", ""
}

// Key appends to dst the key of name under a kind; nothing is appended where
// the name has none. Two names with the same key may be confused.
func (s Shape) Key(dst []byte, k Kind, name string) []byte {
	switch k {
	case Separator:
		return squash(dst, name)
	case Order:
		return order(dst, name)
	case Skeleton:
		return skeleton(dst, name)
	case Plural:
		return plural(dst, name)
	case Digits:
		return digits(dst, name)
	case Affix:
		return affix(dst, name)
	case Base:
		_, base := s.Split(name)
		return append(dst, base...)
	}
	return dst
}

func squash(dst []byte, name string) []byte {
	n := len(dst)
	for i := 0; i < len(name); i++ {
		if c := name[i]; !Sep(c) {
			dst = append(dst, lower(c))
		}
	}
	if len(dst)-n < 3 {
		return dst[:n]
	}
	return dst
}

// order sorts the words; a single word has no order.
func order(dst []byte, name string) []byte {
	var words [MaxTokens]string
	n := Tokens(name, &words)
	if n < 2 || n == MaxTokens {
		return dst
	}
	w := words[:n]
	for i := 1; i < n; i++ {
		for j := i; j > 0 && w[j] < w[j-1]; j-- {
			w[j], w[j-1] = w[j-1], w[j]
		}
	}
	for i, word := range w {
		if i > 0 {
			dst = append(dst, ' ')
		}
		for j := 0; j < len(word); j++ {
			dst = append(dst, lower(word[j]))
		}
	}
	return dst
}

// skeleton folds characters that look alike.
func skeleton(dst []byte, name string) []byte {
	n := len(dst)
	for i := 0; i < len(name); i++ {
		c := lower(name[i])
		var next byte
		if i+1 < len(name) {
			next = lower(name[i+1])
		}
		switch {
		case Sep(c):
			continue
		case c == '0':
			c = 'o'
		case c == '1' || c == 'i':
			c = 'l'
		case c == '5':
			c = 's'
		case c == 'r' && next == 'n':
			c = 'm'
			i++
		case c == 'v' && next == 'v':
			c = 'w'
			i++
		case c == 'c' && next == 'l':
			c = 'd'
			i++
		}
		dst = append(dst, c)
	}
	if len(dst)-n < 4 {
		return dst[:n]
	}
	return dst
}

func plural(dst []byte, name string) []byte {
	var words [MaxTokens]string
	n := Tokens(name, &words)
	from := len(dst)
	for _, w := range words[:n] {
		if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
			w = w[:len(w)-1]
		}
		for j := 0; j < len(w); j++ {
			dst = append(dst, lower(w[j]))
		}
	}
	if n == MaxTokens || len(dst)-from < 4 {
		return dst[:from]
	}
	return dst
}

func digits(dst []byte, name string) []byte {
	n := len(dst)
	for i := 0; i < len(name); i++ {
		if c := name[i]; !Sep(c) && (c < '0' || c > '9') {
			dst = append(dst, lower(c))
		}
	}
	if len(dst)-n < 4 {
		return dst[:n]
	}
	return dst
}

// affix removes generic words from both ends, as words and written on.
func affix(dst []byte, name string) []byte {
	if strings.HasPrefix(name, "@") {
		return dst // a scope is an owner, and no affix
	}
	var words [MaxTokens]string
	n := Tokens(name, &words)
	if n == 0 || n == MaxTokens {
		return dst
	}
	w := words[:n]
	for len(w) > 1 && Generic(w[0]) {
		w = w[1:]
	}
	for len(w) > 1 && Generic(w[len(w)-1]) {
		w = w[:len(w)-1]
	}
	if len(w) == 1 {
		w[0] = unglue(w[0])
	}
	from := len(dst)
	for _, word := range w {
		for j := 0; j < len(word); j++ {
			dst = append(dst, lower(word[j]))
		}
	}
	if len(dst)-from < 4 {
		return dst[:from]
	}
	return dst
}

// unglue removes a generic word from one end of a solid word, if enough is left
// to be a name.
func unglue(w string) string {
	for _, g := range gluedFront {
		if rest, ok := strings.CutPrefix(w, g); ok && len(rest) >= 4 {
			return rest
		}
	}
	for _, g := range gluedBack {
		if rest, ok := strings.CutSuffix(w, g); ok && len(rest) >= 4 {
			return rest
		}
	}
	return w
}
