package source

// A container is a kind of text that holds others.
type container struct {
	Name  string
	Match func(*Fragment) bool
	Split func(*splitter, *Fragment)
}

// containers is the table; the first whose Match holds takes a fragment apart.
func containers() []container {
	return []container{
		{"markdown", func(f *Fragment) bool { return f.Lang == Markdown }, splitMarkdown},
	}
}

// maxFragments bounds what one file is split into.
const maxFragments = 10_000

type splitter struct {
	table    []container
	emit     func(*Fragment)
	problems []Problem
	count    int
}

// Split takes a file apart: the file itself as a fragment, or, where it is a
// container, the texts inside it. Problems are returned, never fatal.
func Split(f *File, emit func(*Fragment)) []Problem {
	text, m := Decode(f.Data)
	s := &splitter{table: containers(), emit: emit}
	frag := &Fragment{Path: f.Path, Name: f.Path, Lang: f.Lang, Text: text, Map: m}
	if f.Path == "-" {
		frag.Name = ""
	}
	s.fragment(frag)
	return s.problems
}

// fragment decides what f is and hands it on, or takes it apart.
func (s *splitter) fragment(f *Fragment) {
	s.count++
	if s.count > maxFragments || f.Depth > MaxDepth {
		if s.count == maxFragments+1 || f.Depth > MaxDepth {
			s.problems = append(s.problems, Problem{Path: f.Path, Text: "texts nested too deep or too many: some were not read", Dropped: true})
		}
		return
	}
	decide(f)
	for _, c := range s.table {
		if c.Match(f) {
			c.Split(s, f)
			return
		}
	}
	s.emit(f)
}
