package text

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A TOMLValue is a string somewhere in a TOML document.
type TOMLValue struct {
	Path  []string // keys from the top, those of arrays of tables without index
	Keys  []Span
	Index int    // in the innermost array; -1 outside
	Text  string // decoded
	Span  Span
	Other bool // no string: a number, boolean or date, or a table's start
	Table bool // an inline table or array begins here: text is empty
	Low   bool
	Group int // which element of the innermost array of tables
}

// WalkTOML calls visit for every key and value of a document. After an error it
// resumes at the next line that begins a table or a key, and what follows is
// doubted. The *SyntaxError is the first place that is not TOML.
func WalkTOML(s []byte, visit func(TOMLValue)) error {
	if TooDeep(s, TOML) {
		return &SyntaxError{Why: NestedTooDeep, Lost: true, Text: fmt.Sprintf("nests values deeper than %d levels and was not read", MaxLevels)}
	}
	w := &tomlWalker{s: s, visit: visit}
	base := 0
	for base < len(s) {
		at, src := w.parse(base)
		if at < 0 {
			break
		}
		if w.err == nil {
			w.err = &SyntaxError{Span: Span{Start: min(at, len(s)-1), End: min(at+1, len(s))}, Text: "invalid TOML: " + src, Lost: true}
		}
		next := w.resume(at)
		w.rescue(base, at, next)
		base = next
	}
	if w.err != nil {
		return w.err
	}
	return nil
}

type tomlWalker struct {
	s     []byte
	visit func(TOMLValue)
	err   *SyntaxError
	table []string
	spans []Span
	group int
}

// parse reads from base and gives the place of an error, or -1.
func (w *tomlWalker) parse(base int) (int, string) {
	var p unstable.Parser
	p.Reset(w.s[base:])
	last := base
	for p.NextExpression() {
		n := p.Expression()
		var keys []string
		var spans []Span
		for it := n.Key(); it.Next(); {
			k := it.Node()
			keys = append(keys, string(k.Data))
			sp := w.unquoted(base, k.Raw)
			spans = append(spans, sp)
			last = max(last, sp.End)
		}
		switch n.Kind {
		case unstable.Table, unstable.ArrayTable:
			w.table, w.spans = keys, spans
			w.group++
			w.visit(TOMLValue{Path: keys, Keys: spans, Index: -1, Table: true, Low: w.err != nil, Group: w.group})
		case unstable.KeyValue:
			path := append(append([]string{}, w.table...), keys...)
			all := append(append([]Span{}, w.spans...), spans...)
			w.value(base, &p, n.Value(), path, all, -1, 0)
		}
	}
	if err := p.Error(); err != nil {
		at := last
		if d, ok := err.(*unstable.ParserError); ok && len(d.Highlight) > 0 {
			r := p.Range(d.Highlight)
			at = base + int(r.Offset)
		}
		text := strings.TrimPrefix(err.Error(), "toml: ")
		return max(at, last), text
	}
	return -1, ""
}

// unquoted is the source range of a key or string without its quotes.
func (w *tomlWalker) unquoted(base int, r unstable.Range) Span {
	start, end := base+int(r.Offset), base+int(r.Offset)+int(r.Length)
	start, end = max(0, min(start, len(w.s))), max(0, min(end, len(w.s)))
	raw := w.s[start:end]
	for _, q := range []string{`"""`, `'''`, `"`, `'`} {
		if len(raw) >= 2*len(q) && strings.HasPrefix(string(raw[:len(q)]), q) && string(raw[len(raw)-len(q):]) == q {
			return Span{Start: start + len(q), End: end - len(q)}
		}
	}
	return Span{Start: start, End: end}
}

func (w *tomlWalker) value(base int, p *unstable.Parser, n *unstable.Node, path []string, keys []Span, index, depth int) {
	v := TOMLValue{Path: path, Keys: keys, Index: index, Low: w.err != nil, Group: w.group}
	switch n.Kind {
	case unstable.String:
		v.Text = string(n.Data)
		v.Span = w.unquoted(base, n.Raw)
		w.visit(v)
	case unstable.Array:
		v.Table = true
		w.visit(v)
		if depth > 50 {
			return
		}
		i := 0
		for it := n.Children(); it.Next(); i++ {
			w.value(base, p, it.Node(), path, keys, i, depth+1)
		}
	case unstable.InlineTable:
		v.Table = true
		w.visit(v)
		if depth > 50 {
			return
		}
		for it := n.Children(); it.Next(); {
			kv := it.Node()
			inner := append([]string{}, path...)
			spans := append([]Span{}, keys...)
			for k := kv.Key(); k.Next(); {
				inner = append(inner, string(k.Node().Data))
				spans = append(spans, w.unquoted(base, k.Node().Raw))
			}
			w.value(base, p, kv.Value(), inner, spans, index, depth+1)
		}
	default:
		v.Other = true
		v.Text = string(n.Data)
		w.visit(v)
	}
}

// rescue reads the strings of an array that the parser refused: those that were
// closed before the end of the text that it gave up.
func (w *tomlWalker) rescue(base, at, end int) {
	s := w.s
	for i := LineStart(s, min(at, len(s))); ; i = LineStart(s, i-1) {
		line := string(s[i:LineEnd(s, i)])
		if key, rest, ok := strings.Cut(line, "="); ok && !strings.ContainsAny(key, "\"'[#") {
			if trimmed := strings.TrimLeft(rest, " \t"); strings.HasPrefix(trimmed, "[") {
				w.strings(strings.TrimSpace(key), Span{Start: i, End: i + len(key)}, i+len(line)-len(trimmed)+1, end)
			}
			return
		}
		if i <= base {
			return
		}
	}
}

// strings visits the closed strings of a broken array.
func (w *tomlWalker) strings(key string, span Span, from, end int) {
	path := append(append([]string{}, w.table...), strings.Split(key, ".")...)
	spans := append([]Span{}, w.spans...)
	for len(spans) < len(path) {
		spans = append(spans, span)
	}
	for i, n := from, 0; i < end; i++ {
		switch q := w.s[i]; q {
		case ']':
			return
		case '#':
			i = LineEnd(w.s, i)
		case '"', '\'':
			stop := i + 1
			for stop < end && w.s[stop] != q && w.s[stop] != '\n' && w.s[stop] != '\\' {
				stop++
			}
			if stop >= end || w.s[stop] != q {
				i = LineEnd(w.s, i)
				continue
			}
			w.visit(TOMLValue{Path: path, Keys: spans, Index: n, Text: string(w.s[i+1 : stop]), Span: Span{Start: i + 1, End: stop}, Low: true, Group: w.group})
			n++
			i = stop
		}
	}
}

// resume finds the next line after at that begins a table or a key.
func (w *tomlWalker) resume(at int) int {
	s := w.s
	for i := NextLine(s, at); i < len(s); i = NextLine(s, i) {
		t := strings.TrimLeft(string(s[i:LineEnd(s, i)]), " \t")
		if strings.HasPrefix(t, "[") {
			return i
		}
		end := 0
		for end < len(t) && (IsLetter(t[end]) || t[end] == '-' || t[end] == '.' || t[end] == '"') {
			end++
		}
		if end > 0 && strings.HasPrefix(strings.TrimLeft(t[end:], " \t"), "=") {
			return i
		}
	}
	return len(s)
}

// TOMLPart is the place of a piece of a string's decoded text: the whole string
// where escapes do not let it be told.
func TOMLPart(s []byte, v TOMLValue, start, end int) Span {
	raw := s[v.Span.Start:v.Span.End]
	if len(raw) == len(v.Text) {
		return Span{Start: v.Span.Start + start, End: v.Span.Start + end}
	}
	src, m := unescapeTOML(raw, v.Span.Start)
	if string(src) != v.Text {
		return v.Span
	}
	return m.Outer(Span{Start: start, End: end})
}

// TOMLText is the decoded text of a string, with the map back; ok is false where
// it cannot be told which bytes stand for what.
func TOMLText(s []byte, v TOMLValue) (decoded []byte, m Map, ok bool) {
	raw := s[v.Span.Start:v.Span.End]
	if string(raw) == v.Text {
		var b Builder
		b.Verbatim(raw, v.Span.Start)
		decoded, m = b.Done()
		return decoded, m, true
	}
	decoded, m = unescapeTOML(raw, v.Span.Start)
	return decoded, m, string(decoded) == v.Text
}

// unescapeTOML decodes the content of a basic string that stands at offset
// base, with the map back.
func unescapeTOML(b []byte, base int) ([]byte, Map) {
	var out Builder
	plain := 0
	if bytes.HasPrefix(b, []byte("\n")) { // after three quotes
		plain = 1
	} else if bytes.HasPrefix(b, []byte("\r\n")) {
		plain = 2
	}
	for i := plain; i < len(b); {
		if b[i] != '\\' || i+1 >= len(b) {
			i++
			continue
		}
		out.Verbatim(b[plain:i], base+plain)
		n, text := 2, string(b[i+1])
		digits := 0
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
		case 'e':
			text = "\x1b"
		case 'x':
			digits = 2
		case 'u':
			digits = 4
		case 'U':
			digits = 8
		case ' ', '\t', '\r', '\n': // the end of a line and the blanks that follow
			text = ""
			for i+n < len(b) && strings.IndexByte(" \t\r\n", b[i+n]) >= 0 {
				n++
			}
		}
		if digits > 0 && i+2+digits <= len(b) {
			if v, err := strconv.ParseUint(string(b[i+2:i+2+digits]), 16, 32); err == nil {
				n, text = 2+digits, string(rune(v))
			}
		}
		if text != "" {
			out.Escape(text, base+i, n)
		}
		i += n
		plain = i
	}
	out.Verbatim(b[plain:], base+plain)
	return out.Done()
}
