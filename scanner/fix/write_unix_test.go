//go:build unix

package fix

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"figment/ecosystem/all"
)

// TestInterrupted: a write that breaks off leaves the old file whole, and
// nothing beside it. A process of its own has a limit to the length of files.
func TestInterrupted(t *testing.T) {
	const old = "requests==2\n"
	if dir := os.Getenv("FIX_TEST_DIR"); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64, Max: 64}); err != nil {
			os.Exit(3)
		}
		_, err := Apply(all.Formats().Recognition(), Edit{Root: dir, Path: "requirements.txt", Before: []byte(old), After: []byte(strings.Repeat("x\n", 100))})
		if err == nil {
			os.Exit(4)
		}
		os.Exit(0)
	}
	dir, _ := disk(t, map[string]string{"requirements.txt": old})
	cmd := exec.Command(os.Args[0], "-test.run=^TestInterrupted$")
	cmd.Env = append(os.Environ(), "FIX_TEST_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := content(t, filepath.Join(dir, "requirements.txt")); got != old {
		t.Errorf("%q", got)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
