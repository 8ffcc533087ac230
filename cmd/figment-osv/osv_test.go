//go:build osv

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/osv-scanner/v2/pkg/osvscanner"
	"github.com/rogpeppe/go-internal/txtar"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/internal/deep"
	"figment/scanner/extract"
	"figment/scanner/source"
)

// TestMain lets the test binary be figment-osv, under that name. There is no way
// out of here: proxies lead to a closed port.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		os.Setenv(name, "http://127.0.0.1:1")
	}
	if strings.HasPrefix(filepath.Base(os.Args[0]), deep.Program) && !strings.Contains(os.Args[0], ".test") {
		main()
		return
	}
	os.Exit(m.Run())
}

// write puts the files of an archive below dir.
func write(t *testing.T, a *txtar.Archive, dir string) {
	t.Helper()
	for _, f := range a.Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, file string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, read(t, "testdata/project.txtar"), dir)
	return dir
}

// database makes the archives of the advisories, in one of the layouts; more
// are further records by "ecosystem/name".
func database(t *testing.T, layout string, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	records := map[string]map[string][]byte{}
	put := func(name string, data []byte) {
		eco, file := path.Split(name)
		eco = strings.TrimSuffix(eco, "/")
		if records[eco] == nil {
			records[eco] = map[string][]byte{}
		}
		records[eco][file] = data
	}
	for _, f := range read(t, "testdata/advisories.txtar").Files {
		put(f.Name, f.Data)
	}
	for name, data := range more {
		put(name, []byte(data))
	}
	for eco, files := range records {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, data := range files {
			part, err := w.Create(name)
			if err == nil {
				_, err = part.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, layout, eco, "all.zip")
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// answerTo runs the program in this process.
func answerTo(t *testing.T, q deep.Request) deep.Answer {
	t.Helper()
	var in, out, log bytes.Buffer
	if err := deep.WriteRequest(&in, q); err != nil {
		t.Fatal(err)
	}
	if code := Main(nil, &in, &out, &log); code != 0 {
		t.Fatalf("exit %d: %s", code, log.String())
	}
	a, err := deep.ReadAnswer(&out)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// lines writes an answer down, a line a fact.
func lines(a deep.Answer, dir string) []string {
	var out []string
	rel := func(p string) string { return strings.TrimPrefix(p, filepath.ToSlash(dir)+"/") }
	for _, p := range a.Packages {
		line := fmt.Sprintf("%s %s:%s@%s", rel(p.Path), p.Ecosystem, p.Name, p.Version)
		for _, v := range p.Advisories {
			line += fmt.Sprintf(" [%s %s %.1f fixed=%s mal=%v every=%v]", v.ID, v.Severity, v.Score, strings.Join(v.Fixed, ","), v.Malicious, v.EveryVersion)
		}
		out = append(out, line)
	}
	for _, n := range a.NotCovered {
		out = append(out, fmt.Sprintf("not covered: %s %s:%s@%s %s", rel(n.Path), n.Ecosystem, n.Name, n.Version, n.Why))
	}
	for _, d := range a.Databases {
		out = append(out, fmt.Sprintf("database: %s %d %d %d", d.Ecosystem, d.Records, d.Lenient, d.Unread))
	}
	return out
}

var offlineWant = []string{
	"go/go.mod golang:example.org/fixture/delta@1.4.0 [GO-2026-0001  0.0 fixed=1.5.0 mal=false every=false]",
	"go/go.mod golang:example.org/fixture/epsilon/v2@2.0.1",
	"php/composer.lock composer:fixture/iota@5.0.0 [GHSA-fix5-fix5-fix5  0.0 fixed= mal=false every=false]",
	"py/poetry.lock pypi:fixture-gamma@0.9.1 [PYSEC-2026-1  0.0 fixed=0.9.2 mal=false every=false]",
	"py/poetry.lock pypi:fixture-plain@1.0",
	"py/requirements.txt pypi:fixture-pinned@1.5 [PYSEC-2026-2  0.0 fixed= mal=false every=false]",
	"ruby/Gemfile.lock gem:fixture-eta@4.0.0 [GHSA-fix4-fix4-fix4  0.0 fixed= mal=false every=false]",
	"ruby/Gemfile.lock gem:fixture-theta@1.1.0",
	"rust/Cargo.lock cargo:fixture-zeta@0.3.0 [RUSTSEC-2026-0001 low 1.8 fixed=0.3.1 mal=false every=false]",
	"rust/Cargo.lock cargo:self@0.1.0",
	"web/package-lock.json npm:@fixture/beta@2.0.0 [MAL-2026-1  0.0 fixed= mal=true every=false]",
	"web/package-lock.json npm:fixture-alpha@1.2.3 [GHSA-fix1-fix1-fix1 critical 9.8 fixed=1.2.4 mal=false every=false] [MAL-2026-2  0.0 fixed= mal=true every=true]",
	"web/package-lock.json npm:fixture-clean@3.1.4",
	"not covered: php/composer.lock composer:fixture/kappa@6.0.0 commit",
	"not covered: py/requirements.txt pypi:fixture-bare@ no-version",
	"not covered: py/requirements.txt pypi:fixture-range@1.0 range",
	"database: Go 1 0 0",
	"database: Packagist 1 0 0",
	"database: PyPI 3 0 0",
	"database: RubyGems 1 0 0",
	"database: crates.io 1 0 0",
	"database: npm 5 0 0",
}

// TestOffline scans a project with lock files of six ecosystems against a local
// database, in each layout, without any network.
func TestOffline(t *testing.T) {
	dir := project(t)
	for _, layout := range []string{"osv-scanner", "osv-scalibr", ""} {
		db := database(t, layout, nil)
		a := answerTo(t, deep.Request{Paths: []string{dir}, Recursive: true, Mode: deep.Offline, LocalDB: db})
		if diff := cmp.Diff(offlineWant, lines(a, dir)); diff != "" {
			t.Errorf("layout %q (-want +got):\n%s", layout, diff)
		}
		if a.Complete || len(a.Problems) != 3 {
			t.Errorf("problems: %+v", a.Problems)
		}
		for _, p := range []struct{ path, text string }{{"", "missing-requirements.txt"}, {"", "Skipping fixture/kappa: short commit hash"}, {dir + "/broken/package-lock.json", "javascript/packagelockjson"}} {
			if !slices.ContainsFunc(a.Problems, func(g deep.Problem) bool { return g.Path == p.path && strings.Contains(g.Text, p.text) }) {
				t.Errorf("no problem %q %q: %+v", p.path, p.text, a.Problems)
			}
		}
		for _, f := range walk(t, db) {
			if path.Base(f) != "all.zip" {
				t.Errorf("the database has been written to: %s", f)
			}
		}
	}
}

func walk(t *testing.T, dir string) []string {
	var out []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, filepath.ToSlash(p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPaths: files and directories as given, in the request's own spelling,
// without what lies beside them.
func TestPaths(t *testing.T) {
	dir := project(t)
	t.Chdir(dir)
	paths := func(q deep.Request) []string {
		t.Helper()
		var out []string
		for _, n := range answerTo(t, q).NotCovered {
			if !slices.Contains(out, n.Path) {
				out = append(out, n.Path)
			}
		}
		return out
	}
	for _, c := range []struct {
		q    deep.Request
		want []string
	}{
		{deep.Request{Paths: []string{"go"}}, []string{"go/go.mod"}},
		{deep.Request{Paths: []string{"./rust/Cargo.lock", filepath.Join(dir, "php")}}, []string{filepath.ToSlash(dir) + "/php/composer.lock", "rust/Cargo.lock"}},
		{deep.Request{Paths: []string{"."}}, nil},
		{deep.Request{Paths: []string{"."}, Recursive: true, SkipDirs: []string{"web", "py", "broken", "go"}}, []string{"php/composer.lock", "ruby/Gemfile.lock", "rust/Cargo.lock"}},
	} {
		if diff := cmp.Diff(c.want, paths(c.q)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.q, diff)
		}
	}
	a := answerTo(t, deep.Request{Paths: []string{"nowhere"}})
	if !a.Empty || a.Complete || len(a.Problems) != 1 || a.Problems[0].Path != "nowhere" {
		t.Errorf("a path that is not there: %+v", a)
	}
}

// Guard 1: with CompareOffline alone osv-scanner switches its matcher off and
// reports success; we set both, and would hear of it.
func TestGuardOfflineTakesTwo(t *testing.T) {
	dir := project(t)
	r := &run{q: deep.Request{Mode: deep.Offline, Recursive: true}, tmp: t.TempDir(), roots: []root{{dir, dir}}, client: &http.Client{Transport: &transport{refuse: true}}}
	r.log = &collector{log: io.Discard, place: r.place}
	r.log.install()
	a, err := r.actions(osvscanner.ScannerActions{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if !a.CompareOffline || !a.PluginNetworkDisabled {
		t.Error("not both")
	}
	o := r.overlayFor(t, database(t, "osv-scanner", nil))
	a.LocalDBPath = o
	if _, err := osvscanner.DoScan(a); !errors.Is(err, osvscanner.ErrVulnerabilitiesFound) {
		t.Errorf("with both: %v", err)
	}
	before := r.log.all()
	a.PluginNetworkDisabled = false
	found, err := osvscanner.DoScan(a)
	if err != nil {
		t.Fatalf("with the first alone: %v", err)
	}
	for _, s := range found.Results {
		for _, p := range s.Packages {
			if len(p.Vulnerabilities) > 0 {
				t.Error("the defect is gone: the guard can go")
			}
		}
	}
	// Guard 3: what only the log says is a problem.
	if !slices.ContainsFunc(r.log.all()[len(before):], func(p deep.Problem) bool { return strings.Contains(p.Text, "Disabling plugin") }) {
		t.Errorf("nothing was heard of it: %+v", r.log.all())
	}
}

func (r *run) overlayFor(t *testing.T, db string) string {
	t.Helper()
	r.q.LocalDB = db
	o := r.overlay(map[string]bool{"npm": true, "PyPI": true, "Go": true, "crates.io": true, "RubyGems": true, "Packagist": true, "GIT": false})
	if len(o.usable) != 6 {
		t.Fatalf("databases: %+v, %+v", o, r.log.all())
	}
	return o.dir
}

// Guard 2: that something was found is no error, that there are no packages is a
// state of its own, and a failing service makes the answer incomplete.
func TestGuardErrors(t *testing.T) {
	r := &run{log: &collector{log: io.Discard}}
	other := errors.New("other")
	for _, c := range []struct{ in, want error }{
		{nil, nil},
		{osvscanner.ErrVulnerabilitiesFound, nil},
		{fmt.Errorf("x: %w", osvscanner.ErrAPIFailed), nil},
		{osvscanner.ErrNoPackagesFound, osvscanner.ErrNoPackagesFound},
		{other, other},
	} {
		if got := r.judge(c.in); !errors.Is(got, c.want) {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
	if p := r.log.all(); len(p) != 1 || !strings.Contains(p[0].Text, "API query failed") {
		t.Errorf("problems: %+v", p)
	}
	for _, m := range []deep.Mode{deep.Inventory, deep.Offline} {
		a := answerTo(t, deep.Request{Paths: []string{t.TempDir()}, Recursive: true, Mode: m})
		if !a.Empty || !a.Complete {
			t.Errorf("an empty directory, %q: %+v", m, a)
		}
	}
}

// Guard 3: what is logged as skipped or disabled, at any level, becomes a
// problem, and so does every warning; other news does not.
func TestGuardLog(t *testing.T) {
	dir := project(t)
	r := &run{roots: []root{{"p", dir}}}
	var log bytes.Buffer
	c := &collector{log: &log, place: r.place}
	c.install()
	l := scalibrLog{c}
	l.Infof("Loaded %s local db", "npm")
	l.Infof("Skipping package %s", "x")
	l.Warnf("Disabling plugin %q: %v", "vulnmatch/osvlocal", "needs \x1b[31m")
	l.Errorf("Error during extraction: (extracting as %s) %s: bad", "javascript/packagelockjson", strings.TrimPrefix(filepath.ToSlash(dir), "/")+"/web/package-lock.json")
	l.Error("Error during extraction: (extracting as many) \n\tetc/passwd: x\n\tweb: y")
	want := []deep.Problem{
		{Text: "osv-scanner: Skipping package x"},
		{Text: `osv-scanner: Disabling plugin "vulnmatch/osvlocal": needs ?[31m`},
		{Path: "p/web/package-lock.json", Text: "osv-scanner, javascript/packagelockjson: bad"},
		{Text: "osv-scanner, many: etc/passwd: x"},
		{Text: "osv-scanner, many: web: y"},
	}
	if diff := cmp.Diff(want, c.all()); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(log.String(), "\x1b") || !strings.Contains(log.String(), "Loaded npm") {
		t.Errorf("log: %q", log.String())
	}
	for i := range maxProblems + 10 {
		l.Warnf("%d", i)
	}
	if p := c.all(); len(p) != maxProblems+1 || !strings.Contains(p[maxProblems].Text, "15 more") {
		t.Errorf("%d problems, last %+v", len(p), p[len(p)-1])
	}
}

// Guard 4 is in TestOffline: "fixture-bare" is not covered, nor is the lower end
// of a range taken for what is installed. Here: nothing of an inventory reads as
// matched, nor a package without a usable database.
func TestGuardNotCovered(t *testing.T) {
	dir := project(t)
	a := answerTo(t, deep.Request{Paths: []string{dir}, Recursive: true})
	if len(a.Packages) != 0 || len(a.NotCovered) != 16 {
		t.Errorf("inventory: %d packages, %d not covered", len(a.Packages), len(a.NotCovered))
	}
	db := database(t, "osv-scanner", nil)
	if err := os.RemoveAll(filepath.Join(db, "osv-scanner", "RubyGems")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(db, "osv-scanner", "Go", "all.zip"), []byte("PK no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	a = answerTo(t, deep.Request{Paths: []string{dir}, Recursive: true, Mode: deep.Offline, LocalDB: db})
	var want []string
	for _, l := range offlineWant {
		switch {
		case strings.HasPrefix(l, "database: Go"), strings.HasPrefix(l, "database: Ruby"):
		case strings.HasPrefix(l, "go/"), strings.HasPrefix(l, "ruby/"):
			name, _, _ := strings.Cut(l, " [")
			want = append(want, "not covered: "+name+" no-database")
		default:
			want = append(want, l)
		}
	}
	got := lines(a, dir)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{"no local advisory database of RubyGems", "the advisory database of Go cannot be read"} {
		if !slices.Contains(a.Problems, deep.Problem{Text: text}) {
			t.Errorf("no problem %q: %+v", text, a.Problems)
		}
	}
	if a.Complete {
		t.Error("complete")
	}
}

// Guard 5: a record with a member or a value that osv-scanner does not know
// would be dropped there in silence. It is read without them; what cannot be
// read at all is counted and named.
func TestGuardStrictRecords(t *testing.T) {
	dir := project(t)
	more := map[string]string{
		"npm/MAL-2026-7.json": `{"id":"MAL-2026-7","modified":"2026-01-02T00:00:00Z","newer":{"a":1},"references":[{"type":"NEWER","url":"https://example.org"}],
			"affected":[{"package":{"ecosystem":"npm","name":"fixture-clean"},"versions":["3.1.4"]}]}`,
		"npm/GHSA-cut.json":  `{"id":"GHSA-cut","affected":[{`,
		"npm/GHSA-noid.json": `{"affected":[]}`,
		"npm/notes.txt":      "no record",
	}
	db := database(t, "", more)

	// The defect: osv-scanner as it is does not find MAL-2026-7.
	r := &run{q: deep.Request{Mode: deep.Offline, Recursive: true}, tmp: t.TempDir(), roots: []root{{dir, dir}}, client: &http.Client{Transport: &transport{refuse: true}}}
	r.log = &collector{log: io.Discard, place: r.place}
	r.log.install()
	naked := r.overlayFor(t, database(t, "", nil))
	if err := os.Remove(filepath.Join(naked, "osv-scalibr", "npm", "all.zip")); err != nil {
		t.Fatal(err)
	}
	if err := link(filepath.Join(db, "npm", "all.zip"), filepath.Join(naked, "osv-scalibr", "npm", "all.zip")); err != nil {
		t.Fatal(err)
	}
	actions, err := r.actions(osvscanner.ScannerActions{LocalDBPath: naked}, false)
	if err != nil {
		t.Fatal(err)
	}
	found, err := osvscanner.DoScan(actions)
	if !errors.Is(err, osvscanner.ErrVulnerabilitiesFound) {
		t.Fatal(err)
	}
	for _, s := range found.Results {
		for _, p := range s.Packages {
			if p.Package.Name == "fixture-clean" && len(p.Vulnerabilities) > 0 {
				t.Error("the defect is gone: the guard can go")
			}
		}
	}

	a := answerTo(t, deep.Request{Paths: []string{dir}, Recursive: true, Mode: deep.Offline, LocalDB: db})
	got := lines(a, dir)
	for _, want := range []string{
		"web/package-lock.json npm:fixture-clean@3.1.4 [MAL-2026-7  0.0 fixed= mal=true every=false]",
		offlineWant[slices.IndexFunc(offlineWant, func(l string) bool { return strings.Contains(l, "fixture-alpha") })],
		"database: npm 8 1 2",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if want := (deep.Problem{Text: "2 of 8 advisories of npm cannot be read: GHSA-cut.json, GHSA-noid.json"}); !slices.Contains(a.Problems, want) {
		t.Errorf("problems: %+v", a.Problems)
	}
}

// Guard 6: osv-scanner's client sleeps and waits whatever the context says; the
// process is killed instead, and whoever waits is free at the deadline.
func TestGuardDeadline(t *testing.T) {
	dir := project(t)
	asked := make(chan struct{})
	var once sync.Once
	release := make(chan struct{})
	hang := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		once.Do(func() { close(asked) })
		<-release
	}))
	defer hang.Close()
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		select {
		case <-asked:
		case <-time.After(5 * time.Minute): // it was not asked: the test fails below
			t.Error("the service was never asked")
		}
	}()
	free, exe := make(chan error, 1), program(t)
	go func() {
		_, err := deep.Run(ctx, exe, deep.Request{
			Build: version, Paths: []string{dir}, Recursive: true, Mode: deep.Online, OSVURL: hang.URL, Ask: []deep.Package{{Ecosystem: "npm", Name: "fixture-alpha"}},
		})
		free <- err
	}()
	<-ctx.Done()
	select {
	case err := <-free:
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	case <-time.After(time.Minute): // the service never answers
		t.Fatal("the process is waited for")
	}
}

func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), deep.Program)
	if err := os.Symlink(self, file); err != nil {
		t.Skipf("no symbolic links: %v", err)
	}
	return file
}

// TestProcess: the whole way through the real process, twice the same bytes
// (guard 7: osv-scanner's own order is random), and its handshake.
func TestProcess(t *testing.T) {
	dir, db := project(t), database(t, "osv-scanner", nil)
	exe := program(t)
	q := deep.Request{Build: version, Paths: []string{dir}, Recursive: true, Mode: deep.Offline, LocalDB: db}
	var first []byte
	for range 3 {
		a, err := deep.Run(t.Context(), exe, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(offlineWant, lines(a, dir)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		}
		if !bytes.Equal(first, text) {
			t.Errorf("two answers:\n%s\n%s", first, text)
		}
	}
	q.Build = "another"
	var e *deep.Error
	if _, err := deep.Run(t.Context(), exe, q); !errors.As(err, &e) || !e.Usage {
		t.Errorf("of another version: %v", err)
	}
	for _, c := range []struct {
		args []string
		in   string
		want int
	}{
		{[]string{"--version"}, "", 0},
		{[]string{"scan"}, "", exitUsage},
		{nil, "", exitUsage},
		{nil, `{"version":99,"paths":["."]}`, exitUsage},
		{nil, `{"version":1,"build":"another","paths":["."]}`, exitUsage},
		{nil, `{"version":1,"paths":["."],"mode":"online","osv_url":"file:///etc"}`, exitInternal},
	} {
		var out, log bytes.Buffer
		if got := Main(c.args, strings.NewReader(c.in), &out, &log); got != c.want || got != 0 && (out.Len() > 0 || log.Len() == 0) {
			t.Errorf("%q %q: exit %d, %q, %q", c.args, c.in, got, out.String(), log.String())
		}
	}
}

// service is an OSV service that knows some records.
type service struct {
	mu      sync.Mutex
	queries []string
	status  int
	paged   bool
	endless bool
}

func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status != 0 {
		http.Error(w, "prose of a stranger", s.status)
		return
	}
	switch {
	case req.URL.Path == "/osv/v1/querybatch":
		var b struct {
			Queries []struct {
				Package   struct{ Name, Ecosystem string }
				Version   string
				PageToken string `json:"page_token"`
			}
		}
		if err := json.NewDecoder(req.Body).Decode(&b); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var results []string
		for _, q := range b.Queries {
			s.queries = append(s.queries, q.Package.Ecosystem+" "+q.Package.Name+" "+q.Version+q.PageToken)
			switch {
			case q.Package.Name == "fixture-alpha" && (s.endless || s.paged && q.PageToken == ""):
				results = append(results, `{"next_page_token":"two"}`)
			case q.Package.Name == "fixture-alpha":
				results = append(results, `{"vulns":[{"id":"MAL-2026-9","modified":"2026-01-02T00:00:00Z","newer":1}],"newer":2}`)
			default:
				results = append(results, `{}`)
			}
		}
		fmt.Fprintf(w, `{"results":[%s],"newer":true}`, strings.Join(results, ","))
	case req.URL.Path == "/osv/v1/vulns/MAL-2026-9":
		fmt.Fprint(w, `{"id":"MAL-2026-9","newer":[],"affected":[{"package":{"ecosystem":"npm","name":"fixture-alpha"},"versions":["1.2.3"]}]}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// TestOnline: only what may be asked about is named to the service, unknown
// members of its answers (guard 5) do no harm, and what was not asked about or
// could not be asked is not covered.
func TestOnline(t *testing.T) {
	dir := project(t)
	for _, paged := range []bool{false, true} {
		s := &service{paged: paged}
		srv := httptest.NewServer(s)
		q := deep.Request{
			Paths: []string{filepath.Join(dir, "web"), filepath.Join(dir, "py")}, Mode: deep.Online, OSVURL: srv.URL + "/osv/",
			Ask: []deep.Package{{Ecosystem: "npm", Name: "fixture-alpha"}, {Ecosystem: "pypi", Name: "fixture-gamma"}, {Ecosystem: "pypi", Name: "fixture-bare"}},
		}
		a := answerTo(t, q)
		srv.Close()
		want := []string{
			"py/poetry.lock pypi:fixture-gamma@0.9.1",
			"web/package-lock.json npm:fixture-alpha@1.2.3 [MAL-2026-9  0.0 fixed= mal=true every=false]",
			"not covered: py/poetry.lock pypi:fixture-plain@1.0 withheld",
			"not covered: py/requirements.txt pypi:fixture-bare@ no-version",
			"not covered: py/requirements.txt pypi:fixture-pinned@1.5 withheld",
			"not covered: py/requirements.txt pypi:fixture-range@1.0 range",
			"not covered: web/package-lock.json npm:@fixture/beta@2.0.0 withheld",
			"not covered: web/package-lock.json npm:fixture-clean@3.1.4 withheld",
		}
		if diff := cmp.Diff(want, lines(a, dir)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		asked := []string{"PyPI fixture-gamma 0.9.1", "npm fixture-alpha 1.2.3"}
		if paged {
			asked = append(asked, "npm fixture-alpha 1.2.3two")
		}
		slices.Sort(s.queries)
		if diff := cmp.Diff(asked, s.queries); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}

		s = &service{endless: true}
		srv = httptest.NewServer(s)
		q.OSVURL = srv.URL + "/osv"
		a = answerTo(t, q)
		srv.Close()
		if a.Complete || len(s.queries) > maxBatches+2 {
			t.Errorf("pages without end: complete %v after %d queries", a.Complete, len(s.queries))
		}

		s.status = http.StatusForbidden // at once: osv-scanner repeats what may pass
		srv = httptest.NewServer(s)
		q.OSVURL = srv.URL + "/osv"
		a = answerTo(t, q)
		srv.Close()
		if a.Complete || len(a.Packages) != 0 || !slices.ContainsFunc(a.NotCovered, func(n deep.NotCovered) bool { return n.Name == "fixture-alpha" && n.Why == deep.NotAsked }) {
			t.Errorf("a service that refuses: %+v", a)
		}
		for _, p := range a.Problems {
			if strings.Contains(p.Text, "stranger") {
				t.Errorf("foreign prose: %+v", p)
			}
		}
	}
}

// TestTransport: nothing leaves but the two calls, to the one place.
func TestTransport(t *testing.T) {
	for _, c := range []struct {
		refuse      bool
		method, url string
	}{
		{true, "GET", "https://api.osv.dev/v1/vulns/X"},
		{false, "GET", "https://api.deps.dev/v3/x"},
		{false, "POST", "https://api.osv.dev/v1experimental/determineversion"},
		{false, "GET", "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip"},
	} {
		req, err := http.NewRequest(c.method, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := (&transport{refuse: c.refuse}).RoundTrip(req); err == nil {
			resp.Body.Close()
			t.Errorf("%s %s went through", c.method, c.url)
		}
	}
}

// TestOutside: a requirements file that includes one outside of what is scanned
// tells nothing of what stands there.
func TestOutside(t *testing.T) {
	dir := t.TempDir()
	write(t, txtar.Parse([]byte("-- in/requirements.txt --\nfixture-in==1.0\n-r ../secret-requirements.txt\n-r more-requirements.txt\n-- in/more-requirements.txt --\nfixture-more==2.0\n-- secret-requirements.txt --\nfixture-secret==1.0\n")), dir)
	a := answerTo(t, deep.Request{Paths: []string{filepath.Join(dir, "in")}})
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("fixture-secret")) || !bytes.Contains(text, []byte("fixture-more")) || !bytes.Contains(text, []byte("fixture-in")) {
		t.Errorf("%s", text)
	}
	if len(a.Problems) != 1 || !strings.Contains(a.Problems[0].Text, "outside") {
		t.Errorf("problems: %+v", a.Problems)
	}
}

// TestOracle (guard 8): for lock files that figment reads itself, its set of
// packages with exact versions is the one that osv-scanner reads.
func TestOracle(t *testing.T) {
	lists := []*txtar.Archive{
		read(t, "testdata/project.txtar"), read(t, "testdata/locks.txtar"),
		read(t, "../../ecosystem/npm/testdata/package-lock.json.txtar"),
	}
	locks := map[string]func(r *extract.Reference) string{
		"package-lock.json": func(r *extract.Reference) string { return r.Constraint },
		"requirements.txt": func(r *extract.Reference) string {
			v, ok := strings.CutPrefix(r.Constraint, "==")
			if !ok || strings.ContainsAny(v, "*,<>~") {
				return ""
			}
			return strings.TrimSpace(strings.TrimPrefix(v, "="))
		},
		"go.mod": func(r *extract.Reference) string { return strings.TrimPrefix(r.Constraint, "v") },
	}
	files := 0
	for _, list := range lists {
		for _, f := range list.Files {
			exact := locks[path.Base(f.Name)]
			found := all.Formats().Read(&source.File{Path: f.Name, Data: f.Data})
			refs, problems := found.References, found.Problems
			if exact == nil || len(problems) > 0 { // a broken file: osv-scanner reads nothing of it
				continue
			}
			files++
			ours, elsewhere := map[string]bool{}, map[string]bool{}
			for i := range refs {
				r := &refs[i]
				v := exact(r)
				if r.From != extract.FromRegistry {
					elsewhere[r.Name] = true
				}
				if r.From != extract.FromRegistry || v == "" || r.Scope == "self" || r.Ecosystem == ecosystem.Unknown {
					continue
				}
				name := r.Name
				if r.Ecosystem == ecosystem.PyPI {
					name = ecosystem.Normalize(r.Ecosystem, name)
				}
				ours[fmt.Sprintf("%s:%s@%s", r.Ecosystem, name, v)] = true
			}
			dir := t.TempDir()
			write(t, &txtar.Archive{Files: []txtar.File{f}}, dir)
			theirs := map[string]bool{}
			a := answerTo(t, deep.Request{Paths: []string{dir}, Recursive: true})
			// osv-scanner does not tell what is of no registry: git, the workspace.
			for _, n := range a.NotCovered {
				if !elsewhere[n.Name] && n.Version != "" && n.Why == deep.Listed {
					theirs[fmt.Sprintf("%s:%s@%s", n.Ecosystem, n.Name, n.Version)] = true
				}
			}
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("%s (-osv-scanner +figment):\n%s", f.Name, diff)
			}
			if len(theirs) == 0 {
				t.Errorf("%s: osv-scanner read nothing", f.Name)
			}
		}
	}
	if files < 7 {
		t.Errorf("only %d lock files", files)
	}
}

func FuzzMend(f *testing.F) {
	a, err := txtar.ParseFile("testdata/advisories.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range a.Files {
		f.Add(r.Data)
	}
	f.Add([]byte(`{"id":"A","newer":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		mended, err := mend(text)
		if err != nil || mended == nil {
			return
		}
		if again, err := mend(mended); err != nil || again != nil {
			t.Errorf("mending %q gave %q, which is not fine: %v", text, mended, err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := range 20_000 {
		part, err := w.Create(fmt.Sprintf("GHSA-%d.json", i))
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(part, `{"schema_version":"1.7.0","id":"GHSA-%d","modified":"2026-01-02T00:00:00Z","published":"2026-01-01T00:00:00Z","summary":"x","details":%q,"affected":[{"package":{"ecosystem":"npm","name":"fixture-%d","purl":"pkg:npm/fixture"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.4"}]}],"database_specific":{"source":"https://example.org"}}],"references":[{"type":"WEB","url":"https://example.org"}]}`, i, strings.Repeat("words ", 150), i)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if c := check(r.File); c.records != 20_000 || len(c.unread) > 0 {
			b.Fatal(c.records, c.unread)
		}
	}
	b.ReportMetric(20_000, "records/op")
}
