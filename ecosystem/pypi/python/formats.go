package python

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Formats are the files that the reader of Python reads: code, and the two manifests of setuptools.
func Formats() []extract.Format {
	return []extract.Format{
		{Name: "pypi/setup.cfg", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Files: text.Files{Names: []string{"setup.cfg"}, Lang: text.Text, What: "Python manifest", Lists: true}, Extract: extractSetupCfg, Includes: setupIncludes},
		{Name: "pypi/setup.py", Ecosystem: ecosystem.PyPI, Kind: extract.Manifest, Files: text.Files{Names: []string{"setup.py"}, Lang: text.Python, What: "Python manifest", Lists: true}, Extract: extractSetupPy},
		{Name: "python/imports", Ecosystem: ecosystem.PyPI, Kind: extract.Import, Languages: pythonLanguages(), Match: matchPython, Extract: extractPython},
	}
}

// pythonLanguages are Python, and what its notebooks hold.
func pythonLanguages() []text.Language {
	return []text.Language{
		{
			Lang: text.Python, Title: "Python", Run: ".py",
			Extensions: []string{".py", ".pyi", ".pyw", ".pyx"},
			Programs:   []string{"python", "pypy", "uv"}, // env -S uv run --script
			Labels:     []string{"python", "py", "py3", "python3", "pyi", "pycon", "python-repl"},
			Count:      pythonSigns,
			Sniff:      text.Sniff{At: text.ByWords, Is: speaksPython},
		},
		{
			Lang: text.IPython, Title: "IPython", Run: ".ipy",
			Extensions: []string{".ipy"},
			Programs:   []string{"ipython"},
			Labels:     []string{"ipython"},
		},
	}
}

// speaksPython: a bare "import a.b" is also Java's, Kotlin's, Swift's.
func speaksPython(s *text.Sample) bool {
	py := s.Signs(text.Python)
	return py.Clauses > 0 || py.Shared > 0 && py.Against == 0
}

// pythonSigns reads a line for clauses of Python, and for what only languages have
// that import as it does.
func pythonSigns(line string, signs *text.Signs) {
	if strings.HasSuffix(line, "{") || strings.HasSuffix(line, ";") || line == "}" {
		signs.Against++
	}
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	clause := false
	switch word {
	case "import":
		if !strings.Contains(rest, ` from "`) && !strings.Contains(rest, " from '") && pythonModules(rest) {
			signs.Shared++
		}
	case "from":
		module, names, ok := strings.Cut(rest, " import ")
		clause = ok && pythonPath(strings.TrimLeft(module, ".")) && strings.TrimSpace(names) != ""
	case "def", "class", "async":
		clause = strings.HasSuffix(line, ":")
	case ">>>":
		clause = true
	case "if":
		clause = strings.HasPrefix(rest, "__name__")
	case "package":
		if rest == "" || strings.ContainsAny(rest, " .;{\"'") {
			signs.Against++ // not Go's
		}
	case "func":
		if !strings.HasSuffix(line, "{") || !strings.Contains(rest, "(") || strings.Contains(rest, "->") {
			signs.Against++
		}
	case "fun", "val", "public", "private", "protected", "using", "use", "fn", "namespace", "object", "module", "struct", "extern":
		signs.Against++
	}
	if clause {
		signs.Clauses++
	}
}

// pythonModules reports whether s is what follows "import" in Python: dotted
// names, "as", commas.
func pythonModules(s string) bool {
	s, _, _ = strings.Cut(s, "#")
	s = strings.TrimRight(s, " \t")
	if s == "" || strings.HasSuffix(s, ";") {
		return false
	}
	for part := range strings.SplitSeq(s, ",") {
		words := strings.Fields(part)
		if len(words) != 1 && (len(words) != 3 || words[1] != "as" || !pythonPath(words[2])) || !pythonPath(words[0]) {
			return false
		}
	}
	return true
}

// pythonPath reports whether s is a dotted name; the empty one is that of a
// relative import.
func pythonPath(s string) bool {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '.':
			if i == 0 || i == len(s)-1 || s[i-1] == '.' {
				return false
			}
		case !text.IsLetter(s[i]):
			return false
		}
	}
	return true
}
