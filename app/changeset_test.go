package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"figment/app"
	"figment/app/demo"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/scanner/verdict"
)

// changed is a scan of the demonstration with a change set for it.
type changed struct {
	t   *testing.T
	d   *demo.Project
	rep *scanner.Report
	s   *app.ChangeSet

	accepted []string // packages
}

func newChanged(t *testing.T) *changed {
	t.Helper()
	for _, kv := range os.Environ() { // the test is the person
		if name, _, _ := strings.Cut(kv, "="); app.Assistant([]string{kv}) != "" {
			t.Setenv(name, "")
		}
	}
	d, err := demo.New(&app.Call{Version: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	x := &changed{t: t, d: d}
	x.s = app.NewChangeSet(func() app.Target {
		o, err := d.Options()
		if err != nil {
			t.Fatal(err)
		}
		return app.Target{Options: o, ConfigFile: filepath.Join(d.Dir, app.ConfigName)}
	}, func(e *policy.Entry, _ string) { x.accepted = append(x.accepted, e.Package) })
	x.scan()
	return x
}

func (x *changed) scan() {
	x.t.Helper()
	rep, err := x.d.Scan(x.t.Context(), nil)
	if err != nil {
		x.t.Fatal(err)
	}
	x.rep = rep
}

// finding is the one about a package, or nil.
func (x *changed) finding(rule, name string) *scanner.Finding {
	for i := range x.rep.Findings {
		if f := &x.rep.Findings[i]; f.Rule.ID == rule && f.Package.Name == name {
			return f
		}
	}
	return nil
}

func (x *changed) file(name string) string {
	x.t.Helper()
	data, err := os.ReadFile(filepath.Join(x.d.Dir, name))
	if err != nil {
		x.t.Fatal(err)
	}
	return string(data)
}

func (x *changed) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// TestChangeSet: what is decided on the screen is written as it was shown, all of
// it at once, and the next scan says so.
func TestChangeSet(t *testing.T) {
	x := newChanged(t)
	typo, young := x.finding("typosquat", "expresss"), x.finding("young-package", "shop-tokens-kit")
	if typo == nil || young == nil {
		t.Fatal("the demonstration lacks a finding")
	}
	before, config := x.file("package.json"), x.file(app.ConfigName)
	shift := x.finding("nonexistent-version", "axios")
	d, err := x.s.Preview(shift, &shift.Suggestions[0])
	x.must(err)
	if len(d.Hunks) != 1 || d.Hunks[0].Path != "package.json" || d.Hunks[0].Line != 8 ||
		strings.TrimSpace(d.Hunks[0].Removed[0]) != `"axios": "^99.0.0",` || strings.TrimSpace(d.Hunks[0].Added[0]) != `"axios": "^1.7.9",` {
		t.Errorf("the preview is %+v", d)
	}
	x.must(x.s.Fix(shift, &shift.Suggestions[0]))
	x.must(x.s.Ignore(young, app.ScopeName, "our own package", time.Now().AddDate(0, 3, 0)))
	x.must(x.s.Ignore(x.finding("conflation", "react-codeshift"), app.ScopePath, "known", time.Time{}))
	x.must(x.s.Undo())
	x.must(x.s.Ignore(x.finding("conflation", "react-codeshift"), app.ScopePath, "looked at it", time.Time{}))
	p, err := x.s.Pending()
	x.must(err)
	if len(p.Hunks) != 2 || p.Hunks[0].Path != "package.json" || p.Hunks[1].Path != app.ConfigName || len(p.Hunks[1].Removed) > 0 {
		t.Errorf("what would be written is %+v", p)
	}
	if x.file("package.json") != before || x.file(app.ConfigName) != config {
		t.Fatal("something was written before it was to be")
	}
	x.must(x.s.Apply())
	if got, want := x.file("package.json"), strings.Replace(before, "^99.0.0", "^1.7.9", 1); got != want {
		t.Errorf("package.json is\n%s", got)
	}
	if got := x.file(app.ConfigName); !strings.HasPrefix(got, config) || !strings.Contains(got, "looked at it") || strings.Contains(got, "known") {
		t.Errorf("the configuration is\n%s", got)
	}
	if strings.Join(x.accepted, " ") != "shop-tokens-kit react-codeshift" {
		t.Errorf("remembered: %q", x.accepted)
	}
	suppressed := len(x.rep.Suppressed)
	x.scan()
	if x.finding("nonexistent-version", "axios") != nil || x.finding("young-package", "shop-tokens-kit") != nil || x.finding("conflation", "react-codeshift") != nil {
		t.Error("what was settled is found again")
	}
	if len(x.rep.Suppressed) != suppressed+2 {
		t.Errorf("%d findings are accepted, %d were", len(x.rep.Suppressed), suppressed)
	}
	if err := x.s.Undo(); err == nil {
		t.Error("what was written was undone")
	}
}

// TestChangeSetRefuses: no replacement that is not clean, no file that changed, no
// half of the changes, no acceptance without what it needs.
func TestChangeSetRefuses(t *testing.T) {
	x := newChanged(t)
	typo := x.finding("typosquat", "expresss")
	for _, name := range []string{"react-hook-usestate", "types-node", "shop-slow-thing", "a b"} {
		s := verdict.Suggestion{Package: typo.Package}
		s.Package.Name, s.Package.Version = name, ""
		if d, err := x.s.Preview(typo, &s); err == nil {
			t.Errorf("%s is offered: %+v", name, d)
		}
		if err := x.s.Fix(typo, &s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := x.s.Ignore(typo, app.ScopePackage, "", time.Time{}); err == nil {
		t.Error("an ignore without a reason is taken")
	}
	axios := x.finding("nonexistent-version", "axios")
	if err := x.s.Ignore(axios, app.ScopePackage, "why", time.Time{}); err != nil {
		t.Error(err)
	}
	x.must(x.s.Fix(axios, &axios.Suggestions[0]))
	if err := os.WriteFile(filepath.Join(x.d.Dir, "package.json"), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	config := x.file(app.ConfigName)
	if err := x.s.Apply(); err == nil {
		t.Error("a file that changed was written")
	}
	if x.file("package.json") != "{}\n" || x.file(app.ConfigName) != config {
		t.Error("half of the changes was written")
	}
	t.Setenv("CLAUDECODE", "1")
	if err := x.s.Ignore(typo, app.ScopePackage, "why", time.Time{}); err == nil || !strings.Contains(err.Error(), "CLAUDECODE") {
		t.Errorf("an assistant accepts a finding: %v", err)
	}
	for range 2 { // both decisions are still there
		x.must(x.s.Undo())
	}
	if x.s.Undo() == nil {
		t.Error("a decision that was refused was kept")
	}
}
