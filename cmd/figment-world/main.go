//go:build world

// Command figment-world plays registries (npm, PyPI, a Go module proxy) on loopback,
// from lists of names, until it is interrupted. It prints the variables that make
// figment ask it:
//
//	figment-world -npm FILE -pypi FILE -golang FILE [-listen 127.0.0.1:0]
//	              [-latency 20ms] [-fault ECO=KIND] [-fault ECO:NAME=KIND]
//
// A list has one name a line, or a header whose first column is "name" and tabs
// between columns. What is in no list does not exist.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/play"
	"figment/internal/play/osvplay"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "figment-world: error: %v\n", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	w := play.NewWorld(all.Adapters())
	flags := flag.NewFlagSet("figment-world", flag.ContinueOnError)
	flags.SetOutput(log)
	type list struct {
		eco  ecosystem.Ecosystem
		file *string
	}
	var lists []list
	for _, a := range all.Adapters() {
		if a.Play != nil {
			lists = append(lists, list{a.Ecosystem, flags.String(string(a.Ecosystem), "", "`file` with the names that "+a.Ecosystem.Registry()+" has")})
		}
	}
	listen := flags.String("listen", "127.0.0.1:0", "loopback `address` to serve on")
	latency := flags.Duration("latency", 0, "delay of every answer")
	forbid := flags.Bool("go403", false, "the Go proxy answers 403 for modules that it does not have")
	flags.Func("fault", "`ECO=KIND` or ECO:NAME=KIND; kinds: "+strings.Join(play.FaultKinds(), " "), func(s string) error {
		return fault(w, s)
	})
	flags.Func("kind", "`ECO:NAME=KIND` puts a package of a kind there; kinds: "+strings.Join(play.Kinds(), " "), func(s string) error {
		where, kind, _ := strings.Cut(s, "=")
		word, name, ok := strings.Cut(where, ":")
		eco, known := ecosystem.Lookup(word)
		if !ok || !known || name == "" {
			return errors.New("is not ECO:NAME=KIND")
		}
		return w.SetKind(eco, name, kind)
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	begin := time.Now()
	for _, l := range lists {
		if *l.file == "" {
			continue
		}
		if err := load(w, l.eco, *l.file); err != nil {
			return err
		}
	}
	w.SetLatency(*latency)
	if *forbid {
		w.Go403()
	}
	if err := w.Listen(*listen); err != nil {
		return err
	}
	defer w.Close()
	advisories, err := osvplay.New()
	if err != nil {
		return err
	}
	defer advisories.Close()
	for _, v := range append(w.Env(), advisories.Env()...) {
		if _, err := fmt.Fprintf(out, "export %s\n", v); err != nil {
			return err
		}
	}
	fmt.Fprintf(log, "figment-world: serving after %v; interrupt to stop\n", time.Since(begin).Round(time.Millisecond))
	<-ctx.Done()
	fmt.Fprintf(log, "figment-world: %d requests about %d names\n", len(w.Requests()), len(w.Asked()))
	return nil
}

func load(w *play.World, eco ecosystem.Ecosystem, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := w.Load(eco, f); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// fault reads ECO=KIND and ECO:NAME=KIND.
func fault(w *play.World, s string) error {
	where, kind, ok := strings.Cut(s, "=")
	word, name, _ := strings.Cut(where, ":")
	eco, known := ecosystem.Lookup(word)
	switch {
	case !ok:
		return errors.New("is not ECO=KIND")
	case !known || !adapter.Drivers(all.Adapters()).Supported(eco):
		return fmt.Errorf("no registry of %q is played", word)
	case !slices.Contains(play.FaultKinds(), kind):
		return fmt.Errorf("no fault is called %q", kind)
	}
	w.Fault(eco, name, kind)
	return nil
}
