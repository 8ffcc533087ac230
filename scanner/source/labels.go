package source

import (
	"figment/scanner/container"
	"figment/scanner/text"
	"strings"
)

// labelLang gives the language of a fence's label, in lower case. known is
// false for words that say nothing; a known label without a language is one of
// a language that nothing reads: such a fence is not guessed at, and only the
// commands in it count.
func labelLang(label string) (lang text.Lang, known bool) {
	if lang, known = containerOf(label, func(c *container.Container) []string { return c.Labels }); known {
		return lang, true
	}
	switch label {
	case "python", "py", "py3", "python3", "pyi", "pycon", "python-repl":
		return text.Python, true
	case "ipython":
		return text.IPython, true
	case "javascript", "js", "mjs", "cjs", "jsx", "node":
		return text.JSX, true
	case "typescript", "ts", "mts", "cts":
		return text.TypeScript, true
	case "tsx":
		return text.TSX, true
	case "go", "golang":
		return text.Go, true
	case "bash", "sh", "shell", "zsh", "fish":
		return text.Shell, true
	case "console", "terminal", "shellsession", "sh-session", "shell-session":
		return text.Console, true
	case "powershell", "ps", "ps1", "pwsh":
		return text.PowerShell, true
	case "cmd", "bat", "batch", "dos":
		return text.Cmd, true
	case "json", "jsonc", "json5":
		return text.JSON, true
	case "toml":
		return text.TOML, true
	case "yaml", "yml":
		return text.YAML, true
	case "requirements", "requirements.txt", "pip-requirements":
		return text.Text, true
	case "rust", "rs", "ruby", "rb", "irb", "gemfile", "java", "jsh", "kotlin", "kt", "kts", "scala", "sc", "groovy", "gradle",
		"csharp", "cs", "c#", "csx", "fsharp", "fs", "f#", "fsx", "php", "dart", "elixir", "ex", "exs", "iex", "erlang",
		"ini", "cfg", "conf", "config", "properties", "env", "dotenv", "editorconfig", "xml", "css", "scss", "sass", "less", "sql", "graphql", "proto", "protobuf",
		"c", "h", "cpp", "c++", "objc", "objective-c", "swift", "zig", "nim", "haskell", "hs", "elm", "ocaml", "clojure", "clj",
		"lisp", "scheme", "lua", "perl", "r", "julia", "matlab", "fortran", "pascal", "vb", "solidity", "hcl", "terraform",
		"nix", "cmake", "nginx", "mermaid", "dot", "plantuml", "latex", "tex", "csv", "regex", "http":
		return text.Undecided, true
	}
	return text.Undecided, false
}

// ParseLang reads the word of --lang: a label of a fence. Words for text
// without a language give Undecided, so that the content decides; ok is false
// for languages that nothing reads.
func ParseLang(word string) (lang text.Lang, ok bool) {
	word = strings.ToLower(word)
	switch word {
	case "text", "txt", "plaintext", "none":
		return text.Undecided, true
	}
	lang, _ = labelLang(word)
	return lang, lang != text.Undecided
}
