package scanner

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/registry/settings"
	"figment/scanner/source"
)

// TestWorkspace: whatever was changed in a workspace, it says what a scan of the
// same texts says.
func TestWorkspace(t *testing.T) {
	w := play.NewWorld(all.Adapters())
	w.Add(ecosystem.NPM, "left-pad")
	w.Add(ecosystem.PyPI, "flask")
	options := world(t, w, settings.Env{}, nil)
	texts := map[string][]string{
		"package.json":             {`{"name":"own","dependencies":{"left-pad":"1","zz-absent-1":"2"}}`, `{"workspaces":["web"],"dependencies":{"member":"*"}}`, `{"dependencies": {`},
		"web/package.json":         {`{"name":"member","main":"run.txt"}`, `{"name":"other","dependencies":{"zz-absent-2":"1"}}`},
		"web/run.txt":              {"require('zz-absent-3')\n", "require('left-pad')\n"},
		"web/app.js":               {"import x from 'member'\nimport y from 'zz-absent-1' // figment: ignore -- ours\n", "require('./lib')\n"},
		"requirements.txt":         {"-r more.lst\nflask\n", "-r more.lst\n-r gone.lst\n"},
		"more.lst":                 {"zz-absent-5\n-r deeper/more.lst\n", "flask\n"},
		"gone.lst":                 {"zz-absent-4\n"},
		"deeper/more.lst":          {"zz-absent-6\n"},
		"tools/install.sh":         {"pip install -r ../more.lst zz-absent-7\nbash steps.txt\n", "npm i zz-absent-8\n"},
		"tools/steps.txt":          {"pip install zz-absent-9\n"},
		"pkg/zz_absent_mod/mod.py": {"import flask\n"},
		"pkg/use.py":               {"import zz_absent_mod\nimport zz_other_mod\n"},
		"binary/requirements.txt":  {"flask\x00\n"},
	}
	paths := slices.Sorted(maps.Keys(texts))
	seeds := uint64(8)
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 1))
		now := map[string][]byte{}
		pick := func() (string, []byte) {
			p := paths[rng.IntN(len(paths))]
			if n := rng.IntN(len(texts[p]) + 1); n > 0 {
				return p, []byte(texts[p][n-1])
			}
			return p, nil
		}
		set := func(p string, text []byte) {
			if text == nil {
				delete(now, p)
				return
			}
			now[p] = text
		}
		for range 12 {
			set(pick())
		}
		o := options
		o.Source = source.Memory(all.Formats().Recognition(), maps.Clone(now))
		o.Now = func() time.Time { return time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC) }
		o.Whole = true
		space, err := Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		for round := range 8 {
			if round > 0 {
				for range 1 + rng.IntN(3) {
					p, text := pick()
					set(p, text)
					if err := space.Change(p, text); err != nil {
						t.Fatal(err)
					}
				}
			}
			got, err := space.Diagnose(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			whole := o
			whole.Source = source.Memory(all.Formats().Recognition(), maps.Clone(now))
			want, err := Scan(context.Background(), whole)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got, sameReport); d != "" {
				t.Fatalf("seed %d, round %d of %q: -scan +workspace\n%s", seed, round, slices.Sorted(maps.Keys(now)), d)
			}
		}
	}
}

// sameReport compares reports but for what tells how they came about.
var sameReport = cmp.Options{
	cmpopts.IgnoreFields(Report{}, "Elapsed", "Subjects"),
	cmpopts.IgnoreFields(Counts{}, "Cached", "Requests"),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b time.Time) bool { return a.IsZero() == b.IsZero() }), // of answers
}
