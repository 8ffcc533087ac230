//go:build linux || darwin

package extract_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"figment/scanner/source"
)

// Budgets of docs/benchmarks.md, as ratios of what the same machine does in the
// same run; times may be slack times as long, because other programs share it.
const (
	budgetImports = 4.0 // reading a file and counting its lines to finding its imports
	slack         = 2.0

	// A text 32 times as long takes 32 times as long, or 1,024 times where work
	// is quadratic: what is nearer to the second fails. Caches make a few times of
	// the first.
	growth      = 32
	budgetWorse = 181 // the geometric mean
)

// TestBudgets compares reading imports with reading bytes, and texts that are
// made to be slow with a part of them.
func TestBudgets(t *testing.T) {
	if os.Getenv("FIGMENT_BUDGETS") == "" {
		t.Skip("FIGMENT_BUDGETS is not set: .ci/run holds the budgets")
	}
	for path, data := range map[string][]byte{
		"a.py": corpus(pyUnit), "a.ts": corpus(jsUnit), "a.go": append([]byte("Here it is:\n"), corpus(goUnit)...),
	} {
		file := filepath.Join(t.TempDir(), path)
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		read := func() {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := 0
			for _, c := range text {
				if c == '\n' {
					lines++
				}
			}
			if lines < 1000 {
				t.Fatal(lines, " lines")
			}
		}
		// By turns, and the middle of the ratios: a machine is faster at one time
		// than at another.
		r := math.Inf(1)
		finding := time.Duration(math.MaxInt64)
		for n := 0; n < 3 && r > budgetImports*slack; n++ { // chance makes a ratio worse, and hardly better
			ratios := make([]float64, 31)
			for i := range ratios {
				reading := least(3, read)
				took := least(3, func() { File(&source.File{Path: path, Data: data}) })
				finding, ratios[i] = min(finding, took), float64(took)/float64(reading)
			}
			slices.Sort(ratios)
			r = min(r, ratios[len(ratios)/2])
		}
		t.Logf("%s: %d bytes; %.0f MB/s, %.2f times as long as reading them", path, len(data), float64(len(data))/1e6/finding.Seconds(), r)
		if r > budgetImports*slack {
			t.Errorf("imports of %s take %.1f times as long as reading it, the budget is %.1f", path, r, budgetImports)
		}
	}
	// Without the garbage collector: a part is done before it starts, the whole
	// is not, and it works as hard as the readers. The same texts took 30 times as
	// long one time and 200 times the next.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, c := range hostileUnits {
		name := fmt.Sprintf("%s of %q", c.path, c.unit)
		took := func(n int) time.Duration {
			data := []byte(strings.Repeat(c.unit, n/len(c.unit)))
			best := time.Duration(math.MaxInt64)
			for range 5 {
				runtime.GC()
				best = min(best, least(1, func() { File(&source.File{Path: c.path, Data: data}) }))
			}
			return best
		}
		var whole time.Duration
		r := math.Inf(1)
		for n := 0; n < 3 && r > budgetWorse; n++ { // chance makes a ratio worse, and hardly better
			part := took(1 << 19 / growth)
			whole = took(1 << 19)
			r = min(r, float64(whole)/float64(part))
		}
		t.Logf("%s: %v, %.0f times as long as a part of it", name, whole, r)
		if r > budgetWorse {
			t.Errorf("%s takes %.0f times as long as a part of it that is %d times shorter", name, r, growth)
		}
	}
}

// least is the least CPU time of this process in which f was done: the time of
// a clock counts what other programs do.
func least(rounds int, f func()) time.Duration {
	best := time.Duration(math.MaxInt64)
	for range rounds {
		start := cpuTime()
		f()
		best = min(best, cpuTime()-start)
	}
	return best
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
