package policy

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/scanner/verdict"
)

const oneBaseline = `{"schema_version":"1","entries":[
{"id":"0123456789abcdef","rule":"nonexistent-package","package":"pkg:npm/left-pat","paths":["a/package.json","b.md"],"added":"2026-11-22","absent_at":"2026-11-22T10:00:00Z"},
{"id":"0123456789abcde0","rule":"nonexistent-version","package":"pkg:npm/react@%5E99","paths":[],"added":"2026-11-22","absent_at":null}
]}
`

func TestBaselineRoundTrip(t *testing.T) {
	b, err := ParseBaseline("f", []byte(oneBaseline))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(b.Bytes()); got != oneBaseline {
		t.Errorf("%s", got)
	}
	empty := (&Baseline{}).Bytes()
	if b, err := ParseBaseline("f", empty); err != nil || len(b.Entries) != 0 {
		t.Errorf("%s: %v", empty, err)
	}
}

func TestBaselineFind(t *testing.T) {
	b, err := ParseBaseline("f", []byte(oneBaseline))
	if err != nil {
		t.Fatal(err)
	}
	npm := func(name, version string) ecosystem.Package {
		return ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name, Version: version}
	}
	absent, version := verdict.FindRule("nonexistent-package"), verdict.FindRule("nonexistent-version")
	e := b.Find(absent, npm("left-pat", "^2"))
	if e == nil || !b.Covers(e, "b.md") || b.Covers(e, "c.md") || b.Covers(nil, "b.md") {
		t.Errorf("%+v", e)
	}
	if b.Find(version, npm("left-pat", "")) != nil || b.Find(verdict.FindRule("registered-after-reference"), npm("left-pat", "")) != nil {
		t.Error("an entry holds for another rule")
	}
	if b.Find(version, npm("react", "^99")) == nil || b.Find(version, npm("react", "^98")) != nil {
		t.Error("a rule about a version looks at the version")
	}
	var none *Baseline
	if none.Find(absent, npm("left-pat", "")) != nil || !none.AbsentAt(npm("left-pat", ""), time.Now()).IsZero() {
		t.Error("no baseline holds something")
	}
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	if got := b.AbsentAt(npm("left-pat", "1"), at.AddDate(1, 0, 0)); !got.Equal(at) {
		t.Errorf("absent at %v", got)
	}
	if got := b.AbsentAt(npm("left-pat", "1"), at.AddDate(0, 0, -1)); !got.IsZero() {
		t.Errorf("a date that is still to come counts: %v", got)
	}
	b.Add = "app/"
	if own, ok := b.Own("x"); own != "app/x" || !ok {
		t.Errorf("%q, %v", own, ok)
	}
	b.Add, b.Strip = "", "app/"
	if own, ok := b.Own("app/x"); own != "x" || !ok {
		t.Errorf("%q, %v", own, ok)
	}
	for _, p := range []string{"x", "apple/x", "app/../../x"} {
		if own, ok := b.Own(p); ok {
			t.Errorf("%q is %q", p, own)
		}
	}
}

func TestParseBaselineRefuses(t *testing.T) {
	entry := func(s string) string { return `{"schema_version":"1","entries":[` + s + `]}` }
	for _, text := range []string{
		"", "{}", "[]", `{"schema_version":"2","entries":[]}`, `{"schema_version":"1","entries":[]} x`, `{"schema_version":"1","entries":[],"more":1}`,
		entry(`{}`),
		entry(`{"id":"x","rule":"nope","package":"pkg:npm/x","paths":[],"added":"2026-11-22","absent_at":null}`),
		entry(`{"id":"x","rule":"typosquat","package":"x","paths":[],"added":"2026-11-22","absent_at":null}`),
		entry(`{"id":"x","rule":"typosquat","package":"pkg:npm/x","paths":[],"added":"soon","absent_at":null}`),
		entry(`{"id":"x","rule":"typosquat","package":"pkg:npm/x","paths":[],"added":"2026-11-22","absent_at":"soon"}`),
		entry(`{"id":"x","rule":"typosquat","package":"pkg:npm/x","paths":"*","added":"2026-11-22","absent_at":null}`),
	} {
		_, err := ParseBaseline("f", []byte(text))
		var e *Error
		if !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
	b, err := ParseBaseline("f", []byte("\ufeff"+entry(`{"id":"x","rule":"typosquat","package":"pkg:npm/x","paths":["b","a","b"],"added":"2026-11-22","absent_at":"2026-11-22"},
		{"id":"y","rule":"typosquat","package":"pkg:npm/x","paths":["c"],"added":"2026-11-21","absent_at":null}`)))
	if err != nil || len(b.Entries) != 1 || strings.Join(b.Entries[0].Paths, "") != "abc" || b.Entries[0].Added.Day() != 21 || b.Entries[0].AbsentAt.Hour() != 23 {
		t.Errorf("%+v, %v", b, err)
	}
}

func FuzzParseBaseline(f *testing.F) {
	f.Add([]byte(oneBaseline))
	f.Add([]byte(`{"schema_version":"1","entries":[{"rule":"typosquat","package":"pkg:npm/x","paths":["\ud800"],"added":"2026-11-22","absent_at":"2026-11-22"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ParseBaseline("f", data)
		if err != nil {
			return
		}
		once := b.Bytes()
		again, err := ParseBaseline("f", once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice := again.Bytes(); !bytes.Equal(once, twice) {
			t.Fatalf("%s\n%s", once, twice)
		}
		if n := bytes.Count(once, []byte("\n")); n != len(b.Entries)+2 {
			t.Fatalf("%d lines for %d entries", n, len(b.Entries))
		}
	})
}
