//go:build unix

package cache

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestNoFile: what stands in the place of an entry and is no plain file of the
// user's is a miss at once, and the next Put replaces it where it can.
func TestNoFile(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		put   func(path string) error
		stays bool // it cannot be replaced
	}{
		"fifo":      {func(p string) error { return syscall.Mkfifo(p, 0o600) }, false},
		"directory": {func(p string) error { return os.Mkdir(p, 0o700) }, true},
		"full directory": {func(p string) error {
			if err := os.Mkdir(p, 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(p, "x"), nil, 0o600)
		}, true},
		"link to an entry": {func(p string) error { return os.Symlink(p+".whole", p) }, false},
		"link to itself":   {func(p string) error { return os.Symlink(p, p) }, false},
		"device":           {func(p string) error { return os.Symlink("/dev/zero", p) }, false},
		"socket": {func(p string) error {
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			defer syscall.Close(fd)
			at, err := os.Getwd()
			if err != nil {
				return err
			}
			defer os.Chdir(at)
			if err := os.Chdir(filepath.Dir(p)); err != nil { // a socket's path is short
				return err
			}
			return syscall.Bind(fd, &syscall.SockaddrUnix{Name: filepath.Base(p)})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := Files(dir, FileOptions{})
			key := Key{"npm", "a"}
			path := s.(*files).path(key)
			s.Put(ctx, entry("a", "1", now))
			if err := os.Rename(path, path+".whole"); err != nil {
				t.Fatal(err)
			}
			if err := c.put(path); err != nil {
				t.Fatal(err)
			}
			run, cancel := context.WithCancel(ctx) // nothing ends it: a read that waits fails by the test's own time
			defer cancel()
			if got := s.Get(run, []Key{key}); len(got) != 0 {
				t.Errorf("read %+v", got)
			}
			s.Put(ctx, entry("a", "2", now))
			got := s.Get(ctx, []Key{key})
			if c.stays != (len(got) == 0) {
				t.Errorf("after a write: %+v", got)
			}
			if data, err := os.ReadFile(path + ".whole"); err != nil || len(data) == 0 {
				t.Errorf("the target of a link was touched: %v", err)
			}
		})
	}
	// The same in the place of the key: it is replaced.
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "identity.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := Files(dir, FileOptions{}).(*files), Files(dir, FileOptions{}).(*files)
	if a.Identity("s") != b.Identity("s") {
		t.Error("the key was not made")
	}
}

// TestStranger: in a folder that others may write to, their entries are none. In
// a folder that was handed over as a whole (a container) they are.
func TestStranger(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := t.TempDir()
	now := time.Now()
	s := Files(dir, FileOptions{})
	key := Key{"npm", "a"}
	s.Put(ctx, entry("a", "1", now))
	if err := os.Chown(s.(*files).path(key), 12345, 12345); err != nil {
		t.Skipf("files cannot be given away here: %v", err)
	}
	if got := s.Get(ctx, []Key{key}); len(got) != 0 {
		t.Errorf("read a stranger's %+v", got)
	}
	if err := os.Chown(dir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	if got := s.Get(ctx, []Key{key}); len(got) != 1 {
		t.Error("an entry of the folder's owner is a miss")
	}
}

// TestDeadline: a read that does not end is left when the run ends.
func TestDeadline(t *testing.T) {
	dir := t.TempDir()
	hold := make(chan struct{})
	defer close(hold)
	entered := make(chan struct{})
	s := Files(dir, FileOptions{Now: func() time.Time { // what stands for a file system that does not answer
		close(entered)
		<-hold
		return time.Time{}
	}})
	run, cancel := context.WithCancel(ctx)
	go func() {
		<-entered
		cancel()
	}()
	if got := s.Get(run, []Key{{"npm", "a"}}); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
