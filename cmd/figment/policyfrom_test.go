package main

import (
	"os"
	"path/filepath"
	"testing"

	"figment/app"
	"figment/scanner/policy"
)

// TestRemembered: what a person accepted counts at once, in the file that they
// accepted it in and in the words that they used.
func TestRemembered(t *testing.T) {
	dir := t.TempDir()
	a := &cli{&app.Call{Dir: dir, Env: func(name string) string {
		if name == "XDG_DATA_HOME" {
			return filepath.Join(dir, "data")
		}
		return ""
	}}}
	s := &session{cli: a, file: filepath.Join(dir, configName)}
	e := policy.Entry{Kind: "allow", Package: "ours", Reason: "it is ours"}
	if s.remembered(&e) {
		t.Error("nobody accepted anything")
	}
	if err := a.remember(&e, s.file); err != nil {
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
	s.file = filepath.Join(dir, "elsewhere", configName)
	if s.remembered(&e) {
		t.Error("the entry counts in another project")
	}
	s.file = filepath.Join(dir, configName)
	if err := os.WriteFile(filepath.Join(dir, "data", "figment", acceptedName), make([]byte, maxConfig+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.remembered(&e) {
		t.Error("a file beyond the limit is read")
	}
}
