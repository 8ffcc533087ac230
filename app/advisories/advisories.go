// Package advisories keeps the local copy of OSV's advisories: it shows, updates
// and removes the indexes in the user's cache folder. What goes in is OSV's
// published data, an archive or a folder; what comes out are indexes that checks
// read without a network.
package advisories

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/term"
	"figment/osv"
)

// A Copy is the local copy of advisories, an index for each ecosystem, and the
// ecosystems that a call is about.
type Copy struct {
	*app.Call
	dir   string // of the indexes
	named []ecosystem.Ecosystem
}

// Open finds the folder of the indexes and reads the words that name ecosystems;
// none means all, or all that are there. The error is of usage where a word is
// no ecosystem that OSV has.
func Open(call *app.Call, words []string) (*Copy, error) {
	base, err := cache.Dir(call.Env)
	if err != nil {
		return nil, app.Failure("there is no cache folder: "+app.Cause(err), "FIGMENT_CACHE_DIR names one")
	}
	var named []ecosystem.Ecosystem
	for _, word := range words {
		e, ok := ecosystem.Lookup(word)
		if !ok {
			e = ecosystem.FromOSV(word)
		}
		if e.OSV() == "" {
			var known []string
			for _, e := range osv.Ecosystems() {
				known = append(known, string(e))
			}
			text := fmt.Sprintf("%q is not an ecosystem figment knows", word)
			if ok {
				text = "OSV has no advisories for " + e.Title()
			}
			return nil, app.Usage(text, "known: "+strings.Join(known, ", "))
		}
		if !slices.Contains(named, e) {
			named = append(named, e)
		}
	}
	return &Copy{call, osv.Dir(base), named}, nil
}

// index is an index in JSON.
type index struct {
	Ecosystem  ecosystem.Ecosystem `json:"ecosystem"`
	Present    bool                `json:"present"`
	Date       *time.Time          `json:"date"` // null: unknown
	Stale      bool                `json:"stale"`
	Origin     string              `json:"origin,omitempty"`
	Records    int                 `json:"records"`
	Malicious  int                 `json:"malicious"`
	Withdrawn  int                 `json:"withdrawn"`
	Packages   int                 `json:"packages"`
	Unreadable int                 `json:"unreadable"`
	Named      []osv.Unreadable    `json:"unreadable_records"` // at most a thousand
	Bytes      int64               `json:"bytes"`
	File       string              `json:"file"`
	Trouble    string              `json:"trouble,omitempty"`
}

// Status writes what is there, as text or JSON. Each index is read to its end;
// where one cannot be used the error has ExitIncomplete.
func (c *Copy) Status(ctx context.Context, format string) error {
	if format != "text" && format != "json" {
		return app.Usage(fmt.Sprintf("--format cannot be %q", format), "one of: text, json")
	}
	named, only := c.named, len(c.named) > 0
	if !only {
		named = osv.Ecosystems()
	}
	l := osv.NewLocal(osv.LocalOptions{Dir: c.dir, Scanner: osv.ScannerDir(c.Env)})
	defer l.Close() // nothing was written
	now := time.Now()
	list := []index{}
	unusable := false
	for _, e := range named {
		s := l.Status(ctx, e, true)
		if ctx.Err() != nil {
			return app.Failure("interrupted", "")
		}
		x := index{
			Ecosystem: e, Present: s.Present, Stale: s.Age(now) > osv.MaxAge, Origin: s.Header.Origin, Records: s.Header.Records, Malicious: s.Header.Malicious,
			Withdrawn: s.Header.Withdrawn, Packages: s.Header.Names, Unreadable: s.Header.Unreadable, Named: s.Unreadable, Bytes: s.Bytes, File: s.File, Trouble: s.Trouble,
		}
		if !s.Header.Date.IsZero() {
			x.Date = &s.Header.Date
		}
		if x.Named == nil {
			x.Named = []osv.Unreadable{}
		}
		unusable = unusable || s.Trouble != ""
		list = append(list, x)
	}
	var err error
	if format == "json" {
		enc := json.NewEncoder(c.Out)
		enc.SetIndent("", "  ")
		err = app.Written(enc.Encode(map[string]any{"schema_version": "1", "directory": c.dir, "indexes": list}))
	} else {
		err = app.Written(c.statusText(list, only, now))
	}
	if err == nil && unusable {
		return &app.ExitError{Code: app.ExitIncomplete}
	}
	return err
}

func (c *Copy) statusText(list []index, only bool, now time.Time) error {
	var b strings.Builder
	shown := 0
	for _, x := range list {
		if !x.Present && !only {
			continue
		}
		shown++
		fmt.Fprintf(&b, "%-9s ", x.Ecosystem)
		again := "figment osv update " + string(x.Ecosystem)
		switch {
		case !x.Present:
			fmt.Fprintf(&b, "none; `%s` gets it\n", again)
			continue
		case x.Date == nil:
			fmt.Fprintf(&b, "unusable: %s; `%s` makes it anew\n", x.Trouble, again)
			continue
		}
		from := ""
		if x.Origin == "osv-scanner" {
			from = ", of osv-scanner"
		}
		fmt.Fprintf(&b, "%s, %d advisories about %d packages, %d of malware, %d withdrawn, %s%s\n",
			x.Date.Format(time.DateOnly), x.Records, x.Packages, x.Malicious, x.Withdrawn, megabytes(x.Bytes), from)
		if x.Trouble != "" {
			fmt.Fprintf(&b, "%10sproblem: %s; `%s --full` makes it anew\n", "", x.Trouble, again)
		}
		if x.Stale {
			fmt.Fprintf(&b, "%10sproblem: the data is %d days old; `%s` brings it up to date\n", "", int(now.Sub(*x.Date).Hours()/24), again)
		}
		unreadLines(&b, x.Unreadable, x.Named)
	}
	if shown == 0 {
		b.WriteString("there are no advisories on this machine; `figment osv update npm pypi golang` gets some\n")
	}
	_, err := fmt.Fprint(c.Out, b.String())
	return err
}

// unreadLines names records that could not be read.
func unreadLines(b *strings.Builder, n int, named []osv.Unreadable) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "%10sproblem: could not be read: %d\n", "", n)
	for i, u := range named {
		if i == 10 {
			break
		}
		fmt.Fprintf(b, "%12s%s %s\n", "", term.Safe(u.Name), term.Safe(u.Why))
	}
	if n > 10 {
		fmt.Fprintf(b, "%12s… and %d more\n", "", n-10)
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// UpdateOptions say where advisories come from. The zero value is OSV's own data,
// or what FIGMENT_OSV_DATA_URL names.
type UpdateOptions struct {
	From  string // an archive, a folder or an address
	Given bool   // From counts, also when it is empty
	Full  bool   // read everything anew
}

// Update brings the indexes up to date, writes what they have, and says which
// could not be; the error then has ExitIncomplete.
func (c *Copy) Update(ctx context.Context, o UpdateOptions) error {
	archive := ""
	base, name := c.Env("FIGMENT_OSV_DATA_URL"), "FIGMENT_OSV_DATA_URL"
	if o.Given {
		base, name = o.From, "--from"
		if strings.TrimSpace(o.From) == "" {
			return app.Usage("--from names nothing", "an archive, a folder or an address")
		}
		if !strings.Contains(o.From, "://") {
			info, err := os.Stat(o.From)
			if err != nil {
				return app.Usage(fmt.Sprintf("--from %s: %s", o.From, app.Cause(err)), "")
			}
			if !info.IsDir() {
				archive = o.From
			}
		}
	}
	update := func(ctx context.Context, e ecosystem.Ecosystem) (osv.Update, error) {
		h, err := osv.Import(ctx, c.dir, e, archive)
		return osv.Update{Header: h, Full: true}, err
	}
	if archive == "" {
		bulk, err := osv.NewBulk(osv.BulkOptions{Base: base, Dir: c.dir, Full: o.Full, UserAgent: c.Agent()})
		if err != nil {
			return app.Usage(name+": "+err.Error(), "")
		}
		update = bulk.Update
	}
	named := c.named
	if len(named) == 0 {
		var err error
		if named, err = c.present(ctx, archive); err != nil {
			return err
		}
	}
	if archive != "" && len(named) != 1 {
		return app.Usage("one archive holds one ecosystem", "name one: figment osv update npm --from all.zip")
	}
	failed := false
	for _, e := range named {
		if term.IsTerminal(c.Err) {
			c.Say("%s: reading advisories", e)
		}
		u, err := update(ctx, e)
		if ctx.Err() != nil {
			return app.Failure("interrupted", "")
		}
		if err != nil {
			failed = true
			c.Say("error: %s: %s", e, app.Cause(err))
			continue
		}
		if err := app.Written(c.updated(e, u)); err != nil {
			return err
		}
	}
	if failed {
		return &app.ExitError{Code: app.ExitIncomplete}
	}
	return nil
}

// present is what to update when nothing is named.
func (c *Copy) present(ctx context.Context, archive string) ([]ecosystem.Ecosystem, error) {
	if archive != "" { // as OSV lays it out, npm/all.zip
		if abs, err := filepath.Abs(archive); err == nil {
			if e := ecosystem.FromOSV(filepath.Base(filepath.Dir(abs))); e != ecosystem.Unknown {
				return []ecosystem.Ecosystem{e}, nil
			}
		}
		return nil, nil
	}
	var out []ecosystem.Ecosystem
	l := osv.NewLocal(osv.LocalOptions{Dir: c.dir})
	defer l.Close() // nothing was written
	for _, e := range osv.Ecosystems() {
		if l.Status(ctx, e, false).Present {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return nil, app.Usage("there is nothing to bring up to date", "name ecosystems: figment osv update npm pypi golang")
	}
	return out, nil
}

func (c *Copy) updated(e ecosystem.Ecosystem, u osv.Update) error {
	var b strings.Builder
	how := "all read"
	if !u.Full {
		how = fmt.Sprintf("%d changed", u.Changed)
	}
	fmt.Fprintf(&b, "%-9s %s, %d advisories about %d packages, %d of malware (%s)\n", e, u.Header.Date.Format(time.DateOnly), u.Header.Records, u.Header.Names, u.Header.Malicious, how)
	if u.Header.Unreadable > 0 {
		fmt.Fprintf(&b, "%10sproblem: could not be read: %d; `figment osv status %s` names them\n", "", u.Header.Unreadable, e)
	}
	_, err := fmt.Fprint(c.Out, b.String())
	return err
}

// Clear removes the indexes, and writes how many there were.
func (c *Copy) Clear() error {
	named := c.named
	if len(named) == 0 {
		named = osv.Ecosystems()
	}
	n, err := osv.Clear(c.dir, named)
	if err != nil {
		return app.Failure("an index cannot be removed: "+app.Cause(err), "")
	}
	_, err = fmt.Fprintf(c.Out, "removed: %d\n", n)
	return app.Written(err)
}
