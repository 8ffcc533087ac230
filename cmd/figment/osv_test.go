package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/play/osvplay"
)

// TestOSVScripts runs every script against a server of its own. npm.zip is an
// archive, old.zip one of last month, tree/ a folder of them; `server` makes the
// server fail, heal, or know of more.
func TestOSVScripts(t *testing.T) {
	onlyLong(t)
	figment(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "osv"),
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			s, err := osvplay.New(
				osvplay.Malware("MAL-2026-1", ecosystem.NPM, "evil-thing", "1.0.0"),
				osvplay.Malware("MAL-2026-2", ecosystem.NPM, "forgiven").Withdrawn(),
				osvplay.Between("GHSA-aaaa-bbbb-cccc", ecosystem.NPM, "merely-vulnerable", "0", "2.0.0"),
				osvplay.Malware("MAL-2026-3", ecosystem.PyPI, "evil-py", "0.1"),
			)
			if err != nil {
				return err
			}
			e.Defer(func() { s.Close() })
			e.Values["server"] = s
			e.Vars = append(e.Vars, s.Env()...)
			for _, eco := range []string{"NPM", "PYPI", "GOLANG"} {
				e.Vars = append(e.Vars, "FIGMENT_REGISTRY_"+eco+"="+s.URL()+"/nothing")
			}
			e.Vars = append(e.Vars, "HOME="+e.WorkDir, "XDG_CACHE_HOME="+filepath.Join(e.WorkDir, ".xdg"), "XDG_CONFIG_HOME="+filepath.Join(e.WorkDir, ".config"),
				"OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY="+filepath.Join(e.WorkDir, ".scanner"), "FIGMENT_CACHE_DIR="+filepath.Join(e.WorkDir, ".cache"))
			npm := s.Archive(ecosystem.NPM)
			for file, data := range map[string][]byte{"npm.zip": npm, "old.zip": npm, "tree/npm/all.zip": npm, "tree/PyPI/all.zip": s.Archive(ecosystem.PyPI)} {
				file = filepath.Join(e.WorkDir, filepath.FromSlash(file))
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					return err
				}
				if err := os.WriteFile(file, data, 0o600); err != nil {
					return err
				}
			}
			old := time.Now().Add(-30*24*time.Hour - time.Hour)
			return os.Chtimes(filepath.Join(e.WorkDir, "old.zip"), old, old)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"server": serverCommand},
	})
}

// TestOSVExit: an index or a source that cannot be used makes a 3, a wrong call
// a 2, and an index that is not there nothing.
func TestOSVExit(t *testing.T) {
	s, err := osvplay.New(osvplay.Malware("MAL-1", ecosystem.NPM, "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir()
	for _, v := range append(s.Env(), "FIGMENT_CACHE_DIR="+dir, "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY="+dir) {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	call := func(want int, args ...string) {
		t.Helper()
		var out, text bytes.Buffer
		if got := Main(append([]string{"osv"}, args...), strings.NewReader(""), &out, &text); got != want {
			t.Errorf("%v ended with %d, want %d: %s%s", args, got, want, out.String(), text.String())
		}
	}
	call(app.ExitUsage)
	call(app.ExitUsage, "update")
	call(app.ExitUsage, "status", "nothing-such")
	call(app.ExitOK, "status")
	call(app.ExitOK, "status", "npm")
	call(app.ExitOK, "update", "npm")
	call(app.ExitIncomplete, "update", "npm", "pypi") // there is no data of the second
	call(app.ExitOK, "status")
	index := filepath.Join(dir, "osv", "npm.index")
	data, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(index, data, 0o600); err != nil {
		t.Fatal(err)
	}
	call(app.ExitIncomplete, "status")
	call(app.ExitIncomplete, "status", "-f", "json", "npm")
	call(app.ExitOK, "update", "--full")
	call(app.ExitOK, "status")
	call(app.ExitOK, "clear")
}

func serverCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value("server").(*osvplay.Server)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: server fail|heal|forget|paths|add ID NAME|junk FILE")
	}
	switch args[0] {
	case "fail":
		s.Inject(osvplay.Fault{Status: 403}, nil)
	case "heal":
		s.Heal()
	case "forget":
		s.Forget()
	case "add":
		s.Add(osvplay.Malware(args[1], ecosystem.NPM, args[2]).With("modified", time.Now().UTC().Format(time.RFC3339)))
	case "junk":
		s.Extra(args[1], []byte("junk"))
	case "paths": // writes what was asked for to the file paths
		var b strings.Builder
		for _, r := range s.Requests() {
			b.WriteString(r.Path + "\n")
		}
		ts.Check(os.WriteFile(ts.MkAbs("paths"), []byte(b.String()), 0o600))
	default:
		ts.Fatalf("server cannot %s", args[0])
	}
}
