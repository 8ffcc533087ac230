package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"figment/scanner"
	"figment/scanner/fix"
	"figment/scanner/policy"
	"figment/scanner/verdict"
)

// A Scope says how much an ignore accepts.
type Scope uint8

// The scopes of an ignore.
const (
	ScopePackage Scope = iota // the finding's rule, for its package
	ScopePath                 // the rule, for its package in the file of the finding only
	ScopeName                 // the name is right: every rule about names
)

// A Diff is an edit as it is shown. Its strings may be foreign.
type Diff struct {
	Hunks []Hunk
	Safe  bool     // mechanical and unique; the zero value is an edit that wants a look
	Notes []string // sentences: what is known of the new name, what became of the constraint
}

// A Hunk is one place of a Diff.
type Hunk struct {
	Path    string
	Line    int // of the first removed line, from 1; 0: a new file or its end
	Removed []string
	Added   []string
}

// A ChangeSet collects what a person decides about findings, replacements and
// acceptances, until it is applied or dropped. It keeps decisions, and plans
// their edits anew from the files each time they are shown or written.
type ChangeSet struct {
	target    func() Target
	accepted  func(e *policy.Entry, file string)
	decisions []decision
}

// A Target is what the edits of a ChangeSet are planned against.
type Target struct {
	Options    scanner.Options // of the present scan, with its source
	ConfigFile string          // where the configuration file is or would be; empty: none is read
}

// NewChangeSet makes an empty change set. target is asked each time edits are
// planned. accepted is called for every entry that was written; it may be nil.
func NewChangeSet(target func() Target, accepted func(e *policy.Entry, file string)) *ChangeSet {
	return &ChangeSet{target: target, accepted: accepted}
}

// A decision is a replacement or, with an entry, an acceptance.
type decision struct {
	edits []fix.Edit
	entry *policy.Entry
}

// replacementTime bounds the question whether a replacement is clean.
const replacementTime = 30 * time.Second

// plan makes the edits that put s in place of what f is about. The replacement
// has to be one that was asked about and is clean.
func (c *ChangeSet) plan(f *scanner.Finding, s *verdict.Suggestion) (edits []fix.Edit, notes []string, err error) {
	target := c.target()
	asked := *f
	asked.Suggestions = []verdict.Suggestion{*s}
	ctx, cancel := context.WithTimeout(context.Background(), replacementTime)
	defer cancel()
	offers, err := fix.Offers(ctx, target.Options, []*scanner.Finding{&asked})
	if err != nil {
		return nil, nil, err
	}
	if len(offers) != 1 || !offers[0].OK {
		why := "it is not offered as a replacement"
		if len(offers) == 1 && offers[0].Refused != "" {
			why = offers[0].Refused
		}
		return nil, nil, fmt.Errorf("%s: %s", s.Package.Name, why)
	}
	edits, refusals := fix.Planner{Source: target.Options.Source, Formats: target.Options.Formats, Adapters: target.Options.Adapters}.PlanAll(f, offers[0].Suggestion)
	if len(edits) == 0 {
		return nil, nil, errors.Join(append(refusals, errorsIfNone(refusals)...)...)
	}
	if s.Reason != "" {
		notes = append(notes, s.Package.Name+": "+s.Reason)
	}
	for _, r := range refusals {
		notes = append(notes, "not edited: "+r.Error())
	}
	return edits, notes, nil
}

func errorsIfNone(list []error) []error {
	if len(list) > 0 {
		return nil
	}
	return []error{errors.New("there is nothing to edit")}
}

// Preview shows what Fix would change.
func (c *ChangeSet) Preview(f *scanner.Finding, s *verdict.Suggestion) (Diff, error) {
	edits, notes, err := c.plan(f, s)
	if err != nil {
		return Diff{}, err
	}
	d := diffOf(edits)
	d.Notes = append(d.Notes, notes...)
	return d, nil
}

// Fix collects the edits that Preview showed.
func (c *ChangeSet) Fix(f *scanner.Finding, s *verdict.Suggestion) error {
	edits, _, err := c.plan(f, s)
	if err != nil {
		return err
	}
	all := edits
	for _, d := range c.decisions {
		all = append(all[:len(all):len(all)], d.edits...)
	}
	if _, refusals := fix.Merge(all); len(refusals) > 0 {
		return refusals[0]
	}
	c.decisions = append(c.decisions, decision{edits: edits})
	return nil
}

// Ignore collects an entry of the configuration.
func (c *ChangeSet) Ignore(f *scanner.Finding, scope Scope, reason string, expires time.Time) error {
	if name := Assistant(os.Environ()); name != "" {
		return fmt.Errorf("a person accepts a finding, not a coding assistant (%s is set)", name)
	}
	if f.Rule == nil {
		return errors.New("the finding has no rule")
	}
	if !expires.IsZero() { // a day, as the file has it
		y, m, d := expires.Date()
		expires = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	e := policy.Entry{Kind: "ignore", Ecosystem: f.Package.Ecosystem, Package: f.Package.Name, Rules: []string{f.Rule.ID}, Reason: reason, Expires: expires}
	switch scope {
	case ScopeName:
		e.Kind, e.Rules = "allow", nil
	case ScopePath:
		e.Paths = []string{exactly(f.Primary.Path)}
	}
	if len(f.Advisories) > 0 && f.Rule.ID == "malicious-package" {
		e.Advisory = f.Advisories[0]
	}
	c.decisions = append(c.decisions, decision{entry: &e})
	if _, err := c.config(); err != nil {
		c.decisions = c.decisions[:len(c.decisions)-1]
		return err
	}
	return nil
}

// exactly is a pattern that matches one path of a report.
func exactly(path string) string {
	return "/" + strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// config is the edit of the configuration file that all entries make together;
// nil without entries.
func (c *ChangeSet) config() (*fix.Edit, error) {
	var out *fix.Edit
	var file fix.Config
	for _, d := range c.decisions {
		if d.entry == nil {
			continue
		}
		if out == nil {
			name := c.target().ConfigFile
			if name == "" {
				return nil, errors.New("no configuration is read, so that it can accept nothing")
			}
			var err error
			if file, err = fix.ReadConfig(filepath.Dir(name), filepath.Base(name), Keys()); err != nil {
				return nil, err
			}
		}
		entry := fix.Ignore
		if d.entry.Kind == "allow" {
			entry = fix.Allow
		}
		e, err := entry(file, *d.entry)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = &fix.Edit{Root: e.Root, Path: e.Path, Before: e.Before}
		}
		out.After, file.Data = e.After, e.After
	}
	return out, nil
}

// edits are those of all decisions, one for each file.
func (c *ChangeSet) edits() ([]fix.Edit, error) {
	var all []fix.Edit
	for _, d := range c.decisions {
		all = append(all, d.edits...)
	}
	out, refusals := fix.Merge(all)
	if len(refusals) > 0 {
		return nil, refusals[0]
	}
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	if config != nil {
		out = append(out, *config)
	}
	return out, nil
}

// Undo takes the last decision back.
func (c *ChangeSet) Undo() error {
	if len(c.decisions) == 0 {
		return errors.New("there is nothing to undo")
	}
	c.decisions = c.decisions[:len(c.decisions)-1]
	return nil
}

// Pending shows everything that Apply would write.
func (c *ChangeSet) Pending() (Diff, error) {
	edits, err := c.edits()
	if err != nil {
		return Diff{}, err
	}
	return diffOf(edits), nil
}

// Apply writes all decisions, or none: where a file cannot be written those
// before it are put back.
func (c *ChangeSet) Apply() error {
	edits, err := c.edits()
	if err != nil {
		return err
	}
	known := c.target().Options.Formats.Recognition()
	var done []fix.Undo
	for _, e := range edits {
		u, err := fix.Apply(known, e)
		if err != nil {
			for i := len(done) - 1; i >= 0; i-- {
				if e := done[i].Do(); e != nil {
					err = fmt.Errorf("%w; %s was written and could not be put back: %w", err, done[i].Path(), e)
				}
			}
			return err
		}
		done = append(done, u)
	}
	if c.accepted != nil {
		file := c.target().ConfigFile
		for _, d := range c.decisions {
			if d.entry != nil {
				c.accepted(d.entry, file)
			}
		}
	}
	c.decisions = nil
	return nil
}

// diffOf shows edits in the words of the screen, from their unified diffs.
func diffOf(edits []fix.Edit) Diff {
	d := Diff{Safe: len(edits) > 0}
	var after []string
	for _, e := range edits {
		d.Safe = d.Safe && e.Safe
		after = append(after, e.Refresh...)
		h := Hunk{Path: e.Path}
		line := 0
		flush := func() {
			if len(h.Removed)+len(h.Added) > 0 {
				d.Hunks = append(d.Hunks, h)
			}
			h = Hunk{Path: e.Path}
		}
		head := true // the lines ---, +++
		for l := range strings.Lines(e.Diff()) {
			l = strings.TrimRight(l, "\r\n")
			switch {
			case strings.HasPrefix(l, "@@ "):
				flush()
				head, line = false, hunkStart(l)
			case head, strings.HasPrefix(l, `\`):
			case strings.HasPrefix(l, "-"):
				if h.Line == 0 {
					h.Line = line
				}
				h.Removed = append(h.Removed, l[1:])
				line++
			case strings.HasPrefix(l, "+"):
				if h.Line == 0 && e.Before != nil {
					h.Line = line
				}
				h.Added = append(h.Added, l[1:])
			default:
				flush()
				line++
			}
		}
		flush()
	}
	for _, r := range after {
		note := "afterwards: " + r
		if len(d.Notes) == 0 || d.Notes[len(d.Notes)-1] != note {
			d.Notes = append(d.Notes, note)
		}
	}
	return d
}

// hunkStart is the line at which the old side of "@@ -14,3 +14,3 @@" begins.
func hunkStart(l string) int {
	l = strings.TrimPrefix(l, "@@ -")
	end := strings.IndexAny(l, ", ")
	if end < 0 {
		return 0
	}
	n, err := strconv.Atoi(l[:end])
	if err != nil {
		return 0
	}
	return n
}
