package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/internal/cache"
	"figment/internal/deep"
	"figment/names"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner"
)

// Connect makes the clients. No host is contacted. The error is of an address
// that is none.
func (s *Session) Connect() error {
	s.store = cache.Memory()
	dir, err := cache.Dir(s.Env)
	if err == nil {
		if !s.Values.On("no-cache") {
			s.store = cache.Files(dir, cache.FileOptions{})
		}
		s.packs = names.NewInstalled(names.PackDir(dir))
	} else if errors.Is(err, cache.ErrRelative) {
		s.Say("warning: answers are not kept: %s", err.Error())
	}
	if err := s.connectOSV(dir); err != nil {
		return err
	}
	o := registry.Options{
		Drivers:    adapter.Drivers(s.adapters),
		Versions:   adapter.Versions(s.adapters),
		Cache:      s.store,
		Known:      Known(s.packs),
		Timeout:    s.Values.Duration("timeout"),
		Refresh:    s.Values.On("refresh"),
		MaxPerHost: s.Values.Number("concurrency"),
		UserAgent:  s.Agent(),
		Notice:     func(text string) { s.Say("warning: %s", text) },
	}
	if s.Values.On("show-queries") {
		o.OnRequest = func(l protocol.Look) { s.Say("asked %s: %s", l.URL, lookWord(l)) }
	}
	if s.Values.On("offline") {
		s.client = registry.NewOffline(o)
		return nil
	}
	s.client = registry.NewLive(o)
	return nil
}

// connectOSV makes the source of advisories: the service, with the local index
// where the service does not answer; offline the index alone. dir is the cache
// folder, or empty.
func (s *Session) connectOSV(dir string) error {
	if dir != "" {
		s.local = osv.NewLocal(osv.LocalOptions{Dir: osv.Dir(dir), Scanner: osv.ScannerDir(s.Env), All: s.deep()})
	}
	if s.Values.On("offline") {
		if s.local != nil {
			s.osv = s.local
		}
		return nil
	}
	o := osv.Options{
		URL: s.Env("FIGMENT_OSV_URL"), All: s.deep(), Cache: s.store, Refresh: s.Values.On("refresh"),
		Timeout: s.Values.Duration("timeout"), UserAgent: s.Agent(),
	}
	if s.Values.On("show-queries") {
		o.OnRequest = func(l osv.Look) {
			s.Say("asked %s: %s", l.URL, lookWord(protocol.Look{URL: l.URL, Status: l.Status, Cached: l.Cached}))
		}
	}
	client, err := osv.New(o)
	if err != nil {
		return Usage("FIGMENT_OSV_URL: "+err.Error(), "unset it to ask the public service")
	}
	s.osv, s.osvAsk = client, client.Plan
	if s.local != nil {
		s.osv = osv.Fallback(client, s.local)
	}
	return nil
}

// Agent is how requests name the program.
func (c *Call) Agent() string { return "figment/" + c.Version }

// deep reports whether advisories other than malware are wanted.
func (s *Session) deep() bool { return s.Values.On("deep") }

// deepScan prepares the second program, if it is wanted: a run that asks for it
// and cannot have it is wrong usage, found out before anything is asked.
func (s *Session) deepScan() (*scanner.Deep, error) {
	if !s.deep() {
		return nil, nil
	}
	self, _ := os.Executable() // empty: only PATH is searched
	exe, err := deep.Find(filepath.Dir(self), settings.SafePath(s.Env("PATH"), s.trees...))
	if err != nil {
		var e *deep.Error
		if errors.As(err, &e) {
			return nil, Usage("--deep: "+e.Text, e.Hint)
		}
		return nil, err
	}
	q := deep.Request{Build: s.Version, Recursive: true, SkipDirs: []string{"node_modules"}, Mode: deep.Online, OSVURL: s.Env("FIGMENT_OSV_URL"), NoGitignore: s.Values.On("no-gitignore")}
	if s.Values.On("offline") {
		q.Mode, q.LocalDB, q.OSVURL = deep.Offline, osv.ScannerDir(s.Env), ""
	}
	paths := s.request.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		if p == "-" {
			return nil, Usage("--deep reads files, not standard input", "")
		}
		if !filepath.IsAbs(p) {
			p = filepath.Join(s.Dir, p)
		}
		q.Paths = append(q.Paths, p)
	}
	return &scanner.Deep{Request: q, Run: func(ctx context.Context, q deep.Request) (deep.Answer, error) { return deep.Run(ctx, exe, q) }}, nil
}

func lookWord(l protocol.Look) string {
	switch {
	case l.Cached:
		return "from the cache"
	case l.Status == 0:
		return "no answer"
	}
	return fmt.Sprint(l.Status)
}

// Known tells the client which names the embedded index or an installed pack
// has, and since when. packs may be nil.
func Known(packs *names.Installed) func(ecosystem.Package) (time.Time, bool) {
	return func(p ecosystem.Package) (time.Time, bool) {
		if idx, err := names.Open(p.Ecosystem); err == nil {
			if _, ok := idx.Rank(p.Name); ok {
				return idx.Date(), true
			}
		}
		answer, day := packs.Answer(p.Ecosystem, p.Name)
		return day, answer == names.Existed
	}
}
