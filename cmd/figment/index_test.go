package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"figment/app"
	"figment/app/packs"
	"figment/ecosystem"
	"figment/names"
)

// mkpack is a command of the scripts: it writes the pack of a few names and
// puts it into the index.json beside it.
//
//	mkpack [-complete] [-day 2026-11-01] [-sign SEED] DIR ECO NAME…
//
// With -sign it also writes index.json.sig, and maker.pem beside DIR.
func mkpack() {
	fs := flag.NewFlagSet("mkpack", flag.ExitOnError)
	complete := fs.Bool("complete", false, "")
	day := fs.String("day", time.Now().UTC().Format(time.DateOnly), "")
	seed := fs.String("sign", "", "")
	fs.Parse(os.Args[1:]) // ends the process on errors
	if err := makePack(fs.Arg(0), ecosystem.Ecosystem(fs.Arg(1)), *day, *complete, *seed, fs.Args()[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func makePack(dir string, e ecosystem.Ecosystem, day string, complete bool, seed string, list []string) error {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return err
	}
	data, err := names.BuildPack(list, names.PackMeta{Ecosystem: e, Snapshot: at, Complete: complete, Source: "a test"})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	o := packs.Offer{SchemaVersion: "1"}
	index := filepath.Join(dir, "index.json")
	if text, err := os.ReadFile(index); err == nil {
		if err := json.Unmarshal(text, &o); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(data)
	entry := packs.OfferedPack{Ecosystem: string(e), File: names.PackFile(e), SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data)), Snapshot: at}
	kept := []packs.OfferedPack{entry}
	for _, p := range o.Packs {
		if p.Ecosystem != string(e) {
			kept = append(kept, p)
		}
	}
	o.Packs = kept
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, names.PackFile(e)), data, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(index, text, 0o644); err != nil {
		return err
	}
	if seed == "" {
		return nil
	}
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte(seed[:1]), ed25519.SeedSize))
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "maker.pem"), block, 0o644); err != nil {
		return err
	}
	return os.WriteFile(index+".sig", ed25519.Sign(private, text), 0o644)
}

// figment runs the program in this process with a cache of its own.
func runIndex(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(append([]string{"index"}, args...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestIndexURL installs packs from a server on this machine, and refuses what a
// server may do wrong.
func TestIndexURL(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "packs")
	if err := makePack(dir, ecosystem.PyPI, "2026-11-01", true, "k", []string{"flask", "requests"}); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(filepath.Dir(dir), "maker.pem")
	good := map[string][]byte{}
	for _, name := range []string{"index.json", "index.json.sig", "pypi.fuse16"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		good[name] = data
	}
	change := func(name string, data []byte) map[string][]byte {
		files := map[string][]byte{}
		for k, v := range good {
			files[k] = v
		}
		if data == nil {
			delete(files, name)
		} else {
			files[name] = data
		}
		return files
	}
	other := bytes.Clone(good["pypi.fuse16"])
	other[len(other)-1] ^= 1
	later := bytes.Replace(good["index.json"], []byte("2026-11-01"), []byte("2026-11-02"), 1)

	for _, c := range []struct {
		what  string
		files map[string][]byte
		args  []string
		code  int
		want  string // in either stream
		holds bool   // the pack is installed afterwards
	}{
		{"signed", good, []string{"--key", key}, 0, "installed 2 names of 2026-11-01, complete", true},
		{"signed in base64", change("index.json.sig", []byte(base64.StdEncoding.EncodeToString(good["index.json.sig"])+"\n")), []string{"--key", key}, 0, "installed", true},
		{"no key", good, nil, 2, "want --key FILE", false},
		{"unsigned by will", change("index.json.sig", nil), []string{"--unsigned"}, 0, "installed", true},
		{"both", good, []string{"--key", key, "--unsigned"}, 2, "--unsigned for none", false},
		{"signature missing", change("index.json.sig", nil), []string{"--key", key}, 3, "index.json.sig cannot be read", false},
		{"signature of something else", change("index.json", later), []string{"--key", key}, 3, "not of that key", false},
		{"signature cut", change("index.json.sig", good["index.json.sig"][:63]), []string{"--key", key}, 3, "not of that key", false},
		{"another day than promised", change("index.json", later), []string{"--unsigned"}, 3, "index.json says 2026-11-02", false},
		{"other bytes than promised", change("pypi.fuse16", other), []string{"--key", key}, 3, "not the file that index.json describes", false},
		{"more bytes than promised", change("pypi.fuse16", append(bytes.Clone(other), 1)), []string{"--key", key}, 3, "larger than", false},
		{"no pack", change("pypi.fuse16", nil), []string{"--key", key}, 3, "pypi: there is no such file", false},
		{"no index", change("index.json", nil), []string{"--unsigned"}, 3, "index.json cannot be read", false},
		{"junk", change("index.json", []byte("<html>")), []string{"--unsigned"}, 3, "no JSON", false},
		{"a huge index", change("index.json", bytes.Repeat([]byte(" "), packs.MaxOffer+1)), []string{"--unsigned"}, 3, "larger than", false},
		{"not offered", good, []string{"--unsigned", "npm"}, 3, "npm: the source has no such pack", false},
	} {
		t.Run(c.what, func(t *testing.T) {
			cache := t.TempDir()
			t.Setenv("FIGMENT_CACHE_DIR", cache)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" || !strings.HasPrefix(r.UserAgent(), "figment/") {
					t.Errorf("headers: %v", r.Header)
				}
				data, ok := c.files[strings.TrimPrefix(r.URL.Path, "/at/")]
				if !ok {
					http.NotFound(w, r)
					return
				}
				w.Write(data)
			}))
			defer srv.Close()
			code, out, errs := runIndex(t, append([]string{"update", "--from", srv.URL + "/at"}, c.args...)...)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("status %d, want %d and %q\n%s%s", code, c.code, c.want, out, errs)
			}
			p, err := names.OpenPack(filepath.Join(cache, "packs", "pypi.fuse16"))
			if holds := err == nil && p.Answer("flask") == names.Existed && p.Answer("flask-nowhere") == names.Unseen; holds != c.holds {
				t.Errorf("installed: %v (%v)", holds, err)
			}
			left, err := filepath.Glob(filepath.Join(cache, "packs", ".tmp-*"))
			if len(left) > 0 || err != nil {
				t.Errorf("left over: %v, %v", left, err)
			}
		})
	}
}

// TestIndexRedirect: a source may not send figment to plain http or into the
// user's network.
func TestIndexRedirect(t *testing.T) {
	t.Setenv("FIGMENT_CACHE_DIR", t.TempDir())
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	for _, target := range []string{other.URL, "https://127.0.0.1:1", "https://10.0.0.1", "https://localhost:1", "https://[::1]:1", "ftp://example.invalid"} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target+"/index.json", http.StatusFound)
		}))
		code, _, errs := runIndex(t, "update", "--unsigned", "--from", srv.URL)
		srv.Close()
		if code != app.ExitIncomplete || !strings.Contains(errs, "redirects") {
			t.Errorf("%s: status %d, %s", target, code, errs)
		}
	}
	if asked > 0 {
		t.Errorf("the other server was asked %d times", asked)
	}
	// Within the source it may.
	dir := filepath.Join(t.TempDir(), "packs")
	if err := makePack(dir, ecosystem.NPM, "2026-11-01", false, "", []string{"react"}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, ok := strings.CutPrefix(r.URL.Path, "/old/"); ok {
			http.Redirect(w, r, "/new/"+name, http.StatusMovedPermanently)
			return
		}
		http.StripPrefix("/new/", http.FileServer(http.Dir(dir))).ServeHTTP(w, r)
	}))
	defer srv.Close()
	if code, out, errs := runIndex(t, "update", "--unsigned", "--from", srv.URL+"/old/"); code != 0 || !strings.Contains(out, "npm: installed 1 names") {
		t.Errorf("status %d\n%s%s", code, out, errs)
	}
}

// TestIndexFrom: what --from takes.
func TestIndexFrom(t *testing.T) {
	t.Setenv("FIGMENT_CACHE_DIR", t.TempDir())
	for _, c := range []struct{ from, want string }{
		{"", "needs --from"},
		{"http://packs.example.invalid/", "https URL"},
		{"http://127.0.0.1.example.invalid/", "https URL"},
		{"file:///tmp", "no URL"},
		{"https://user:secret@packs.example.invalid/", "without credentials"},
		{"https://packs.example.invalid/?token=secret", "without credentials"},
		{"https://%zz/", "no URL"},
		{filepath.Join(t.TempDir(), "nowhere"), "no such file"},
	} {
		code, _, errs := runIndex(t, "update", "--unsigned", "--from", c.from)
		if code != app.ExitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("%q: status %d, %s", c.from, code, errs)
		}
		if strings.Contains(errs, "secret") {
			t.Errorf("%q: a credential is printed: %s", c.from, errs)
		}
	}
}

// TestIndexInstalled: modes of what is put in place, and reading it back.
func TestIndexInstalled(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	t.Setenv("FIGMENT_CACHE_DIR", cache)
	dir := filepath.Join(t.TempDir(), "packs")
	if err := makePack(dir, ecosystem.PyPI, "2026-11-01", true, "k", []string{"flask"}); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := runIndex(t, "update", "--from", dir, "--key", filepath.Join(filepath.Dir(dir), "maker.pem")); code != 0 {
		t.Fatalf("status %d\n%s%s", code, out, errs)
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{"packs": 0o700, "packs/pypi.fuse16": 0o600, "packs/key.pem": 0o600} {
			info, err := os.Stat(filepath.Join(cache, path))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != want {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
		}
	}
	packs, err := names.OpenInstalled(names.PackDir(cache))
	if err != nil || len(packs) != 1 || packs[0].Answer("flask") != names.Existed {
		t.Errorf("%v, %v", packs, err)
	}
}
