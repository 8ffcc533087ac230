package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"figment/app"
	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/scanner/verdict"
)

// TestDemo: the demonstration shows every rule but two, an outage and an
// accepted finding, and asks nobody that the environment names.
func TestDemo(t *testing.T) {
	for _, n := range []string{"NPM", "PYPI", "GOLANG"} {
		t.Setenv("FIGMENT_REGISTRY_"+n, "http://127.0.0.1:1/nobody")
	}
	t.Setenv("FIGMENT_OSV_URL", "http://127.0.0.1:1/nobody")
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	var out, errw bytes.Buffer
	if code := Main([]string{"demo", "-f", "json"}, strings.NewReader(""), &out, &errw); code != app.ExitOK || errw.Len() > 0 {
		t.Fatalf("exit status %d: %s", code, errw.String())
	}
	var rep struct {
		Summary struct {
			Unverified, Suppressed int
			Complete               bool
		}
		Findings   []struct{ Rule, Severity string }
		Unverified []struct{ Reason string }
	}
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range rep.Findings {
		seen[f.Rule] = true
		if f.Rule == "malicious-package" && f.Severity != "error" {
			t.Errorf("malware is a %s", f.Severity)
		}
	}
	for i := range verdict.Rules {
		id := verdict.Rules[i].ID
		if absent := []string{"vulnerable-package", "claimable-private-name"}; seen[id] == slices.Contains(absent, id) {
			t.Errorf("%s is shown: %v", id, seen[id])
		}
	}
	if len(rep.Unverified) != 2 || rep.Summary.Suppressed != 1 || rep.Summary.Complete {
		t.Errorf("%+v, %+v", rep.Unverified, rep.Summary)
	}
	var text bytes.Buffer
	if code := Main([]string{"demo", "--format", "text"}, strings.NewReader(""), &text, &errw); code != app.ExitOK {
		t.Fatal(errw.String())
	}
	var bare bytes.Buffer // no terminal: text
	if code := Main([]string{"demo"}, strings.NewReader(""), &bare, &errw); code != app.ExitOK || bytes.ContainsRune(bare.Bytes(), 0x1b) {
		t.Fatal(errw.String())
	}
	for id := range seen {
		if !strings.Contains(text.String(), "["+id+"]") || !strings.Contains(bare.String(), "["+id+"]") {
			t.Errorf("the text does not show %s", id)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("the demonstration leaves %v (%v)", left, err)
	}
}

// TestSurface: no screen where none can be.
func TestSurface(t *testing.T) {
	a := &cli{&app.Call{In: strings.NewReader(""), Out: &bytes.Buffer{}, Env: func(string) string { return "" }}}
	if how := a.surface(false); how != onPaper {
		t.Errorf("a buffer is a terminal: %d", how)
	}
	if how := a.surface(true); how != onPaper {
		t.Errorf("a buffer is a terminal: %d", how)
	}
}

// A pane is a terminal of tmux with a shell in it.
type pane struct {
	t      *testing.T
	socket string
}

// terminal starts tmux; the test is skipped where it is missing.
func terminal(t *testing.T, env ...string) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: the screen was not tried on a terminal")
	}
	p := &pane{t, filepath.Join(t.TempDir(), "tmux")}
	args := []string{"-f", os.DevNull, "new-session", "-d", "-x", "80", "-y", "24"}
	for _, e := range append(env, "PS1=$ ", "HISTFILE=", "CI=", "GITHUB_ACTIONS=", "TF_BUILD=", "LC_ALL=C.UTF-8", "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(), "FIGMENT_CACHE_DIR="+t.TempDir()) {
		args = append(args, "-e", e)
	}
	p.tmux(append(args, "sh")...)
	t.Cleanup(func() { p.tmux("kill-server") })
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color", "TMUX=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// keys types: names of keys as tmux has them.
func (p *pane) keys(list ...string) {
	p.t.Helper()
	p.tmux(append([]string{"send-keys"}, list...)...)
}

// sees waits for texts on the screen.
func (p *pane) sees(texts ...string) string {
	p.t.Helper()
	var got string
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		got = p.tmux("capture-pane", "-p")
		if !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(got, s) }) {
			return got
		}
	}
	p.t.Fatalf("the screen never shows %q:\n%s", texts, got)
	return ""
}

// TestScreenOnTerminal types, resizes, edits and quits on a real terminal.
func TestScreenOnTerminal(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: the screen was not tried on a terminal")
	}
	bin := itself(t)
	dir := t.TempDir()
	editor := filepath.Join(dir, "ed")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\necho \"editing $*\" | tee "+dir+"/edited\nread line\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	world := play.NewWorld(all.Adapters())
	world.Add(ecosystem.NPM, "react")
	if err := world.Start(); err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	advisories, err := osvplay.New()
	if err != nil {
		t.Fatal(err)
	}
	defer advisories.Close()
	env := append(append(world.Env(), advisories.Env()...), "EDITOR="+editor)

	t.Run("demo", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys(bin+" demo; echo status $?", "Enter")
		p.sees("figment", "expresss", "PARTIAL", "q quit")
		p.keys("/", "shop-env-kit", "Enter")
		p.sees("removed-package", "1/1")
		p.keys("e")
		p.sees("editing " + os.TempDir())
		p.keys("Enter")
		p.sees("edited: r scans again", "shop-env-kit")
		if line, err := os.ReadFile(filepath.Join(dir, "edited")); err != nil || !strings.Contains(string(line), "package.json") {
			t.Errorf("the editor got %q (%v)", line, err)
		}
		p.keys("/", "C-u", "axios", "Enter", "f")
		p.sees("Fix nonexistent-version", `+     "axios": "^1.7.9",`)
		p.keys("y")
		p.sees("1 unwritten")
		p.keys("w")
		p.sees("Write 1 change")
		p.keys("y")
		p.sees("1 change written", "PARTIAL", "Nothing matches the filter")
		p.keys("Escape")
		p.sees("expresss")
		p.keys("r")
		p.sees("PARTIAL", "expresss")
		p.keys("?")
		p.sees("Keys", "registry page")
		p.keys("?", "q")
		p.sees("status 0")
		if got := p.tmux("capture-pane", "-p"); strings.Contains(got, "▸") {
			t.Errorf("the screen is left behind:\n%s", got)
		}
	})
	// Apart from the editor: in Bubble Tea 2.1 a resize and the return from
	// another program race for the size of the terminal.
	t.Run("resize", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys(bin+" demo; echo status $?", "Enter")
		p.sees("figment", "expresss", "PARTIAL", "q quit")
		p.keys("/", "shop-env-kit", "Enter")
		p.sees("removed-package", "1/1")
		p.tmux("resize-window", "-x", "120", "-y", "40")
		if got := p.sees("removed-package", "│"); strings.Count(got, "\n") < 39 {
			t.Errorf("after resizing:\n%s", got)
		}
		p.tmux("resize-window", "-x", "80", "-y", "24")
		p.keys("q")
		p.sees("status 0")
	})
	t.Run("suspend", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys("set -m; "+bin+" demo; echo status $?", "Enter")
		p.sees("PARTIAL")
		p.keys("C-z")
		p.sees("topped")
		p.keys("clear; fg; echo status $?", "Enter")
		p.sees("PARTIAL", "q quit")
		p.keys("C-c")
		p.sees("status 0")
	})
	t.Run("interrupt", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys(bin+" demo; echo status $?", "Enter")
		p.sees("stop and keep")
		p.keys("C-c")
		p.sees("status 0")
	})
	t.Run("no colour", func(t *testing.T) {
		p := terminal(t, append(env, "NO_COLOR=1")...)
		p.keys(bin+" demo", "Enter")
		p.sees("PARTIAL")
		if got := p.tmux("capture-pane", "-p", "-e"); strings.Contains(got, "\x1b[38") || strings.Contains(got, "\x1b[3") && strings.ContainsAny(strings.SplitN(got, "\x1b[3", 2)[1][:1], "1234567") {
			t.Errorf("colours in spite of NO_COLOR:\n%q", got)
		}
		p.keys("q")
	})
	t.Run("dumb", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys("TERM=dumb "+bin+" demo | tail -3; TERM=dumb "+bin+" demo | cat -v | grep -c '\\^\\['", "Enter")
		p.sees("1 finding suppressed", "0\n")
		p.keys("clear; CI=1 "+bin+" demo | tail -1", "Enter")
		p.sees("1 finding suppressed")
		p.keys("clear; TERM=dumb "+bin+" demo", "Enter")
		p.sees("1 finding suppressed")
	})
	t.Run("piped", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys("echo 'npm install react react-made-up-thing' | "+bin+" --stdin-filename x.sh -; echo status $?", "Enter")
		p.sees("standard input", "react-made-up-thing", "1 error")
		p.keys("q")
		p.sees("status 1")
	})
	t.Run("accessible", func(t *testing.T) {
		p := terminal(t, env...)
		p.tmux("resize-window", "-x", "120", "-y", "60")
		p.keys(bin+" demo --accessible; echo status $?", "Enter")
		p.sees("1. error:", "details", "q quit:")
		p.keys("1", "Enter")
		p.sees("Confidence")
		p.keys("q", "Enter")
		p.sees("status 0")
	})
	t.Run("signal", func(t *testing.T) {
		p := terminal(t, env...)
		p.keys(bin+" demo; echo status $?", "Enter")
		p.sees("PARTIAL")
		pid := strings.TrimSpace(p.tmux("display-message", "-p", "#{pane_pid}"))
		out, err := exec.Command("pgrep", "-P", pid).Output()
		if err != nil {
			t.Skip("pgrep is not installed: no signal was sent")
		}
		child, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		proc, err := os.FindProcess(child)
		if err != nil {
			t.Fatal(err)
		}
		if err := proc.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		p.sees("status 130")
	})
}
