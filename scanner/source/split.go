package source

import (
	"bytes"
	"cmp"
	"slices"

	"figment/scanner/container"
	"figment/scanner/text"
)

// A Splitter takes one file apart, and what formats find in it.
type Splitter struct {
	of    *Recognition
	path  string
	whole *text.Fragment
	inner *container.Splitter
	bad   []Problem
}

// NewSplitter makes a Splitter of a file, which gives emit what is no container.
func (r *Recognition) NewSplitter(f *File, emit func(*text.Fragment)) *Splitter {
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
	if f.Path == "-" && f.As == "" {
		frag.Name = ""
	}
	r.decide(frag)
	s := &Splitter{r, f.Path, frag, container.NewSplitter(&r.inner, emit), nil}
	if at, ok := text.Appended(data); ok {
		s.bad = []Problem{{Path: f.Path, Span: text.Span{Start: at, End: len(data)}, Why: Encoding, Dropped: true,
			Text: "goes on in UTF-16, as the >> of PowerShell adds to a file in UTF-8: what stands from here on was not read, save the file as UTF-8"}}
	}
	return s
}

// File splits the file: it gives the file itself as a fragment, or, where it is
// a container, the texts inside it. A text of which the language could not be
// told has the language Text.
func (s *Splitter) File() { s.inner.Split(s.whole) }

// Fragment splits a text that a format found in the file. ok is false for one
// that is no container: nothing was given then.
func (s *Splitter) Fragment(f *text.Fragment) (ok bool) {
	if !slices.ContainsFunc(s.of.containers, func(c container.Container) bool { return c.Lang == f.Lang }) {
		return false
	}
	s.inner.Split(f)
	return true
}

// Problems are those of all that was split.
func (s *Splitter) Problems() []Problem {
	problems := s.bad
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
func (r *Recognition) Split(f *File, emit func(*text.Fragment)) []Problem {
	s := r.NewSplitter(f, emit)
	s.File()
	return s.Problems()
}
