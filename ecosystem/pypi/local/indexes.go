package local

import (
	"fmt"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"figment/ecosystem"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/text"
)

// indexes are where files of the tree have names looked up, and what says so.
type indexes struct {
	primary project.Claim     // what stands in for the public index; zero: nothing does
	none    project.Claim     // no index at all is asked; zero: that is not said
	further []project.Claim   // what is asked besides
	named   map[string]string // URLs by the names of indexes, in lower case
	chosen  bool              // of a run: an option says what the primary one is
}

// instead is what has names looked up anywhere but at the public index, or at an
// index that the user trusts.
func (x *indexes) instead(p *projects) (project.Claim, bool) {
	switch {
	case x.none != (project.Claim{}):
		return x.none, true
	case x.primary != (project.Claim{}) && !p.Trusted(ecosystem.PyPI, x.primary.URL):
		return x.primary, true
	}
	return project.Claim{}, false
}

// besides is what has names looked up besides.
func (x *indexes) besides(p *projects) (project.Claim, bool) {
	for _, c := range x.further {
		if c.URL == "" || !p.Trusted(ecosystem.PyPI, c.URL) {
			return c, true
		}
	}
	return project.Claim{}, false
}

// A UVIndex is where a table of uv's settings has names looked up.
type UVIndex struct {
	Key       string // of the table: "index", "index-url", "extra-index-url", "find-links", or "pip.index-url" …
	URL, Name string // the name may be empty
	Replaces  bool   // it stands in for the public index
	Explicit  bool   // it serves only names that ask for it
}

// UVIndexes lists them: those of the list first, then the others, and then what
// "uv pip" reads besides. none is the key that allows no index at all, if one does.
//
// Specification: https://docs.astral.sh/uv/reference/settings/
func UVIndexes(table map[string]any) (list []UVIndex, none string) {
	add := func(x UVIndex) {
		if x.URL = strings.TrimSpace(x.URL); x.URL != "" {
			list = append(list, x)
		}
	}
	indexes, _ := table["index"].([]any)
	for _, v := range indexes {
		o, _ := v.(map[string]any)
		add(UVIndex{Key: "index", URL: textOf(o["url"]), Name: strings.TrimSpace(textOf(o["name"])), Replaces: o["default"] == true, Explicit: o["explicit"] == true})
	}
	options := func(table map[string]any, prefix string) {
		add(UVIndex{Key: prefix + "index-url", URL: textOf(table["index-url"]), Replaces: true})
		for _, key := range []string{"extra-index-url", "find-links"} {
			for _, url := range project.Strings(table[key]) {
				add(UVIndex{Key: prefix + key, URL: url})
			}
		}
		if table["no-index"] == true && none == "" {
			none = prefix + "no-index"
		}
	}
	options(table, "")
	options(tableAt(table, "pip"), "pip.")
	return list, none
}

// uvIndexes are the indexes of a table of uv's settings in a file of the tree.
func uvIndexes(table map[string]any, file, where string) *indexes {
	x := &indexes{named: map[string]string{}}
	list, none := UVIndexes(table)
	for _, i := range list {
		c := project.Claim{Path: file, Text: strings.TrimSpace(where + i.Key + " " + i.Name), URL: settings.WithoutUser(i.URL)}
		if key := strings.ToLower(i.Name); key != "" && x.named[key] == "" {
			x.named[key] = c.URL
		}
		switch {
		case strings.HasSuffix(i.Key, "find-links"):
			c.URL, c.Pattern = "", c.URL
			x.further = append(x.further, c)
		case i.Explicit || ecosystem.PublicRegistry(ecosystem.PyPI, i.URL):
		case !i.Replaces:
			x.further = append(x.further, c)
		case x.primary == (project.Claim{}):
			x.primary = c
		}
	}
	if none != "" {
		x.none = project.Claim{Path: file, Text: where + none}
	}
	return x
}

// uvToml reads a uv.toml, which uv reads instead of the table in the
// pyproject.toml beside it.
func (p *projects) uvToml(f string) {
	data, ok := p.ReadText(f)
	if !ok || p.TooDeep(f, data, text.TOML) {
		return
	}
	var m map[string]any
	if toml.Unmarshal(data, &m) != nil {
		m = nil // the file is there and takes the place of others
	}
	p.uvTomls[path.Dir(f)] = uvIndexes(m, f, "")
}

// uvSettings are the settings of uv that hold for a directory: those of the
// nearest file at the top of its workspace or above. own says that they stand in
// the directory's own pyproject.toml, which is read as a manifest.
func (p *projects) uvSettings(dir string) (x *indexes, own bool) {
	top := dir
	if w := p.uvRoot(dir); w != nil {
		top = w.dir
	}
	project.Up(top, func(d string) bool {
		switch t := p.projects[d]; {
		case p.uvTomls[d] != nil:
			x = p.uvTomls[d]
		case t != nil && t.uv != nil:
			x, own = t.uv, d == dir
		}
		return x == nil
	})
	return x, own
}

// byIndex says which file of the tree has a requirement looked up at another
// index than the public one: the top of a workspace by a source, a file of uv's
// settings, or a list of the same run.
func (p *projects) byIndex(r *extract.Reference) (project.Decision, bool) {
	if r.Kind != extract.Manifest || r.Label != "" {
		return project.Decision{}, false
	}
	dir := path.Dir(r.Path)
	private := func(c project.Claim) (project.Decision, bool) {
		return project.Decision{Origin: project.Private, Reason: c.Text + " in " + p.place(c), Claim: c}, true
	}
	if path.Base(r.Path) == "pyproject.toml" {
		c, pinned := p.uvSourceIndex(r, dir)
		if c != (project.Claim{}) {
			return private(c)
		}
		if pinned {
			return project.Decision{}, false
		}
	} else if d, ok := p.byRun(r); ok {
		return d, true
	}
	if x, own := p.uvSettings(dir); x != nil && !own && p.uvReads(r) {
		if c, ok := x.instead(p); ok {
			return private(c)
		}
	}
	return project.Decision{}, false
}

// uvReads reports whether uv's settings hold for the file of a requirement.
func (p *projects) uvReads(r *extract.Reference) bool {
	return path.Base(r.Path) == "pyproject.toml" || p.isList(r.Path)
}

// uvSourceIndex gives the index to which a source of the workspace's top, or one of
// the project's own that is named there, pins a name. pinned says that it is looked
// up nowhere else, also where that is the public index.
func (p *projects) uvSourceIndex(r *extract.Reference, dir string) (c project.Claim, pinned bool) {
	name := ecosystem.Normalize(ecosystem.PyPI, r.Name)
	t, w := p.projects[dir], p.uvRoot(dir)
	file := path.Join(dir, "pyproject.toml")
	var s uvFrom
	own := false
	if t != nil {
		s, own = t.sources[name]
	}
	if !own {
		if w == nil || w.dir == dir {
			return c, false
		}
		s, file = w.sources[name], path.Join(w.dir, "pyproject.toml")
	}
	pinned = s.lone && len(s.indexes) > 0
	for _, index := range s.indexes {
		key := strings.ToLower(index)
		if own && t.uv != nil && t.uv.named[key] != "" {
			continue // the manifest's reader sees it
		}
		raw := ""
		if w != nil && w.uv != nil {
			raw = w.uv.named[key]
		}
		switch {
		case raw == "" && strings.EqualFold(index, "pypi"), ecosystem.PublicRegistry(ecosystem.PyPI, raw):
			continue
		case raw != "" && p.Trusted(ecosystem.PyPI, raw):
			continue
		}
		return project.Claim{Path: file, Text: fmt.Sprintf("tool.uv.sources, index %s,", index), URL: raw}, pinned
	}
	return c, pinned
}

// further says which file of the tree has a requirement looked up at another index
// besides.
func (p *projects) further(r *extract.Reference) (project.Claim, bool) {
	if r.Kind != extract.Manifest || r.Label != "" {
		return project.Claim{}, false
	}
	dir := path.Dir(r.Path)
	if path.Base(r.Path) != "pyproject.toml" {
		if x := p.run(r.Path); x != nil {
			if c, ok := x.besides(p); ok {
				return c, true
			}
		}
	} else if _, pinned := p.uvSourceIndex(r, dir); pinned {
		return project.Claim{}, false
	}
	if x, own := p.uvSettings(dir); x != nil && !own && p.uvReads(r) {
		return x.besides(p)
	}
	return project.Claim{}, false
}
