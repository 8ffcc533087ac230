// Command mknames builds the embedded name lists and import maps from plain
// list files: sorted by bytes, so that the program can search them in place.
//
//	mknames names -in LIST [-name-col name] [-rank-col rank] -out FILE
//	mknames table -in TSV -out FILE
//	mknames imports -dists FILE -out DIR
//
// A list has one name a line, with an optional rank behind a tab, or a header
// that names its columns. The same input gives the same bytes.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "mknames: error: %v\n", err)
		os.Exit(2)
	}
}

func run(args []string, log io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("names or table is needed")
	}
	if args[0] == "imports" {
		return importsCommand(args[1:], log)
	}
	fs := flag.NewFlagSet("mknames", flag.ContinueOnError)
	fs.SetOutput(log)
	in := fs.String("in", "", "list file")
	out := fs.String("out", "", "file to write")
	nameCol := fs.String("name-col", "name", "column of the names, where the list has a header")
	rankCol := fs.String("rank-col", "rank", "column of the ranks, where the list has a header")
	header := fs.Bool("header", false, "the first line names the columns")
	top := fs.Int("top", 0, "keep ranks up to this; 0: all")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	f, err := os.Open(*in)
	if err != nil {
		return err
	}
	defer f.Close()
	var text string
	switch args[0] {
	case "names":
		text, err = names(f, *header, *nameCol, *rankCol, *top)
	case "table":
		text, err = table(f, *header)
	default:
		return fmt.Errorf("%q is neither names nor table", args[0])
	}
	if err != nil {
		return err
	}
	return os.WriteFile(*out, []byte(text), 0o644)
}

// names makes lines "name<TAB>rank", sorted by name; rank 0 is unranked.
func names(r io.Reader, header bool, nameCol, rankCol string, top int) (string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	ni, ri := 0, 1
	best := map[string]string{}
	for n := 0; lines.Scan(); n++ {
		cols := strings.Split(lines.Text(), "\t")
		if n == 0 && header {
			ni, ri = slices.Index(cols, nameCol), slices.Index(cols, rankCol)
			if ni < 0 {
				return "", fmt.Errorf("the list has no column %q", nameCol)
			}
			continue
		}
		if ni >= len(cols) || cols[ni] == "" {
			continue
		}
		rank := "0"
		if ri >= 0 && ri < len(cols) && cols[ri] != "" {
			rank = cols[ri]
		}
		var v int
		if _, err := fmt.Sscan(rank, &v); err != nil {
			return "", fmt.Errorf("line %d: %q is no rank", n+1, rank)
		}
		if top > 0 && (v == 0 || v > top) {
			continue
		}
		if _, dup := best[cols[ni]]; !dup {
			best[cols[ni]] = rank
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	keys := make([]string, 0, len(best))
	for k := range best {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k + "\t" + best[k] + "\n")
	}
	return b.String(), nil
}

// table sorts the lines of a table by their first column.
func table(r io.Reader, header bool) (string, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return "", err
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	if header && len(lines) > 0 {
		lines = lines[1:]
	}
	first := func(l string) string { f, _, _ := strings.Cut(l, "\t"); return f }
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(first(a), first(b)) })
	return strings.Join(lines, "\n") + "\n", nil
}
