package git

import (
	"bufio"
	"context"
	"figment/internal/disk"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A blobReader takes objects out of the repository, through one process that
// lives as long as it is needed.
type blobReader struct {
	repo *Repo

	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	broken  error
	process atomic.Pointer[os.Process]
	over    atomic.Bool
}

const (
	blobTimeout = 10 * time.Second // for one object
	maxPassed   = 256 << 20        // bytes of an object that are read only to get past it
	blobHead    = 256              // bytes that are given of an object that is too long: a first line that names a program
)

// An objectError is the trouble with an object in words that go after the path
// of its file.
type objectError struct {
	text string
	err  error
}

func (e *objectError) Error() string { return e.text }

func (e *objectError) Unwrap() error { return e.err }

// errNoBlob is for an object that this clone does not have.
var errNoBlob = &objectError{"is not in this clone of the repository: its content was left behind", nil}

// read gives the content of a blob. Of one that is longer than limit it gives
// the beginning, and its length.
func (b *blobReader) read(object string, limit int64) (data []byte, size int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken == nil && b.over.Load() {
		b.fail(context.Canceled)
	}
	if b.broken != nil {
		return nil, 0, b.broken
	}
	if !isObject(object) {
		return nil, 0, errNoBlob
	}
	if b.cmd == nil {
		if err := b.start(); err != nil {
			return nil, 0, b.fail(err)
		}
	}
	timer := time.AfterFunc(blobTimeout, b.kill)
	defer timer.Stop()
	if _, err := io.WriteString(b.in, object+"\n"); err != nil {
		return nil, 0, b.fail(err)
	}
	line, err := b.out.ReadString('\n')
	if err != nil {
		return nil, 0, b.fail(err)
	}
	f := strings.Fields(line)
	if len(f) == 2 && f[1] == "missing" {
		return nil, 0, errNoBlob
	}
	if len(f) != 3 || f[0] != object {
		return nil, 0, b.fail(errOutput)
	}
	if size, err = strconv.ParseInt(f[2], 10, 64); err != nil || size < 0 {
		return nil, 0, b.fail(errOutput)
	}
	take := size
	if size > limit {
		take = min(limit, blobHead)
	}
	data = make([]byte, take)
	if _, err := io.ReadFull(b.out, data); err != nil {
		return nil, 0, b.fail(err)
	}
	left := size - int64(len(data)) + 1 // and a line end
	if left > maxPassed {
		b.stop(true) // another one is started when it is needed
	} else if _, err := io.CopyN(io.Discard, b.out, left); err != nil {
		return nil, 0, b.fail(err)
	}
	if f[1] != "blob" {
		return nil, 0, errNoBlob
	}
	return data, size, nil
}

// ready starts the process. Where that fails, the first reading says so.
func (b *blobReader) ready() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil && b.start() != nil {
		b.cmd, b.in, b.out = nil, nil, nil
	}
}

func (b *blobReader) start() error {
	b.cmd = b.repo.command(context.Background(), "cat-file", "--batch")
	in, err := b.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.cmd.Start(); err != nil {
		return err
	}
	b.in, b.out = in, bufio.NewReaderSize(out, 64<<10)
	b.process.Store(b.cmd.Process)
	return nil
}

// kill ends a process that does not answer: what waits for it then fails.
func (b *blobReader) kill() {
	if p := b.process.Load(); p != nil {
		p.Kill() // an error: it has ended by itself
	}
}

// fail remembers that the process cannot be used any more.
func (b *blobReader) fail(err error) error {
	b.stop(true)
	b.broken = &objectError{"cannot be taken out of the repository: git cat-file: " + disk.Cause(err), err}
	return b.broken
}

// stop ends the process, at once or when it has done what it was told.
func (b *blobReader) stop(kill bool) {
	if b.cmd == nil {
		return
	}
	if kill {
		b.kill()
	}
	if b.in != nil {
		b.in.Close() // it ends when its input does
		timer := time.AfterFunc(time.Second, b.kill)
		b.cmd.Wait() // its status says nothing that counts
		timer.Stop()
	}
	b.process.Store(nil)
	b.cmd, b.in, b.out = nil, nil, nil
}

// interrupt makes reading fail from now on.
func (b *blobReader) interrupt() {
	b.over.Store(true)
	b.kill()
}

func (b *blobReader) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stop(false)
}
