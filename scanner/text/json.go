package text

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The JSON reader keeps the place of everything and goes on where others stop:
// comments, trailing and missing commas, single quotes, dots for what was left
// out, an end that never comes. What follows an error is doubted.

// maxJSONDepth is how deep values may nest; what is deeper is skipped.
const maxJSONDepth = MaxLevels

// A Key is one step of the way to a value.
type Key struct {
	Name string // empty in arrays
	Span Span   // of the key without quotes
}

// A Value is a value, at its start.
type Value struct {
	Kind byte   // 's' string, '{', '[', 'p' number, true, false, null
	Text string // of a string, decoded; of a primitive as written
	Span Span   // without quotes
}

type jsonFrame struct {
	char byte
	key  Key
}

// WalkJSON calls visit for every value with the keys that lead to it, in
// document order. low says that the text was broken before it. The error, a
// *SyntaxError, is the first place where the text is not JSON with comments.
func WalkJSON(s []byte, visit func(path []Key, v Value, low bool)) error {
	w := jsonWalker{s: s, visit: visit}
	w.run()
	switch {
	case w.err != nil:
		return w.err
	case w.deep != nil:
		return w.deep
	}
	return nil
}

type jsonWalker struct {
	s     []byte
	visit func([]Key, Value, bool)
	stack []jsonFrame
	path  []Key
	err   *SyntaxError
	deep  *SyntaxError // the first value that was passed over for its depth
	part  bool         // the text begins inside an object
}

// PartOfJSON reports whether a text begins inside an object: with a member, or with
// the end of what stands before one.
func PartOfJSON(s []byte) bool { return partOfJSON(s) >= 0 }

// partOfJSON gives the offset of the first member of a text that begins inside an
// object; -1: it does not.
func partOfJSON(s []byte) int {
	i := SkipComments(s, 0)
	for i < len(s) && (s[i] == '}' || s[i] == ']' || s[i] == ',') {
		i = SkipComments(s, i+1)
	}
	if i < len(s) && memberAt(s, i) {
		return i
	}
	return -1
}

// memberAt reports whether a key in quotes stands at i.
func memberAt(s []byte, i int) bool {
	if s[i] != '"' {
		return false
	}
	w := jsonWalker{s: s}
	_, _, next, ok := w.str(i)
	at := SkipComments(s, next)
	return ok && at < len(s) && s[at] == ':'
}

func (w *jsonWalker) fail(i int, format string, args ...any) {
	if w.err == nil {
		end := min(i+1, len(w.s))
		w.err = &SyntaxError{Span: Span{Start: min(i, end), End: end}, Text: "invalid JSON: " + fmt.Sprintf(format, args...), Lost: true}
	}
}

// run is the one state machine of the walker: each turn of its loop takes one token.
func (w *jsonWalker) run() {
	s := w.s
	i := 0
	key := Key{}
	haveKey, comma, done := false, true, false
	if at := partOfJSON(s); at >= 0 {
		i, w.part = at, true
	}
	for {
		i = SkipComments(s, i)
		if i >= len(s) {
			break
		}
		c := s[i]
		inObject := len(w.stack) > 0 && w.stack[len(w.stack)-1].char == '{'
		if done && len(w.stack) == 0 {
			w.fail(i, "something follows the end of the document")
			return
		}
		if w.part && len(w.stack) == 0 && c == '"' {
			w.stack = append(w.stack, jsonFrame{'{', Key{}}) // the object that the text does not show
			inObject = true
		}
		switch {
		case c == ',':
			comma, haveKey = true, false
			i++
		case c == ':':
			i++
			if !haveKey {
				w.fail(i-1, "a colon where none belongs")
			}
		case c == '{' || c == '[':
			if inObject && !haveKey {
				w.fail(i, "a value without a key")
			}
			if len(w.stack) >= maxJSONDepth {
				i = w.skipDeep(i)
				comma, haveKey = false, false
				continue
			}
			w.value(key, Value{Kind: c, Span: Span{Start: i, End: i + 1}})
			w.stack = append(w.stack, jsonFrame{c, key})
			if len(w.stack) > 1 {
				w.path = append(w.path, key)
			}
			key, haveKey, comma = Key{}, false, true
			i++
		case c == '}' || c == ']':
			n := len(w.stack)
			if n == 0 && w.part {
				i++ // the end of one more object around
				continue
			}
			if n == 0 || w.stack[n-1].char != map[byte]byte{'}': '{', ']': '['}[c] {
				w.fail(i, "%q closes nothing", c)
				i++
				continue
			}
			w.stack = w.stack[:n-1]
			if n > 1 {
				w.path = w.path[:len(w.path)-1]
			}
			key, haveKey, comma = Key{}, false, false
			done = n == 1 && !w.part
			i++
		case c == '"' || c == '\'':
			text, content, next, ok := w.str(i)
			if c == '\'' {
				w.fail(i, "single quotes")
			}
			if !ok {
				w.fail(i, "a string that does not end")
				i = next
				haveKey = false
				continue
			}
			i = next
			if inObject && !haveKey {
				if !comma {
					w.fail(content.Start, "a missing comma")
				}
				if at := SkipComments(s, i); at < len(s) && s[at] == ':' {
					key, haveKey = Key{text, content}, true
				} else {
					w.fail(content.Start, "a key without a value")
				}
				comma = false
				continue
			}
			if !inObject && !comma && len(w.stack) > 0 {
				w.fail(content.Start, "a missing comma")
			}
			w.value(key, Value{'s', text, content})
			key, haveKey, comma = Key{}, false, false
			done = len(w.stack) == 0
		case IsLetter(c) || c == '-' || c == '+' || c == '.':
			end := i
			for end < len(s) && (IsLetter(s[end]) || s[end] == '-' || s[end] == '+' || s[end] == '.') {
				end++
			}
			word := string(s[i:end])
			if word == "..." || word == "…" {
				w.fail(i, "something was left out")
				comma, haveKey = true, false
				i = end
				continue
			}
			if inObject && !haveKey {
				if at := SkipComments(s, end); at < len(s) && s[at] == ':' {
					w.fail(i, "a key without quotes")
					key, haveKey = Key{word, Span{Start: i, End: end}}, true
				} else {
					w.fail(i, "the word %q where a key belongs", word[:min(len(word), 40)])
				}
				i = end
				continue
			}
			if !jsonPrimitive(word) {
				w.fail(i, "the word %q is no value", word[:min(len(word), 40)])
			}
			w.value(key, Value{'p', word, Span{Start: i, End: end}})
			key, haveKey, comma = Key{}, false, false
			done = len(w.stack) == 0
			i = end
		default:
			w.fail(i, "the character %q", c)
			i++
		}
	}
	switch {
	case w.part:
		w.fail(0, "it begins inside an object")
	case len(w.stack) > 0 || !done:
		w.fail(len(s), "it ends too early")
	}
}

func jsonPrimitive(word string) bool {
	switch word {
	case "true", "false", "null":
		return true
	}
	_, err := strconv.ParseFloat(word, 64)
	return err == nil
}

// value reports a value under the keys that lead to it.
func (w *jsonWalker) value(key Key, v Value) {
	path := w.path
	if len(w.stack) > 0 {
		path = append(path, key)
	}
	w.visit(path, v, w.err != nil)
}

// skipDeep passes over a container that lies too deep.
func (w *jsonWalker) skipDeep(i int) int {
	if w.deep == nil {
		w.deep = &SyntaxError{Span: Span{Start: i, End: i + 1}, Why: NestedTooDeep, Lost: true,
			Text: fmt.Sprintf("nests values deeper than %d levels, and those were not read", maxJSONDepth)}
	}
	depth := 0
	for k := i; k < len(w.s); k++ {
		switch w.s[k] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return k + 1
			}
		case '"':
			_, _, next, _ := w.str(k)
			k = next - 1
		case '/':
			k = max(k, SkipComments(w.s, k)-1)
		}
	}
	return len(w.s)
}

// str reads the string at i.
func (w *jsonWalker) str(i int) (src string, content Span, next int, ok bool) {
	s := w.s
	q := s[i]
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case q:
			content = Span{Start: i + 1, End: k}
			return unescaped(s[i+1 : k]), content, k + 1, true
		case '\n', '\r':
			return "", content, k, false
		}
	}
	return "", content, len(s), false
}

// unescaped is the content of a string, decoded.
func unescaped(b []byte) string {
	text, _ := UnescapeJSON(b, 0)
	return string(text)
}

// UnescapeJSON decodes the content of a string that stands at offset base, with
// the map back.
func UnescapeJSON(b []byte, base int) ([]byte, Map) {
	var out Builder
	plain := 0
	for i := 0; i < len(b); {
		if b[i] != '\\' || i+1 >= len(b) {
			i++
			continue
		}
		out.Verbatim(b[plain:i], base+plain)
		n, text := 2, string(b[i+1])
		switch b[i+1] {
		case 'n':
			text = "\n"
		case 't':
			text = "\t"
		case 'r':
			text = "\r"
		case 'b':
			text = "\b"
		case 'f':
			text = "\f"
		case 'u':
			if i+6 <= len(b) {
				if v, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 32); err == nil {
					r := rune(v)
					n = 6
					if utf16.IsSurrogate(r) && i+12 <= len(b) && b[i+6] == '\\' && b[i+7] == 'u' { // two halves of one character
						if low, err := strconv.ParseUint(string(b[i+8:i+12]), 16, 32); err == nil {
							if d := utf16.DecodeRune(r, rune(low)); d != utf8.RuneError {
								r, n = d, 12
							}
						}
					}
					text = string(utf8.AppendRune(nil, r))
				}
			}
		}
		out.Escape(text, base+i, n)
		i += n
		plain = i
	}
	out.Verbatim(b[plain:], base+plain)
	return out.Done()
}

// JSONPart is the place of a piece of a decoded string, whose content stands at
// outer in the text s.
func JSONPart(s []byte, outer, piece Span) Span {
	raw := s[outer.Start:outer.End]
	if bytes.IndexByte(raw, '\\') < 0 {
		return Span{Start: outer.Start + piece.Start, End: outer.Start + piece.End}
	}
	_, m := UnescapeJSON(raw, outer.Start)
	return m.Outer(piece)
}
