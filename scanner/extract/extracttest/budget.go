//go:build linux || darwin

package extracttest

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"figment/scanner/extract"
	"figment/scanner/source"
)

// A text 32 times as long takes 32 times as long, or 1,024 times where work is
// quadratic: what is nearer to the second fails. Caches make a few times of the
// first.
const (
	growth      = 32
	budgetWorse = 181 // the geometric mean
)

// Budgets skips a test of budgets where nobody asked for it.
func Budgets(t testing.TB) {
	t.Helper()
	if os.Getenv("FIGMENT_BUDGETS") == "" {
		t.Skip("FIGMENT_BUDGETS is not set: .ci/run holds the budgets")
	}
}

// Growth compares texts that are made to be slow with a part of them.
func Growth(t *testing.T, table extract.Table, units []Unit) {
	t.Helper()
	Budgets(t)
	// Without the garbage collector: a part is done before it starts, the whole
	// is not, and it works as hard as the readers. The same texts took 30 times as
	// long one time and 200 times the next.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, u := range units {
		name := fmt.Sprintf("%s of %q", u[0], u[1])
		took := func(n int) time.Duration {
			data := []byte(strings.Repeat(u[1], n/len(u[1])))
			best := time.Duration(math.MaxInt64)
			for range 5 {
				runtime.GC()
				best = min(best, Least(1, func() { table.Read(&source.File{Path: u[0], Data: data}) }))
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

// Least is the least CPU time of this process in which f was done: the time of
// a clock counts what other programs do.
func Least(rounds int, f func()) time.Duration {
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
