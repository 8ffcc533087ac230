// Command mknames builds the embedded name indexes and import maps from plain
// list files given by path.
//
//	mknames names --eco pypi --names FILE [--ranks FILE] --snapshot DATE --out pypi.fig
//	mknames diff OLD.fig NEW.fig
//	mknames imports --dists FILE --out DIR
//	mknames table --in TSV --out FILE
//
// The same input gives the same bytes. docs/names.md says where lists come from.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/names/build"
)

func main() {
	if err := run(os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "mknames: error: %v\n", err)
		os.Exit(2)
	}
}

func run(args []string, env func(string) string, out, log io.Writer) error {
	if len(args) == 0 {
		return errors.New("names, diff, imports or table is needed")
	}
	switch args[0] {
	case "names":
		return runNames(args[1:], env, log)
	case "diff":
		return runDiff(args[1:], out)
	case "imports":
		return importsCommand(args[1:], log)
	case "table":
		return runTable(args[1:], log)
	}
	return fmt.Errorf("%q is neither names, diff, imports nor table", args[0])
}

func runNames(args []string, env func(string) string, log io.Writer) error {
	fs := flag.NewFlagSet("mknames names", flag.ContinueOnError)
	fs.SetOutput(log)
	eco := fs.String("eco", "", "ecosystem: a purl type")
	list := fs.String("names", "", "the registry's names; default $FIGMENT_MKNAMES_<ECOSYSTEM>")
	ranks := fs.String("ranks", "", "the popular names; default: the ranks of the names' list")
	prev := fs.String("prev", "", "an earlier index: names in both are trusted")
	out := fs.String("out", "", "index to write")
	fuse := fs.String("fuse", "", "existence pack of all names to write")
	complete := fs.Bool("complete", false, "the list of names is complete: its pack may say that a name was unseen")
	top := fs.Int("top", 0, "keep ranks up to this; 0: all")
	snapshot := fs.String("snapshot", "", "day of the list, YYYY-MM-DD")
	source := fs.String("source", "", "where the list is from, one line")
	single := fs.Bool("trust-single", false, "trust ranks that no second list confirms")
	var c build.Columns
	fs.StringVar(&c.Name, "name-col", "", "column of the names")
	fs.StringVar(&c.Rank, "rank-col", "", "column of the ranks")
	fs.StringVar(&c.Downloads, "downloads-col", "", "column of downloads, from which ranks are made")
	var aliasFiles []string
	fs.Func("aliases", "lines \"alias<TAB>package\"; may be repeated", func(v string) error {
		aliasFiles = append(aliasFiles, v)
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return err
	}
	e, ok := ecosystem.Lookup(*eco)
	if !ok {
		return fmt.Errorf("--eco %q is no ecosystem", *eco)
	}
	day, err := time.Parse(time.DateOnly, *snapshot)
	if err != nil {
		return errors.New("--snapshot wants the day of the list, YYYY-MM-DD")
	}
	if *list == "" {
		*list = env("FIGMENT_MKNAMES_" + strings.ToUpper(string(e)))
	}
	if *list == "" {
		return errors.New("--names is needed")
	}
	all, err := readList(*list, c)
	if err != nil {
		return err
	}
	popular := all
	if *ranks != "" {
		if popular, err = readList(*ranks, build.Columns{}); err != nil {
			return err
		}
	}
	old, err := openIndex(e, *prev)
	if err != nil {
		return err
	}
	if old == nil && !*single {
		fmt.Fprintln(log, "mknames: no earlier index: no rank will be trusted; --trust-single trusts this list alone")
	}
	var aliases []build.Alias
	for _, file := range aliasFiles {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		more, err := build.ReadAliases(f)
		f.Close() // read only
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		aliases = append(aliases, more...)
	}

	if *out == "" && *fuse == "" {
		return errors.New("--out or --fuse is needed")
	}
	entries, dropped := choose(e, all, popular, old, *ranks != "", *top)
	data, rep, err := build.File(build.Meta{Ecosystem: e, Snapshot: day, Source: *source, TrustSingle: *single, Partial: !*complete}, entries, aliases)
	if err != nil {
		return err
	}
	for _, d := range append(dropped, rep.Dropped...) {
		fmt.Fprintf(log, "dropped %s: %s\n", d.Name, d.Why)
	}
	fmt.Fprintf(log, "%s: %d names, %d aliases, %d bytes\n", e, rep.Names, rep.Aliases, len(data))
	if *out != "" {
		if old != nil {
			fresh, err := names.Read(e, string(data))
			if err != nil {
				return err
			}
			diff(log, old, fresh)
		}
		if err := os.WriteFile(*out, data, 0o644); err != nil {
			return err
		}
	}
	if *fuse == "" {
		return nil
	}
	pack, err := names.BuildPack(canonical(e, all), names.PackMeta{Ecosystem: e, Snapshot: day, Complete: *complete, Source: *source})
	if err != nil {
		return err
	}
	return os.WriteFile(*fuse, pack, 0o644)
}

// canonical are the names that the registry could hold, as it spells them.
func canonical(e ecosystem.Ecosystem, list []build.Listed) []string {
	var out []string
	for _, l := range list {
		if name := ecosystem.Normalize(e, l.Name); name != "" && ecosystem.CheckName(e, name).State != ecosystem.Invalid {
			out = append(out, name)
		}
	}
	return out
}

func readList(file string, c build.Columns) ([]build.Listed, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	list, err := build.ReadList(f, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return list, nil
}

func openIndex(e ecosystem.Ecosystem, file string) (*names.Index, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	x, err := names.Read(e, string(data))
	if err == nil {
		err = x.Verify()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return x, nil
}

// choose picks the entries of the index: the popular names that the registry's
// own list confirms. Where the two are one list, it is the ranked ones, or all
// where nothing is ranked.
func choose(e ecosystem.Ecosystem, all, popular []build.Listed, old *names.Index, separate bool, top int) ([]build.Entry, []build.Drop) {
	there := map[string]bool{}
	ranked := false
	if separate {
		for _, l := range all {
			there[ecosystem.Normalize(e, l.Name)] = true
		}
	}
	for _, l := range popular {
		ranked = ranked || l.Rank > 0
	}
	var entries []build.Entry
	var dropped []build.Drop
	for _, l := range popular {
		name := ecosystem.Normalize(e, l.Name)
		switch {
		case top > 0 && l.Rank > top, top > 0 && ranked && l.Rank == 0:
			continue
		case separate && !there[name]:
			dropped = append(dropped, build.Drop{Name: l.Name, Why: "not in the registry's list"})
			continue
		}
		entry := build.Entry{Name: name, Rank: l.Rank}
		if old != nil {
			_, entry.Multi = old.Rank(name)
		}
		entries = append(entries, entry)
	}
	return entries, dropped
}

func runDiff(args []string, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("diff wants an old and a new index")
	}
	old, err := openIndex(ecosystem.Unknown, args[0])
	if err != nil {
		return err
	}
	fresh, err := openIndex(ecosystem.Unknown, args[1])
	if err != nil {
		return err
	}
	diff(out, old, fresh)
	return nil
}

// diff prints what changed: names that came and went, and the new top 100.
func diff(out io.Writer, old, fresh *names.Index) {
	type change struct {
		rank int
		name string
	}
	missing := func(a, b *names.Index) []change {
		var list []change
		for name, rank := range a.Each {
			if _, ok := b.Rank(name); !ok {
				list = append(list, change{rank, name})
			}
		}
		slices.SortFunc(list, func(a, b change) int { return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.name, b.name)) })
		return list
	}
	added, gone := missing(fresh, old), missing(old, fresh)
	fmt.Fprintf(out, "%s → %s: %d names, %d added, %d dropped\n", old.Date().Format(time.DateOnly), fresh.Date().Format(time.DateOnly), fresh.Len(), len(added), len(gone))
	for _, c := range added {
		if c.rank > 0 && c.rank <= 100 {
			fmt.Fprintf(out, "  top 100: %s (rank %d) is new\n", c.name, c.rank)
		}
	}
	for name, rank := range fresh.Each {
		if was, ok := old.Rank(name); ok && rank > 0 && rank <= 100 && (was == 0 || was > 100) {
			fmt.Fprintf(out, "  top 100: %s rose from %d to %d\n", name, was, rank)
		}
	}
	for _, c := range added {
		fmt.Fprintf(out, "  + %s %d\n", c.name, c.rank)
	}
	for _, c := range gone {
		fmt.Fprintf(out, "  - %s %d\n", c.name, c.rank)
	}
}

func runTable(args []string, log io.Writer) error {
	fs := flag.NewFlagSet("mknames table", flag.ContinueOnError)
	fs.SetOutput(log)
	in := fs.String("in", "", "table")
	out := fs.String("out", "", "file to write")
	header := fs.Bool("header", false, "the first line names the columns, and is left out")
	if err := fs.Parse(args); err != nil {
		return err
	}
	data, err := os.ReadFile(*in)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, []byte(table(string(data), *header)), 0o644)
}

// table sorts the lines of a table by their first column.
func table(text string, header bool) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if header && len(lines) > 0 {
		lines = lines[1:]
	}
	first := func(l string) string { f, _, _ := strings.Cut(l, "\t"); return f }
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(first(a), first(b)) })
	return strings.Join(lines, "\n") + "\n"
}
