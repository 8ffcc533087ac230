package npm

import "testing"

// TestLowerBound: the version that a range was written from.
func TestLowerBound(t *testing.T) {
	for text, want := range map[string]string{
		"^17.0.2": "17.0.2", "~5.4": "5.4.0", "1.x": "1.0.0", ">=2 <3": "2.0.0", "17 || 18": "17.0.0", "<2": "", "*": "", ">1.0.0": "", "beta": "", "^4.0.0-rc.1": "4.0.0-rc.1",
	} {
		if got := lowerBound(text); got != want {
			t.Errorf("bound of %q: %q, want %q", text, got, want)
		}
	}
}

func FuzzLowerBound(f *testing.F) {
	for _, s := range []string{"^1.2.3", ">=1,<2", "1.x || 2", "v1.2.3", "latest", "^0.0", "~1", "1 - 2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if low := lowerBound(text); low != "" && !versions().Matches(text, low) {
			t.Fatalf("%q does not admit its own bound %q", text, low)
		}
	})
}
