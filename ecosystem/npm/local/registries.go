package local

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/settings"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/text"
)

// An Entry is one setting of a configuration, with the key that npm has for it:
// "registry", "@scope:registry", "//host/path/:_authToken". Where a file binds a
// credential to a scope or to the default registry and not to a URL, the key is
// "@scope:_authToken" or "registry:_authToken".
type Entry struct {
	Key, Value string
	Line       int    // from 1
	As         string // how the file calls the key; empty: as npm does
}

// A Config is a configuration file that says which registry names come from.
type Config struct {
	Managers Managers // the programs that read it
	ini      bool     // keys may hold variables, too
	entries  func(text string) ([]Entry, error)
}

// Read gives the settings of a text. Values are expanded by expand; nil leaves them
// as they are. The error says that there may be more.
func (c Config) Read(text string, expand func(string) string) ([]Entry, error) {
	entries, err := c.entries(text)
	if expand == nil {
		return entries, err
	}
	for i := range entries {
		e := &entries[i]
		if e.Value = expand(e.Value); c.ini {
			e.Key = expand(e.Key)
		}
	}
	return entries, err
}

// ConfigOf is the kind of a configuration file, by its base name. One that none of
// the programs knows is read as an .npmrc, which a variable may call anything.
func ConfigOf(base string) (c Config, known bool) {
	switch base {
	case "rc", "auth.ini": // in pnpm's own directory
		return Config{UsesPnpm, true, parseINI}, true
	case ".yarnrc":
		return Config{UsesYarnClassic, false, parseYarnrc}, true
	case ".yarnrc.yml":
		return Config{UsesYarnBerry, false, parseYarnBerry}, true
	case "pnpm-workspace.yaml", "config.yaml":
		return Config{UsesPnpm, false, parsePnpm}, true
	case "bunfig.toml", ".bunfig.toml":
		return Config{UsesBun, false, parseBunfig}, true
	}
	return Config{UsesNPM | UsesYarnClassic | UsesPnpm | UsesBun | UsesDeno, true, parseINI}, base == ".npmrc" || base == "npmrc"
}

// parseYarnrc reads the configuration of Yarn 1: a key and a value on each line,
// in quotes where they need them. "--install.registry" is an option of a command.
//
// Specification: https://classic.yarnpkg.com/lang/en/docs/yarnrc/
func parseYarnrc(text string) ([]Entry, error) {
	var out []Entry
	n := 0
	for line := range strings.Lines(text) {
		n++
		key, rest := yarnWord(strings.TrimSpace(line))
		value, _ := yarnWord(strings.TrimLeft(rest, ": \t="))
		as := key
		if option, ok := strings.CutPrefix(key, "--"); ok {
			key = option[strings.LastIndexByte(option, '.')+1:]
		}
		if key == "" || key[0] == '#' || value == "" {
			continue
		}
		out = append(out, Entry{Key: key, Value: value, Line: n, As: as})
	}
	return out, nil
}

// yarnWord cuts the first word off a line, without its quotes.
func yarnWord(s string) (word, rest string) {
	if s == "" {
		return "", ""
	}
	if q := s[0]; q == '"' || q == '\'' {
		if end := strings.IndexByte(s[1:], q); end >= 0 {
			return s[1 : 1+end], s[2+end:]
		}
		return s[1:], ""
	}
	if i := strings.IndexAny(s, " \t="); i >= 0 {
		return strings.TrimSuffix(s[:i], ":"), s[i:]
	}
	return s, ""
}

// yamlEntries reads those values of a text for whose paths key gives a key.
func yamlEntries(src string, key func(path []text.Key) string) ([]Entry, error) {
	var out []Entry
	lines := text.NewLines([]byte(src))
	err := text.WalkYAML([]byte(src), func(path []text.Key, v text.Value) {
		if k := key(path); k != "" && v.Text != "" {
			names := make([]string, len(path))
			for i := range path {
				names[i] = path[i].Name
			}
			out = append(out, Entry{Key: k, Value: v.Text, Line: lines.At(path[len(path)-1].Span.Start).Line, As: strings.Join(names, ".")})
		}
	})
	return out, err
}

// parseYarnBerry reads the configuration of Yarn 2 and later.
//
// Specification: https://yarnpkg.com/configuration/yarnrc
func parseYarnBerry(src string) ([]Entry, error) {
	return yamlEntries(src, func(path []text.Key) string {
		switch n := len(path); {
		case n == 1:
			return yarnKey("registry", path[0].Name)
		case n == 3 && path[0].Name == "npmScopes":
			return yarnKey("@"+strings.TrimPrefix(path[1].Name, "@"), path[2].Name)
		case n == 3 && path[0].Name == "npmRegistries":
			key := yarnKey("", path[2].Name)
			if _, place, ok := strings.Cut(path[1].Name, "//"); ok && strings.HasPrefix(key, ":_auth") {
				return "//" + strings.TrimRight(place, "/") + "/" + key
			}
		}
		return ""
	})
}

// yarnKey is npm's key for a setting of Yarn about a scope, or about "registry".
func yarnKey(about, setting string) string {
	switch setting {
	case "npmRegistryServer":
		if about == "registry" {
			return about
		}
		return about + ":registry"
	case "npmAuthToken":
		return about + ":_authToken"
	case "npmAuthIdent":
		return about + ":_auth"
	}
	return ""
}

// parsePnpm reads what pnpm's settings say of registries, those of a workspace
// or of the user.
//
// Specification: https://pnpm.io/settings
func parsePnpm(src string) ([]Entry, error) {
	return yamlEntries(src, func(path []text.Key) string {
		switch n := len(path); {
		case n == 1 && (path[0].Name == "registry" || strings.HasPrefix(path[0].Name, "@") && strings.HasSuffix(path[0].Name, ":registry")):
			return path[0].Name
		case n == 2 && path[0].Name == "registries" && path[1].Name == "default":
			return "registry"
		case n == 2 && path[0].Name == "registries" && strings.HasPrefix(path[1].Name, "@"):
			return path[1].Name + ":registry"
		}
		return ""
	})
}

// parseBunfig reads what the configuration of Bun says of registries: each is a
// URL, or a table with a URL and a credential.
//
// Specification: https://bun.sh/docs/runtime/bunfig
func parseBunfig(src string) ([]Entry, error) {
	var out []Entry
	lines := text.NewLines([]byte(src))
	err := text.WalkTOML([]byte(src), func(v text.TOMLValue) {
		if v.Table || v.Other || v.Index >= 0 || v.Text == "" || len(v.Path) < 2 || v.Path[0] != "install" {
			return
		}
		about, field := "", ""
		switch n := len(v.Path); {
		case v.Path[1] == "registry" && n <= 3:
			about, field = "registry", strings.Join(v.Path[2:], "")
		case v.Path[1] == "scopes" && (n == 3 || n == 4):
			about, field = "@"+strings.TrimPrefix(v.Path[2], "@"), strings.Join(v.Path[3:], "")
		default:
			return
		}
		key := about
		switch field {
		case "", "url":
			if about != "registry" {
				key += ":registry"
			}
		case "token":
			key += ":_authToken"
		case "username":
			key += ":username"
		case "password":
			key += ":password" // as it is, where npm's is in base 64
		default:
			return
		}
		out = append(out, Entry{Key: key, Value: v.Text, Line: lines.At(v.Span.Start).Line, As: strings.Join(v.Path, ".")})
	})
	return out, err
}

// unreadableURL stands for a URL that says nothing without the variables in it.
const unreadableURL = "(not a URL)"

// Claims reads what a repository's configuration file says of registries,
// without expanding anything.
func Claims(file string, data []byte) []settings.Claim {
	config, _ := ConfigOf(path.Base(file))
	return config.Claims(file, data)
}

// Claims reads what a file of the kind says that is not the user's.
func (c Config) Claims(file string, data []byte) []settings.Claim {
	claims, _ := c.claims(file, data) // the user's variable led to the file: they are told so
	return claims
}

// claims reads claims; the error says that there may be more.
func (c Config) claims(file string, data []byte) ([]settings.Claim, error) {
	entries, err := c.Read(string(data), nil)
	var out []settings.Claim
	for _, e := range entries {
		c := settings.Claim{Ecosystem: ecosystem.NPM, URL: settings.MakeRoot(ecosystem.NPM, e.Value, "").URL, Path: file, Line: e.Line}
		if e.As != e.Key {
			c.Key = e.As
		}
		if c.URL == "" && e.Value != "" {
			c.URL = unreadableURL
		}
		switch {
		case e.Key == "registry":
			out = append(out, c)
		case strings.HasPrefix(e.Key, "@") && strings.HasSuffix(e.Key, ":registry"):
			c.Scope = strings.TrimSuffix(e.Key, ":registry")
			out = append(out, c)
		}
	}
	return out, err
}

// A claim is what a configuration file of the tree says of a registry.
type claim struct {
	settings.Claim
	managers Managers // the programs that read the file
}

// configuration notes what a file of the tree says of registries.
func (p *projects) configuration(f string) {
	data, ok := p.ReadText(f)
	if !ok {
		return
	}
	config, _ := ConfigOf(path.Base(f))
	claims, err := config.claims(f, data)
	dir := path.Dir(f)
	if p.claims[dir] == nil {
		p.claims[dir] = map[string][]claim{}
	}
	for _, c := range claims { // of a file the last one counts
		scope := strings.ToLower(c.Scope)
		list := p.claims[dir][scope]
		if n := len(list) - 1; n >= 0 && list[n].Path == f {
			list[n].Claim = c
		} else {
			p.claims[dir][scope] = append(list, claim{c, config.Managers})
		}
	}
	if err != nil {
		problem := source.Problem{Path: f, Text: err.Error() + ": what more it says of registries is not known"}
		if e, ok := err.(*text.SyntaxError); ok && e.Why == text.NestedTooDeep {
			problem.Why, problem.Dropped = source.NestedTooDeep, true
		}
		p.Report(problem)
	}
}

// claimed gives what the configuration files above a file say of where a name
// comes from: the nearest that speaks of its scope, or of all names. Only what
// those programs read counts that install the project.
func (p *projects) claimed(file, name string, by Managers) *claim {
	if len(p.claims) == 0 {
		return nil
	}
	scope, _, scoped := strings.Cut(name, "/")
	scope = strings.ToLower(scope)
	var found, all *claim
	project.Up(path.Dir(file), func(dir string) bool {
		of := func(scope string) *claim {
			list := p.claims[dir][scope]
			for i := range list {
				if c := &list[i]; by == 0 || c.managers&by != 0 {
					return c
				}
			}
			return nil
		}
		if all == nil {
			all = of("")
		}
		if scoped {
			found = of(scope)
		}
		return found == nil
	})
	return cmp.Or(found, all)
}

// Managers are programs that install packages of npm.
type Managers uint8

// The programs. None means that nothing says which it is.
const (
	UsesNPM Managers = 1 << iota
	UsesYarnClassic
	UsesYarnBerry
	UsesPnpm
	UsesBun
	UsesDeno
)

// ManagersOf finds out which programs install the project of a directory: the one
// that its package.json names, else those whose lock files lie there, else the
// one whose workspace it is. read gives the beginning of a file of the directory;
// field is the program that package.json names, "pnpm@10.1.0".
func ManagersOf(field string, read func(name string) (text string, ok bool)) Managers {
	if by := managerNamed(field); by != 0 {
		return by
	}
	var found Managers
	for _, lock := range []struct {
		name string
		by   Managers
	}{
		{"package-lock.json", UsesNPM}, {"npm-shrinkwrap.json", UsesNPM}, {"pnpm-lock.yaml", UsesPnpm},
		{"bun.lock", UsesBun}, {"bun.lockb", UsesBun}, {"deno.lock", UsesDeno},
	} {
		if _, ok := read(lock.name); ok {
			found |= lock.by
		}
	}
	text, locked := read("yarn.lock")
	_, rc := read(".yarnrc.yml")
	switch {
	case locked && (rc || strings.Contains(text[:min(len(text), 400)], berryLock)):
		found |= UsesYarnBerry
	case locked:
		found |= UsesYarnClassic
	}
	if found == 0 { // each file of one program's is a sign of it
		if rc {
			found |= UsesYarnBerry
		}
		if _, ok := read("pnpm-workspace.yaml"); ok {
			found |= UsesPnpm
		}
		if text, ok := read("bunfig.toml"); ok && strings.Contains(text, "install") {
			found |= UsesBun
		}
	}
	return found
}

// berryLock stands at the beginning of a yarn.lock of Yarn 2 and later.
const berryLock = "__metadata:"

// managerNamed is the program that a package.json names, "pnpm@10.1.0"; 0: none
// that is known.
func managerNamed(field string) Managers {
	name, version, _ := strings.Cut(field, "@")
	switch name {
	case "npm":
		return UsesNPM
	case "pnpm":
		return UsesPnpm
	case "bun":
		return UsesBun
	case "deno":
		return UsesDeno
	case "yarn":
		if strings.HasPrefix(version, "1.") {
			return UsesYarnClassic
		}
		return UsesYarnBerry
	}
	return 0
}

// managersOf are the programs that install what the files of a directory ask
// for; 0: nothing says which.
func (p *projects) managersOf(dir string) Managers {
	if m, ok := p.managed[dir]; ok {
		return m
	}
	var found Managers
	home := dir
	if pkg := p.nearestNPM(dir); pkg != nil {
		home = pkg.dir
	}
	roots := []string{home}
	for _, w := range p.workspacesOf(home) {
		roots = append(roots, w.dir)
	}
	for _, root := range slices.Compact(roots) {
		field := ""
		if pkg := p.packages[root]; pkg != nil {
			field = pkg.field
		}
		found = ManagersOf(field, func(name string) (string, bool) {
			f := path.Join(root, name)
			if !p.IsFile(f) {
				return "", false
			}
			if name != "yarn.lock" && name != "bunfig.toml" {
				return "", true
			}
			text, _ := p.ReadText(f)
			return string(text[:min(len(text), 1<<16)]), true
		})
		if found != 0 {
			break
		}
	}
	p.managed[dir] = found
	return found
}
