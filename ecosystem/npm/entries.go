package npm

import (
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
	"figment/scanner/text"
	"strings"
)

// entries are the programs of a package that package.json names, whatever the
// files are called: node runs them.
func entries(f *text.Fragment) (out []extract.Include) {
	// What is broken is told when the manifest is read.
	_ = text.WalkJSON(f.Text, func(keys []text.Key, v text.Value, _ bool) {
		if len(keys) == 0 || v.Kind != 's' || len(out) >= maxEntries {
			return
		}
		switch key := keys[0].Name; {
		case len(keys) == 1 && (key == "main" || key == "module" || key == "bin" || key == "browser"), len(keys) == 2 && key == "bin", key == "exports" || key == "imports":
		default:
			return
		}
		if name := v.Text; name != "" && !shell.NoCode(name) && !strings.ContainsAny(name, "*\n") && (keys[0].Name != "exports" && keys[0].Name != "imports" || strings.HasPrefix(name, ".")) {
			out = append(out, extract.Include{Path: name, Command: true, Lang: text.JavaScript, Span: f.Map.Outer(v.Span)})
		}
	})
	return out
}

// maxEntries bounds how many programs of one package are followed.
const maxEntries = 200
