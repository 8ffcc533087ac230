package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"figment/app"
	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/fix"
	"figment/scanner/policy"
	"figment/scanner/source"
)

func baselineCommand(a *cli) *cobra.Command {
	actions := []string{"create", "prune", "show"}
	cmd := &cobra.Command{
		Use:   "baseline create|prune|show [PATH…]",
		Short: "Accept what is there already, and report only what is new",
		Long: `Keep the findings of today in .figment-baseline.json, so that only new ones are
reported. The file is also a ledger: it holds when a name was proven not to
exist, and a name in it that exists later was registered by somebody else.

create writes the file, prune drops what no longer occurs, show prints it. Where
there is a baseline, create accepts what is new only with --overwrite. Only a
person accepts: create refuses to run under a coding assistant.`,
		Example: `  figment baseline create
  figment baseline prune
  figment baseline show`,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: actions,
		RunE: func(cmd *cobra.Command, args []string) error {
			action, args, err := actionOf("baseline", actions, "show", args)
			if err != nil {
				return err
			}
			return a.baseline(cmd, action, args)
		},
	}
	addFlags(cmd, "baseline")
	return cmd
}

func (a *cli) baseline(cmd *cobra.Command, action string, args []string) error {
	if slices.Contains(args, "-") {
		return app.Usage("standard input has no baseline", "name files or directories")
	}
	if name := assistant(os.Environ()); action == "create" && name != "" {
		return app.Usage("figment baseline create refuses to run under a coding assistant ("+name+" is set): a person accepts what is there", "run it yourself, in a terminal of your own")
	}
	s, err := a.open(cmd, "baseline", first(args))
	if err != nil {
		return err
	}
	file, data, err := s.baselineFile(args, action == "create")
	if err != nil {
		return err
	}
	if action != "create" && data == nil {
		return app.Usage("there is no baseline", "figment baseline create makes "+policy.BaselineName)
	}
	old := &policy.Baseline{File: s.Display(file)}
	if data != nil {
		if old, err = policy.ParseBaseline(s.Display(file), data); err != nil {
			return err
		}
	}
	if action == "show" {
		return app.Written(showBaseline(s, old))
	}

	src, err := s.source(args)
	if err != nil {
		return err
	}
	s.baseline, s.src = old, src
	place(old, filepath.Dir(file), rootOf(src, s.cli.Dir))
	if err := s.connect(); err != nil {
		return err
	}
	defer s.close()
	ctx, cancel := s.deadline(cmd.Context())
	defer cancel()
	rep, err := scanner.Scan(ctx, s.options(src))
	if err != nil {
		return s.sourceError(err)
	}
	if rep.Interrupted {
		return app.Failure("the scan was interrupted: the baseline was left as it is", "")
	}
	m := s.newMaker(old, rep, args)
	now := m.build(action == "create", s.values.On("include-malicious"), time.Now())
	if n := added(old, now); action == "create" && data != nil && n > 0 && !s.values.On("overwrite") {
		return app.Usage(fmt.Sprintf("%s is there already, and does not accept %s", s.Display(file), plural(n, "finding")),
			"figment scan shows what is new; figment baseline create --overwrite accepts it")
	}
	edit := fix.WriteBaseline(filepath.Dir(file), filepath.Base(file), data, now)
	if data == nil || string(edit.After) != string(data) {
		if _, err := fix.Apply(edit); err != nil {
			return app.Failure(err.Error(), "")
		}
	}
	s.Say("%s: %s", s.Display(file), baselineCount(now))
	if m.malicious > 0 {
		s.Say("malicious packages are not accepted: %d (--include-malicious)", m.malicious)
	}
	if why := cutShort(rep); why != "" {
		s.Say("nothing was dropped: %s", why)
	}
	if n := len(rep.Unverified); n > 0 {
		s.Say("names that could not be checked: %d; what the baseline held of them stays", n)
	}
	return nil
}

// added counts the findings that a new baseline accepts at a place where the old
// one does not.
func added(old, now *policy.Baseline) int {
	n := 0
	for i := range now.Entries {
		e := &now.Entries[i]
		if slices.ContainsFunc(e.Paths, func(p string) bool {
			return !slices.ContainsFunc(old.Entries, func(o policy.BaselineEntry) bool {
				return o.Rule == e.Rule && o.Package == e.Package && slices.Contains(o.Paths, p)
			})
		}) {
			n++
		}
	}
	return n
}

// plural is "1 file", "2 files".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// cutShort says why a report is no ground for dropping anything; empty if it is.
func cutShort(rep *scanner.Report) string {
	for _, p := range rep.Problems {
		if p.Fatal && p.Path == "" {
			return p.Text
		}
	}
	return ""
}

// A baselineMaker makes a baseline of an old one and a report.
type baselineMaker struct {
	old        *policy.Baseline
	rep        *scanner.Report
	scanned    []string        // paths below which everything was read, as the baseline writes them; "." for all
	unreadable map[string]bool // paths
	unverified map[string]bool // purls
	short      bool            // nothing may be dropped
	malicious  int
}

func (s *session) newMaker(old *policy.Baseline, rep *scanner.Report, args []string) *baselineMaker {
	m := &baselineMaker{old: old, rep: rep, short: cutShort(rep) != "", unreadable: map[string]bool{}, unverified: map[string]bool{}}
	if len(args) == 0 {
		args = []string{"."}
	}
	root := rootOf(s.src, s.cli.Dir)
	for _, arg := range args {
		abs, err := filepath.Abs(arg)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil {
			continue
		}
		if own, ok := old.Own(filepath.ToSlash(rel)); ok {
			m.scanned = append(m.scanned, own)
		} else if rel = filepath.ToSlash(rel); rel == "." || rel+"/" == old.Strip { // the baseline's folder lies in what was scanned
			m.scanned = append(m.scanned, ".")
		}
	}
	for _, p := range rep.Problems {
		if own, ok := old.Own(p.Path); ok && p.Fatal {
			m.unreadable[own] = true
		}
	}
	for i := range rep.Unverified {
		p := rep.Unverified[i].Package
		p.Version = ""
		m.unverified[p.PURL()] = true
	}
	return m
}

// build gives the new baseline. With create it takes every finding in; without,
// only what was in it and still occurs.
func (m *baselineMaker) build(create, malicious bool, now time.Time) *policy.Baseline {
	type key struct{ rule, purl string }
	found := map[key]*policy.BaselineEntry{}
	take := func(f *scanner.Finding) {
		if f.Rule.ID == "unused-ignore" {
			return
		}
		e := policy.BaselineEntry{ID: f.ID, Rule: f.Rule.ID, Package: policy.PackageOf(f.Rule, f.Package), Added: now.UTC(), AbsentAt: f.AbsentAt}
		for _, l := range f.Locations() {
			if own, ok := m.old.Own(l.Path); ok {
				e.Paths = append(e.Paths, own)
			}
		}
		k := key{e.Rule, e.Package}
		if have := found[k]; have != nil {
			have.Paths = append(have.Paths, e.Paths...)
			return
		}
		found[k] = &e
	}
	for i := range m.rep.Findings {
		take(&m.rep.Findings[i])
	}
	for i := range m.rep.Suppressed {
		if s := &m.rep.Suppressed[i]; s.By.Kind == "baseline" {
			take(&s.Finding)
		}
	}
	out := &policy.Baseline{File: m.old.File, Add: m.old.Add, Strip: m.old.Strip}
	for _, o := range m.old.Entries {
		f := found[key{o.Rule, o.Package}]
		e := o
		e.Paths = nil
		for _, p := range o.Paths {
			if f != nil && slices.Contains(f.Paths, p) || m.unsure(o.Package, p) {
				e.Paths = append(e.Paths, p)
			}
		}
		if len(e.Paths) > 0 || !e.AbsentAt.IsZero() {
			out.Entries = append(out.Entries, e)
		}
	}
	if !create {
		return out
	}
	for _, f := range found {
		if f.Rule == "malicious-package" && !malicious && !m.held(f) {
			m.malicious++
			continue
		}
		if len(f.Paths) > 0 {
			out.Entries = append(out.Entries, *f)
		}
	}
	return out
}

// held reports whether the old baseline had an entry.
func (m *baselineMaker) held(e *policy.BaselineEntry) bool {
	return slices.ContainsFunc(m.old.Entries, func(o policy.BaselineEntry) bool { return o.Rule == e.Rule && o.Package == e.Package })
}

// unsure reports whether a place was not looked at, or its name not checked.
func (m *baselineMaker) unsure(purl, path string) bool {
	if m.short || m.unreadable[path] || m.unverified[purl] {
		return true
	}
	return !slices.ContainsFunc(m.scanned, func(dir string) bool {
		return dir == "." || dir == path || strings.HasPrefix(path, dir+"/")
	})
}

func baselineCount(b *policy.Baseline) string {
	places, ledger := 0, 0
	for i := range b.Entries {
		places += len(b.Entries[i].Paths)
		if !b.Entries[i].AbsentAt.IsZero() {
			ledger++
		}
	}
	entries := plural(len(b.Entries), "entry")
	if len(b.Entries) != 1 {
		entries = fmt.Sprintf("%d entries", len(b.Entries))
	}
	return fmt.Sprintf("%s, accepted at %s, %d of them in the ledger of absent names", entries, plural(places, "place"), ledger)
}

func showBaseline(s *session, b *policy.Baseline) error {
	for i := range b.Entries {
		e := &b.Entries[i]
		line := e.Rule + " " + e.Package
		if e.AbsentAt.IsZero() {
			line += ", accepted on " + e.Added.Format(time.DateOnly)
		} else {
			line += ", did not exist on " + e.AbsentAt.Format(time.DateOnly)
		}
		if _, err := fmt.Fprintln(s.Out, term.Safe(line)); err != nil {
			return err
		}
		for _, p := range e.Paths {
			if _, err := fmt.Fprintln(s.Out, "  "+term.Safe(p)); err != nil {
				return err
			}
		}
	}
	s.Say("%s: %s", b.File, baselineCount(b))
	return nil
}

// baselineFile finds the baseline and reads it. data is nil where there is
// none; file is then where it would be, if it may be made.
func (s *session) baselineFile(args []string, create bool) (file string, data []byte, err error) {
	named := s.values.Text("baseline")
	switch {
	case named != "":
		if file, err = filepath.Abs(named); err != nil {
			return "", nil, app.Usage("--baseline: "+app.Cause(err), "")
		}
	default:
		if file = s.findUp(first(args), policy.BaselineName); file == "" {
			file = filepath.Join(repositoryRoot(s.cli.Dir), policy.BaselineName)
		}
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		if named != "" && !create {
			return "", nil, app.Usage("--baseline "+named+": there is no such file", "figment baseline create --baseline "+named)
		}
		return file, nil, nil
	case err != nil:
		return "", nil, app.Usage(s.Display(file)+": "+app.Cause(err), "")
	case !info.Mode().IsRegular():
		return "", nil, app.Usage(s.Display(file)+": is not a regular file", "")
	case info.Size() > policy.MaxBaseline:
		return "", nil, app.Usage(s.Display(file)+": is larger than 16 MiB", "")
	}
	if data, err = os.ReadFile(file); err != nil {
		return "", nil, app.Usage(s.Display(file)+": "+app.Cause(err), "")
	}
	if data == nil {
		data = []byte{}
	}
	return file, data, nil
}

// loadBaseline reads the baseline that a scan goes by.
func (s *session) loadBaseline(args []string, src source.Source) error {
	s.src = src
	if s.values.On("no-baseline") {
		return nil
	}
	file, data, err := s.baselineFile(args, false)
	if err != nil {
		return err
	}
	var b *policy.Baseline
	if data != nil {
		if b, err = policy.ParseBaseline(s.Display(file), data); err != nil {
			return err
		}
	}
	dir := filepath.Dir(file)
	if s.base != nil {
		if b, dir, err = s.holdBaseline(args, b, dir); err != nil {
			return err
		}
	}
	if b == nil {
		return nil
	}
	place(b, dir, rootOf(src, s.cli.Dir))
	s.baseline = b
	return nil
}

// rootOf is the directory that the paths of a source count from.
func rootOf(src source.Source, dir string) string {
	if r, ok := src.(interface{ Root() string }); ok {
		return r.Root()
	}
	return dir
}

// place makes a baseline in dir fit the paths of a scan of root.
func place(b *policy.Baseline, dir, root string) {
	dir, root = realPath(dir), realPath(root)
	if rel, err := filepath.Rel(dir, root); err == nil && filepath.IsLocal(rel) {
		if rel != "." {
			b.Add = filepath.ToSlash(rel) + "/"
		}
		return
	}
	b.Strip = "/" // it speaks of another place: no path of a scan begins so
	if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
		b.Strip = filepath.ToSlash(rel) + "/"
	}
}

func realPath(dir string) string {
	if p, err := filepath.EvalSymlinks(dir); err == nil {
		return p
	}
	return dir
}
