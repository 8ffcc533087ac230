package project

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
)

// A document shows files that its reader makes: it is a project of its own inside
// the project. What its fences are called, and what its commands make, is local to
// what the other fences import.
type document struct {
	own    *Project          // of the files that it shows
	places map[string]string // the file that a fence is, by its label
	dirs   []string          // of those files, the top first
	cds    []string          // directories that its commands change to, as they name them
	bound  map[string]string // what its commands take from elsewhere, by the name that code uses: "jsr:@a/b"
}

// Bounds of one document.
const (
	maxShown     = 500 // files
	maxShownDirs = 50  // directories from which a name is looked for
	maxOutside   = 100 // directories of the project from which a name is looked for
)

// aside is the name by which code stands in a directory that has no name of its own.
const aside = "this.document"

// document gives what a document shows, or nil.
func (p *Project) document(r *extract.Reference) *document {
	if p.o.Recognition == nil || r.Kind > extract.Import || !p.o.Recognition.Document(r.Path) && !strings.HasPrefix(r.Label, "fence") {
		return nil
	}
	d, ok := p.documents[r.Path]
	if !ok {
		p.Guard(r.Path, func(f string) { d = p.readDocument(f) })
		if p.documents == nil {
			p.documents = map[string]*document{}
		}
		p.documents[r.Path] = d
	}
	return d
}

func (p *Project) readDocument(f string) *document {
	data, err := p.src.Read(p.Shown(f))
	if err != nil || len(data) > source.MaxFile {
		return nil
	}
	s := &shown{d: &document{places: map[string]string{}, bound: map[string]string{}}, rules: p.o.Rules, files: map[string][]byte{}}
	known := p.o.Recognition
	known.NewSplitter(&source.File{Path: f, Data: data}, s.fragment).File()
	files := maps.Clone(s.files)
	for _, dir := range s.dirs {
		if len(files) < maxShown {
			files[path.Join(dir, aside)] = nil
		}
	}
	d := s.d
	d.dirs = []string{"."}
	for name := range files {
		for dir := path.Dir(name); dir != "." && !slices.Contains(d.dirs, dir) && len(d.dirs) < maxShownDirs; dir = path.Dir(dir) {
			d.dirs = append(d.dirs, dir)
		}
	}
	slices.Sort(d.dirs)
	var refs extract.References
	for _, part := range p.references(f) {
		part = slices.Clone(part)
		for i := range part {
			r := &part[i]
			d.bind(p, r)
			r.Path = d.place(r)
			if r.Kind == extract.Manifest {
				r.Label = ""
			}
		}
		refs = append(refs, part)
	}
	o := p.o
	o.Recognition, o.Shown = nil, true
	d.own, _ = Load(source.Memory(known, files), refs, o)
	return d
}

// references are those of one file.
func (p *Project) references(f string) extract.References {
	if p.parts == nil {
		p.parts = map[string]extract.References{}
		for _, part := range p.refs {
			if len(part) > 0 {
				at := p.Place(part[0].Path)
				p.parts[at] = append(p.parts[at], part)
			}
		}
	}
	return p.parts[f]
}

// bind notes what a command of the document takes from another registry than the
// one that code alone would mean.
func (d *document) bind(p *Project, r *extract.Reference) {
	if r.Kind != extract.Command && r.Kind != extract.Manifest || r.From != extract.FromRegistry {
		return
	}
	for _, rules := range p.o.Rules {
		if slices.Contains(rules.Also, r.Ecosystem) {
			d.bound[string(rules.Ecosystem)+":"+cmp.Or(r.Alias, r.Name)] = string(r.Ecosystem) + ":" + r.Name
		}
	}
}

// place is the path of a reference among the files of the document.
func (d *document) place(r *extract.Reference) string {
	label, _, _ := strings.Cut(r.Label, ", ")
	if at, ok := d.places[label]; ok {
		return at
	}
	return aside
}

// decide says whose a name is by what the document shows.
func (d *document) decide(r *extract.Reference) (Decision, bool) {
	if r.Kind == extract.Import {
		if from, ok := d.bound[string(r.Ecosystem)+":"+r.Name]; ok {
			return Decision{Origin: External, Reason: from + ", which the document installs"}, true
		}
	}
	at := *r
	if at.Kind == extract.Manifest {
		at.Label = ""
	}
	places := []string{d.place(r)}
	if r.Kind != extract.Manifest {
		for _, dir := range d.dirs {
			places = append(places, path.Join(dir, aside))
		}
	}
	for _, at.Path = range places {
		own := d.own.decide(&at)
		switch {
		case own.Origin == Public || own.Origin == Undecided:
			continue
		case own.Origin == Private && own.Claim.URL == "": // by an alias that leads to what the document does not show
			own.Origin, own.Reason = Local, strings.TrimSuffix(own.Reason, ", which leads to nothing in the tree")
		}
		if own.Claim != (Claim{}) {
			own.Claim.Path = r.Path
		}
		own.Reason += ", by what the document shows"
		if own.Origin == Local {
			own.Claim = Claim{} // it is nothing but an example
		}
		return own, true
	}
	return Decision{}, false
}

// inDocument decides a name of a document that a registry would be asked for: by
// what it shows, and by what the project has where its reader is told to go, or
// may mean to be.
func (p *Project) inDocument(r *extract.Reference) (Decision, bool) {
	d := p.document(r)
	if d == nil {
		return Decision{}, false
	}
	if own, ok := d.decide(r); ok {
		return own, true
	}
	if r.Kind != extract.Import || r.Path == "-" {
		return Decision{}, false
	}
	here := path.Dir(r.Path)
	var dirs []string
	add := func(dir string) {
		if dir != here && (dir == "." || p.dirs[dir]) && len(dirs) < maxOutside && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, cd := range d.cds {
		add(path.Join(here, cd))
		add(path.Clean(cd))
	}
	for _, dir := range slices.Concat(p.manifest[r.Ecosystem], p.spoken[r.Ecosystem]) {
		add(dir)
	}
	for _, dir := range p.tops() {
		add(dir)
	}
	at := *r
	for _, dir := range dirs {
		at.Path = path.Join(dir, path.Base(r.Path))
		if own := p.decide(&at); own.Origin == Local && own.Claim == (Claim{}) {
			return own, true
		}
	}
	return Decision{}, false
}

// ownInstalled reports whether a document tells its readers to install the project
// that it belongs to, or that it shows.
func (p *Project) ownInstalled(r *extract.Reference) bool {
	t := p.tree(r.Ecosystem)
	if r.Kind != extract.Command && r.Kind != extract.Mention || t == nil || t.Named == nil || p.o.Recognition == nil || !p.o.Recognition.Document(r.Path) {
		return false
	}
	if t.Named(r) {
		return true
	}
	d := p.document(r)
	if d == nil {
		return false
	}
	at, own := *r, d.own.tree(r.Ecosystem)
	for _, dir := range d.dirs {
		if at.Path = path.Join(dir, aside); own != nil && own.Named != nil && own.Named(&at) {
			return true
		}
	}
	return false
}

// tops are the directories at the top of the tree.
func (p *Project) tops() []string {
	if p.top == nil {
		p.top = []string{}
		for _, f := range p.paths {
			if dir, ok := strings.CutSuffix(f, "/"); ok && !strings.Contains(dir, "/") {
				p.top = append(p.top, dir)
			}
		}
	}
	return p.top
}

// shown gathers what a document shows.
type shown struct {
	d     *document
	rules []*Rules
	files map[string][]byte
	dirs  []string
}

// inside is a path that a document writes, in the directory of what it shows; ok
// is false for one that is none.
func inside(name string) (p string, ok bool) {
	p = path.Clean("/" + strings.ReplaceAll(name, `\`, "/"))[1:]
	return p, p != "" && len(p) <= 300
}

// put adds a file. Of several texts with one name each gets a place.
func (s *shown) put(name string, src []byte) string {
	name, ok := inside(name)
	if !ok || len(s.files) >= maxShown {
		return aside
	}
	at := name
	for n := 2; ; n++ {
		had, taken := s.files[at]
		if !taken || len(had) == 0 || n > maxShownDirs {
			break
		}
		if len(src) == 0 || bytes.Equal(had, src) {
			return at
		}
		at = fmt.Sprintf("%d/%s", n, name)
	}
	s.files[at] = src
	return at
}

func (s *shown) directory(name string) {
	if name, ok := inside(name); ok && len(s.dirs) < maxShown {
		s.dirs = append(s.dirs, name)
	}
}

// fragment takes one text of the document.
func (s *shown) fragment(f *text.Fragment) {
	if f.Label == "" {
		return
	}
	label, _, _ := strings.Cut(f.Label, ", ")
	name := f.Name
	var as []string // it is read by these names, too
	for _, r := range s.rules {
		if r.Called == nil {
			continue
		}
		if called := r.Called(f.Name, f); name == "" {
			name = called
		} else if called != "" {
			as = append(as, called)
		}
	}
	if name != "" {
		at := s.put(name, f.Text)
		if _, ok := s.d.places[label]; !ok {
			s.d.places[label] = at
		}
		for _, called := range as {
			s.put(called, f.Text)
		}
	} else if f.Lang == text.IPython {
		s.put(cellFile(f.Text), f.Text)
	}
	switch f.Lang {
	case text.Shell, text.Console, text.PowerShell, text.Cmd:
		s.commands(f.Text)
	case text.Prose, text.Text, text.Other, text.Undecided:
		s.tree(f.Text)
	}
}

// cellFile is the file that a cell of a notebook writes: "%%writefile x.py". Empty:
// none.
func cellFile(src []byte) string {
	src = bytes.TrimLeft(src, "\r\n \t")
	words := strings.Fields(string(src[:text.LineEnd(src, 0)]))
	if len(words) < 2 || words[0] != "%%writefile" && words[0] != "%%file" {
		return ""
	}
	return strings.Trim(words[len(words)-1], `'"`)
}

// branches are what the lines of a listing of files begin their names with.
var branches = []string{"├── ", "└── ", "├─ ", "└─ ", "|-- ", "`-- ", "|__ ", "+-- ", "├──", "└──"}

// tree reads a listing of files.
func (s *shown) tree(src []byte) {
	if !slices.ContainsFunc(branches, func(b string) bool { return bytes.Contains(src, []byte(b)) }) {
		return
	}
	type level struct {
		column int
		name   string
	}
	var above []level
	root := ""
	text.EachLine(src, func(line []byte) bool {
		if len(line) > 500 {
			return true
		}
		t := string(line)
		at, mark := -1, ""
		for _, b := range branches {
			if i := strings.Index(t, b); i >= 0 && strings.Trim(t[:i], " \t│|\u00a0") == "" {
				at, mark = i, b
				break
			}
		}
		if at < 0 {
			if word := strings.TrimSpace(t); strings.HasSuffix(word, "/") && !strings.ContainsAny(word, " \t") {
				root, above = strings.TrimPrefix(word, "./"), nil
			}
			return len(s.files) < maxShown
		}
		name, _, _ := strings.Cut(strings.TrimSpace(t[at+len(mark):]), " ")
		name = strings.Trim(name, "`*")
		column := len([]rune(t[:at]))
		for len(above) > 0 && above[len(above)-1].column >= column {
			above = above[:len(above)-1]
		}
		if name == "" || len(above) > 30 {
			return true
		}
		above = append(above, level{column, name})
		full := ""
		for _, l := range above {
			full = path.Join(full, l.name)
		}
		for _, full := range []string{full, path.Join(root, full)} {
			if strings.HasSuffix(name, "/") || path.Ext(name) == "" {
				s.directory(full)
			} else {
				s.put(full, nil)
			}
		}
		return len(s.files) < maxShown
	})
}

// maxMakes bounds the lines of commands that are looked at.
const maxMakes = 2000

// commands reads what the commands of a shell make: directories, files, projects
// of the tools that begin them.
func (s *shown) commands(src []byte) {
	lines := strings.Split(string(src), "\n")
	here := "."
	for i := 0; i < min(len(lines), maxMakes); i++ {
		line := text.WithoutPrompt(lines[i])
		if len(line) > 1000 {
			continue
		}
		for _, command := range strings.FieldsFunc(line, func(r rune) bool { return r == ';' || r == '&' || r == '|' }) {
			here = s.command(strings.Fields(command), here)
		}
		before, after, ok := strings.Cut(line, "<<")
		if !ok {
			continue
		}
		end, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(after, "-")), " ")
		end = strings.Trim(end, `'"\`)
		var body []string
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != end; i++ {
			body = append(body, lines[i])
		}
		for _, t := range []string{before, after} {
			if name := written(t); name != "" {
				s.put(path.Join(here, name), []byte(strings.Join(body, "\n")))
				break
			}
		}
	}
}

// written is the file that a command writes: > x, or tee x.
func written(command string) string {
	if _, to, ok := strings.Cut(command, ">"); ok {
		if f := strings.Fields(strings.TrimLeft(to, ">| ")); len(f) > 0 {
			return strings.Trim(f[0], `'"`)
		}
		return ""
	}
	words := strings.Fields(command)
	for i, w := range words {
		if w == "tee" {
			for _, w := range words[i+1:] {
				if !strings.HasPrefix(w, "-") {
					return strings.Trim(w, `'"`)
				}
			}
		}
	}
	return ""
}

// command reads one command that stands in a directory, and gives where the next
// one stands.
func (s *shown) command(words []string, here string) string {
	for len(words) > 0 && words[0] == "sudo" {
		words = words[1:]
	}
	if len(words) < 2 {
		return here
	}
	if name := written(strings.Join(words, " ")); name != "" {
		s.put(path.Join(here, name), nil)
	}
	for _, r := range s.rules {
		if r.Made != nil {
			for _, f := range r.Made(here, words) {
				s.put(f.Path, f.Text)
			}
		}
	}
	args := Arguments(words[1:])
	switch words[0] {
	case "cd", "pushd", "Set-Location":
		if len(args) == 0 || strings.ContainsAny(args[0], "$~") || path.IsAbs(args[0]) {
			return "."
		}
		here = path.Join(here, args[0])
		if len(s.d.cds) < maxShownDirs {
			s.d.cds = append(s.d.cds, args[0], here)
		}
		if Outside(here) {
			return "."
		}
	case "mkdir", "md":
		for _, a := range args {
			s.directory(path.Join(here, a))
		}
	case "touch", "ni", "New-Item", "code", "vim", "nano":
		for _, a := range args {
			if path.Ext(a) != "" {
				s.put(path.Join(here, a), nil)
			}
		}
	}
	return here
}

// Arguments are the words of a command that are no options, without quotes; one
// with braces is several.
func Arguments(words []string) (out []string) {
	for _, w := range words {
		if !strings.HasPrefix(w, "-") && len(out) < 50 {
			out = append(out, braces(strings.Trim(w, `'"`))...)
		}
	}
	return out
}

// braces expands the words in one pair of braces: src/{a,b}.
func braces(w string) []string {
	open, end := strings.IndexByte(w, '{'), strings.IndexByte(w, '}')
	if open < 0 || end < open {
		return []string{w}
	}
	var out []string
	for _, part := range strings.Split(w[open+1:end], ",") {
		if len(out) < 50 {
			out = append(out, w[:open]+part+w[end+1:])
		}
	}
	return out
}
