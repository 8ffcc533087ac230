package advisories

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"figment/app"
	"figment/osv"
)

// newCall is a call with a cache folder of its own, and no place to get data from.
func newCall(t *testing.T) (*app.Call, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	env := map[string]string{"FIGMENT_CACHE_DIR": filepath.Join(dir, "cache"), "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY": filepath.Join(dir, "scanner"), "FIGMENT_OSV_DATA_URL": "http://127.0.0.1:1"}
	var out bytes.Buffer
	return &app.Call{In: strings.NewReader(""), Out: &out, Err: &bytes.Buffer{}, Env: func(name string) string { return env[name] }, Dir: dir, Version: "test"}, &out
}

// TestStatus: what is not there is listed as such, for all ecosystems or those
// that are named.
func TestStatus(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  int
	}{
		{nil, len(osv.Ecosystems())},
		{[]string{"npm", "PyPI", "npm"}, 2},
	} {
		call, out := newCall(t)
		x, err := Open(call, c.words)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Status(t.Context(), "json"); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Indexes []struct{ Present bool }
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got.Indexes) != c.want {
			t.Errorf("%q: %s (%v)", c.words, out, err)
		}
		for _, i := range got.Indexes {
			if i.Present {
				t.Errorf("%q: an index is there: %s", c.words, out)
			}
		}
	}
}

// TestUsage: what is wrong with a call is wrong usage, and nothing is written.
func TestUsage(t *testing.T) {
	call, out := newCall(t)
	for _, c := range []struct {
		words []string
		run   func(*Copy) error
		want  string
	}{
		{[]string{"npn"}, nil, "is not an ecosystem"},
		{nil, func(c *Copy) error { return c.Status(t.Context(), "xml") }, `--format cannot be "xml"`},
		{nil, func(c *Copy) error { return c.Update(t.Context(), UpdateOptions{}) }, "nothing to bring up to date"},
		{[]string{"npm"}, func(c *Copy) error { return c.Update(t.Context(), UpdateOptions{Given: true}) }, "--from names nothing"},
		{[]string{"npm"}, func(c *Copy) error { return c.Update(t.Context(), UpdateOptions{Given: true, From: "nowhere.zip"}) }, "no such file"},
	} {
		x, err := Open(call, c.words)
		if err == nil && c.run != nil {
			err = c.run(x)
		}
		var e *app.ExitError
		if !errors.As(err, &e) || e.Code != app.ExitUsage || !strings.Contains(e.Text, c.want) {
			t.Errorf("%q: %v, want %s", c.words, err, c.want)
		}
	}
	if out.Len() > 0 {
		t.Errorf("written: %s", out)
	}
}
