package registrytest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"

	"figment/ecosystem"
	"figment/registry"
)

// A Profile says what a World tells about a package. The zero Profile is an
// honest old package that has every version asked for.
type Profile struct {
	Versions   []string  // empty: a spread from 0.0.1 to 99.0.0, and any exact version below 99
	Created    time.Time // first publication; zero: 2015
	Status     string    // "", "security-holder", "unpublished", "quarantined", "no-files"
	Deprecated string
	Yanked     []string
}

// A World plays npm, PyPI and the Go proxy on one loopback server, from lists
// of names. It is for tests and for trying the built program by hand.
type World struct {
	mu       sync.Mutex
	names    map[ecosystem.Ecosystem][]string // sorted before the first question
	sorted   map[ecosystem.Ecosystem]bool
	profiles map[ecosystem.Package]Profile
	faults   map[ecosystem.Package]string
	latency  time.Duration
	go403    bool
	log      []string
	asked    map[ecosystem.Package]bool
	server   *http.Server
	base     string
}

// NewWorld makes a World that knows the canaries of every driver and nothing
// else.
func NewWorld() *World {
	w := &World{
		names: map[ecosystem.Ecosystem][]string{}, sorted: map[ecosystem.Ecosystem]bool{},
		profiles: map[ecosystem.Package]Profile{}, faults: map[ecosystem.Package]string{}, asked: map[ecosystem.Package]bool{},
	}
	for _, e := range []ecosystem.Ecosystem{ecosystem.NPM, ecosystem.PyPI, ecosystem.Golang} {
		w.Add(e, registry.Canaries(e)...)
	}
	return w
}

// Add makes names exist.
func (w *World) Add(e ecosystem.Ecosystem, names ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range names {
		w.names[e] = append(w.names[e], ecosystem.Normalize(e, n))
	}
	w.sorted[e] = false
}

// Load makes the names of a list exist: one a line, or the first column of a
// table whose header begins with "name".
func (w *World) Load(e ecosystem.Ecosystem, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var names []string
	for first := true; lines.Scan(); first = false {
		name, _, more := strings.Cut(lines.Text(), "\t")
		if name == "" || first && more && name == "name" {
			continue
		}
		names = append(names, name)
	}
	w.Add(e, names...)
	return lines.Err()
}

// Set gives a package a profile, and makes it exist.
func (w *World) Set(e ecosystem.Ecosystem, name string, p Profile) {
	w.Add(e, name)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.profiles[ecosystem.Package{Ecosystem: e, Name: ecosystem.Normalize(e, name)}] = p
}

// Fault makes the questions about a name fail; an empty name means all of the
// ecosystem. kind is a status code, or html, truncated, wrong-name, empty,
// reset, timeout, 429-retry-after.
func (w *World) Fault(e ecosystem.Ecosystem, name, kind string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[ecosystem.Package{Ecosystem: e, Name: ecosystem.Normalize(e, name)}] = kind
}

// SetLatency delays every answer.
func (w *World) SetLatency(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latency = d
}

// Go403 makes the Go proxy answer 403 for what it lacks, as some mirrors do.
func (w *World) Go403() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.go403 = true
}

// Start listens on a loopback address; "" chooses a port.
func (w *World) Start(listen string) error {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s is no loopback address", listen)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	w.base = "http://" + l.Addr().String()
	w.server = &http.Server{Handler: w}
	go w.server.Serve(l) // ends with Close
	return nil
}

// Close stops listening.
func (w *World) Close() error { return w.server.Close() }

// Roots are the base URLs by ecosystem.
func (w *World) Roots() map[ecosystem.Ecosystem]string {
	return map[ecosystem.Ecosystem]string{
		ecosystem.NPM: w.base + "/npm", ecosystem.PyPI: w.base + "/pypi/simple", ecosystem.Golang: w.base + "/go",
	}
}

// Env are the variables that point figment at the World.
func (w *World) Env() []string {
	r := w.Roots()
	return []string{
		"FIGMENT_REGISTRY_NPM=" + r[ecosystem.NPM], "FIGMENT_REGISTRY_PYPI=" + r[ecosystem.PyPI],
		"FIGMENT_REGISTRY_GOLANG=" + r[ecosystem.Golang], "FIGMENT_REGISTRY_KIND=official",
	}
}

// Requests is the log: method and URI as sent.
func (w *World) Requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

// Asked lists the packages that were asked about, "npm:react", sorted, canaries
// included where they were.
func (w *World) Asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for p := range w.asked {
		out = append(out, string(p.Ecosystem)+":"+p.Name)
	}
	sort.Strings(out)
	return out
}

func (w *World) exists(p ecosystem.Package) (Profile, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.sorted[p.Ecosystem] {
		slices.Sort(w.names[p.Ecosystem])
		w.sorted[p.Ecosystem] = true
	}
	_, ok := slices.BinarySearch(w.names[p.Ecosystem], p.Name)
	return w.profiles[p], ok
}

func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	uri := r.RequestURI
	w.mu.Lock()
	w.log = append(w.log, r.Method+" "+uri)
	latency := w.latency
	w.mu.Unlock()
	if latency > 0 {
		time.Sleep(latency)
	}
	uri, _, _ = strings.Cut(uri, "?")
	switch {
	case strings.HasPrefix(uri, "/npm/"):
		w.npm(rw, r, strings.TrimPrefix(uri, "/npm/"))
	case strings.HasPrefix(uri, "/pypi/simple/"):
		w.pypi(rw, r, strings.Trim(strings.TrimPrefix(uri, "/pypi/simple/"), "/"), true)
	case strings.HasPrefix(uri, "/pypi/pypi/"):
		w.pypi(rw, r, strings.TrimSuffix(strings.TrimPrefix(uri, "/pypi/pypi/"), "/json"), false)
	case strings.HasPrefix(uri, "/go/"):
		w.golang(rw, r, strings.TrimPrefix(uri, "/go/"))
	default:
		http.NotFound(rw, r)
	}
}

// fault answers with the fault of the package, if it has one.
func (w *World) fault(rw http.ResponseWriter, r *http.Request, p ecosystem.Package) bool {
	w.mu.Lock()
	w.asked[p] = true
	kind, ok := w.faults[p]
	if !ok {
		kind, ok = w.faults[ecosystem.Package{Ecosystem: p.Ecosystem}]
	}
	w.mu.Unlock()
	if !ok {
		return false
	}
	switch kind {
	case "html":
		rw.Header().Set("Content-Type", "text/html")
		io.WriteString(rw, "<!doctype html><title>Sign in</title><p>Please sign in to the network.")
	case "truncated":
		rw.Header().Set("Content-Type", "application/json")
		io.WriteString(rw, `{"name":"`+p.Name+`","versions":{"1.0.0":{"na`)
	case "wrong-name":
		rw.Header().Set("Content-Type", "application/json")
		io.WriteString(rw, `{"name":"some-other-thing","version":"1.0.0","versions":["1.0.0"],"files":[]}`)
	case "empty":
		rw.WriteHeader(http.StatusOK)
	case "reset":
		BreakOff(rw, r)
	case "timeout":
		select {
		case <-r.Context().Done():
		case <-time.After(30 * time.Second):
		}
	case "429-retry-after":
		rw.Header().Set("Retry-After", "120")
		rw.WriteHeader(http.StatusTooManyRequests)
	default:
		var code int
		fmt.Sscan(kind, &code)
		if code < 400 {
			code = http.StatusInternalServerError
		}
		rw.WriteHeader(code)
	}
	return true
}

// spread is the list of versions of a package that says nothing else.
func spread() []string {
	var out []string
	for _, v := range []string{"0.0.1", "0.1.0", "0.2.0", "0.3.0", "0.5.0", "0.9.0"} {
		out = append(out, v)
	}
	for major := 1; major < 99; major++ {
		for minor := range 30 {
			out = append(out, fmt.Sprintf("%d.%d.0", major, minor))
		}
		out = append(out, fmt.Sprintf("%d.99.99", major))
	}
	return append(out, "99.0.0")
}

func (p *Profile) versions() []string {
	if len(p.Versions) > 0 {
		return p.Versions
	}
	return spread()
}

// has reports whether an exact version exists.
func (p *Profile) has(v string) bool {
	if len(p.Versions) > 0 {
		return slices.Contains(p.Versions, v)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(v, "v"), ".")
	return len(major) < 4 && strings.ContainsAny(v, "0123456789") && !strings.HasPrefix(major, "9999") && major != "999"
}

func (p *Profile) created() time.Time {
	if p.Created.IsZero() {
		return time.Date(2015, 3, 1, 12, 0, 0, 0, time.UTC)
	}
	return p.Created
}

func (p *Profile) latest() string {
	v := p.versions()
	return v[len(v)-1]
}

func writeJSON(rw http.ResponseWriter, contentType string, v any) {
	rw.Header().Set("Content-Type", contentType)
	json.NewEncoder(rw).Encode(v) // the client's loss if it fails
}

func (w *World) npm(rw http.ResponseWriter, r *http.Request, uri string) {
	name, rest, _ := strings.Cut(uri, "/")
	if strings.HasPrefix(name, "@") && !strings.Contains(strings.ToLower(name), "%2f") {
		scope := name
		name, rest, _ = strings.Cut(rest, "/")
		name = scope + "/" + name
	}
	name, err := url.PathUnescape(name)
	if err != nil {
		http.NotFound(rw, r)
		return
	}
	p := ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}
	if w.fault(rw, r, p) {
		return
	}
	profile, ok := w.exists(p)
	if !ok {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusNotFound)
		io.WriteString(rw, `{"error":"Not found"}`)
		return
	}
	doc := func(version string) map[string]any {
		d := map[string]any{"name": name, "version": version, "dist": map[string]any{"tarball": "https://registry.invalid/" + name}}
		if profile.Deprecated != "" {
			d["deprecated"] = profile.Deprecated
		}
		if profile.Status == "security-holder" {
			d["description"] = "security holding package"
			d["repository"] = map[string]any{"type": "git", "url": "npm/security-holder"}
		}
		return d
	}
	if profile.Status == "security-holder" {
		profile.Versions = []string{"0.0.1-security"}
	}
	switch {
	case profile.Status == "unpublished":
		if rest != "" {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		writeJSON(rw, "application/json", map[string]any{"name": name, "time": map[string]any{
			"created": profile.created(), "unpublished": map[string]any{"time": profile.created(), "versions": []string{"1.0.0"}}}})
	case rest == "latest":
		writeJSON(rw, "application/json", doc(profile.latest()))
	case rest != "":
		version, _ := url.PathUnescape(rest)
		if !profile.has(version) {
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusNotFound)
			fmt.Fprintf(rw, `"version not found: %s"`, "that")
			return
		}
		writeJSON(rw, "application/json", doc(version))
	default:
		versions, times := map[string]any{}, map[string]any{"created": profile.created(), "modified": profile.created().AddDate(1, 0, 0)}
		for i, v := range profile.versions() {
			versions[v] = doc(v)
			times[v] = profile.created().Add(time.Duration(i) * time.Hour)
		}
		writeJSON(rw, "application/json", map[string]any{"name": name, "dist-tags": map[string]string{"latest": profile.latest()}, "versions": versions, "time": times})
	}
}

func (w *World) pypi(rw http.ResponseWriter, r *http.Request, name string, simple bool) {
	p := ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: ecosystem.Normalize(ecosystem.PyPI, name)}
	if w.fault(rw, r, p) {
		return
	}
	profile, ok := w.exists(p)
	if !ok || !simple && (profile.Status == "quarantined" || profile.Status == "no-files") {
		http.NotFound(rw, r)
		return
	}
	if !simple {
		writeJSON(rw, "application/json", map[string]any{"info": map[string]any{"name": p.Name, "version": profile.latest()}, "urls": []any{}, "releases": map[string]any{profile.latest(): []any{}}})
		return
	}
	doc := map[string]any{"meta": map[string]any{"api-version": "1.4"}, "name": p.Name}
	files, versions := []any{}, []string{}
	if profile.Status == "quarantined" {
		doc["project-status"] = map[string]any{"status": "quarantined"}
	} else if profile.Status != "no-files" {
		versions = profile.versions()
		for i, v := range versions {
			files = append(files, map[string]any{
				"filename": p.Name + "-" + v + ".tar.gz", "url": "https://files.invalid/" + p.Name, "hashes": map[string]any{}, "size": 1000,
				"upload-time": profile.created().Add(time.Duration(i) * time.Hour), "yanked": slices.Contains(profile.Yanked, v),
			})
		}
	}
	doc["versions"], doc["files"] = versions, files
	writeJSON(rw, "application/vnd.pypi.simple.v1+json", doc)
}

func (w *World) golang(rw http.ResponseWriter, r *http.Request, uri string) {
	escaped, rest, ok := strings.Cut(uri, "/@")
	if !ok {
		http.NotFound(rw, r)
		return
	}
	name, err := module.UnescapePath(escaped)
	if err != nil {
		http.NotFound(rw, r)
		return
	}
	p := ecosystem.Package{Ecosystem: ecosystem.Golang, Name: name}
	if w.fault(rw, r, p) {
		return
	}
	profile, found := w.exists(p)
	missing := func() {
		w.mu.Lock()
		code := http.StatusNotFound
		if w.go403 {
			code = http.StatusForbidden
		}
		w.mu.Unlock()
		rw.WriteHeader(code)
		fmt.Fprintf(rw, "not found: %s: no matching versions", name)
	}
	if !found {
		missing()
		return
	}
	versions := profile.versions()
	latest := "v" + strings.TrimPrefix(versions[len(versions)-1], "v")
	info := func(v string) {
		writeJSON(rw, "application/json", map[string]any{"Version": v, "Time": profile.created()})
	}
	switch rest = strings.TrimPrefix(rest, "v/"); {
	case rest == "latest":
		info(latest)
	case rest == "list":
		rw.Header().Set("Content-Type", "text/plain")
		for _, v := range versions {
			fmt.Fprintln(rw, "v"+strings.TrimPrefix(v, "v"))
		}
	case strings.HasSuffix(rest, ".info"):
		v, err := module.UnescapeVersion(strings.TrimSuffix(rest, ".info"))
		if err != nil || !profile.has(strings.TrimPrefix(v, "v")) && !profile.has(v) {
			missing()
			return
		}
		info(v)
	case strings.HasSuffix(rest, ".mod"):
		fmt.Fprintf(rw, "module %s\n", name)
	default:
		missing()
	}
}
