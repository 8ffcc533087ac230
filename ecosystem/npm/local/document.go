package local

import (
	"bytes"
	"path"
	"strings"

	"figment/scanner/text"
)

// called gives the name under which a text of a document says whose names are: by
// its keys where it has no name, and for an import map.
func called(name string, shown *text.Fragment) string {
	if base := path.Base(name); strings.HasPrefix(base, "import") && strings.HasSuffix(base, "map.json") {
		return path.Join(path.Dir(name), "deno.json")
	}
	if name != "" || shown.Lang != text.JSON {
		return ""
	}
	head := shown.Text[:min(len(shown.Text), 10_000)]
	for _, x := range []struct{ key, name string }{
		{`"compilerOptions"`, "tsconfig.json"}, {`"imports"`, "deno.json"}, {`"workspace"`, "deno.json"},
	} {
		if bytes.Contains(head, []byte(x.key)) {
			return x.name
		}
	}
	return ""
}
