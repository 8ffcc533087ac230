package settings

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestUnreadable: a configuration file that is a pipe or too large is not waited
// for, and the user is told that it was not read.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	pipe, large := filepath.Join(dir, "pipe"), filepath.Join(dir, "large")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Skip("mkfifo is not there: no pipe was read")
	}
	if err := os.WriteFile(large, bytes.Repeat([]byte("#\n"), 1<<19+1), 0o600); err != nil {
		t.Fatal(err)
	}
	env := OSEnv()
	for _, file := range []string{pipe, pipe, large, filepath.Join(dir, "absent")} {
		if text, ok := env.Read(file); ok {
			t.Errorf("%s was read: %q", file, text)
		}
	}
	want := []unread{{pipe, "is no regular file"}, {large, "is larger than 1 MiB"}}
	if !slices.Equal(env.unread, want) {
		t.Errorf("not read: %v, not %v", env.unread, want)
	}
}
