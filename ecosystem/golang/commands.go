package golang

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
)

// commands are those of go.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.Golang,
		Commands: []shell.Command{
			{Programs: "go", Subs: "get|install", Ecosystem: ecosystem.Golang, Values: twoDashes(goValues), Read: readGo, OneDash: true},
			{Programs: "go", Subs: "run", Ecosystem: ecosystem.Golang, Values: twoDashes(goValues + " -exec"), Read: readGoRun, Flags: extract.Runs, OneDash: true, Built: true},
			{Programs: "go", Subs: "mod edit", Ecosystem: ecosystem.Golang, Read: readGoModEdit, OneDash: true},
		},
		Managers: "go",
		Signs:    []string{"go "},
		Variables: &shell.Variables{
			Option: func(name string) (tool, option string) {
				if name == "GOPROXY" {
					return "go", "GOPROXY"
				}
				return "", ""
			},
			Hears:   func(cmd *shell.Command, tool string) bool { return shell.HasWord(cmd.Programs, tool) },
			Carried: "GOPROXY",
			Asked:   []string{"go GOPROXY"},
			Take: func(_ *shell.Command, rt *shell.Route, option string, v *shell.Word) {
				if option == "GOPROXY" && v != nil {
					rt.Index = goProxy(v.Text)
				}
			},
		},
	}
}

// goProxy gives the first proxy of GOPROXY that is not the public one; empty:
// modules come from there, or from where they lie.
func goProxy(s string) string {
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '|' }) {
		if p = strings.TrimSpace(p); p != "direct" && p != "off" && !ecosystem.PublicRegistry(ecosystem.Golang, p) {
			return p
		}
	}
	return ""
}

// goValues are the flags of go 1.26 (help build) that take a value.
const goValues = "-C -p -covermode -coverpkg -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pgo -pkgdir -tags -toolexec -o -vet -proxy"

// twoDashes adds the same flags with two dashes, which mean the same.
func twoDashes(values string) string {
	return values + strings.ReplaceAll(" "+values, " -", " --")
}

// goName reads one word as an import path.
func goName(c *shell.Reader, w shell.Word, flags extract.Flags) {
	if w.Hole != "" && !strings.Contains(w.Text, "$") {
		c.Tell(w) // it may be another one
	}
	name, version, _ := strings.Cut(w.Text, "@")
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(name, "$") && !extract.IsPathOrURL(name) && !strings.HasSuffix(name, ".go") {
		c.Tell(w)
	}
	if version == "none" || !strings.Contains(first, ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".go") || strings.Contains(name, "...") && strings.HasPrefix(name, "./") || strings.Contains(name, "$") {
		return
	}
	name = strings.TrimSuffix(name, "/...")
	c.Reference(extract.Reference{Ecosystem: ecosystem.Golang, Name: name, Constraint: version, Span: w.Span(0, len(name)), Flags: flags})
}

func readGo(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		if a.Flag == "" {
			goName(c, a.Word, cmd.Flags)
		}
	}
}

func readGoRun(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		if a.Flag == "" {
			if strings.Contains(a.Word.Text, "@") || strings.Contains(a.Word.Text, ".") {
				goName(c, a.Word, cmd.Flags)
			}
			return
		}
	}
}

func readGoModEdit(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		if (a.Flag == "-require" || a.Flag == "--require") && a.Value != nil {
			goName(c, *a.Value, cmd.Flags)
		}
	}
}
