package deep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTag: every file of the second program carries its build constraint, so
// that "go install ./..." neither fetches nor compiles osv-scanner.
func TestTag(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "cmd", Program, "*.go"))
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "//go:build osv\n\n") {
			t.Errorf("%s has no constraint", file)
		}
	}
}
