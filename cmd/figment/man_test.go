package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"figment/app"
)

// TestManPages: a page for each command, with every option of the table, and
// nothing that a formatter complains about.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	var errw bytes.Buffer
	if code := Main([]string{"man", dir}, strings.NewReader(""), io.Discard, &errw); code != app.ExitOK {
		t.Fatalf("exit %d: %s", code, errw.String())
	}
	read := func(name string) string {
		text, err := os.ReadFile(dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	commands := commandTree().Commands()
	pages := []string{"figment.1"}
	for _, c := range commands {
		if c.Hidden || c.Annotations["topic"] != "" {
			continue
		}
		page := "figment-" + c.Name() + ".1"
		pages = append(pages, page)
		text := read(page)
		for _, o := range app.Options(c.Name()) {
			if want := roffEscape("--" + o.Name); !strings.Contains(text, want) {
				t.Errorf("%s says nothing of %s", page, want)
			}
		}
	}
	if len(pages) < 8 {
		t.Errorf("only %d pages", len(pages))
	}
	for _, title := range []string{"EXIT STATUS", "FILES", "ENVIRONMENT", "COMMANDS"} {
		if !strings.Contains(read("figment.1"), `.SH "`+title+`"`) {
			t.Errorf("figment.1 has no section %s", title)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not installed: the pages were not formatted")
	}
	for _, page := range pages {
		cmd := exec.Command(groff, "-man", "-ww", "-K", "utf8", "-T", "utf8", "-rLL=80n", dir+"/"+page)
		var warnings bytes.Buffer
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		if err != nil || warnings.Len() > 0 {
			t.Errorf("%s: %v %s", page, err, warnings.String())
		}
		if page == "figment.1" && !bytes.Contains(out, []byte("what routes a request")) {
			t.Errorf("%s reads\n%s", page, out)
		}
	}
}

func TestRoffLine(t *testing.T) {
	for in, want := range map[string]string{
		".TH x":    `\&.TH x`,
		"'so /etc": `\&'so /etc`,
		`a\fB-b`:   `a\efB\-b`,
		"":         "",
	} {
		if got := roffLine(in); got != want {
			t.Errorf("roffLine(%q) = %q, not %q", in, got, want)
		}
	}
}
