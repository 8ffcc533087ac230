// Package packs installs, shows and removes existence packs: filters over every
// name that a registry had on one day. What goes in is a folder or a URL with
// index.json and packs; what comes out are verified files in the user's cache
// folder. A pack is put in place whole, or not at all; nothing is sent but the
// requests for these files.
package packs

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

	"figment/app"
	"figment/ecosystem"
	"figment/internal/term"
	"figment/names"
)

// oldNames is how old lists may grow before it is said. After it many names
// have been registered that a list does not have.
const oldNames = 180 * 24 * time.Hour

// keyFile is the key, in the folder of the packs, that later updates want a
// signature of.
const keyFile = "key.pem"

// state is what figment index status -f json writes.
type state struct {
	SchemaVersion string      `json:"schema_version"`
	Embedded      []listState `json:"embedded"`
	Dir           string      `json:"dir"`
	Packs         []packState `json:"packs"`
	Problems      []problem   `json:"problems"`
}

type listState struct {
	Ecosystem string `json:"ecosystem"`
	Snapshot  string `json:"snapshot"`
	AgeDays   int    `json:"age_days"`
	Old       bool   `json:"old"`
	Names     int    `json:"names"`
	Bytes     int    `json:"bytes"`
	Source    string `json:"source"`
}

type packState struct {
	listState
	Complete bool `json:"complete"`
}

type problem struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// readState looks at the embedded lists and verifies the installed packs.
func readState(dir string, ecos []ecosystem.Ecosystem, now time.Time) state {
	st := state{SchemaVersion: "1", Embedded: []listState{}, Dir: dir, Packs: []packState{}, Problems: []problem{}}
	list := func(e ecosystem.Ecosystem, day time.Time, n, size int, source string) listState {
		age := now.Sub(day)
		return listState{string(e), day.UTC().Format(time.DateOnly), max(0, int(age/(24*time.Hour))), age > oldNames, n, size, source}
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
			st.Problems = append(st.Problems, problem{filepath.Join(dir, names.PackFile(e)), app.Cause(err)})
		default:
			st.Packs = append(st.Packs, packState{list(e, p.Date(), p.Len(), p.Size(), p.Source()), p.Complete()})
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

// Status writes what lists of names there are, as text or JSON. No ecosystems
// means all.
func Status(a *app.Call, format, dir string, ecos []ecosystem.Ecosystem) error {
	st := readState(dir, ecos, time.Now())
	if format == "json" {
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		return app.Written(enc.Encode(st))
	}
	var b strings.Builder
	row := func(l listState, what string) {
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
		row(p.listState, wholeWord(p.Complete))
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

// Clear removes packs, and with all of them the key and what interrupted
// updates have left. Other files in the folder are not touched.
func Clear(a *app.Call, dir string, ecos []ecosystem.Ecosystem) error {
	var files []string
	if len(ecos) == 0 {
		ecos = ecosystem.All()
		left, _ := filepath.Glob(filepath.Join(globless(dir), ".tmp-*")) // the pattern is right
		for _, f := range left {
			files = append(files, filepath.Base(f))
		}
		files = append(files, keyFile)
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
		case f == keyFile:
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
func sortPacks(list []OfferedPack) {
	all := ecosystem.All()
	slices.SortStableFunc(list, func(a, b OfferedPack) int {
		return cmp.Compare(slices.Index(all, ecosystem.Ecosystem(a.Ecosystem)), slices.Index(all, ecosystem.Ecosystem(b.Ecosystem)))
	})
}
