package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"figment/ecosystem"
	"figment/registry"
)

// What a foreign index and its wheels may cost.
const (
	maxDists      = 50_000
	maxIndexPage  = 64 << 20 // bytes of one project's page
	maxWheels     = 6        // of one version: one for each kind of platform
	maxWhole      = 16 << 20 // bytes of a wheel whose server knows no ranges
	maxFetched    = 16 << 20 // bytes read of one wheel
	maxRequests   = 48       // for one wheel
	maxFiles      = 200_000  // in one wheel
	maxMetadata   = 1 << 20
	maxDepth      = 4 // parts of a module's name below a namespace
	maxModules    = 2_000
	maxOthers     = 5
	tail          = 64 << 10 // of a wheel, read first: most directories fit
	block         = 32 << 10
	parallel      = 6
	vendoredBelow = 10 // times the rank: a copy of a module that is so much more popular elsewhere
)

// A dist is a distribution with what its newest wheels say of it.
type dist struct {
	name    string
	rank    int             // 1 is the most popular; 0: unranked
	modules map[string]bool // dotted module → it is a bare namespace
	needs   []string        // distributions that it always requires
	state   string          // "" for read; else why nothing was
	version string
}

// importsCommand is "mknames imports": it reads the newest wheels of the listed
// distributions and writes which modules they provide.
//
//	mknames imports -dists FILE -out DIR [-index ROOT] [-namespaces FILE]
//
// FILE has a name a line, with its rank behind a tab or by its order. Into DIR
// go python-modules.tsv, python-vendored.tsv (module, distribution that carries
// a copy, whose) and python-import-name-traps.tsv, in the columns of
// scanner/resolve/data/NOTICE.md. Only the central directory and METADATA of a
// wheel are read, by ranges. A distribution that could not be asked about fails
// the run, unless -allow-missing says how many may.
func importsCommand(args []string, log io.Writer) error {
	fs := flag.NewFlagSet("mknames imports", flag.ContinueOnError)
	fs.SetOutput(log)
	distsFile := fs.String("dists", "", "list of distributions, most popular first")
	out := fs.String("out", "", "directory to write to")
	index := fs.String("index", cmp.Or(os.Getenv("FIGMENT_REGISTRY_PYPI"), registry.OfficialRoot(ecosystem.PyPI)), "root of the simple index (PEP 691)")
	namespaces := fs.String("namespaces", "", "file of namespace roots, one a line, which are no modules")
	missing := fs.Int("allow-missing", 0, "how many distributions may be left out because they could not be read")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *distsFile == "" || *out == "" {
		return errors.New("-dists and -out are needed")
	}
	dists, err := readDists(*distsFile)
	if err != nil {
		return err
	}
	roots := map[string]bool{}
	if *namespaces != "" {
		data, err := os.ReadFile(*namespaces)
		if err != nil {
			return err
		}
		for _, line := range strings.Split(string(data), "\n") {
			if name, _, _ := strings.Cut(line, "\t"); name != "" {
				roots[name] = true
			}
		}
	}
	g, err := newGatherer(*index, roots)
	if err != nil {
		return err
	}
	failed := g.all(context.Background(), dists, log)
	if failed > *missing {
		return fmt.Errorf("%d distributions could not be read: nothing was written", failed)
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	for name, text := range tablesOf(dists, roots) {
		if err := os.WriteFile(filepath.Join(*out, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func readDists(file string) ([]*dist, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []*dist
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		name, rank, ranked := strings.Cut(lines.Text(), "\t")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		d := &dist{name: ecosystem.Normalize(ecosystem.PyPI, name), rank: len(out) + 1}
		if ecosystem.CheckName(ecosystem.PyPI, d.name).State == ecosystem.Invalid {
			return nil, fmt.Errorf("line %d: %q is no name of PyPI", n, name)
		}
		if ranked {
			if d.rank, err = strconv.Atoi(rank); err != nil || d.rank < 0 {
				return nil, fmt.Errorf("line %d: %q is no rank", n, rank)
			}
		}
		if !seen[d.name] {
			seen[d.name] = true
			out = append(out, d)
		}
		if len(out) > maxDists {
			return nil, fmt.Errorf("more than %d distributions", maxDists)
		}
	}
	return out, lines.Err()
}

// A gatherer asks one index and the hosts that may serve its files.
type gatherer struct {
	root   *url.URL
	hosts  []string
	roots  map[string]bool
	client *http.Client
	pause  time.Duration // before a second try
}

func newGatherer(index string, roots map[string]bool) (*gatherer, error) {
	u, err := url.Parse(strings.TrimSuffix(index, "/") + "/")
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the index is no http URL")
	}
	g := &gatherer{root: u, hosts: []string{u.Host}, roots: roots, pause: time.Second}
	if strings.TrimSuffix(index, "/") == registry.OfficialRoot(ecosystem.PyPI) {
		g.hosts = append(g.hosts, "files.pythonhosted.org")
	}
	g.client = &http.Client{
		Timeout: time.Minute,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 4 || !g.may(r.URL) {
				return errors.New("redirected to a host that is not the index's")
			}
			return nil
		},
	}
	return g, nil
}

// may reports whether a URL of the index's answers may be asked for.
func (g *gatherer) may(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == g.root.Scheme) && u.User == nil && slices.Contains(g.hosts, u.Host)
}

// all reads every distribution and gives the number of those that could not be
// read. One that the index does not have, or that has no wheel, is no failure.
func (g *gatherer) all(ctx context.Context, dists []*dist, log io.Writer) int {
	var mu sync.Mutex
	failed := 0
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, d := range dists {
		group.Go(func() error {
			err := g.read(ctx, d)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				failed++
				d.state, d.modules, d.needs = "could not be read", nil, nil
				fmt.Fprintf(log, "%s: %q\n", d.name, err.Error())
			case d.state != "":
				fmt.Fprintf(log, "%s: %s\n", d.name, d.state)
			}
			return nil
		})
	}
	group.Wait()
	return failed
}

// get asks for a URL, twice if need be. Any status but the wanted ones is an
// error, except 404, which is a nil response.
func (g *gatherer) get(ctx context.Context, u *url.URL, header map[string]string, want ...int) (*http.Response, error) {
	var last error
	for try := range 3 {
		if try > 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(g.pause << (try - 1)):
			}
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return nil, errors.New("a URL that cannot be asked for")
		}
		req.Header.Set("User-Agent", "figment-mknames")
		for k, v := range header {
			req.Header.Set(k, v)
		}
		resp, err := g.client.Do(req)
		if err != nil {
			var inner *url.Error
			if errors.As(err, &inner) {
				err = inner.Err
			}
			last = err
			continue
		}
		switch {
		case slices.Contains(want, resp.StatusCode):
			return resp, nil
		case resp.StatusCode == http.StatusNotFound:
			resp.Body.Close()
			return nil, nil
		}
		resp.Body.Close()
		last = fmt.Errorf("answered %d", resp.StatusCode)
		if resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
			break
		}
	}
	return nil, last
}

// A page is a project of the simple index as JSON (PEP 691).
type page struct {
	Files []struct {
		Filename string          `json:"filename"`
		URL      string          `json:"url"`
		Yanked   json.RawMessage `json:"yanked"`
	} `json:"files"`
}

// read fills in what the newest wheels of d say.
func (g *gatherer) read(ctx context.Context, d *dist) error {
	at := g.root.JoinPath(d.name + "/")
	resp, err := g.get(ctx, at, map[string]string{"Accept": "application/vnd.pypi.simple.v1+json"}, http.StatusOK)
	if err != nil {
		return err
	}
	if resp == nil {
		d.state = "not on the index"
		return nil
	}
	defer resp.Body.Close()
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "application/vnd.pypi.simple.v1+json" {
		return errors.New("the index does not answer in JSON (PEP 691)")
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxIndexPage+1))
	if err != nil {
		return err
	}
	if len(data) > maxIndexPage {
		return errors.New("its page is too large")
	}
	var p page
	if err := json.Unmarshal(data, &p); err != nil {
		return errors.New("its page is no JSON of a project")
	}
	wheels := newest(d, &p)
	if len(wheels) == 0 {
		d.state = "has no wheel"
		return nil
	}
	d.modules = map[string]bool{}
	needs := map[string]bool{}
	for _, w := range wheels {
		ref, err := url.Parse(w.url)
		if err != nil {
			return errors.New("a file's URL cannot be read")
		}
		u := at.ResolveReference(ref)
		u.Fragment = ""
		if !g.may(u) {
			return errors.New("a file lies on a host that is not the index's")
		}
		info, err := g.wheel(ctx, u, d.name)
		if err != nil {
			return fmt.Errorf("%s: %w", w.file, err)
		}
		for m, bare := range info.modules {
			if old, ok := d.modules[m]; !ok || old {
				d.modules[m] = bare
			}
		}
		for _, n := range info.needs {
			needs[n] = true
		}
	}
	if len(d.modules) > maxModules {
		return fmt.Errorf("it has more than %d modules", maxModules)
	}
	for n := range needs {
		d.needs = append(d.needs, n)
	}
	slices.Sort(d.needs)
	return nil
}

type wheelFile struct{ file, url, version, tags string }

// newest picks the wheels of the newest version that has any: a release before
// what is not one yet, and one wheel for each kind of platform.
func newest(d *dist, p *page) []wheelFile {
	var all []wheelFile
	for _, f := range p.Files {
		stem, ok := strings.CutSuffix(f.Filename, ".whl")
		parts := strings.Split(stem, "-")
		if !ok || len(parts) < 5 || len(parts) > 6 || ecosystem.Normalize(ecosystem.PyPI, parts[0]) != d.name {
			continue
		}
		if y := bytes.TrimSpace(f.Yanked); len(y) > 0 && string(y) != "false" && string(y) != "null" {
			continue
		}
		if _, ok := parseVersion(parts[1]); ok {
			all = append(all, wheelFile{f.Filename, f.URL, parts[1], strings.Join(parts[len(parts)-3:], "-")})
		}
	}
	if len(all) == 0 {
		return nil
	}
	// Newest version first, then the newest Python, then the name.
	slices.SortFunc(all, func(a, b wheelFile) int {
		x, _ := parseVersion(a.version)
		y, _ := parseVersion(b.version)
		return cmp.Or(y.compare(x), cmp.Compare(pythonOf(b.tags), pythonOf(a.tags)), cmp.Compare(a.file, b.file))
	})
	top, _ := parseVersion(all[0].version)
	var out []wheelFile
	seen := map[string]bool{}
	for _, w := range all {
		v, _ := parseVersion(w.version)
		if v.compare(top) != 0 {
			break
		}
		if kind := platform(w.tags); !seen[kind] && len(out) < maxWheels {
			seen[kind] = true
			out = append(out, w)
		}
	}
	d.version = all[0].version
	return out
}

// platform is the kind of platform of a wheel's tags.
func platform(tags string) string {
	p := tags[strings.LastIndexByte(tags, '-')+1:]
	for _, kind := range []string{"any", "manylinux", "musllinux", "linux", "macosx", "win"} {
		if strings.HasPrefix(p, kind) {
			return kind
		}
	}
	return "other"
}

// pythonOf is the number of a wheel's first Python tag: "cp312" is 312.
func pythonOf(tags string) int {
	n := 0
	first, _, _ := strings.Cut(tags, "-")
	first, _, _ = strings.Cut(first, ".")
	for _, c := range first {
		if c >= '0' && c <= '9' && n < 1e6 {
			n = n*10 + int(c-'0')
		}
	}
	if n < 10 { // py3
		n *= 100
	} else if n < 100 { // cp39
		n = n/10*100 + n%10
	}
	return n
}

// A version orders releases as PEP 440 does, as far as picking the newest needs:
// anything before a release counts as older than every release.
type version struct {
	final        bool
	epoch        int
	release      []int
	pre, n, post int
}

var versionShape = regexp.MustCompile(`^v?(?:(\d{1,6})!)?(\d{1,15}(?:\.\d{1,15}){0,15})(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d{0,9}))?(?:-(\d{1,9})|[-_.]?(?:post|rev|r)[-_.]?(\d{0,9}))?([-_.]?dev[-_.]?\d{0,9})?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$`)

func parseVersion(text string) (version, bool) {
	m := versionShape.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return version{}, false
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	v := version{final: m[3] == "" && m[7] == "", epoch: number(m[1]), n: number(m[4])}
	for _, part := range strings.Split(m[2], ".") {
		v.release = append(v.release, number(part))
	}
	for len(v.release) > 1 && v.release[len(v.release)-1] == 0 {
		v.release = v.release[:len(v.release)-1]
	}
	switch m[3] {
	case "a", "alpha":
		v.pre = 1
	case "b", "beta":
		v.pre = 2
	case "":
		v.pre = 4
		if m[7] != "" {
			v.pre = 0 // x.dev comes before x.a
		}
	default:
		v.pre = 3
	}
	if m[5] != "" || m[6] != "" {
		v.post = number(m[5]+m[6]) + 1
	}
	return v, true
}

func (v version) compare(w version) int {
	if v.final != w.final {
		if v.final {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(v.epoch, w.epoch), slices.Compare(v.release, w.release), cmp.Compare(v.pre, w.pre), cmp.Compare(v.n, w.n), cmp.Compare(v.post, w.post))
}

// wheelInfo is what one wheel says.
type wheelInfo struct {
	modules map[string]bool // as of dist
	needs   []string
}

// wheel reads the directory and METADATA of a wheel of distribution own by
// ranges.
func (g *gatherer) wheel(ctx context.Context, u *url.URL, own string) (wheelInfo, error) {
	r := &ranged{ctx: ctx, g: g, url: u}
	if err := r.open(); err != nil {
		return wheelInfo{}, err
	}
	info, err := readWheel(r, r.size, own, g.roots)
	if r.err != nil { // what a reader makes of a failed range says less
		return wheelInfo{}, r.err
	}
	return info, err
}

// readWheel reads a wheel of distribution own: a zip file (PEP 427).
func readWheel(r io.ReaderAt, size int64, own string, roots map[string]bool) (wheelInfo, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return wheelInfo{}, errors.New("it is no zip file")
	}
	if len(z.File) > maxFiles {
		return wheelInfo{}, errors.New("it has too many files")
	}
	paths := make([]string, 0, len(z.File))
	var info wheelInfo
	var named, spaces []string
	for _, f := range z.File {
		paths = append(paths, f.Name)
		dir, base := path.Split(f.Name)
		if base != "METADATA" || strings.Count(dir, "/") != 1 || !strings.HasSuffix(dir, ".dist-info/") || named != nil || info.needs != nil {
			continue
		}
		rc, err := f.Open()
		if err != nil {
			return wheelInfo{}, errors.New("its METADATA cannot be read")
		}
		text, err := io.ReadAll(io.LimitReader(rc, maxMetadata))
		rc.Close()
		if err != nil {
			return wheelInfo{}, errors.New("its METADATA cannot be read")
		}
		named, spaces, info.needs = metadata(string(text))
	}
	if named != nil { // PEP 794: the author's own list
		info.modules = map[string]bool{}
		for _, m := range named {
			if m != "" {
				info.modules[m] = false
			}
		}
	} else {
		info.modules = modulesOf(paths, own, roots)
	}
	for _, n := range spaces {
		if _, ok := info.modules[n]; ok {
			info.modules[n] = true
		}
	}
	return info, nil
}

// metadata reads the headers of core metadata 2.5: Import-Name (nil: there is
// none), Import-Namespace and what is always required.
func metadata(text string) (names, spaces, needs []string) {
	seen := map[string]bool{}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			break // the description follows
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || key == "" || key[0] == ' ' || key[0] == '\t' {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(key) {
		case "import-name":
			name, private, _ := strings.Cut(value, ";")
			if name = strings.TrimSpace(name); strings.TrimSpace(private) == "private" {
				name = ""
			}
			if name == "" || dotted(name) {
				names = append(names, name)
			}
		case "import-namespace":
			name, _, _ := strings.Cut(value, ";")
			if name = strings.TrimSpace(name); dotted(name) {
				spaces = append(spaces, name)
			}
		case "requires-dist":
			req, marker, _ := strings.Cut(value, ";")
			end := strings.IndexFunc(req, func(c rune) bool { return !strings.ContainsRune("-_.", c) && !letter(c) })
			if end >= 0 {
				req = req[:end]
			}
			name := ecosystem.Normalize(ecosystem.PyPI, req)
			if name != "" && !strings.Contains(marker, "extra") && !seen[name] {
				seen[name] = true
				needs = append(needs, name)
			}
		}
	}
	return names, spaces, needs
}

func letter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// identifier reports whether a part of a path can be a part of a module's name.
func identifier(s string) bool {
	if s == "" || len(s) > 100 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool { return c != '_' && !letter(c) })
}

func dotted(s string) bool {
	return len(s) <= 300 && !slices.ContainsFunc(strings.Split(s, "."), func(p string) bool { return !identifier(p) })
}

// dropped are top levels that many wheels carry by mistake: nobody means them,
// unless the distribution is called so.
var dropped = []string{
	"__pycache__", "benchmark", "benchmarks", "build", "conftest", "dist", "doc", "docs", "example", "examples",
	"sample", "samples", "script", "scripts", "setup", "test", "tests", "util", "utils",
}

// A folder of a wheel.
type folder struct {
	init bool // has __init__
	code bool // something below is a module
	subs map[string]*folder
	mods map[string]bool // modules in it
}

// modulesOf are the modules that a wheel's files make: top levels, and below
// folders without __init__ (PEP 420) and known namespaces their parts. The
// value says that it is a bare folder. own is the distribution's name.
func modulesOf(paths []string, own string, roots map[string]bool) map[string]bool {
	top := &folder{subs: map[string]*folder{}}
	for _, p := range paths {
		parts := strings.Split(p, "/")
		if len(parts) > 2 && strings.HasSuffix(parts[0], ".data") && (parts[1] == "purelib" || parts[1] == "platlib") {
			parts = parts[2:]
		}
		if strings.HasSuffix(parts[0], ".dist-info") || strings.HasSuffix(parts[0], ".data") || len(parts) > 32 {
			continue
		}
		mod, ok := moduleFile(parts[len(parts)-1])
		if !ok || slices.ContainsFunc(parts[:len(parts)-1], func(s string) bool { return !identifier(s) }) {
			continue
		}
		at := top
		for _, s := range parts[:min(len(parts)-1, maxDepth+1)] {
			next := at.subs[s]
			if next == nil {
				next = &folder{subs: map[string]*folder{}, mods: map[string]bool{}}
				at.subs[s] = next
			}
			at = next
			at.code = true
		}
		switch {
		case len(parts)-1 > maxDepth+1:
		case mod == "__init__":
			at.init = true
		case at == top:
			if top.mods == nil {
				top.mods = map[string]bool{}
			}
			top.mods[mod] = true
		default:
			at.mods[mod] = true
		}
	}
	out := map[string]bool{}
	drop := func(name string) bool {
		return slices.Contains(dropped, name) && ecosystem.Normalize(ecosystem.PyPI, name) != own
	}
	var walk func(f *folder, prefix string, depth int)
	walk = func(f *folder, prefix string, depth int) {
		for m := range f.mods {
			if prefix != "" || !drop(m) {
				out[prefix+m] = false
			}
		}
		for name, sub := range f.subs {
			if !sub.code || prefix == "" && drop(name) {
				continue
			}
			full := prefix + name
			bare := !sub.init || roots[full]
			out[full] = bare
			if bare && depth < maxDepth {
				walk(sub, full+".", depth+1)
			}
		}
	}
	walk(top, "", 1)
	delete(out, "__init__")
	return out
}

// moduleFile is the module that a file is: "a" of "a.py" and of
// "a.cpython-312-x86_64-linux-gnu.so".
func moduleFile(base string) (string, bool) {
	stem, _, _ := strings.Cut(base, ".")
	switch path.Ext(base) {
	case ".py":
		return stem, identifier(stem) && base == stem+".py"
	case ".so", ".pyd":
		return stem, identifier(stem)
	}
	return "", false
}

// ranged reads a remote file by ranges and keeps what it read.
type ranged struct {
	ctx   context.Context
	g     *gatherer
	url   *url.URL
	size  int64
	parts []part
	spent int64
	asked int
	err   error // the first failure of the network
}

type part struct {
	off  int64
	data []byte
}

// open reads the end of the file, or all of it where the server knows no
// ranges.
func (r *ranged) open() error {
	resp, err := r.ask(fmt.Sprintf("bytes=-%d", tail))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		data, err := io.ReadAll(io.LimitReader(resp.Body, maxWhole+1))
		if err != nil {
			return err
		}
		if len(data) > maxWhole {
			return errors.New("its server knows no ranges, and it is too large to be read whole")
		}
		r.size, r.parts = int64(len(data)), []part{{0, data}}
		return nil
	}
	from, to, size, ok := contentRange(resp.Header.Get("Content-Range"))
	if !ok || to-from >= tail || to != size-1 {
		return errors.New("its server answered another range")
	}
	data, err := r.body(resp, to-from+1)
	if err != nil {
		return err
	}
	r.size, r.parts = size, []part{{from, data}}
	return nil
}

func (r *ranged) ask(spec string) (*http.Response, error) {
	if r.asked++; r.asked > maxRequests {
		return nil, errors.New("it takes too many requests")
	}
	resp, err := r.g.get(r.ctx, r.url, map[string]string{"Range": spec, "Accept-Encoding": "identity"}, http.StatusPartialContent, http.StatusOK)
	if err == nil && resp == nil {
		err = errors.New("it is gone")
	}
	return resp, err
}

func (r *ranged) body(resp *http.Response, n int64) ([]byte, error) {
	if r.spent += n; r.spent > maxFetched {
		return nil, errors.New("too much of it would have to be read")
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(resp.Body, data); err != nil {
		return nil, errors.New("its server cut the answer short")
	}
	return data, nil
}

// ReadAt implements io.ReaderAt.
func (r *ranged) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > r.size {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && off+int64(n) < r.size {
		at := off + int64(n)
		i := slices.IndexFunc(r.parts, func(q part) bool { return q.off <= at && at < q.off+int64(len(q.data)) })
		if i < 0 {
			if err := r.fetch(at, int64(len(p)-n)); err != nil {
				r.err = cmp.Or(r.err, err)
				return n, err
			}
			i = len(r.parts) - 1
		}
		n += copy(p[n:], r.parts[i].data[at-r.parts[i].off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// fetch reads at least a block from offset at, up to what is known behind it.
func (r *ranged) fetch(at, want int64) error {
	end := min(at+max(want, block), r.size)
	for _, q := range r.parts {
		if q.off > at {
			end = min(end, q.off)
		}
	}
	resp, err := r.ask(fmt.Sprintf("bytes=%d-%d", at, end-1))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	from, to, size, ok := contentRange(resp.Header.Get("Content-Range"))
	if resp.StatusCode != http.StatusPartialContent || !ok || from != at || to != end-1 || size != r.size {
		return errors.New("its server answered another range")
	}
	data, err := r.body(resp, end-at)
	if err != nil {
		return err
	}
	r.parts = append(r.parts, part{at, data})
	return nil
}

// contentRange reads "bytes 5-9/100" (RFC 9110, 14.4).
func contentRange(text string) (from, to, size int64, ok bool) {
	rest, ok := strings.CutPrefix(text, "bytes ")
	if !ok {
		return 0, 0, 0, false
	}
	span, total, ok1 := strings.Cut(rest, "/")
	a, b, ok2 := strings.Cut(span, "-")
	from, err1 := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	size, err3 := strconv.ParseInt(total, 10, 64)
	ok = ok1 && ok2 && err1 == nil && err2 == nil && err3 == nil && 0 <= from && from <= to && to < size
	return from, to, size, ok
}

// tablesOf makes the files of what was read, sorted by bytes.
func tablesOf(dists []*dist, roots map[string]bool) map[string]string {
	byName := map[string]*dist{}
	owners := map[string][]*dist{}
	bare := map[string]int{} // how many have it as a bare folder
	for _, d := range dists {
		byName[d.name] = d
		for m, b := range d.modules {
			owners[m] = append(owners[m], d)
			if b {
				bare[m]++
			}
		}
	}
	// A folder without code of its own is a namespace when several share it.
	// Else it is its owner's module, and what lies below needs no rows.
	namespace := func(m string) bool { return roots[m] || bare[m] > 0 && len(owners[m]) > 1 }
	modules := make([]string, 0, len(owners))
	for m := range owners {
		modules = append(modules, m)
	}
	slices.Sort(modules)
	var rows, vendored, traps strings.Builder
	for _, m := range modules {
		if namespace(m) {
			continue
		}
		if i := strings.LastIndexByte(m, '.'); i >= 0 && !namespace(m[:i]) && owners[m[:i]] != nil {
			continue
		}
		same := ecosystem.Normalize(ecosystem.PyPI, m)
		list := owners[m]
		slices.SortFunc(list, func(a, b *dist) int {
			return cmp.Or(cmp.Compare(order(a), order(b)), -cmp.Compare(yes(a.name == same), yes(b.name == same)), cmp.Compare(a.name, b.name))
		})
		best := list[0]
		var others []string
		for _, d := range list[1:] {
			if d.name != same && best.rank > 0 && order(d) >= vendoredBelow*best.rank {
				fmt.Fprintf(&vendored, "%s\t%s\t%s\n", m, d.name, best.name)
			} else if len(others) < maxOthers {
				others = append(others, d.name)
			}
		}
		fmt.Fprintf(&rows, "%s\t%s\t%s\tA\t%s\n", m, best.name, rankText(best), strings.Join(others, ";"))
		if x := byName[same]; x != nil && x != best && x.state == "" && !strings.Contains(m, ".") {
			provides, kind := "no", "other"
			if _, ok := x.modules[m]; ok {
				provides, kind = "yes", "twin"
			}
			if slices.Contains(x.needs, best.name) {
				kind = "alias"
			}
			fmt.Fprintf(&traps, "%s\t%s\t%s\t%s\t%s\t%s\t%s\tmetadata\n", m, best.name, rankText(best), x.name, rankText(x), provides, kind)
		}
	}
	return map[string]string{
		"python-modules.tsv":           rows.String(),
		"python-vendored.tsv":          vendored.String(),
		"python-import-name-traps.tsv": traps.String(),
	}
}

// order puts what is unranked last.
func order(d *dist) int {
	if d.rank == 0 {
		return 1 << 30
	}
	return d.rank
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rankText(d *dist) string {
	if d.rank == 0 {
		return ""
	}
	return strconv.Itoa(d.rank)
}
