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

// mostNamed is how many lines of generic code name an ecosystem. It only ever
// gets smaller: what is true of one ecosystem belongs in its folder, in a facet
// of its adapter, or in its row of ecosystem/table.go.
const mostNamed = 8

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
	if total != mostNamed {
		t.Errorf("%d lines of generic code name an ecosystem, and the test holds %d:", total, mostNamed)
		for file, n := range byFile {
			t.Logf("%4d %s", n, file)
		}
	}
}
