package extracttest

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"figment/scanner/extract"
	"figment/scanner/source"
)

// Imported lists the modules that a text imports, or the names where nothing
// stands behind them.
func Imported(t *testing.T, table extract.Table, path, text string) []string {
	t.Helper()
	f := &source.File{Path: path, Data: []byte(text)}
	refs := table.Read(f).References
	Check(t, f, refs)
	out := []string{}
	for _, r := range refs {
		if r.Kind != extract.Import {
			continue
		}
		name := r.Name
		if r.Module != "" {
			name = r.Module
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Shown gives what a text names in imports and commands besides own, and a
// question mark where it tells that something is made at run time.
func Shown(t *testing.T, table extract.Table, path, text string, own ...string) string {
	t.Helper()
	f := &source.File{Path: path, Data: []byte(text)}
	found := table.Read(f)
	refs, problems := found.References, found.Problems
	Check(t, f, refs)
	var out []string
	for _, r := range refs {
		if !slices.Contains(own, r.Name) && !slices.Contains(out, r.Name) {
			out = append(out, r.Name)
		}
	}
	slices.Sort(out)
	if len(problems) > 0 {
		out = append(out, "?")
	}
	return strings.Join(out, " ")
}

// A Snippet is a generated text for a real tool.
type Snippet struct {
	Module bool   `json:"module"`
	Code   string `json:"code"`
}

// An answer is what the tool made of a snippet: the names it asked for, or that
// it refused the text.
type answer struct {
	Names   []string `json:"names"`
	Refused bool     `json:"refused"`
}

// Differential runs n generated snippets through figment and through one
// process of a real tool, which reads a JSON object a line and answers so. What
// the tool sees figment has to see; what only figment sees is counted.
func Differential(t *testing.T, table extract.Table, n int, path func(Snippet) string, generate func(*rand.Rand, int) Snippet, tool ...string) {
	t.Helper()
	Nightly(t)
	if _, err := exec.LookPath(tool[0]); err != nil {
		t.Skipf("%s is not installed: generated texts were not compared", tool[0])
	}
	random := rand.New(rand.NewSource(20261130))
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	snippets := make([]Snippet, n)
	for i := range snippets {
		snippets[i] = generate(random, i)
		if err := enc.Encode(snippets[i]); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(tool[0], tool[1:]...)
	cmd.Stdin = &in
	cmd.Dir = t.TempDir()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	seen, missed, extra, refused := 0, 0, 0, 0
	for i, s := range snippets {
		var a answer
		if err := dec.Decode(&a); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if a.Refused {
			refused++
			continue
		}
		f := &source.File{Path: path(s), Data: []byte(s.Code)}
		found := table.Read(f)
		refs, problems := found.References, found.Problems
		Check(t, f, refs)
		got := map[string]bool{}
		for _, r := range refs {
			if r.Kind == extract.Import {
				got[r.Name], got[r.Module] = true, true
			}
		}
		told := len(problems) > 0
		for _, name := range a.Names {
			seen++
			if !got[name] && !told {
				if missed++; missed <= 10 {
					t.Errorf("%d: %q is not found in %q", i, name, s.Code)
				}
			}
		}
		for _, r := range refs {
			if own := slices.Contains([]string{"module", "importlib", "builtins"}, r.Name); r.Kind == extract.Import && !own && !slices.Contains(a.Names, r.Name) && !slices.Contains(a.Names, r.Module) {
				if extra++; extra <= 10 {
					t.Logf("%d: %q is only found by figment in %q", i, r.Name, s.Code)
				}
			}
		}
	}
	t.Logf("%d snippets, %d refused by the tool, %d names, %d missed, %d too many", n, refused, seen, missed, extra)
	if missed > 0 {
		t.Errorf("%d names missed", missed)
	}
	if extra > 0 {
		t.Errorf("%d names that the tool does not ask for", extra)
	}
	if refused > n/5 || seen < n {
		t.Errorf("too little was compared: %d of %d refused, %d names", refused, n, seen)
	}
}

// Pick takes one of several.
func Pick[T any](r *rand.Rand, of ...T) T { return of[r.Intn(len(of))] }
