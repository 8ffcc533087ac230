package git

import (
	"strings"
	"testing"
)

func TestCoreSettings(t *testing.T) {
	for text, want := range map[string]struct {
		file string
		fold bool
	}{
		"":                                   {"", false},
		"[core]\nexcludesfile=~/x\n":         {"~/x", false},
		"[CORE]\n\tIgnoreCase = yes ; c":     {"", true},
		"[core]\nignorecase\n":               {"", true},
		"[core]\nignorecase =\n":             {"", false},
		"[core] ignorecase = true":           {"", true},
		"[remote \"core\"]\nignorecase=true": {"", false},
		"[core]\n# excludesfile = a\nexcludesFile = \"a b\"\n[x]\nexcludesfile = c": {"a b", false},
	} {
		if file, fold := coreSettings([]byte(text)); file != want.file || fold != want.fold {
			t.Errorf("%q: %q %v", text, file, fold)
		}
	}
}

func FuzzCoreSettings(f *testing.F) {
	f.Add([]byte("[core]\n\texcludesfile = \"x\" # y\n[a \"b\"] ignorecase"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, _ := coreSettings(data); strings.Contains(file, "\n") && !strings.Contains(string(data), `\n`) {
			t.Fatalf("%q gives %q", data, file)
		}
	})
}
