package source

import (
	"bytes"
	"cmp"
	"figment/scanner/text"
)

// A container is a kind of text that holds texts of other kinds.
type container struct {
	name  string
	match func(*text.Fragment) bool
	split func(*splitter, *text.Fragment)
}

// containers is the table of them; the first that matches takes a fragment
// apart. What one gives may be a container again.
func containers() []container {
	return []container{
		{"markdown", func(f *text.Fragment) bool { return f.Lang == text.Markdown }, splitMarkdown},
		{"dockerfile", func(f *text.Fragment) bool { return f.Lang == text.Dockerfile }, splitDockerfile},
		{"makefile", func(f *text.Fragment) bool { return f.Lang == text.Makefile }, splitMakefile},
		{"markup", func(f *text.Fragment) bool { return f.Lang == text.HTML }, splitMarkup},
		{"diff", func(f *text.Fragment) bool { return f.Lang == text.Diff }, splitDiff},
	}
}

// maxFragments bounds what one file is split into.
const maxFragments = 10_000

// A splitter takes one file apart.
type splitter struct {
	table    []container
	emit     func(*text.Fragment)
	problems []Problem
	count    int
	tooDeep  bool
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
	s := &splitter{table: containers(), emit: emit}
	frag := &text.Fragment{Path: f.Path, Name: cmp.Or(f.As, f.Path), Lang: f.Lang, Text: src, Map: m}
	if f.Path == "-" {
		frag.Name = ""
	}
	decide(frag)
	s.fragment(frag)
	return s.problems
}

// fragment hands f on, or takes it apart. Its language is decided.
func (s *splitter) fragment(f *text.Fragment) {
	s.count++
	switch {
	case s.count > maxFragments:
		if s.count == maxFragments+1 {
			s.problem(f, TooLarge, "holds more than 10000 texts: the rest was not read")
		}
		return
	case f.Depth > text.MaxDepth:
		if !s.tooDeep {
			s.tooDeep = true
			s.problem(f, NestedTooDeep, "holds texts nested too deep: those were not read")
		}
		return
	}
	for i := range s.table {
		if s.table[i].match(f) {
			s.table[i].split(s, f)
			return
		}
	}
	s.emit(f)
}

func (s *splitter) problem(f *text.Fragment, why Why, src string) {
	s.problems = append(s.problems, Problem{Path: f.Path, Span: f.Map.Outer(text.Span{Start: 0, End: len(f.Text)}), Text: src, Dropped: true, Why: why})
}
