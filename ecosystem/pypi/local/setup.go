package local

import (
	"path"
	"strings"

	"figment/internal/lazyregexp"
	"figment/scanner/project"
)

var (
	packageDirs  = lazyregexp.New(`\bpackage_dir\s*=\s*(?:dict\s*\(\s*)?\{([^{}]*)\}`)
	packageDir   = lazyregexp.New(`:\s*(?:'([^'\n]*)'|"([^"\n]*)")`)
	findPackages = lazyregexp.New(`\bfind_(?:namespace_)?packages\s*\(\s*(?:where\s*=\s*)?(?:'([^'\n]*)'|"([^"\n]*)")`)
)

// setupPy notes the directories from which a setup.py takes packages, as far as
// its literals say.
func (p *projects) setupPy(f string) {
	data, ok := p.ReadText(f)
	if !ok {
		return
	}
	for _, m := range packageDirs().FindAllSubmatch(data, 20) {
		for _, d := range packageDir().FindAllSubmatch(m[1], 100) {
			p.setupRoot(f, string(d[1])+string(d[2]))
		}
	}
	for _, m := range findPackages().FindAllSubmatch(data, 20) {
		p.setupRoot(f, string(m[1])+string(m[2]))
	}
}

// setupCfg notes the same of a setup.cfg.
func (p *projects) setupCfg(f string) {
	data, ok := p.ReadText(f)
	if !ok {
		return
	}
	section, key := "", ""
	for line := range strings.Lines(string(data)) {
		trimmed := strings.TrimSpace(line)
		indented := line[0] == ' ' || line[0] == '\t'
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
			continue
		case trimmed[0] == '[':
			section, key = strings.Trim(trimmed, "[] "), ""
			continue
		case !indented:
			k, v, _ := strings.Cut(trimmed, "=")
			key, trimmed = strings.ReplaceAll(strings.TrimSpace(k), "-", "_"), strings.TrimSpace(v)
		}
		switch {
		case trimmed == "":
		case section == "options" && key == "package_dir":
			for _, pair := range strings.Split(trimmed, ",") {
				if _, dir, ok := strings.Cut(pair, "="); ok {
					p.setupRoot(f, strings.TrimSpace(dir))
				}
			}
		case section == "options.packages.find" && key == "where":
			p.setupRoot(f, trimmed)
		}
	}
}

// setupRoot adds a directory that modules are imported from.
func (p *projects) setupRoot(f, dir string) {
	d := path.Join(path.Dir(f), dir)
	if list := p.setups[path.Dir(f)]; dir != "" && len(list) < 200 && !project.Outside(d) && !path.IsAbs(dir) {
		p.setups[path.Dir(f)] = append(list, d)
	}
}
