package app_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"figment/app"
	"figment/fixtures"
)

// TestPartMeansTheSame: what a name of a directory means does not depend on how
// much of the project is scanned. Each directory of each case is listed alone,
// from the top and from itself, and each name in it has to be whose it is in the
// whole.
func TestPartMeansTheSame(t *testing.T) {
	c, _, _ := newCall(t)
	parts := 0
	for _, file := range []string{"cases/cases.jsonl", "cases/own.jsonl"} {
		lines := bufio.NewScanner(bytes.NewReader(fixtures.Read(file)))
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var one struct {
				ID    string            `json:"id"`
				Files map[string]string `json:"files"`
				Wide  map[string]string `json:"files_base64"`
				Home  map[string]string `json:"home"`
				Git   bool              `json:"git"`
				Base  map[string]string `json:"base"`
				Cd    string            `json:"cd"`
			}
			if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
				t.Fatal(err)
			}
			if len(one.Home) > 0 || len(one.Base) > 0 {
				continue
			}
			root := t.TempDir()
			dirs := map[string]bool{}
			write := func(p string, data []byte) {
				at := filepath.Join(root, filepath.FromSlash(p))
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, data, 0o644); err != nil {
					t.Fatal(err)
				}
				for d := path.Dir(p); d != "."; d = path.Dir(d) {
					dirs[d] = true
				}
			}
			for p, text := range one.Files {
				write(p, []byte(text))
			}
			for p, text := range one.Wide {
				data, err := base64.StdEncoding.DecodeString(text)
				if err != nil {
					t.Fatal(err)
				}
				write(p, data)
			}
			if len(dirs) == 0 {
				continue
			}
			// The top of a work tree is the top of what belongs together.
			write(".git/HEAD", []byte("ref: refs/heads/main\n"))
			delete(dirs, ".git")
			whole := whose(t, c, root, ".", "")
			for _, d := range slices.Sorted(maps.Keys(dirs)) {
				want := map[string]string{}
				for k, v := range whole {
					if strings.HasPrefix(k, d+"/") {
						want[k] = v
					}
				}
				if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(d), "CACHEDIR.TAG")); err == nil {
					continue // it is passed over, but where it is named
				}
				parts++
				got := whose(t, c, root, d, "")
				same(t, one.ID+" "+d+" from the top", d, want, got)
				got = whose(t, c, filepath.Join(root, filepath.FromSlash(d)), ".", d)
				same(t, one.ID+" "+d+" from itself", d, want, got)
			}
		}
	}
	if parts < 50 {
		t.Errorf("%d directories were listed", parts)
	}
}

// same compares what is said of the names in directory d. A file that only a
// command elsewhere says is a list is read where that command is.
func same(t *testing.T, what, d string, want, got map[string]string) {
	t.Helper()
	listed := func(k string) bool { return strings.Contains(k, ".lst:") }
	for k, v := range want {
		if got[k] != v && !listed(k) {
			t.Errorf("%s: %s is %q, in the whole %q", what, k, got[k], v)
		}
	}
	for k, v := range got {
		if _, ok := want[k]; !ok && strings.HasPrefix(k, d+"/") {
			t.Errorf("%s: %s is %q, in the whole nothing", what, k, v)
		}
	}
}

// whose gives, for each place of a listing in dir, whose the name is. Paths are
// put below prefix.
func whose(t *testing.T, c *app.Call, dir, arg, prefix string) map[string]string {
	t.Helper()
	in := *c
	in.Dir = dir
	s := open(t, &in, app.Request{Command: "list", Paths: []string{arg}})
	list, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i := range list.Items {
		out[fmt.Sprintf("%s:%d:%d %s", path.Join(prefix, i.Path), i.Start.Line, i.Start.Column, i.Raw)] = i.Name + ", " + i.Origin
	}
	return out
}
