package app

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/scanner/policy"
	"figment/scanner/verdict"
)

// Acceptance reads the entry that figment allow asks for. The error is of usage.
func Acceptance(v *Values, args []string, now time.Time) (policy.Entry, error) {
	e := policy.Entry{Kind: "allow", Reason: strings.TrimSpace(v.Text("reason")), Rules: v.List("rule"), Paths: v.List("path"), Advisory: v.Text("advisory")}
	if len(args) != 1 {
		return e, Usage("figment allow takes one name", `figment allow npm:left-pad --reason "why it is right"`)
	}
	spec, err := ecosystem.ParseSpec(args[0], ecosystem.Unknown)
	switch {
	case err != nil:
		return e, Usage(fmt.Sprintf("%s: %s", args[0], err), "a name is written npm:left-pad or pkg:npm/left-pad")
	case spec.Constraint != "":
		return e, Usage("a name is accepted in all its versions", "leave the version out: "+string(spec.Package.Ecosystem)+":"+spec.Package.Name)
	case e.Reason == "":
		return e, Usage("figment allow needs a reason", `--reason "why it is right"`)
	}
	e.Ecosystem, e.Package = spec.Package.Ecosystem, spec.Package.Name
	for _, id := range e.Rules {
		if verdict.FindRule(id) == nil {
			return e, Usage(fmt.Sprintf("--rule: there is no rule %q", id), RuleHint(id))
		}
	}
	if word := v.Text("expires"); word != "" {
		if e.Expires, err = time.Parse(time.DateOnly, word); err != nil {
			return e, Usage(fmt.Sprintf("--expires: %q is not a date", word), "--expires 2027-02-20")
		}
		if e.Expired(now) {
			return e, Usage("--expires: the day is over", "")
		}
	}
	if len(e.Rules) > 0 || len(e.Paths) > 0 {
		e.Kind = "ignore"
		if len(e.Rules) == 0 { // there, whatever is said of the name
			for i := range verdict.Rules {
				if verdict.Rules[i].AboutName {
					e.Rules = append(e.Rules, verdict.Rules[i].ID)
				}
			}
		}
	}
	return e, nil
}

// assistants are the variables that coding assistants set for the commands that
// they run. A final * stands for any rest.
var assistants = []string{"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CODEX_*", "GEMINI_CLI", "CURSOR_*", "COPILOT_CLI", "OPENCODE", "WINDSURF_*"}

// settingsOfPeople begin alike and are set by people in their profiles.
var settingsOfPeople = []string{"CODEX_HOME", "CODEX_API_KEY"}

// Assistant gives the variable by which a coding assistant shows; empty if none
// does. environ is as os.Environ has it.
func Assistant(environ []string) string {
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if value == "" || slices.Contains(settingsOfPeople, name) {
			continue
		}
		for _, a := range assistants {
			if prefix, ok := strings.CutSuffix(a, "*"); name == a || ok && strings.HasPrefix(name, prefix) {
				return name
			}
		}
	}
	return ""
}

// acceptedName is the file in the user's data directory that keeps the digests
// of the entries that a person accepted on this machine.
const acceptedName = "accepted"

// Remember notes that a person accepted an entry, in the
// configuration file, so that it counts where only committed entries would.
func (c *Call) Remember(e *policy.Entry, file string) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, acceptedName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(e.Digest(file) + "\n")
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// dataDir is where figment keeps what the user decided.
func (c *Call) dataDir() (string, error) {
	if dir := c.Env("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "figment"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "figment"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "figment"), err
}

// remembered reports whether a person accepted an entry of the project's file
// at this machine.
func (s *Session) remembered(e *policy.Entry) bool {
	dir, err := s.dataDir()
	if err != nil || s.configFile == "" {
		return false
	}
	data, err := readConfig(filepath.Join(dir, acceptedName))
	return err == nil && slices.Contains(strings.Fields(string(data)), e.Digest(s.configFile))
}
