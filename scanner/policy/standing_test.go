package policy

import (
	"testing"

	"figment/scanner/verdict"
)

func TestStanding(t *testing.T) {
	const said = "  # figment: ignore[typosquat] ours\n"
	const alone = "# figment: ignore[typosquat] ours\n"
	for _, c := range []struct {
		name, before, now string
		old, fresh        int
	}{
		{"unchanged", "a" + said, "a" + said, 1, 0},
		{"moved with its line", "a" + said, "x\ny\na" + said, 1, 0},
		{"other line end", "a  # figment: ignore[typosquat] ours\r\n", "a" + said, 1, 0},
		{"new file", "", "a" + said, 0, 1},
		{"added", "a\n", "a" + said, 0, 1},
		{"at another name", "a" + said, "a" + said + "b" + said, 1, 1},
		{"other reason", "a" + said, "a  # figment: ignore[typosquat] mine\n", 0, 1},
		{"other rule", "a" + said, "a  # figment: ignore[conflation] ours\n", 0, 1},
		{"above, unchanged", alone + "a\n", "x\n" + alone + "a\n", 1, 0},
		{"above, another line put in", alone + "a\n", alone + "b\na\n", 0, 1},
		{"above nothing", alone, alone + "a\n", 0, 1},
		{"faulty ones stay", "", "a  # figment: ignore[typosquat]\n", 1, 0},
	} {
		now := []byte(c.now)
		old, fresh := Standing("x.txt", []byte(c.before), now, Inlines("x.txt", now))
		if len(old) != c.old || len(fresh) != c.fresh {
			t.Errorf("%s: %d stand and %d are new; want %d and %d", c.name, len(old), len(fresh), c.old, c.fresh)
		}
	}
}

func TestFloor(t *testing.T) {
	off, note, warning, failing := Level{Off: true}, Level{Severity: verdict.Note}, Level{Severity: verdict.Warning}, Level{Severity: verdict.Error}
	rule := verdict.FindRule("typosquat")
	levels := func(l *Level) map[string]Level {
		if l == nil {
			return map[string]Level{}
		}
		return map[string]Level{rule.ID: *l}
	}
	for _, c := range []struct {
		name       string
		now, floor *Level
		sev, want  verdict.Severity
		on         bool
	}{
		{"switched off by one", &off, nil, verdict.Error, verdict.Error, true},
		{"switched off by the other", nil, &off, verdict.Warning, verdict.Warning, true},
		{"switched off by both", &off, &off, verdict.Error, verdict.NoSeverity, false},
		{"lowered by one", &note, nil, verdict.Error, verdict.Error, true},
		{"the default written out lowers too", &warning, nil, verdict.Error, verdict.Error, true},
		{"lowered by both", &note, &warning, verdict.Error, verdict.Warning, true},
		{"raised", &failing, nil, verdict.Warning, verdict.Error, true},
		{"raised by the other", nil, &failing, verdict.Warning, verdict.Error, true},
	} {
		cfg := Config{Levels: levels(c.now), Floor: levels(c.floor)}
		got, on := cfg.Level(rule, c.sev)
		if on != c.on || on && got != c.want {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, on, c.want, c.on)
		}
	}
	cfg := Config{Floor: map[string]Level{}, Ignore: []string{rule.ID}}
	if _, on := cfg.Level(rule, verdict.Error); on {
		t.Error("what the call ignores is reported")
	}
}

func TestTakeLedger(t *testing.T) {
	parse := func(text string) *Baseline {
		t.Helper()
		b, err := ParseBaseline("b", []byte(`{"schema_version":"1","entries":[`+text+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	old := parse(`{"id":"","rule":"nonexistent-package","package":"pkg:npm/a","paths":["x"],"added":"2026-01-02","absent_at":null}`)
	old.TakeLedger(parse(`{"id":"","rule":"nonexistent-package","package":"pkg:npm/a","paths":["y"],"added":"2026-01-03","absent_at":"2026-01-03"},
{"id":"","rule":"nonexistent-package","package":"pkg:npm/b","paths":["y"],"added":"2026-01-03","absent_at":"2026-01-03"},
{"id":"","rule":"nonexistent-package","package":"pkg:npm/c","paths":["y"],"added":"2026-01-03","absent_at":null}`))
	if len(old.Entries) != 2 {
		t.Fatalf("%d entries", len(old.Entries))
	}
	a, b := old.Entries[0], old.Entries[1]
	if len(a.Paths) != 1 || a.Paths[0] != "x" || a.AbsentAt.IsZero() {
		t.Errorf("%+v", a)
	}
	if b.Package != "pkg:npm/b" || len(b.Paths) != 0 || b.AbsentAt.IsZero() {
		t.Errorf("%+v", b)
	}
}
