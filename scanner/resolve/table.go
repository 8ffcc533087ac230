package resolve

import (
	_ "embed"
	"iter"
	"sort"
	"strings"
)

// The tables are text: lines sorted by their first column, columns separated by
// tabs, no header. They are searched where they lie; nothing is built at start.
// data/NOTICE.md says what the columns are and where they come from.

//go:embed data/python-modules.tsv
var pythonModules string

//go:embed data/python-overrides.tsv
var pythonOverrides string

//go:embed data/python-namespaces.tsv
var pythonNamespaces string

//go:embed data/python-import-name-traps.tsv
var pythonTraps string

//go:embed data/python-import-name-unregistered.tsv
var pythonUnregistered string

//go:embed data/gem-requires.tsv
var gemRequires string

//go:embed data/maven-packages.tsv
var mavenPackages string

//go:embed data/hex-modules.tsv
var hexModules string

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

// findLine finds the line whose first column is key.
func findLine(text, key string) (string, bool) {
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

// findRow is findLine split into columns, filled up to n of them.
func findRow(text, key string, n int) ([]string, bool) {
	line, ok := findLine(text, key)
	if !ok {
		return nil, false
	}
	cols := strings.Split(line, "\t")
	for len(cols) < n {
		cols = append(cols, "")
	}
	return cols, true
}

// has reports whether a table has a line for key.
func has(text, key string) bool {
	_, ok := findLine(text, key)
	return ok
}

// below are the lines whose first column begins with prefix, in order.
func below(text, prefix string) iter.Seq[string] {
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

// longest finds the row of the longest prefix of name that a table has, taken
// at the separator sep.
func longest(text, name, sep string, n int) ([]string, bool) {
	for q := name; q != ""; {
		if row, ok := findRow(text, q, n); ok {
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

// list splits a column of names.
func list(column string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, ";")
}
