package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"figment/app"
)

// textOf is the text of every file that the patterns name, from the root of the
// module.
func textOf(t *testing.T, patterns ...string) string {
	t.Helper()
	var b strings.Builder
	for _, p := range patterns {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(p)))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files (%v)", p, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
	}
	return b.String()
}

// TestOptionsComplete: every row of the table of options is well formed, is
// documented, is read by the program, and is used by a test.
func TestOptionsComplete(t *testing.T) {
	page := textOf(t, "docs/configuration.md")
	tests := textOf(t, "cmd/figment/testdata/*/*.txtar", "cmd/figment/*_test.go", "app/*_test.go")
	program := programText(t)
	var groups, commands []string
	for _, g := range app.Groups() {
		groups = append(groups, g.Name)
	}
	for _, c := range commandTree().Commands() {
		commands = append(commands, c.Name())
	}
	for _, o := range app.Options("") {
		wrong := func(format string, args ...any) {
			t.Helper()
			t.Errorf("--"+o.Name+" ("+o.Commands+"): "+format, args...)
		}
		if o.Doc == "" || strings.Contains(o.Doc, "\n") || strings.HasSuffix(o.Doc, ".") {
			wrong("its Doc is not one line without a full stop: %q", o.Doc)
		}
		if !slices.Contains(groups, o.Group) {
			wrong("help has no heading %q", o.Group)
		}
		if (o.Kind == app.Toggle) != (o.Arg == "") {
			wrong("help does not say whether it takes a value")
		}
		if o.Kind == app.Choice && (len(o.Values) == 0 || o.Default != "" && !slices.Contains(o.Values, o.Default)) {
			wrong("its default is not among its values")
		}
		if o.UserOnly && !o.Config {
			wrong("it is for the user's file, and may stand in none")
		}
		for _, c := range o.Takers() {
			if !slices.Contains(commands, c) {
				wrong("there is no command %s", c)
			}
		}
		if !strings.Contains(page, "`--"+o.Name+"`") || !strings.Contains(page, "| "+o.Doc+" |") {
			wrong("docs/configuration.md does not explain it")
		}
		if !regexp.MustCompile(`= "` + o.Name + `"|(?:\.(?:Text|List|On|Duration|Number|Size|Origin|Value|Given|Lookup)\(|:= range \[\]string\{.*)"` + o.Name + `"`).MatchString(program) {
			wrong("no code reads it")
		}
		used := `--` + o.Name + `\b`
		if v := o.Variable(); v != "" {
			used += `|\b` + v + `\b`
		}
		if o.Config {
			used += `|(?m)^` + o.Name + ` = `
		}
		if o.Short != "" {
			used += `|\bfigment .*-` + o.Short + `\b`
		}
		if !regexp.MustCompile(used).MatchString(tests) {
			wrong("no script and no test uses it")
		}
	}
	all := testText(t)
	for _, v := range app.Variables() {
		for name := range strings.SplitSeq(v.Name, ", ") {
			if name == "NO_PROXY" {
				continue // read by net/http beside HTTPS_PROXY, which tests set
			}
			if name = strings.TrimSuffix(name, "<ECOSYSTEM>"); !strings.Contains(all, name) {
				t.Errorf("the variable %s: no script and no test sets it", name)
			}
		}
	}
}

// testText is the source of every test of the module, and every script.
func testText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(filepath.Join("..", ".."), func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case !strings.HasSuffix(file, "_test.go") && !(strings.HasSuffix(file, ".txtar") && strings.Contains(filepath.ToSlash(file), "figment/testdata/")):
			return nil
		}
		text, err := os.ReadFile(file)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestOptionsRead: what the program asks of the values of a call is a row of the
// table.
func TestOptionsRead(t *testing.T) {
	n := 0
	for _, m := range regexp.MustCompile(`(?:alues|\bv|\bold)\.(?:Text|List|On|Duration|Number|Size|Origin)\("([a-z-]+)"\)`).FindAllStringSubmatch(programText(t), -1) {
		n++
		if !slices.ContainsFunc(app.Options(""), func(o *app.Option) bool { return o.Name == m[1] }) {
			t.Errorf("%s: the table of options has no row %s", m[0], m[1])
		}
	}
	if n < 50 {
		t.Errorf("only %d uses of options were found", n)
	}
}

// TestCommandsComplete: every command has a script that runs it.
func TestCommandsComplete(t *testing.T) {
	scripts := textOf(t, "cmd/figment/testdata/*/*.txtar")
	for _, c := range commandTree().Commands() {
		if c.Annotations["topic"] != "" {
			continue
		}
		if !regexp.MustCompile(`(?m)exec figment ` + c.Name() + `\b`).MatchString(scripts) {
			t.Errorf("figment %s: no script runs it", c.Name())
		}
		if c.Short == "" || c.Short[0] < 'A' || c.Short[0] > 'Z' || strings.HasSuffix(c.Short, ".") {
			t.Errorf("figment %s: help says %q", c.Name(), c.Short)
		}
	}
}

// commandTree is the tree of commands of a call that touches nothing.
func commandTree() *cobra.Command {
	return (&cli{&app.Call{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Env: func(string) string { return "" }}}).root()
}

// programText is the source of what reads options.
func programText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{"app", "app/packs", "cmd/figment"} {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") || filepath.Base(f) == "options.go" {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
	}
	return b.String()
}
