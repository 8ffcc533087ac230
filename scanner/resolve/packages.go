package resolve

import (
	"slices"
	"strings"
	"unicode"

	"figment/ecosystem"
	"figment/names"
	"figment/scanner/extract"
	"figment/scanner/project"
)

// maxImport bounds what is taken for an import, in bytes.
const maxImport = 512

// Packages gives the packages that an import of Cargo, RubyGems, Maven, NuGet,
// Packagist, pub or Hex may mean, best first, by hand-kept maps and the habits
// of each world. It is empty for other ecosystems and for what names nothing.
// It knows no project: Resolve prefers what is declared.
func Packages(e ecosystem.Ecosystem, imp string) []Candidate {
	imp = strings.TrimSpace(imp)
	if imp == "" || len(imp) > maxImport {
		return nil
	}
	switch e {
	case ecosystem.Cargo:
		return crate(imp)
	case ecosystem.Gem:
		return gems(imp)
	case ecosystem.Maven:
		return artifacts(imp)
	case ecosystem.NuGet:
		return dotnet(imp)
	case ecosystem.Composer:
		return composer(imp)
	case ecosystem.Pub:
		return dart(imp)
	case ecosystem.Hex:
		return hexPackages(imp)
	}
	return nil
}

// mapped makes candidates of a row "import, package, others".
func mapped(row []string) []Candidate {
	out := []Candidate{{row[1], Mapped, "high"}}
	for _, o := range list(row[2]) {
		out = append(out, Candidate{o, Mapped, "low"})
	}
	return out
}

// crate: the first segment of a path; "_" and "-" are one letter.
func crate(imp string) []Candidate {
	first, _, _ := strings.Cut(strings.TrimPrefix(imp, "::"), "::")
	if first = strings.TrimPrefix(first, "r#"); first == "" {
		return nil
	}
	return []Candidate{{ecosystem.Normalize(ecosystem.Cargo, first), Identity, "high"}}
}

// gems: what a require path may belong to. The map knows what is called
// otherwise; else the whole path with dashes, its first segment, and both with
// dashes for underscores. What the index knows goes first.
func gems(imp string) []Candidate {
	imp = strings.Trim(strings.TrimSuffix(imp, ".rb"), "/")
	if row, ok := longest(gemRequires, imp, "/", 3); ok {
		// "a/b" of a mapped "a" may still be a gem of its own: "rack-b".
		out := mapped(row)
		if whole := strings.ReplaceAll(imp, "/", "-"); row[0] != imp && whole != row[1] {
			if known(ecosystem.Gem, whole) {
				return append([]Candidate{{whole, Identity, "medium"}}, out...)
			}
			out = append(out, Candidate{whole, Identity, "low"})
		}
		return out
	}
	first, _, deep := strings.Cut(imp, "/")
	var words []string
	if deep {
		words = append(words, strings.ReplaceAll(imp, "/", "-"))
	}
	words = append(words, first)
	for _, w := range slices.Clone(words) {
		if strings.Contains(w, "_") {
			words = append(words, strings.ReplaceAll(w, "_", "-"))
		}
	}
	var out, rest []Candidate
	for _, w := range words {
		switch {
		case w == "":
		case known(ecosystem.Gem, w):
			out = append(out, Candidate{w, Identity, "high"})
		default:
			rest = append(rest, Candidate{w, Identity, "medium"})
		}
	}
	return append(out, rest...)
}

func known(e ecosystem.Ecosystem, name string) bool {
	x, err := names.Open(e)
	if err != nil {
		return false
	}
	_, ok := x.Rank(name)
	return ok
}

// artifacts: the longest Java package that the map has. Nothing else can be
// read from a package name, which is no hint of a group.
func artifacts(imp string) []Candidate {
	imp = strings.TrimSuffix(strings.TrimPrefix(imp, "static "), ".*")
	if row, ok := longest(mavenPackages, imp, ".", 3); ok {
		return mapped(row)
	}
	return nil
}

// dotnet: a namespace is often the id of its package, or begins with it; ids
// are compared without case.
func dotnet(imp string) []Candidate {
	var out []Candidate
	for q := imp; q != ""; q, _ = parent(q) {
		out = append(out, Candidate{strings.ToLower(q), Identity, "low"})
	}
	return out
}

// composer: vendor and package are the first two parts of a namespace, in lower
// case, words joined with dashes; or the vendor has one package of its name.
func composer(imp string) []Candidate {
	parts := strings.Split(strings.Trim(imp, `\`), `\`)
	vendor := kebab(parts[0])
	if vendor == "" {
		return nil
	}
	var out []Candidate
	add := func(name string) {
		if !slices.ContainsFunc(out, func(c Candidate) bool { return c.Name == name }) {
			out = append(out, Candidate{name, Identity, "low"})
		}
	}
	for _, v := range []string{vendor, strings.ReplaceAll(vendor, "-", "")} {
		if len(parts) > 2 || len(parts) == 2 && known(ecosystem.Composer, v+"/"+kebab(parts[1])) {
			add(v + "/" + kebab(parts[1]))
		}
	}
	// Symfony\Component\Console\… is symfony/console.
	if len(parts) > 2 && (parts[1] == "Component" || parts[1] == "Bundle" || parts[1] == "Bridge") {
		out = slices.Insert(out, 0, Candidate{vendor + "/" + kebab(strings.TrimSuffix(parts[2], "Bundle")), Identity, "low"})
	}
	add(vendor + "/" + vendor)
	// What the index knows goes first.
	slices.SortStableFunc(out, func(a, b Candidate) int {
		switch x, y := known(ecosystem.Composer, a.Name), known(ecosystem.Composer, b.Name); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}

// dart: "package:x/y.dart" names x.
func dart(imp string) []Candidate {
	imp = strings.TrimPrefix(imp, "package:")
	first, _, _ := strings.Cut(imp, "/")
	if first == "" || strings.Contains(first, ":") {
		return nil
	}
	return []Candidate{{ecosystem.Normalize(ecosystem.Pub, first), Identity, "certain"}}
}

// hexPackages: the longest module that the map has, else the first segment in
// snake case.
func hexPackages(imp string) []Candidate {
	if row, ok := longest(hexModules, imp, ".", 3); ok {
		return mapped(row)
	}
	first, _, _ := strings.Cut(imp, ".")
	if s := joined(first, '_'); s != "" {
		return []Candidate{{s, Identity, "low"}}
	}
	return nil
}

func kebab(word string) string { return joined(word, '-') }

// joined writes a word in capitals and small letters as small words: "MyXQLPool"
// with '_' is "my_xql_pool".
func joined(word string, sep rune) string {
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

// other resolves an import of the ecosystems of Packages: what is declared goes
// first, then what the map and the habits say.
func (r *resolver) other(x *extract.Reference, d project.Decision) {
	imp := x.Module
	if imp == "" {
		imp = x.Name
	}
	e := x.Ecosystem
	cands := Packages(e, imp)
	for _, c := range cands {
		if len(r.p.Declared(e, ecosystem.Normalize(e, c.Name))) > 0 {
			r.add(x, r.declaredAs(x, ecosystem.Normalize(e, c.Name), d), ecosystem.Normalize(e, c.Name), []Candidate{{ecosystem.Normalize(e, c.Name), Declared, "high"}}, Use{Reference: x, How: Declared}, false)
			return
		}
	}
	if name, ok := r.related(e, imp); ok {
		r.add(x, r.declaredAs(x, name, d), name, []Candidate{{name, Declared, "medium"}}, Use{Reference: x, How: Declared}, false)
		return
	}
	if len(cands) == 0 { // nobody can be asked about words that name no package
		d = project.Decision{Reason: "no package is known to hold it"}
		r.add(x, d, imp, nil, Use{Reference: x, How: Identity}, false)
		return
	}
	u := Use{Reference: x, How: cands[0].How}
	u.Undeclared = needed(x) && r.p.HasManifest(e, x.Path) && (e.Import() >= ecosystem.ImportsLikely || cands[0].How == Mapped)
	r.add(x, d, ecosystem.Normalize(e, cands[0].Name), cands, u, false)
}

// related finds the one declared package that an import without an exact match
// most likely belongs to: an id that is a prefix of the namespace, a group that
// is a prefix of the Java package, the only package of a vendor, the gem of a
// longer path. Names are compared without case.
func (r *resolver) related(e ecosystem.Ecosystem, imp string) (string, bool) {
	best, length, many := "", 0, false
	for name := range r.p.DeclaredNames(e) {
		n := 0
		low := strings.ToLower(name)
		switch e {
		case ecosystem.NuGet:
			if within(strings.ToLower(imp), low, ".") {
				n = len(low)
			}
		case ecosystem.Maven:
			if group, _, ok := strings.Cut(name, ":"); ok && within(imp, group, ".") {
				n = len(group)
			}
		case ecosystem.Composer:
			first, _, _ := strings.Cut(strings.Trim(imp, `\`), `\`)
			if vendor, _, ok := strings.Cut(low, "/"); ok && (vendor == kebab(first) || vendor == strings.ToLower(first)) {
				n = len(vendor)
			}
		case ecosystem.Hex:
			if first, _, _ := strings.Cut(imp, "."); strings.ReplaceAll(low, "_", "") == strings.ToLower(first) {
				n = len(low)
			}
		}
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

// within reports whether name is p or lies below it.
func within(name, p, sep string) bool {
	rest, ok := strings.CutPrefix(name, p)
	return ok && p != "" && (rest == "" || strings.HasPrefix(rest, sep))
}
