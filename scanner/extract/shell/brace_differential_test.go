package shell_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"figment/scanner/source"
)

// braceWord makes a word in which braces stand in one another, beside one another
// and open, with empty alternatives, sequences and quotes.
func braceWord(r *rand.Rand, depth int) string {
	var b strings.Builder
	for range 1 + r.IntN(3) {
		n := r.IntN(14)
		if depth == 0 && n < 6 {
			n = 6 + r.IntN(8)
		}
		switch n {
		case 0, 1, 2:
			var items []string
			for range 1 + r.IntN(3) {
				item := ""
				if r.IntN(4) > 0 {
					item = braceWord(r, depth-1)
				}
				items = append(items, item)
			}
			b.WriteString("{" + strings.Join(items, ",") + "}")
		case 3:
			b.WriteString([]string{"{1..3}", "{3..1}", "{a..c}", "{01..3}", "{1..5..2}", "{c..a}", "{1..3..0}", "{a..e..2}", "{1..c}", "{1..}", "{-1..1}", "{5..1..2}", "{1..2..x}", "{x..y,z}", "{,1..2}", "{1..5..-2}", "{-02..1}"}[r.IntN(17)])
		case 4:
			b.WriteString([]string{"{", "}", ",", "{a", "b}", "{a,", ",b}", "{}", "{,", ",}"}[r.IntN(10)])
		case 5:
			b.WriteString([]string{`'{a,b}'`, `"{a,b}"`, `\{a,b}`, `{a\,b}`, `{'a,b',c}`, `{"a",'b'}`, `''`, `""`, `{"",a}`, `{a,b\}`, `$'{a,b}'`, `{'',}`}[r.IntN(12)])
		default:
			b.WriteString([]string{"a", "b", "zq", "x1", "q-w", "m"}[r.IntN(6)])
		}
	}
	return b.String()
}

// TestDifferentialBraces compares the words that figment makes of braces with
// those that bash makes.
func TestDifferentialBraces(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed: its braces were not compared")
	}
	const lines = 3000
	r := rand.New(rand.NewPCG(7, 71))
	all := make([]string, lines)
	var script bytes.Buffer
	for i := range all {
		all[i] = "zq" + braceWord(r, 3)
		if i%3 == 0 {
			all[i] = "{zq" + braceWord(r, 2) + "," + braceWord(r, 2) + "}{," + braceWord(r, 1) + "}"
		}
		fmt.Fprintf(&script, "echo LINE %d\nprintf 'ARG %%s\\n' %s\n", i, all[i])
	}
	name := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(name, script.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bash, "--noprofile", "--norc", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]string, lines)
	at := -1
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		if n, ok := strings.CutPrefix(line, "LINE "); ok {
			if _, err := fmt.Sscan(n, &at); err != nil {
				t.Fatal(err)
			}
		} else if arg, ok := strings.CutPrefix(line, "ARG "); ok && at >= 0 {
			want[at] = append(want[at], arg)
		}
	}
	missed := 0
	for i, word := range all {
		refs, problems := File(&source.File{Path: "a.sh", Data: []byte("npm i " + word + "\n")})
		var got []string
		for _, ref := range refs {
			got = append(got, ref.Name)
		}
		for _, name := range want[i] {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || !strings.HasPrefix(name, "zq") {
				continue // no name of a package
			}
			if len(problems) == 0 && !slices.Contains(got, name) {
				missed++
				t.Errorf("%s: bash makes %q, which was not read: %q", word, name, got)
			}
		}
		for _, name := range got {
			if !slices.ContainsFunc(want[i], func(made string) bool { return strings.TrimSuffix(made, ",") == name }) { // "one, two"
				t.Errorf("%s: read %q, which bash does not make", word, name)
			}
		}
		if missed > 20 {
			t.Fatal("and more")
		}
	}
}
