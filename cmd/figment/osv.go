package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/term"
	"figment/osv"
	"figment/scanner/policy"
)

func osvCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "osv",
		Short: "Keep a local copy of OSV's advisories, for checks without a network",
		Long: `Keep a local copy of OSV's advisories, for checks without a network.

The indexes lie in the cache folder, one for each ecosystem. Where there is
none, an archive that osv-scanner has downloaded serves.`,
		Example: `  figment osv update npm pypi
  figment osv update npm --from all.zip
  figment osv status`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return app.Usage("figment osv wants a command", "one of: status, update, clear")
			}
			hint := "one of: status, update, clear"
			if near := policy.Nearest(args[0], []string{"status", "update", "clear"}); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return app.Usage(fmt.Sprintf("figment osv has no command %q", args[0]), hint)
		},
	}
	addFlags(cmd, "osv")
	var format, from string
	var full bool
	status := &cobra.Command{
		Use:   "status [ECO…]",
		Short: "Say what advisories there are on this machine, and of when",
		Long: `Say what advisories there are on this machine, and of when. Each index is read
to its end and compared with its checksum; one that cannot be used makes the
exit status 3.

  -f, --format FORMAT            text or json (default text)`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.osvStatus(cmd, args, format) },
	}
	update := &cobra.Command{
		Use:   "update [ECO…]",
		Short: "Bring the advisories on this machine up to date",
		Long: `Bring the advisories on this machine up to date: those of the ecosystems named,
or of all that are here already. Only what changed is read where that will do.

      --from FILE.zip|DIR|URL    an archive of OSV, or a tree of them; the
                                 default is OSV's own, FIGMENT_OSV_DATA_URL
                                 another one
      --full                     read everything anew`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.osvUpdate(cmd, args, from, full) },
	}
	remove := &cobra.Command{
		Use:   "clear [ECO…]",
		Short: "Remove the advisories from this machine",
		Long: `Remove the advisories from this machine: those of the ecosystems named, or all.
What osv-scanner has downloaded stays.`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.osvClear(cmd, args) },
	}
	status.Flags().StringVarP(&format, "format", "f", "text", "how to write the result: text or json")
	update.Flags().StringVar(&from, "from", "", "where the data comes from")
	update.Flags().BoolVar(&full, "full", false, "read everything anew")
	for _, c := range []*cobra.Command{status, update, remove} {
		c.Args = cobra.ArbitraryArgs
		c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
			return app.Usage(err.Error(), "see figment help osv "+c.Name())
		})
		c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, e := range osv.Ecosystems() {
				out = append(out, string(e))
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		}
		addFlags(c, "osv "+c.Name())
		cmd.AddCommand(c)
	}
	return cmd
}

// osvEnter finds the folder of the indexes and reads the ecosystems named.
func (a *cli) osvEnter(cmd *cobra.Command, args []string) (dir string, named []ecosystem.Ecosystem, err error) {
	if err := a.enter(cmd); err != nil {
		return "", nil, err
	}
	dir, err = cache.Dir(a.Env)
	if err != nil {
		return "", nil, app.Failure("there is no cache folder: "+app.Cause(err), "FIGMENT_CACHE_DIR names one")
	}
	for _, word := range args {
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
			return "", nil, app.Usage(text, "known: "+strings.Join(known, ", "))
		}
		if !slices.Contains(named, e) {
			named = append(named, e)
		}
	}
	return osv.Dir(dir), named, nil
}

// osvIndex is an index in JSON.
type osvIndex struct {
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

func (a *cli) osvStatus(cmd *cobra.Command, args []string, format string) error {
	dir, named, err := a.osvEnter(cmd, args)
	if err != nil {
		return err
	}
	if format != "text" && format != "json" {
		return app.Usage(fmt.Sprintf("--format cannot be %q", format), "one of: text, json")
	}
	only := len(named) > 0
	if !only {
		named = osv.Ecosystems()
	}
	l := osv.NewLocal(osv.LocalOptions{Dir: dir, Scanner: osv.ScannerDir(a.Env)})
	defer l.Close() // nothing was written
	now := time.Now()
	list := []osvIndex{}
	unusable := false
	for _, e := range named {
		s := l.Status(cmd.Context(), e, true)
		if cmd.Context().Err() != nil {
			return app.Failure("interrupted", "")
		}
		x := osvIndex{
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
	if format == "json" {
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		err = app.Written(enc.Encode(map[string]any{"schema_version": "1", "directory": dir, "indexes": list}))
	} else {
		err = app.Written(a.osvStatusText(list, only, now))
	}
	if err == nil && unusable {
		return &app.ExitError{Code: app.ExitIncomplete}
	}
	return err
}

func (a *cli) osvStatusText(list []osvIndex, only bool, now time.Time) error {
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
	_, err := fmt.Fprint(a.Out, b.String())
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

func (a *cli) osvUpdate(cmd *cobra.Command, args []string, from string, full bool) error {
	dir, named, err := a.osvEnter(cmd, args)
	if err != nil {
		return err
	}
	archive := ""
	base, name := a.Env("FIGMENT_OSV_DATA_URL"), "FIGMENT_OSV_DATA_URL"
	if cmd.Flags().Changed("from") {
		base, name = from, "--from"
		if strings.TrimSpace(from) == "" {
			return app.Usage("--from names nothing", "an archive, a folder or an address")
		}
		if !strings.Contains(from, "://") {
			info, err := os.Stat(from)
			if err != nil {
				return app.Usage(fmt.Sprintf("--from %s: %s", from, app.Cause(err)), "")
			}
			if !info.IsDir() {
				archive = from
			}
		}
	}
	update := func(ctx context.Context, e ecosystem.Ecosystem) (osv.Update, error) {
		h, err := osv.Import(ctx, dir, e, archive)
		return osv.Update{Header: h, Full: true}, err
	}
	if archive == "" {
		bulk, err := osv.NewBulk(osv.BulkOptions{Base: base, Dir: dir, Full: full, UserAgent: "figment/" + version})
		if err != nil {
			return app.Usage(name+": "+err.Error(), "")
		}
		update = bulk.Update
	}
	if len(named) == 0 {
		if named, err = a.osvPresent(cmd.Context(), dir, archive); err != nil {
			return err
		}
	}
	if archive != "" && len(named) != 1 {
		return app.Usage("one archive holds one ecosystem", "name one: figment osv update npm --from all.zip")
	}
	failed := false
	for _, e := range named {
		if term.IsTerminal(a.Err) {
			a.Say("%s: reading advisories", e)
		}
		u, err := update(cmd.Context(), e)
		if cmd.Context().Err() != nil {
			return app.Failure("interrupted", "")
		}
		if err != nil {
			failed = true
			a.Say("error: %s: %s", e, app.Cause(err))
			continue
		}
		if err := app.Written(a.osvUpdated(e, u)); err != nil {
			return err
		}
	}
	if failed {
		return &app.ExitError{Code: app.ExitIncomplete}
	}
	return nil
}

// osvPresent is what to update when nothing is named.
func (a *cli) osvPresent(ctx context.Context, dir, archive string) ([]ecosystem.Ecosystem, error) {
	if archive != "" { // as OSV lays it out, npm/all.zip
		if abs, err := filepath.Abs(archive); err == nil {
			if e := ecosystem.FromOSV(filepath.Base(filepath.Dir(abs))); e != ecosystem.Unknown {
				return []ecosystem.Ecosystem{e}, nil
			}
		}
		return nil, nil
	}
	var out []ecosystem.Ecosystem
	l := osv.NewLocal(osv.LocalOptions{Dir: dir})
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

func (a *cli) osvUpdated(e ecosystem.Ecosystem, u osv.Update) error {
	var b strings.Builder
	how := "all read"
	if !u.Full {
		how = fmt.Sprintf("%d changed", u.Changed)
	}
	fmt.Fprintf(&b, "%-9s %s, %d advisories about %d packages, %d of malware (%s)\n", e, u.Header.Date.Format(time.DateOnly), u.Header.Records, u.Header.Names, u.Header.Malicious, how)
	if u.Header.Unreadable > 0 {
		fmt.Fprintf(&b, "%10sproblem: could not be read: %d; `figment osv status %s` names them\n", "", u.Header.Unreadable, e)
	}
	_, err := fmt.Fprint(a.Out, b.String())
	return err
}

func (a *cli) osvClear(cmd *cobra.Command, args []string) error {
	dir, named, err := a.osvEnter(cmd, args)
	if err != nil {
		return err
	}
	if len(named) == 0 {
		named = osv.Ecosystems()
	}
	n, err := osv.Clear(dir, named)
	if err != nil {
		return app.Failure("an index cannot be removed: "+app.Cause(err), "")
	}
	_, err = fmt.Fprintf(a.Out, "removed: %d\n", n)
	return app.Written(err)
}
