package project

import (
	"bytes"

	"figment/scanner/source"
)

// maxDepth is how deep a text may nest. The parsers call themselves for each
// level, and nothing recovers from a stack that is full.
const maxDepth = 1000

// tooDeep reports whether a parser of the language would go deeper than
// maxDepth: into brackets, into sequences of YAML that begin on one line, or
// into the parts of a dotted key of TOML.
func tooDeep(text []byte, lang source.Lang) bool {
	if lang != source.JSON {
		for line := range bytes.Lines(text) {
			switch lang {
			case source.YAML:
				if bytes.Count(line, []byte("- ")) > maxDepth || bytes.Count(line, []byte("? ")) > maxDepth || len(line)-len(bytes.TrimLeft(line, " ")) > 2*maxDepth {
					return true
				}
			case source.TOML:
				if bytes.Count(line, []byte(".")) > maxDepth {
					return true
				}
			}
		}
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			if lang != source.JSON {
				continue // where a string ends is not known: every bracket counts
			}
			for i++; i < len(text) && text[i] != '"' && text[i] != '\n'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			if depth++; depth > maxDepth {
				return true
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return false
}
