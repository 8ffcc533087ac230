package source

import (
	"figment/scanner/text"
	"strings"
)

// codeSigns counts what speaks for a language, line by line.
type codeSigns struct {
	python, pythonImport int
	javascript, typed    int
	golang, goImport     int
	quotedImport         int // import "x": Go's or JavaScript's
	braces               int // lines that end as in the family of C
	others               int // what only other languages have
}

// sniffCode finds the one language of which a complete clause is in the text.
// A bare "import a.b" is also Java's, Kotlin's, Swift's: it counts for Python
// only where nothing speaks for another.
func sniffCode(src []byte) text.Lang {
	var s codeSigns
	text.EachLine(src, func(line []byte) bool {
		s.line(string(line[:min(len(line), 500)]))
		return true
	})
	switch {
	case s.golang > 0 && (s.goImport > 0 || s.quotedImport > 0 || s.golang > 1):
		return text.Go
	case s.goImport > 0 && s.javascript == 0:
		return text.Go
	case s.javascript > 0 || s.quotedImport > 0 && s.python == 0 && s.golang == 0:
		if s.typed > 0 {
			return text.TypeScript
		}
		return text.JSX
	case s.python > 0:
		return text.Python
	case s.pythonImport > 0 && s.braces == 0 && s.others == 0:
		return text.Python
	}
	return text.Undecided
}

func (s *codeSigns) line(line string) {
	t := strings.TrimSpace(line)
	if t == "" {
		return
	}
	if strings.HasSuffix(t, "{") || strings.HasSuffix(t, ";") || t == "}" {
		s.braces++
	}
	word, rest, _ := strings.Cut(t, " ")
	rest = strings.TrimSpace(rest)
	quoted := strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'")
	switch word {
	case "import":
		switch {
		case quoted && strings.HasPrefix(rest, `"`) && strings.HasSuffix(rest, `"`) && !strings.HasPrefix(rest, `".`):
			s.quotedImport++
			if host, _, ok := strings.Cut(rest, "/"); ok && strings.Contains(host, ".") {
				s.goImport++
			}
		case quoted:
			s.javascript++
		case rest == "(":
			s.goImport++
		case strings.Contains(rest, ` from "`) || strings.Contains(rest, " from '") || strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "* as "):
			s.javascript++
			if strings.HasPrefix(rest, "type ") {
				s.typed++
			}
		case pythonModules(rest):
			s.pythonImport++
		}
	case "from":
		module, names, ok := strings.Cut(rest, " import ")
		if ok && pythonPath(strings.TrimLeft(module, ".")) && strings.TrimSpace(names) != "" {
			s.python++
		}
	case "def", "class", "async":
		if strings.HasSuffix(t, ":") {
			s.python++
		}
	case ">>>":
		s.python++
	case "if":
		if strings.HasPrefix(rest, "__name__") {
			s.python++
		}
	case "}":
		if strings.HasPrefix(rest, "from '") || strings.HasPrefix(rest, `from "`) {
			s.javascript++
		}
	case "const", "let", "var":
		if strings.Contains(rest, "require(") || strings.Contains(rest, "=>") || strings.Contains(rest, "await import(") {
			s.javascript++
		}
	case "export":
		if next, _, _ := strings.Cut(rest, " "); next == "default" || next == "const" || next == "function" || next == "class" || next == "*" || next == "{" {
			s.javascript++
		} else if next == "type" || next == "interface" {
			s.javascript++
			s.typed++
		}
	case "interface":
		if strings.HasSuffix(t, "{") {
			s.typed++
		}
	case "package":
		if !strings.ContainsAny(rest, " .;{\"'") && rest != "" {
			s.golang++
		} else {
			s.others++
		}
	case "func":
		if strings.HasSuffix(t, "{") && strings.Contains(rest, "(") && !strings.Contains(rest, "->") {
			s.golang++
		} else {
			s.others++
		}
	case "fun", "val", "public", "private", "protected", "using", "use", "fn", "namespace", "object", "module", "struct", "extern":
		s.others++
	default:
		if strings.HasPrefix(t, "require(") || strings.Contains(t, "module.exports") || strings.HasPrefix(t, "import(") || strings.HasPrefix(t, "console.log(") {
			s.javascript++
		}
	}
}

// pythonModules reports whether s is what follows "import" in Python: dotted
// names, "as", commas.
func pythonModules(s string) bool {
	s, _, _ = strings.Cut(s, "#")
	s = strings.TrimRight(s, " \t")
	if s == "" || strings.HasSuffix(s, ";") {
		return false
	}
	for part := range strings.SplitSeq(s, ",") {
		words := strings.Fields(part)
		if len(words) != 1 && (len(words) != 3 || words[1] != "as" || !pythonPath(words[2])) || !pythonPath(words[0]) {
			return false
		}
	}
	return true
}

// pythonPath reports whether s is a dotted name; the empty one is that of a
// relative import.
func pythonPath(s string) bool {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '.':
			if i == 0 || i == len(s)-1 || s[i-1] == '.' {
				return false
			}
		case !text.IsLetter(s[i]):
			return false
		}
	}
	return true
}

// sniffShell finds lines that begin with a command which installs or runs
// packages, or leads to one. With a prompt the text is a session.
func sniffShell(src []byte) text.Lang {
	found := text.Undecided
	text.EachLine(src, func(line []byte) bool {
		t := strings.TrimSpace(string(line[:min(len(line), 500)]))
		command, prompted := afterPrompt(t)
		word, rest, _ := strings.Cut(command, " ")
		if !isCommand(word) || !prompted && !commandTail(word, rest) {
			return true
		}
		found = text.Shell
		if prompted {
			found = text.Console
		}
		return !prompted
	})
	return found
}

// afterPrompt cuts off the prompt of a shell.
func afterPrompt(line string) (string, bool) {
	if dir, ok := strings.CutPrefix(line, "➜  "); ok { // ➜  dir git:(main) ✗ npm i x
		_, rest, _ := strings.Cut(dir, " ")
		if _, after, ok := strings.Cut(rest, ") "); ok && strings.HasPrefix(rest, "git:(") {
			rest = after
		}
		rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "✗ "))
		if word, _, _ := strings.Cut(rest, " "); isCommand(word) {
			return rest, true
		}
	}
	for _, p := range []string{"$ ", "% ", "> ", "# ", "❯ ", "➜ "} {
		if rest, ok := strings.CutPrefix(line, p); ok {
			return strings.TrimSpace(rest), true
		}
	}
	if i := strings.Index(line, "> "); i > 0 && (strings.HasPrefix(line, "PS ") || i > 2 && line[1] == ':' && line[2] == '\\') {
		return strings.TrimSpace(line[i+2:]), true
	}
	if i := strings.Index(line, "$ "); i > 0 && (strings.ContainsAny(line[:i], "@~") || strings.HasPrefix(line, "(")) {
		return strings.TrimSpace(line[i+2:]), true
	}
	for _, sign := range []string{"# ", "% ", "$ ", "> "} { // root@id:/app#, [me@host dir]$, bash-5.2#, /app #, PS>
		if i := strings.Index(line, sign); i > 0 && i < 100 {
			head := strings.TrimSpace(line[:i])
			if strings.Contains(head, "@") || head == "PS" || head[0] == '/' && !strings.Contains(head, " ") || strings.HasPrefix(strings.TrimLeft(head, "bdzka"), "sh-") {
				return strings.TrimSpace(line[i+2:]), true
			}
		}
	}
	return line, false
}

// commandTail reports whether what follows a command's name may be its
// arguments and not the rest of a sentence.
func commandTail(word, rest string) bool {
	verb, _, _ := strings.Cut(rest, " ")
	switch word {
	case "go", "mix", "source", "export", "env", "py", "node", "sh", "bash":
		return strings.ContainsAny(verb, "./=-") || verb == "get" || verb == "install" || verb == "run" || verb == "mod"
	}
	return verb != "" && (!strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, " .") || strings.HasSuffix(rest, "/."))
}

// isCommand reports whether a line that begins with the word may hold an
// install or run command. Versions and paths are cut off the word.
func isCommand(word string) bool {
	word = word[strings.LastIndexAny(word, `/\`)+1:]
	word = strings.TrimSuffix(word, ".exe")
	word = strings.TrimSuffix(word, ".cmd")
	switch strings.TrimRight(word, "0123456789.") {
	case "pip", "pipx", "python", "py", "uv", "uvx", "poetry", "pdm", "rye", "pipenv", "hatch", "easy_install",
		"conda", "mamba", "micromamba", "pixi",
		"npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "deno", "ni", "nlx", "jsr", "corepack", "node",
		"go", "cargo", "gem", "bundle", "composer", "dotnet", "dart", "flutter", "mix",
		"sudo", "env", "docker", "podman", "bash", "sh", "cd", "mkdir", "export", "source", "curl", "git",
		"apt", "apt-get", "brew", "%pip", "!pip":
		return true
	}
	return false
}
