package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// namedLines are the lines of generic code that name an ecosystem: at most ten.
// What is true of one ecosystem belongs in its folder, in a facet of its adapter,
// or in its row of ecosystem/table.go.
var namedLines = []struct {
	file  string
	lines int
	why   string
}{
	{"scanner/extract/specifier.go", 7, "a specifier says itself of which registry its package is (npm:, jsr:, a CDN's URL), in code, import maps, Deno's commands and HTML"},
	{"scanner/extract/npm_spec.go", 1, "and the host of a tarball's URL does"},
}

const mostNamed = 10

// TestGeneric counts the lines that name an ecosystem outside of its folder.
func TestGeneric(t *testing.T) {
	named := regexp.MustCompile(`\becosystem\.(NPM|PyPI|Golang|Cargo|Gem|Maven|NuGet|Composer|Pub|Hex|JSR|Conda)\b`)
	byFile := map[string]int{}
	total := 0
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, file)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			// What plays OSV and what builds the indexes names what it plays and builds.
			if slices.Contains([]string{"ecosystem", "internal/play/osvplay", "names/build", "cmd/mknames"}, rel) || strings.HasPrefix(d.Name(), ".") && rel != "." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			if named.MatchString(line) {
				byFile[rel]++
				total++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > mostNamed {
		t.Errorf("%d lines of generic code name an ecosystem: at most %d may", total, mostNamed)
	}
	for _, n := range namedLines {
		if got := byFile[n.file]; got != n.lines {
			t.Errorf("%s: %d lines name an ecosystem, and the list has %d", n.file, got, n.lines)
		}
		delete(byFile, n.file)
	}
	for file, n := range byFile {
		t.Errorf("%s: %d lines name an ecosystem, without a reason in the list", file, n)
	}
}
