package shell_test

import (
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
)

func TestPrompts(t *testing.T) {
	for _, p := range []string{
		"root@3f2a:/app# ", "[me@host dir]$ ", "[root@host ~]# ", "me@mac dir % ", "➜  dir git:(main) ✗ ", "➜  dir git:(main) ", "➜  dir ", "bash-5.2# ", "bash-5.2$ ",
		"PS> ", "PS C:\\x> ", "(venv) me@host:~/x$ ", "(base) me@mac ~ % ", "~/app $ ", "/app # ", "$ ", "❯ ", "sh-5.1# ",
	} {
		text := "```\n" + p + "npm install one\nadded 3 packages in 2s\n" + p + "pip install two\n```\n"
		file := &source.File{Path: "a.md", Data: []byte(text)}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
		var got []string
		for _, r := range refs {
			if r.Kind == Command {
				got = append(got, r.Name)
			}
		}
		if !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("%q: %v", p, got)
		}
		names, _ := shellNames(t, "a.sh", strings.TrimSuffix(strings.TrimPrefix(text, "```\n"), "```\n"))
		if !slices.Equal(names, []string{"one", "two"}) {
			t.Errorf("%q in a script: %v", p, names)
		}
	}
}
