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

// TestGeneric: no line of generic code names an ecosystem. What is true of one
// belongs in its folder, in a facet of its adapter, or in its row of
// ecosystem/table.go.
func TestGeneric(t *testing.T) {
	named := regexp.MustCompile(`\becosystem\.(NPM|PyPI|Golang|Cargo|Gem|Maven|NuGet|Composer|Pub|Hex|JSR|Conda)\b`)
	looked := 0
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
		looked++
		n := 0
		for line := range strings.Lines(string(data)) {
			if n++; named.MatchString(line) {
				t.Errorf("%s:%d: %s", rel, n, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if looked < 100 {
		t.Errorf("only %d files were looked at", looked)
	}
}
