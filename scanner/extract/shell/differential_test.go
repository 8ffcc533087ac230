package shell_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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
	q := func(s string) string { return "'" + s + "'" }
	prefix := func() string {
		return []string{"nice", "nice -n 5", "nice -5", "ionice -c 2", "ionice -c2", "taskset -c 0", "taskset 0x1", "chrt -o 0", "setsid -w", "setsid --wait", "flock l", "flock -w 5 l", "flock -n l",
			"timeout 9", "timeout -k 1 9", "timeout -s KILL 9s", "stdbuf -o L", "stdbuf -oL", "nohup", "env", "env A=b", "env -u A B=c", "env -S 'A=b nice'", "setarch x86_64", "setarch -R", "prlimit --nofile=99",
			"setpriv --nnp", "command", "command -p", "exec", "exec -a x", "builtin command", "time", "time -p", "!", "eval", "A=b", "sh -c '\"$@\"' sh", "xargs -n9", "find l -prune -exec"}[r.IntN(40)]
	}
	switch r.IntN(30) {
	case 12:
		p := prefix()
		switch {
		case strings.HasPrefix(p, "xargs"):
			return "echo " + name() + " | " + p + " pip install"
		case strings.HasPrefix(p, "find"):
			return p + " pip install " + name() + ` \;`
		case strings.HasPrefix(p, "sh -c"):
			return p + " pip install " + name()
		}
		if !strings.Contains(p, "builtin") && !strings.HasPrefix(p, "exec") && !strings.HasPrefix(p, "time") && p != "!" && p != "eval" && p != "A=b" && r.IntN(2) == 0 {
			p += " nice "
		}
		return p + " pip install " + word(1) + " " + quoted(name())
	case 13:
		return "pip${IFS}install${IFS}" + name() + "$IFS" + name()
	case 14:
		return "IFS=,; a=pip,install," + name() + "; $a"
	case 15:
		f := fmt.Sprintf("f%d", n)
		return f + `() { pip install "$@"; }; ` + f + " " + word(1) + "; " + f + " " + quoted(name())
	case 16:
		f := fmt.Sprintf("f%d", n)
		return f + `() { "$@"; }; ` + f + " pip install " + word(1) + "; " + f + " npm i " + name()
	case 17:
		f := fmt.Sprintf("f%d", n)
		return f + `() { local x=$1; shift; $x install "$2" $3; }; ` + f + " pip no " + name() + " " + quoted(name())
	case 18:
		f := fmt.Sprintf("f%d", n)
		return f + "() {\n g" + f + ` "$@" ` + name() + "\n}\ng" + f + "() { npm i $*; }\n" + f + " " + quoted(name())
	case 19:
		p := fmt.Sprintf("p%d", n)
		return "alias " + p + "=" + q("pip install "+name()) + "\n" + p + " " + quoted(name())
	case 20:
		p := fmt.Sprintf("p%d", n)
		return "alias " + p + "='pip install'; alias s" + p + "=" + p + " n" + p + "='nice '\n" + []string{"s", "n" + p + " "}[r.IntN(2)] + p + " " + quoted(name())
	case 21:
		return "a=(pip install " + word(1) + `); "${a[@]}" ` + name()
	case 22:
		return "a='pip install " + name() + "'; $a " + quoted(name())
	case 23:
		return []string{"source", "."}[r.IntN(2)] + " <(echo pip install " + name() + ")"
	case 24:
		return []string{"bash", "sh", "bash -s", "bash -s a b", "source /dev/stdin", ". /dev/fd/0"}[r.IntN(6)] + []string{" <<< " + q("pip install "+name()), " <<E\npip install " + name() + "\nE"}[r.IntN(2)]
	case 25:
		return []string{"bash -c", "sh -c", "bash -xec", "bash -o pipefail -c", "eval", "nice bash --norc -c"}[r.IntN(6)] + ` "$(cat <<E` + "\npip install " + name() + "\nE\n)\""
	case 26:
		return []string{"perl -e", "perl -we"}[r.IntN(2)] + " " + q([]string{`system("pip install ` + name() + `")`, `system("pip", "install", "` + name() + `")`, `exec "pip install ` + name() + `"`, "print `pip install " + name() + "`"}[r.IntN(4)])
	case 27:
		return "awk " + q(`BEGIN { system("pip install `+name()+`") }`)
	case 28:
		return "x=" + []string{"$(pip install " + name() + "); echo \"$x\"", "`npm i " + name() + "`; echo \"$x\""}[r.IntN(2)]
	case 29:
		return "trap " + q("pip install "+name()) + " EXIT"
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
	bin := t.TempDir()
	for _, stub := range []string{"pip", "npm"} {
		if err := os.WriteFile(filepath.Join(bin, stub), []byte("#!"+bash+"\nprintf 'ARG %q\\n' \"$@\"\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range strings.Fields("sh bash cat env nice ionice taskset chrt setsid flock timeout stdbuf nohup setarch prlimit setpriv xargs find perl awk") {
		if path, err := exec.LookPath(tool); err == nil {
			if err := os.Symlink(path, filepath.Join(bin, tool)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var script bytes.Buffer
	script.WriteString("shopt -s expand_aliases; : >l\n")
	all := make([]string, lines)
	for i := range all {
		all[i] = shellLine(r, i)
		if strings.HasPrefix(all[i], "alias ") { // the shell knows it where the next line is read
			fmt.Fprintf(&script, "echo LINE %d\n%s\n", i, all[i])
			continue
		}
		fmt.Fprintf(&script, "echo LINE %d\n(\n%s\n)\n", i, all[i])
	}
	cmd := exec.Command(bash, "--noprofile", "--norc", filepath.Join(bin, "script"))
	if err := os.WriteFile(filepath.Join(bin, "script"), script.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd.Env = []string{"PATH=" + bin}
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
