package deep

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play figment-osv: it does so under that name,
// and what follows the name says which kind.
func TestMain(m *testing.M) {
	if kind, ok := strings.CutPrefix(filepath.Base(os.Args[0]), Program); ok {
		play(strings.TrimSuffix(strings.TrimPrefix(kind, "-"), ".exe"))
		os.Exit(0)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else each child takes a second to end
	os.Exit(m.Run())
}

func play(kind string) {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		switch kind {
		case "old":
			fmt.Println("figment-osv 0.1.0 (protocol 9, osv-scanner v2.5.0)")
		case "other":
			fmt.Println("figment-osv 0.0.1 (protocol 1, osv-scanner v2.5.0)")
		case "stranger":
			fmt.Println("cat (GNU coreutils) 9.1")
		case "endless":
			for {
				fmt.Println("figment-osv")
			}
		default:
			fmt.Println(VersionLine("1.0.0", "v2.5.0"))
		}
		return
	}
	q, err := ReadRequest(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	switch kind {
	case "silent":
	case "garbage":
		fmt.Print("osv-scanner: hello")
	case "trailing":
		_ = WriteAnswer(os.Stdout, Answer{Build: "1.0.0"})
		fmt.Println("{}")
	case "failing":
		fmt.Fprintln(os.Stderr, "first line")
		fmt.Fprintln(os.Stderr, "no \x1b[31mdatabase at https://user:secret@example.org/x?token=abc")
		os.Exit(3)
	case "hanging", "forking":
		if kind == "forking" { // what it starts holds the pipes open
			child := exec.Command("sleep", "600")
			child.Stdout, child.Stderr = os.Stdout, os.Stderr
			if err := child.Start(); err != nil {
				os.Exit(5)
			}
		}
		_ = os.WriteFile(q.LocalDB, []byte("started"), 0o600)
		time.Sleep(10 * time.Minute)
	case "liar":
		_ = WriteAnswer(os.Stdout, Answer{Build: "2.0.0"})
	case "env":
		_ = WriteAnswer(os.Stdout, Answer{Build: "1.0.0", Problems: []Problem{{Text: strings.Join(os.Environ(), "\n")}}})
	default:
		_ = json.NewEncoder(os.Stdout).Encode(Answer{ // not sorted
			Version: Protocol, Build: "1.0.0", Scanner: "v2.5.0", Complete: true,
			Packages: []Package{{Ecosystem: "npm", Name: "b", Version: "1", Path: q.Paths[0]}, {Ecosystem: "npm", Name: "a", Version: q.Build, Path: q.Paths[0]}},
		})
	}
}

// hang is the limit of what comes at once on an idle machine: it only guards
// against waiting for ever.
const hang = time.Minute

// program gives a file that plays figment-osv of some kind.
func program(t *testing.T, kind string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := Program
	if kind != "" {
		name += "-" + kind
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, file); err != nil {
		t.Skipf("no symbolic links: %v", err)
	}
	return file
}

func TestRun(t *testing.T) {
	a, err := Run(t.Context(), program(t, ""), Request{Build: "1.0.0", Paths: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Complete || len(a.Packages) != 2 || a.Packages[0].Name != "a" || a.Packages[0].Version != "1.0.0" || a.Packages[1].Name != "b" {
		t.Errorf("not the sorted answer: %+v", a)
	}
	if a.NotCovered == nil || a.Problems == nil || a.Databases == nil {
		t.Error("a list is null")
	}
	if _, err := Run(t.Context(), program(t, ""), Request{Paths: []string{"x"}}); err != nil {
		t.Errorf("without a version of its own: %v", err)
	}
}

func TestRunFails(t *testing.T) {
	for _, c := range []struct {
		kind  string
		want  string
		usage bool
	}{
		{"old", "speaks protocol 9, this figment speaks 1", true},
		{"other", "figment-osv is version 0.0.1, figment is 1.0.0", true},
		{"liar", "figment-osv is version 2.0.0, figment is 1.0.0", true},
		{"stranger", "is no figment-osv", true},
		{"endless", "wrote more than 4096 bytes", false},
		{"silent", "answer: empty", false},
		{"garbage", "answer: not JSON", false},
		{"trailing", "answer: something follows the document", false},
		{"failing", "exit status 3: no ?[31mdatabase at https://***@example.org/x?***", false},
	} {
		t.Run(c.kind, func(t *testing.T) {
			a, err := Run(t.Context(), program(t, c.kind), Request{Build: "1.0.0", Paths: []string{"x"}})
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Text, c.want) || e.Usage != c.usage {
				t.Fatalf("got %#v, want %q", err, c.want)
			}
			if e.Usage && e.Hint == "" {
				t.Error("no hint")
			}
			if strings.ContainsAny(e.Text, "\x1b\n") || strings.Contains(e.Text, "secret") || strings.Contains(e.Text, "abc") {
				t.Errorf("unsafe: %q", e.Text)
			}
			if a.Complete || a.Packages != nil {
				t.Errorf("an answer beside the error: %+v", a)
			}
		})
	}
	_, err := Run(t.Context(), filepath.Join(t.TempDir(), Program), Request{Paths: []string{"x"}})
	if e := (*Error)(nil); !errors.As(err, &e) || !e.Usage || e.Hint != InstallCommand {
		t.Errorf("missing program: %v", err)
	}
}

// TestRunStops: whoever waits is free again although the process goes on for
// minutes, also when it has started another that holds its pipes.
func TestRunStops(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs sleep and process groups")
	}
	for _, kind := range []string{"hanging", "forking"} {
		t.Run(kind, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			mark := filepath.Join(t.TempDir(), "started")
			go func() {
				defer cancel()
				for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
					if _, err := os.Stat(mark); err == nil {
						break
					}
				}
			}()
			free, exe := make(chan error, 1), program(t, kind)
			go func() {
				_, err := Run(ctx, exe, Request{Paths: []string{"x"}, LocalDB: mark})
				free <- err
			}()
			<-ctx.Done()
			select {
			case err := <-free:
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("got %v", err)
				}
			case <-time.After(hang): // the process lives ten times as long
				t.Fatal("the process is waited for")
			}
			if _, err := os.Stat(mark); err != nil {
				t.Error("the process never ran")
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := Run(ctx, program(t, "hanging"), Request{Paths: []string{"x"}, LocalDB: filepath.Join(t.TempDir(), "m")})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not finish in time") {
		t.Errorf("deadline: %v", err)
	}
}

// TestLimited: the process is killed at the first byte too many.
func TestLimited(t *testing.T) {
	_, err := run(t.Context(), program(t, "endless"), []string{"--version"}, nil, 100)
	if !errors.Is(err, errTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("NPM_TOKEN", "hunter2")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	a, err := Run(t.Context(), program(t, "env"), Request{Paths: []string{"x"}})
	if err != nil || len(a.Problems) != 1 {
		t.Fatal(err, a.Problems)
	}
	if env := a.Problems[0].Text; strings.Contains(env, "hunter2") || !strings.Contains(env, "HTTPS_PROXY=http://127.0.0.1:9") {
		t.Errorf("environment: %s", env)
	}
}

func TestFind(t *testing.T) {
	beside, onPath := filepath.Dir(program(t, "")), filepath.Dir(program(t, ""))
	plain := t.TempDir() // there, but cannot be run
	if err := os.WriteFile(filepath.Join(plain, Program), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	list := strings.Join([]string{".", "", plain, onPath}, string(os.PathListSeparator))
	for _, c := range []struct{ self, path, want string }{
		{beside, list, beside},
		{plain, list, onPath},
		{"", list, onPath},
		{t.TempDir(), plain, ""},
		{".", ".", ""},
	} {
		got, err := Find(c.self, c.path)
		if c.want == "" {
			var e *Error
			if !errors.As(err, &e) || !e.Usage || e.Hint != InstallCommand {
				t.Errorf("Find(%q, %q) = %q, %v", c.self, c.path, got, err)
			}
			continue
		}
		if err != nil || filepath.Dir(got) != c.want {
			t.Errorf("Find(%q, %q) = %q, %v, want %q", c.self, c.path, got, err, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	a := Answer{
		Packages: []Package{
			{Name: "a", Path: "2"},
			{Name: "a", Path: "1", Advisories: []Advisory{{ID: "B"}, {ID: "A", Aliases: []string{"y", "x", "y"}}}},
			{Name: "a", Path: "1", Advisories: []Advisory{{ID: "B"}, {ID: "C"}}},
		},
		NotCovered: []NotCovered{{Name: "z", Why: Range}, {Name: "y", Why: NoVersion}, {Name: "y", Why: NoVersion}},
	}
	a.Sort()
	got, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	want := `"packages":[{"ecosystem":"","name":"a","path":"1","advisories":[{"id":"A","aliases":["x","y"],"url":""},{"id":"B","url":""},{"id":"C","url":""}]},{"ecosystem":"","name":"a","path":"2"}],` +
		`"not_covered":[{"name":"y","why":"no-version"},{"name":"z","why":"range"}],"databases":[],"problems":[]`
	if !strings.Contains(string(got), want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	a.Problems = []Problem{{Text: "x"}}
	if a.Sort(); a.Complete {
		t.Error("complete in spite of a problem")
	}
	for _, w := range []Why{Listed, NoVersion, Range, Commit, NoEcosystem, NoDatabase, Withheld, NotAsked} {
		if w.Text() == Why("").Text() {
			t.Errorf("%s has no words", w)
		}
	}
}

func TestReadRequest(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"version":1,"paths":["."],"mode":""}`, ""},
		{`{"version":1,"paths":["."],"mode":"offline","newer":true}`, ""},
		{`{"version":1,"paths":["."],"mode":"online","osv_url":"http://127.0.0.1:1"}`, ""},
		{`{"version":1,"paths":["."],"mode":"online"}`, "without the root"},
		{`{"version":1,"paths":["."],"mode":"shout"}`, "unknown mode"},
		{`{"version":1}`, "nothing to scan"},
		{`{"version":2,"paths":["."]}`, "protocol 2, not 1"},
		{`{"paths":["."]}`, "protocol 0, not 1"},
		{`{"version":1,"paths":"."}`, "expected shape"},
		{`{"version":1`, "cut short"},
		{``, "empty"},
		{`{"version":1,"paths":["."]} {}`, "something follows"},
	} {
		_, err := ReadRequest(strings.NewReader(c.text))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"plain":   "plain",
		"a\nb\tc": "a b c",
		"get https://u:p@h.example/a/b?k=v#f: failed": "get https://***@h.example/a/b?***",
		"http://h.example":                            "http://h.example",
		"p://x:y@z@h/q://u:p@i":                       "p://***@h/***",
		"\u202eevil":                                  "?evil",
		strings.Repeat("x", 400):                      strings.Repeat("x", 300) + "...",
	} {
		if got := Redact(in); !strings.HasPrefix(got, want) || strings.Contains(got, "u:p") {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzReadAnswer(f *testing.F) {
	var b bytes.Buffer
	if err := WriteAnswer(&b, Answer{Packages: []Package{{Name: "a", Advisories: []Advisory{{ID: "A"}}}}, NotCovered: []NotCovered{{Name: "b"}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"version":1,"packages":[{},{"advisories":[{},{}]},{}],"problems":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := ReadAnswer(bytes.NewReader(text))
		if err != nil {
			return
		}
		if a.Complete && len(a.Problems) > 0 || a.Packages == nil || a.NotCovered == nil {
			t.Errorf("%+v", a)
		}
		var once, twice bytes.Buffer
		_ = WriteAnswer(&once, a)
		again, err := ReadAnswer(bytes.NewReader(once.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		_ = WriteAnswer(&twice, again)
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("%s\n%s", once.Bytes(), twice.Bytes())
		}
	})
}

func FuzzReadVersion(f *testing.F) {
	f.Add([]byte(VersionLine("1.0.0", "v2.5.0")))
	f.Add([]byte("figment-osv x (protocol 0, osv-scanner y)"))
	f.Fuzz(func(t *testing.T, line []byte) {
		build, protocol, ok := readVersion(line)
		if ok && (build == "" || protocol < 1) {
			t.Errorf("%q: %q %d", line, build, protocol)
		}
	})
}
