package source

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"figment/scanner/container"
	"figment/scanner/text"
)

// A FileKind says how a file is treated before anything is known but its path.
type FileKind uint8

// The kinds. NoFile is the zero value.
const (
	NoFile       FileKind = iota // nothing reads it: it is never opened
	SourceFile                   // imports
	ScriptFile                   // commands
	DocFile                      // fences and prose
	ManifestFile                 // declared dependencies
	LockFile                     // the same, resolved; may be long
	Sniffed                      // no extension: the first line decides
)

// A Row is how what one format reads is recognised.
type Row struct {
	Kind      FileKind // of the files that are known by their names
	Files     text.Files
	Languages []text.Language
}

// Rows are all that a Recognition is made of. Their order decides where one file
// or text may be of several.
type Rows struct {
	Formats  []Row
	Known    []text.Known
	Folders  []text.Folder
	Programs []string // with which lines of a shell may begin
	// Installs reports whether a line may install or run a package; nil: none does.
	Installs func(line []byte) bool
}

// A Recognition says what a file or a text is. It is made once of the rows of
// what is read, and does not change.
type Recognition struct {
	names      map[string]named   // by base name
	extensions map[string]named   // by extension
	folders    map[string]named   // of names without an extension, by the last folder
	paths      map[string][]named // what is asked about a path, by extension
	formats    []text.Files       // by their numbers
	beside     []*text.Beside     // of those that have one
	lists      struct{ names, limits string }
	known      map[string]*text.Known // by base name, or extension, in lower case
	matched    []*text.Known          // those that are asked about a path
	filled     []text.Folder          // that tools fill, and show it by what is in them
	closed     map[string]bool        // names of folders that are never looked into
	owners     map[string]bool        // base names of files that nothing reads and that say whose names are
	locks      map[string]bool        // base names of lock files, in lower case
	languages  []text.Language
	hooks      string               // a folder whose files without an extension are scripts
	programs   map[string]text.Lang // of first lines
	tools      map[string]bool      // with which lines of a shell may begin
	labels     map[string]Label
	containers []container.Container
	sniffers   []sniffer // from the surest sign to the weakest
	inner      container.Recognizer
	installs   func(line []byte) bool // whether a line may install or run a package; nil: none does
}

// A named is what a name says.
type named struct {
	kind   FileKind
	lang   text.Lang
	what   string
	format int // number of the format that its rows name by the file; -1: none, the language decides
}

// A Label is what a word says of a text: the label of its fence, or --lang. The
// zero Label says nothing.
type Label struct {
	Name string // by which the text is read; empty: the language decides
	Lang text.Lang
}

// A sniffer says what a text is that has a sign.
type sniffer struct {
	at   text.Stage
	is   func(*text.Sample) bool
	name string
	lang text.Lang
}

// errNothing is for a source that would hand out nothing at all.
var errNothing = errors.New("nothing says which files are read")

// Recognize makes a Recognition. Where two rows have one name, the first has it.
func Recognize(rows Rows) *Recognition {
	r := &Recognition{
		names: map[string]named{}, extensions: map[string]named{}, folders: map[string]named{}, paths: map[string][]named{},
		known: map[string]*text.Known{}, owners: map[string]bool{}, locks: map[string]bool{}, programs: map[string]text.Lang{}, tools: map[string]bool{}, labels: map[string]Label{},
		closed:     map[string]bool{},
		containers: container.Containers(), installs: rows.Installs,
	}
	for _, f := range rows.Folders {
		if f.Made != nil {
			r.filled = append(r.filled, f)
			continue
		}
		for _, name := range f.Names {
			r.closed[name] = true
		}
	}
	for i := range rows.Formats {
		r.format(i, &rows.Formats[i])
	}
	for i := range r.containers {
		c := &r.containers[i]
		doc := named{DocFile, c.Lang, "document", -1}
		put(r.names, doc, c.Files...)
		put(r.extensions, doc, c.Extensions...)
		put(r.labels, Label{Lang: c.Lang}, c.Labels...)
		if c.Sniff != nil {
			r.sniffers = append(r.sniffers, sniffer{text.ByContainer, func(s *text.Sample) bool { return c.Sniff(s.Text) }, "", c.Lang})
		}
	}
	for i := range rows.Formats {
		for _, l := range rows.Formats[i].Languages {
			r.language(rows.Formats[i].Kind, l)
		}
	}
	for _, k := range slices.Concat(container.Known(), rows.Known) {
		r.unread(&k)
	}
	for _, w := range rows.Programs {
		r.tools[w] = true
	}
	slices.SortStableFunc(r.sniffers, func(a, b sniffer) int { return cmp.Compare(a.at, b.at) })
	r.inner = container.Recognizer{File: r.reading, Label: r.label, Content: r.sniff, Command: r.command, Data: r.sniffData}
	return r
}

// put gives keys a value that have none.
func put[V any](m map[string]V, v V, keys ...string) {
	for _, k := range keys {
		if _, ok := m[k]; !ok {
			m[k] = v
		}
	}
}

func (r *Recognition) format(i int, row *Row) {
	f := row.Files
	r.formats = append(r.formats, f)
	is := named{row.Kind, f.Lang, f.What, i}
	put(r.names, is, f.Names...)
	if f.Paths != nil {
		for _, ext := range f.Extensions {
			r.paths[ext] = append(r.paths[ext], is)
		}
	}
	if f.Beside != nil {
		r.beside = append(r.beside, f.Beside)
	}
	if len(f.Names) > 0 {
		put(r.labels, Label{f.Names[0], f.Lang}, f.Labels...)
	}
	if f.List != "" && r.lists.names == "" {
		r.lists.names, r.lists.limits = f.List, f.Limits
	}
	if f.Refresh != "" {
		for _, name := range f.Names {
			r.locks[strings.ToLower(name)] = true
		}
	}
	if f.Sniff.Is != nil && len(f.Names) > 0 {
		r.sniffers = append(r.sniffers, sniffer{f.Sniff.At, f.Sniff.Is, f.Names[0], f.Lang})
	}
}

func (r *Recognition) language(kind FileKind, l text.Language) {
	what := "script"
	if l.Title != "" {
		what = l.Title + " source"
	}
	is := named{kind, l.Lang, what, -1}
	r.languages = append(r.languages, l)
	put(r.names, is, l.Files...)
	put(r.extensions, is, l.Extensions...)
	put(r.folders, is, l.Folders...)
	if r.hooks == "" && len(l.Folders) > 0 {
		r.hooks = l.Folders[0]
	}
	put(r.programs, l.Lang, l.Programs...)
	put(r.labels, Label{Lang: l.Lang}, l.Labels...)
	if l.Sniff.Is != nil {
		r.sniffers = append(r.sniffers, sniffer{l.Sniff.At, l.Sniff.Is, "", l.Lang})
	}
}

func (r *Recognition) unread(k *text.Known) {
	for _, name := range k.Names {
		low := strings.ToLower(name)
		if k.What != "" {
			put(r.known, k, low)
		}
		if k.Refresh != "" {
			r.locks[low] = true
		}
		if k.Owns {
			r.owners[name] = true
		}
	}
	if k.Match != nil {
		r.matched = append(r.matched, k)
	}
	put(r.labels, Label{}, k.Labels...)
}

// Format is the number of the format that has a file of that name by its rows,
// as they were given to Recognize; -1: none has.
func (r *Recognition) Format(p string) int {
	base := path.Base(p)
	if n, ok := r.names[base]; ok {
		return n.format
	}
	return r.byPath(p, strings.ToLower(path.Ext(base))).format
}

// byPath is what those say of a path who are asked about ones with the extension.
// Files without one that nothing reads are none of theirs: a Makefile lies beside
// lists.
func (r *Recognition) byPath(p, ext string) named {
	for _, n := range r.paths[ext] {
		if r.formats[n.format].Paths(p) && (ext != "" || r.knownKind(p) == "") {
			return n
		}
	}
	return named{format: -1}
}

// find is what a path says. It runs for every file of a tree.
func (r *Recognition) find(p string) named {
	base := path.Base(p)
	if n, ok := r.names[base]; ok {
		return n
	}
	ext := path.Ext(base)
	if ext != "" && len(ext) == len(base) {
		return named{format: -1} // .env
	}
	ext = strings.ToLower(ext)
	if n := r.byPath(p, ext); n.format >= 0 {
		return n
	}
	if ext != "" {
		return r.extensions[ext]
	}
	if n, ok := r.folders[path.Base(path.Dir(p))]; ok {
		return n
	}
	return named{kind: Sniffed, format: -1}
}

// classify decides by the path alone.
func (r *Recognition) classify(p string) (FileKind, text.Lang) {
	n := r.find(p)
	return n.kind, n.lang
}

// reading is what the name of a file says to who takes containers apart.
func (r *Recognition) reading(p string) (container.Reading, text.Lang) {
	switch kind, lang := r.classify(p); kind {
	case NoFile:
		return container.Unread, lang
	case Sniffed:
		return container.ByContent, lang
	default:
		return container.ByName, lang
	}
}

// Interesting reports by its path alone whether anything may read a file. A
// file without extension is interesting: its first line may name a language.
func (r *Recognition) Interesting(p string) bool { return r.find(p).kind != NoFile }

// LangOf is the language that a file of this name has: Text for a manifest or
// lock file, whose format its name decides, and Undecided for what nothing
// reads and for a name without an extension.
func (r *Recognition) LangOf(name string) text.Lang {
	kind, lang := r.classify(name)
	if kind == ManifestFile || kind == LockFile {
		return text.Text
	}
	return lang
}

// leads reports whether files beside it may be of its format whatever they are
// called.
func (r *Recognition) leads(p string) bool {
	return slices.ContainsFunc(r.beside, func(b *text.Beside) bool { return b.Leads(p) })
}

// isBeside reports whether a file of that base name is read where a certain other
// one lies beside it.
func (r *Recognition) isBeside(base string) bool {
	return slices.ContainsFunc(r.beside, func(b *text.Beside) bool { return b.Is(base) })
}

// isList reports whether a path is called like a list.
func (r *Recognition) isList(p string) bool { return r.files(p).List != "" }

// ListName is the name by which a list is read that another file, or a command,
// takes names from, whatever it is called. limits: they only limit versions.
func (r *Recognition) ListName(limits bool) string {
	if limits {
		return r.lists.limits
	}
	return r.lists.names
}

// NamesLists reports whether a file is known by its name to name lists.
func (r *Recognition) NamesLists(p string) bool { return r.files(p).Lists }

// files is the row of the format that a path is of by its name; empty: of none.
func (r *Recognition) files(p string) *text.Files {
	if i := r.Format(p); i >= 0 {
		return &r.formats[i]
	}
	return &text.Files{}
}

// owns reports whether a file says whose names are, or which registry has them.
func (r *Recognition) owns(p string) bool {
	return r.owners[path.Base(p)] || r.files(p).Owns
}

// IsLock reports whether a path is called like a lock file, in any letter case.
func (r *Recognition) IsLock(p string) bool {
	return r.locks[strings.ToLower(path.Base(p))]
}

// sameReading reports whether two names are read in the same way.
func (r *Recognition) sameReading(a, b string) bool {
	x, y := r.find(a), r.find(b)
	return x.kind == y.kind && x.lang == y.lang && (x.kind != ManifestFile && x.kind != LockFile || path.Base(a) == path.Base(b) || r.isList(a) && r.isList(b))
}

// label gives what a text is called by the label of its fence, in lower case, and
// its language. known is false for
// words that say nothing; a known label without a language is one of a language
// that nothing reads: such a fence is not guessed at, and only the commands in it
// count.
func (r *Recognition) label(label string) (name string, lang text.Lang, known bool) {
	l, known := r.labels[label]
	return l.Name, l.Lang, known
}

// plain are words for text without a language.
var plain = []string{"text", "txt", "plaintext", "none"}

// ParseLang reads the word of --lang: a label of a fence. Words for text
// without a language give the zero Label, so that the content decides; ok is false
// for languages that nothing reads.
func (r *Recognition) ParseLang(word string) (label Label, ok bool) {
	word = strings.ToLower(word)
	if slices.Contains(plain, word) {
		return Label{}, true
	}
	label = r.labels[word]
	return label, label.Lang != text.Undecided
}

// Labels are the words that ParseLang reads, sorted.
func (r *Recognition) Labels() []string {
	out := slices.Clone(plain)
	for label, l := range r.labels {
		if l.Lang != text.Undecided {
			out = append(out, label)
		}
	}
	slices.Sort(out)
	return out
}
