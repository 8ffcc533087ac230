package resolve

import (
	"iter"
	"sort"
	"strings"
)

// A Table is text that is searched where it lies, so that nothing is built at
// start: lines sorted by their first column, columns separated by tabs, no
// header.
type Table string

// seek gives the offset of the first line whose first column is not below key.
func seek(text, key string) int {
	i := sort.Search(len(text), func(off int) bool { return column(lineAt(text, off)) >= key })
	if i == len(text) {
		return i
	}
	return strings.LastIndexByte(text[:i], '\n') + 1
}

// lineAt is the line that holds offset off.
func lineAt(text string, off int) string {
	start := strings.LastIndexByte(text[:off], '\n') + 1
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		return text[start : start+n]
	}
	return text[start:]
}

// column is the first column of a line.
func column(line string) string {
	first, _, _ := strings.Cut(line, "\t")
	return first
}

// Line finds the line whose first column is key.
func (t Table) Line(key string) (string, bool) {
	text := string(t)
	if key == "" || strings.ContainsAny(key, "\t\n") {
		return "", false
	}
	i := seek(text, key)
	if i == len(text) {
		return "", false
	}
	line := lineAt(text, i)
	return line, column(line) == key
}

// Row is Line split into columns, filled up to n of them.
func (t Table) Row(key string, n int) ([]string, bool) {
	line, ok := t.Line(key)
	if !ok {
		return nil, false
	}
	cols := strings.Split(line, "\t")
	for len(cols) < n {
		cols = append(cols, "")
	}
	return cols, true
}

// Has reports whether the table has a line for key.
func (t Table) Has(key string) bool {
	_, ok := t.Line(key)
	return ok
}

// Below are the lines whose first column begins with prefix, in order.
func (t Table) Below(prefix string) iter.Seq[string] {
	text := string(t)
	return func(yield func(string) bool) {
		if prefix == "" || strings.ContainsAny(prefix, "\t\n") {
			return
		}
		for i := seek(text, prefix); i < len(text); {
			line := lineAt(text, i)
			if !strings.HasPrefix(line, prefix) || !yield(line) {
				return
			}
			i += len(line) + 1
		}
	}
}

// Longest finds the row of the longest prefix of name that the table has, taken
// at the separator sep.
func (t Table) Longest(name, sep string, n int) ([]string, bool) {
	for q := name; q != ""; {
		if row, ok := t.Row(q, n); ok {
			return row, true
		}
		i := strings.LastIndex(q, sep)
		if i < 0 {
			break
		}
		q = q[:i]
	}
	return nil, false
}

// List splits a column of names.
func List(column string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, ";")
}

// MappedRow makes candidates of a row "import, package, others".
func MappedRow(row []string) []Candidate {
	out := []Candidate{{row[1], Mapped, "high"}}
	for _, o := range List(row[2]) {
		out = append(out, Candidate{o, Mapped, "low"})
	}
	return out
}
