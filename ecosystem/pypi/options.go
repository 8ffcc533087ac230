package pypi

import "strings"

// A pipOption is an option that a requirements file may hold.
type pipOption struct {
	short byte // 0: none
	longs []string
	value bool // takes a value
}

// The options of pip's own parser of requirements files. An unambiguous
// beginning of a long name stands for it.
var pipFileOptions = []pipOption{
	pipIndex:      {'i', []string{"--index-url", "--pypi-url"}, true},
	pipExtra:      {0, []string{"--extra-index-url"}, true},
	pipNoIndex:    {0, []string{"--no-index"}, false},
	pipConstraint: {'c', []string{"--constraint"}, true},
	pipInclude:    {'r', []string{"--requirement"}, true},
	pipEditable:   {'e', []string{"--editable"}, true},
	pipLinks:      {'f', []string{"--find-links"}, true},
	pipOther:      {0, []string{"--no-binary"}, true},
	{0, []string{"--only-binary"}, true},
	{0, []string{"--prefer-binary"}, false},
	{0, []string{"--require-hashes"}, false},
	{0, []string{"--pre"}, false},
	{0, []string{"--trusted-host"}, true},
	{0, []string{"--use-feature"}, true},
	{0, []string{"--global-option"}, true},
	{0, []string{"--hash"}, true},
	{'C', []string{"--config-settings", "--config-setting"}, true},
}

// The options that mean something here, by their places in the table.
const (
	pipIndex = iota
	pipExtra
	pipNoIndex
	pipConstraint
	pipInclude
	pipEditable
	pipLinks
	pipOther
)

// pipForeign are options that other versions of pip take, by their full names
// only: a shortened name means what the parser of today makes of it.
var pipForeign = []pipOption{
	{0, []string{"--install-option", "--allow-external", "--allow-unverified", "--all-releases", "--only-final", "--uploaded-prior-to"}, true},
	{'Z', []string{"--always-unzip", "--use-wheel", "--no-use-wheel", "--allow-all-external", "--process-dependency-links", "--no-allow-external"}, false},
}

// A pipValue is an option with its value and the place of the value in the
// logical line.
type pipValue struct {
	option     int
	text       string
	start, end int
}

// A shellWord is a word of the options: decoded, and where it stands.
type shellWord struct {
	text       string
	start, end int
}

// value makes a value of the last n bytes of w. Quotes and escapes stay inside
// the place where the bytes cannot be told apart.
func (w shellWord) value(option int, line, text string) pipValue {
	start, end := w.start, w.end
	switch {
	case strings.HasSuffix(line[start:end], text):
		start = end - len(text)
	case end-start > len(text) && len(text) > 0:
		if at := strings.LastIndex(line[start:end], text); at >= 0 {
			start, end = start+at, start+at+len(text)
		}
	}
	return pipValue{option, text, start, end}
}

// splitPipLine parts a logical line as pip does: words without "-" are the
// requirement, and from the first word with one on there are options. Only the
// space parts words here.
func splitPipLine(line string) (args string, options int) {
	if strings.HasPrefix(line, "-") {
		return "", 0
	}
	if at := strings.Index(line, " -"); at >= 0 {
		return line[:at], at + 1
	}
	return line, len(line)
}

// shellWords splits as Python's shlex.split does. ok is false where a quote or
// an escape is left open.
func shellWords(line string, from int) (words []shellWord, ok bool) {
	var b strings.Builder
	start := -1
	quote := byte(0)
	for i := from; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'':
			if i+1 == len(line) {
				return words, false
			}
			if start < 0 {
				start = i
			}
			i++
			if quote == '"' && line[i] != '\\' && line[i] != '"' {
				b.WriteByte('\\')
			}
			b.WriteByte(line[i])
		case quote != 0:
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
			if start < 0 {
				start = i
			}
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			if start >= 0 {
				words = append(words, shellWord{b.String(), start, i})
				b.Reset()
				start = -1
			}
		default:
			if start < 0 {
				start = i
			}
			b.WriteByte(c)
		}
	}
	if start >= 0 {
		words = append(words, shellWord{b.String(), start, len(line)})
	}
	return words, quote == 0
}

// pipOptionsOf reads the options of a line with the rules of Python's optparse.
// ok is false where pip refuses the line; what was read before is given.
func pipOptionsOf(line string, from int) (values []pipValue, ok bool) {
	words, ok := shellWords(line, from)
	for k := 0; k < len(words); k++ {
		w := words[k]
		switch {
		case w.text == "--":
			return values, ok
		case strings.HasPrefix(w.text, "--"):
			name, text, given := strings.Cut(w.text, "=")
			option, takes, known := pipLong(name)
			switch {
			case !known, given && !takes:
				return values, false
			case !takes:
				values = append(values, pipValue{option, "", w.start, w.end})
				continue
			case !given:
				if k++; k == len(words) {
					return values, false
				}
				w, text = words[k], words[k].text
			}
			values = append(values, w.value(option, line, text))
		case strings.HasPrefix(w.text, "-") && len(w.text) > 1:
			for i := 1; i < len(w.text); i++ {
				option, takes, known := pipShort(w.text[i])
				if !known {
					return values, false
				}
				if !takes {
					continue
				}
				text := w.text[i+1:]
				if text == "" {
					if k++; k == len(words) {
						return values, false
					}
					w, text = words[k], words[k].text
				}
				values = append(values, w.value(option, line, text))
				break
			}
		}
	}
	return values, ok
}

// pipLong finds a long option by its name or by a beginning that no other has.
func pipLong(name string) (option int, takes, known bool) {
	found := 0
	for n, o := range pipFileOptions {
		begins := false
		for _, long := range o.longs {
			if long == name {
				return n, o.value, true
			}
			begins = begins || strings.HasPrefix(long, name)
		}
		if begins {
			option, takes = n, o.value
			found++
		}
	}
	if found == 1 {
		return option, takes, true
	}
	for _, o := range pipForeign {
		for _, long := range o.longs {
			if long == name {
				return pipOther, o.value, true
			}
		}
	}
	return 0, false, false
}

func pipShort(c byte) (option int, takes, known bool) {
	for n, o := range pipFileOptions {
		if o.short == c {
			return n, o.value, true
		}
	}
	for _, o := range pipForeign {
		if o.short == c {
			return pipOther, o.value, true
		}
	}
	return 0, false, false
}
