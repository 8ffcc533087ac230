//go:build world

// Command figment-world plays the npm registry, PyPI and the Go proxy on a
// loopback address, from lists of names, so that figment can be tried by hand:
//
//	go run -tags world ./cmd/figment-world -npm names.txt -pypi names.tsv
//
// It prints the variables that point figment at it and runs until interrupted.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/registry/registrytest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "figment-world: error: %v\n", err)
		os.Exit(2)
	}
}

func run() error {
	lists := map[ecosystem.Ecosystem]*string{
		ecosystem.NPM:    flag.String("npm", "", "list of npm names"),
		ecosystem.PyPI:   flag.String("pypi", "", "list of PyPI names"),
		ecosystem.Golang: flag.String("golang", "", "list of Go module paths"),
	}
	listen := flag.String("listen", "127.0.0.1:0", "loopback address")
	latency := flag.Duration("latency", 0, "of every answer")
	fault := flag.String("fault", "", "ECOSYSTEM=KIND, such as pypi=503")
	go403 := flag.Bool("go403", false, "answer 403 for missing Go modules")
	flag.Parse()
	w := registrytest.NewWorld()
	for e, file := range lists {
		if *file == "" {
			continue
		}
		f, err := os.Open(*file)
		if err != nil {
			return err
		}
		err = w.Load(e, f)
		f.Close()
		if err != nil {
			return err
		}
	}
	w.SetLatency(max(*latency, 0*time.Second))
	if e, kind, ok := strings.Cut(*fault, "="); ok {
		w.Fault(ecosystem.Ecosystem(e), "", kind)
	}
	if *go403 {
		w.Go403()
	}
	if err := w.Start(*listen); err != nil {
		return err
	}
	for _, v := range w.Env() {
		fmt.Println("export " + v)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
	return w.Close()
}
