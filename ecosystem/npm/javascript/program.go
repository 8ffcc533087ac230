package javascript

import (
	"bytes"
	"path"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Programs of node that code starts, and files that it loads: by their names alone
// some of these are no code.

// starts reports whether the text speaks of what runs commands or programs.
func (j *scanner) starts() bool {
	if j.known.mayStart == 0 {
		j.known.mayStart = 1
		for _, w := range []string{"child_process", "execSync", "spawn", "execFile", "execa", "fork("} {
			if bytes.Contains(j.s, []byte(w)) {
				j.known.mayStart = 2
				break
			}
		}
	}
	return j.known.mayStart == 2
}

// worthReading reports whether a command may hold anything that is read.
func (j *scanner) worthReading(src []byte) bool {
	return j.e.Commands.MayInstall(append(bytes.Clone(src), ' ')) || code.RunsCode(src) || j.starts() && j.e.Commands.MayRun(src)
}

// file notes a file that the text loads or runs, whose name need not say that it is
// code: node takes every ending that it does not know for JavaScript.
func (j *scanner) file(l *code.Literal) {
	name := l.Text
	if l.Open || l.Span.Len() == 0 || len(name) > code.MaxConstant || strings.ContainsAny(name, "?!:*\n\x00") || noCode(name) {
		return
	}
	if j.files == nil {
		j.files = map[string]text.Span{}
	}
	if _, ok := j.files[name]; !ok {
		j.files[name] = l.Outer(0, len(name))
		j.order = append(j.order, name)
	}
}

// loadsFile does so for the specifier of a module.
func (j *scanner) loadsFile(l *code.Literal) {
	if strings.HasPrefix(l.Text, "./") || strings.HasPrefix(l.Text, "../") || strings.HasPrefix(l.Text, "/") {
		if ext := path.Ext(l.Text); len(ext) > 1 && !strings.Contains(ext, "/") {
			j.file(l)
		}
	}
}

// noCode reports whether a file is, by its ending, code that is read anyway, or
// nothing that is code: what bundlers load besides.
func noCode(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx",
		".json", ".json5", ".jsonc", ".node", ".wasm", ".css", ".scss", ".sass", ".less", ".styl", ".pcss", ".html", ".htm", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".bmp",
		".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".webm", ".ogg", ".wav", ".pdf", ".map", ".md", ".mdx", ".vue", ".svelte", ".astro", ".yaml", ".yml", ".toml", ".xml", ".csv",
		".graphql", ".gql", ".glsl", ".vert", ".frag", ".wgsl", ".sql", ".proto", ".hbs", ".ejs", ".pug", ".njk", ".coffee", ".py", ".sh", ".zip", ".gz":
		return true
	}
	return false
}

// forks reads a call of fork, whose arguments stand at i: the file, and what node
// is told besides.
func (j *scanner) forks(i int) {
	if j.starts() {
		if l, ok := j.argument(i); ok {
			j.file(&l)
		}
		j.give(given{role: fork, at: i - 1, value: i})
	}
}

// options reads what a program is given besides its arguments: options of node,
// and variables that tools take options from.
func (j *scanner) options(v *code.Value) {
	for k := range v.List {
		for n := range v.List[k].Alternatives {
			a := &v.List[k].Alternatives[n]
			for m, key := range a.Keys {
				for q := range a.List[m].Alternatives {
					switch value := &a.List[m].Alternatives[q]; {
					case key == "execArgv" && value.IsList:
						node := code.Outcome{Alternatives: []code.Value{{Parts: []code.Part{{Text: "node"}}}}}
						command := code.Value{IsList: true, List: append([]code.Outcome{node}, value.List...)}
						src, m := command.Command()
						j.hand(j.f.Derive(src, m, text.Shell), extract.Dynamic)
					case key == "env":
						for x, name := range value.Keys {
							j.variable(name, value.List[x])
						}
					}
				}
			}
		}
	}
}

// variable reads what a variable of the environment names: what a tool makes of
// it is known where commands are read.
func (j *scanner) variable(name string, o code.Outcome) {
	if !toolVariable(name) {
		return
	}
	for k := range o.Alternatives {
		a := &o.Alternatives[k]
		if a.IsList {
			continue
		}
		known := code.Value{}
		for _, p := range a.Parts {
			if p.Hole {
				p.Hole, p.Text, p.Verbatim = false, " ", false
			}
			known.Parts = append(known.Parts, p)
		}
		src, m := code.Assignment(name, &known)
		j.hand(j.f.Derive(src, m, text.Shell), extract.Dynamic)
	}
}

// toolVariable reports whether tools take options from a variable of that name.
func toolVariable(name string) bool {
	for i := range len(name) {
		if !extract.IsAlnum(name[i]) && name[i] != '_' {
			return false
		}
	}
	switch name {
	case "NODE_OPTIONS", "BUN_OPTIONS", "BASH_ENV", "PYTHONSTARTUP":
		return true
	}
	for _, p := range []string{"npm_config_", "pnpm_config_", "pip_", "uv_"} {
		if len(name) > len(p) && strings.EqualFold(name[:len(p)], p) {
			return true
		}
	}
	return false
}

// setsVariable reads the value at i that a variable of the environment is given.
func (j *scanner) setsVariable(name string, i int) {
	if toolVariable(name) && string(j.receiver()) == "env" {
		j.give(given{role: variable, at: i, value: i, rest: true, name: name})
	}
}
