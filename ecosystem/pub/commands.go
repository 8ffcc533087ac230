package pub

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
)

// commands are those of Dart.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Pub,
		Commands: []shell.Command{
			{Programs: "dart flutter", Subs: "pub add", Ecosystem: ecosystem.Pub, Values: "--hosted-url --git-url --git-ref --git-path --path --sdk --directory -C", Read: readPub},
			{Programs: "dart flutter", Subs: "pub global activate", Ecosystem: ecosystem.Pub, Values: "-s --source -u --hosted-url -x --executable --features --git-path --git-ref", Read: readActivate},
		},
		Managers: "dart flutter",
		Lines:    "dart flutter",
		Signs:    []string{"dart", "flutter"},
		Verbs:    []string{"activate"},
	}
}

// readActivate reads a name, and the version in the next word. Sources: lib/src/command
// of dart-lang/pub.
func readActivate(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	name := -1
	list := shell.Args(words, cmd)
	for i, a := range list {
		switch {
		case (a.Flag == "-s" || a.Flag == "--source") && a.Value != nil && a.Value.Text != "hosted":
			return
		case a.Flag == "" && name < 0:
			name = i
		}
	}
	if name < 0 || extract.IsPathOrURL(list[name].Word.Text) {
		return
	}
	w := list[name].Word
	r := extract.Reference{Ecosystem: cmd.Ecosystem, Name: w.Text, Span: w.Span(0, len(w.Text)), Flags: cmd.Flags}
	if name+1 < len(list) && list[name+1].Flag == "" {
		r.Constraint = list[name+1].Word.Text
	}
	c.Reference(r)
}

// readPub reads names with "dev:" before and a constraint behind.
func readPub(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		t := a.Word.Text
		if a.Flag != "" || extract.IsPathOrURL(t) {
			continue
		}
		start := 0
		var flags extract.Flags
		for _, p := range []string{"dev:", "override:"} {
			if strings.HasPrefix(t, p) {
				start = len(p)
				if p == "dev:" {
					flags = extract.Dev
				}
			}
		}
		end, constraint := len(t), ""
		if i := strings.IndexByte(t[start:], ':'); i >= 0 {
			end, constraint = start+i, t[start+i+1:]
		}
		var from extract.From
		if strings.Contains(constraint, "git") {
			from, constraint = extract.FromGit, ""
		} else if strings.Contains(constraint, "path") {
			from, constraint = extract.FromPath, ""
		}
		c.Reference(extract.Reference{Ecosystem: cmd.Ecosystem, Name: t[start:end], Constraint: constraint, Span: a.Word.Span(start, end), Flags: cmd.Flags | flags, From: from})
	}
}
