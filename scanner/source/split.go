package source

import (
	"bytes"
	"cmp"
	"slices"

	"figment/scanner/container"
	"figment/scanner/text"
)

// containers is what is taken apart.
var containers = container.Containers()

// containerOf gives the language of the container that has a word in one of its
// lists.
func containerOf(word string, list func(*container.Container) []string) (lang text.Lang, ok bool) {
	for i := range containers {
		if slices.Contains(list(&containers[i]), word) {
			return containers[i].Lang, true
		}
	}
	return text.Undecided, false
}

// recognizer says what the texts inside of containers are.
var recognizer = container.Recognizer{
	File: func(p string) (container.Reading, text.Lang) {
		switch kind, lang := classify(p); kind {
		case noFile:
			return container.Unread, lang
		case sniffed:
			return container.ByContent, lang
		default:
			return container.ByName, lang
		}
	},
	Label:   labelLang,
	Content: sniff,
	Data: func(src []byte, lang text.Lang) string {
		name, _ := sniffData(src, lang)
		return name
	},
}

// A Splitter takes one file apart, and what formats find in it.
type Splitter struct {
	path  string
	whole *text.Fragment
	inner *container.Splitter
}

// NewSplitter makes a Splitter of a file, which gives emit what is no container.
func NewSplitter(f *File, emit func(*text.Fragment)) *Splitter {
	data := f.Data
	if len(f.Skip) > 0 {
		data = bytes.Clone(data)
		for _, skip := range f.Skip {
			for i := skip.Start; i < skip.End; i++ {
				data[i] = ' '
			}
		}
	}
	src, m := text.Decode(data)
	frag := &text.Fragment{Path: f.Path, Name: cmp.Or(f.As, f.Path), Lang: f.Lang, Text: src, Map: m}
	if f.Path == "-" {
		frag.Name = ""
	}
	decide(frag)
	return &Splitter{f.Path, frag, container.NewSplitter(&recognizer, emit)}
}

// File splits the file: it gives the file itself as a fragment, or, where it is
// a container, the texts inside it. A text of which the language could not be
// told has the language Text.
func (s *Splitter) File() { s.inner.Split(s.whole) }

// Fragment splits a text that a format found in the file. ok is false for one
// that is no container: nothing was given then.
func (s *Splitter) Fragment(f *text.Fragment) (ok bool) {
	if !slices.ContainsFunc(containers, func(c container.Container) bool { return c.Lang == f.Lang }) {
		return false
	}
	s.inner.Split(f)
	return true
}

// Problems are those of all that was split.
func (s *Splitter) Problems() []Problem {
	var problems []Problem
	for _, p := range s.inner.Problems() {
		why := TooLarge
		if p.TooDeep {
			why = NestedTooDeep
		}
		problems = append(problems, Problem{Path: s.path, Span: p.Span, Text: p.Text, Dropped: true, Why: why})
	}
	return problems
}

// Split takes a file apart: see Splitter.File. Problems are returned, never
// fatal.
func Split(f *File, emit func(*text.Fragment)) []Problem {
	s := NewSplitter(f, emit)
	s.File()
	return s.Problems()
}
