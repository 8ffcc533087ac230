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

// Split takes a file apart: the file itself as a fragment, or, where it is a
// container, the texts inside it. A text of which the language could not be
// told has the language Text. Problems are returned, never fatal.
func Split(f *File, emit func(*text.Fragment)) []Problem {
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
	s := container.NewSplitter(&recognizer, emit)
	s.Split(frag)
	var problems []Problem
	for _, p := range s.Problems() {
		why := TooLarge
		if p.TooDeep {
			why = NestedTooDeep
		}
		problems = append(problems, Problem{Path: f.Path, Span: p.Span, Text: p.Text, Dropped: true, Why: why})
	}
	return problems
}
