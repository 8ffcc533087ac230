package git

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"figment/fixtures"
	"figment/scanner/text"
)

// TestLineHashes compares with the hashes that GitHub's own uploader computes.
func TestLineHashes(t *testing.T) {
	var cases []struct {
		Source string   `json:"source"`
		Hashes []string `json:"line_hashes"`
	}
	if err := json.Unmarshal(fixtures.Read("github-line-hash-vectors.json"), &cases); err != nil {
		t.Fatal(err)
	}
	total := 0
	for i, c := range cases {
		got := LineHashes([]byte(c.Source))
		if !slices.Equal(got, c.Hashes) {
			t.Errorf("case %d: %q\n got %q\nwant %q", i, c.Source, got, c.Hashes)
		}
		total += len(c.Hashes)
	}
	if len(cases) != 9 || total != 58 {
		t.Errorf("%d cases with %d hashes, want 9 with 58", len(cases), total)
	}
}

// TestLineHashesCount holds the hashes to one for each line that Lines counts.
func TestLineHashesCount(t *testing.T) {
	for _, src := range []string{"", "a", "a\n", "\n\n", "a\r\nb\rc\n", "é\U0001F600\nx", "\xff\xe2\x82\n\xf0\x9f", strings.Repeat("  \tx\n", 500)} {
		got, want := len(LineHashes([]byte(src))), text.NewLines([]byte(src)).Count()
		if got != want {
			t.Errorf("%q: %d hashes for %d lines", src, got, want)
		}
	}
}

func FuzzLineHashes(f *testing.F) {
	f.Add([]byte("a\r\n b\xff\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(LineHashes(text)) == 0 {
			t.Error("no hash")
		}
	})
}
