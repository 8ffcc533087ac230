package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/osv/osvtest"
	"figment/registry/registrytest"
)

// elsewhere are commands of the documents that are not run here, each with why.
var elsewhere = map[string]string{
	"figment index update --from ./packs":                                "wants packs: scripts of figment index have some",
	"figment index update --from https://packs.example/ --key maker.pem": "a host that does not exist: scripts play one",
	"figment index update --from https://packs.example/ pypi npm":        "a host that does not exist: scripts play one",
}

// documents are the README and the pages, by their path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, glob := range []string{"../../README.md", "../../docs/*.md", "../../docs/rules/*.md"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", glob, len(files), err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			pages[strings.TrimPrefix(filepath.ToSlash(f), "../../")] = string(data)
		}
	}
	return pages
}

// TestDocumentedCommands runs every command that a document shows in a block of
// shell, against loopback. The commands of docs/pre-commit.md want a repository
// and have a test of their own.
func TestDocumentedCommands(t *testing.T) {
	w := registrytest.NewWorld()
	w.Add(ecosystem.NPM, "react")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o, err := osvtest.New()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	home := t.TempDir()
	env := map[string]string{"HOME": home, "XDG_CONFIG_HOME": home, "FIGMENT_CACHE_DIR": filepath.Join(home, "cache"), "PATH": os.Getenv("PATH"), "CI": "true"}
	for _, v := range append(w.Env(), o.Env()...) {
		k, value, _ := strings.Cut(v, "=")
		env[k] = value
	}
	for k, v := range env {
		t.Setenv(k, v)
	}
	ran := 0
	used := map[string]bool{}
	for page, text := range documents(t) {
		if page == "docs/pre-commit.md" {
			continue
		}
		for _, command := range shellCommands(text) {
			if _, ok := elsewhere[command]; ok {
				used[command] = true
				continue
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"dependencies":{"react":"*"}}`), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			var out, errw bytes.Buffer
			a := &app{in: strings.NewReader(""), out: &out, err: &errw, env: func(k string) string { return env[k] }, dir: dir}
			if code := a.run(t.Context(), strings.Fields(command)[1:]); code != exitOK {
				t.Errorf("%s: %q ends with %d\n%s%s", page, command, code, out.String(), errw.String())
			}
			ran++
		}
	}
	if ran < 4 {
		t.Errorf("only %d commands were found", ran)
	}
	for c := range elsewhere {
		if !used[c] {
			t.Errorf("no document shows %q any more", c)
		}
	}
}

// shellCommands are the calls of figment in blocks of shell, without comments.
func shellCommands(text string) []string {
	var out []string
	shell := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			lang := strings.TrimPrefix(line, "```")
			shell = !shell && (lang == "sh" || lang == "bash" || lang == "console")
			continue
		}
		if !shell {
			continue
		}
		line = strings.TrimPrefix(line, "$ ")
		if rest, ok := strings.CutPrefix(line, "go run ./cmd/figment "); ok {
			line = "figment " + rest
		}
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "figment ") {
			out = append(out, line)
		}
	}
	return out
}

var (
	codeSpan = regexp.MustCompile("`(figment [^`]+)`")
	flagWord = regexp.MustCompile(`(?:^|[\s\[|])--([a-z][a-z-]+)`)
)

// TestDocumentedFlags: what a document writes as a call of figment names a
// command, and options that this command has.
func TestDocumentedFlags(t *testing.T) {
	a := &app{env: func(string) string { return "" }}
	root := a.root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	n := 0
	for page, text := range documents(t) {
		for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
			words := strings.Fields(strings.ReplaceAll(m[1], `\|`, "|"))
			if strings.HasPrefix(words[1], "-") || strings.ContainsAny(words[1], "./:") {
				continue // options of the program itself, a sentence, an inline comment
			}
			cmd, _, err := root.Find(words[1:2])
			if err != nil || cmd == root {
				t.Errorf("%s: `%s` names no command", page, m[1])
				continue
			}
			n++
			for _, f := range flagWord.FindAllStringSubmatch(strings.Join(words[2:], " "), -1) {
				if cmd.Flags().Lookup(f[1]) == nil && cmd.InheritedFlags().Lookup(f[1]) == nil && f[1] != "help" {
					t.Errorf("%s: `%s`: %s has no --%s", page, m[1], cmd.Name(), f[1])
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d calls were found", n)
	}
}
