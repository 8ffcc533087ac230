package build

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Columns says which columns of a list hold what, by the names in its header.
// A list without a header has the name first and, behind a tab, its rank.
type Columns struct {
	Name      string // empty: "name"
	Rank      string // empty: "rank", if there is such a column
	Downloads string // the more, the better the rank; empty: no such column
}

// A Listed is a line of a list.
type Listed struct {
	Name string
	Rank int // 0: not ranked
}

// ReadList reads names, one a line: alone, with a rank behind a tab, or in a
// table whose header names the columns. A rank of 0 or nothing is unranked;
// ranks made from downloads count from 1, equal numbers by name.
func ReadList(r io.Reader, c Columns) ([]Listed, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	name := cmp.Or(c.Name, "name")
	ni, ri, di := 0, 1, -1
	var out []Listed
	type counted struct {
		at int
		n  int64
	}
	var counts []counted
	for n := 1; lines.Scan(); n++ {
		if lines.Text() == "" {
			continue
		}
		cols := strings.Split(lines.Text(), "\t")
		if n == 1 && (slices.Contains(cols, name) || c != (Columns{})) {
			ni, ri = slices.Index(cols, name), slices.Index(cols, cmp.Or(c.Rank, "rank"))
			if ni < 0 {
				return nil, fmt.Errorf("the list has no column %q", name)
			}
			if c.Rank != "" && ri < 0 {
				return nil, fmt.Errorf("the list has no column %q", c.Rank)
			}
			if c.Downloads != "" {
				if di = slices.Index(cols, c.Downloads); di < 0 {
					return nil, fmt.Errorf("the list has no column %q", c.Downloads)
				}
			}
			continue
		}
		if ni >= len(cols) || cols[ni] == "" {
			continue
		}
		l := Listed{Name: cols[ni]}
		if ri >= 0 && ri < len(cols) && cols[ri] != "" {
			rank, err := strconv.Atoi(cols[ri])
			if err != nil || rank < 0 {
				return nil, fmt.Errorf("line %d: %q is no rank", n, cols[ri])
			}
			l.Rank = rank
		}
		if di >= 0 && di < len(cols) && cols[di] != "" {
			v, err := strconv.ParseInt(cols[di], 10, 64)
			if err != nil || v < 0 {
				return nil, fmt.Errorf("line %d: %q is no number of downloads", n, cols[di])
			}
			counts = append(counts, counted{len(out), v})
		}
		out = append(out, l)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(counts, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(out[a.at].Name, out[b.at].Name))
	})
	for i, c := range counts {
		out[c.at].Rank = i + 1
	}
	return out, nil
}

// ReadAliases reads lines "alias<TAB>package"; further columns are not read. A
// package may be missing.
func ReadAliases(r io.Reader) ([]Alias, error) {
	lines := bufio.NewScanner(r)
	var out []Alias
	for lines.Scan() {
		text := lines.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		cols := strings.SplitN(text, "\t", 3)
		a := Alias{Name: cols[0]}
		if len(cols) > 1 {
			a.Package = cols[1]
		}
		out = append(out, a)
	}
	return out, lines.Err()
}
