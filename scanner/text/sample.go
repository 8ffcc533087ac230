package text

import (
	"bytes"
	"strings"
)

// Signs counts what the lines of a text say for a language and against it.
type Signs struct {
	Clauses int // no other language has them
	Imports int // imports that only this language has
	Shared  int // imports that others have as well
	Against int // what only others have
}

// A Sample is a text of which nobody said what it is.
type Sample struct {
	Text []byte

	count     []Language
	signs     map[Lang]Signs
	programs  map[string]bool
	json      map[string]byte
	isJSON    bool
	wasWalked bool
}

// NewSample makes a sample of a text. The languages are those of which signs are
// counted, the programs those with which lines of a shell may begin.
func NewSample(src []byte, languages []Language, programs map[string]bool) *Sample {
	return &Sample{Text: src, count: languages, programs: programs}
}

// maxSignLine bounds how much of a line is looked at.
const maxSignLine = 500

// Signs are those of a language.
func (s *Sample) Signs(lang Lang) Signs {
	if s.signs == nil {
		s.signs = map[Lang]Signs{}
		counts := make([]Signs, len(s.count))
		EachLine(s.Text, func(line []byte) bool {
			if t := strings.TrimSpace(string(line[:min(len(line), maxSignLine)])); t != "" {
				for i := range s.count {
					if count := s.count[i].Count; count != nil {
						count(t, &counts[i])
					}
				}
			}
			return true
		})
		for i, c := range counts {
			s.signs[s.count[i].Lang] = c
		}
	}
	return s.signs[lang]
}

// Program reports whether a line of a shell that begins with the word may install
// or run packages. Versions and paths are cut off the word.
func (s *Sample) Program(word string) bool {
	word = word[strings.LastIndexAny(word, `/\`)+1:]
	word = strings.TrimSuffix(word, ".exe")
	word = strings.TrimSuffix(word, ".cmd")
	return s.programs[strings.TrimRight(word, "0123456789.")]
}

// JSON gives the keys of the outermost object, or of bare members, with what
// their values begin with: '{' for an object, 's' for a string, '[' also for an
// object of objects. ok says that the text is JSON at all.
func (s *Sample) JSON() (keys map[string]byte, ok bool) {
	if !s.wasWalked {
		s.wasWalked = true
		s.json, s.isJSON = outermost(s.Text)
	}
	return s.json, s.isJSON
}

// maxKeys bounds the keys that are looked at.
const maxKeys = 1000

func outermost(src []byte) (keys map[string]byte, ok bool) {
	src = bytes.TrimSpace(src)
	at := SkipComments(src, 0)
	switch {
	case at == len(src) || src[at] != '{' && src[at] != '"':
		return nil, false
	case src[at] == '"': // members without their object
		src = append([]byte("{"), src[at:]...)
	default:
		ok = true
	}
	keys = map[string]byte{}
	inner := false // the last key's object had a member
	// What is not well formed is not asked for: a part of a text is judged too.
	_ = WalkJSON(src, func(path []Key, v Value, low bool) {
		switch key := ""; len(path) {
		case 1:
			ok, inner = true, false
			if len(keys) < maxKeys {
				keys[path[0].Name] = v.Kind
			}
		case 2:
			if key = path[0].Name; !inner && v.Kind == '{' && keys[key] == '{' {
				keys[key] = '[' // resolved packages, not requirements
			}
			inner = true
		}
	})
	return keys, ok
}

// BareImport reports whether what follows import is a path in double quotes and
// nothing else, as in Go and in JavaScript.
func BareImport(rest string) bool {
	return strings.HasPrefix(rest, `"`) && strings.HasSuffix(rest, `"`) && !strings.HasPrefix(rest, `".`)
}

// TableHeader reads a line with the header of a table of TOML: [a.b] or [[a.b]],
// and a comment.
func TableHeader(line string) (string, bool) {
	inner, ok := strings.CutPrefix(line, "[")
	if !ok {
		return "", false
	}
	inner = strings.TrimPrefix(inner, "[")
	end := strings.IndexByte(inner, ']')
	if end <= 0 {
		return "", false
	}
	rest := strings.TrimSpace(strings.TrimPrefix(inner[end+1:], "]"))
	inner = strings.TrimSpace(inner[:end])
	if inner == "" || rest != "" && rest[0] != '#' || strings.ContainsAny(inner, " ,=;()$") {
		return "", false
	}
	return inner, true
}

// DataLanguages are the languages of data, of which a format is told by what is
// in them.
func DataLanguages() []Language {
	return []Language{
		{Lang: JSON, Title: "JSON", Labels: []string{"json", "jsonc", "json5"}, Sniff: Sniff{ByStructure, func(s *Sample) bool { _, ok := s.JSON(); return ok }}},
		{Lang: TOML, Title: "TOML", Labels: []string{"toml"}, Sniff: Sniff{ByHeaders, beginsWithTable}},
		{Lang: YAML, Title: "YAML", Labels: []string{"yaml", "yml"}},
	}
}

// beginsWithTable reports whether the first thing in a text is the header of a
// table.
func beginsWithTable(s *Sample) (is bool) {
	EachLine(s.Text, func(line []byte) bool {
		t := strings.TrimSpace(string(line))
		if t == "" || t[0] == '#' {
			return true
		}
		_, is = TableHeader(t)
		return false
	})
	return is
}
