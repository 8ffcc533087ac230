package play

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/registry/protocol"
)

// A World plays the registries of several ecosystems on one loopback server, from
// lists of names: each in its folder ("/npm"), and counts of downloads in theirs.
// A name that is in no list is denied the way its registry denies; the control
// packages are always there. What the world
// has no route for is answered with 501, which no client may read as an
// absence. Safe for use from several goroutines, also while it serves.
type World struct {
	adapters []adapter.Adapter // of the ecosystems that are played
	mu       sync.RWMutex
	names    map[ecosystem.Ecosystem]map[string]struct{}
	profiles map[ecosystem.Ecosystem]map[string]protocol.Profile
	faults   map[ecosystem.Ecosystem]map[string]string // kinds by name; "": every name
	forbid   bool
	latency  time.Duration
	log      []string
	asked    map[string]struct{}
	below    *World    // asked about what this one does not know; nil: nobody
	today    time.Time // zero: the real time
	server   *http.Server
	base     string // "http://127.0.0.1:1234"
}

// Downloads stands for the counts of downloads of an ecosystem where Fault takes
// an ecosystem.
func Downloads(e ecosystem.Ecosystem) ecosystem.Ecosystem { return e + "-downloads" }

// Kinds are the kinds of packages that Kind knows.
func Kinds() []string {
	return []string{"squat-new", "squat-quiet", "honest-young", "honest-old", "abandoned", "minimal", protocol.ProfileAbsent}
}

// Kind gives the profile of a kind of package, as it is at the given time:
//
//	squat-new     3 days old, one version, 14 downloads a week, a stranger's, no repository
//	squat-quiet   4 years old, one version, 3 downloads a week
//	honest-young  5 days old, 4 versions, 800 downloads a week
//	honest-old    6 years old, 12 versions, 20,000 downloads a week
//	abandoned     9 years old, 2 versions, 40 downloads a week
//	minimal       there, and nothing else is known
//	absent        not there
//
// What the kind does not mention is ordinary. Of an unknown kind ok is false.
func Kind(kind string, now time.Time) (p protocol.Profile, ok bool) {
	const day = 24 * time.Hour
	ago := func(d time.Duration) time.Time { return now.UTC().Add(-d).Truncate(time.Second) }
	switch kind {
	case "squat-new":
		return protocol.Profile{Versions: []string{"1.0.0"}, Created: ago(3 * day), Downloads: 14, Maintainers: []string{"stranger"}, NoRepository: true}, true
	case "squat-quiet":
		return protocol.Profile{Versions: []string{"1.0.0"}, Created: ago(4 * 365 * day), Downloads: 3}, true
	case "honest-young":
		return protocol.Profile{Versions: []string{"0.1.0", "0.1.1", "0.2.0", "0.3.0"}, Created: ago(5 * day), Updated: ago(day / 2), Downloads: 800}, true
	case "honest-old":
		return protocol.Profile{Versions: []string{"0.1.0", "0.2.0", "0.3.0", "0.9.0", "1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.0", "2.0.0", "2.0.1", "2.1.0"}, Created: ago(6 * 365 * day), Updated: ago(60 * day), Downloads: 20_000}, true
	case "abandoned":
		return protocol.Profile{Versions: []string{"0.1.0", "0.1.1"}, Created: ago(9 * 365 * day), Updated: ago(8 * 365 * day), Downloads: 40}, true
	case "minimal":
		return protocol.Profile{Versions: []string{"1.0.0"}, Downloads: -1, Bare: true}, true
	case protocol.ProfileAbsent:
		return protocol.Profile{Status: protocol.ProfileAbsent}, true
	}
	return protocol.Profile{}, false
}

// SetNow fixes the time that SetKind counts back from; zero: the real time.
func (w *World) SetNow(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.today = now
}

// SetKind puts a package of one of Kinds into a registry.
func (w *World) SetKind(eco ecosystem.Ecosystem, name, kind string) error {
	w.mu.RLock()
	now := w.today
	w.mu.RUnlock()
	if now.IsZero() {
		now = time.Now()
	}
	p, ok := Kind(kind, now)
	if !ok {
		return fmt.Errorf("no kind of package is called %q", kind)
	}
	w.Set(eco, name, p)
	return nil
}

// NewWorld makes a world of the ecosystems whose adapters have a Registry and a
// Play. It has the control packages only.
func NewWorld(adapters []adapter.Adapter) *World {
	w := newWorld()
	for _, a := range adapters {
		if a.Registry != nil && a.Play != nil {
			w.adapters = append(w.adapters, a)
		}
	}
	return w
}

func newWorld() *World {
	return &World{
		names:    map[ecosystem.Ecosystem]map[string]struct{}{},
		profiles: map[ecosystem.Ecosystem]map[string]protocol.Profile{},
		faults:   map[ecosystem.Ecosystem]map[string]string{},
		asked:    map[string]struct{}{},
	}
}

// Above makes a world that has the packages of w, those that are added to w
// later included, and profiles, faults and a log of its own: many tests can
// share one list of names.
func (w *World) Above() *World {
	above := newWorld()
	above.adapters, above.below = w.adapters, w
	return above
}

// Add puts packages into a registry, with the zero Profile.
func (w *World) Add(eco ecosystem.Ecosystem, names ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	set := w.set(eco, len(names))
	for _, name := range names {
		set[ecosystem.Normalize(eco, name)] = struct{}{}
	}
}

func (w *World) set(eco ecosystem.Ecosystem, room int) map[string]struct{} {
	if w.names[eco] == nil {
		w.names[eco] = make(map[string]struct{}, room)
	}
	return w.names[eco]
}

// Load adds the names of a list: one a line, or a table with tabs and a header
// whose first column is "name". Whatever follows a tab is skipped, and so are
// empty lines and those that begin with "#".
func (w *World) Load(eco ecosystem.Ecosystem, r io.Reader) error {
	if w.find(eco) == nil {
		return fmt.Errorf("no registry of %q can be played", eco)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	text := string(bytes.TrimPrefix(data, []byte("\ufeff")))
	w.mu.Lock()
	defer w.mu.Unlock()
	set := w.set(eco, strings.Count(text, "\n")+1)
	n := 0
	for line := range strings.Lines(text) {
		n++
		name, rest, table := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		name = strings.TrimSpace(name)
		switch {
		case name == "" && rest == "", strings.HasPrefix(name, "#"), n == 1 && table && name == "name":
			continue
		case name == "", strings.ContainsAny(name, " ,;\""):
			return fmt.Errorf("line %d: %.100q is not a name", n, name)
		}
		set[ecosystem.Normalize(eco, name)] = struct{}{}
	}
	return nil
}

// Set puts a package into a registry, or changes the one that is there.
func (w *World) Set(eco ecosystem.Ecosystem, name string, p protocol.Profile) {
	p.Versions, p.Yanked, p.Maintainers = slices.Clone(p.Versions), slices.Clone(p.Yanked), slices.Clone(p.Maintainers)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.profiles[eco] == nil {
		w.profiles[eco] = map[string]protocol.Profile{}
	}
	w.profiles[eco][ecosystem.Normalize(eco, name)] = p
}

// find gives the adapter of an ecosystem that is played, or nil.
func (w *World) find(eco ecosystem.Ecosystem) *adapter.Adapter {
	for i := range w.adapters {
		if w.adapters[i].Ecosystem == eco {
			return &w.adapters[i]
		}
	}
	return nil
}

// profile gives what a registry says about a canonical name, if it has it.
func (w *World) profile(eco ecosystem.Ecosystem, name string) (protocol.Profile, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if p, ok := w.profiles[eco][name]; ok {
		return p, p.Status != protocol.ProfileAbsent
	}
	if _, ok := w.names[eco][name]; ok {
		return protocol.Profile{}, true
	}
	if a := w.find(eco); a != nil && slices.Contains(a.Registry.Canaries, name) {
		return protocol.Profile{}, true
	}
	if w.below != nil {
		return w.below.profile(eco, name)
	}
	return protocol.Profile{}, false
}

// FaultKinds are the kinds that Fault knows.
func FaultKinds() []string {
	return []string{
		"401", "403", "404html", "407", "408", "429", "429-retry-after", "500", "502", "503",
		"html", "truncated", "wrong-name", "empty", "reset", "timeout",
	}
}

// Fault answers every request about a name, present or not, with a fault; an
// empty name is every name of the registry, its control packages included. The
// kind is one of FaultKinds, or empty to take the fault away; any other is
// answered with 500.
func (w *World) Fault(eco ecosystem.Ecosystem, name, kind string) {
	if name != "" {
		name = ecosystem.Normalize(eco, name)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if kind == "" {
		delete(w.faults[eco], name)
		return
	}
	if w.faults[eco] == nil {
		w.faults[eco] = map[string]string{}
	}
	w.faults[eco][name] = kind
}

// SetLatency delays every answer.
func (w *World) SetLatency(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latency = d
}

// Go403 makes registries that may do so, which are Go's proxies, answer 403 for
// what they do not have, as some mirrors do.
func (w *World) Go403() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forbid = true
}

// Start serves on a free port of 127.0.0.1 until Close.
func (w *World) Start() error { return w.Listen("127.0.0.1:0") }

// Listen serves on an address until Close. An address that is not on loopback
// is refused.
func (w *World) Listen(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if a, err := netip.ParseAddr(host); err != nil || !a.IsLoopback() {
		return fmt.Errorf("%s is not on loopback", address)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server != nil {
		return errors.New("the world is served already")
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	w.base = "http://" + l.Addr().String()
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second}
	go func(s *http.Server) { _ = s.Serve(l) }(w.server) // ends with Close
	return nil
}

// At makes the world known under a base URL without serving there: a transport
// that calls ServeHTTP stands for the network. Close ends it.
func (w *World) At(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.base = base
}

// Close stops serving. The names and the log stay, and Start may follow.
func (w *World) Close() {
	w.mu.Lock()
	s := w.server
	w.server, w.base = nil, ""
	w.mu.Unlock()
	if s != nil {
		_ = s.Close() // connections that are open already broke off
	}
}

// Roots are the base URLs, or nil before Start.
func (w *World) Roots() map[ecosystem.Ecosystem]string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.base == "" {
		return nil
	}
	out := map[ecosystem.Ecosystem]string{}
	for i := range w.adapters {
		out[w.adapters[i].Ecosystem] = w.base + w.adapters[i].Play.Folder + w.adapters[i].Play.Root
	}
	return out
}

// Env are the variables that make figment ask this world, as NAME=value; nil
// before Start.
func (w *World) Env() []string {
	roots := w.Roots()
	if roots == nil {
		return nil
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out, counts []string
	for _, a := range w.adapters {
		if a.Settings == nil {
			continue
		}
		out = append(out, a.Settings.Variable+"="+roots[a.Ecosystem])
		if a.Settings.Downloads != nil && a.Play.Counts != nil {
			counts = append(counts, a.Settings.Downloads.Variable+"="+w.base+a.Play.Counts.Folder)
		}
	}
	out = append(out, "FIGMENT_REGISTRY_KIND=official")
	return append(out, counts...)
}

// Requests are those seen so far, method and raw URI, in order of arrival.
func (w *World) Requests() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.Clone(w.log)
}

// Asked are the names that requests were about, as "npm:left-pad", sorted.
func (w *World) Asked() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	out := make([]string, 0, len(w.asked))
	for k := range w.asked {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// A request is one that was understood: about a package, or about the downloads
// of some.
type request struct {
	of     *adapter.Adapter
	about  protocol.PlayRequest
	counts []string // names; nil: it is about a package
}

// ask reads a raw path; ok is false when no document has it.
func (w *World) ask(path string) (rq request, ok bool) {
	for i := range w.adapters {
		a := &w.adapters[i]
		if rest, found := strings.CutPrefix(path, a.Play.Folder+"/"); found {
			rq := request{of: a}
			rq.about, ok = a.Play.Ask(rest)
			rq.about.Name = ecosystem.Normalize(a.Ecosystem, rq.about.Given)
			return rq, ok && rq.about.Given != ""
		}
		if c := a.Play.Counts; c != nil {
			if rest, found := strings.CutPrefix(path, c.Folder+"/"); found {
				names, ok := c.Ask(rest)
				return request{of: a, counts: names}, ok
			}
		}
	}
	return request{}, false
}

// ServeHTTP answers one request.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rq, ok := w.ask(r.URL.EscapedPath())
	w.mu.Lock()
	w.log = append(w.log, r.Method+" "+r.RequestURI)
	kind := ""
	if ok {
		eco, name := rq.of.Ecosystem, rq.about.Name
		for _, counted := range rq.counts {
			w.asked[string(eco)+":"+counted] = struct{}{}
		}
		if rq.counts != nil {
			eco = Downloads(eco)
		} else {
			w.asked[string(eco)+":"+name] = struct{}{}
		}
		if kind = w.faults[eco][name]; kind == "" {
			kind = w.faults[eco][""]
		}
	}
	latency, forbid := w.latency, w.forbid
	w.mu.Unlock()
	if latency > 0 {
		select {
		case <-time.After(latency):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		reply(rw, protocol.PlayReply(http.StatusMethodNotAllowed, protocol.TypeText, "only reading is possible\n"))
	case !ok:
		reply(rw, protocol.PlayReply(http.StatusNotImplemented, protocol.TypeText, "the world has no such document\n"))
	case kind != "":
		f := worldFault(rq.of.Play, kind)
		f.serve(rw, r)
	case rq.counts != nil:
		find := func(name string) (protocol.Profile, bool) { return w.profile(rq.of.Ecosystem, name) }
		reply(rw, rq.of.Play.Counts.Answer(rq.counts, find))
	default:
		p, found := w.profile(rq.of.Ecosystem, rq.about.Name)
		rq.about.Accept, rq.about.Forbid = r.Header.Get("Accept"), forbid
		reply(rw, rq.of.Play.Answer(rq.about, p, found))
	}
}

// worldFault is the fault of a kind.
func worldFault(p *protocol.Play, kind string) Fault {
	html := map[string]string{"Content-Type": "text/html; charset=utf-8"}
	own := map[string]string{"Content-Type": p.Type}
	switch kind {
	case "401", "403", "407", "408", "429", "500", "503":
		status, _ := strconv.Atoi(kind)
		return Fault{Status: status}
	case "404html":
		return Fault{Status: http.StatusNotFound, Header: html, Body: page}
	case "429-retry-after":
		return RetryAfter(1)
	case "502":
		return Fault{Status: http.StatusBadGateway, Header: html, Body: page}
	case "html":
		return Fault{Header: html, Body: page}
	case "truncated":
		return Fault{Header: own, Body: p.Truncated}
	case "wrong-name":
		return Fault{Header: own, Body: p.Other}
	case "empty":
		return Fault{Header: own, Body: p.Empty}
	case "reset":
		return Fault{Serve: reset}
	case "timeout":
		return Fault{Serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
	}
	return Fault{Status: http.StatusInternalServerError, Body: "no such fault\n"}
}

// reset breaks the connection without an answer.
func reset(rw http.ResponseWriter, _ *http.Request) {
	h, ok := rw.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	c, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // without it the connection ends in a friendlier way
	}
	_ = c.Close() // nothing is left to say
}

func reply(rw http.ResponseWriter, a protocol.PlayAnswer) {
	for k, v := range a.Header {
		rw.Header().Set(k, v)
	}
	rw.Header().Set("Content-Type", a.Type)
	rw.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	rw.WriteHeader(a.Status)
	_, _ = io.WriteString(rw, a.Body) // the client may have gone
}
