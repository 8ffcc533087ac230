package text

import (
	"figment/internal/lazyregexp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// WalkYAML calls visit for every scalar below mappings, with the keys that lead
// to it, in document order. Lists are passed over. The error, a *SyntaxError, is
// the first place that is not YAML, or says that the text nests too deep.
//
// Specification: YAML 1.2.2
func WalkYAML(s []byte, visit func(path []Key, v Value)) error {
	if TooDeep(s, YAML) {
		return &SyntaxError{Why: NestedTooDeep, Lost: true, Text: fmt.Sprintf("nests values deeper than %d levels and was not read", MaxLevels)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(s, &doc); err != nil {
		return yamlError(s, err)
	}
	w := yamlWalker{s: s, visit: visit, spans: map[*yaml.Node]Span{}}
	if len(doc.Content) > 0 {
		w.walk(doc.Content[0], nil)
	}
	return nil
}

var yamlLine = lazyregexp.New(`line ([0-9]+)`)

// yamlError places the error of the parser.
func yamlError(s []byte, err error) *SyntaxError {
	out := &SyntaxError{Text: "invalid YAML: " + strings.TrimPrefix(err.Error(), "yaml: "), Lost: true}
	if m := yamlLine().FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		at := 0
		for i := 1; i < n && at < len(s); i++ {
			at = NextLine(s, at)
		}
		out.Span = Span{Start: at, End: LineEnd(s, at)}
	}
	return out
}

type yamlWalker struct {
	s       []byte
	visit   func(path []Key, v Value)
	visited int
	spans   map[*yaml.Node]Span
	// The last place that was looked up: line and column from 1, its offset, and
	// where the line starts. Values come in order, so that the next one is near.
	line, column, at, start int
}

// walk goes through mappings and hands their scalars on with the keys that lead
// to them.
func (w *yamlWalker) walk(n *yaml.Node, path []Key) {
	if w.visited++; w.visited > 10*len(w.s)+100 || len(path) > 8 { // aliases may repeat what they name
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias != nil {
			w.walk(n.Alias, path)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if k.Tag == "!!merge" {
				w.walk(v, path)
				continue
			}
			if k.Kind == yaml.AliasNode && k.Alias != nil {
				k = k.Alias
			}
			if k.Kind == yaml.ScalarNode {
				next := append(path[:len(path):len(path)], Key{k.Value, w.span(k)})
				w.walk(v, next)
			}
		}
	case yaml.SequenceNode: // of a merge
		for _, c := range n.Content {
			if c.Kind == yaml.AliasNode || c.Kind == yaml.MappingNode {
				w.walk(c, path)
			}
		}
	case yaml.ScalarNode:
		w.visit(path, Value{'s', n.Value, w.span(n)})
	}
}

// span is the place of a scalar without its quotes. An alias comes back to
// nodes that were seen before.
func (w *yamlWalker) span(n *yaml.Node) Span {
	s, ok := w.spans[n]
	if !ok {
		s = w.find(n)
		w.spans[n] = s
	}
	return s
}

func (w *yamlWalker) find(n *yaml.Node) Span {
	if n.Line < w.line || w.line == 0 {
		w.line, w.column, w.at, w.start = 1, 1, 0, 0
	}
	for w.line < n.Line && w.start < len(w.s) {
		w.start = yamlNextLine(w.s, w.start)
		w.line, w.column, w.at = w.line+1, 1, w.start
	}
	if n.Column < w.column {
		w.column, w.at = 1, w.start
	}
	for ; w.column < n.Column && w.at < len(w.s); w.column++ { // columns count characters
		_, size := utf8.DecodeRune(w.s[w.at:])
		w.at += size
	}
	at := w.at
	end := at // as far as the value can reach, with room for a tag, an anchor and escapes
	for limit := min(len(w.s), at+6*len(n.Value)+300); end < limit && w.s[end] != '\n' && w.s[end] != '\r'; {
		end++
	}
	rest := string(w.s[at:end])
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && len(rest) > 1:
		if strings.HasPrefix(rest[1:], n.Value) {
			return Span{Start: at + 1, End: at + 1 + len(n.Value)}
		}
		if q := strings.IndexByte(rest[1:], rest[0]); q > 0 {
			return Span{Start: at + 1, End: at + 1 + q}
		}
	case n.Value != "" && strings.HasPrefix(rest, n.Value):
		return Span{Start: at, End: at + len(n.Value)}
	case n.Value != "": // behind a tag or an anchor
		if i := strings.Index(rest, n.Value); i > 0 {
			return Span{Start: at + i, End: at + i + len(n.Value)}
		}
	}
	return Span{Start: at, End: end}
}

// yamlNextLine is the start of the next line, where YAML ends lines.
func yamlNextLine(s []byte, i int) int {
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\n':
			return i + 1
		case s[i] == '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				return i + 2
			}
			return i + 1
		case s[i] == 0xc2 && i+1 < len(s) && s[i+1] == 0x85:
			return i + 2
		case s[i] == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xa8 || s[i+2] == 0xa9):
			return i + 3
		}
	}
	return i
}
