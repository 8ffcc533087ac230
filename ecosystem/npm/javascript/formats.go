package javascript

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/text"
)

// Formats are code of JavaScript and TypeScript.
func Formats() []extract.Format {
	return []extract.Format{
		{Name: "javascript/imports", Ecosystem: ecosystem.NPM, Kind: extract.Import, Languages: javascriptLanguages(), Match: matchJavaScript, Extract: extractJavaScript},
	}
}

// javascriptLanguages are TypeScript before JavaScript, whose clauses it has too.
func javascriptLanguages() []text.Language {
	return []text.Language{
		{
			Lang: text.TypeScript, Title: "TypeScript", Of: text.JavaScript, Run: ".ts",
			Extensions: []string{".ts", ".mts", ".cts"},
			Programs:   []string{"bun", "deno", "tsx", "ts-node"},
			Labels:     []string{"typescript", "ts", "mts", "cts"},
			Count:      typeScriptSigns,
			Sniff:      text.Sniff{At: text.ByClauses, Is: func(s *text.Sample) bool { return s.Signs(text.TypeScript).Clauses > 0 && speaksJavaScript(s) }},
		},
		{
			Lang: text.JSX, Title: "JavaScript", Of: text.JavaScript, Run: ".js",
			Extensions: []string{".js", ".jsx"},
			Programs:   []string{"node", "nodejs"},
			Labels:     []string{"javascript", "js", "mjs", "cjs", "jsx", "node"},
			Count:      javascriptSigns,
			Sniff:      text.Sniff{At: text.ByClauses, Is: speaksJavaScript},
		},
		{Lang: text.JavaScript, Title: "JavaScript", Extensions: []string{".mjs", ".cjs"}, Run: ".js"},
		{Lang: text.TSX, Title: "TypeScript", Of: text.JavaScript, Run: ".ts", Extensions: []string{".tsx"}, Labels: []string{"tsx"}},
	}
}

// speaksJavaScript: import "x" is Go's as well.
func speaksJavaScript(s *text.Sample) bool {
	js := s.Signs(text.JSX)
	return js.Clauses > 0 || js.Shared > 0 && s.Signs(text.Python).Clauses == 0 && s.Signs(text.Go).Clauses == 0
}

// javascriptSigns reads a line for clauses of JavaScript. What begins with a word
// of another language's clauses is none of its.
func javascriptSigns(line string, signs *text.Signs) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	clause := false
	switch word {
	case "import":
		switch {
		case text.BareImport(rest):
			signs.Shared++
		case rest == "(":
		default:
			clause = strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'") || importsFrom(rest)
		}
	case "}":
		clause = strings.HasPrefix(rest, "from '") || strings.HasPrefix(rest, `from "`)
	case "const", "let", "var":
		clause = strings.Contains(rest, "require(") || strings.Contains(rest, "=>") || strings.Contains(rest, "await import(")
	case "export":
		switch next, _, _ := strings.Cut(rest, " "); next {
		case "default", "const", "function", "class", "*", "{", "type", "interface":
			clause = true
		}
	case "interface", "from", "def", "class", "async", ">>>", "if", "package", "func",
		"fun", "val", "public", "private", "protected", "using", "use", "fn", "namespace", "object", "module", "struct", "extern":
	default:
		clause = strings.HasPrefix(line, "require(") || strings.Contains(line, "module.exports") || strings.HasPrefix(line, "import(") || strings.HasPrefix(line, "console.log(")
	}
	if clause {
		signs.Clauses++
	}
}

// importsFrom reads what follows import where names are taken from a module.
func importsFrom(rest string) bool {
	return strings.Contains(rest, ` from "`) || strings.Contains(rest, " from '") || strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "* as ")
}

// typeScriptSigns reads a line for clauses of types.
func typeScriptSigns(line string, signs *text.Signs) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch next, _, _ := strings.Cut(rest, " "); {
	case word == "import" && next == "type" && importsFrom(rest),
		word == "export" && (next == "type" || next == "interface"),
		word == "interface" && strings.HasSuffix(line, "{"):
		signs.Clauses++
	}
}
