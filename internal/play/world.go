package play

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/registry/protocol"
)

// A World plays npm, PyPI and a Go module proxy on one loopback server, from
// lists of names: under /npm, /pypi/simple (the older JSON under
// /pypi/pypi/NAME/json) and /go, and npm's statistics under /npm-downloads. A
// name that is in no list is denied the way
// its registry denies; the control packages are always there. What the world
// has no route for is answered with 501, which no client may read as an
// absence. Safe for use from several goroutines, also while it serves.
type World struct {
	drivers  protocol.Drivers
	mu       sync.RWMutex
	names    map[ecosystem.Ecosystem]map[string]struct{}
	profiles map[ecosystem.Ecosystem]map[string]Profile
	faults   map[ecosystem.Ecosystem]map[string]string // kinds by name; "": every name
	go403    bool
	latency  time.Duration
	log      []string
	asked    map[string]struct{}
	below    *World    // asked about what this one does not know; nil: nobody
	today    time.Time // zero: the real time
	server   *http.Server
	base     string // "http://127.0.0.1:1234"
}

// The statuses of a Profile. A status that a registry cannot have is answered
// with 500 there.
const (
	StatusSecurityHolder = "security-holder" // npm
	StatusUnpublished    = "unpublished"     // npm: without versions; elsewhere denied, as a deleted project is
	StatusQuarantined    = "quarantined"     // PyPI
	StatusNoFiles        = "no-files"        // without releases; a Go module without tags
	StatusAbsent         = "absent"          // not there, whatever the lists say
)

// Downloads stands for npm's statistics where Fault takes an ecosystem.
const Downloads ecosystem.Ecosystem = "npm-downloads"

// A Profile is what a registry says about a package. The zero value is an old
// package that has any version.
type Profile struct {
	// Versions are all there are, oldest first. Empty: a spread from 0.0.1 to
	// 99.0.0, and AnyVersion.
	Versions []string
	// AnyVersion says that an exact version is there when it is asked for,
	// listed or not. Where only lists tell (PyPI, or npm's document with the
	// times) the spread stands in, with one version that nobody can read: no
	// version is ever proven absent.
	AnyVersion bool
	// Created is the time of first publication; zero: 2016.
	Created time.Time
	// Updated is the time of the last version, the others lie evenly before;
	// zero: a minute lies between two.
	Updated time.Time
	// Status is one of the constants, or empty for an ordinary package.
	Status string
	// Deprecated is the notice; empty: none.
	Deprecated string
	// Yanked are the versions withdrawn but still listed: yanked files at PyPI,
	// deprecated versions at npm, retractions in the go.mod file of Go modules.
	Yanked []string

	// Description is one line; empty: an ordinary one.
	Description string
	// Readme is npm's readme and PyPI's long description; empty: ordinary words.
	Readme   string
	NoReadme bool
	// Repository is a link; empty: one of the package's own.
	Repository   string
	NoRepository bool
	// Maintainers are the owners' accounts; none: an account of the package's
	// own.
	Maintainers []string
	// Organization owns the project at PyPI; empty: none.
	Organization string
	// InstallScript says that npm packages run code when they are installed.
	InstallScript bool
	// SdistOnly says that PyPI has source archives without wheels.
	SdistOnly bool
	// Provenance says that versions came with attestations.
	Provenance bool
	// Downloads are those of the last week at npm; 0: a hundred thousand,
	// negative: npm has no number.
	Downloads int64
	// Bare leaves out all but the name and the versions: no dates, no texts, no
	// owners, no older JSON.
	Bare bool
}

// Kinds are the kinds of packages that Kind knows.
func Kinds() []string {
	return []string{"squat-new", "squat-quiet", "honest-young", "honest-old", "abandoned", "minimal", StatusAbsent}
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
func Kind(kind string, now time.Time) (p Profile, ok bool) {
	const day = 24 * time.Hour
	ago := func(d time.Duration) time.Time { return now.UTC().Add(-d).Truncate(time.Second) }
	switch kind {
	case "squat-new":
		return Profile{Versions: []string{"1.0.0"}, Created: ago(3 * day), Downloads: 14, Maintainers: []string{"stranger"}, NoRepository: true}, true
	case "squat-quiet":
		return Profile{Versions: []string{"1.0.0"}, Created: ago(4 * 365 * day), Downloads: 3}, true
	case "honest-young":
		return Profile{Versions: []string{"0.1.0", "0.1.1", "0.2.0", "0.3.0"}, Created: ago(5 * day), Updated: ago(day / 2), Downloads: 800}, true
	case "honest-old":
		return Profile{Versions: []string{"0.1.0", "0.2.0", "0.3.0", "0.9.0", "1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.0", "2.0.0", "2.0.1", "2.1.0"}, Created: ago(6 * 365 * day), Updated: ago(60 * day), Downloads: 20_000}, true
	case "abandoned":
		return Profile{Versions: []string{"0.1.0", "0.1.1"}, Created: ago(9 * 365 * day), Updated: ago(8 * 365 * day), Downloads: 40}, true
	case "minimal":
		return Profile{Versions: []string{"1.0.0"}, Downloads: -1, Bare: true}, true
	case StatusAbsent:
		return Profile{Status: StatusAbsent}, true
	}
	return Profile{}, false
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

// unreadable is a version that no ecosystem's rules can order.
const unreadable = "not-a-version"

// NewWorld makes a world of the ecosystems whose adapters have a Registry. It has
// the control packages only.
func NewWorld(adapters []adapter.Adapter) *World { return newWorld(adapter.Drivers(adapters)) }

func newWorld(drivers protocol.Drivers) *World {
	return &World{
		drivers:  drivers,
		names:    map[ecosystem.Ecosystem]map[string]struct{}{},
		profiles: map[ecosystem.Ecosystem]map[string]Profile{},
		faults:   map[ecosystem.Ecosystem]map[string]string{},
		asked:    map[string]struct{}{},
	}
}

// Above makes a world that has the packages of w, those that are added to w
// later included, and profiles, faults and a log of its own: many tests can
// share one list of names.
func (w *World) Above() *World {
	above := newWorld(w.drivers)
	above.below = w
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
	if !w.drivers.Supported(eco) {
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
func (w *World) Set(eco ecosystem.Ecosystem, name string, p Profile) {
	p.Versions, p.Yanked, p.Maintainers = slices.Clone(p.Versions), slices.Clone(p.Yanked), slices.Clone(p.Maintainers)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.profiles[eco] == nil {
		w.profiles[eco] = map[string]Profile{}
	}
	w.profiles[eco][ecosystem.Normalize(eco, name)] = p
}

// profile gives what a registry says about a canonical name, if it has it.
func (w *World) profile(eco ecosystem.Ecosystem, name string) (Profile, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if p, ok := w.profiles[eco][name]; ok {
		return p, p.Status != StatusAbsent
	}
	if _, ok := w.names[eco][name]; ok || slices.Contains(w.drivers.Canaries(eco), name) {
		return Profile{}, true
	}
	if w.below != nil {
		return w.below.profile(eco, name)
	}
	return Profile{}, false
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

// Go403 makes the Go proxy answer 403 for modules that it does not have, as
// some mirrors do.
func (w *World) Go403() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.go403 = true
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
	return map[ecosystem.Ecosystem]string{
		ecosystem.NPM:    w.base + prefixNPM,
		ecosystem.PyPI:   w.base + prefixPyPI + "/simple",
		ecosystem.Golang: w.base + prefixGo,
	}
}

// Env are the variables that make figment ask this world, as NAME=value; nil
// before Start.
func (w *World) Env() []string {
	r := w.Roots()
	if r == nil {
		return nil
	}
	return []string{
		"FIGMENT_REGISTRY_NPM=" + r[ecosystem.NPM],
		"FIGMENT_REGISTRY_PYPI=" + r[ecosystem.PyPI],
		"FIGMENT_REGISTRY_GOLANG=" + r[ecosystem.Golang],
		"FIGMENT_REGISTRY_KIND=official",
		"FIGMENT_NPM_DOWNLOADS_URL=" + strings.TrimSuffix(r[ecosystem.NPM], prefixNPM) + prefixDownloads,
	}
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

const (
	prefixNPM  = "/npm"
	prefixPyPI = "/pypi"
	prefixGo   = "/go"

	prefixDownloads = "/npm-downloads"
)

// A question is what one request asks for.
type question struct {
	eco     ecosystem.Ecosystem
	name    string // canonical
	given   string // as it was written
	doc     string // each registry has its own
	version string
}

// ask reads a raw path; ok is false when no document has it.
func ask(path string) (q question, ok bool) {
	if rest, found := strings.CutPrefix(path, prefixNPM+"/"); found {
		q, ok = askNPM(rest)
	} else if rest, found := strings.CutPrefix(path, prefixPyPI+"/"); found {
		q, ok = askPyPI(rest)
	} else if rest, found := strings.CutPrefix(path, prefixGo+"/"); found {
		q, ok = askGo(rest)
	}
	q.name = ecosystem.Normalize(q.eco, q.given)
	return q, ok && q.given != ""
}

// ServeHTTP answers one request.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	q, ok := ask(r.URL.EscapedPath())
	names, counting := askDownloads(r.URL.EscapedPath())
	if counting {
		q, ok = question{eco: Downloads}, true
	}
	w.mu.Lock()
	w.log = append(w.log, r.Method+" "+r.RequestURI)
	for _, name := range names {
		w.asked[string(ecosystem.NPM)+":"+name] = struct{}{}
	}
	if ok && !counting {
		w.asked[string(q.eco)+":"+q.name] = struct{}{}
	}
	latency, go403 := w.latency, w.go403
	kind := w.faults[q.eco][q.name]
	if kind == "" {
		kind = w.faults[q.eco][""]
	}
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
		reply(rw, http.StatusMethodNotAllowed, typeText, "only reading is possible\n")
		return
	case !ok:
		reply(rw, http.StatusNotImplemented, typeText, "the world has no such document\n")
		return
	case kind != "":
		f := worldFault(q.eco, kind)
		f.serve(rw, r)
		return
	}
	if counting {
		w.serveDownloads(rw, names)
		return
	}
	p, found := w.profile(q.eco, q.name)
	switch q.eco {
	case ecosystem.NPM:
		serveNPM(rw, r, q, p, found)
	case ecosystem.PyPI:
		servePyPI(rw, r, q, p, found)
	case ecosystem.Golang:
		serveGo(rw, q, p, found, go403)
	}
}

// worldFault is the fault of a kind.
func worldFault(eco ecosystem.Ecosystem, kind string) Fault {
	if eco == Downloads {
		eco = ecosystem.NPM
	}
	html := map[string]string{"Content-Type": "text/html; charset=utf-8"}
	own := map[string]string{"Content-Type": contentType(eco)}
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
		return Fault{Header: own, Body: truncated(eco)}
	case "wrong-name":
		return Fault{Header: own, Body: wrongName(eco)}
	case "empty":
		return Fault{Header: own, Body: emptyList(eco)}
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

const (
	typeText = "text/plain; charset=utf-8"
	typeHTML = "text/html; charset=utf-8"
	typeJSON = "application/json"
)

func reply(rw http.ResponseWriter, status int, kind, body string) {
	rw.Header().Set("Content-Type", kind)
	rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, body) // the client may have gone
}

// cannot answers about a status that the registry does not have.
func cannot(rw http.ResponseWriter, q question, p Profile) {
	reply(rw, http.StatusInternalServerError, typeText, fmt.Sprintf("no package of %s can be %q\n", q.eco, p.Status))
}

// open reports whether any exact version is there.
func (p *Profile) open() bool { return p.AnyVersion || len(p.Versions) == 0 }

// list is all versions in ascending order, without the unreadable one.
func (p *Profile) list() []string {
	list := p.Versions
	if len(list) == 0 {
		list = spread()
	}
	for _, v := range p.Yanked {
		if !slices.Contains(list, v) {
			list = append([]string{v}, list...)
		}
	}
	return list
}

// latest is the last of list that is not yanked.
func (p *Profile) latest(list []string) string {
	for i := len(list) - 1; i >= 0; i-- {
		if !slices.Contains(p.Yanked, list[i]) {
			return list[i]
		}
	}
	return list[len(list)-1]
}

func (p *Profile) created() time.Time {
	if p.Created.IsZero() {
		return time.Date(2016, 1, 4, 9, 0, 0, 0, time.UTC)
	}
	return p.Created.UTC()
}

// at is the time of the version at place i of the list.
func (p *Profile) at(i int) string { return p.time(i).Format("2006-01-02T15:04:05.000Z") }

func (p *Profile) time(i int) time.Time {
	step := time.Minute
	if n := len(p.Versions) - 1; n > 0 && p.Updated.After(p.created()) {
		step = p.Updated.Sub(p.created()) / time.Duration(n)
	}
	return p.created().Add(time.Duration(i) * step)
}

func (p *Profile) description() string {
	if p.Description != "" {
		return p.Description
	}
	return "A package of a made-up world"
}

func (p *Profile) readme(name string) string {
	switch {
	case p.NoReadme:
		return ""
	case p.Readme != "":
		return p.Readme
	}
	return "# " + name + "\n\nIt does what its name says.\n"
}

// repository is a link, or empty.
func (p *Profile) repository(name string) string {
	switch {
	case p.NoRepository:
		return ""
	case p.Repository != "":
		return p.Repository
	}
	return "https://github.com/made-up-world/" + url.PathEscape(strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "-"))
}

// owners are the accounts that the registry names.
func (p *Profile) owners(name string) []string {
	if len(p.Maintainers) > 0 {
		return p.Maintainers
	}
	return []string{"owner-of-" + name}
}

// spread is what is listed of a package that has any version: dense where most
// versions are.
var spread = sync.OnceValue(func() []string {
	var out []string
	for major := range 100 {
		minors, patches := 1, 1
		switch {
		case major < 10:
			minors, patches = 25, 6
		case major < 31:
			minors, patches = 10, 2
		}
		for minor := range minors {
			for patch := range patches {
				if major+minor+patch > 0 {
					out = append(out, fmt.Sprintf("%d.%d.%d", major, minor, patch))
				}
			}
		}
	}
	return out
})

// quote makes a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
