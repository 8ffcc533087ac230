package prose_test

import (
	"strings"
	"testing"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

// TestProseNames: words of a sentence are taken for names only where something
// sets them apart.
func TestProseNames(t *testing.T) {
	for text, want := range map[string]string{
		"You can npm install packages quickly with it.":               "",
		"After pip install finishes building wheels, go on.":          "",
		"Just pip install whatever suits you best there.":             "",
		"Run pip install 'flask' and go on.":                          "flask",
		"Run pip install flask==2.0 and go on.":                       "flask",
		"Run `pip install flask` and go on.":                          "flask",
		"First run pip install flask":                                 "flask",
		"Then npm install @acme/ui for the buttons.":                  "@acme/ui",
		"Use npm install left_pad or yarn add right_pad to get them.": "left_pad right_pad",
	} {
		refs := all.Formats().Read(&source.File{Path: "a.md", Data: []byte(text + "\n")}).References
		var got []string
		for _, r := range refs {
			got = append(got, r.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", text, got, want)
		}
	}
}
