package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// golangTools are the commands of go.
func golangTools() *Tools {
	return &Tools{
		Ecosystem: ecosystem.Golang,
		Commands: []Command{
			{Programs: "go", Subs: "get|install", Ecosystem: ecosystem.Golang, Values: goValues, Read: readGo, OneDash: true},
			{Programs: "go", Subs: "run", Ecosystem: ecosystem.Golang, Values: goValues + " -exec --exec", Read: readGoRun, Flags: extract.Runs, OneDash: true, Built: true},
			{Programs: "go", Subs: "mod edit", Ecosystem: ecosystem.Golang, Read: readGoModEdit, OneDash: true},
		},
		Managers: "go",
		Signs:    []string{"go "},
		Variables: &Variables{
			Option: func(name string) (tool, option string) {
				if name == "GOPROXY" {
					return "go", "GOPROXY"
				}
				return "", ""
			},
			Hears:   func(cmd *Command, tool string) bool { return hasWord(cmd.Programs, tool) },
			Carried: "GOPROXY",
			Asked:   []string{"go GOPROXY"},
			Take: func(_ *Command, rt *Route, option string, v *Word) {
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

// goValues are the flags of go 1.26 (help build) that take a value, which may
// have two dashes as well as one.
var goValues = func() string {
	const values = "-C -p -covermode -coverpkg -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pgo -pkgdir -tags -toolexec -o -vet -proxy"

	return values + " " + strings.ReplaceAll(" "+values, " -", " --")[1:]
}()

// goName reads one word as an import path.
func goName(c *Reader, w Word, flags extract.Flags) {
	if w.hole != "" && !strings.Contains(w.Text, "$") {
		c.tell(w) // it may be another one
	}
	name, version, _ := strings.Cut(w.Text, "@")
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(name, "$") && !extract.IsPathOrURL(name) && !strings.HasSuffix(name, ".go") {
		c.tell(w)
	}
	if version == "none" || !strings.Contains(first, ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".go") || strings.Contains(name, "...") && strings.HasPrefix(name, "./") || strings.Contains(name, "$") {
		return
	}
	name = strings.TrimSuffix(name, "/...")
	c.reference(extract.Reference{Ecosystem: ecosystem.Golang, Name: name, Constraint: version, Span: w.span(0, len(name)), Flags: flags})
}

func readGo(c *Reader, cmd *Command, words []Word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			goName(c, a.word, cmd.Flags)
		}
	}
}

func readGoRun(c *Reader, cmd *Command, words []Word) {
	for _, a := range args(words, cmd) {
		if a.flag == "" {
			if strings.Contains(a.word.Text, "@") || strings.Contains(a.word.Text, ".") {
				goName(c, a.word, cmd.Flags)
			}
			return
		}
	}
}

func readGoModEdit(c *Reader, cmd *Command, words []Word) {
	for _, a := range args(words, cmd) {
		if (a.flag == "-require" || a.flag == "--require") && a.value != nil {
			goName(c, *a.value, cmd.Flags)
		}
	}
}
