package extract

import (
	"bytes"
	"slices"
	"strings"

	"figment/scanner/text"
)

// A script may take the values of its variables from another file: ". ./vars.env",
// "docker run --env-file f". Where that can be read, what it assigns as literals is
// known.

// Limits of the files that one text takes values from.
const (
	maxSourced  = 20
	maxValues   = 1000     // names
	maxValue    = 10_000   // bytes of one
	maxSettings = 64 << 10 // bytes of a file
)

// settings are the values that a text takes from other files.
type settings struct {
	beside func(name string) []byte // gives such a file; nil: none can be read
	files  []string
	loaded int // how many of files were read
	values map[string][][]string
	missed bool // a name was not read, which may stand in one of files
}

// TakeValues notes a file that the text takes values of variables from. The span
// counts in the text of the fragment being read.
func (e *Emitter) TakeValues(name string, span text.Span) {
	s := &e.settings
	if len(s.files) < maxSourced && !slices.Contains(s.files, name) {
		s.files = append(s.files, name)
		e.Include(Include{Path: name, Values: true, Span: span})
	}
}

// NameMissed notes that a name was not read. It may stand in a file that the text
// takes values from.
func (e *Emitter) NameMissed() { e.settings.missed = e.settings.missed || len(e.settings.files) > 0 }

// ValuesOf gives the values that other files assign to a variable, each as a
// list of words; nil: none that is known.
func (e *Emitter) ValuesOf(name string) [][]string {
	s := &e.settings
	if s.beside == nil {
		return nil
	}
	for ; s.loaded < len(s.files); s.loaded++ {
		if s.values == nil {
			s.values = map[string][][]string{}
		}
		if data := s.beside(s.files[s.loaded]); len(data) <= maxSettings {
			s.read(data)
		}
	}
	return s.values[name]
}

// Unsettled reports whether another file gives a variable a value that is not
// known.
func (e *Emitter) Unsettled(name string) bool {
	values, assigned := e.settings.values[name]
	return e.ValuesOf(name) == nil && assigned && values == nil
}

// Sourced reports whether the text takes values from other files that cannot be
// read yet.
func (e *Emitter) Sourced() bool { return len(e.settings.files) > 0 && e.settings.beside == nil }

// read takes the assignments of a file: those of a shell that begin a line, of
// an env file, and of make. Those inside of other commands count as well.
func (s *settings) read(data []byte) {
	for i := 0; i < len(data); {
		i = text.Blank(data, i)
		for again := true; again; {
			again = false
			for _, word := range []string{"export ", "declare ", "typeset ", "readonly ", "-x ", "-gx ", "-r "} {
				if bytes.HasPrefix(data[i:], []byte(word)) {
					i, again = text.Blank(data, i+len(word)), true
				}
			}
		}
		name, at, spaced := assignedName(data, i)
		if name == "" {
			next := text.NextLine(data, i)
			s.within(data[i:next])
			i = next
			continue
		}
		words, end, ok := literalValue(data, at, spaced)
		s.set(name, words, ok)
		if end = text.Blank(data, end); end < len(data) && data[end] == ';' {
			i = end + 1
		} else {
			i = text.NextLine(data, end)
			s.within(data[end:i])
		}
	}
}

// set adds a value of a variable; ok is false for one that is not known.
func (s *settings) set(name string, words []string, ok bool) {
	had, again := s.values[name]
	switch {
	case len(s.values) >= maxValues && !again:
	case !ok, again && len(had) >= maxSourced:
		s.values[name] = nil
	case !again || had != nil:
		s.values[name] = append(had, words)
	}
}

// within takes what a line of commands assigns: "if x; then A=b; fi", "read A".
func (s *settings) within(line []byte) {
	assigns := false // the words behind are names that a command gives values
	for i := 0; i < len(line) && line[i] != '#'; {
		if !IsAlnum(line[i]) && line[i] != '_' {
			if strings.IndexByte(";&|", line[i]) >= 0 {
				assigns = false
			}
			i++
			continue
		}
		start := i
		for i < len(line) && (IsAlnum(line[i]) || line[i] == '_') {
			i++
		}
		name := string(line[start:min(i, start+200)])
		begins := start == 0 || strings.IndexByte(" \t;&|(){\"'`", line[start-1]) >= 0 && (start == 1 || line[start-1] != '{' || line[start-2] != '$')
		switch {
		case !begins:
		case i < len(line) && line[i] == '=', i+1 < len(line) && line[i] == '+' && line[i+1] == '=':
			words, end, ok := literalValue(line, bytes.IndexByte(line[i:], '=')+i+1, false)
			s.set(name, words, ok && line[i] == '=')
			i = max(end, i+1)
		case name == "read", name == "mapfile", name == "readarray", name == "unset", name == "printf", name == "getopts", name == "for", name == "let":
			assigns = true
		case assigns:
			if _, again := s.values[name]; again || len(s.values) < maxValues {
				s.values[name] = nil
			}
		}
	}
}

// assignedName reads "A=", "A :=" and "A ?=" at i: the name, where the value
// begins, and whether it is that of make.
func assignedName(data []byte, i int) (name string, at int, spaced bool) {
	end := i
	for end < len(data) && (IsAlnum(data[end]) || data[end] == '_') {
		end++
	}
	if end == i || data[i] >= '0' && data[i] <= '9' || end-i > 200 {
		return "", 0, false
	}
	at = text.Blank(data, end)
	spaced = at > end
	for at < len(data) && strings.IndexByte(":?+", data[at]) >= 0 {
		spaced = true
		at++
	}
	if at == len(data) || data[at] != '=' {
		return "", 0, false
	}
	at++
	if spaced {
		at = text.Blank(data, at)
	}
	return string(data[i:end]), at, spaced
}

// literalValue reads the value of an assignment, and where it ends; ok is false
// for one that only the shell knows.
func literalValue(data []byte, i int, spaced bool) (words []string, end int, ok bool) {
	data = data[:min(len(data), i+maxValue)]
	list := i < len(data) && data[i] == '('
	if list {
		i++
	}
	var b []byte
	open, quote := false, byte(0)
	ok = true
	flush := func() {
		if open {
			words = append(words, string(b))
		}
		b, open = nil, false
	}
	for ; i < len(data); i++ {
		c := data[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
			continue
		case c == '`', c == '$', c == '\\', quote == 0 && c == '<':
			if quote != '\'' {
				ok = false
			}
		case quote != 0:
		case c == '"', c == '\'':
			quote, open = c, true
			continue
		case list && c == ')':
			flush()
			return words, i + 1, ok
		case list && strings.IndexByte(" \t\r\n", c) >= 0:
			flush()
			continue
		case c == '\n', c == '\r', !list && !spaced && (c == ' ' || c == '\t' || c == ';' || c == '&' || c == '|'), c == '#' && (!open || data[i-1] == ' '):
			flush()
			for k := range words {
				words[k] = strings.TrimRight(words[k], " \t")
			}
			return words, i, ok
		}
		open = true
		b = append(b, c)
	}
	flush()
	return words, i, ok && quote == 0 && !list
}
