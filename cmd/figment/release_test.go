package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A releaseConfig is what the tests read of goreleaser.yaml.
type releaseConfig struct {
	Builds []struct {
		ID, Main     string
		Env          []string
		Flags        []string
		Ldflags      []string
		Tags         []string
		Goos, Goarch []string
		ModTimestamp string `yaml:"mod_timestamp"`
	}
	Archives []struct {
		ID              string
		NameTemplate    string `yaml:"name_template"`
		Formats         []string
		FormatOverrides []struct {
			Goos    string
			Formats []string
		} `yaml:"format_overrides"`
		Files []struct {
			Src  string
			Info struct{ MTime string }
		}
	}
	Nfpms []struct {
		Contents []struct{ Src string }
	}
	DockersV2 []struct{ Disable, Dockerfile string } `yaml:"dockers_v2"`
	Casks     []struct {
		SkipUpload string `yaml:"skip_upload"`
		Repository struct{ Owner, Name string }
	} `yaml:"homebrew_casks"`
}

func readRelease(t *testing.T) (c releaseConfig) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Builds) != 2 || len(c.Archives) != 2 {
		t.Fatalf("there are %d builds and %d archives", len(c.Builds), len(c.Archives))
	}
	return c
}

// TestReleaseConfig: what the action, the documents and the archives rely on.
func TestReleaseConfig(t *testing.T) {
	c := readRelease(t)
	for _, b := range c.Builds {
		for _, want := range []string{"-trimpath", "-buildvcs=false"} {
			if !slices.Contains(b.Flags, want) {
				t.Errorf("%s is built without %s: it would not be reproducible", b.ID, want)
			}
		}
		if !slices.Contains(b.Env, "CGO_ENABLED=0") || b.ModTimestamp == "" {
			t.Errorf("%s: environment %q, time %q", b.ID, b.Env, b.ModTimestamp)
		}
		if got := fmt.Sprint(b.Goos, b.Goarch); got != "[linux darwin windows] [amd64 arm64]" {
			t.Errorf("%s is built for %s", b.ID, got)
		}
		if (b.ID == "figment-osv") != slices.Contains(b.Tags, "osv") {
			t.Errorf("%s has the tags %q", b.ID, b.Tags)
		}
	}
	a := c.Archives[0]
	if a.NameTemplate != "figment_{{ .Version }}_{{ .Os }}_{{ .Arch }}" || !slices.Equal(a.Formats, []string{"tar.gz"}) {
		t.Errorf("the action looks for other names than %q as %q", a.NameTemplate, a.Formats)
	}
	for _, o := range a.FormatOverrides {
		if !slices.Contains(o.Formats, "tar.gz") {
			t.Errorf("%s has no tar.gz, which the action unpacks", o.Goos)
		}
	}
	var files []string
	for _, f := range a.Files {
		files = append(files, f.Src)
		if f.Info.MTime == "" {
			t.Errorf("%s has no fixed time in the archive", f.Src)
		}
	}
	for _, want := range []string{"LICENSE", "README.md", "extras/completions/*", "extras/man/*"} {
		if !slices.Contains(files, want) {
			t.Errorf("the archives do not have %s", want)
		}
	}
	// No account is named: nobody may hold it yet.
	for _, d := range c.DockersV2 {
		if d.Disable != `{{ not (isEnvSet "FIGMENT_OWNER") }}` {
			t.Errorf("the image is not off: %q", d.Disable)
		}
		if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(d.Dockerfile))); err != nil {
			t.Error(err)
		}
	}
	for _, k := range c.Casks {
		if !strings.Contains(k.Repository.Owner, "FIGMENT_OWNER") || !strings.Contains(k.Repository.Name, "isEnvSet") || !strings.Contains(k.SkipUpload, "isEnvSet") {
			t.Errorf("the cask is not off: %+v", k)
		}
	}
}

// forRelease skips a test that builds the program as a release does: that
// compiles every package once more.
func forRelease(t *testing.T) {
	t.Helper()
	if os.Getenv("FIGMENT_REPRODUCIBLE") == "" {
		t.Skip("FIGMENT_REPRODUCIBLE is not set: .ci/run and .ci/nightly build the program as a release does")
	}
}

// TestExtras makes what the archives carry beside the program, and looks for
// every file that goreleaser.yaml names.
func TestExtras(t *testing.T) {
	forRelease(t)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed: the extras were not made")
	}
	tree := copyTree(t)
	cmd := exec.Command("bash", ".github/release/extras.sh", "1.2.3")
	cmd.Dir = tree
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := readRelease(t)
	var patterns []string
	for _, f := range c.Archives[0].Files {
		patterns = append(patterns, f.Src)
	}
	for _, n := range c.Nfpms {
		for _, f := range n.Contents {
			patterns = append(patterns, f.Src)
		}
	}
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(tree, filepath.FromSlash(p)))
		if err != nil || len(found) == 0 {
			t.Errorf("nothing is called %s", p)
		}
		for _, f := range found {
			if info, err := os.Stat(f); err != nil || info.Size() == 0 {
				t.Errorf("%s is empty", f)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(tree, "extras", "man", "figment.1"))
	if err != nil || !strings.Contains(string(page), "figment 1.2.3") {
		t.Errorf("the manual page does not say its version: %v", err)
	}
}

// TestReproducible builds the program for this platform as a release does, twice,
// in folders of different names, and compares the bytes. The second build has an
// empty cache, so that nothing of the first is in it.
func TestReproducible(t *testing.T) {
	forRelease(t)
	b := readRelease(t).Builds[0]
	args := append([]string{"build"}, b.Flags...)
	for _, f := range b.Ldflags {
		f = strings.NewReplacer("{{ .Version }}", "1.2.3", "{{ .FullCommit }}", strings.Repeat("a", 40)).Replace(f)
		if strings.Contains(f, "{{") {
			t.Fatalf("the test does not know the template in %q", f)
		}
		args = append(args, "-ldflags", f)
	}
	build := func(tree, cache string) string {
		out := filepath.Join(t.TempDir(), "figment")
		cmd := exec.Command("go", append(args, "-o", out, b.Main)...)
		cmd.Dir = tree
		cmd.Env = append(os.Environ(), b.Env...)
		if cache != "" {
			cmd.Env = append(cmd.Env, "GOCACHE="+cache)
		}
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, text)
		}
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			t.Fatal(err)
		}
		version, err := exec.Command(out, "version").Output()
		if want := "figment 1.2.3 (aaaaaaaaaaaa)\n"; err != nil || string(version) != want {
			t.Errorf("it says it is %q, not %q (%v)", version, want, err)
		}
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	here, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if one, two := build(here, ""), build(copyTree(t), t.TempDir()); one != two {
		t.Errorf("two builds of the same text differ: %s and %s", one, two)
	}
}

// copyTree is a copy of what a build needs of the repository, without git.
func copyTree(t *testing.T) string {
	t.Helper()
	root, to := filepath.Join("..", ".."), filepath.Join(t.TempDir(), "elsewhere")
	err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "dist", "extras", "testdata":
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// TestChecksums: the action's table holds comments and hashes of archives,
// nothing else.
func TestChecksums(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".github", "action", "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`^[0-9a-f]{64}  figment_[0-9]+\.[0-9]+\.[0-9]+_(linux|darwin|windows)_(amd64|arm64)\.tar\.gz$`)
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if !row.MatchString(line) {
			t.Errorf("this line is no hash of an archive: %q", line)
			continue
		}
		if name := line[66:]; seen[name] {
			t.Errorf("%s is there twice", name)
		} else {
			seen[name] = true
		}
	}
}
