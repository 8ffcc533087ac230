package golang

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// formats are the files of Go that name modules.
func formats() []extract.Format {
	return []extract.Format{
		{Name: "golang/go.mod", Ecosystem: ecosystem.Golang, Kind: extract.Manifest, Files: text.Files{Names: []string{"go.mod"}, Lang: text.Text, What: "Go manifest", Sniff: text.Sniff{At: text.ByKeywords, Is: looksGoMod}}, Extract: extractGoMod},
	}
}

// languages are the languages that import packages of Go modules.
func languages() []extract.Format {
	return []extract.Format{
		{
			Name: "golang/imports", Ecosystem: ecosystem.Golang, Kind: extract.Import, Match: matchGo, Extract: extractGo,
			Languages: []text.Language{{
				Lang: text.Go, Title: "Go", Extensions: []string{".go"}, Labels: []string{"go", "golang"},
				Count: goSigns, Sniff: text.Sniff{At: text.ByDeclarations, Is: speaksGo},
			}},
		},
	}
}

// unread are the files of Go that no format reads.
func unread() []text.Known {
	return []text.Known{
		{What: "Go checksums", Names: []string{"go.sum"}, Refresh: "go mod tidy"},
		{Names: []string{"go.work.sum"}, Refresh: "go work sync"},
		{What: "Go workspace", Names: []string{"go.work"}},
	}
}

// looksGoMod: a module clause, and another one of go.mod.
func looksGoMod(s *text.Sample) bool {
	module, more := false, false
	text.EachLine(s.Text, func(line []byte) bool {
		words := strings.Fields(string(line[:min(len(line), 500)]))
		if len(words) < 2 {
			return true
		}
		switch words[0] {
		case "module":
			module = module || len(words) == 2 || strings.HasPrefix(words[2], "//")
		case "go":
			more = more || words[1][0] >= '0' && words[1][0] <= '9'
		case "require", "replace":
			more = more || words[1] == "(" || strings.Contains(words[1], "/")
		}
		return !module || !more
	})
	return module && more
}

// speaksGo: package clauses and functions are Go's only beside imports or one
// another, and import ( only where nothing speaks for JavaScript.
func speaksGo(s *text.Sample) bool {
	g := s.Signs(text.Go)
	return g.Clauses > 0 && (g.Imports > 0 || g.Shared > 0 || g.Clauses > 1) || g.Imports > 0 && s.Signs(text.JSX).Clauses == 0
}

// goSigns reads a line for clauses of Go.
func goSigns(line string, signs *text.Signs) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "import":
		if rest == "(" {
			signs.Imports++
		}
		if text.BareImport(rest) {
			signs.Shared++ // JavaScript's, too
			if host, _, ok := strings.Cut(rest, "/"); ok && strings.Contains(host, ".") {
				signs.Imports++
			}
		}
	case "package":
		if rest != "" && !strings.ContainsAny(rest, " .;{\"'") {
			signs.Clauses++
		}
	case "func":
		if strings.HasSuffix(line, "{") && strings.Contains(rest, "(") && !strings.Contains(rest, "->") {
			signs.Clauses++
		}
	}
}

// programs are those with which a line of a shell may begin that installs or runs
// its packages.
func programs() []string {
	return []string{"go"}
}
