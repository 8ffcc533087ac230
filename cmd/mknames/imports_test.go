package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"figment/internal/web"
)

// wheelOf makes a wheel with METADATA and empty files.
func wheelOf(t testing.TB, metadata string, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		if _, err := z.Create(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("x-1.dist-info/METADATA")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, metadata); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An index serves wheels on loopback: project → file name → bytes.
type indexWorld struct {
	files     map[string]map[string][]byte
	yanked    map[string]bool
	elsewhere map[string]string // file name → another URL
	whole     bool              // knows no ranges
	broken    map[string]int    // project → status of its page
	sent      atomic.Int64
	asked     atomic.Int64
}

func (w *indexWorld) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.asked.Add(1)
	if name, ok := strings.CutPrefix(r.URL.Path, "/simple/"); ok {
		name = strings.TrimSuffix(name, "/")
		if status := w.broken[name]; status != 0 {
			http.Error(rw, "no", status)
			return
		}
		files, ok := w.files[name]
		if !ok {
			http.NotFound(rw, r)
			return
		}
		var list []map[string]any
		for _, f := range slices.Sorted(maps.Keys(files)) {
			url := "../../files/" + name + "/" + f + "#sha256=00"
			if u := w.elsewhere[f]; u != "" {
				url = u
			}
			list = append(list, map[string]any{"filename": f, "url": url, "yanked": w.yanked[f], "hashes": map[string]string{}})
		}
		rw.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
		json.NewEncoder(rw).Encode(map[string]any{"name": name, "files": list})
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		name, file, _ := strings.Cut(rest, "/")
		data, ok := w.files[name][file]
		if !ok {
			http.NotFound(rw, r)
			return
		}
		if w.whole {
			r.Header.Del("Range")
		}
		http.ServeContent(&counting{rw, &w.sent}, r, "", time.Time{}, bytes.NewReader(data))
		return
	}
	http.NotFound(rw, r)
}

type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return c.ResponseWriter.Write(p)
}

func serve(t *testing.T, w *indexWorld) string {
	t.Helper()
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	return s.URL + "/simple"
}

// runImports runs the command and gives what it wrote.
func runImports(t *testing.T, dists string, args ...string) (map[string]string, string, error) {
	t.Helper()
	dir := t.TempDir()
	list, out := filepath.Join(dir, "dists"), filepath.Join(dir, "out")
	if err := os.WriteFile(list, []byte(dists), 0o644); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	err := run(append([]string{"imports", "-dists", list, "-out", out}, args...), noEnv, io.Discard, &log)
	got := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(out, "*"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(f)] = string(data)
	}
	return got, log.String(), err
}

const plain = "Metadata-Version: 2.1\nName: x\n"

func TestImports(t *testing.T) {
	w := &indexWorld{
		files: map[string]map[string][]byte{
			"pyyaml": {
				"PyYAML-5.0-py3-none-any.whl":                        wheelOf(t, plain, "old/__init__.py"),
				"PyYAML-6.0.10-cp312-cp312-manylinux2014_x86_64.whl": wheelOf(t, plain, "yaml/__init__.py", "yaml/_yaml.cpython-312-x86_64-linux-gnu.so", "tests/__init__.py"),
				"PyYAML-6.0.10-cp312-cp312-win_amd64.whl":            wheelOf(t, plain, "yaml/__init__.py", "_yaml/__init__.py"),
				"PyYAML-6.0.9-cp312-cp312-win_amd64.whl":             wheelOf(t, plain, "older/__init__.py"),
				"PyYAML-6.1-py3-none-any.whl":                        wheelOf(t, plain, "yanked/__init__.py"),
				"PyYAML-7.0rc1-py3-none-any.whl":                     wheelOf(t, plain, "candidate/__init__.py"),
				"pyyaml-9.0.tar.gz":                                  []byte("not a wheel"),
			},
			"google-cloud-storage": {"google_cloud_storage-1-py3-none-any.whl": wheelOf(t, plain, "google/cloud/storage/__init__.py", "google/cloud/storage_v2/__init__.py")},
			"google-auth":          {"google_auth-1-py3-none-any.whl": wheelOf(t, plain, "google/auth/__init__.py", "google/auth/deep/__init__.py", "google/oauth2/__init__.py")},
			"airflow-core":         {"airflow_core-1-py3-none-any.whl": wheelOf(t, plain, "airflow/__init__.py", "airflow/models.py")},
			"bundle":               {"bundle-1-py3-none-any.whl": wheelOf(t, plain, "bundle/__init__.py", "yaml/__init__.py")},
			"fork":                 {"fork-1-py3-none-any.whl": wheelOf(t, plain, "yaml/__init__.py")},
			"build":                {"build-1-py3-none-any.whl": wheelOf(t, plain, "build/__init__.py", "docs/conf.py", "examples/a.py", "utils/__init__.py")},
			"named":                {"named-1-py3-none-any.whl": wheelOf(t, "Metadata-Version: 2.5\nName: named\nImport-Name: right\nImport-Name: inner ; private\n\nImport-Name: nothing\n", "wrong/__init__.py")},
			"pyjwt":                {"pyjwt-2-py3-none-any.whl": wheelOf(t, plain, "jwt/__init__.py")},
			"jwt":                  {"jwt-1-py3-none-any.whl": wheelOf(t, plain, "jwt/__init__.py")},
			"beautifulsoup4":       {"beautifulsoup4-4-py3-none-any.whl": wheelOf(t, plain, "bs4/__init__.py")},
			"bs4":                  {"bs4-0-py3-none-any.whl": wheelOf(t, plain+"Requires-Dist: beautifulsoup4 (>=4)\nRequires-Dist: pyjwt; extra == 'x'\n", "placeholder.py")},
			"python-dotenv":        {"python_dotenv-1-py3-none-any.whl": wheelOf(t, plain, "dotenv/__init__.py")},
			"dotenv":               {"dotenv-1-py3-none-any.whl": wheelOf(t, plain, "other_thing/__init__.py")},
			"sdist":                {"sdist-1.tar.gz": []byte("x")},
			"matlib":               {"matlib-1-py3-none-any.whl": wheelOf(t, plain, "kits/plot.py", "matlib.data/a.txt", "matlib-1.data/purelib/late/__init__.py", "matlib-1.data/scripts/run.py")},
		},
		yanked: map[string]bool{"PyYAML-6.1-py3-none-any.whl": true},
	}
	dists := "# by rank\npyyaml\t15\ngoogle-cloud-storage\t140\ngoogle-auth\t63\nairflow-core\t900\nbundle\t5000\nfork\t16\nbuild\t230\nnamed\t0\n" +
		"pyjwt\t44\njwt\t2359\nbeautifulsoup4\t103\nbs4\t889\npython-dotenv\t42\ndotenv\t1332\nsdist\t9\nmatlib\t300\nnot-there\t8\nPyYAML\t99\n"
	root := serve(t, w)
	spaces := filepath.Join(t.TempDir(), "namespaces")
	if err := os.WriteFile(spaces, []byte("airflow\t105\ngoogle\t112\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, log, err := runImports(t, dists, "-index", root, "-namespaces", spaces)
	if err != nil {
		t.Fatal(err, log)
	}
	want := map[string]string{
		"python-modules.tsv": `_yaml	pyyaml	15	A	
airflow.models	airflow-core	900	A	
bs4	beautifulsoup4	103	A	
build	build	230	A	
bundle	bundle	5000	A	
dotenv	python-dotenv	42	A	
google.auth	google-auth	63	A	
google.cloud	google-cloud-storage	140	A	
google.oauth2	google-auth	63	A	
jwt	pyjwt	44	A	jwt
kits	matlib	300	A	
late	matlib	300	A	
other_thing	dotenv	1332	A	
placeholder	bs4	889	A	
right	named		A	
yaml	pyyaml	15	A	fork
`,
		"python-vendored.tsv": "yaml\tbundle\tpyyaml\n",
		"python-import-name-traps.tsv": `bs4	beautifulsoup4	103	bs4	889	no	alias	metadata
dotenv	python-dotenv	42	dotenv	1332	no	other	metadata
jwt	pyjwt	44	jwt	2359	yes	twin	metadata
`,
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s:\n%s\nwant\n%s", name, got[name], text)
		}
	}
	if !strings.Contains(log, "sdist: has no wheel\n") || !strings.Contains(log, "not-there: not on the index\n") || strings.Count(log, "\n") != 2 {
		t.Errorf("log %q", log)
	}
	// The same world gives the same bytes, and a server without ranges too.
	for range 2 {
		again, _, err := runImports(t, dists, "-index", root+"/", "-namespaces", spaces)
		if err != nil || !maps.Equal(again, got) {
			t.Errorf("not the same again: %v", err)
		}
		w.whole = true
	}
}

// TestImportsNamespace: a folder without code that two distributions share is a
// namespace, as is one that METADATA names.
func TestImportsNamespace(t *testing.T) {
	root := serve(t, &indexWorld{files: map[string]map[string][]byte{
		"a": {"a-1-py3-none-any.whl": wheelOf(t, plain, "space/a/__init__.py", "space/a/deep/__init__.py")},
		"b": {"b-1-py3-none-any.whl": wheelOf(t, plain, "space/b.py")},
		"c": {"c-1-py3-none-any.whl": wheelOf(t, "Import-Name: ns\nImport-Name: ns.part\nImport-Namespace: ns\n")},
		"d": {"d-1-py3-none-any.whl": wheelOf(t, "Import-Name: ns\nImport-Name: ns.other\nImport-Namespace: ns\n")},
		"e": {"e-1-py3-none-any.whl": wheelOf(t, "Import-Name:\n", "e/__init__.py")},
	}})
	got, log, err := runImports(t, "a\nb\nc\nd\ne\n", "-index", root)
	if err != nil {
		t.Fatal(err, log)
	}
	if want := "ns.other\td\t4\tA\t\nns.part\tc\t3\tA\t\nspace.a\ta\t1\tA\t\nspace.b\tb\t2\tA\t\n"; got["python-modules.tsv"] != want {
		t.Errorf("%q, want %q", got["python-modules.tsv"], want)
	}
}

// TestImportsLarge: of a large wheel only the end and METADATA are read.
func TestImportsLarge(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("x-1.dist-info/METADATA")
	io.WriteString(w, plain+"Requires-Dist: needed\n")
	big, _ := z.CreateHeader(&zip.FileHeader{Name: "big/data.bin", Method: zip.Store})
	big.Write(make([]byte, 8<<20))
	for i := range 3000 { // a directory that is larger than the first read
		z.Create(fmt.Sprintf("big/%s_%04d.py", strings.Repeat("m", 60), i))
	}
	z.Create("big/__init__.py")
	z.Close()
	world := &indexWorld{files: map[string]map[string][]byte{"x": {"x-1-py3-none-any.whl": b.Bytes()}}}
	root := serve(t, world)
	got, log, err := runImports(t, "x\n", "-index", root)
	if err != nil || got["python-modules.tsv"] != "big\tx\t1\tA\t\n" {
		t.Fatal(got, log, err)
	}
	if n := world.sent.Load(); n > 1<<20 {
		t.Errorf("%d bytes were read of %d", n, b.Len())
	}
	if n := world.asked.Load(); n > 30 {
		t.Errorf("%d requests", n)
	}
}

// TestImportsFailures: what cannot be read fails the run and writes nothing.
func TestImportsFailures(t *testing.T) {
	fine := wheelOf(t, plain, "a/__init__.py")
	for _, c := range []struct {
		name string
		w    *indexWorld
		log  string
	}{
		{"forbidden", &indexWorld{broken: map[string]int{"a": 403}}, "answered 403"},
		{"a file that is gone", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": fine}}, elsewhere: map[string]string{"a-1-py3-none-any.whl": "/files/a/none.whl"}}, "it is gone"},
		{"another host", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": fine}}, elsewhere: map[string]string{"a-1-py3-none-any.whl": "http://192.0.2.1/a.whl"}}, "a host that is not the index's"},
		{"userinfo", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": fine}}, elsewhere: map[string]string{"a-1-py3-none-any.whl": "//x:secret@127.0.0.1/a.whl"}}, "a host that is not the index's"},
		{"another scheme", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": fine}}, elsewhere: map[string]string{"a-1-py3-none-any.whl": "file:///etc/passwd"}}, "a host that is not the index's"},
		{"no zip", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": []byte("PK nothing")}}}, "it is no zip file"},
		{"cut", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": fine[:len(fine)-9]}}}, "it is no zip file"},
		{"empty", &indexWorld{files: map[string]map[string][]byte{"a": {"a-1-py3-none-any.whl": {}}}}, "a-1-py3-none-any.whl"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := serve(t, c.w)
			got, log, err := runImports(t, "a\n", "-index", root)
			if err == nil || len(got) > 0 || !strings.Contains(log, c.log) || strings.Contains(log, "secret") {
				t.Errorf("%v, %d files, log %q", err, len(got), log)
			}
			got, _, err = runImports(t, "a\n", "-index", root, "-allow-missing", "1")
			if err != nil || len(got) != 3 || got["python-modules.tsv"] != "" {
				t.Errorf("allowed: %v, %q", err, got)
			}
		})
	}
}

// TestImportsServers: servers that answer badly.
func TestImportsServers(t *testing.T) {
	data := wheelOf(t, plain, "a/__init__.py")
	page := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
		io.WriteString(w, `{"files": [{"filename": "a-1-py3-none-any.whl", "url": "/a-1-py3-none-any.whl"}]}`)
	}
	for _, c := range []struct {
		name  string
		serve func(http.ResponseWriter, *http.Request)
		want  string // in the log; "" for success
	}{
		{"HTML", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") }, "PEP 691"},
		{"broken JSON", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
			io.WriteString(w, `{"files": [`)
		}, "no JSON of a project"},
		{"another range", func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/simple/") {
				page(w)
				return
			}
			w.Header().Set("Content-Range", "bytes 0-9/99999")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(make([]byte, 10))
		}, "another range"},
		{"a size that is a lie", func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/simple/") {
				page(w)
				return
			}
			w.Header().Set("Content-Range", "bytes 9223372036854775000-9223372036854775806/9223372036854775807")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(data)
		}, "cut the answer short"},
		{"fine at the second try", func() func(http.ResponseWriter, *http.Request) {
			var n atomic.Int64
			return func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1)%2 == 1 {
					http.Error(w, "busy", http.StatusServiceUnavailable)
					return
				}
				if strings.HasPrefix(r.URL.Path, "/simple/") {
					page(w)
					return
				}
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
			}
		}(), ""},
		{"redirected away", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, "redirected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(c.serve))
			defer s.Close()
			g, err := newGatherer(s.URL+"/simple", nil, web.Clock{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
			if err != nil {
				t.Fatal(err)
			}
			d := &dist{name: "a", rank: 1}
			var log strings.Builder
			failed := g.all(context.Background(), []*dist{d}, &log)
			if (failed == 0) != (c.want == "") || !strings.Contains(log.String(), c.want) {
				t.Errorf("%d failed: %s", failed, log.String())
			}
			if c.want == "" && !maps.Equal(d.modules, map[string]bool{"a": false}) {
				t.Errorf("%v", d.modules)
			}
		})
	}
}

func TestImportsUsage(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"-dists", "none"},
		{"-dists", filepath.Join(t.TempDir(), "none"), "-out", "x"},
	} {
		if err := run(append([]string{"imports"}, args...), noEnv, io.Discard, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
	for _, dists := range []string{"a b\n", "a\tmany\n", "a\t-1\n", "ü\n"} {
		if got, _, err := runImports(t, dists, "-index", "http://127.0.0.1:1/simple"); err == nil || len(got) > 0 {
			t.Errorf("%q: no error", dists)
		}
	}
	for _, index := range []string{"", "ftp://x/", "simple", "http://"} {
		if _, err := newGatherer(index, nil, web.Clock{}); err == nil {
			t.Errorf("%q: no error", index)
		}
	}
}

// TestNewest: versions in the order of PEP 440.
func TestNewest(t *testing.T) {
	order := []string{"1!0.1", "2.0.post1", "2.0", "1.10", "1.9.1", "1.9", "0.0.1", "3.0rc2", "3.0rc1", "3.0b1", "3.0a1", "3.0.dev1"}
	for i, a := range order {
		for j, b := range order {
			x, ok1 := parseVersion(a)
			y, ok2 := parseVersion(b)
			if !ok1 || !ok2 || x.compare(y) != map[bool]int{true: 1, false: -1}[i < j] && i != j || i == j && x.compare(y) != 0 {
				t.Errorf("%s against %s: %d", a, b, x.compare(y))
			}
		}
	}
	for _, same := range [][2]string{{"1.0", "1"}, {"1.0c1", "1.0rc1"}, {"1.0-1", "1.0.post1"}, {"V1.0", "1.0"}} {
		x, _ := parseVersion(same[0])
		y, ok := parseVersion(same[1])
		if !ok || x.compare(y) != 0 {
			t.Errorf("%s and %s differ", same[0], same[1])
		}
	}
	for _, bad := range []string{"", "x", "1.", "1..2", "1 2", strings.Repeat("1", 400)} {
		if _, ok := parseVersion(bad); ok {
			t.Errorf("%q is a version", bad)
		}
	}
	if pythonOf("cp314-cp314-any") <= pythonOf("cp39-abi3-any") || pythonOf("py3-none-any") != 300 || pythonOf("py2.py3-none-any") != 200 {
		t.Error(pythonOf("cp314-x-y"), pythonOf("cp39-x-y"), pythonOf("py3-x-y"))
	}
}

// FuzzWheel: any bytes are read as a wheel without a panic, and its modules are
// dotted names.
func FuzzWheel(f *testing.F) {
	fine := wheelOf(f, plain+"Import-Name: a\nRequires-Dist: b[c] (>1); python_version > '3'\n", "a/__init__.py", "ns/b/c.py", "d.cpython-39.so", "../e.py", "/f.py", "g//h.py")
	f.Add(fine)
	f.Add(fine[:len(fine)-22])
	f.Add(fine[20:])
	f.Add([]byte(plain))
	f.Add(bytes.Replace(fine, []byte("ns/b"), []byte("\x1b]/b"), -1))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := readWheel(bytes.NewReader(data), int64(len(data)), "a", map[string]bool{"a": true})
		if err != nil {
			return
		}
		for m := range info.modules {
			if !dotted(m) {
				t.Errorf("%q", m)
			}
		}
		names, spaces, _ := metadata(string(data))
		for _, n := range append(names, spaces...) {
			if n != "" && !dotted(n) {
				t.Errorf("%q", n)
			}
		}
		contentRange(string(data))
	})
}
