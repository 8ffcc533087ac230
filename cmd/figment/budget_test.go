//go:build linux || darwin

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/osv/osvtest"
	"figment/registry/registrytest"
)

// Budgets of a scan of 10,000 files whose answers are all in the cache. Memory
// is the same on every machine and is held; time is not, and is logged.
const (
	bigFiles     = 10_000
	budgetMemory = 150_000_000 // bytes, all that the process ever held at once
	budgetScan   = 1500 * time.Millisecond
)

// TestBudgetScan scans a big repository with the program as it is released.
func TestBudgetScan(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes and scans 10,000 files")
	}
	bin := build(t)
	repo := newBigRepo(t, bigFiles, 250)
	run := func() (out string, peak int64, wall, cpu time.Duration) {
		cmd := exec.Command(bin, "scan", "--color", "never", ".")
		cmd.Dir, cmd.Env = repo.dir, repo.env
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		start := time.Now()
		err := cmd.Run()
		wall = time.Since(start)
		if _, ok := err.(*exec.ExitError); err != nil && !ok {
			t.Fatal(err)
		}
		if code := cmd.ProcessState.ExitCode(); code != exitFindings {
			t.Fatalf("status %d, want %d for the name that does not exist\n%s%s", code, exitFindings, &stderr, &stdout)
		}
		return stdout.String(), maxRSS(cmd.ProcessState.SysUsage()), wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	first, cold, wall, _ := run()
	t.Logf("cold: %d MB, %v", cold/1e6, wall.Round(time.Millisecond))
	if !strings.Contains(first, "no-such-thing-here") || !strings.Contains(first, "error in 583 names") {
		t.Errorf("the scan did not see what is there:\n%s", first)
	}
	asked := len(repo.world.Requests())
	// The kernel counts what this process held when it started the other one.
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		t.Fatal(err)
	}
	t.Logf("this process: %d MB, which no figure can be below", maxRSS(&self)/1e6)
	peak, best, least := cold, time.Hour, time.Hour
	for range 3 {
		out, rss, wall, cpu := run()
		t.Logf("warm: %d MB, %v, %v of CPU time", rss/1e6, wall.Round(time.Millisecond), cpu.Round(time.Millisecond))
		if !strings.Contains(out, "no-such-thing-here") {
			t.Errorf("a warm scan found something else:\n%s", out)
		}
		peak, best, least = max(peak, rss), min(best, wall), min(least, cpu)
	}
	t.Logf("%d files, %d MB: %d MB of memory at most, %v and %v of CPU time at best, %d requests cold, %d more",
		bigFiles, repo.bytes/1e6, peak/1e6, best.Round(time.Millisecond), least.Round(time.Millisecond), asked, len(repo.world.Requests())-asked)
	if peak >= budgetMemory {
		t.Errorf("the scan took %d MB of memory, the budget is %d MB", peak/1e6, budgetMemory/1_000_000)
	}
	if best >= budgetScan {
		t.Logf("over the budget of %v, on a machine with %d processors that others may use", budgetScan, runtime.NumCPU())
	}
}

// maxRSS is the most memory that a process held, in bytes.
func maxRSS(usage any) int64 {
	n := int64(usage.(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "darwin" {
		return n
	}
	return n << 10
}

// BenchmarkScan is the whole program in one process, from the walk to the
// report, every answer in the cache. The target is 50 MB/s.
func BenchmarkScan(b *testing.B) {
	repo := newBigRepo(b, 2000, 5)
	for _, v := range repo.env {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "FIGMENT_") || name == "HOME" || strings.HasPrefix(name, "XDG_") {
			b.Setenv(name, value)
		}
	}
	scan := func() {
		if code := Main([]string{"scan", "--chdir", repo.dir, "."}, strings.NewReader(""), io.Discard, io.Discard); code != exitFindings {
			b.Fatalf("status %d", code)
		}
	}
	scan()
	b.SetBytes(repo.bytes)
	b.ReportAllocs()
	for b.Loop() {
		scan()
	}
}

// A bigRepo is a made-up repository, and a world that has what it names.
type bigRepo struct {
	dir   string
	bytes int64 // of all files
	env   []string
	world *registrytest.World
}

// newBigRepo writes n source files and their manifests: two fifths Python and
// TypeScript, a fifth Go, about 4 KB each with ten imports, a fifth of those
// the project's own, from about twice as many packages as parts says. One name
// does not exist.
func newBigRepo(tb testing.TB, n, parts int) *bigRepo {
	r := &bigRepo{dir: tb.TempDir(), world: registrytest.NewWorld()}
	versions := map[ecosystem.Ecosystem][]string{} // a hundred of each package
	for _, eco := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.NPM, ecosystem.Golang} {
		for i := range 100 {
			v := fmt.Sprintf("1.%d.%d", i/5, i%5)
			if eco == ecosystem.Golang {
				v = "v" + v
			}
			versions[eco] = append(versions[eco], v)
		}
	}
	names := func(eco ecosystem.Ecosystem, pattern string, n int, known ...string) []string {
		for i := range n {
			known = append(known, fmt.Sprintf(pattern, i))
		}
		for _, name := range known {
			r.world.Set(eco, name, registrytest.Profile{Versions: versions[eco]})
		}
		return known
	}
	py := names(ecosystem.PyPI, "warehouse_part%d", parts, "requests", "numpy", "pandas", "flask", "click", "rich", "httpx", "pydantic")
	ts := names(ecosystem.NPM, "@warehouse/part%d", parts, "react", "express", "lodash", "axios", "zod", "vite", "chalk", "rxjs")
	mods := names(ecosystem.Golang, "go.warehouse.dev/warehouse/part%d", (parts+3)/4, "golang.org/x/mod", "golang.org/x/sync", "github.com/spf13/cobra")
	if err := r.world.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { r.world.Close() })
	o, err := osvtest.New()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { o.Close() })
	home := tb.TempDir()
	r.env = append(append(r.world.Env(), o.Env()...), "FIGMENT_CACHE_DIR="+filepath.Join(home, "cache"),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "PATH="+os.Getenv("PATH"))

	dirs := map[string]bool{}
	var text bytes.Buffer
	write := func(name string) {
		file := filepath.Join(r.dir, filepath.FromSlash(name))
		if dir := filepath.Dir(file); !dirs[dir] {
			if err := os.MkdirAll(dir, 0o777); err != nil {
				tb.Fatal(err)
			}
			dirs[dir] = true
		}
		if err := os.WriteFile(file, text.Bytes(), 0o666); err != nil {
			tb.Fatal(err)
		}
		r.bytes += int64(text.Len())
		text.Reset()
	}
	line := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }

	for i := range n {
		dir := fmt.Sprintf("area%d/unit%d", i/500, i/20%25)
		switch i % 5 {
		case 0, 1:
			line("\"\"\"Part %d of the warehouse.\"\"\"", i)
			line("import os\nimport sys, json\nfrom collections import defaultdict")
			for k := range 5 {
				line([]string{"import %s", "from %s import Thing, other", "from %s.deep.down import Thing"}[(i+k)%3], py[(i*7+k*13)%len(py)])
			}
			line("from . import sibling\n")
			for k := 0; text.Len() < 4000; k++ {
				line("def step_%d(items, limit=%d):\n    # Keep what fits, in the order in which it came.\n    out = [x for x in items if x.weight < limit]\n    return {\"step\": \"%d\", \"out\": out}\n", k, i+k, k)
			}
			write(fmt.Sprintf("%s/mod%d.py", dir, i))
		case 2, 3:
			line("// Part %d of the warehouse.\nimport fs from 'node:fs'", i)
			for k := range 6 {
				line([]string{"import { a%d } from '%s'", "import * as a%d from \"%s/sub/path\"", "import type A%d from '%s'"}[(i+k)%3], k, ts[(i*7+k*13)%len(ts)])
			}
			line("import { sibling } from './sibling'\nconst late = () => import('%s')\n", ts[(i*11)%len(ts)])
			for k := 0; text.Len() < 4000; k++ {
				line("export function step%d(items: Item[], limit = %d): Result {\n  // Keep what fits, in the order in which it came.\n  const out = items.filter((x) => x.weight < limit && /^[a-z]+$/.test(x.name))\n  return { step: `${limit} of %d`, out }\n}\n", k, i+k, k)
			}
			write(fmt.Sprintf("%s/mod%d.ts", dir, i))
		case 4:
			line("// Package unit is part %d of the warehouse.\npackage unit\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"strings\"\n", i)
			for k := range 5 {
				line("\t\"%s/pkg%d\"", mods[(i*7+k*13)%len(mods)], k%3)
			}
			line("\n\t\"go.warehouse.dev/own/area%d\"\n)\n", i%7)
			for k := 0; text.Len() < 4000; k++ {
				line("// Step%dOf%d keeps what fits.\nfunc Step%dOf%d(ctx context.Context, items []string, limit int) (string, error) {\n\tif len(items) > limit {\n\t\treturn \"\", fmt.Errorf(\"%%d items\", len(items))\n\t}\n\treturn strings.Join(items, \", \"), ctx.Err()\n}\n", k, i, k, i)
			}
			write(fmt.Sprintf("%s/mod%d.go", dir, i))
		}
	}
	for _, name := range py {
		line("%s>=1", strings.ReplaceAll(name, "_", "-"))
	}
	line("no-such-thing-here==1.0")
	write("requirements.txt")
	line("module go.warehouse.dev/own\n\ngo 1.26\n\nrequire (")
	for _, m := range mods {
		line("\t%s v1.0.0", m)
	}
	line(")")
	write("go.mod")
	for area := range max(1, n/500) {
		line("{\n  \"name\": \"@own/area%d\",\n  \"dependencies\": {", area)
		for k, name := range ts {
			comma := ","
			if k == len(ts)-1 {
				comma = ""
			}
			line("    \"%s\": \"^1.0.0\"%s", name, comma)
		}
		line("  }\n}")
		write(fmt.Sprintf("area%d/package.json", area))
	}
	return r
}
