package container

import (
	"strings"
	"testing"

	"figment/scanner/text"
)

// FuzzTitle: a title never leads out of the project.
func FuzzTitle(f *testing.F) {
	for _, s := range []string{"title=../a.py", "js:src/app.js", "**`a/b.py`**:", "# In x.py", "// /etc/a.py", "file='a"} {
		f.Add([]byte(s))
	}
	r := &Recognizer{File: func(string) (Reading, text.Lang) { return ByName, text.Python }}
	m := &markdown{s: NewSplitter(r, nil)}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, title := range []string{infoTitle(string(src)), lineTitle(string(src)), m.commentTitle(src)} {
			if strings.HasPrefix(title, "/") || strings.Contains(title, "..") {
				t.Fatalf("%q names %q", src, title)
			}
		}
	})
}
