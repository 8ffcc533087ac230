package main

import (
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
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/web"
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
// ecosystem/pypi/data/NOTICE.md. Only the central directory and METADATA of a
// wheel are read, by ranges. A distribution that could not be asked about fails
// the run, unless -allow-missing says how many may.
func importsCommand(args []string, log io.Writer) error {
	fs := flag.NewFlagSet("mknames imports", flag.ContinueOnError)
	fs.SetOutput(log)
	distsFile := fs.String("dists", "", "list of distributions, most popular first")
	out := fs.String("out", "", "directory to write to")
	index := fs.String("index", cmp.Or(os.Getenv("FIGMENT_REGISTRY_PYPI"), officialIndex()), "root of the simple index (PEP 691)")
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
	g, err := newGatherer(*index, roots, web.Clock{})
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
	client *web.Client
}

func newGatherer(index string, roots map[string]bool, clock web.Clock) (*gatherer, error) {
	u, err := url.Parse(strings.TrimSuffix(index, "/") + "/")
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the index is no http URL")
	}
	g := &gatherer{root: u, hosts: []string{u.Host}, roots: roots}
	if strings.TrimSuffix(index, "/") == officialIndex() {
		g.hosts = append(g.hosts, "files.pythonhosted.org")
	}
	g.client = web.New(web.Options{Clock: clock, Timeout: time.Minute, UserAgent: "figment-mknames"})
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

// get asks for a URL and has an answer with a wanted status read. Any other
// status is an error, except 404, for which found is false.
func (g *gatherer) get(ctx context.Context, u *url.URL, header http.Header, max int64, read func(*web.Response) error, want ...int) (found bool, err error) {
	_, err = g.client.Do(ctx, web.Request{
		URL: u.String(), Header: header, Max: max, Follow: true,
		May: func(to *url.URL) error {
			if !g.may(to) {
				return errors.New("redirected to a host that is not the index's")
			}
			return nil
		},
		Read: func(r *web.Response) error {
			switch {
			case slices.Contains(want, r.Status):
				found = true
				return read(r)
			case r.Status == http.StatusNotFound:
				found = false
				return nil
			}
			return web.Refused(r.Status)
		},
	})
	return found, err
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
	var data []byte
	accept := http.Header{"Accept": {"application/vnd.pypi.simple.v1+json"}}
	found, err := g.get(ctx, at, accept, maxIndexPage, func(r *web.Response) (err error) {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/vnd.pypi.simple.v1+json" {
			return errors.New("the index does not answer in JSON (PEP 691)")
		}
		data, err = r.All()
		if f := web.FaultOf(err); f != nil && f.Reason == web.ReasonTooLarge {
			return errors.New("its page is too large")
		}
		return err
	}, http.StatusOK)
	if err != nil {
		return err
	}
	if !found {
		d.state = "not on the index"
		return nil
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

// officialIndex is the root of PyPI's own index.
func officialIndex() string {
	return adapter.Drivers(all.Adapters()).OfficialRoot(ecosystem.PyPI)
}
