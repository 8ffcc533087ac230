package extract_test

import (
	. "figment/scanner/extract"
	"strings"
	"testing"

	"figment/scanner/source"
)

// junk is what models and editors leave in code.
var junk = []string{
	"```", "Here is the rest of the code:", "...", "# ... existing code ...", "<<<<<<< HEAD", "=======", "(", "}", `"unterminated`, "'''", "/* open", "import",
}

// TestMutations breaks ordinary files by a cut at every byte or a junk line at
// every line, and counts what is still found and what is made up.
func TestMutations(t *testing.T) {
	for path, c := range map[string]struct {
		text      string
		plainFull float64 // recall without what was rescued
	}{
		"a.py": {pyUnit, 0.95}, "a.ts": {jsUnit, 0.92}, "a.go": {goUnit, 0.92},
	} {
		whole := map[string]int{}
		refs, _ := File(&source.File{Path: path, Data: []byte(c.text)})
		for _, r := range refs {
			whole[r.Raw] = r.Span.End
		}
		var want, found, plain, total, wrong int
		try := func(text string, keep func(end int) bool) {
			got := map[string]bool{}
			sure := map[string]bool{}
			refs, _ := File(&source.File{Path: path, Data: []byte(text)})
			for _, r := range refs {
				if r.Kind != Import {
					continue
				}
				total++
				if _, ok := whole[r.Raw]; !ok {
					wrong++
				}
				got[r.Raw] = true
				if !r.Flags.Has(Low) {
					sure[r.Raw] = true
				}
			}
			for raw, end := range whole {
				if !keep(end) {
					continue
				}
				want++
				if got[raw] {
					found++
				}
				if sure[raw] {
					plain++
				}
			}
		}
		lines := strings.SplitAfter(c.text, "\n")
		for i := range lines {
			for _, j := range junk {
				head := strings.Join(lines[:i], "")
				try(head+j+"\n"+strings.Join(lines[i:], ""), func(int) bool { return true })
			}
		}
		for cut := 1; cut < len(c.text); cut++ {
			eol := strings.LastIndexByte(c.text[:cut], '\n')
			// What stands on whole lines before the cut has to be found; the name
			// under the cut may be another one.
			text := c.text[:eol+1]
			if cut-eol < 3 {
				try(text, func(end int) bool {
					return end < eol && !strings.HasPrefix(path, "a.ts") || end < eol && strings.Contains(c.text[end:eol+1], ";")
				})
			}
		}
		recall, precision, unaided := float64(found)/float64(want), 1-float64(wrong)/float64(total), float64(plain)/float64(want)
		t.Logf("%s: %d mutations of names, recall %.4f, precision %.4f, recall without rescue %.4f", path, want, recall, precision, unaided)
		if recall < 0.97 || precision < 0.998 || unaided < c.plainFull {
			t.Errorf("%s: recall %.4f, precision %.4f, without rescue %.4f", path, recall, precision, unaided)
		}
	}
}
