package app

import (
	"testing"

	"figment/scanner/policy"
)

// parse reads a configuration file of a trust level.
func parse(t *testing.T, name, text string, from policy.Trust) *policy.Document {
	t.Helper()
	d, err := policy.Parse(name, []byte(text), from, Keys())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPrecedence: flag, variable, the project's file, the user's, default; and
// the project's does not undo what the user's made stricter.
func TestPrecedence(t *testing.T) {
	project := `fail-on = "warning"`
	user := `fail-on = "note"`
	for _, c := range []struct {
		flag, variable, project, user string
		want, origin                  string
	}{
		{want: "error", origin: "default"},
		{user: user, want: "note", origin: "user"},
		{project: project, want: "warning", origin: "project"},
		{project: project, user: user, want: "note", origin: "user"},
		{project: `fail-on = "note"`, user: `fail-on = "warning"`, want: "note", origin: "project"},
		{project: `fail-on = { value = "never", reason = "we only look" }`, user: user, want: "never", origin: "project"},
		{variable: "never", project: project, user: user, want: "never", origin: "FIGMENT_FAIL_ON"},
		{flag: "error", variable: "never", project: project, user: user, want: "error", origin: "flag"},
	} {
		flags := Flags{}
		if c.flag != "" {
			flags["fail-on"] = []string{c.flag}
		}
		env := func(name string) string {
			if name == "FIGMENT_FAIL_ON" {
				return c.variable
			}
			return ""
		}
		var p, u *policy.Document
		if c.project != "" {
			p = parse(t, "project", c.project, policy.Repository)
		}
		if c.user != "" {
			u = parse(t, "user", c.user, policy.User)
		}
		v, err := ResolveValues(flags, "scan", env, p, u)
		if err != nil {
			t.Fatal(err)
		}
		if v.Text("fail-on") != c.want || v.Origin("fail-on") != c.origin {
			t.Errorf("%+v: %q from %s", c, v.Text("fail-on"), v.Origin("fail-on"))
		}
	}
}

// TestValueKinds: a value is read as its row says, and what a command does not
// take is empty.
func TestValueKinds(t *testing.T) {
	env := func(name string) string {
		return map[string]string{"FIGMENT_OFFLINE": "1", "FIGMENT_MAX_FILE_SIZE": "2KiB", "FIGMENT_TIMEOUT": "1m30s", "FIGMENT_CONCURRENCY": "7", "FIGMENT_ECOSYSTEM": "npm, pypi,"}[name]
	}
	v, err := ResolveValues(Flags{"exclude": {"a,b", "c"}, "output": {"a,b"}, "staged": {"true"}}, "scan", env, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !v.On("offline") || v.Size("max-file-size") != 2048 || v.Duration("timeout").Seconds() != 90 || v.Number("concurrency") != 7 || !v.On("staged") || v.On("diff") {
		t.Errorf("%+v", v.set)
	}
	for name, want := range map[string]int{"ecosystem": 2, "exclude": 3, "output": 1, "select": 0, "reason": 0} {
		if got := v.List(name); len(got) != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if v.Text("reason") != "" || v.Origin("reason") != "" {
		t.Error("scan takes --reason")
	}
	for _, bad := range []string{"yes please", "-"} {
		if _, err := ResolveValues(nil, "scan", func(name string) string {
			if name == "FIGMENT_QUIET" {
				return bad
			}
			return ""
		}, nil, nil); err == nil {
			t.Errorf("FIGMENT_QUIET=%s is taken", bad)
		}
	}
}
