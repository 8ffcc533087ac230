package source

import (
	"bytes"
	"path"
	"strings"
)

// extensions say the language of a file.
var extensions = map[string]Lang{
	".py": Python, ".pyi": Python, ".pyw": Python, ".pyx": Python,
	".js": JSX, ".mjs": JavaScript, ".cjs": JavaScript, ".jsx": JSX,
	".ts": TypeScript, ".mts": TypeScript, ".cts": TypeScript, ".tsx": TSX,
	".go": Go,
	".sh": Shell, ".bash": Shell, ".zsh": Shell, ".ksh": Shell,
	".ps1": PowerShell, ".psm1": PowerShell, ".cmd": Cmd, ".bat": Cmd,
	".md": Markdown, ".markdown": Markdown, ".mdx": Markdown, ".qmd": Markdown, ".Rmd": Markdown, ".mdc": Markdown,
}

// labels are the words after a fence.
var labels = map[string]Lang{
	"python": Python, "py": Python, "py3": Python, "python3": Python, "pyi": Python, "ipython": IPython, "pycon": IPython, "python-repl": IPython,
	"javascript": JSX, "js": JSX, "mjs": JSX, "cjs": JSX, "jsx": JSX, "node": JSX,
	"typescript": TypeScript, "ts": TypeScript, "mts": TypeScript, "cts": TypeScript, "tsx": TSX,
	"go": Go, "golang": Go,
	"bash": Shell, "sh": Shell, "shell": Shell, "zsh": Shell, "fish": Shell,
	"console": Console, "terminal": Console, "shellsession": Console, "sh-session": Console, "shell-session": Console,
	"powershell": PowerShell, "ps": PowerShell, "ps1": PowerShell, "pwsh": PowerShell, "cmd": Cmd, "bat": Cmd, "batch": Cmd, "dos": Cmd,
	"json": JSON, "jsonc": JSON, "json5": JSON, "toml": TOML, "yaml": YAML, "yml": YAML, "dockerfile": Dockerfile, "docker": Dockerfile,
	"md": Markdown, "markdown": Markdown,
}

// otherLabels are languages that figment knows of and does not read yet: a
// fence in one of them is not guessed at.
var otherLabels = map[string]bool{
	"rust": true, "rs": true, "ruby": true, "rb": true, "irb": true, "gemfile": true, "java": true, "jsh": true, "kotlin": true, "kt": true, "kts": true,
	"scala": true, "sc": true, "groovy": true, "gradle": true, "csharp": true, "cs": true, "c#": true, "csx": true, "fsharp": true, "fs": true, "f#": true,
	"fsx": true, "php": true, "dart": true, "elixir": true, "ex": true, "exs": true, "iex": true, "ini": true, "xml": true, "html": true, "vue": true,
	"svelte": true, "astro": true, "css": true, "scss": true, "sql": true, "c": true, "cpp": true, "c++": true, "h": true, "diff": true, "patch": true,
	"udiff": true, "mermaid": true, "graphql": true, "proto": true, "lua": true, "r": true, "swift": true, "haskell": true, "makefile": true, "csv": true,
}

// ParseLang reads the word of --lang or of a fence.
func ParseLang(word string) (Lang, bool) {
	word = strings.ToLower(word)
	if l, ok := labels[word]; ok {
		return l, true
	}
	if word == "text" || word == "txt" {
		return Text, true
	}
	return Undecided, false
}

// manifestNames are the base names that formats read.
func manifestName(base string) bool {
	switch base {
	case "package.json", "package-lock.json", "npm-shrinkwrap.json", "pyproject.toml", "go.mod":
		return true
	}
	return false
}

// IsRequirements reports whether a path is called like a list of Python
// requirements or constraints.
func IsRequirements(p string) bool {
	base := path.Base(p)
	switch path.Ext(base) {
	case ".txt":
		return strings.HasPrefix(base, "requirements") || strings.HasSuffix(base, "requirements.txt") || strings.HasPrefix(base, "constraints") ||
			path.Base(path.Dir(p)) == "requirements"
	case ".in":
		return strings.Contains(p, "requirements") || strings.HasPrefix(base, "constraints")
	}
	return false
}

func isLock(p string) bool {
	base := path.Base(p)
	return base == "package-lock.json" || base == "npm-shrinkwrap.json"
}

func isManifest(p string) bool { return manifestName(path.Base(p)) || IsRequirements(p) }

// agentFiles are read as Markdown although nothing in their name says so.
func agentFile(base string) bool {
	switch base {
	case ".cursorrules", ".windsurfrules", ".clinerules":
		return true
	}
	return false
}

func knownName(p string) bool { return isManifest(p) || agentFile(path.Base(p)) }

// Interesting reports by its path alone whether anything may read a file. A
// file without extension is: its first line may say what it is.
func Interesting(p string) bool {
	if knownName(p) {
		return true
	}
	ext := path.Ext(p)
	if ext == "" {
		return true
	}
	_, ok := extensions[ext]
	return ok
}

// langOf is the language that a path says.
func langOf(p string) Lang {
	switch {
	case agentFile(path.Base(p)):
		return Markdown
	case isManifest(p):
		return Text
	}
	return extensions[path.Ext(p)]
}

// shebang reads the first line of a script.
func shebang(text []byte) Lang {
	if !bytes.HasPrefix(text, []byte("#!")) {
		return Undecided
	}
	line, _, _ := bytes.Cut(text[2:min(len(text), 256)], []byte("\n"))
	words := strings.Fields(string(line))
	for i, w := range words {
		w = path.Base(w)
		if w == "env" || strings.HasPrefix(w, "-") || i > 0 && strings.Contains(w, "=") {
			continue
		}
		switch strings.TrimRight(w, "0123456789.") {
		case "python", "pypy":
			return Python
		case "uv":
			return Python // env -S uv run --script
		case "node", "bun", "deno":
			return TypeScript
		case "bash", "sh", "zsh", "dash", "ksh":
			return Shell
		case "pwsh":
			return PowerShell
		}
		return Undecided
	}
	return Undecided
}

// decide fills in what a fragment is: by its name, its shebang, its content.
func decide(f *Fragment) {
	if f.Name != "" {
		if isManifest(f.Name) {
			return
		}
		if f.Lang == Undecided {
			f.Lang = langOf(f.Name)
		}
	}
	if f.Lang == Undecided {
		f.Lang = shebang(f.Text)
	}
	if f.Lang == Undecided {
		sniff(f)
	}
	if f.Lang == JSON || f.Lang == TOML {
		lang := f.Lang
		sniff(f)
		if f.Lang == Undecided {
			f.Lang = lang
		}
	}
}

// sniff decides by content. What it can not tell is shell lines or prose, which
// the scanners of commands read line by line.
func sniff(f *Fragment) {
	head := f.Text[:min(len(f.Text), 64<<10)]
	trimmed := bytes.TrimSpace(head)
	has := func(s string) bool { return bytes.Contains(head, []byte(s)) }
	switch {
	case len(trimmed) == 0:
		f.Lang = Text
	case trimmed[0] == '{' || trimmed[0] == '[' && has(`":`):
		f.Lang = JSON
		switch {
		case has(`"lockfileVersion"`) && (has(`"packages"`) || has(`"dependencies"`)):
			f.Name = "package-lock.json"
		case has(`"dependencies"`), has(`"devDependencies"`), has(`"peerDependencies"`):
			f.Name = "package.json"
		}
	case has("[project]") || has("[build-system]") || has("[tool.") || has("[dependency-groups]"):
		f.Name, f.Lang = "pyproject.toml", TOML
	case lineStarts(head, "module ") && (has("require") || lineStarts(head, "go 1")):
		f.Name, f.Lang = "go.mod", Text
	case lineStarts(head, "```"), lineStarts(head, "~~~"):
		f.Lang = Markdown
	case requirementLines(trimmed):
		f.Name, f.Lang = "requirements.txt", Text
	default:
		f.Lang = sniffCode(head)
	}
}

func lineStarts(text []byte, prefix string) bool {
	return bytes.HasPrefix(text, []byte(prefix)) || bytes.Contains(text, []byte("\n"+prefix))
}

// requirementLines: every line that is no comment is a requirement, and one has
// a version.
func requirementLines(text []byte) bool {
	version := false
	for _, line := range bytes.Split(text, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		i := 0
		for i < len(line) && (line[i] >= 'a' && line[i] <= 'z' || line[i] >= 'A' && line[i] <= 'Z' || line[i] >= '0' && line[i] <= '9' || line[i] == '-' || line[i] == '_' || line[i] == '.' || line[i] == '[' || line[i] == ']' || line[i] == ',') {
			i++
		}
		rest := bytes.TrimSpace(line[i:])
		switch {
		case i == 0:
			return false
		case len(rest) == 0:
		case bytes.HasPrefix(rest, []byte("==")), bytes.HasPrefix(rest, []byte(">=")), bytes.HasPrefix(rest, []byte("~=")), bytes.HasPrefix(rest, []byte("<")):
			version = true
		default:
			return false
		}
	}
	return version
}

// sniffCode looks for a line that only one language has.
func sniffCode(text []byte) Lang {
	for _, line := range bytes.Split(text, []byte("\n")) {
		t := string(bytes.TrimSpace(line))
		switch {
		case strings.HasPrefix(t, "package ") && !strings.ContainsAny(t, ";.\"'`") && len(strings.Fields(t)) == 2:
			return Go
		case strings.HasPrefix(t, `import "`) && !strings.HasSuffix(t, ";") && strings.Contains(t, ".") && strings.HasSuffix(t, `"`):
			return Go
		case strings.HasPrefix(t, "import ") && (strings.Contains(t, ` from "`) || strings.Contains(t, " from '") || strings.HasPrefix(t, `import "`) || strings.HasPrefix(t, "import '")),
			strings.HasPrefix(t, "} from \""), strings.HasPrefix(t, "} from '"),
			strings.HasPrefix(t, "const ") && strings.Contains(t, "require("):
			return TSX
		case strings.HasPrefix(t, "from ") && strings.Contains(t, " import "), strings.HasPrefix(t, "import ") && plainModules(t[len("import "):]), strings.HasPrefix(t, ">>> "):
			return Python
		}
	}
	return Console
}

// plainModules reports whether what follows "import" is Python's: dotted names,
// commas, as.
func plainModules(s string) bool {
	s, _, _ = strings.Cut(s, "#")
	for _, part := range strings.Split(s, ",") {
		words := strings.Fields(part)
		if len(words) != 1 && !(len(words) == 3 && words[1] == "as") {
			return false
		}
		for _, c := range words[0] {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.') {
				return false
			}
		}
	}
	return true
}

// LangOf is the language that a file of this name has by its ending; Text for a
// manifest, whose format its name decides, and Undecided for what nothing
// reads.
func LangOf(name string) Lang { return langOf(name) }
