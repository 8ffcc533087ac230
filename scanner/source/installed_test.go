package source

import (
	"slices"
	"strings"
	"testing"
)

// TestInstalled: which files of a tree a command may mean.
func TestInstalled(t *testing.T) {
	tree := []string{"a.lst", "x/a.lst", "x/y/run.sh", "x/y/", "b/deep/c.lst", "b/other/c.lst", "d/deep/c.lst"}
	exists := func(p string) bool { return slices.Contains(tree, p) }
	for _, c := range []struct{ by, name, want string }{
		{"x/y/run.sh", "a.lst", "x/a.lst a.lst"},
		{"run.sh", "./a.lst", "a.lst"},
		{"x/y/run.sh", "../a.lst", "x/a.lst a.lst"},
		{"x/y/run.sh", `..\a.lst`, "x/a.lst a.lst"},
		{"run.sh", "/app/deep/c.lst", "b/deep/c.lst d/deep/c.lst"},
		{"run.sh", "/other/c.lst", "b/other/c.lst"},
		{"run.sh", `C:\x\a.lst`, "x/a.lst"},
		{"run.sh", "c.lst", "b/deep/c.lst b/other/c.lst d/deep/c.lst"},
		{"run.sh", "../../../../etc/passwd", ""},
		{"run.sh", "..", ""},
		{"run.sh", "b/*/c.lst", "b/deep/c.lst b/other/c.lst"},
		{"x/y/run.sh", "*.lst", "x/a.lst a.lst"},
		{"x/y/run.sh", "dee?/*", "b/deep/c.lst d/deep/c.lst"},
		{"x/y/run.sh", "**/c.lst", "b/deep/c.lst b/other/c.lst d/deep/c.lst"},
		{"x/y/run.sh", "/etc/deep/*.lst", ""},
		{"README.md", "deep/*.lst", ""},
		{"README.md", "b/deep/*.l[r-t]t", "b/deep/c.lst"},
		{"run.sh", "/", ""},
		{"-", "a.lst", "a.lst"},
	} {
		if got := strings.Join(recognition.Installed(c.by, c.name, exists, NewListed(tree)), " "); got != c.want {
			t.Errorf("%s in %s: %q, not %q", c.name, c.by, got, c.want)
		}
	}
}
