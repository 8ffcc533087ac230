package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"figment/app"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/verdict"
	"figment/tui"
)

// settled is a scan of the demonstration with a settler for it.
type settled struct {
	t   *testing.T
	d   *stage
	rep *scanner.Report
	s   *settler
}

func newSettled(t *testing.T) *settled {
	t.Helper()
	for _, kv := range os.Environ() { // the test is the person
		if name, _, _ := strings.Cut(kv, "="); assistant([]string{kv}) != "" {
			t.Setenv(name, "")
		}
	}
	d, err := newStage(&app.Values{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	x := &settled{t: t, d: d}
	x.s = &settler{now: func() (source.Source, scanner.Options, string) {
		src, o, err := d.options()
		if err != nil {
			t.Fatal(err)
		}
		return src, o, filepath.Join(d.dir, configName)
	}}
	x.scan()
	return x
}

func (x *settled) scan() {
	x.t.Helper()
	rep, err := x.d.scan(x.t.Context(), nil)
	if err != nil {
		x.t.Fatal(err)
	}
	x.rep = rep
}

// finding is the one about a package, or nil.
func (x *settled) finding(rule, name string) *scanner.Finding {
	for i := range x.rep.Findings {
		if f := &x.rep.Findings[i]; f.Rule.ID == rule && f.Package.Name == name {
			return f
		}
	}
	return nil
}

func (x *settled) file(name string) string {
	x.t.Helper()
	data, err := os.ReadFile(filepath.Join(x.d.dir, name))
	if err != nil {
		x.t.Fatal(err)
	}
	return string(data)
}

func (x *settled) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// TestSettle: what is decided on the screen is written as it was shown, all of
// it at once, and the next scan says so.
func TestSettle(t *testing.T) {
	x := newSettled(t)
	typo, young := x.finding("typosquat", "expresss"), x.finding("young-package", "shop-tokens-kit")
	if typo == nil || young == nil {
		t.Fatal("the demonstration lacks a finding")
	}
	before, config := x.file("package.json"), x.file(configName)
	shift := x.finding("nonexistent-version", "axios")
	d, err := x.s.Preview(shift, &shift.Suggestions[0])
	x.must(err)
	if len(d.Hunks) != 1 || d.Hunks[0].Path != "package.json" || d.Hunks[0].Line != 8 ||
		strings.TrimSpace(d.Hunks[0].Removed[0]) != `"axios": "^99.0.0",` || strings.TrimSpace(d.Hunks[0].Added[0]) != `"axios": "^1.7.9",` {
		t.Errorf("the preview is %+v", d)
	}
	x.must(x.s.Fix(shift, &shift.Suggestions[0]))
	x.must(x.s.Ignore(young, tui.ScopeName, "our own package", time.Now().AddDate(0, 3, 0)))
	x.must(x.s.Ignore(x.finding("conflation", "react-codeshift"), tui.ScopePath, "known", time.Time{}))
	x.must(x.s.Undo())
	x.must(x.s.Ignore(x.finding("conflation", "react-codeshift"), tui.ScopePath, "looked at it", time.Time{}))
	p, err := x.s.Pending()
	x.must(err)
	if len(p.Hunks) != 2 || p.Hunks[0].Path != "package.json" || p.Hunks[1].Path != configName || len(p.Hunks[1].Removed) > 0 {
		t.Errorf("what would be written is %+v", p)
	}
	if x.file("package.json") != before || x.file(configName) != config {
		t.Fatal("something was written before it was to be")
	}
	var accepted []string
	x.s.accepted = func(e *policy.Entry, file string) { accepted = append(accepted, e.Package) }
	x.must(x.s.Apply())
	if got, want := x.file("package.json"), strings.Replace(before, "^99.0.0", "^1.7.9", 1); got != want {
		t.Errorf("package.json is\n%s", got)
	}
	if got := x.file(configName); !strings.HasPrefix(got, config) || !strings.Contains(got, "looked at it") || strings.Contains(got, "known") {
		t.Errorf("the configuration is\n%s", got)
	}
	if strings.Join(accepted, " ") != "shop-tokens-kit react-codeshift" {
		t.Errorf("remembered: %q", accepted)
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

// TestSettleRefuses: no replacement that is not clean, no file that changed, no
// half of the changes, no acceptance without what it needs.
func TestSettleRefuses(t *testing.T) {
	x := newSettled(t)
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
	if err := x.s.Ignore(typo, tui.ScopePackage, "", time.Time{}); err == nil {
		t.Error("an ignore without a reason is taken")
	}
	axios := x.finding("nonexistent-version", "axios")
	if err := x.s.Ignore(axios, tui.ScopePackage, "why", time.Time{}); err != nil {
		t.Error(err)
	}
	x.must(x.s.Fix(axios, &axios.Suggestions[0]))
	if err := os.WriteFile(filepath.Join(x.d.dir, "package.json"), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	config := x.file(configName)
	if err := x.s.Apply(); err == nil {
		t.Error("a file that changed was written")
	}
	if x.file("package.json") != "{}\n" || x.file(configName) != config || len(x.s.decisions) != 2 {
		t.Error("half of the changes was written")
	}
	t.Setenv("CLAUDECODE", "1")
	if err := x.s.Ignore(typo, tui.ScopePackage, "why", time.Time{}); err == nil || !strings.Contains(err.Error(), "CLAUDECODE") {
		t.Errorf("an assistant accepts a finding: %v", err)
	}
}
