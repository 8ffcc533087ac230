// Package demo is the built-in sample project, in a temporary directory, with
// registries and advisories that are played within the process. What goes in is
// a call, what comes out are scans of the sample. It opens no socket and reads
// none of the user's settings: the names are not the user's.
package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"figment/app"
	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/cache"
	"figment/internal/play"
	"figment/internal/play/osvplay"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/source"
)

//go:embed sample.txtar
var sample []byte

// Where the played registries and the played advisories are. Nobody listens
// there: the requests never leave the process.
const (
	registryAddress = "http://127.0.0.1:9"
	osvAddress      = "http://127.0.0.2:9"
)

// SetLatency makes every registry take some time for an answer, so that a person
// sees them arrive.
func (d *Project) SetLatency(t time.Duration) { d.world.SetLatency(t) }

// RoundTrip answers a request of the demonstration from within the process. A
// server would need a socket, and half a megabyte of the program.
func (d *Project) RoundTrip(r *http.Request) (*http.Response, error) {
	var h http.Handler
	switch "http://" + r.URL.Host {
	case registryAddress:
		h = d.world
	case osvAddress:
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

// firstAsked is when the registry denied the names that a stranger has published
// since.
const firstAsked = 30 * 24 * time.Hour

// A Project is the sample in a directory of its own, and the registries around
// it. Dir and Root are the directory; Close removes it.
type Project struct {
	Dir  string
	Root *os.Root

	call     *app.Call
	world    *play.World
	osv      *osvplay.Server
	settings *settings.Settings
	store    cache.Store
	later    []ecosystem.Package
}

// New writes the sample into a temporary directory and makes its registries. The
// version of the call goes into reports. The error is of the disk.
func New(c *app.Call) (d *Project, err error) {
	d = &Project{call: c, world: play.NewWorld(all.Adapters()), store: cache.Memory()}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if d.Dir, err = os.MkdirTemp("", "figment-demo-"); err != nil {
		return nil, err
	}
	if d.Root, err = os.OpenRoot(d.Dir); err != nil {
		return nil, err
	}
	for _, f := range txtar.Parse(sample).Files {
		if f.Name == "world" {
			err = d.populate(string(f.Data))
		} else {
			err = d.file(f.Name, f.Data)
		}
		if err != nil {
			return nil, err
		}
	}
	d.world.At(registryAddress)
	// Of the user's own settings nothing is read: the names are not the user's.
	d.settings, err = settings.Load(settings.Env{
		Environ: d.world.Env(), Home: d.Dir, ConfigDir: d.Dir,
		ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	}, adapter.Readers(all.Adapters()))
	if err != nil {
		return nil, err
	}
	return d, d.remember()
}

func (d *Project) file(name string, data []byte) error {
	name = filepath.FromSlash(name)
	if err := d.Root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return d.Root.WriteFile(name, data, 0o644)
}

// populate reads the list of what is in the world.
func (d *Project) populate(list string) error {
	var records []osvplay.Record
	for line := range strings.Lines(list) {
		w := strings.Fields(line)
		if len(w) < 3 {
			return fmt.Errorf("demo: %q has no kind", line)
		}
		what := strings.Join(w[3:], " ")
		p := ecosystem.Package{Ecosystem: ecosystem.Ecosystem(w[0]), Name: w[1]}
		switch kind := w[2]; kind {
		case "ordinary":
			d.world.Set(p.Ecosystem, p.Name, protocol.Profile{Versions: w[3:]})
		case "deprecated":
			d.world.Set(p.Ecosystem, p.Name, protocol.Profile{Versions: w[3:], Deprecated: "no longer maintained"})
		case protocol.ProfileSecurityHolder:
			d.world.Set(p.Ecosystem, p.Name, protocol.Profile{Status: kind})
		case "malware":
			if err := d.world.SetKind(p.Ecosystem, p.Name, "squat-quiet"); err != nil {
				return err
			}
			records = append(records, osvplay.Malware(what, p.Ecosystem, p.Name))
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
	d.osv = osvplay.Handler(records...)
	return nil
}

// remember asks for the names that come later as if a month ago, so that the
// cache holds when they did not exist, and then lets them come.
func (d *Project) remember() error {
	var refs []extract.Reference
	for _, p := range d.later {
		refs = append(refs, extract.Reference{Ecosystem: p.Ecosystem, Name: p.Name, Raw: p.Name, Kind: extract.Manifest})
	}
	then := func() time.Time { return time.Now().Add(-firstAsked) }
	_, err := scanner.Check(context.Background(), refs, scanner.Options{
		Source:   source.Memory(nil, nil),
		Adapters: all.Adapters(),
		Formats:  all.Formats(),
		Settings: d.settings,
		Client:   registry.NewLive(registry.Options{Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()), Cache: d.store, Transport: d, Timeout: timeout, Clock: registry.Clock{Now: then}, UserAgent: d.call.Agent()}),
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

const timeout = 5 * time.Second

// Scan runs the pipeline over the sample as it is now. events may be nil.
func (d *Project) Scan(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
	o, err := d.Options()
	if err != nil {
		return nil, err
	}
	o.Events = events
	return scanner.Scan(ctx, o)
}

// Options are those of a scan of the sample as it is now.
func (d *Project) Options() (scanner.Options, error) {
	var none scanner.Options
	var project *policy.Document
	data, err := d.Root.ReadFile(app.ConfigName)
	if err == nil {
		if project, err = policy.Parse(app.ConfigName, data, policy.Repository, app.Keys()); err != nil {
			return none, err
		}
	}
	src, err := source.Paths([]string{d.Dir}, source.Options{Recognition: all.Formats().Recognition(), Dir: d.Dir, MatchPath: policy.MatchPath})
	if err != nil {
		return none, err
	}
	advisories, err := osv.New(osv.Options{URL: osvAddress, Transport: d, Timeout: timeout, UserAgent: d.call.Agent()})
	if err != nil {
		return none, err
	}
	client := registry.NewLive(registry.Options{
		Drivers: adapter.Drivers(all.Adapters()), Versions: adapter.Versions(all.Adapters()),
		Cache: d.store, Transport: d, Known: app.Known(nil), Timeout: timeout, UserAgent: d.call.Agent(),
		Clock: registry.Clock{Sleep: shortWait},
	})
	return scanner.Options{
		Source: src, Formats: all.Formats(), Adapters: all.Adapters(), Settings: d.settings, Client: client, OSV: advisories, OSVAsk: advisories.Plan,
		Config: app.MergeConfig(project, nil), Version: d.call.Version, Whole: true,
	}, nil
}

// shortWait waits only a little before a registry that fails is asked again.
func shortWait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(min(d, 50*time.Millisecond))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close removes the directory.
func (d *Project) Close() {
	if d.Root != nil {
		d.Root.Close() // only read from now on
	}
	if d.Dir != "" {
		_ = os.RemoveAll(d.Dir) // the system clears its temporary directory too
	}
	d.store.Close() // in memory
}
