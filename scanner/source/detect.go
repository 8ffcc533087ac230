package source

import (
	"bytes"
	"cmp"
	"figment/scanner/container"
	"figment/scanner/text"
	"path"
	"strings"
)

// A fileKind says how a file is treated before anything is known but its path.
type fileKind uint8

const (
	noFile       fileKind = iota // nothing reads it: it is never opened
	sourceFile                   // imports
	scriptFile                   // commands
	docFile                      // fences and prose
	manifestFile                 // declared dependencies
	lockFile                     // the same, resolved; may be long
	sniffed                      // no extension: the first line decides
)

// classify decides by the path alone. It runs for every file of a tree.
func classify(p string) (fileKind, text.Lang) {
	base := path.Base(p)
	switch base {
	case "package.json":
		return manifestFile, text.JSON
	case "package-lock.json", "npm-shrinkwrap.json":
		return lockFile, text.JSON
	case "pnpm-workspace.yaml", ".yarnrc.yml":
		return manifestFile, text.YAML
	case "pyproject.toml":
		return manifestFile, text.TOML
	case "setup.py":
		return manifestFile, text.Python
	case "go.mod", "setup.cfg":
		return manifestFile, text.Text
	case ".envrc", ".bashrc", ".bash_profile", ".bash_aliases", ".profile", ".zshrc", ".zprofile", ".zshenv":
		return scriptFile, text.Shell
	}
	if lang, ok := containerOf(base, func(c *container.Container) []string { return c.Files }); ok {
		return docFile, lang
	}
	if IsTSConfig(p) {
		return sourceFile, text.JSON
	}
	ext := path.Ext(base)
	if ext == "" {
		switch dir := path.Base(path.Dir(p)); {
		case IsRequirements(p):
			return manifestFile, text.Text
		case dir == ".husky" || dir == ".githooks": // hooks are often without a first line that says it
			return scriptFile, text.Shell
		}
		return sniffed, text.Undecided
	}
	if len(ext) == len(base) {
		return noFile, text.Undecided // .env
	}
	ext = strings.ToLower(ext)
	if lang, ok := containerOf(ext, func(c *container.Container) []string { return c.Extensions }); ok {
		return docFile, lang
	}
	switch ext {
	case ".txt", ".in", ".pip", ".lock":
		if IsRequirements(p) {
			return manifestFile, text.Text
		}
	case ".py", ".pyi", ".pyw", ".pyx":
		return sourceFile, text.Python
	case ".ipy":
		return sourceFile, text.IPython
	case ".js", ".jsx":
		return sourceFile, text.JSX
	case ".mjs", ".cjs":
		return sourceFile, text.JavaScript
	case ".ts", ".mts", ".cts":
		return sourceFile, text.TypeScript
	case ".tsx":
		return sourceFile, text.TSX
	case ".go":
		return sourceFile, text.Go
	case ".sh", ".bash", ".zsh", ".ksh", ".fish", ".bats":
		return scriptFile, text.Shell
	case ".ps1", ".psm1":
		return scriptFile, text.PowerShell
	case ".cmd", ".bat":
		return scriptFile, text.Cmd
	}
	return noFile, text.Undecided
}

// Interesting reports by its path alone whether anything may read a file. A
// file without extension is interesting: its first line may name a language.
func Interesting(p string) bool {
	kind, _ := classify(p)
	return kind != noFile
}

// IsRequirements reports whether a path is called like a list of Python
// requirements or constraints, as pip and pip-tools call them.
func IsRequirements(p string) bool {
	base := path.Base(p)
	low := strings.ToLower(base)
	switch ext := path.Ext(low); ext {
	case ".txt":
		stem := strings.TrimSuffix(low, ext)
		if strings.HasPrefix(low, "requirements") || strings.HasPrefix(low, "constraints") ||
			strings.HasSuffix(stem, "requirements") || strings.HasSuffix(stem, "constraints") {
			return true
		}
		for _, word := range strings.FieldsFunc(stem, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
			if word == "reqs" {
				return true
			}
		}
		dir, _ := path.Split(p)
		return strings.Contains("/"+dir, "/requirements/") // and in folders below
	case "":
		for _, word := range []string{"requirements", "constraints"} {
			rest, ok := strings.CutPrefix(low, word)
			if ok && (rest == "" || rest[0] == '-' || rest[0] == '_') || strings.HasSuffix(low, "-"+word) || strings.HasSuffix(low, "_"+word) {
				return true
			}
		}
		// README, LICENSE and Makefile lie in such folders too.
		return path.Base(path.Dir(p)) == "requirements" && base == low && knownKind(p) == ""
	case ".pip":
		return strings.Contains(low, "requirements") || strings.Contains(low, "constraints") || path.Base(path.Dir(p)) == "requirements"
	case ".lock": // of Rye
		return strings.HasPrefix(low, "requirements")
	case ".in":
		return isInput(base) && (strings.HasPrefix(base, "constraints") || strings.Contains(p, "requirements"))
	}
	return false
}

// IsTSConfig reports whether a path is called like a configuration of the
// TypeScript compiler.
func IsTSConfig(p string) bool {
	stem, ok := strings.CutSuffix(path.Base(p), ".json")
	if !ok {
		return false
	}
	for _, name := range []string{"tsconfig", "jsconfig"} {
		if rest, ok := strings.CutPrefix(stem, name); ok && (rest == "" || rest[0] == '.' || rest[0] == '-' || rest[0] == '_') {
			return true
		}
	}
	return false
}

// isInput reports whether a file may be what pip-tools compiles. Beside a list
// of requirements such a file has any name, but for that of setuptools' list of
// files.
func isInput(base string) bool {
	return strings.HasSuffix(base, ".in") && base != "MANIFEST.in"
}

// shebang reads which language a script is in from its first line.
func shebang(src []byte) text.Lang {
	rest, ok := bytes.CutPrefix(src, []byte("#!"))
	if !ok {
		return text.Undecided
	}
	line, _, _ := bytes.Cut(rest[:min(len(rest), sniffSize)], []byte("\n"))
	for i, w := range strings.Fields(string(line)) {
		w = path.Base(w)
		if w == "env" || strings.HasPrefix(w, "-") || i > 0 && strings.Contains(w, "=") {
			continue
		}
		switch strings.TrimSuffix(strings.TrimRight(w, "0123456789."), ".exe") {
		case "python", "pypy", "uv": // env -S uv run --script
			return text.Python
		case "ipython":
			return text.IPython
		case "node", "nodejs":
			return text.JSX
		case "bun", "deno", "tsx", "ts-node":
			return text.TypeScript
		case "bash", "sh", "zsh", "dash", "ksh", "ash":
			return text.Shell
		case "pwsh", "powershell":
			return text.PowerShell
		}
		return text.Undecided
	}
	return text.Undecided
}

// decide fills in what the text of a whole file is: by --lang, its name, its
// shebang, its content.
func decide(f *text.Fragment) {
	if f.Lang != text.Undecided {
		if _, byName := classify(f.Name); byName != f.Lang {
			f.Name = ""
			f.Name, _ = sniffData(f.Text, f.Lang)
		}
		return
	}
	kind, lang := classify(f.Name)
	if kind != noFile && kind != sniffed {
		f.Lang = lang
		if kind == scriptFile && path.Ext(f.Name) == "" { // a hook in any language
			f.Lang = cmp.Or(shebang(f.Text), lang)
		}
		return
	}
	if f.Lang = shebang(f.Text); f.Lang != text.Undecided {
		return
	}
	name, lang := sniff(f.Text)
	switch {
	case name != "":
		f.Name, f.Lang = path.Join(path.Dir(f.Name), name), lang
	case lang != text.Undecided:
		f.Lang = lang
	default:
		f.Lang = text.Markdown // an answer without fences: commands on lines of their own, and prose
	}
}

// LangOf is the language that a file of this name has: Text for a manifest or
// lock file, whose format its name decides, and Undecided for what nothing
// reads and for a name without an extension.
func LangOf(name string) text.Lang {
	kind, lang := classify(name)
	if kind == manifestFile || kind == lockFile {
		return text.Text
	}
	return lang
}
