package app

import (
	"os"
	"path/filepath"
	"testing"

	"figment/scanner/policy"
)

// TestRemembered: what a person accepted counts at once, in the file that they
// accepted it in and in the words that they used.
func TestRemembered(t *testing.T) {
	dir := t.TempDir()
	c := &Call{Dir: dir, Env: func(name string) string {
		if name == "XDG_DATA_HOME" {
			return filepath.Join(dir, "data")
		}
		return ""
	}}
	s := &Session{Call: c, configFile: filepath.Join(dir, ConfigName)}
	e := policy.Entry{Kind: "allow", Package: "ours", Reason: "it is ours"}
	if s.remembered(&e) {
		t.Error("nobody accepted anything")
	}
	if err := c.Remember(&e, s.configFile); err != nil {
		t.Fatal(err)
	}
	if !s.remembered(&e) {
		t.Error("what was accepted is not remembered")
	}
	other := e
	other.Package = "theirs"
	if s.remembered(&other) {
		t.Error("an entry counts that nobody accepted")
	}
	s.configFile = filepath.Join(dir, "elsewhere", ConfigName)
	if s.remembered(&e) {
		t.Error("the entry counts in another project")
	}
	s.configFile = filepath.Join(dir, ConfigName)
	if err := os.WriteFile(filepath.Join(dir, "data", "figment", acceptedName), make([]byte, maxConfig+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.remembered(&e) {
		t.Error("a file beyond the limit is read")
	}
}

// TestAssistant: a coding assistant shows by what it sets for its commands, not
// by what people set in their profiles.
func TestAssistant(t *testing.T) {
	for env, want := range map[string]bool{
		"CLAUDECODE=1": true, "CODEX_SANDBOX=seatbelt": true, "GEMINI_CLI=1": true, "CURSOR_AGENT=1": true,
		"CLAUDECODE=": false, "CODEX_HOME=/x": false, "PATH=/bin": false, "GEMINI_CLI_X=1": false,
	} {
		if got := Assistant([]string{env}) != ""; got != want {
			t.Errorf("%s: %v", env, got)
		}
	}
}
