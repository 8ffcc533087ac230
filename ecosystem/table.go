package ecosystem

import (
	"strings"

	"deps.dev/util/semver"
)

// A Weight is how much an import says about a package.
type Weight uint8

// The weights, weakest first. NoWeight is the zero value: nobody can be asked.
const (
	NoWeight       Weight = iota
	ImportsModule         // a namespace or module that packages of other names may fill
	ImportsLikely         // usually the package's name, but it may be called otherwise
	ImportsPackage        // the name of the package itself
)

// A Shape is how the names of an ecosystem are made, where names are compared
// for likeness. The zero Shape is that of names that are one word.
type Shape struct {
	Scoped    bool   // a name may begin with its owner, "@owner/name"
	Separator string // names are paths whose parts it sets apart, and are compared part by part; empty: they are not
	Hosted    bool   // the first part of a path is a host and the second an owner
}

// A row is what a name and its ecosystem alone decide. What is left out means:
// no such thing, or nothing known.
type row struct {
	Ecosystem Ecosystem
	Title     string                                              // how people write it, "PyPI"
	Registry  string                                              // how messages name its public registry, "npm"
	Aliases   []string                                            // other words taken before the colon of a SPEC
	Public    []string                                            // known spellings of the public registry: host and path without a final slash; scheme, default port and letter case are no part of them
	Normalize func(string) string                                 // canonical spelling; nil: as written
	Check     func(string) Check                                  // nil: every non-empty name is valid
	Import    Weight                                              // what an import says
	OSV       string                                              // OSV's word for it, https://ossf.github.io/osv-schema/#defined-ecosystems
	Spellings func(string) []string                               // other names that OSV may have the package under
	OSVOnly   []string                                            // names that are packages to OSV alone
	System    semver.System                                       // order of versions and syntax of constraints; zero: semver.org's
	VPrefix   bool                                                // people write versions with a v that OSV leaves out
	Page      page                                                // where people read about a package
	Install   func(name, version string) string                   // command that adds a package; version may be empty
	Pin       func(constraint string, locked bool) (string, bool) // the version that a constraint names, and whether it names one; nil: locked ones do
	Example   func(low string) (yes, decided bool)                // whether a name, in lower case and with dashes, stands for one that the reader fills in; decided: no other rule counts
	Shape     Shape                                               // how its names are made, for likeness
	Stdlib    func(name string) (Module, bool)                    // the standard library
	Tidied    string                                              // the command after any change of a manifest, also where there is no lock file
	Undated   bool                                                // the registry has no date of a first publication
	Uncounted bool                                                // the registry publishes no downloads: a name without a rank is little used
	Private   string                                              // for people, where the registry cannot tell a private package from a missing one
	Prefixes  bool                                                // an import is a path, and any prefix of it may be the package
	StdNames  bool                                                // a standard module's name can be registered
	Shims     bool                                                // popular packages with a standard module's name are wanted
}

// table is in the order in which reports count.
var table = []row{
	{
		Ecosystem: NPM, Title: "npm", Registry: "npm", Aliases: []string{"node", "js"}, Check: checkNPM, Shape: Shape{Scoped: true}, Import: ImportsPackage, OSV: "npm",
		System: semver.NPM, VPrefix: true, Page: page{Base: "https://www.npmjs.com/package/", Parts: 1, Scoped: true},
		Public: []string{
			"registry.npmjs.org",
			"registry.npmjs.com",   // answers as the first does
			"registry.yarnpkg.com", // an alias that Yarn 1 writes into lock files
		},
		Example: exampleScope, Install: installer("npm install", "@"), Pin: pinNPM, Stdlib: nodeBuiltin, StdNames: true, Shims: true,
	},
	{
		Ecosystem: PyPI, Title: "PyPI", Registry: "PyPI", Aliases: []string{"python", "py", "pip"}, Normalize: normalizePyPI, Check: checkPyPI, Import: ImportsLikely, OSV: "PyPI",
		System: semver.PyPI, Page: page{Base: "https://pypi.org/project/", End: "/", Parts: 1},
		Public: []string{
			"pypi.org/simple",
			"pypi.python.org/simple", // its name until 2018, which redirects
		},
		Install: installer("pip install", "=="), Pin: pinPyPI, Stdlib: pythonModule, StdNames: true, Uncounted: true,
	},
	{
		Ecosystem: Golang, Title: "Go", Registry: "the Go module proxy", Aliases: []string{"go"}, Check: checkGo, Shape: Shape{Separator: "/", Hosted: true}, Import: ImportsPackage, OSV: "Go", OSVOnly: []string{"stdlib", "toolchain"},
		System: semver.Go, VPrefix: true, Page: page{Base: "https://pkg.go.dev/"},
		Public: []string{"proxy.golang.org"}, Example: goPlaceholder,
		Install: installGo, Pin: pinGo, Stdlib: goPackage, Undated: true,
		Private: "the Go module proxy cannot tell a private module from a missing one: if it is private, set GOPRIVATE", Prefixes: true,
		Tidied: "go mod tidy",
	},
	{
		Ecosystem: Cargo, Title: "crates.io", Registry: "crates.io", Aliases: []string{"crates", "rust", "crates.io"}, Normalize: normalizeCargo, Import: ImportsLikely, OSV: "crates.io", Spellings: crateSpellings,
		System: semver.Cargo, Page: page{Base: "https://crates.io/crates/", Parts: 1}, Install: installer("cargo add", "@"),
	},
	{
		Ecosystem: Gem, Title: "RubyGems", Registry: "RubyGems", Aliases: []string{"rubygems", "ruby"}, Import: ImportsLikely, OSV: "RubyGems",
		System: semver.RubyGems, Page: page{Base: "https://rubygems.org/gems/", Parts: 1}, Install: installer("bundle add", ""),
	},
	{
		Ecosystem: Maven, Title: "Maven", Registry: "Maven Central", Import: ImportsModule, OSV: "Maven", Shape: Shape{Separator: ":"}, Example: exampleGroup,
		System: semver.Maven, Page: page{Base: "https://central.sonatype.com/artifact/", Parts: 2},
	},
	{
		Ecosystem: NuGet, Title: "NuGet", Registry: "NuGet", Aliases: []string{"dotnet"}, Import: ImportsModule, OSV: "NuGet",
		System: semver.NuGet, Page: page{Base: "https://www.nuget.org/packages/", Parts: 1},
	},
	{
		Ecosystem: Composer, Title: "Packagist", Registry: "Packagist", Aliases: []string{"packagist", "php"}, Normalize: lower, Import: ImportsModule, OSV: "Packagist",
		System: semver.Composer, Page: page{Base: "https://packagist.org/packages/", Parts: 2}, Example: func(low string) (bool, bool) { return low == "vendor/package", false },
	},
	{
		Ecosystem: Pub, Title: "pub", Registry: "pub.dev", Aliases: []string{"dart"}, Normalize: lower, Import: ImportsPackage, OSV: "Pub",
		Page: page{Base: "https://pub.dev/packages/", Parts: 1},
	},
	{
		Ecosystem: Hex, Title: "Hex", Registry: "Hex", Aliases: []string{"elixir"}, Import: ImportsModule, OSV: "Hex",
		Page: page{Base: "https://hex.pm/packages/", Parts: 1},
	},
	{
		Ecosystem: JSR, Title: "JSR", Registry: "JSR", Import: ImportsPackage,
		Page: page{Base: "https://jsr.io/", Parts: 1, Scoped: true}, Example: exampleScope,
	},
	{Ecosystem: Conda, Title: "conda", Registry: "conda", Normalize: lower, Import: ImportsModule},
}

func find(e Ecosystem) *row {
	for i := range table {
		if table[i].Ecosystem == e {
			return &table[i]
		}
	}
	return nil
}

// All lists every ecosystem in report order.
func All() []Ecosystem {
	all := make([]Ecosystem, len(table))
	for i := range table {
		all[i] = table[i].Ecosystem
	}
	return all
}

// Lookup finds the ecosystem called word: a purl type or one of the aliases
// that people write ("go", "python"), case ignored.
func Lookup(word string) (Ecosystem, bool) {
	word = lower(word)
	for i := range table {
		if string(table[i].Ecosystem) == word {
			return table[i].Ecosystem, true
		}
		for _, a := range table[i].Aliases {
			if a == word {
				return table[i].Ecosystem, true
			}
		}
	}
	return Unknown, false
}

// Title is how people write the ecosystem's name ("PyPI"); the word itself if
// it is not in the table.
func (e Ecosystem) Title() string {
	if r := find(e); r != nil {
		return r.Title
	}
	return string(e)
}

// Registry is how a message names the ecosystem's public registry.
func (e Ecosystem) Registry() string {
	if r := find(e); r != nil {
		return r.Registry
	}
	return "the registry"
}

// PublicRegistry is how a message tells the ecosystem's public registry from the
// others that it may have.
func (e Ecosystem) PublicRegistry() string {
	if name, ok := strings.CutPrefix(e.Registry(), "the "); ok {
		return "the public " + name
	}
	return "the public " + e.Registry() + " registry"
}

// Exact reports whether an import names the package itself, so that a name the
// registry denies is the author's word and not our guess.
func (e Ecosystem) Exact() bool { return e.Import() == ImportsPackage }

// Import is what an import says about a package.
func (e Ecosystem) Import() Weight {
	if r := find(e); r != nil {
		return r.Import
	}
	return NoWeight
}

// Undated reports whether the registry has no date of a package's first
// publication: its times are those of something else, such as commits.
func (e Ecosystem) Undated() bool { return has(e, func(r *row) bool { return r.Undated }) }

// Uncounted reports whether the registry publishes no number of downloads.
func (e Ecosystem) Uncounted() bool { return has(e, func(r *row) bool { return r.Uncounted }) }

// PrivateHint is what to tell people where the registry cannot tell a private
// package from one that does not exist; empty where it can.
func (e Ecosystem) PrivateHint() string {
	if r := find(e); r != nil {
		return r.Private
	}
	return ""
}

// Prefixes reports whether an import is a path of which any prefix may be the
// package: all of them have to be absent before the path is.
func (e Ecosystem) Prefixes() bool { return has(e, func(r *row) bool { return r.Prefixes }) }

// Shape is how the ecosystem's names are made.
func (e Ecosystem) Shape() Shape {
	if r := find(e); r != nil {
		return r.Shape
	}
	return Shape{}
}

// StandardNames reports whether a package can have the name of a module of the
// standard library; wanted says that popular ones do what the module does where
// there is no standard library.
func (e Ecosystem) StandardNames() (taken, wanted bool) {
	r := find(e)
	return r != nil && r.StdNames, r != nil && r.Shims
}

func has(e Ecosystem, fact func(*row) bool) bool {
	r := find(e)
	return r != nil && fact(r)
}

// Install is the plain command that adds a package, "npm install left-pad";
// empty where none is known. Version may be empty.
func (e Ecosystem) Install(name, version string) string {
	if r := find(e); r != nil && r.Install != nil {
		return r.Install(name, version)
	}
	return ""
}

// installer makes commands of a verb, a name and, behind at, a version. Without
// at the command takes none.
func installer(verb, at string) func(name, version string) string {
	return func(name, version string) string {
		if version == "" || at == "" {
			return verb + " " + name
		}
		return verb + " " + name + at + version
	}
}

// Normalize gives the canonical spelling of name: it serves identity, cache
// keys and purls. It is idempotent and never fails; an invalid name comes back
// changed no more than the rule says.
func Normalize(e Ecosystem, name string) string {
	if r := find(e); r != nil && r.Normalize != nil {
		return r.Normalize(name)
	}
	return name
}
