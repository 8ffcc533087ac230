package ecosystem

// A row says everything about an ecosystem that a name alone can decide.
type row struct {
	Ecosystem Ecosystem
	Title     string              // how people write it, "PyPI"
	Registry  string              // how messages name its public registry, "npm"
	Aliases   []string            // other words taken before the colon of a SPEC
	Normalize func(string) string // canonical spelling; nil: as written
	Check     func(string) Check  // nil: every non-empty name is valid
	OSV       string              // OSV's word for it
	Exact     bool                // an import names the package itself
}

// table is in the order in which reports count.
var table = []row{
	{Ecosystem: NPM, Title: "npm", Registry: "npm", Aliases: []string{"node", "js"}, Check: checkNPM, OSV: "npm", Exact: true},
	{Ecosystem: PyPI, Title: "PyPI", Registry: "PyPI", Aliases: []string{"python", "py", "pip"}, Normalize: normalizePyPI, Check: checkPyPI, OSV: "PyPI"},
	{Ecosystem: Golang, Title: "Go", Registry: "the Go module proxy", Aliases: []string{"go"}, Check: checkGo, OSV: "Go", Exact: true},
	{Ecosystem: Cargo, Title: "crates.io", Registry: "crates.io", Aliases: []string{"crates", "rust", "crates.io"}, Normalize: normalizeCargo, OSV: "crates.io"},
	{Ecosystem: Gem, Title: "RubyGems", Registry: "RubyGems", Aliases: []string{"rubygems", "ruby"}, OSV: "RubyGems"},
	{Ecosystem: Maven, Title: "Maven", Registry: "Maven Central", OSV: "Maven"},
	{Ecosystem: NuGet, Title: "NuGet", Registry: "NuGet", Aliases: []string{"dotnet"}, OSV: "NuGet"},
	{Ecosystem: Composer, Title: "Packagist", Registry: "Packagist", Aliases: []string{"packagist", "php"}, Normalize: lower, OSV: "Packagist"},
	{Ecosystem: Pub, Title: "pub", Registry: "pub.dev", Aliases: []string{"dart"}, Normalize: lower, OSV: "Pub", Exact: true},
	{Ecosystem: Hex, Title: "Hex", Registry: "Hex", Aliases: []string{"elixir"}, OSV: "Hex"},
	{Ecosystem: JSR, Title: "JSR", Registry: "JSR", Exact: true},
	{Ecosystem: Conda, Title: "conda", Registry: "conda", Normalize: lower},
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

// Exact reports whether an import names the package itself, so that a name the
// registry denies is the author's word and not our guess.
func (e Ecosystem) Exact() bool {
	r := find(e)
	return r != nil && r.Exact
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
