package pypi

import (
	"path"
	"strings"

	"figment/ecosystem"
	"figment/registry/settings"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// A pythonTable tells the tables of an array apart: written as tables or inline.
type pythonTable struct {
	tool         string
	group, index int
}

// pythonSources are what a manifest says of where one name comes from: one
// source, or several for different platforms.
type pythonSources struct {
	list []pythonSource
	at   []pythonTable
}

type pythonSource struct {
	from        extract.From
	index       string // a name, or a URL
	version     string
	conditional bool // holds for some platforms, extras or groups
}

// set notes one member of a source.
func (p *pythonSources) set(v text.TOMLValue, key string) {
	t := pythonTable{"", v.Group, v.Index}
	switch key {
	case "extras": // an array of its own, whose places say nothing
		return
	}
	n := -1
	for i := range p.at {
		if p.at[i] == t {
			n = i
		}
	}
	if n < 0 {
		p.list, p.at = append(p.list, pythonSource{}), append(p.at, t)
		n = len(p.list) - 1
	}
	s := &p.list[n]
	switch key {
	case "git":
		s.from = extract.FromGit
	case "path":
		s.from = extract.FromPath
	case "url":
		s.from = extract.FromURL
	case "workspace":
		if v.Text == "true" {
			s.from = extract.FromWorkspace
		}
	case "index", "source":
		s.index = v.Text
	case "version":
		s.version = v.Text
	case "marker", "markers", "extra", "group", "python", "platform":
		s.conditional = true
	}
}

// apply gives a reference its source. A source for some platforms only leaves
// the name to be asked, since everywhere else it comes from the registry; that
// it may come from an index too is kept. lone says that the sources alone
// decide: where none holds, the name comes from the registry. pinned says that
// the name is looked up nowhere but at one index, the public one included.
func (p *pythonSources) apply(r *extract.Reference, all *pythonIndexes, lone bool) (pinned bool) {
	always, registry := !lone && len(p.list) > 0, len(p.list) == 0
	for _, s := range p.list {
		always = always || !s.conditional
		switch {
		case s.from == extract.FromRegistry:
			registry = registry || !lone || !s.conditional
		case r.From == extract.FromRegistry && !(lone && s.conditional):
			r.From = s.from
		}
		if s.index != "" && r.Index == "" {
			r.Index = all.url(s.index)
			pinned = len(p.list) == 1 && !(lone && s.conditional)
		}
	}
	if registry || !always {
		r.From = extract.FromRegistry
	}
	return pinned
}

// pythonIndexes are the package indexes that a manifest names.
type pythonIndexes struct {
	list []pythonIndex
	at   map[pythonTable]int
	none bool // no index at all: only files and directories
	more bool // further places, without a name
}

type pythonIndex struct {
	tool, name, url string
	replaces        bool     // stands in for the public index
	explicit        bool     // serves only the names that name it
	only            []string // serves only these, as globs
}

// visit notes one value below the table of a tool.
func (x *pythonIndexes) visit(v text.TOMLValue) {
	p := v.Path[1:]
	tool := p[0]
	if tool == "uv" && len(p) == 3 && p[1] == "pip" { // "uv pip" installs the same names
		p = []string{tool, p[2]}
	}
	var member string
	switch {
	case tool == "uv" && len(p) == 2 && p[1] == "no-index":
		x.none = x.none || v.Text == "true"
		return
	case tool == "uv" && len(p) == 2 && p[1] == "index-url", tool == "pixi" && len(p) == 3 && p[1] == "pypi-options" && p[2] == "index-url":
		if v.Text != "" {
			x.list = append(x.list, pythonIndex{tool: tool, url: v.Text, replaces: true})
		}
		return
	case tool == "uv" && len(p) == 2 && p[1] == "extra-index-url", tool == "pixi" && len(p) == 3 && p[1] == "pypi-options" && p[2] == "extra-index-urls":
		if v.Text != "" {
			x.list = append(x.list, pythonIndex{tool: tool, url: v.Text})
		}
		return
	case tool == "uv" && len(p) == 2 && p[1] == "find-links", tool == "pixi" && len(p) >= 3 && p[1] == "pypi-options" && p[2] == "find-links":
		x.more = x.more || v.Text != ""
		return
	case tool == "uv" && len(p) == 3 && p[1] == "index", (tool == "poetry" || tool == "pdm") && len(p) == 3 && p[1] == "source", tool == "rye" && len(p) == 3 && p[1] == "sources":
		member = p[2]
	default:
		return
	}
	t := pythonTable{tool, v.Group, v.Index}
	if member == "include_packages" { // an array of its own inside the table
		t.index = -1
	}
	n, ok := x.at[t]
	if !ok {
		n = len(x.list)
		x.at[t] = n
		x.list = append(x.list, pythonIndex{tool: tool})
	}
	s := &x.list[n]
	switch member {
	case "name":
		s.name = v.Text
		s.replaces = s.replaces || tool == "pdm" && v.Text == "pypi" || tool == "rye" && v.Text == "default"
	case "url":
		s.url = v.Text
	case "default":
		s.replaces = s.replaces || v.Text == "true"
	case "explicit":
		s.explicit = s.explicit || v.Text == "true"
	case "priority":
		s.explicit = s.explicit || strings.EqualFold(v.Text, "explicit")
		s.replaces = s.replaces || strings.EqualFold(v.Text, "default")
	case "include_packages":
		if v.Text != "" {
			s.only = append(s.only, v.Text)
		}
	}
}

func (s *pythonIndex) public() bool {
	if s.url == "" { // Poetry lets the public one be named alone
		return strings.EqualFold(s.name, "pypi")
	}
	return ecosystem.PublicRegistry(ecosystem.PyPI, s.url)
}

// url is what Reference.Index holds for an index by its name: empty for the
// public one, its URL where the file gives one, else the name.
func (x *pythonIndexes) url(name string) string {
	for i := range x.list {
		s := &x.list[i]
		if strings.EqualFold(s.name, name) {
			if s.public() {
				return ""
			}
			return settings.WithoutUser(s.url)
		}
	}
	if strings.EqualFold(name, "pypi") {
		return "" // nobody else is called so without saying it
	}
	return settings.WithoutUser(name)
}

// primary is the index that takes the place of the public one, or "".
func (x *pythonIndexes) primary() string {
	if x.none {
		return "--no-index"
	}
	for i := range x.list {
		if s := &x.list[i]; s.replaces && !s.explicit && s.only == nil && !s.public() {
			return settings.WithoutUser(s.url)
		}
	}
	return ""
}

// others reports whether further indexes are asked for every name.
func (x *pythonIndexes) others() bool {
	for i := range x.list {
		if s := &x.list[i]; !s.replaces && !s.explicit && s.only == nil && !s.public() {
			return true
		}
	}
	return x.more
}

// serves gives the index that a name is limited to, by a list of the index.
// several says that there are more.
func (x *pythonIndexes) serves(name string) (index string, several bool) {
	for i := range x.list {
		s := &x.list[i]
		for _, glob := range s.only {
			if hit, err := path.Match(ecosystem.Normalize(ecosystem.PyPI, glob), name); err == nil && hit && !s.public() {
				if index != "" && index != settings.WithoutUser(s.url) {
					several = true
				}
				index = settings.WithoutUser(s.url)
			}
		}
	}
	return index, several
}
