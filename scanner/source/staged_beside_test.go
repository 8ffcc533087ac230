package source

import (
	"context"
	"figment/scanner/git/gittest"
	"figment/scanner/text"
	"slices"
	"sync"
	"testing"
)

// TestBeside: files that a change does not touch are handed out as context. What
// is beyond the bound, or the time, is told under a path that the change touches;
// what cannot be read was not read before either.
func TestBeside(t *testing.T) {
	root := gittest.Repository(t, map[string]string{"a.py": "import a\n", "b.py": "import b\n", "c.ts": "import 'c'\n", "bin.py": "\x00", "run": "#!/bin/sh\nnpx d\n", "LICENSE": "import e\n", "e.md": "`npx e`\n", "package.json": "{}", "x.json": "{}", "node_modules/x/x.js": "import 'x'\n"})
	gittest.Write(t, root, map[string]string{"a.py": "import a\nimport more\n"})
	gittest.Run(t, root, "rm", "-q", "x.json")
	gittest.Run(t, root, "add", ".")
	read := func(s *Changes, ctx context.Context) (files []string, problems []Problem) {
		var mu sync.Mutex
		problems = s.Beside(ctx, "x.json", func(p string, lang text.Lang) bool { return lang != text.TypeScript }, func(p string, text []byte) bool { return p != "e.md" }, func(f *File) {
			mu.Lock()
			defer mu.Unlock()
			if f.Change == nil || !f.Change.Context {
				t.Errorf("%s is judged", f.Path)
			}
			files = append(files, f.Path)
		})
		slices.Sort(files)
		return files, problems
	}
	s := changed(t, at(root))
	files, problems := read(s, t.Context())
	if !slices.Equal(files, []string{"b.py", "run"}) || len(problems) != 1 || problems[0].Path != "bin.py" || problems[0].Dropped {
		t.Errorf("files %q, problems %+v", files, problems)
	}
	if got := s.Removed(); !slices.Equal(got, []string{"x.json"}) {
		t.Errorf("removed: %q", got)
	}
	if got := s.Altered(func(p string) bool { return p != "package.json" }); !slices.Equal(got, []string{"a.py", "x.json"}) {
		t.Errorf("altered: %q", got)
	}
	if !s.Touched("x.json") {
		t.Error("what is gone is not touched")
	}
	s.mostBeside = 1
	files, problems = read(s, t.Context())
	last := problems[len(problems)-1]
	if len(files) != 1 || last.Path != "x.json" || last.Why != TooLarge || !last.Dropped {
		t.Errorf("beyond the bound: files %q, problems %+v", files, problems)
	}
	s = changed(t, at(root))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	files, problems = read(s, ctx)
	if len(files) > 0 || len(problems) != 1 || problems[0].Path != "x.json" || !problems[0].Why.Gated() {
		t.Errorf("beyond the time: files %q, problems %+v", files, problems)
	}
	o := at(root)
	o.NoSource = true
	if files, problems = read(changed(t, o), t.Context()); len(files)+len(problems) > 0 {
		t.Errorf("without sources: files %q, problems %+v", files, problems)
	}
}
