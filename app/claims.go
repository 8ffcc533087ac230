package app

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/scanner/source"
)

// Limits of what is said of a change that does not pass.
const (
	maxClaimed = 5 // names of a claim
	maxUnread  = 5 // files
)

// changeBase is what a change is compared with where it says of itself what is to
// be believed; nil where no change is judged.
func (s *Session) changeBase(src source.Source) *scanner.Base {
	changes, judged := src.(*source.Changes)
	fromCommit := s.base != nil && s.base.counts
	if !judged && !fromCommit {
		return nil
	}
	root := rootOf(src, s.Dir)
	b := &scanner.Base{Accept: s.acceptedClaims()}
	if s.local != nil {
		b.OSV = s.local
	}
	var before *policy.Document
	rel, inside := within(root, s.configFile)
	if inside {
		b.Config = rel
	}
	switch {
	case s.base != nil:
		before = s.base.project
	case s.configFile != "" && !inside:
		before = s.project // it is the caller's
	case inside:
		before = oldConfig(changes, rel)
	}
	if before != nil {
		b.Private = before.RepoPrivate
		b.Accept = append(b.Accept, before.Settings[acceptClaims].Values...)
	}
	if fromCommit && (!judged || changes.From() != s.base.rev.Commit()) {
		tree := source.TreeOf(s.base.rev, root, s.formats.Recognition())
		b.Tree, b.Touched = tree, tree.Touched
	}
	return b
}

// oldConfig is the project's configuration as it was before a change. One that
// cannot be read said nothing.
func oldConfig(changes *source.Changes, rel string) *policy.Document {
	data, err := changes.Before().Read(rel)
	if err != nil || len(data) > maxConfig {
		return nil
	}
	doc, err := policy.Parse(rel, data, policy.Repository, Keys())
	if err != nil {
		return nil
	}
	return doc
}

// within gives the path of a file below a directory, with slashes.
func within(root, file string) (string, bool) {
	if file == "" {
		return "", false
	}
	rel, err := filepath.Rel(realPath(root), filepath.Join(realPath(filepath.Dir(file)), filepath.Base(file)))
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// acceptClaims is the option that accepts what a change claims.
const acceptClaims = "accept-claims"

// acceptedClaims are the patterns that the call and the user accept. What the
// repository says of that in the state that is judged does not count.
func (s *Session) acceptedClaims() []string {
	var out []string
	if o := FindOption(s.Values.command, acceptClaims); o != nil {
		if from := s.Values.Origin(acceptClaims); from == "flag" || from == o.Variable() {
			out = append(out, s.Values.List(acceptClaims)...)
		}
	}
	if s.user != nil {
		out = append(out, s.user.Settings[acceptClaims].Values...)
	}
	return out
}

// checkClaims says which pattern of accept-claims cannot match anything.
func (s *Session) checkClaims() error {
	for _, pattern := range s.Values.List(acceptClaims) {
		word, rest, ok := strings.Cut(pattern, ":")
		if _, known := ecosystem.Lookup(word); ok && !known || ok && rest == "" {
			return Usage(fmt.Sprintf("%s: %q is no name and no pattern of names", acceptClaims, pattern), "for example npm:@acme/*, pypi:acme-tools, or * for all; known: "+Ecosystems())
		}
	}
	return nil
}

// SayBlocked names what does not let a change pass although nothing bad is known
// of it, and the way out.
func (s *Session) SayBlocked(rep *scanner.Report) {
	for i := range rep.Claims {
		c := &rep.Claims[i]
		var names []string
		for _, p := range c.Names[:min(len(c.Names), maxClaimed)] {
			names = append(names, string(p.Ecosystem)+":"+p.Name)
		}
		more := ""
		if n := len(c.Names) - maxClaimed; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		place := c.Path
		if c.Line > 0 {
			place = fmt.Sprintf("%s:%d", c.Path, c.Line)
		}
		s.Say("claimed by this change: %s: %s keeps %s%s from being checked; if that is right, a maintainer adds accept-claims = [%q] to the configuration of the base",
			place, c.Text, strings.Join(names, ", "), more, names[0])
	}
	n := 0
	for i := range rep.Unread {
		u := &rep.Unread[i]
		if !u.Touched {
			continue
		}
		if n++; n <= maxUnread {
			s.Say("not read, and touched by this change: %s %s", u.Path, u.Text)
		}
	}
	if n > maxUnread {
		s.Say("not read, and touched by this change: %d more files", n-maxUnread)
	}
}

// blocked reports whether a change must not pass although nothing bad is known
// of it: it keeps its own names from being checked, or a file that it touches
// was not read.
func blocked(rep *scanner.Report) bool {
	return len(rep.Claims) > 0 || slices.ContainsFunc(rep.Unread, func(u scanner.Unread) bool { return u.Touched })
}
