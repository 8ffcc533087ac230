package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"figment/ecosystem"
	"figment/names"
)

func needTools(t *testing.T, tools ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs without -short: scripts that start programs of others")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: the scripts of the monthly lists were not tried", tool)
		}
	}
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// dump is a database dump of crates.io with two crates, the description of one
// of which has lines and commas.
func dump(t *testing.T) []byte {
	t.Helper()
	text := "created_at,description,id,name,updated_at\n2020,\"two, \nlines\",1,serde,2021\n2020,,2,tokio,2021\n"
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range [][2]string{{"2026-11-01/data/badges.csv", "id,name\n1,no-crate\n"}, {"2026-11-01/data/crates.csv", text}} {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(f[1]))
	}
	w.Close()
	return gzipped(b.Bytes())
}

// proto is a length-delimited field.
func proto(field byte, data string) string {
	return string([]byte{field<<3 | 2, byte(len(data))}) + data
}

// registries is what the registries publish, small: every host below one server
// on this machine.
func registries(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	text := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(body)) })
	}
	mux.HandleFunc("/pypi.org/simple/", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "application/vnd.pypi.simple.v1+json" {
			http.Error(w, "HTML", http.StatusNotAcceptable)
			return
		}
		fmt.Fprint(w, `{"meta":{"api-version":"1.1"},"projects":[{"name":"requests"},{"name":"Flask"},{"name":"requests"}]}`)
	})
	text("/rubygems.org/names", "---\nrake\nrails\n")
	text("/packagist.org/packages/list.json", `{"packageNames":["monolog/monolog","a/b"]}`)
	text("/static.crates.io/db-dump.tar.gz", string(dump(t)))
	list := proto(1, proto(1, "ecto")+proto(3, "x")) + proto(1, proto(1, "plug")) + proto(2, "hexpm")
	text("/repo.hex.pm/names", string(gzipped([]byte(proto(1, list)+proto(2, "signature")))))
	mux.HandleFunc("/pub.dev/api/package-names", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("page") == "2" {
			fmt.Fprint(w, `{"packages":["provider"],"nextUrl":null}`)
			return
		}
		fmt.Fprint(w, `{"packages":["http"],"nextUrl":"https://pub.dev/api/package-names?page=2"}`)
	})
	npm := []string{"@types/react", "JSONStream", "_design/app", "left-pad", "react", "react\"quote", "zod"}
	mux.HandleFunc("/replicate.npmjs.com/_all_docs", func(w http.ResponseWriter, r *http.Request) {
		limit, err := strconv.Atoi(r.FormValue("limit"))
		if err != nil {
			t.Error(err)
		}
		start := ""
		if k := r.FormValue("startkey"); k != "" {
			if err := json.Unmarshal([]byte(k), &start); err != nil {
				t.Errorf("startkey %s: %v", k, err)
			}
		}
		type row struct {
			ID string `json:"id"`
		}
		rows := []row{}
		for _, n := range npm {
			if n >= start && len(rows) < limit {
				rows = append(rows, row{n})
			}
		}
		json.NewEncoder(w).Encode(map[string]any{"total_rows": len(npm), "rows": rows})
	})
	type version struct{ Path, Version, Timestamp string }
	var log []version
	for i := range 7 {
		log = append(log, version{fmt.Sprintf("example.org/m%d", i/2), "v1.0.0", fmt.Sprintf("2026-01-0%dT00:00:00Z", i+1)})
	}
	mux.HandleFunc("/index.golang.org/index", func(w http.ResponseWriter, r *http.Request) {
		limit, err := strconv.Atoi(r.FormValue("limit"))
		if err != nil {
			t.Error(err)
		}
		n := 0
		for _, v := range log {
			if v.Timestamp >= r.FormValue("since") && n < limit {
				json.NewEncoder(w).Encode(v)
				n++
			}
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.UserAgent(), "mailto:test@example.org") {
			t.Errorf("user agent %q names no contact", r.UserAgent())
		}
		mux.ServeHTTP(w, r)
	})
}

func fetch(t *testing.T, root, eco string, env ...string) (string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "list")
	cmd := exec.Command("bash", filepath.Join("..", "..", ".ci", "fetch-names"), eco, out)
	cmd.Env = append(os.Environ(), "FIGMENT_FETCH_ROOT="+root, "FIGMENT_CONTACT=mailto:test@example.org", "FIGMENT_FETCH_LEAST=1", "FIGMENT_FETCH_PAUSE=0", "FIGMENT_FETCH_PAGE=3")
	cmd.Env = append(cmd.Env, env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		if _, e := os.Stat(out); e == nil {
			t.Errorf("%s: a list was written although: %s", eco, text)
		}
		return string(text), err
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), nil
}

// TestFetchNames runs the script against a server on this machine.
func TestFetchNames(t *testing.T) {
	t.Parallel()
	needTools(t, "bash", "curl", "jq", "python3", "tar")
	srv := httptest.NewServer(registries(t))
	t.Cleanup(srv.Close)
	for eco, want := range map[string]string{
		"pypi":     "Flask\nrequests\n",
		"npm":      "@types/react\nJSONStream\nleft-pad\nreact\nreact\"quote\nzod\n",
		"golang":   "example.org/m0\nexample.org/m1\nexample.org/m2\nexample.org/m3\n",
		"cargo":    "serde\ntokio\n",
		"gem":      "rails\nrake\n",
		"composer": "a/b\nmonolog/monolog\n",
		"pub":      "http\nprovider\n",
		"hex":      "ecto\nplug\n",
	} {
		t.Run(eco, func(t *testing.T) {
			t.Parallel()
			if got, err := fetch(t, srv.URL, eco); err != nil || got != want {
				t.Errorf("%v\n%s\nwant\n%s", err, got, want)
			}
		})
	}
}

// TestFetchFails: what is short, cut off or refused is no list.
func TestFetchFails(t *testing.T) {
	t.Parallel()
	needTools(t, "bash", "curl", "jq", "python3", "tar")
	srv := httptest.NewServer(registries(t))
	t.Cleanup(srv.Close)
	if text, err := fetch(t, srv.URL, "gem", "FIGMENT_FETCH_LEAST=3"); err == nil || !strings.Contains(text, "only 2 names") {
		t.Errorf("a short list: %v, %s", err, text)
	}
	if _, err := fetch(t, srv.URL, "maven"); err == nil {
		t.Error("maven: a list was fetched")
	}
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/pub.dev"):
			fmt.Fprint(w, `{"packages":["http"],"nextUrl":"https://pub.example.invalid/"}`)
		case strings.HasPrefix(r.URL.Path, "/repo.hex.pm"):
			w.Write([]byte("\x0a\x7fcut"))
		case strings.HasPrefix(r.URL.Path, "/replicate.npmjs.com"):
			fmt.Fprint(w, `{"rows":[{"id":"a"},{"id":"b"},{"id":"c"}]}`) // for ever
		case strings.HasPrefix(r.URL.Path, "/index.golang.org"):
			fmt.Fprint(w, strings.Repeat(`{"Path":"a","Timestamp":"2026-01-01T00:00:00Z"}`+"\n", 3))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(bad.Close)
	for _, eco := range []string{"pub", "hex", "npm", "golang", "pypi", "gem", "cargo", "composer"} {
		t.Run(eco, func(t *testing.T) {
			t.Parallel()
			if text, err := fetch(t, bad.URL, eco); err == nil {
				t.Errorf("a broken registry gave a list: %s", text)
			}
		})
	}
}

// TestPackIndex: index.json says what the packs are.
func TestPackIndex(t *testing.T) {
	t.Parallel()
	needTools(t, "bash", "jq", "od", "sha256sum")
	if text, err := exec.Command("stat", "-c", "%s", ".").CombinedOutput(); err != nil {
		t.Skipf("no GNU coreutils: %s", text)
	}
	dir := t.TempDir()
	day := time.Date(2026, 11, 1, 2, 3, 4, 0, time.UTC)
	sums := map[string]string{}
	for _, e := range []ecosystem.Ecosystem{ecosystem.PyPI, ecosystem.Golang} {
		data, err := names.BuildPack([]string{"a", "b"}, names.PackMeta{Ecosystem: e, Snapshot: day, Complete: true, Source: "x"})
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, names.PackFile(e), string(data))
		sums[string(e)] = fmt.Sprintf("%x %d", sha256.Sum256(data), len(data))
	}
	cmd := exec.Command("bash", filepath.Join("..", "..", ".ci", "pack-index"), dir)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	data, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index struct {
		SchemaVersion string `json:"schema_version"`
		Packs         []struct {
			Ecosystem, File, SHA256 string
			Size                    int
			Snapshot                time.Time
		}
	}
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	if index.SchemaVersion != "1" || len(index.Packs) != 2 {
		t.Fatalf("%s", data)
	}
	for _, p := range index.Packs {
		if fmt.Sprintf("%s %d", p.SHA256, p.Size) != sums[p.Ecosystem] || !p.Snapshot.Equal(day) || p.File != p.Ecosystem+".fuse16" {
			t.Errorf("%+v", p)
		}
	}
	write(t, dir, "junk.fuse16", "junk")
	if err := exec.Command("bash", filepath.Join("..", "..", ".ci", "pack-index"), dir).Run(); err == nil {
		t.Error("junk was listed")
	}
}

// TestNamesWorkflow: the workflow may do little, and runs only what it names.
func TestNamesWorkflow(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", ".github", "workflows", "names.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions any
			Steps       []struct{ Uses, Run string }
		}
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Permissions) != 1 || doc.Permissions["contents"] != "read" {
		t.Errorf("permissions: %v", doc.Permissions)
	}
	if strings.Contains(string(data), "secrets.") {
		t.Error("the workflow uses secrets")
	}
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40}$`)
	steps := 0
	for name, job := range doc.Jobs {
		if job.Permissions != nil {
			t.Errorf("%s asks for permissions", name)
		}
		for _, s := range job.Steps {
			steps++
			if s.Uses != "" && !pinned.MatchString(s.Uses) {
				t.Errorf("%s is not pinned by its commit", s.Uses)
			}
			if strings.Contains(s.Run, "${{") {
				t.Errorf("an expression is pasted into a shell: %s", s.Run)
			}
		}
	}
	if steps < 3 {
		t.Errorf("%d steps", steps)
	}
}
