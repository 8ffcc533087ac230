package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"figment/app"
)

// person is a call on a terminal, in a directory of its own.
func personAt(t *testing.T, dir string, args ...string) (code int, out, errs string) {
	t.Helper()
	for _, name := range []string{"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "GEMINI_CLI", "COPILOT_CLI", "OPENCODE"} {
		t.Setenv(name, "")
	}
	for _, kv := range os.Environ() {
		if name := app.Assistant([]string{kv}); name != "" {
			t.Setenv(name, "")
		}
	}
	var o, e bytes.Buffer
	env := func(name string) string {
		if name == "XDG_DATA_HOME" {
			return filepath.Join(dir, "data")
		}
		return ""
	}
	a := &cli{&app.Call{In: strings.NewReader(""), Out: &o, Err: &e, Env: env, Terminal: func(any) bool { return true }}}
	code = a.run(context.Background(), append(args, "-C", dir))
	return code, o.String(), e.String()
}

func TestAllowOnTerminal(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	file := filepath.Join(dir, app.ConfigName)
	if err := os.WriteFile(file, []byte("fail-on = \"error\" # ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := personAt(t, dir, "allow", "npm:@acme/ui-tokens", "--reason", "our \x1b[31mown", "--expires", "2999-02-20")
	if code != app.ExitOK || strings.Contains(out+errs, "\x1b") || !strings.Contains(out, `+package = "npm:@acme/ui-tokens"`) {
		t.Fatalf("%d %q %q", code, out, errs)
	}
	got, err := os.ReadFile(file)
	want := "fail-on = \"error\" # ours\n\n[[allow]]\npackage = \"npm:@acme/ui-tokens\"\nreason = \"our \\u001B[31mown\"\nexpires = 2999-02-20\n"
	if err != nil || string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "data", "figment", "accepted")); err != nil || len(kept) != 65 {
		t.Errorf("%q, %v", kept, err)
	}
	if code, _, errs := personAt(t, dir, "allow", "pypi:yaml", "--path", "examples/**", "--rule", "undeclared-import", "--reason", "x"); code != app.ExitOK {
		t.Fatal(errs)
	}
	for _, c := range []struct{ expires, reason, says, want string }{
		{"2999-02-20", "our \x1b[31mown", "accepts it already", "reason = \"our \\u001B[31mown\"\nexpires = 2999-02-20\n"},
		{"2999-02-21", "another", "", "reason = \"another\"\nexpires = 2999-02-21\n"},
		{"", "a third", "", "package = \"npm:@acme/ui-tokens\"\nreason = \"a third\"\n\n"},
	} {
		args := []string{"allow", "npm:@acme/ui-tokens", "--reason", c.reason}
		if c.expires != "" {
			args = append(args, "--expires", c.expires)
		}
		code, _, errs := personAt(t, dir, args...)
		got, _ := os.ReadFile(file)
		if code != app.ExitOK || !strings.Contains(errs, c.says) || !strings.Contains(string(got), c.want) || strings.Count(string(got), "[[allow]]") != 1 {
			t.Errorf("%+v: %d %q %q", c, code, errs, got)
		}
	}
	if code, _, errs := personAt(t, dir, "allow", "pypi:yaml", "--path", "examples/**", "--rule", "undeclared-import", "--reason", "x"); code != app.ExitOK || !strings.Contains(errs, "already") {
		t.Error(errs)
	}
	got, _ = os.ReadFile(file)
	if !strings.HasSuffix(string(got), "\n[[ignore]]\npackage = \"pypi:yaml\"\npaths = [\"examples/**\"]\nrules = [\"undeclared-import\"]\nreason = \"x\"\n") {
		t.Errorf("%q", got)
	}
	if code, out, errs := personAt(t, dir, "allow", "npm:evil", "--rule", "malicious-package", "--advisory", "MAL-2026-1", "--reason", "a false alarm"); code != app.ExitOK || !strings.Contains(out, `+advisory = "MAL-2026-1"`) {
		t.Errorf("%d %q %q", code, out, errs)
	}
	got, _ = os.ReadFile(file)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"npm:a"}, "needs a reason"},
		{[]string{"--reason", "x"}, "takes one name"},
		{[]string{"a", "--reason", "x"}, "a:"},
		{[]string{"npm:a@1", "--reason", "x"}, "all its versions"},
		{[]string{"npm:a", "--reason", "x", "--expires", "2020-01-01"}, "the day is over"},
		{[]string{"npm:a", "--reason", "x", "--expires", "soon"}, "is not a date"},
		{[]string{"npm:a", "--reason", "x", "--rule", "typosqat"}, "there is no rule"},
		{[]string{"npm:a", "--reason", "x", "--rule", "malicious-package"}, "by the id of its advisory"},
	} {
		code, _, errs := personAt(t, dir, append([]string{"allow"}, c.args...)...)
		if code != app.ExitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("%v: %d %q", c.args, code, errs)
		}
	}
	if again, _ := os.ReadFile(file); !bytes.Equal(got, again) {
		t.Error("a refused call wrote")
	}
}

func TestAllowRefusesAssistants(t *testing.T) {
	t.Setenv("CODEX_SANDBOX", "seatbelt")
	dir := t.TempDir()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	a := &cli{&app.Call{In: strings.NewReader(""), Out: &out, Err: &errs, Env: func(string) string { return "" }, Terminal: func(any) bool { return true }}}
	if code := a.run(context.Background(), []string{"allow", "npm:a", "--reason", "x"}); code != app.ExitUsage || !strings.Contains(errs.String(), "coding assistant") {
		t.Errorf("%d %s", code, &errs)
	}
	if _, err := os.Lstat(filepath.Join(dir, app.ConfigName)); err == nil {
		t.Error("a file was written")
	}
}
