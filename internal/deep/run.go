package deep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Program is the name of the second program.
const Program = "figment-osv"

// InstallCommand is what to type, in a clone, to get the second program beside
// the first.
const InstallCommand = "go install -tags osv ./cmd/figment-osv"

const (
	maxVersion = 4 << 10
	maxLog     = 64 << 10
	// pipesDelay is how long after the end of the process its pipes may stay
	// open, held by something it left behind. A busy machine takes its time to
	// hand over a large answer.
	pipesDelay = 5 * time.Second
	// stopDelay is how long a caller who has given up waits for the end.
	stopDelay = 50 * time.Millisecond
)

// An Error says why there is no answer. Nothing is known about any package then.
type Error struct {
	Text  string // no capital, no full stop; safe to show
	Hint  string // what to do; may be empty
	Usage bool   // the second program is missing or of another version
	Err   error  // the cause, such as context.DeadlineExceeded; may be nil
}

func (e *Error) Error() string { return e.Text }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Find looks for figment-osv: beside the running program, then in the
// directories of PATH that are absolute. An empty dirOfSelf is skipped. The
// error is an *Error with Usage.
func Find(dirOfSelf, path string) (string, error) {
	name := Program
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, dir := range append([]string{dirOfSelf}, filepath.SplitList(path)...) {
		if !filepath.IsAbs(dir) { // a scanned directory must not bring its own
			continue
		}
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		if err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0) {
			return file, nil
		}
	}
	return "", &Error{Text: Program + " is not installed", Hint: InstallCommand, Usage: true, Err: exec.ErrNotFound}
}

// Run starts exe, hands it q and gives its answer. It asks for exe's version
// first. When ctx ends, the process and what it started are killed at once. The
// error is an *Error; an Answer comes only without one.
func Run(ctx context.Context, exe string, q Request) (Answer, error) {
	if err := handshake(ctx, exe, q.Build); err != nil {
		return Answer{}, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		q.TimeoutMS = max(1, time.Until(deadline).Milliseconds())
	}
	var in bytes.Buffer
	if err := WriteRequest(&in, q); err != nil {
		return Answer{}, &Error{Text: "the request cannot be written", Err: err}
	}
	if in.Len() > MaxRequest {
		return Answer{}, &Error{Text: "the request is too large"}
	}
	out, err := run(ctx, exe, nil, in.Bytes(), MaxAnswer)
	if err != nil {
		return Answer{}, err
	}
	a, err := ReadAnswer(bytes.NewReader(out))
	if err != nil {
		return Answer{}, &Error{Text: Program + ": " + err.Error(), Err: err}
	}
	if q.Build != "" && a.Build != q.Build {
		return Answer{}, mismatch(a.Build, q.Build)
	}
	return a, nil
}

func handshake(ctx context.Context, exe, build string) error {
	out, err := run(ctx, exe, []string{"--version"}, nil, maxVersion)
	if err != nil {
		return err
	}
	have, protocol, ok := readVersion(out)
	switch {
	case !ok:
		return &Error{Text: Redact(exe) + " is no " + Program, Hint: InstallCommand, Usage: true}
	case protocol != Protocol:
		return &Error{
			Text:  fmt.Sprintf("%s speaks protocol %d, this figment speaks %d: install both from the same version", Program, protocol, Protocol),
			Hint:  InstallCommand,
			Usage: true,
		}
	case build != "" && have != build:
		return mismatch(have, build)
	}
	return nil
}

func mismatch(have, want string) *Error {
	return &Error{
		Text:  fmt.Sprintf("%s is version %s, figment is %s: install both from the same version", Program, Redact(have), Redact(want)),
		Hint:  InstallCommand,
		Usage: true,
	}
}

var errTooLarge = errors.New("too much output")

// run starts exe and gives its standard output, of which it takes limit bytes at
// most.
func run(ctx context.Context, exe string, args []string, in []byte, limit int) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Env = environment(os.Environ())
	cmd.Stdin = bytes.NewReader(in)
	out := &limited{limit: limit, full: func() { cancel(errTooLarge) }}
	log := &tail{limit: maxLog}
	cmd.Stdout, cmd.Stderr = out, log
	cmd.WaitDelay = pipesDelay
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd.Process) }
	ended := make(chan error, 1)
	go func() { ended <- cmd.Run() }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		select {
		case err = <-ended:
		case <-time.After(stopDelay): // something outside the group holds the pipes
			err = context.Cause(ctx)
		}
	}
	if cause := context.Cause(ctx); cause != nil && (err != nil || errors.Is(cause, errTooLarge)) {
		switch {
		case errors.Is(cause, errTooLarge):
			return nil, &Error{Text: fmt.Sprintf("%s wrote more than %d bytes", Program, limit), Err: errTooLarge}
		case errors.Is(cause, context.DeadlineExceeded):
			return nil, &Error{Text: Program + " did not finish in time", Err: cause}
		}
		return nil, &Error{Text: Program + " was stopped", Err: cause}
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.bytes(), nil
	case errors.Is(err, exec.ErrWaitDelay):
		_ = killGroup(cmd.Process)
		return nil, &Error{Text: Program + " left processes behind", Err: err}
	case errors.As(err, &exit):
		text := fmt.Sprintf("%s ended with %s", Program, exit.ProcessState)
		if last := log.last(); last != "" {
			text += ": " + last
		}
		return nil, &Error{Text: text, Err: err}
	case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission), errors.Is(err, exec.ErrDot):
		return nil, &Error{Text: Program + " cannot be started", Hint: InstallCommand, Usage: true, Err: err}
	}
	return nil, &Error{Text: Program + " cannot be run", Err: err}
}

// environment keeps what a program needs to find its files, its proxy and its
// certificates, and no secrets of anybody else.
func environment(env []string) []string {
	keep := []string{
		"PATH", "HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "LOCALAPPDATA", "XDG_CACHE_HOME",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GOMEMLIMIT", "GOMAXPROCS",
		"GOCOVERDIR", "GORACE", // for tests
	}
	var out []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		for _, k := range keep {
			if strings.EqualFold(name, k) {
				out = append(out, e)
			}
		}
	}
	return out
}

// limited keeps the first limit bytes; at more it calls full and refuses.
type limited struct {
	limit int
	full  func()
	buf   bytes.Buffer
}

func (l *limited) Write(p []byte) (int, error) {
	if l.buf.Len()+len(p) > l.limit {
		l.full()
		return 0, errTooLarge
	}
	return l.buf.Write(p)
}

func (l *limited) bytes() []byte { return l.buf.Bytes() }

// tail keeps the last limit bytes.
type tail struct {
	limit int
	mu    sync.Mutex
	buf   []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p[max(0, len(p)-t.limit):]...)
	if over := len(t.buf) - t.limit; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

// last is the last line that is not empty, safe to show.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.buf))
	return Redact(text[strings.LastIndexByte(text, '\n')+1:])
}

const maxShown = 300

// Redact makes one line of foreign text, cut after some 300 bytes: printable
// ASCII only, without the credentials and queries of the URLs in it.
func Redact(s string) string {
	if len(s) > 4*maxShown {
		s = s[:4*maxShown]
	}
	words := strings.Fields(s)
	for i, w := range words {
		words[i] = redact(w)
	}
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7E {
			return '?'
		}
		return r
	}, strings.Join(words, " "))
	if len(s) > maxShown {
		s = s[:maxShown] + "..."
	}
	return s
}

func redact(w string) string {
	at := strings.Index(w, "://")
	if at < 0 {
		return w
	}
	head, rest := w[:at+3], w[at+3:]
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = "***@" + authority[i+1:]
	}
	if i := strings.IndexAny(tail, "?#"); i >= 0 {
		tail = tail[:i] + "?***"
	}
	if strings.Contains(tail, "://") {
		tail = "/***"
	}
	return head + authority + tail
}
