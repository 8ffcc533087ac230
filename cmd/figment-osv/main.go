//go:build osv

// Command figment-osv is the deep scan behind "figment scan --deep": it runs
// osv-scanner over a project and says what it found. It reads one request from
// standard input, writes one answer to standard output, and logs to standard
// error; package internal/deep has the words. It is a program of its own because
// osv-scanner costs 45 MB and 40 ms at every start, and has the build constraint
// osv so that "go install ./..." neither fetches nor compiles it.
//
// Much of what is here guards against what osv-scanner does in silence: it
// reports success when its matcher was switched off, drops packages without a
// version and records that it cannot parse, and answers in random order.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"figment/internal/deep"
)

// version is set by the linker for releases.
var version = "dev"

const (
	exitUsage    = 2
	exitInternal = 3
	exitTimeout  = 4
)

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr // the answer stays alone on standard output, whatever a library prints
	os.Exit(Main(os.Args[1:], os.Stdin, out, os.Stderr))
}

// Main is the program. Its result is the exit code: 0 with an answer, 2 for a
// request that it does not understand, 3 when no answer could be made.
func Main(args []string, in io.Reader, out, log io.Writer) int {
	switch {
	case len(args) == 1 && args[0] == "--version":
		fmt.Fprintln(out, deep.VersionLine(version, scannerVersion()))
		return 0
	case len(args) > 0:
		fmt.Fprintln(log, "figment-osv: error: figment-osv takes no arguments; figment scan --deep starts it")
		return exitUsage
	}
	q, err := deep.ReadRequest(in)
	if err != nil {
		fmt.Fprintf(log, "figment-osv: error: %v\n", err)
		return exitUsage
	}
	if q.Build != "" && q.Build != version {
		fmt.Fprintf(log, "figment-osv: error: version %s cannot answer version %s\n", version, deep.Redact(q.Build))
		return exitUsage
	}
	if q.TimeoutMS > 0 {
		// osv-scanner does not heed a context. figment kills this process; this
		// is for the case that nobody is left to do so.
		t := time.AfterFunc(time.Duration(q.TimeoutMS)*time.Millisecond+time.Second, func() { os.Exit(exitTimeout) })
		defer t.Stop()
	}
	a, err := scan(q, log)
	if err != nil {
		fmt.Fprintf(log, "figment-osv: error: %s\n", deep.Redact(err.Error()))
		return exitInternal
	}
	a.Build, a.Scanner = version, scannerVersion()
	if err := deep.WriteAnswer(out, a); err != nil {
		fmt.Fprintf(log, "figment-osv: error: %v\n", err)
		return exitInternal
	}
	return 0
}

// scannerVersion is the version of the linked osv-scanner; empty in a test.
func scannerVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/google/osv-scanner/v2" {
			return m.Version
		}
	}
	return ""
}
