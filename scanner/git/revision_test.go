package git

import (
	"context"
	"errors"
	"figment/scanner/git/gittest"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRevision(t *testing.T) {
	gittest.Isolate(t)
	dir := t.TempDir()
	ctx := context.Background()
	gittest.Run(t, dir, "init", "-q", "-b", "main")
	if _, err := OpenRevision(ctx, dir, false, "HEAD"); !is(err, NoRevision) {
		t.Errorf("without a commit: %v", err)
	}
	empty, err := OpenRevision(ctx, dir, true, "@{upstream}", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := empty.Read("a", 10); !errors.Is(err, fs.ErrNotExist) || empty.Name() != "" {
		t.Errorf("nothing committed: %v, %q", err, empty.Name())
	}
	empty.Close()

	write := func(p, text string) {
		t.Helper()
		p = filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a", "old")
	write("sub/b", "below")
	write("long", strings.Repeat("x", 100))
	for name, target := range map[string]string{
		"sub/up": "../a", "two": "sub/up", "out": "../../etc/passwd", "abs": "/etc/passwd",
		"loop": "loop", "gone": "nothing", "folder": "sub", "self": ".git/config",
	} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("links cannot be made here: ", err)
		}
	}
	gittest.Run(t, dir, "add", "-A")
	gittest.Run(t, dir, "commit", "-q", "-m", "old")
	write("a", "new")
	write("untracked", "new")

	r, err := OpenRevision(ctx, filepath.Join(dir, "sub"), false, "no-such-branch", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Name() != "HEAD" {
		t.Errorf("found %q", r.Name())
	}
	for _, c := range []struct{ path, want string }{
		{"a", "old"}, {"sub/b", "below"}, {"sub/up", "old"}, {"two", "old"},
		{"out", ""}, {"abs", ""}, {"loop", ""}, {"gone", ""}, {"folder", ""}, {"self", ""},
		{"untracked", ""}, {"sub", ""}, {"../a", ""}, {"", ""}, {"a\nHEAD:sub/b", ""},
	} {
		data, err := r.Read(c.path, 50)
		if string(data) != c.want || (err == nil) != (c.want != "") || err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %q, %v; want %q", c.path, data, err, c.want)
		}
		r.Close() // reading goes on after it
	}
	if _, err := r.Read("long", 50); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file beyond the limit: %v", err)
	}
	for _, c := range []struct {
		abs, want string
		ok        bool
	}{
		{filepath.Join(dir, "sub", "b"), "sub/b", true},
		{dir, ".", true},
		{filepath.Join(dir, "sub", "..", "not-there"), "not-there", true},
		{filepath.Dir(dir), "", false},
	} {
		if p, ok := r.Path(c.abs); p != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v", c.abs, p, ok)
		}
	}
	for _, rev := range []string{"no-such-branch", "--output=x", "HEAD:a", ""} {
		if _, err := OpenRevision(ctx, dir, false, rev); !is(err, NoRevision) {
			t.Errorf("%q: %v", rev, err)
		}
	}
}

func is(err error, trouble Trouble) bool {
	var e *Error
	return errors.As(err, &e) && e.Trouble == trouble
}
