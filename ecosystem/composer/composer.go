// Package composer is what figment knows of Packagist: which packages an import may mean.
package composer

import (
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/resolve"
	"figment/scanner/text"
)

// Adapter is the ecosystem's.
func Adapter() adapter.Adapter {
	return adapter.Vocabulary(ecosystem.Composer, &resolve.Rules{Ecosystem: ecosystem.Composer, Packages: composer, Related: related}, commands(), unread(), folder())
}

// folder is "vendor" where Composer fills it.
func folder() text.Folder {
	return text.Folder{Names: []string{"vendor"}, Marks: []string{"composer", "autoload.php"}, Made: func(here map[string]bool, read func(string) []byte) string {
		if here["composer"] && here["autoload.php"] && read("../composer.json") != nil {
			return "vendor/autoload.php beside composer.json"
		}
		return ""
	}}
}

// unread are the files that name its packages, none of which is read yet.
func unread() []text.Known {
	return []text.Known{
		{What: "Composer manifest", Names: []string{"composer.json"}},
		{What: "Composer lock file", Names: []string{"composer.lock"}, Refresh: "composer update --lock"},
		{What: "PHP source", Names: []string{".php"}, Labels: []string{"php"}},
	}
}

// composer: vendor and package are the first two parts of a namespace, in lower
// case, words joined with dashes; or the vendor has one package of its name.
func composer(imp string) []resolve.Candidate {
	parts := strings.Split(strings.Trim(imp, `\`), `\`)
	vendor := kebab(parts[0])
	if vendor == "" {
		return nil
	}
	var out []resolve.Candidate
	add := func(name string) {
		if !slices.ContainsFunc(out, func(c resolve.Candidate) bool { return c.Name == name }) {
			out = append(out, resolve.Candidate{Name: name, How: resolve.Identity, Confidence: "low"})
		}
	}
	for _, v := range []string{vendor, strings.ReplaceAll(vendor, "-", "")} {
		if len(parts) > 2 || len(parts) == 2 && resolve.Known(ecosystem.Composer, v+"/"+kebab(parts[1])) {
			add(v + "/" + kebab(parts[1]))
		}
	}
	// Symfony\Component\Console\… is symfony/console.
	if len(parts) > 2 && (parts[1] == "Component" || parts[1] == "Bundle" || parts[1] == "Bridge") {
		out = slices.Insert(out, 0, resolve.Candidate{Name: vendor + "/" + kebab(strings.TrimSuffix(parts[2], "Bundle")), How: resolve.Identity, Confidence: "low"})
	}
	add(vendor + "/" + vendor)
	// What the index knows goes first.
	slices.SortStableFunc(out, func(a, b resolve.Candidate) int {
		switch x, y := resolve.Known(ecosystem.Composer, a.Name), resolve.Known(ecosystem.Composer, b.Name); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}

func kebab(word string) string { return resolve.SplitCase(word, '-') }

// related takes a package for the namespaces of its vendor.
func related(imp, name string) int {
	first, _, _ := strings.Cut(strings.Trim(imp, `\`), `\`)
	if vendor, _, ok := strings.Cut(strings.ToLower(name), "/"); ok && (vendor == kebab(first) || vendor == strings.ToLower(first)) {
		return len(vendor)
	}
	return 0
}
