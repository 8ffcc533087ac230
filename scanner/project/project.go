package project

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// Settings are the user's own: what makes a name private, and which registries
// they trust. Claimed is what configuration says that the user's variables name
// and that lies in the scanned tree.
type Settings interface {
	Private(ecosystem.Package) (setting string, ok bool)
	Claimed(ecosystem.Package) (setting string, ok bool)
	Trusted(e ecosystem.Ecosystem, url string) bool
}

// Options of Load. Settings may be nil.
type Options struct {
	Rules               []*Rules // of each ecosystem; without any no name is decided
	Settings            Settings
	UserPrivate         []string // patterns of the user, "npm:@acme/*"
	RepoPrivate         []string // patterns of the repository
	PrivateFromUserOnly bool     // disregard what the repository calls private
	// Recognition is by what the texts in a document are recognised; nil: what a
	// document shows is not looked at.
	Recognition *source.Recognition
	// Shown says that the files are those that a document shows.
	Shown bool
}

// A Project is what a source says of itself. It is read once and then answers
// for any reference of the source. What it knows it knows by directory: a file
// makes names the project's own where the tool that reads the file would, and
// nowhere else.
type Project struct {
	src     source.Source
	dir     string // of the tree, that the source's paths count from; the paths of a Project count from the tree's top
	o       Options
	paths   []string
	dirs    map[string]bool
	files   map[string]bool
	problem []source.Problem

	userPrivate, repoPrivate []ecosystem.PrivatePattern

	trees    []*Tree // of o.Rules
	declared map[ecosystem.Ecosystem]map[string][]*extract.Reference
	manifest map[ecosystem.Ecosystem][]string // directories of manifests
	spoken   map[ecosystem.Ecosystem][]string // directories of files that say whose names are

	refs      extract.References
	parts     map[string]extract.References // of refs, by file; nil: not asked for yet
	documents map[string]*document          // by path, read once
	top       []string                      // directories at the top; nil: not looked for yet
}

// Load reads the project's own files, those that the rules name. refs are the
// references of the whole source.
func Load(src source.Source, refs extract.References, o Options) (*Project, []source.Problem) {
	p := &Project{src: src, o: o, refs: refs, dirs: map[string]bool{}, files: map[string]bool{},
		declared: map[ecosystem.Ecosystem]map[string][]*extract.Reference{}, manifest: map[ecosystem.Ecosystem][]string{}, spoken: map[ecosystem.Ecosystem][]string{}}
	p.userPrivate, p.repoPrivate = p.patterns(o.UserPrivate), p.patterns(o.RepoPrivate)
	if part, ok := src.(interface{ Dir() string }); ok {
		p.dir = part.Dir()
	}
	if p.paths = src.List(); p.dir != "" {
		for i, f := range p.paths {
			if p.paths[i] = p.Place(f); strings.HasSuffix(f, "/") {
				p.paths[i] += "/"
			}
		}
	}
	if !slices.IsSorted(p.paths) {
		p.paths = slices.Sorted(slices.Values(p.paths))
	}
	for _, f := range p.paths {
		if d, ok := strings.CutSuffix(f, "/"); ok {
			p.dirs[d] = true
			continue
		}
		p.files[f] = true
	}
	for _, rules := range o.Rules {
		t := &Tree{}
		if rules.Begin != nil {
			t = rules.Begin(p)
		}
		p.trees = append(p.trees, t)
	}
	for _, f := range p.paths {
		if strings.HasSuffix(f, "/") {
			continue
		}
		for i, t := range p.trees {
			if t.Reader == nil {
				continue
			}
			if read := t.Reader(f); read != nil {
				if dir, e := path.Dir(f), o.Rules[i].Ecosystem; !slices.Contains(p.spoken[e], dir) && len(p.spoken[e]) < maxOutside {
					p.spoken[e] = append(p.spoken[e], dir)
				}
				p.Guard(f, read)
				break
			}
		}
	}
	for _, t := range p.trees {
		if t.Complete != nil {
			t.Complete()
		}
	}
	for r := range refs.All() {
		p.note(r)
	}
	inTree := refs
	if p.dir != "" {
		inTree = nil
		for _, list := range refs {
			list = slices.Clone(list)
			for i := range list {
				list[i].Path = p.Place(list[i].Path)
			}
			inTree = append(inTree, list)
		}
	}
	for _, t := range p.trees {
		if t.Learn != nil {
			t.Learn(inTree)
		}
	}
	return p, p.problem
}

// Place gives the place in the tree of a path of the source.
func (p *Project) Place(f string) string {
	if p.dir == "" {
		return f
	}
	return path.Join(p.dir, f)
}

// Shown gives a path of the tree as the source, and so a report, calls it.
func (p *Project) Shown(f string) string {
	if p.dir == "" || f == "" {
		return f
	}
	return source.Outward(p.dir, f)
}

// Guard reads a file of the project. A reader that panics costs what the file
// says, not the run.
func (p *Project) Guard(f string, read func(string)) {
	defer func() {
		if recover() != nil {
			p.Report(source.Problem{Path: f, Why: source.Crashed, Dropped: true,
				Text: "a reader of figment failed: what it says of the project is not known; please report the file"})
		}
	}()
	read(f)
}

// patterns reads patterns of private names. Whoever gives them has checked them;
// one that cannot be meant is a problem, since it protects nothing.
func (p *Project) patterns(list []string) []ecosystem.PrivatePattern {
	var out []ecosystem.PrivatePattern
	for _, text := range list {
		pattern, err := ecosystem.ParsePrivate(text)
		if err != nil {
			p.problem = append(p.problem, source.Problem{Text: fmt.Sprintf("private = %q %s", text, err)})
			continue
		}
		out = append(out, pattern)
	}
	return out
}

// note keeps what a reference declares.
func (p *Project) note(r *extract.Reference) {
	dir := path.Dir(p.Place(r.Path))
	if r.Kind == extract.Manifest || r.Kind == extract.Lockfile || r.Kind == extract.Command {
		m := p.declared[r.Ecosystem]
		if m == nil {
			m = map[string][]*extract.Reference{}
			p.declared[r.Ecosystem] = m
		}
		name := ecosystem.Normalize(r.Ecosystem, r.Name)
		m[name] = append(m[name], r)
	}
	if r.Kind == extract.Manifest && r.Label == "" {
		if !slices.Contains(p.manifest[r.Ecosystem], dir) {
			p.manifest[r.Ecosystem] = append(p.manifest[r.Ecosystem], dir)
		}
	}
}

// Declared gives the references that declare a package: manifests, lock files
// and commands. Their paths are the source's: Place gives those of the tree.
func (p *Project) Declared(e ecosystem.Ecosystem, name string) []*extract.Reference {
	return p.declared[e][name]
}

// DeclaredNames lists what is declared in an ecosystem.
func (p *Project) DeclaredNames(e ecosystem.Ecosystem) map[string][]*extract.Reference {
	return p.declared[e]
}

// HasManifest reports whether a manifest of the ecosystem lies in the directory
// of file or above it.
func (p *Project) HasManifest(e ecosystem.Ecosystem, file string) bool {
	file = p.Place(file)
	for _, dir := range p.manifest[e] {
		if dir == "." || file == dir || strings.HasPrefix(file, dir+"/") {
			return true
		}
	}
	return false
}

// Paths lists all paths of the source, sorted. Those of directories end with a
// slash.
func (p *Project) Paths() []string { return p.paths }

// IsShown reports whether the files are those that a document shows.
func (p *Project) IsShown() bool { return p.o.Shown }

// IsFile reports whether the source lists a file.
func (p *Project) IsFile(f string) bool { return p.files[f] }

// IsDir reports whether the source lists a directory.
func (p *Project) IsDir(dir string) bool { return p.dirs[dir] }

// Exists reports whether the source has a file, listed or not.
func (p *Project) Exists(f string) bool { return p.src.Exists(p.Shown(f)) }

// ReadText reads a file as UTF-8; ok is false where that cannot be done, and for
// one that is too large.
func (p *Project) ReadText(f string) (data []byte, ok bool) {
	data, err := p.src.Read(p.Shown(f))
	if err != nil || len(data) > source.MaxFile {
		return nil, false
	}
	text, _ := text.Decode(data)
	return text, true
}

// Problems are what could not be read of the project's own files so far: some
// are read only when a name asks for them.
func (p *Project) Problems() []source.Problem { return p.problem }

// Report adds what could not be read.
func (p *Project) Report(problem source.Problem) {
	problem.Path = p.Shown(problem.Path)
	p.problem = append(p.problem, problem)
}

// TooDeep reports whether a text nests too deep to be parsed, and says so.
func (p *Project) TooDeep(f string, src []byte, lang text.Lang) bool {
	if !text.TooDeep(src, lang) {
		return false
	}
	p.Report(source.Problem{Path: f, Why: source.NestedTooDeep, Text: fmt.Sprintf("nests deeper than %d levels: what it says of the project is not known", text.MaxLevels), Dropped: true})
	return true
}

// ReadJSON decodes JSON with comments.
func (p *Project) ReadJSON(f string, into any) bool {
	src, ok := p.ReadText(f)
	if !ok || p.TooDeep(f, src, text.JSON) {
		return false
	}
	return DecodeJSON(src, into) == nil
}

// DecodeJSON decodes JSON with comments. How deep it nests is the caller's to check.
func DecodeJSON(src []byte, into any) error {
	std, err := hujson.Standardize(slices.Clone(src))
	if err != nil {
		return err
	}
	return json.Unmarshal(std, into)
}
