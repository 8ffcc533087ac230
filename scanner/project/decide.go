package project

import (
	"figment/ecosystem"
	"figment/scanner/extract"
)

// Decide says whose the name of a reference is. The first rule that matches
// wins.
func (p *Project) Decide(r *extract.Reference) Decision {
	if p.dir == "" {
		return p.placed(r)
	}
	at := *r
	at.Path = p.Place(r.Path)
	d := p.placed(&at)
	d.Claim.Path, d.Further.Path = p.Shown(d.Claim.Path), p.Shown(d.Further.Path)
	return d
}

// placed decides a reference at its place in the tree.
func (p *Project) placed(r *extract.Reference) Decision {
	d := p.decide(r)
	if d.Origin == Public {
		if own, ok := p.inDocument(r); ok {
			return own
		}
		d.Own = p.ownInstalled(r)
	}
	return d
}

func (p *Project) decide(r *extract.Reference) Decision {
	switch r.From {
	case extract.FromWorkspace:
		return Decision{Origin: External, Reason: "a workspace member"}
	case extract.FromPath:
		return Decision{Origin: External, Reason: "comes from a directory"}
	case extract.FromBundle:
		return Decision{Origin: External, Reason: "comes inside another package's archive"}
	case extract.FromGit:
		return Decision{Origin: External, Reason: "comes from git"}
	case extract.FromURL:
		return Decision{Origin: External, Reason: "comes from a URL"}
	}
	if r.Ecosystem == ecosystem.Unknown {
		return Decision{Reason: "it is not known which ecosystem it belongs to"}
	}
	if len(p.o.Rules) == 0 {
		return Decision{Reason: "no rules say whose names are"}
	}
	place := extract.PlaceOf(r)
	if r.Kind != extract.Import && ecosystem.Placeholder(r.Ecosystem, r.Name, place) {
		return Decision{Origin: Placeholder, Reason: "stands for a name to be filled in"}
	}
	t := p.tree(r.Ecosystem)
	if t != nil && t.Decide != nil {
		if d, ok := t.Decide(r); ok {
			return d
		}
	}
	if d, ok := p.private(t, r); ok {
		return d
	}
	if r.Kind == extract.Import && ecosystem.Placeholder(r.Ecosystem, r.Name, place) && len(p.Declared(r.Ecosystem, r.Package().Name)) == 0 {
		return Decision{Origin: Placeholder, Reason: "stands for a name to be filled in"}
	}
	d := Decision{Origin: Public, Reason: "a name of " + r.Ecosystem.Registry()}
	if t != nil && t.Further != nil && !p.o.PrivateFromUserOnly {
		if c, ok := t.Further(r); ok {
			d.Further = c
			d.Reason += ", or of the index that " + p.Shown(c.Path) + " names"
		}
	}
	return d
}

// private decides names that must not leave the machine.
func (p *Project) private(t *Tree, r *extract.Reference) (Decision, bool) {
	pkg := r.Package()
	if p.o.Settings != nil {
		if setting, ok := p.o.Settings.Private(pkg); ok {
			return Decision{Origin: Private, Reason: setting, UserSaid: true}, true
		}
	}
	if pattern, ok := matchPatterns(p.userPrivate, pkg); ok {
		return Decision{Origin: Private, Reason: "private = \"" + pattern + "\" of the user", UserSaid: true}, true
	}
	if p.o.PrivateFromUserOnly {
		return Decision{}, false
	}
	if pattern, ok := matchPatterns(p.repoPrivate, pkg); ok {
		return Decision{Origin: Private, Reason: "private = \"" + pattern + "\" in .figment.toml",
			Claim: Claim{Text: "private = \"" + pattern + "\"", Pattern: pattern}}, true
	}
	if p.o.Settings != nil {
		if setting, ok := p.o.Settings.Claimed(pkg); ok {
			return Decision{Origin: Private, Reason: setting + ", which lies in the scanned tree or above it"}, true
		}
	}
	if r.Index != "" && r.Kind != extract.Lockfile && !p.Trusted(r.Ecosystem, r.Index) {
		return Decision{Origin: Private, Reason: "the index written beside it in " + r.Path,
			Claim: Claim{Path: r.Path, Text: "the index beside the name", URL: r.Index}}, true
	}
	if t != nil && t.Private != nil {
		return t.Private(r)
	}
	return Decision{}, false
}

// Trusted reports whether the user trusts a registry.
func (p *Project) Trusted(e ecosystem.Ecosystem, url string) bool {
	return p.o.Settings != nil && p.o.Settings.Trusted(e, url)
}

func matchPatterns(patterns []ecosystem.PrivatePattern, pkg ecosystem.Package) (string, bool) {
	for _, p := range patterns {
		if p.Match(pkg) {
			return p.String(), true
		}
	}
	return "", false
}
