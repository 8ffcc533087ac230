package text

import "bytes"

// MaxLevels is how deep JSON, TOML, YAML and XML may be nested. Their parsers
// call themselves for each level, and a stack that overflows cannot be
// recovered from: every one of them is asked to read only what TooDeep let
// pass.
const MaxLevels = 1000

// NestedTooDeep is why a text that nests deeper than MaxLevels was not read, as
// SyntaxError has it.
const NestedTooDeep = "too-deep"

// TooDeep reports whether a text nests brackets, or in YAML and XML blocks,
// deeper than MaxLevels. It counts generously, so that it is never the parser
// that finds out: of a text that is not well formed it may say so too early,
// but a text that passes is not nested deeper. One pass, no recursion.
func TooDeep(text []byte, lang Lang) bool {
	switch lang {
	case YAML:
		return yamlDepth(text) > MaxLevels
	case XML:
		return xmlDepth(text) > MaxLevels
	}
	return bracketDepth(text, lang == TOML) > MaxLevels
}

// bracketDepth is the deepest nesting of brackets outside of strings and
// comments. A string that does not end on its line is taken to end there, as
// it would hide what follows. Dots in keys of TOML nest too.
func bracketDepth(text []byte, toml bool) int {
	depth, deepest, dots := 0, 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth+dots)
		case ']', '}':
			depth = max(0, depth-1)
		case '.':
			if toml {
				dots++
				deepest = max(deepest, depth+dots)
			}
		case '\n':
			dots = 0
		case '"', '\'':
			if c == '\'' && !toml {
				continue
			}
			if toml && i+2 < len(text) && text[i+1] == c && text[i+2] == c {
				i = tripleEnd(text, i+3, c) - 1
				continue
			}
			i = quotedEnd(text, i, c, c == '"') - 1
		case '#':
			if toml {
				for i+1 < len(text) && text[i+1] != '\n' {
					i++
				}
			}
		case '/':
			if !toml {
				i = commentEnd(text, i) - 1
			}
		}
	}
	return deepest
}

// quotedEnd gives the offset after the string that begins at i and ends with
// its line.
func quotedEnd(text []byte, i int, quote byte, escapes bool) int {
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && escapes:
			i++
		case text[i] == quote:
			return i + 1
		case text[i] == '\n':
			return i
		}
	}
	return len(text)
}

// tripleEnd gives the offset after a string of TOML in three quotes whose text
// begins at i.
func tripleEnd(text []byte, i int, quote byte) int {
	for ; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && i+2 < len(text) && text[i+1] == quote && text[i+2] == quote:
			return i + 3
		}
	}
	return len(text)
}

// yamlDepth bounds the nesting of a YAML text: each level of block style needs
// a deeper column, or a sign of its own on the same line; each level of flow
// style a bracket. Quotes are not looked at: a bracket in one counts.
func yamlDepth(text []byte) int {
	var columns []int // of the blocks that are open
	flow, deepest := 0, 0
	for i := 0; i < len(text); {
		end, next := LineBounds(text, i)
		line := text[i:end]
		at := 0
		for at < len(line) && line[at] == ' ' {
			at++
		}
		if at < len(line) && line[at] != '#' {
			for len(columns) > 0 && columns[len(columns)-1] >= at {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, at)
			signs := 0
			for k := at; k < len(line); k++ {
				switch c := line[k]; {
				case c == '[' || c == '{':
					flow++
				case c == ']' || c == '}':
					flow = max(0, flow-1)
				case (c == '-' || c == '?' || c == ':') && (k+1 == len(line) || line[k+1] == ' ' || line[k+1] == '\t'):
					signs++
					if k+1 < len(line) && c != ':' {
						columns = append(columns, k+1)
					}
				}
				deepest = max(deepest, len(columns)+flow)
			}
			deepest = max(deepest, len(columns)+flow+min(signs, 1))
		}
		if next == i {
			break
		}
		i = next
	}
	return deepest
}

// xmlDepth bounds the nesting of elements: start tags less end tags, where a
// tag that is closed at once and declarations do not count.
func xmlDepth(text []byte) int {
	depth, deepest := 0, 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '<' {
			continue
		}
		switch c := text[i+1]; {
		case c == '/':
			depth = max(0, depth-1)
		case c == '!' || c == '?', c == ' ' || c == '\n' || c == '\t' || c == '=':
		default:
			depth++
			deepest = max(deepest, depth)
		}
		for k := i + 1; k < len(text) && text[k] != '<'; k++ {
			if text[k] == '>' {
				if text[k-1] == '/' {
					depth = max(0, depth-1)
				}
				break
			}
		}
	}
	return deepest
}

// skipComment gives the offset after a comment at i, or after the slash.
func commentEnd(text []byte, i int) int {
	switch {
	case bytes.HasPrefix(text[i:], []byte("//")):
		end, _ := LineBounds(text, i)
		return end
	case bytes.HasPrefix(text[i:], []byte("/*")):
		if n := bytes.Index(text[i+2:], []byte("*/")); n >= 0 {
			return i + 2 + n + 2
		}
		return len(text)
	}
	return i + 1
}
