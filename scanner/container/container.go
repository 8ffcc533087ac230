// Package container takes texts apart that hold texts of other kinds, such as the
// fences of Markdown and the commands of a Dockerfile. What comes out is text in
// one language, with a map from its own bytes to those of the file it came from.
//
// It reads no file, runs nothing, and does not know what a package is: what a
// name, a label or a content says about a text is asked of a Recognizer.
package container

import "figment/scanner/text"

// A Container is a kind of text that holds texts of other kinds.
type Container struct {
	Name       string
	Lang       text.Lang         // of the texts that are taken apart
	Files      []string          // base names of such texts
	Extensions []string          // of their names, in lower case, with the dot
	Labels     []string          // of a fence that holds one, in lower case
	Sniff      func([]byte) bool // whether a text is one by its content; nil: that is never said
	split      func(*Splitter, *text.Fragment)
}

// Containers is the table of them. A content is taken for the first one whose
// Sniff holds.
func Containers() []Container {
	return []Container{
		{
			Name: "diff", Lang: text.Diff,
			Labels: []string{"diff", "patch", "udiff"},
			Sniff:  looksPatch, split: splitDiff,
		},
		{
			Name: "markdown", Lang: text.Markdown,
			Files:      []string{".cursorrules", ".windsurfrules", ".clinerules"}, // rules of coding assistants
			Extensions: []string{".md", ".markdown", ".mdx", ".qmd", ".rmd", ".mdc"},
			Labels:     []string{"md", "markdown", "mdx"},
			Sniff:      hasFence, split: splitMarkdown,
		},
		{
			Name: "dockerfile", Lang: text.Dockerfile,
			Labels: []string{"dockerfile", "docker", "containerfile"},
			split:  splitDockerfile,
		},
		{
			Name: "makefile", Lang: text.Makefile,
			Labels: []string{"makefile", "make", "mk", "just", "justfile"},
			split:  splitMakefile,
		},
		{
			Name: "markup", Lang: text.HTML,
			Labels: []string{"html", "htm", "vue", "svelte", "astro"},
			split:  splitMarkup,
		},
	}
}

// A Reading is what the name of a file says about how it is read.
type Reading uint8

// The readings. Unread is the zero value.
const (
	Unread    Reading = iota // nothing reads it
	ByContent                // its name says nothing
	ByName                   // its name says in which language it is
)

// A Recognizer says what a text is.
type Recognizer struct {
	// File is by a path.
	File func(path string) (Reading, text.Lang)
	// Label is by the label of a fence, in lower case: what the text is called, where
	// the label is of a format, and its language. known is false for words that say
	// nothing; a known label without a language is of one that nothing reads.
	Label func(label string) (name string, lang text.Lang, known bool)
	// Content is by the text itself: what it is called, where a format is known by
	// its name, and its language. Both may be empty.
	Content func(src []byte) (name string, lang text.Lang)
	// Command reports whether a line of a text in a language that is no shell's is a
	// command of one. installs: it installs or runs a package.
	Command func(line string) (is, installs bool)
	// Data is what a text is called whose language is known to be one of data;
	// empty: nothing speaks for a name.
	Data func(src []byte, lang text.Lang) (name string)
}

// MaxFragments bounds what one file is split into.
const MaxFragments = 10_000

// A Problem says that not all texts in a file were read.
type Problem struct {
	Span    text.Span // of the original file
	Text    string
	TooDeep bool // else there are too many
}

// A Splitter takes one file apart.
type Splitter struct {
	recognize *Recognizer
	table     []Container
	emit      func(*text.Fragment)
	problems  []Problem
	count     int
	tooDeep   bool
}

// NewSplitter makes a Splitter that gives emit what is no container.
func NewSplitter(r *Recognizer, emit func(*text.Fragment)) *Splitter {
	return &Splitter{recognize: r, table: Containers(), emit: emit}
}

// Problems are those of the texts that were split.
func (s *Splitter) Problems() []Problem { return s.problems }

// Split hands f on, or takes it apart, and then what is in it, as deep as
// text.MaxDepth. Its language is decided.
func (s *Splitter) Split(f *text.Fragment) {
	s.count++
	switch {
	case s.count > MaxFragments:
		if s.count == MaxFragments+1 {
			s.problem(f, false, "holds more than 10000 texts: the rest was not read")
		}
		return
	case f.Depth > text.MaxDepth:
		if !s.tooDeep {
			s.tooDeep = true
			s.problem(f, true, "holds texts nested too deep: those were not read")
		}
		return
	}
	for i := range s.table {
		if s.table[i].Lang == f.Lang {
			s.table[i].split(s, f)
			return
		}
	}
	s.emit(f)
}

func (s *Splitter) problem(f *text.Fragment, tooDeep bool, src string) {
	s.problems = append(s.problems, Problem{f.Map.Outer(text.Span{Start: 0, End: len(f.Text)}), src, tooDeep})
}

// rest hands on what a container does not know, in which commands may stand.
func (s *Splitter) rest(f *text.Fragment, b *text.Builder) {
	if b.Len() > 0 {
		src, m := b.Done()
		c := f.Derive(src, m, text.Other)
		c.Cut = f.Cut
		s.Split(c)
	}
}
