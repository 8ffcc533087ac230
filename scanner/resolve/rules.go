package resolve

import (
	"strings"
	"unicode"

	"figment/ecosystem"
	"figment/names"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// Rules are how the imports of one ecosystem name its packages.
type Rules struct {
	Ecosystem ecosystem.Ecosystem
	// Begin makes what the imports of one project mean. Nil: Packages and Related
	// say it.
	Begin func(Scope) *Imports
	// Packages gives the packages that an import may mean, best first; it knows no
	// project.
	Packages func(imp string) []Candidate
	// Related says how much of an import the name of a declared package takes in;
	// 0: it has nothing to do with it. Nil: names are not compared.
	Related func(imp, name string) int
	// Alias gives the package that a name stands for when it is really the name of
	// a module: "cv2" → "opencv-python". Nil: no module is called otherwise than its
	// package.
	Alias func(name string) (string, bool)
}

// A Scope is the project whose imports are resolved.
type Scope struct {
	*project.Project
	References extract.References
	Options
}

// Imports is what the imports of one project mean. It is for one goroutine.
type Imports struct {
	// Import gives the packages that an import of public names means: one for each
	// module that it counts for.
	Import func(*extract.Reference) []Meaning
	// Open gives what a name that is written down may mean where that is not the
	// name itself; nil: it is. May be nil.
	Open func(*extract.Reference) []Candidate
	// Trap reports whether a package that the project uses is the namesake of an
	// import that means another one; nil: it is none. May be nil.
	Trap func(*Subject) *Trap
}

// A Meaning is a package that an import means.
type Meaning struct {
	Name       string      // canonical, of the subject
	Module     string      // the module that is meant, where it is not the one written; may be empty
	Candidates []Candidate // best first; none: no package is known to hold it
	Undeclared bool        // nothing declares it, and a manifest ought to
}

// KnownAlias gives the package that a name stands for when it is really the name
// of a module. Rules may be nil.
func (r *Rules) KnownAlias(name string) (string, bool) {
	if r == nil || r.Alias == nil {
		return "", false
	}
	return r.Alias(name)
}

// begin makes what the imports of one project mean.
func (r *Rules) begin(s Scope) *Imports {
	if r.Begin != nil {
		return r.Begin(s)
	}
	return &Imports{Import: func(x *extract.Reference) []Meaning { return []Meaning{r.guess(s.Project, x)} }}
}

// guess resolves an import by Packages: what is declared goes first.
func (r *Rules) guess(p *project.Project, x *extract.Reference) Meaning {
	imp := x.Module
	if imp == "" {
		imp = x.Name
	}
	e := r.Ecosystem
	cands := r.Guess(imp)
	for _, c := range cands {
		if name := ecosystem.Normalize(e, c.Name); len(p.Declared(e, name)) > 0 {
			return Meaning{Name: name, Candidates: []Candidate{{name, Declared, "high"}}}
		}
	}
	if name, ok := r.related(p, imp); ok {
		return Meaning{Name: name, Candidates: []Candidate{{name, Declared, "medium"}}}
	}
	if len(cands) == 0 {
		return Meaning{Name: imp}
	}
	return Meaning{Name: ecosystem.Normalize(e, cands[0].Name), Candidates: cands,
		Undeclared: e.Import() >= ecosystem.ImportsLikely || cands[0].How == Mapped}
}

// related finds the one declared package that an import without an exact match
// most likely belongs to.
func (r *Rules) related(p *project.Project, imp string) (string, bool) {
	if r.Related == nil {
		return "", false
	}
	best, length, many := "", 0, false
	for name := range p.DeclaredNames(r.Ecosystem) {
		n := r.Related(imp, name)
		switch {
		case n == 0 || n < length:
		case n == length:
			many = true
		default:
			best, length, many = name, n, false
		}
	}
	return best, best != "" && !many
}

// MaxImport bounds what is taken for an import, in bytes.
const MaxImport = 512

// Guess gives the packages that an import may mean as Packages says; none for
// what names nothing, and for what no import is as long as.
func (r *Rules) Guess(imp string) []Candidate {
	if imp = strings.TrimSpace(imp); r == nil || r.Packages == nil || imp == "" || len(imp) > MaxImport {
		return nil
	}
	return r.Packages(imp)
}

// Known reports whether the index of an ecosystem has a name.
func Known(e ecosystem.Ecosystem, name string) bool {
	x, err := names.Open(e)
	if err != nil {
		return false
	}
	_, ok := x.Rank(name)
	return ok
}

// Parent drops the last part of a dotted name: "" and false at the end.
func Parent(m string) (string, bool) {
	i := strings.LastIndexByte(m, '.')
	if i < 0 {
		return "", false
	}
	return m[:i], true
}

// Shallow cuts a path after its first parts: no module or package is named
// deeper, and a path of a hostile text may have no end.
func Shallow(path string, sep byte) string {
	const parts = 24
	at := 0
	for range parts {
		i := strings.IndexByte(path[at:], sep)
		if i < 0 {
			return path
		}
		at += i + 1
	}
	return path[:at-1]
}

// Within reports whether name is p or lies below it.
func Within(name, p, sep string) bool {
	rest, ok := strings.CutPrefix(name, p)
	return ok && p != "" && (rest == "" || strings.HasPrefix(rest, sep))
}

// SplitCase writes a word in capitals and small letters as small words: "MyXQLPool"
// with '_' is "my_xql_pool".
func SplitCase(word string, sep rune) string {
	var b strings.Builder
	rs := []rune(word)
	for i, c := range rs {
		if unicode.IsUpper(c) && i > 0 && (!unicode.IsUpper(rs[i-1]) && rs[i-1] != '_' || unicode.IsUpper(rs[i-1]) && i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteRune(sep)
		}
		if c == '_' {
			c = sep
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
