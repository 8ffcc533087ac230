package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/cobra"

	"figment/app"
	"figment/ecosystem"
	"figment/internal/cache"
	"figment/osv"
	"figment/osv/osvtest"
	"figment/registry"
	"figment/registry/registrytest"
	"figment/registry/settings"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/tui"
)

//go:embed demo/sample.txtar
var demoSample []byte

func demoCommand(a *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See every kind of finding in a built-in project, without network or set-up",
		Long: `Show what figment finds in a small project that comes with it, against registries
that the program plays itself: nobody is asked anything.
The project lies in a temporary directory, so that it can be edited; it is gone
when the demonstration ends. The exit status is 0 whatever is found.`,
		Example: `  figment demo                 on the screen
  figment demo --format text   as a report`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd) },
	}
	addFlags(cmd, "demo")
	return cmd
}

// demo shows or writes a scan of the sample.
func (a *cli) demo(cmd *cobra.Command) error {
	if err := a.enter(cmd); err != nil {
		return err
	}
	v, err := a.Values("demo", given(cmd))
	if err != nil {
		return err
	}
	how := onPaper
	if v.Text("format") == "" {
		how = a.surface(v.On("accessible"))
	}
	d, err := newStage(v)
	if err != nil {
		return app.Failure("the demonstration cannot be set up: "+app.Cause(err), "")
	}
	defer d.close()
	if how == onPaper {
		rep, err := d.scan(cmd.Context(), nil)
		if err != nil {
			return app.Failure(err.Error(), "")
		}
		s := &session{cli: a, values: v}
		outputs, err := s.outputs()
		if err != nil {
			return err
		}
		if err := s.write(outputs, rep); err != nil && !errors.Is(err, syscall.EPIPE) {
			return app.Failure("the result cannot be written: "+app.Cause(err), "")
		}
		return nil
	}
	if how == onScreen {
		d.world.SetLatency(demoLatency) // or nobody would see the rows arrive
	}
	_, err = a.screen(cmd.Context(), how, tui.Options{
		Title: "a shop, as an assistant wrote it",
		Settler: &settler{now: func() (source.Source, scanner.Options, string) {
			src, o, err := d.options()
			if err != nil {
				src = source.Memory(nil) // in which there is nothing to edit
			}
			return src, o, filepath.Join(d.dir, configName)
		}},
		Scan: d.scan,
		Read: func(path string) ([]byte, error) { return d.root.ReadFile(path) },
		File: func(path string) string { return filepath.Join(d.dir, filepath.FromSlash(path)) },
	})
	if err != nil {
		return app.Failure(err.Error(), "")
	}
	return nil
}

// demoLatency is how long the played registries take to answer on the screen.
const demoLatency = 60 * time.Millisecond

// Where the played registries and the played advisories are. Nobody listens
// there: the requests never leave the process.
const (
	demoBase = "http://127.0.0.1:9"
	demoOSV  = "http://127.0.0.2:9"
)

// RoundTrip answers a request of the demonstration from within the process. A
// server would need a socket, and half a megabyte of the program.
func (d *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	var h http.Handler
	switch "http://" + r.URL.Host {
	case demoBase:
		h = d.world
	case demoOSV:
		h = d.osv
	default:
		return nil, fmt.Errorf("the demonstration asks nobody else, not %s", r.URL.Host)
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	w := &answer{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(w, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// An answer takes what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// demoAgo is when the registry denied the names that a stranger has published
// since.
const demoAgo = 30 * 24 * time.Hour

// A stage is the sample in a directory of its own and the world around it.
type stage struct {
	values   *app.Values
	dir      string
	root     *os.Root
	world    *registrytest.World
	osv      *osvtest.Server
	settings *settings.Settings
	store    cache.Store
	later    []ecosystem.Package
}

// newStage writes the sample and starts its world; close ends both.
func newStage(v *app.Values) (d *stage, err error) {
	d = &stage{values: v, world: registrytest.NewWorld(), store: cache.Memory()}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.dir, err = os.MkdirTemp("", "figment-demo-"); err != nil {
		return nil, err
	}
	if d.root, err = os.OpenRoot(d.dir); err != nil {
		return nil, err
	}
	for _, f := range txtar.Parse(demoSample).Files {
		if f.Name == "world" {
			err = d.populate(string(f.Data))
		} else {
			err = d.file(f.Name, f.Data)
		}
		if err != nil {
			return nil, err
		}
	}
	d.world.At(demoBase)
	// Of the user's own settings nothing is read: the names are not the user's.
	d.settings, err = settings.Load(settings.Env{
		Environ: d.world.Env(), Home: d.dir, ConfigDir: d.dir,
		ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	})
	if err != nil {
		return nil, err
	}
	return d, d.remember()
}

func (d *stage) file(name string, data []byte) error {
	name = filepath.FromSlash(name)
	if err := d.root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return d.root.WriteFile(name, data, 0o644)
}

// populate reads the list of what is in the world.
func (d *stage) populate(list string) error {
	var records []osvtest.Record
	for line := range strings.Lines(list) {
		w := strings.Fields(line)
		if len(w) < 3 {
			return fmt.Errorf("demo: %q has no kind", line)
		}
		what := strings.Join(w[3:], " ")
		p := ecosystem.Package{Ecosystem: ecosystem.Ecosystem(w[0]), Name: w[1]}
		switch kind := w[2]; kind {
		case "ordinary":
			d.world.Set(p.Ecosystem, p.Name, registrytest.Profile{Versions: w[3:]})
		case "deprecated":
			d.world.Set(p.Ecosystem, p.Name, registrytest.Profile{Versions: w[3:], Deprecated: "no longer maintained"})
		case registrytest.StatusSecurityHolder:
			d.world.Set(p.Ecosystem, p.Name, registrytest.Profile{Status: kind})
		case "malware":
			if err := d.world.SetKind(p.Ecosystem, p.Name, "squat-quiet"); err != nil {
				return err
			}
			records = append(records, osvtest.Malware(what, p.Ecosystem, p.Name))
		case "fault":
			d.world.Fault(p.Ecosystem, p.Name, what)
		case "later":
			d.later = append(d.later, p)
		default:
			if err := d.world.SetKind(p.Ecosystem, p.Name, kind); err != nil {
				return err
			}
		}
	}
	d.osv = osvtest.Handler(records...)
	return nil
}

// remember asks for the names that come later as if a month ago, so that the
// cache holds when they did not exist, and then lets them come.
func (d *stage) remember() error {
	var refs strings.Builder
	for _, p := range d.later {
		if p.Ecosystem != ecosystem.PyPI {
			return fmt.Errorf("demo: only PyPI has names that come later")
		}
		refs.WriteString(p.Name + "\n")
	}
	then := func() time.Time { return time.Now().Add(-demoAgo) }
	_, err := scanner.Scan(context.Background(), scanner.Options{
		Source:   source.Memory(map[string][]byte{"requirements.txt": []byte(refs.String())}),
		Settings: d.settings,
		Client:   registry.NewLive(registry.Options{Cache: d.store, Transport: d, Timeout: demoTimeout, Clock: registry.Clock{Now: then}, UserAgent: "figment/" + version}),
		Now:      then,
	})
	if err != nil {
		return err
	}
	for _, p := range d.later {
		if err := d.world.SetKind(p.Ecosystem, p.Name, "squat-new"); err != nil {
			return err
		}
	}
	return nil
}

const demoTimeout = 5 * time.Second

// scan runs the pipeline over the sample as it is now.
func (d *stage) scan(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
	_, o, err := d.options()
	if err != nil {
		return nil, err
	}
	o.Events = events
	return scanner.Scan(ctx, o)
}

// options are those of a scan of the sample as it is now.
func (d *stage) options() (source.Source, scanner.Options, error) {
	var none scanner.Options
	var project *policy.Document
	data, err := d.root.ReadFile(configName)
	if err == nil {
		if project, err = policy.Parse(configName, data, policy.Repository, app.Keys()); err != nil {
			return nil, none, err
		}
	}
	src, err := source.Paths([]string{d.dir}, source.Options{Dir: d.dir, MatchPath: policy.MatchPath})
	if err != nil {
		return nil, none, err
	}
	advisories, err := osv.New(osv.Options{URL: demoOSV, Transport: d, Timeout: demoTimeout, UserAgent: "figment/" + version})
	if err != nil {
		return nil, none, err
	}
	client := registry.NewLive(registry.Options{
		Cache: d.store, Transport: d, Known: known(nil), Timeout: demoTimeout, UserAgent: "figment/" + version,
		Clock: registry.Clock{Sleep: impatient},
	})
	return src, scanner.Options{
		Source: src, Settings: d.settings, Client: client, OSV: advisories, OSVAsk: advisories.Plan,
		Config: merge(project, nil), Version: version, Whole: true,
	}, nil
}

// impatient waits only a little before a registry that fails is asked again.
func impatient(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(min(d, 50*time.Millisecond))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *stage) close() {
	if d.root != nil {
		d.root.Close() // only read from now on
	}
	if d.dir != "" {
		_ = os.RemoveAll(d.dir) // the system clears its temporary directory too
	}
	d.store.Close() // in memory
}
