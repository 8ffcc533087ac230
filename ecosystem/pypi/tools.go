package pypi

import (
	"slices"
	"strings"

	"figment/ecosystem/pypi/pep508"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Tables of pyproject.toml below [tool] belong to the tools that read them. Some
// name requirements besides those of packaging, many hold commands.

// A toolText is a text of commands that waits for the end of the file.
type toolText struct {
	text  []byte
	m     text.Map
	lang  text.Lang
	label string
	flags extract.Flags
}

// tool reads a value of a table below [tool].
func (p *pyproject) tool(v text.TOMLValue) {
	if v.Table || v.Other {
		p.commandsDone()
		return
	}
	path := v.Path[1:] // without "tool"
	last := path[len(path)-1]
	if scope, ok := toolRequirements(path); ok {
		p.toolRequirement(v, scope)
		return
	}
	switch strings.Join(path[:min(len(path), 3)], ".") {
	case "pdm.resolution.overrides":
		if len(path) == 4 {
			p.poetryValue(v, 4, 0, "override")
		}
		return
	case "tox.legacy_tox_ini":
		p.legacy = v.Span
		return
	}
	if path[0] == "pixi" && len(path) > 4 && path[1] == "feature" && path[3] == "pypi-dependencies" {
		p.poetryValue(v, 5, 0, path[2])
		return
	}
	if n := len(p.commands); n > 0 && (v.Index != p.commands[n-1].Index+1 || !slices.Equal(v.Path, p.commands[n-1].Path)) {
		p.commandsDone()
	}
	if path[0] == "poetry" && len(path) > 1 && (path[1] == "scripts" || path[1] == "plugins") || last == "help" || last == "description" {
		return // entry points, and what people read
	}
	p.commands = append(p.commands, v)
}

// toolRequirements reports whether the strings at a path below [tool] are
// requirements, and their scope.
func toolRequirements(path []string) (scope string, ok bool) {
	last := path[len(path)-1]
	switch path[0] {
	case "cibuildwheel":
		return "test", last == "test-requires"
	case "tox":
		return "test", last == "deps" || last == "requires" && len(path) == 2
	case "briefcase":
		return "", last == "requires" || last == "test_requires"
	case "pytest":
		return "test", last == "required_plugins" && len(path) == 3
	case "pdm":
		return "build", last == "plugins" && len(path) == 2
	case "uv":
		return "override", last == "requires-dist" && path[1] == "dependency-metadata"
	case "hatch":
		switch {
		case len(path) == 3 && path[1] == "env" && last == "requires":
			return "build", true
		case len(path) > 4 && path[1] == "envs" && path[3] == "overrides":
			if last == "value" {
				last = path[len(path)-2]
			}
			return path[2], last == "dependencies" || last == "extra-dependencies"
		}
	}
	return "", false
}

// toolRequirement reads an element of a list of requirements, or all of them in
// one string. Options and paths name no package; includes are told apart.
func (p *pyproject) toolRequirement(v text.TOMLValue, scope string) {
	if v.Index >= 0 {
		if _, ok := pep508.Parse(v.Text); ok || !strings.HasPrefix(v.Text, "-") && !strings.ContainsAny(v.Text, `/\`) {
			p.pep508(v, extract.Dev, scope)
		}
		return
	}
	words, _ := shellWords(v.Text, 0)
	for _, w := range words {
		if strings.HasPrefix(w.text, "#") {
			return
		}
		req, ok := pep508.Parse(w.text)
		if !ok || w.end-w.start != len(w.text) && v.Text[w.start+1:w.end-1] != w.text {
			continue
		}
		at := w.start + strings.Index(v.Text[w.start:w.end], w.text)
		r := req.Reference(0, extract.Manifest)
		r.Flags, r.Scope = extract.Dev, scope
		if v.Low {
			r.Flags |= extract.Low
		}
		r.Span = text.TOMLPart(p.s, v, at+req.Start, at+req.End)
		p.refs = append(p.refs, pythonRef{Reference: r})
	}
}

// toolInclude gives the path of a requirements file that an option in a list of
// requirements names, and where it stands in the string.
func toolInclude(v text.TOMLValue) (path string, at int, constraint, ok bool) {
	if len(v.Path) < 2 || v.Path[0] != "tool" || !strings.HasPrefix(v.Text, "-") {
		return "", 0, false, false
	}
	if _, ok := toolRequirements(v.Path[1:]); !ok {
		return "", 0, false, false
	}
	for _, option := range []string{"-r", "--requirement", "-c", "--constraint"} {
		if rest, ok := strings.CutPrefix(v.Text, option); ok {
			path = strings.Trim(rest, " =\t")
			return path, strings.LastIndex(v.Text, path), option[len(option)-1] == 'c' || option == "--constraint", path != ""
		}
	}
	return "", 0, false, false
}

// commandsDone reads the strings that stand together: a command, a list of
// commands, or the words of one.
func (p *pyproject) commandsDone() {
	list := p.commands
	p.commands = p.commands[:0]
	if len(list) == 0 {
		return
	}
	known := toolCommands(list[0].Path[1:])
	single := func(v text.TOMLValue) bool { return !strings.ContainsAny(v.Text, " \t\n") }
	if len(list) > 1 && known && !slices.ContainsFunc(list, func(v text.TOMLValue) bool { return !single(v) }) {
		var b text.Builder
		for i, v := range list {
			if i > 0 {
				b.Escape(" ", v.Span.Start, 0)
			}
			src := p.s[v.Span.Start:v.Span.End]
			if string(src) != v.Text || strings.ContainsAny(v.Text, "'\"\\`;&|<>()") {
				b.Escape("$_", v.Span.Start, v.Span.Len())
				continue
			}
			b.Verbatim(src, v.Span.Start)
		}
		src, m := b.Done()
		p.text(src, m, list[0], known)
		return
	}
	for _, v := range list {
		if src, m, ok := text.TOMLText(p.s, v); ok {
			p.text(src, m, v, known)
		}
	}
}

// text keeps a text of commands. What a tool does with the strings of a table
// that is not known is doubted.
func (p *pyproject) text(src []byte, m text.Map, v text.TOMLValue, known bool) {
	t := toolText{text: src, m: m, lang: text.Shell, label: strings.Join(v.Path, ".")}
	if !known {
		t.lang = text.Other
	}
	if v.Low {
		t.flags = extract.Low
	}
	p.texts = append(p.texts, t)
}

// toolCommands reports whether the strings at a path below [tool] are commands.
func toolCommands(path []string) bool {
	last := path[len(path)-1]
	task := func(depth int) bool { // below a table of tasks
		return len(path) == depth+1 || slices.Contains([]string{"cmd", "shell", "sequence", "composite", "chain", "all"}, last)
	}
	at := func(keys ...string) bool { return len(path) > len(keys) && slices.Equal(path[:len(keys)], keys) }
	switch {
	case at("poe", "tasks"), at("pdm", "scripts"), at("taskipy", "tasks"), at("rye", "scripts"), at("pixi", "tasks"):
		return task(2)
	case at("pixi", "feature") && len(path) > 4 && path[3] == "tasks", at("pixi", "target") && len(path) > 4 && path[3] == "tasks":
		return task(4)
	case at("hatch", "envs") && len(path) > 3:
		return path[3] == "scripts" || strings.HasSuffix(path[3], "-install-commands")
	case path[0] == "cibuildwheel":
		return strings.HasPrefix(last, "before-") || strings.HasSuffix(last, "-command")
	case path[0] == "tox":
		return strings.HasPrefix(last, "commands")
	case path[0] == "semantic_release":
		return last == "build_command"
	}
	return false
}
