package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"figment/ecosystem"
	"figment/scanner/git"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// The words of --policy-from. Any other is a commit as git names it.
const (
	fromWorktree = "worktree"
	fromHead     = "head"
	fromUpstream = "upstream"
)

// maxAccepted is how many things are named that a change accepts.
const maxAccepted = 20

// maxOldText is the most that is read of a file to find the comments it had.
const maxOldText = 64 << 20

// A base is a commit that the repository's exceptions are compared with.
type base struct {
	rev     *git.Revision
	counts  bool             // the exceptions of the commit count; else what is new is only named
	project *policy.Document // its configuration; nil: none
	dir     string           // of that file

	mu       sync.Mutex
	accepted []string // what accepts something in the work tree and not in the commit
	unread   error    // the first file that could not be read
}

// openBase opens the commit that the value of --policy-from names.
func (c *Call) openBase(ctx context.Context, start, word string) (*base, error) {
	revisions, orEmpty := []string{word}, false
	switch word {
	case fromHead:
		revisions, orEmpty = []string{"HEAD"}, true
	case fromUpstream:
		revisions, orEmpty = []string{"@{upstream}", "refs/remotes/origin/HEAD", "HEAD"}, true
	}
	rev, err := git.OpenRevision(ctx, c.startDir(start), orEmpty, revisions...)
	if err != nil {
		return nil, gitError(err)
	}
	return &base{rev: rev, counts: true}, nil
}

// shown names a file of the commit in messages.
func (b *base) shown(p string) string { return cmp.Or(b.rev.Name(), "HEAD") + ":" + p }

// find looks for a file of the project in the commit, from dir (absolute)
// upward. named is where it lies if the call says so (absolute). inside is false
// for a file outside of the repository: it is the caller's, and counts as it is.
func (b *base) find(dir, named, name string, limit int64) (p string, data []byte, inside bool, err error) {
	read := func(p string) error {
		if data, err = b.rev.Read(p, limit); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Failure(b.shown(p)+": "+Cause(err), "")
		}
		return nil
	}
	if named != "" {
		if p, inside = b.rev.Path(named); !inside {
			return "", nil, false, nil
		}
		return p, data, true, read(p)
	}
	d, ok := b.rev.Path(dir)
	if !ok {
		return "", nil, true, nil
	}
	for {
		p = path.Join(d, name)
		if err := read(p); err != nil || data != nil {
			return p, data, true, err
		}
		if d == "." {
			return "", nil, true, nil
		}
		d = path.Dir(d)
	}
}

// loadConfig reads the commit's configuration.
func (b *base) loadConfig(s *Session) error {
	flag := s.configFlag()
	if flag == "none" {
		return nil
	}
	named := ""
	if flag != "" {
		named = s.Abs(flag)
	}
	p, data, inside, err := b.find(s.startDir(s.request.start()), named, ConfigName, maxConfig)
	switch {
	case err != nil:
		return err
	case !inside:
		b.project, b.dir = s.project, s.configDir
		return nil
	case data == nil:
		return nil
	}
	doc, err := policy.Parse(b.shown(p), data, policy.Repository, Keys())
	if err != nil {
		return err
	}
	file := b.rev.Abs(p)
	for i := range doc.Entries {
		doc.Entries[i].File = s.Display(file)
	}
	b.project, b.dir = doc, filepath.Dir(file)
	return nil
}

// accept notes what only the work tree accepts.
func (b *base) accept(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accepted = append(b.accepted, fmt.Sprintf(format, args...))
}

// restrict lets of the project's configuration only that count which the commit
// has as well, or what is stricter. With counts false it only names the rest.
func (s *Session) restrict(b *base) error {
	defer b.rev.Close() // it is started again for comments
	if err := b.loadConfig(s); err != nil {
		return err
	}
	s.base = b
	if err := s.restrictValues(b); err != nil {
		return err
	}
	config := "the configuration"
	if s.configFile != "" {
		config = s.Display(s.configFile)
	}
	now, old := MergeConfig(s.project, s.user), MergeConfig(b.project, s.user)
	for i := range verdict.Rules {
		if rule := &verdict.Rules[i]; morePermissive(rule, now.Levels, old.Levels) {
			b.accept("%s: [rules] %s", config, rule.ID)
		}
	}
	had := map[string]bool{}
	for i := range old.Entries {
		had[old.Entries[i].Digest("")] = true
	}
	for i := range now.Entries {
		e := &now.Entries[i]
		if had[e.Digest("")] {
			continue
		}
		if b.counts && s.remembered(e) { // a person said so at this machine
			old.Entries = append(old.Entries, *e)
			continue
		}
		b.accept("%s:%d: [[%s]] %s", e.File, e.Line, e.Kind, entryWords(e))
	}
	for _, g := range now.Exclude {
		if !slices.Contains(old.Exclude, g) {
			b.accept("%s: [[exclude]] %s", config, g)
		}
	}
	if b.counts {
		s.Config.Floor, s.Config.Entries, s.Config.Exclude = old.Levels, old.Entries, old.Exclude
		if b.project != nil {
			s.configDir = b.dir
		}
	}
	return nil
}

func entryWords(e *policy.Entry) string {
	name := e.Package
	if e.Ecosystem != ecosystem.Unknown {
		name = string(e.Ecosystem) + ":" + name
	}
	words := slices.DeleteFunc([]string{name, strings.Join(e.Paths, ", "), strings.Join(e.Rules, ", "), e.Advisory}, func(w string) bool { return w == "" })
	return strings.Join(words, ", ")
}

// morePermissive reports whether an issue under rule can come out milder by the
// levels of now than by those of old.
func morePermissive(rule *verdict.Rule, now, old map[string]policy.Level) bool {
	most := rule.Severity
	if rule.ByScore {
		most = verdict.Error
	}
	for sev := verdict.Note; sev <= most; sev++ {
		n, on := policy.At(now, rule, sev)
		o, was := policy.At(old, rule, sev)
		if was && (!on || n < o) {
			return true
		}
	}
	return false
}

// restrictValues does the same for the plain settings that can be more
// permissive.
func (s *Session) restrictValues(b *base) error {
	old, err := ResolveValues(s.request.Flags, s.Values.command, s.Env, b.project, s.user)
	if err != nil {
		return err
	}
	for _, o := range Options(s.Values.command) {
		strict := o.Strictness()
		if !o.Config || o.UserOnly || strict == nil {
			continue
		}
		if strict(s.Values.Text(o.Name)) >= strict(old.Text(o.Name)) {
			continue
		}
		b.accept("%s = %s", s.Values.Origin(o.Name)+": "+o.Name, cmp.Or(s.Values.Text(o.Name), "false"))
		if b.counts {
			s.Values.use(o.Name, old)
		}
	}
	return nil
}

// restrictBaseline gives the baseline that counts: what the commit's accepts, and
// what either remembers of names that did not exist. now is the work tree's, or
// nil, and lies in nowDir.
func (s *Session) restrictBaseline(now *policy.Baseline, nowDir string) (*policy.Baseline, string, error) {
	b := s.base
	defer b.rev.Close()
	named := s.Values.Text("baseline")
	if named != "" {
		named = s.Abs(named)
	}
	p, data, inside, err := b.find(s.startDir(s.request.firstPath()), named, policy.BaselineName, policy.MaxBaseline)
	if err != nil && b.counts {
		return nil, "", err
	}
	if err != nil || !inside {
		return now, nowDir, nil
	}
	old, dir := &policy.Baseline{}, nowDir
	if data != nil {
		if old, err = policy.ParseBaseline(b.shown(p), data); err != nil && b.counts {
			return nil, "", err
		} else if err != nil {
			return now, nowDir, nil // it is a matter of names only
		}
		dir = filepath.Dir(b.rev.Abs(p))
		old.File = s.Display(b.rev.Abs(p))
	}
	if now == nil {
		if data == nil || !b.counts {
			return nil, "", nil
		}
		return old, dir, nil
	}
	type place struct{ rule, purl, path string }
	had := map[place]bool{}
	for i := range old.Entries {
		for _, p := range old.Entries[i].Paths {
			had[place{old.Entries[i].Rule, old.Entries[i].Package, filepath.Join(dir, p)}] = true
		}
	}
	for i := range now.Entries {
		e := &now.Entries[i]
		for _, p := range e.Paths {
			if !had[place{e.Rule, e.Package, filepath.Join(nowDir, p)}] {
				b.accept("%s: %s, %s, %s", now.File, e.Package, p, e.Rule)
			}
		}
	}
	if !b.counts {
		return now, nowDir, nil
	}
	old.File = cmp.Or(old.File, now.File)
	old.TakeLedger(now)
	return old, dir, nil
}

// effectiveIgnores gives the comments of a file that count. root is the directory that
// the paths of the scan count from.
func (s *Session) effectiveIgnores(root, name string, src []byte, found []policy.Inline) []policy.Inline {
	b := s.base
	var before []byte
	if p, ok := b.rev.Path(filepath.Join(root, filepath.FromSlash(name))); ok {
		data, err := b.rev.Read(p, maxOldText)
		switch {
		case err == nil:
			before, _ = text.Decode(data)
		case !errors.Is(err, fs.ErrNotExist):
			b.mu.Lock()
			b.unread = cmp.Or(b.unread, fmt.Errorf("%s: %w", b.shown(p), err))
			b.mu.Unlock()
		}
	}
	old, fresh := policy.Standing(name, before, src, found)
	for _, in := range fresh {
		b.accept("%s:%d: figment: ignore[%s]", name, in.Line, strings.Join(in.Rules, ","))
	}
	if !b.counts {
		return found
	}
	return old
}

// compareConfig names what a change accepts that git was asked for, where the
// configuration of the work tree counts.
func (s *Session) compareConfig(c *source.Changes) {
	if s.base != nil || c.From() == "" || s.Values.Text("policy-from") == "" {
		return
	}
	if err := s.restrict(&base{rev: c.Base()}); err != nil { // it is a matter of names only
		s.base = nil
		s.Say("warning: what this change accepts cannot be told: %s", err)
	}
}

// SayAccepted names what only the work tree accepts.
func (s *Session) SayAccepted() {
	b := s.base
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	end := ""
	if b.counts {
		end = " (does not count: --policy-from " + s.Values.Text("policy-from") + ")"
	}
	slices.Sort(b.accepted)
	for i, text := range b.accepted {
		if i == maxAccepted {
			s.Say("accepted by this change: and %d more%s", len(b.accepted)-i, end)
			break
		}
		s.Say("accepted by this change: %s%s", text, end)
	}
	if b.unread != nil {
		s.Say("warning: %s: comments in the file are taken for new", Cause(b.unread))
	}
}
