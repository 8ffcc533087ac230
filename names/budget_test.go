package names

import (
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"figment/ecosystem"
)

// Budgets of docs/benchmarks.md, as ratios of what the same machine does in the
// same run; times may be slack times as long, because other programs share it.
const (
	budgetNear       = 1000.0 // naive scans to one search at distance 2
	budgetConfusions = 10.0   // searches at distance 2 to one whole analysis
	slack            = 2.0
)

// TestBudgets compares the search over 15,000 names with plain dynamic
// programming, and a whole analysis with a search.
func TestBudgets(t *testing.T) {
	if os.Getenv("FIGMENT_BUDGETS") == "" {
		t.Skip("FIGMENT_BUDGETS is not set: .ci/run holds the budgets")
	}
	x := open(t, ecosystem.PyPI)
	all := everyName(x)
	list := words(x, 200)
	buf := make([]Match, 0, 256)
	naive := typical(2, list[:10], func(w string) {
		n := 0
		for _, name := range all {
			if Distance(w, name) <= 2 {
				n++
			}
		}
	})
	near := typical(50, list, func(w string) { x.Near(w, 2, buf) })
	whole := typical(50, list, func(w string) { x.Confusions(w, buf) })
	t.Logf("%d names: a naive scan %v, a search %v, a whole analysis %v", len(all), naive, near, whole)
	if r := float64(naive) / float64(near); r < budgetNear/slack {
		t.Errorf("a search is %.0f times as fast as a naive scan, the budget is %.0f", r, budgetNear)
	}
	if r := float64(whole) / float64(near); r > budgetConfusions*slack {
		t.Errorf("a whole analysis takes as long as %.1f searches, the budget is %.0f", r, budgetConfusions)
	}
}

// typical is the median over the words of the least time that one took.
func typical(rounds int, words []string, ask func(string)) time.Duration {
	took := make([]time.Duration, len(words))
	for i := range took {
		took[i] = math.MaxInt64
	}
	for range rounds {
		for i, w := range words {
			start := time.Now()
			ask(w)
			took[i] = min(took[i], time.Since(start))
		}
	}
	slices.Sort(took)
	return took[len(took)/2]
}
