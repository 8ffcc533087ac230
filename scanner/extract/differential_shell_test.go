package extract

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"figment/scanner/source"
)

// shellLine makes a command line in one of the many ways in which the shell lets
// words be written. Names begin with "zq" so that they are told from the rest.
func shellLine(r *rand.Rand, n int) string {
	count := 0
	name := func() string {
		count++
		return fmt.Sprintf("zq%d%c", n, 'a'+count%26)
	}
	quoted := func(s string) string {
		switch r.IntN(8) {
		case 0:
			return "'" + s + "'"
		case 1:
			return `"` + s + `"`
		case 2:
			return s[:2] + `"` + s[2:] + `"`
		case 3:
			return s[:1] + `\` + s[1:]
		case 4:
			return fmt.Sprintf(`$'\x%02x%s'`, s[0], s[1:])
		case 5:
			return fmt.Sprintf(`$'\%03o%s'`, s[0], s[1:])
		case 6:
			return s[:2] + "\\\n" + s[2:]
		}
		return s
	}
	var word func(depth int) string
	word = func(depth int) string {
		if depth > 0 {
			switch r.IntN(6) {
			case 0:
				return "{" + word(depth-1) + "," + word(depth-1) + "}"
			case 1:
				return name() + "{" + quoted("xx") + ",y" + "{1..3}}"
			case 2:
				return name() + "{a..e..2}"
			}
		}
		return quoted(name())
	}
	tool := []string{"pip install", "npm i", `p"ip" install`, `\npm install`, "pip install -U", "npm i -D"}[r.IntN(6)]
	switch r.IntN(12) {
	case 0:
		return "V=" + quoted(name()) + "; " + tool + " $V"
	case 1:
		return "A=(" + word(2) + " " + word(1) + "); " + tool + ` "${A[@]}"`
	case 2:
		return "for p in " + word(1) + " " + word(0) + "; do " + tool + ` "$p"; done`
	case 3:
		return tool + " $(echo " + word(1) + " " + word(0) + ")"
	case 4:
		return "eval '" + "pip install " + name() + "'"
	case 5:
		return "if true; then " + tool + " " + word(1) + "; fi && " + tool + " " + word(0)
	case 6:
		return "f() { " + tool + " " + word(1) + "; }; f"
	case 7:
		return "set -- " + word(1) + " " + word(0) + "; " + tool + ` "$@"`
	case 8:
		return "W=" + name() + "; W+=" + name() + "; " + tool + " ${W} " + word(2)
	case 9:
		return tool + " ${NOTSET:-" + name() + "}"
	}
	return tool + " " + word(3) + " " + word(1)
}

// TestDifferentialShell compares figment with bash over generated lines: no name
// that bash hands to an installer is missed without a word.
func TestDifferentialShell(t *testing.T) {
	if os.Getenv("FIGMENT_NIGHTLY") != "1" {
		t.Skip("2,000 generated lines are compared with bash where FIGMENT_NIGHTLY=1 is set")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed: its word splitting was not compared")
	}
	const lines = 2000
	r := rand.New(rand.NewPCG(9, 92))
	var script bytes.Buffer
	script.WriteString("pip() { printf 'ARG %q\\n' \"$@\"; }\nnpm() { printf 'ARG %q\\n' \"$@\"; }\n")
	all := make([]string, lines)
	for i := range all {
		all[i] = shellLine(r, i)
		fmt.Fprintf(&script, "echo LINE %d\n(\n%s\n)\n", i, all[i])
	}
	cmd := exec.Command(bash, "--noprofile", "--norc")
	cmd.Stdin = &script
	cmd.Env = []string{"PATH=/nonexistent"}
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]string, lines)
	at, names := -1, 0
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if n, ok := strings.CutPrefix(line, "LINE "); ok {
			if _, err := fmt.Sscan(n, &at); err != nil {
				t.Fatal(err)
			}
		} else if arg, ok := strings.CutPrefix(line, "ARG "); ok && at >= 0 && strings.HasPrefix(arg, "zq") {
			want[at] = append(want[at], arg)
			names++
		}
	}
	if names < lines {
		t.Fatalf("bash handed over only %d names", names)
	}
	missed := 0
	for i, line := range all {
		refs, problems := File(&source.File{Path: "a.sh", Data: []byte(line + "\n")})
		got := map[string]bool{}
		for _, ref := range refs {
			got[ref.Name] = true
		}
		for _, name := range want[i] {
			if !got[name] && len(problems) == 0 {
				missed++
				t.Errorf("%q: bash installs %q, which was not read", line, name)
			}
		}
		if missed > 20 {
			t.Fatal("and more")
		}
	}
	t.Logf("%d names in %d lines, %d missed", names, lines, missed)
}
