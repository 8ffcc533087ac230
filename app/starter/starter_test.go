package starter

import (
	"bytes"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPreCommitBlock: whatever the list looked like, it is the same list with
// one entry more, or it is left alone.
func TestPreCommitBlock(t *testing.T) {
	for _, c := range []struct {
		name, before string
		kept         bool
	}{
		{"empty list", "repos:\n", false},
		{"no newline", "repos:", false},
		{"carriage returns", "repos:\r\n- repo: local\r\n  hooks: []\r\n", false},
		{"byte order mark", "\uFEFFrepos:\n  - repo: local\n    hooks: []\n", false},
		{"deep", "fail_fast: true\nrepos:\n    # ours\n    - repo: local\n      hooks: []\n", false},
		{"another key follows", "repos:\nfail_fast: true\n", false},
		{"dash alone", "repos:\n -\n  repo: local\n  hooks: []\n", false},
		{"list of another key", "other:\n- repos:\nrepos:\n- repo: local\n  hooks: []\n", false},
		{"flow", "repos: []\n", true},
		{"flow below", "repos:\n  [{repo: local, hooks: []}]\n", true},
		{"no list", "fail_fast: true\n", true},
		{"marked", "repos:\n# begin figment\n# end figment\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, err := preCommit([]byte(c.before), "dev")
			if c.kept {
				if err == nil {
					t.Fatalf("changed to %q", after)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			read := func(text []byte) (doc struct {
				Repos []struct {
					Repo  string
					Hooks []struct{ ID, Entry string }
				}
			}) {
				if err := yaml.Unmarshal(text, &doc); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				return doc
			}
			was, is := read([]byte(c.before)), read(after)
			if len(is.Repos) != len(was.Repos)+1 || is.Repos[0].Repo != "local" || is.Repos[0].Hooks[0].ID != "figment" {
				t.Errorf("got %+v\n%s", is, after)
			}
			if strings.Contains(c.before, "\r\n") && bytes.Count(after, []byte("\n")) != bytes.Count(after, []byte("\r\n")) {
				t.Errorf("line ends are mixed: %q", after)
			}
			if _, err := preCommit(after, "dev"); err == nil {
				t.Error("a second time adds a second block")
			}
		})
	}
}

// FuzzInit: foreign files never crash it, and what is added keeps every line
// that was there.
func FuzzInit(f *testing.F) {
	f.Add([]byte("repos:\n  - repo: local\n"))
	f.Add([]byte("repos:\r\n# x\r\n- a"))
	f.Add([]byte("\uFEFFrepos:"))
	f.Fuzz(func(t *testing.T, before []byte) {
		for _, add := range []func([]byte) ([]byte, error){PreCommit("dev").add, agents} {
			after, err := add(before)
			if err != nil {
				continue
			}
			begin := bytes.Index(after, []byte(beginMark))
			if begin < 0 || len(after) <= len(before) {
				t.Fatalf("nothing was added to %q: %q", before, after)
			}
			rest := after
			for _, line := range bytes.Split(before, []byte("\n")) {
				_, tail, ok := bytes.Cut(rest, bytes.TrimRight(line, "\r"))
				if !ok {
					t.Fatalf("%q is lost: %q", line, after)
				}
				rest = tail
			}
		}
	})
}
