package local

import (
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/project"
)

// bundlerConfig reports whether a file may set aliases in code.
func bundlerConfig(base string) bool {
	for _, b := range []string{"vite.config.", "vitest.config.", "webpack.config.", "babel.config.", "jest.config.", "rollup.config.", "next.config.", "metro.config.", "astro.config.", "nuxt.config.", "svelte.config.", "electron.vite.config."} {
		if strings.HasPrefix(base, b) {
			return true
		}
	}
	return false
}

// A bundlerAlias is a key of an alias table, with what it is led to.
type bundlerAlias struct {
	name    string
	file    string
	targets []string // paths of the tree; "" is the configuration's own directory
	module  string   // the specifier of a package that it leads to
	hidden  bool     // it leads to what a program works out
}

// Words under which the configuration of a bundler or test runner, which is
// code, keeps its aliases, and under which it says in which directories bare
// specifiers are looked for.
var (
	aliasWords = []string{"alias", "moduleNameMapper", "paths"}
	rootWords  = []string{"modules", "moduleDirectories", "modulePaths"}
)

// Limits of what is read in one configuration.
const (
	maxTables   = 20
	maxTable    = 6000 // tokens
	maxAliases  = 2000 // of a directory
	maxConfig   = 1 << 20
	maxLiterals = 20      // of one value
	maxFolded   = 1 << 18 // tokens of values, in one configuration
)

// configures reports whether a file is the configuration of a bundler that is
// read for aliases.
func configures(base string) bool {
	return bundlerConfig(base) || strings.HasPrefix(base, "docusaurus.config.")
}

// docusaurus notes the aliases that Docusaurus resolves to the site and its theme.
func (p *projects) docusaurus(f string) {
	dir := path.Dir(f)
	p.bundler[dir] = append(p.bundler[dir], bundlerAlias{name: "@site", file: f, targets: []string{""}})
	for _, name := range []string{"@theme", "@theme-original", "@theme-init", "@generated"} {
		p.bundler[dir] = append(p.bundler[dir], bundlerAlias{name: name, file: f, hidden: true})
	}
}

// bundlerAliases finds the keys of alias tables in a configuration that is code:
// it is searched, never run. Comments and texts are no configuration.
func (p *projects) bundlerAliases(f string) {
	text, ok := p.ReadText(f)
	if !ok {
		return
	}
	dir := path.Dir(f)
	t := scanJS(text[:min(len(text), maxConfig)])
	tables := 0
	for i := range t.tokens {
		w := t.word(i)
		alias, root := slices.Contains(aliasWords, w), slices.Contains(rootWords, w)
		if !alias && !root || t.punct(i+1) != ':' && t.punct(i+1) != '=' || tables == maxTables {
			continue
		}
		open := t.punct(i + 2)
		switch {
		case alias && (open == '{' || open == '['):
			tables++
			for _, a := range t.table(i + 2) {
				if len(p.bundler[dir]) < maxAliases {
					a.file = f
					p.bundler[dir] = append(p.bundler[dir], a)
				}
			}
		case root && open == '[':
			tables++
			for _, s := range t.literals(i+3, t.end(i+2), 0) {
				root := path.Join(dir, strings.ReplaceAll(s, "<rootDir>", "."))
				if s != "" && s != "node_modules" && !project.Outside(root) && root != dir {
					p.roots[dir] = append(p.roots[dir], root)
				}
			}
		}
	}
}

// bundled is where an alias of a configuration in dir leads, with what follows
// the alias in a specifier of package name.
func (p *projects) bundled(a *bundlerAlias, dir, rest, name string) destination {
	found := elsewhere
	for _, t := range a.targets {
		for _, base := range append([]string{dir}, p.roots[dir]...) {
			if found = p.leads(path.Join(base, t)+rest, found); found == there {
				return there
			}
		}
	}
	switch {
	case a.hidden:
		return untold
	case a.module == "" || packageOf(a.module) == name:
		return found
	}
	if _, ok := ecosystem.Standard(ecosystem.NPM, a.module); ok || len(p.Declared(ecosystem.NPM, packageOf(a.module))) > 0 {
		return there // another package stands for it
	}
	return nowhere
}

// packageOf is the package of a specifier.
func packageOf(spec string) string {
	parts := strings.SplitN(spec, "/", 3)
	if strings.HasPrefix(spec, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

var aliasKey = lazyregexp.New(`^\^?\(?([@~#$A-Za-z0-9_./-]+?)(?:/?\(?[.*$)\[].*)?\$?$`)

// table gives the aliases of the object or list that begins at token i. Keys
// deeper down are something else's.
func (t *jsText) table(i int) []bundlerAlias {
	var out []bundlerAlias
	end := t.end(i)
	add := func(key string, from, to int) {
		if m := aliasKey().FindStringSubmatch(key); m != nil {
			if name := strings.Trim(m[1], "/*$^"); name != "" && len(out) < 500 {
				out = append(out, t.alias(name, from, to))
			}
		}
	}
	if t.punct(i) == '{' {
		t.members(i, end, func(key string, from, to int) { add(key, from, to) })
		return out
	}
	for k := i + 1; k < end; k++ { // {find: "x", replacement: y}
		open := t.punct(k)
		if open != '{' && open != '[' && open != '(' {
			continue
		}
		last := t.end(k)
		if open == '{' {
			find, from, to := "", 0, 0
			t.members(k, last, func(key string, a, b int) {
				switch {
				case key == "find" && b == a+1 && t.tokens[a].kind == jsString:
					find = t.word(a)
				case key == "replacement":
					from, to = a, b
				}
			})
			if find != "" {
				add(find, from, to)
			}
		}
		k = last
	}
	return out
}

// members gives the keys of an object literal, with the tokens of their values.
func (t *jsText) members(open, end int, f func(key string, from, to int)) {
	for i := open + 1; i < end; {
		to := i // of the member
		colon := -1
		for ; to < end && t.punct(to) != ','; to++ {
			switch t.punct(to) {
			case '{', '[', '(':
				to = t.end(to)
			case ':':
				if colon < 0 {
					colon = to
				}
			}
		}
		to = min(to, end)
		if colon == i+1 {
			f(t.word(i), colon+1, to)
		}
		i = to + 1
	}
}

// alias reads the value of an alias: tokens from (inclusive) to (exclusive).
func (t *jsText) alias(name string, from, to int) bundlerAlias {
	a := bundlerAlias{name: name}
	words := t.literals(from, to, 0)
	if len(words) == 0 {
		if from < to && slices.ContainsFunc(t.tokens[from:to], func(x jsToken) bool { return t.text(x) == "__dirname" }) {
			a.targets = []string{""}
			return a
		}
		a.hidden = true
		return a
	}
	bare := to == from+1 || t.word(from) == "require"
	for i := range words {
		for _, w := range []string{words[i], path.Join(words[i:]...)} {
			w, _, _ = strings.Cut(strings.ReplaceAll(w, "<rootDir>", "."), "$")
			if w = strings.Trim(w, "/"); !slices.Contains(a.targets, w) {
				a.targets = append(a.targets, w)
			}
		}
	}
	if w := words[0]; bare && w != "" && w[0] != '.' && w[0] != '/' && w[0] != '<' {
		a.module = w
		if packageOf(w) == name { // the package itself
			a.targets = nil
		}
	}
	return a
}

// literals are the texts in tokens from (inclusive) to (exclusive), with those of
// variables that are assigned once.
func (t *jsText) literals(from, to, depth int) []string {
	var out []string
	for i := from; i < to && len(out) < maxLiterals && t.spent < maxFolded; i++ {
		t.spent++
		switch x := t.tokens[i]; x.kind {
		case jsString:
			if t.punct(i-1) == '(' && t.word(i-2) == "require" {
				continue // a program
			}
			if s := t.word(i); !strings.Contains(s, "\\") {
				out = append(out, s)
			}
		case jsWord:
			if at, ok := t.assigned()[t.text(x)]; ok && at >= 0 && depth < 3 && t.punct(i-1) != '.' {
				out = append(out, t.literals(at, t.statement(at), depth+1)...)
			}
		}
	}
	return out[:min(len(out), maxLiterals)]
}
