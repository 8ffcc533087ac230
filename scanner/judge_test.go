package scanner

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/cache"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/names"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// A court is a world of registries and OSV with a clock.
type court struct {
	t     *testing.T
	world *play.World
	osv   *osvplay.Server
	now   time.Time
	store cache.Store
	env   []string // beside those of the world
	packs *names.Installed
}

func newCourt(t *testing.T, records ...osvplay.Record) *court {
	t.Helper()
	o, err := osvplay.New(records...)
	if err != nil {
		t.Fatal(err)
	}
	c := &court{t: t, world: play.NewWorld(all.Adapters()), osv: o, now: qualityNow}
	c.store = cache.MemoryAt(func() time.Time { return c.now })
	if err := c.world.Start(); err != nil {
		t.Fatal(err)
	}
	c.world.SetNow(c.now)
	t.Cleanup(func() { c.world.Close(); o.Close() })
	return c
}

// kind puts a package of a kind into a registry.
func (c *court) kind(e ecosystem.Ecosystem, name, kind string) {
	c.t.Helper()
	if err := c.world.SetKind(e, name, kind); err != nil {
		c.t.Fatal(err)
	}
}

// scan judges a source.
func (c *court) scan(src source.Source) *Report {
	c.t.Helper()
	rep, err := Scan(context.Background(), c.options(src))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range rep.Problems {
		c.t.Errorf("problem: %s: %s", p.Path, p.Text)
	}
	return rep
}

func (c *court) options(src source.Source) Options {
	c.t.Helper()
	s, err := settings.Load(settings.Env{Home: "/home/u", Environ: append(c.world.Env(), c.env...), ReadFile: func(string) ([]byte, error) { return nil, os.ErrNotExist }}, adapter.Readers(all.Adapters()))
	if err != nil {
		c.t.Fatal(err)
	}
	now := func() time.Time { return c.now }
	sleep := func(ctx context.Context, d time.Duration) error { return ctx.Err() }
	client := registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()),
		Cache: c.store, Transport: play.Transport(), Timeout: time.Minute, Clock: registry.Clock{Now: now, Sleep: sleep},
		Known: func(p ecosystem.Package) (time.Time, bool) {
			idx, err := names.Open(p.Ecosystem)
			if err != nil {
				return time.Time{}, false
			}
			_, ok := idx.Rank(p.Name)
			return idx.Date(), ok
		},
	})
	advisories, err := osv.New(osv.Options{URL: c.osv.URL(), Cache: c.store, Clock: osv.Clock{Now: now, Sleep: sleep}})
	if err != nil {
		c.t.Fatal(err)
	}
	return Options{Source: src, Formats: all.Formats(), Adapters: all.Adapters(), Settings: s, Client: client, OSV: advisories, OSVAsk: advisories.Plan, Packs: c.packs, Now: now}
}

// only gives the one finding of a report about a package.
func only(t *testing.T, rep *Report, name string) *Finding {
	t.Helper()
	var found *Finding
	for i := range rep.Findings {
		if f := &rep.Findings[i]; f.Package.Name == name {
			if found != nil {
				t.Errorf("%s: also %s", name, f.Rule.ID)
				continue
			}
			found = f
		}
	}
	return found
}

func has(f *Finding, text string) bool {
	return slices.ContainsFunc(f.Evidence, func(e verdict.Evidence) bool { return strings.Contains(e.Text, text) })
}

func manifest(names ...string) map[string][]byte {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "%s\n", n)
	}
	return map[string][]byte{"requirements.txt": []byte(b.String())}
}

// TestFreshSquat: a package of two days with a blended name, one version, an
// install script and no repository is found with its reasons; an honest package
// of the same age is no error, and a popular name beside them is left alone.
func TestFreshSquat(t *testing.T) {
	c := newCourt(t)
	c.world.Set(ecosystem.NPM, "react-codeshift", protocol.Profile{
		Versions: []string{"1.0.0"}, Created: c.now.Add(-48 * time.Hour), Downloads: 9, Maintainers: []string{"stranger"}, NoRepository: true, InstallScript: true,
	})
	c.kind(ecosystem.NPM, "expresss", "squat-new")
	c.kind(ecosystem.NPM, "figment-honest-thing", "honest-young")
	c.world.Add(ecosystem.NPM, "react", "jscodeshift", "express")
	c.kind(ecosystem.PyPI, "reqeusts", "squat-new")
	c.kind(ecosystem.PyPI, "figment-honest-thing", "honest-young")
	c.world.Add(ecosystem.PyPI, "requests")
	rep := c.scan(source.Memory(all.Formats().Recognition(), map[string][]byte{
		"package.json":     []byte(`{"dependencies":{"react-codeshift":"^1.0.0","expresss":"*","figment-honest-thing":"*","react":"*","jscodeshift":"*","express":"*"}}`),
		"requirements.txt": []byte("reqeusts\nfigment-honest-thing\nrequests\n"),
	}))
	f := only(t, rep, "react-codeshift")
	if f == nil || f.Rule.ID != "conflation" || f.Severity != verdict.Warning {
		t.Fatalf("react-codeshift: %+v", f)
	}
	for _, want := range []string{"joins words of `jscodeshift` and `react`", "first published 2026-11-22, 2 days ago", "single version", "9 downloads", "no repository", "runs a script"} {
		if !has(f, want) && !strings.Contains(f.Message, want) {
			t.Errorf("react-codeshift: nothing says %q: %s, %+v", want, f.Message, f.Evidence)
		}
	}
	if f := only(t, rep, "expresss"); f == nil || f.Rule.ID != "typosquat" || f.Severity != verdict.Error || f.Suggestions[0].Package.Name != "express" || f.Score == nil {
		t.Errorf("expresss: %+v", f)
	}
	if f := only(t, rep, "reqeusts"); f == nil || f.Rule.ID != "typosquat" || f.Severity != verdict.Error || f.Suggestions[0].Package.Name != "requests" {
		t.Errorf("reqeusts: %+v", f)
	}
	for _, f := range rep.Findings {
		if name := f.Package.Name; name == "react" || name == "express" || name == "requests" || name == "jscodeshift" || name == "figment-honest-thing" && f.Severity == verdict.Error {
			t.Errorf("%s: %s[%s] %s", name, f.Severity, f.Rule.ID, f.Message)
		}
	}
}

// TestSuspectRequests: only suspects are asked about twice, and nothing is asked
// that a list does not announce.
func TestSuspectRequests(t *testing.T) {
	c := newCourt(t)
	c.kind(ecosystem.NPM, "expresss", "squat-new")
	c.kind(ecosystem.NPM, "quiet-honest-thing", "honest-old")
	c.world.Add(ecosystem.NPM, "express", "express-ws", "react")
	src := source.Memory(all.Formats().Recognition(), map[string][]byte{"package.json": []byte(`{"dependencies":{"expresss":"*","react":"*","quiet-honest-thing":"*"}}`)})
	list, err := List(context.Background(), c.options(src))
	if err != nil {
		t.Fatal(err)
	}
	planned := map[string]bool{}
	for i := range list.Asks {
		for _, a := range i.Requests {
			method, rest, _ := strings.Cut(a, " ")
			url, _, _ := strings.Cut(rest, " ")
			planned[method+" "+url] = true
			// A question about another name says that it is one.
			if strings.HasPrefix(method, "GET") && !strings.Contains(url, i.Name) && !strings.Contains(rest, "control question") && !strings.Contains(rest, "for comparison") {
				t.Errorf("planned for %s: %s", i.Name, a)
			}
		}
	}
	if n := len(c.world.Requests()); n != 0 {
		t.Fatalf("a list made %d requests", n)
	}
	c.scan(src)
	roots := c.world.Roots()
	base := strings.TrimSuffix(roots[ecosystem.NPM], "/npm")
	twice := map[string]int{}
	for _, r := range c.world.Requests() {
		method, uri, _ := strings.Cut(r, " ")
		urls := []string{base + uri}
		if head, names, bulk := strings.Cut(uri, "/last-week/"); bulk { // several names in one request
			urls = nil
			for _, n := range strings.Split(names, ",") {
				urls = append(urls, base+head+"/last-week/"+n)
			}
		}
		for _, u := range urls {
			if !planned[method+" "+u] {
				t.Errorf("%s of %s was not announced; announced: %v", u, r, planned)
			}
		}
		twice[uri]++
	}
	for uri, n := range twice {
		if n > 1 {
			t.Errorf("%s was asked %d times", uri, n)
		}
		if strings.Contains(uri, "quiet-honest-thing") && strings.Contains(uri, "downloads") {
			t.Errorf("%s was asked about a package that nothing speaks against", uri)
		}
	}
	for _, r := range c.osv.Requests() {
		if !planned["POST "+c.osv.URL()+r.Path] {
			t.Errorf("%s was not announced", r.Path)
		}
	}
}

// TestNamesBeforeTheirPackages: a name that was proven absent and is there now,
// or whose line was committed before the package was born.
func TestNamesBeforeTheirPackages(t *testing.T) {
	t.Run("earlier absence", func(t *testing.T) {
		c := newCourt(t)
		files := source.Memory(all.Formats().Recognition(), manifest("figment-later-thing", "requests"))
		c.world.Add(ecosystem.PyPI, "requests")
		if f := only(t, c.scan(files), "figment-later-thing"); f == nil || f.Rule.ID != "nonexistent-package" {
			t.Fatalf("%+v", f)
		}
		first := c.now
		c.now = c.now.Add(5 * 24 * time.Hour)
		c.world.SetNow(c.now)
		c.kind(ecosystem.PyPI, "figment-later-thing", "squat-new") // three days old now
		f := only(t, c.scan(files), "figment-later-thing")
		if f == nil || f.Rule.ID != "registered-after-reference" || f.Severity != verdict.Error || !has(f, first.Format(time.DateOnly)) {
			t.Fatalf("%+v", f)
		}
	})
	t.Run("absent for a moment", func(t *testing.T) {
		c := newCourt(t)
		files := source.Memory(all.Formats().Recognition(), manifest("figment-later-thing", "requests"))
		c.world.Add(ecosystem.PyPI, "requests")
		c.scan(files)
		c.world.Set(ecosystem.PyPI, "figment-later-thing", protocol.Profile{Versions: []string{"1", "2", "3", "4"}, Created: c.now.Add(time.Hour), Downloads: 500})
		c.now = c.now.Add(2 * time.Hour)
		if f := only(t, c.scan(files), "figment-later-thing"); f != nil && f.Rule.ID == "registered-after-reference" {
			t.Errorf("an hour is within the slack of clocks: %+v", f)
		}
	})
	t.Run("Go", func(t *testing.T) {
		c := newCourt(t)
		files := source.Memory(all.Formats().Recognition(), map[string][]byte{"go.mod": []byte("module example.test/a\nrequire github.com/figment-later/thing v1.0.0\nrequire golang.org/x/mod v0.42.0\n")})
		c.world.Add(ecosystem.Golang, "golang.org/x/mod")
		if f := only(t, c.scan(files), "github.com/figment-later/thing"); f == nil || f.Rule.ID != "nonexistent-package" {
			t.Fatalf("%+v", f)
		}
		c.now = c.now.Add(5 * 24 * time.Hour)
		c.world.Set(ecosystem.Golang, "github.com/figment-later/thing", protocol.Profile{Versions: []string{"v1.0.0"}, Created: c.now.Add(-24 * time.Hour)})
		if f := only(t, c.scan(files), "github.com/figment-later/thing"); f == nil || f.Rule.ID != "registered-after-reference" {
			t.Errorf("a module that was proven absent: %+v", f)
		}
	})

	// By the date of the line.
	repo := func(t *testing.T, committed time.Time) source.Source {
		t.Helper()
		if _, err := exec.LookPath("git"); err != nil {
			t.Skip("git is not installed: dates of lines were not tested")
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "requirements.txt"), []byte("requests\nfigment-later-thing\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		date := committed.Format(time.RFC3339)
		for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-qm", "x"}} {
			cmd := exec.Command("git", args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git %v: %v\n%s", args, err, out)
			}
		}
		src, err := source.Paths([]string{"."}, source.Options{Recognition: all.Formats().Recognition(), Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	for _, r := range []struct {
		name      string
		committed time.Duration // before now
		kind      string
		change    func(*court)
		want      string // rule; empty: no such finding
		severity  verdict.Severity
	}{
		{"committed before", 100 * 24 * time.Hour, "squat-new", nil, "registered-after-reference", verdict.Error},
		{"committed after", 24 * time.Hour, "squat-new", nil, "", 0},
		{"a complete list did not have it", 100 * 24 * time.Hour, "squat-new", func(c *court) {
			pack, err := names.BuildPack([]string{"requests"}, names.PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: c.now.Add(-200 * 24 * time.Hour), Complete: true})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, names.PackFile(ecosystem.PyPI)), pack, 0o600); err != nil {
				t.Fatal(err)
			}
			c.packs = names.NewInstalled(dir)
		}, "registered-after-reference", verdict.Error},
		{"an old package", 100 * 24 * time.Hour, "honest-old", nil, "", 0},
		{"dates of a mirror", 100 * 24 * time.Hour, "squat-new", func(c *court) { c.env = []string{"FIGMENT_REGISTRY_KIND=mirror"} }, "", 0},
		{"a complete list had it", 100 * 24 * time.Hour, "squat-new", func(c *court) {
			pack, err := names.BuildPack([]string{"figment-later-thing", "requests"}, names.PackMeta{Ecosystem: ecosystem.PyPI, Snapshot: c.now.Add(-200 * 24 * time.Hour), Complete: true})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, names.PackFile(ecosystem.PyPI)), pack, 0o600); err != nil {
				t.Fatal(err)
			}
			c.packs = names.NewInstalled(dir)
		}, "", 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := newCourt(t)
			c.world.Add(ecosystem.PyPI, "requests")
			c.kind(ecosystem.PyPI, "figment-later-thing", r.kind)
			if r.change != nil {
				r.change(c)
			}
			rep := c.scan(repo(t, c.now.Add(-r.committed)))
			var found *Finding
			for i := range rep.Findings {
				if rep.Findings[i].Rule.ID == "registered-after-reference" {
					found = &rep.Findings[i]
				}
			}
			switch {
			case r.want == "" && found != nil:
				t.Errorf("%+v", found)
			case r.want != "" && (found == nil || found.Severity != r.severity || !has(found, "line 2 of requirements.txt was committed on")):
				t.Errorf("%+v", rep.Findings)
			}
		})
	}
}

// TestMalwareRecords has the situations of a record and a package, as far as
// versions, age and registry tell them apart.
func TestMalwareRecords(t *testing.T) {
	const e, name = ecosystem.PyPI, "figment-bad-thing"
	every := osvplay.Malware("MAL-1", e, name)
	some := osvplay.Malware("MAL-1", e, name, "1.0.1")
	long := []string{"0.1", "0.2", "0.3", "0.4", "1.0", "1.0.1", "1.1"}
	old := protocol.Profile{Versions: long, Created: qualityNow.Add(-3 * 365 * 24 * time.Hour)}
	fresh := protocol.Profile{Versions: []string{"1.0.1"}, Created: qualityNow.Add(-48 * time.Hour), Maintainers: []string{"x"}}
	for _, r := range []struct {
		name    string
		record  osvplay.Record
		profile *protocol.Profile // nil: absent
		line    string
		want    string // "severity rule"
	}{
		{"exact version", some, &old, "==1.0.1", "error malicious-package"},
		{"inside a range", osvplay.Between("MAL-1", e, name, "1.0", "1.1"), &old, "==1.0.1", "error malicious-package"},
		{"another version pinned", some, &old, "==1.1", ""},
		{"outside the range", osvplay.Between("MAL-1", e, name, "1.0", "1.1"), &old, "==1.1", ""},
		{"a constraint that resolves to it", some, &old, "<1.1", "error malicious-package"},
		{"a constraint that resolves past it", some, &old, ">=1.0", ""},
		{"not pinned, some versions", some, &old, "", "warning malicious-package"},
		{"not pinned, the newest", osvplay.Malware("MAL-1", e, name, "1.1"), &old, "", "error malicious-package"},
		{"not pinned, none of those there", osvplay.Malware("MAL-1", e, name, "9.9"), &old, "", ""},
		{"all versions of a new package", osvplay.Malware("MAL-1", e, name).With("published", "2026-11-23T00:00:00Z"), &fresh, "", "error malicious-package"},
		{"all versions of an established one", every, &old, "", "warning malicious-package"},
		{"all versions of an established one, pinned", every, &old, "==1.1", "warning malicious-package"},
		{"withdrawn", every.Withdrawn(), &old, "==1.0.1", ""},
		{"absent now", every, nil, "", "error removed-package"},
		{"an earlier package of the name", osvplay.Malware("MAL-1", e, name, "0.0.1").With("published", "2020-01-01T00:00:00Z"), &old, "", ""},
		{"quarantined", every, &protocol.Profile{Status: protocol.ProfileQuarantined}, "", "error malicious-package"},
		{"no malware", osvplay.Malware("GHSA-1", e, name, "1.0.1"), &old, "==1.0.1", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := newCourt(t, r.record)
			c.world.Add(e, "requests")
			if r.profile != nil {
				c.world.Set(e, name, *r.profile)
			}
			rep := c.scan(source.Memory(all.Formats().Recognition(), manifest("requests", name+r.line)))
			got := ""
			for _, f := range rep.Findings {
				if f.Package.Name == name && f.Severity >= verdict.Warning && (f.Rule.ID == "malicious-package" || f.Rule.ID == "removed-package") {
					got = f.Severity.String() + " " + f.Rule.ID
					if !has(&f, "MAL-1") {
						t.Errorf("the record is not named: %+v", f.Evidence)
					}
				}
			}
			if got != r.want {
				t.Errorf("%q, want %q: %+v", got, r.want, rep.Findings)
			}
		})
	}
}

// TestOSVIsAskedByPublicNames: a private name reaches no one, an import path is
// asked about by its module.
func TestOSVIsAskedByPublicNames(t *testing.T) {
	c := newCourt(t, osvplay.Malware("MAL-7", ecosystem.Golang, "github.com/figment-test/mod", "1.2.3"))
	c.env = []string{"GOPRIVATE=git.acme.example"}
	c.world.Set(ecosystem.Golang, "github.com/figment-test/mod", protocol.Profile{Versions: []string{"v1.2.3"}})
	rep := c.scan(source.Memory(all.Formats().Recognition(), map[string][]byte{
		"a.go": []byte("package a\nimport (\n\t_ \"github.com/figment-test/mod/deep/er\"\n\t_ \"git.acme.example/x/y\"\n\t_ \"fmt\"\n)\n"),
	}))
	if f := only(t, rep, "github.com/figment-test/mod"); f == nil || f.Rule.ID != "malicious-package" {
		t.Errorf("the module of an import: %+v", rep.Findings)
	}
	for _, r := range c.osv.Requests() {
		for _, n := range r.Names {
			if strings.Contains(n, "acme") || strings.Contains(n, "fmt") || strings.HasSuffix(n, "/deep") {
				t.Errorf("OSV was asked about %s", n)
			}
		}
	}
}

// TestOSVLocal: where the service is silent a local copy answers, and the report
// says when the copy is old.
func TestOSVLocal(t *testing.T) {
	c := newCourt(t, osvplay.Malware("MAL-5", ecosystem.PyPI, "figment-bad-thing").With("published", "2026-11-20T00:00:00Z"))
	c.world.Add(ecosystem.PyPI, "requests")
	c.world.Set(ecosystem.PyPI, "figment-bad-thing", protocol.Profile{Versions: []string{"1.0"}, Created: c.now.Add(-40 * 24 * time.Hour)})
	dir := t.TempDir()
	archive := c.osv.Archive(ecosystem.PyPI)
	c.osv.Inject(osvplay.Fault{Status: 503}, func(osvplay.Request) bool { return true })
	for _, days := range []int{1, 30} {
		index := filepath.Join(osv.Dir(dir), "pypi.index")
		if err := os.MkdirAll(filepath.Dir(index), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := osv.BuildIndex(context.Background(), index, bytes.NewReader(archive), int64(len(archive)), osv.Header{Ecosystem: ecosystem.PyPI, Date: c.now.Add(-time.Duration(days) * 24 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		o := c.options(source.Memory(all.Formats().Recognition(), manifest("requests", "figment-bad-thing")))
		local := osv.NewLocal(osv.LocalOptions{Dir: osv.Dir(dir)})
		o.OSV = osv.Fallback(o.OSV, local)
		rep, err := Scan(context.Background(), o)
		local.Close()
		if err != nil {
			t.Fatal(err)
		}
		if f := only(t, rep, "figment-bad-thing"); f == nil || f.Rule.ID != "malicious-package" {
			t.Errorf("%d days: %+v", days, rep.Findings)
		}
		if old := len(rep.Problems) == 1 && strings.Contains(rep.Problems[0].Text, "30 days old"); old != (days == 30) || !rep.Complete {
			t.Errorf("%d days: complete %v, problems %+v", days, rep.Complete, rep.Problems)
		}
	}
}

// TestOSVSilent: without OSV the names are judged, and the report is incomplete.
func TestOSVSilent(t *testing.T) {
	c := newCourt(t)
	c.world.Add(ecosystem.PyPI, "requests", "flask")
	c.osv.Inject(osvplay.Fault{Status: 503}, func(osvplay.Request) bool { return true })
	rep, err := Scan(context.Background(), c.options(source.Memory(all.Formats().Recognition(), manifest("requests", "flask", "figment-no-such-thing"))))
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0].Text, "malware was not checked for 3 packages") || rep.Complete {
		t.Errorf("complete %v, problems %+v", rep.Complete, rep.Problems)
	}
	if f := only(t, rep, "figment-no-such-thing"); f == nil || f.Rule.ID != "nonexistent-package" {
		t.Errorf("%+v", rep.Findings)
	}
}
