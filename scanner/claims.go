package scanner

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"figment/ecosystem"
	"figment/names"
	"figment/osv"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// A repository may keep names from being asked about: it calls them private,
// takes them from a registry of its own, or has them in its own tree. A change
// must not do that to the very names that it adds, or any name would pass. What
// the tree before the change did not claim leaves such names unverified, and a
// gate does not pass over it until somebody other than the change accepted it.

// A Base is what a change is held against where it says of itself what is to be
// believed.
type Base struct {
	// Tree is the repository as it was; nil: what the source says it was.
	Tree source.Source
	// Private are the patterns that the configuration there calls private.
	Private []string
	// Touched reports whether a file is not as it was in Tree.
	Touched func(path string) bool
	// Accept are the patterns of names for which claims are accepted: they come
	// from the configuration there, from the user, or from the call.
	Accept []string
	// Config is the project's configuration file as it is now, by its path in the
	// source; empty: there is none.
	Config string
	// OSV are advisories on this machine: names that are claimed to be private
	// are shown to nobody. nil: there are none.
	OSV osv.Source
}

// A Claim is what a change says of itself, that the tree before it did not say,
// and that would keep names from being checked.
type Claim struct {
	Path  string // of the file that says it
	Line  int    // 0: not known
	Text  string // `private = "npm:@acme/*"`, "@acme:registry"
	Names []ecosystem.Package
}

// privacyChanged reports whether the configurations before and after call other
// names private.
func (o *Options) privacyChanged() bool {
	return o.Base != nil && !o.UserPrivacyOnly && !slices.Equal(o.Base.Private, o.Config.RepoPrivate)
}

// filesOf gives what the manifests and lock files of a tree name.
func (s *scan) filesOf(tree source.Source) extract.References {
	var mu sync.Mutex
	var out extract.References
	// What cannot be read there claims nothing, and what is claimed now is then told.
	_, _ = tree.Files(context.Background(), func(f *source.File) {
		refs := s.Formats.Read(f).References
		mu.Lock()
		defer mu.Unlock()
		out = append(out, refs)
	})
	return out.Sort()
}

// claims finds the names that only the change itself keeps from being checked.
// refs are the references of what is read now.
func (s *scan) claims(refs extract.References, subjects []resolve.Subject) {
	if s.Base == nil {
		return
	}
	if _, ok := s.Source.(change); !ok && s.Base.Tree == nil {
		return
	}
	for i := range subjects {
		sub := &subjects[i]
		c, ok := s.claim(refs, sub)
		if !ok || s.known(sub) || s.accepted(sub) {
			continue
		}
		if sub.Origin != project.Public { // nothing but the change says that it is not a registry's
			sub.Origin = project.Private
		}
		if s.claimed == nil {
			s.claimed = map[*resolve.Subject]Claim{}
		}
		s.claimed[sub] = c
		s.addClaim(c, sub.Package())
	}
}

// claim is what the change claims of a subject.
func (s *scan) claim(refs extract.References, sub *resolve.Subject) (Claim, bool) {
	if sub.Decision.UserSaid {
		return Claim{}, false
	}
	for i := range sub.Uses {
		r := sub.Uses[i].Reference
		if r.Kind == extract.Mention {
			continue
		}
		switch sub.Origin {
		case project.Private:
			d := s.project.Decide(r)
			if d.Origin != project.Private || d.UserSaid {
				continue
			}
			// An alias that leads to nothing is a claim, unless it did so before.
			if was := s.originBefore(refs, r); was == project.Public || r.Kind == extract.Import && d.Claim.Text != "" && was != project.Private {
				return s.placed(d.Claim, r), true
			}
		case project.Public:
			if r.Others {
				s.before(refs)
				if !s.news.indexes[r.Path][""] {
					return s.placed(project.Claim{Path: r.Path, Text: "a further index"}, r), true
				}
			}
			if d := s.project.Decide(r); d.Further != (project.Claim{}) {
				s.before(refs)
				if !s.news.indexes[r.Path][""] {
					return s.placed(d.Further, r), true
				}
			}
		case project.Local, project.External:
			// A word of a configuration that nothing in the tree bears out.
			if d := s.project.Decide(r); r.Kind == extract.Import && d.Origin == project.Local && d.Claim != (project.Claim{}) && s.originBefore(refs, r) == project.Public {
				return s.placed(d.Claim, r), true
			}
			if r.Kind != extract.Manifest && r.Kind != extract.Lockfile || r.From == extract.FromGit || r.From == extract.FromURL {
				continue
			}
			s.before(refs)
			if d := s.project.Decide(r); d.Origin == sub.Origin && s.news.public[r.Package()] {
				return Claim{Path: r.Path, Line: s.lineOf(r.Path, r.Span.Start), Text: d.Reason}, true
			}
		}
	}
	return Claim{}, false
}

// originBefore is whose the name of a reference would have been in the tree before
// the change.
func (s *scan) originBefore(refs extract.References, r *extract.Reference) project.Origin {
	base := s.before(refs)
	was := *r
	if was.Index != "" && was.Kind != extract.Lockfile && !s.news.indexes[r.Path][was.Index] {
		was.Index = ""
	}
	return base.Decide(&was).Origin
}

// placed says where a claim stands.
func (s *scan) placed(c project.Claim, r *extract.Reference) Claim {
	out := Claim{Path: c.Path, Line: c.Line, Text: c.Text}
	if out.Path == "" {
		out.Path = s.Base.Config
	}
	if out.Line > 0 || out.Path == "" {
		return out
	}
	what := cmp.Or(c.URL, c.Pattern)
	if what == "" {
		if out.Path == r.Path {
			out.Line = s.lineOf(r.Path, r.Span.Start)
		}
		return out
	}
	if data, err := s.Source.Read(out.Path); err == nil {
		if at := bytes.Index(data, []byte(what)); at >= 0 {
			out.Line = text.NewLines(data).At(at).Line
		}
	}
	return out
}

func (s *scan) lineOf(path string, offset int) int {
	if lines := s.lines.of(path); lines != nil {
		return lines.At(offset).Line
	}
	return 0
}

// known reports whether the index or a complete list knows the name.
func (s *scan) known(sub *resolve.Subject) bool {
	if idx := openIndex(sub.Ecosystem); idx != nil {
		if _, ok := idx.Rank(sub.Name); ok {
			return true
		}
	}
	answer, _ := s.Packs.Answer(sub.Ecosystem, sub.Name)
	return answer == names.Existed
}

// accepted reports whether somebody accepts claims about the name.
func (s *scan) accepted(sub *resolve.Subject) bool {
	return slices.ContainsFunc(s.Base.Accept, func(pattern string) bool { return policy.AcceptsClaim(pattern, sub.Package()) })
}

// addClaim adds a name to the claim that keeps it from being checked.
func (s *scan) addClaim(c Claim, p ecosystem.Package) {
	i := slices.IndexFunc(s.rep.Claims, func(o Claim) bool { return o.Path == c.Path && o.Line == c.Line && o.Text == c.Text })
	if i < 0 {
		i = len(s.rep.Claims)
		s.rep.Claims = append(s.rep.Claims, c)
	}
	s.rep.Claims[i].Names = append(s.rep.Claims[i].Names, p)
	s.rep.Counts.Claims++
}

// offline adds what this machine knows of a claimed name.
func (s *scan) offline(ctx context.Context, f *verdict.Facts) {
	if _, ok := s.claimed[f.Subject]; !ok || s.Base.OSV == nil || f.Subject.Origin != project.Private {
		return
	}
	s.Base.OSV.Ask(ctx, []ecosystem.Package{f.Subject.Package()}, func(a osv.Answer) { f.OSV = a })
}

// claimedNow makes the verdict of a claimed name say so.
func (s *scan) claimedNow(v *verdict.Verdict) {
	c, ok := s.claimed[v.Subject]
	switch {
	case !ok || v.Class != verdict.Unverified:
		return
	case v.Subject.Origin == project.Public && v.Reason != protocol.ReasonOtherSourceSilent:
		return // nobody answered: that is not the claim's doing
	}
	place := c.Path
	if c.Line > 0 {
		place = fmt.Sprintf("%s:%d", c.Path, c.Line)
	}
	v.Reason = protocol.ReasonClaimed
	v.Detail = fmt.Sprintf("only this change says so, in %s (%s); if it is right, a maintainer adds accept-claims = [\"%s:%s\"] to the configuration of the base",
		place, c.Text, v.Subject.Ecosystem, strings.ReplaceAll(v.Subject.Name, `"`, ""))
}

func sortClaims(claims []Claim) {
	slices.SortStableFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	for i := range claims {
		slices.SortFunc(claims[i].Names, comparePackages)
	}
}
