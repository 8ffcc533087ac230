package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/term"
	"figment/names"
)

// oldNames is how old lists may grow before it is said. After it many names
// have been registered that a list does not have.
const oldNames = 180 * 24 * time.Hour

// packKeyFile is the key, in the folder of the packs, that later updates want
// a signature of.
const packKeyFile = "key.pem"

func indexCommand(a *cli) *cobra.Command {
	actions := []string{"status", "update", "clear"}
	cmd := &cobra.Command{
		Use:   "index [status|update|clear] [ECO…]",
		Short: "Show, install or remove lists of the names that registries have",
		Long: `figment holds lists of popular names. An existence pack is a filter over every
name that a registry had on one day: with it figment can say offline that a name
existed, or that it did not exist that day.

  status   what is there, and how old it is
  update   installs the packs that --from offers: a folder or URL with index.json
  clear    removes the packs of these ecosystems; without any, all packs and
           the key of their maker`,
		Example: `  figment index
  figment index update --from ./packs pypi npm
  figment index update --from https://packs.example/ --key maker.pem`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			action, args, err := actionOf("index", actions, "status", args)
			if err != nil {
				return err
			}
			return a.index(cmd, action, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return actions, cobra.ShellCompDirectiveNoFileComp
			}
			var ecos []string
			for _, e := range ecosystem.All() {
				ecos = append(ecos, string(e))
			}
			return ecos, cobra.ShellCompDirectiveNoFileComp
		},
	}
	addFlags(cmd, "index")
	return cmd
}

// index does what the first word of the command says to the packs of some
// ecosystems; of all, if none is named.
func (a *cli) index(cmd *cobra.Command, action string, words []string) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("index", given(cmd))
	if err != nil {
		return err
	}
	var ecos []ecosystem.Ecosystem
	for _, w := range words {
		e, ok := ecosystem.Lookup(w)
		if !ok {
			return app.Usage(fmt.Sprintf("%q is not an ecosystem figment knows", w), "known: "+app.Ecosystems())
		}
		if !slices.Contains(ecos, e) {
			ecos = append(ecos, e)
		}
	}
	for _, name := range []string{"from", "key", "unsigned"} {
		if action != "update" && cmd.Flags().Changed(name) {
			return app.Usage(fmt.Sprintf("--%s belongs to figment index update", name), "")
		}
	}
	base, err := cache.Dir(a.Env)
	if err != nil {
		return app.Failure("there is no folder for packs: "+app.Cause(err), "set FIGMENT_CACHE_DIR")
	}
	dir := names.PackDir(base)
	switch action {
	case "update":
		return a.indexUpdate(cmd.Context(), v, dir, ecos)
	case "clear":
		return a.indexClear(dir, ecos)
	}
	return a.indexStatus(v.Text("format"), dir, ecos)
}

// indexState is what figment index status -f json writes.
type indexState struct {
	SchemaVersion string         `json:"schema_version"`
	Embedded      []indexList    `json:"embedded"`
	Dir           string         `json:"dir"`
	Packs         []indexPack    `json:"packs"`
	Problems      []indexProblem `json:"problems"`
}

type indexList struct {
	Ecosystem string `json:"ecosystem"`
	Snapshot  string `json:"snapshot"`
	AgeDays   int    `json:"age_days"`
	Old       bool   `json:"old"`
	Names     int    `json:"names"`
	Bytes     int    `json:"bytes"`
	Source    string `json:"source"`
}

type indexPack struct {
	indexList
	Complete bool `json:"complete"`
}

type indexProblem struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// readIndexState looks at the embedded lists and verifies the installed packs.
func readIndexState(dir string, ecos []ecosystem.Ecosystem, now time.Time) indexState {
	st := indexState{SchemaVersion: "1", Embedded: []indexList{}, Dir: dir, Packs: []indexPack{}, Problems: []indexProblem{}}
	list := func(e ecosystem.Ecosystem, day time.Time, n, size int, source string) indexList {
		age := now.Sub(day)
		return indexList{string(e), day.UTC().Format(time.DateOnly), max(0, int(age/(24*time.Hour))), age > oldNames, n, size, source}
	}
	for _, e := range ecosystem.All() {
		if len(ecos) > 0 && !slices.Contains(ecos, e) {
			continue
		}
		if idx, err := names.Open(e); err == nil { // the error says that there is none
			st.Embedded = append(st.Embedded, list(e, idx.Date(), idx.Len(), idx.Size(), idx.Source()))
		}
		p, err := installedPack(dir, e)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			st.Problems = append(st.Problems, indexProblem{filepath.Join(dir, names.PackFile(e)), app.Cause(err)})
		default:
			st.Packs = append(st.Packs, indexPack{list(e, p.Date(), p.Len(), p.Size(), p.Source()), p.Complete()})
		}
	}
	return st
}

// installedPack opens and verifies the pack of an ecosystem.
func installedPack(dir string, e ecosystem.Ecosystem) (*names.Pack, error) {
	p, err := names.OpenPack(filepath.Join(dir, names.PackFile(e)))
	if err != nil {
		return nil, err
	}
	if err := p.Verify(); err != nil {
		return nil, err
	}
	if p.Ecosystem() != e {
		return nil, fmt.Errorf("the pack is of %s", p.Ecosystem())
	}
	return p, nil
}

func (a *cli) indexStatus(format, dir string, ecos []ecosystem.Ecosystem) error {
	st := readIndexState(dir, ecos, time.Now())
	if format == "json" {
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		return app.Written(enc.Encode(st))
	}
	var b strings.Builder
	row := func(l indexList, what string) {
		fmt.Fprintf(&b, "  %-9s %12s names  %s  %9s", l.Ecosystem, thousands(l.Names), l.Snapshot, bytesWords(l.Bytes))
		if what != "" {
			b.WriteString("  " + what)
		}
		if l.Old {
			fmt.Fprintf(&b, "  old: %d days", l.AgeDays)
		}
		b.WriteByte('\n')
	}
	b.WriteString("Popular names, part of this program\n")
	for _, l := range st.Embedded {
		row(l, "")
	}
	if len(st.Embedded) == 0 {
		b.WriteString("  none\n")
	}
	fmt.Fprintf(&b, "\nExistence packs in %s\n", term.Safe(dir))
	old := false
	for _, p := range st.Packs {
		row(p.indexList, wholeWord(p.Complete))
		old = old || p.Old
	}
	if len(st.Packs) == 0 {
		b.WriteString("  none installed\n")
	}
	if old {
		b.WriteString("\nAn old pack still says what existed that day. Of what was registered since it\nknows nothing: figment index update installs newer ones.\n")
	}
	if _, err := fmt.Fprint(a.Out, b.String()); err != nil {
		return app.Written(err)
	}
	for _, p := range st.Problems {
		a.Say("warning: %s cannot be used and says nothing: %s", p.Path, p.Text)
	}
	return nil
}

// indexClear removes packs, and with all of them the key and what interrupted
// updates have left. Other files in the folder are not touched.
func (a *cli) indexClear(dir string, ecos []ecosystem.Ecosystem) error {
	var files []string
	if len(ecos) == 0 {
		ecos = ecosystem.All()
		left, _ := filepath.Glob(filepath.Join(globless(dir), ".tmp-*")) // the pattern is right
		for _, f := range left {
			files = append(files, filepath.Base(f))
		}
		files = append(files, packKeyFile)
	}
	for _, e := range ecos {
		files = append(files, names.PackFile(e))
	}
	n := 0
	for _, f := range files {
		err := os.Remove(filepath.Join(dir, f))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return app.Failure(fmt.Sprintf("%s cannot be removed: %s", filepath.Join(dir, f), app.Cause(err)), "")
		case f == packKeyFile:
			fmt.Fprintln(a.Out, "removed the key")
		case strings.HasSuffix(f, ".fuse16"):
			fmt.Fprintf(a.Out, "removed the pack of %s\n", strings.TrimSuffix(f, ".fuse16"))
		}
		n++
	}
	if n == 0 {
		fmt.Fprintln(a.Out, "nothing to remove")
	}
	return nil
}

// globless writes a folder so that filepath.Glob takes it as it is.
func globless(dir string) string {
	if os.PathSeparator == '\\' {
		return dir // Windows has no escape, and no * or ? in names
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

func wholeWord(complete bool) string {
	if complete {
		return "complete"
	}
	return "partial"
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func bytesWords(n int) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// sortPacks puts packs into the order of the table of ecosystems.
func sortPacks(list []offeredPack) {
	all := ecosystem.All()
	slices.SortStableFunc(list, func(a, b offeredPack) int {
		return cmp.Compare(slices.Index(all, ecosystem.Ecosystem(a.Ecosystem)), slices.Index(all, ecosystem.Ecosystem(b.Ecosystem)))
	})
}
