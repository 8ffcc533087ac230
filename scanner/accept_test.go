package scanner

import (
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play/osvplay"
	"figment/registry/protocol"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// scanWith judges files under a baseline.
func (c *court) scanWith(files map[string][]byte, change func(*Options)) *Report {
	c.t.Helper()
	o := c.options(source.Memory(all.Formats().Recognition(), files))
	change(&o)
	rep, err := Scan(c.t.Context(), o)
	if err != nil {
		c.t.Fatal(err)
	}
	return rep
}

func entryOf(rule, purl string, absent time.Time, paths ...string) policy.BaselineEntry {
	return policy.BaselineEntry{Rule: rule, Package: purl, Paths: paths, Added: absent, AbsentAt: absent}
}

// TestLedger: a name that the baseline saw absent and that exists now is the
// loudest alarm there is, and being another rule the baseline does not hide it.
func TestLedger(t *testing.T) {
	c := newCourt(t)
	files := map[string][]byte{"package.json": []byte(`{"dependencies":{"quiet-thing-helper":"*","old-thing-helper":"*","slip-thing-helper":"*","gone-thing-helper":"*"}}`)}
	month := c.now.AddDate(0, -1, 0)
	c.world.Set(ecosystem.NPM, "quiet-thing-helper", protocol.Profile{Versions: []string{"1.0.0"}, Created: c.now.AddDate(0, 0, -10)})
	c.world.Set(ecosystem.NPM, "old-thing-helper", protocol.Profile{Versions: []string{"1.0.0"}, Created: c.now.AddDate(-5, 0, 0)})
	c.world.Set(ecosystem.NPM, "slip-thing-helper", protocol.Profile{Versions: []string{"1.0.0"}, Created: month.Add(time.Hour)})
	b := &policy.Baseline{File: ".figment-baseline.json"}
	for _, name := range []string{"quiet", "old", "slip", "gone"} {
		b.Entries = append(b.Entries, entryOf("nonexistent-package", "pkg:npm/"+name+"-thing-helper", month, "package.json"))
	}
	rep := c.scanWith(files, func(o *Options) { o.Baseline = b })
	f := only(t, rep, "quiet-thing-helper")
	if f == nil || f.Rule.ID != "registered-after-reference" || f.Severity != verdict.Error || f.Confidence != verdict.High {
		t.Fatalf("quiet-thing-helper: %+v", f)
	}
	if !has(f, "the baseline confirmed on 2026-10-2") {
		t.Errorf("evidence %+v", f.Evidence)
	}
	for _, name := range []string{"old-thing-helper", "slip-thing-helper", "gone-thing-helper"} {
		for _, f := range rep.Findings {
			if f.Package.Name == name && f.Rule.ID == "registered-after-reference" {
				t.Errorf("%s: %s", name, f.Message)
			}
		}
	}
	if len(rep.Suppressed) != 1 || rep.Suppressed[0].Package.Name != "gone-thing-helper" || rep.Suppressed[0].By.Kind != "baseline" {
		t.Errorf("suppressed %+v", rep.Suppressed)
	}
	if at := rep.Suppressed[0].AbsentAt; at.IsZero() {
		t.Error("a confirmed absence has no date for the ledger")
	}
}

// TestBaselinePlaces: an entry accepts places, not names.
func TestBaselinePlaces(t *testing.T) {
	c := newCourt(t, osvplay.Malware("MAL-2026-1", ecosystem.NPM, "evil-thing"))
	c.world.Add(ecosystem.NPM, "evil-thing")
	b := &policy.Baseline{File: "b", Entries: []policy.BaselineEntry{
		entryOf("nonexistent-package", "pkg:npm/no-such-thing-here", c.now, "old.sh"),
	}}
	files := map[string][]byte{
		"old.sh": []byte("npm i no-such-thing-here@3\n"), "new.sh": []byte("\n\nnpm i no-such-thing-here evil-thing\n"),
	}
	rep := c.scanWith(files, func(o *Options) { o.Baseline = b })
	f := only(t, rep, "no-such-thing-here")
	if f == nil || f.Primary.Path != "new.sh" || f.Primary.Accepted || len(f.Related) != 1 || f.Related[0].Path != "old.sh" || !f.Related[0].Accepted {
		t.Fatalf("%+v", f)
	}
	if only(t, rep, "evil-thing") == nil {
		t.Error("the malware is gone")
	}
	delete(files, "new.sh")
	if rep = c.scanWith(files, func(o *Options) { o.Baseline = b }); len(rep.Findings) != 0 || len(rep.Suppressed) != 1 {
		t.Errorf("%+v", rep.Findings)
	}
}

// TestInlineIgnores: a comment accepts the finding at its line, mentions lower
// what is left, and where an assistant is judged comments accept nothing.
func TestInlineIgnores(t *testing.T) {
	c := newCourt(t, osvplay.Malware("MAL-2026-1", ecosystem.NPM, "evil-thing"))
	c.world.Add(ecosystem.NPM, "evil-thing")
	files := map[string][]byte{
		"a.sh": []byte("npm i no-such-thing-here # figment: ignore[nonexistent-package] built here\n" +
			"npm i evil-thing # figment: ignore[malicious-package] we know\n" +
			"npm i no-such-thing-two # figment: ignore[typosquat] wrong rule\n"),
	}
	count := func(rep *Report, rule string) (n int) {
		for _, f := range rep.Findings {
			if f.Rule.ID == rule {
				n++
			}
		}
		return n
	}
	rep := c.scanWith(files, func(o *Options) { o.Whole = true })
	if len(rep.Suppressed) != 1 || rep.Suppressed[0].By != (Suppression{Kind: "inline", Reason: "built here", Path: "a.sh", Line: 1}) {
		t.Errorf("suppressed %+v", rep.Suppressed)
	}
	if count(rep, "malicious-package") != 1 || count(rep, "nonexistent-package") != 1 || count(rep, "unused-ignore") != 2 {
		for _, f := range rep.Findings {
			t.Errorf("%s: %s", f.Rule.ID, f.Message)
		}
	}
	rep = c.scanWith(files, func(o *Options) {})
	if count(rep, "unused-ignore") != 1 { // what can never count is said in any case
		t.Errorf("%d notes on a part of the project", count(rep, "unused-ignore"))
	}
	rep = c.scanWith(files, func(o *Options) { o.NoInline = true })
	if len(rep.Suppressed) != 0 || count(rep, "nonexistent-package") != 2 || count(rep, "unused-ignore") != 0 {
		t.Errorf("%d suppressed under NoInline", len(rep.Suppressed))
	}

	two := map[string][]byte{
		"a.sh":      []byte("npm i no-such-thing-here # figment: ignore[nonexistent-package] built here\n"),
		"notes.md":  []byte("We use `npm i no-such-thing-here` there.\n"),
		"utf16.txt": []byte("\xff\xfe"),
	}
	rep = c.scanWith(two, func(o *Options) {})
	if f := only(t, rep, "no-such-thing-here"); f == nil || f.Severity != verdict.Note || f.Primary.Path != "notes.md" || len(f.Related) != 1 {
		t.Errorf("%+v", f)
	}
}

func TestSum(t *testing.T) {
	c := newCourt(t)
	files := map[string][]byte{"a.sh": []byte("npm i no-such-thing-here\n")}
	rep := c.scanWith(files, func(o *Options) {})
	if f := only(t, rep, "no-such-thing-here"); f == nil || f.Primary.Sum != Sum(files["a.sh"]) || Sum([]byte(strings.ToUpper(string(files["a.sh"])))) == f.Primary.Sum {
		t.Errorf("%+v", f)
	}
}
