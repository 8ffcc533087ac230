package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// ErrTooLarge ends a body that exceeds its bound.
var ErrTooLarge = errors.New("larger than an answer may be")

// A Response is an answer while it is read.
type Response struct {
	Status int
	Header http.Header
	Body   io.Reader // bounded and decompressed; ends with ErrTooLarge beyond the bound
	body   *bounded
}

// newResponse bounds the body of an answer: by max where it is what was asked
// for, else by what a page about an error may need.
func newResponse(resp *http.Response, t *timer, max int64) *Response {
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		max = maxErrorBody
	}
	b := &bounded{r: resp.Body, left: max, t: t}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: b, body: b}
}

// Broken is how the body ended before its end: ErrTooLarge, or an error of the
// network. Nil: it has not, as far as it was read.
func (r *Response) Broken() error { return r.body.err }

// All reads the body to its end. The error is a *Fault.
func (r *Response) All() ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, Explain(err)
	}
	return data, nil
}

// Bound reads at most max bytes and ends with ErrTooLarge where there are more:
// for what is read instead of an answer.
func Bound(r io.Reader, max int64) io.Reader { return &bounded{r: r, left: max} }

// bounded ends with ErrTooLarge beyond its bound, and remembers how it ended.
type bounded struct {
	r    io.Reader
	left int64
	t    *timer // may be nil
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		b.err = ErrTooLarge
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if n > 0 {
		b.t.moved()
	}
	b.left -= int64(n)
	if b.left < 0 {
		b.err = ErrTooLarge
		return 0, ErrTooLarge
	}
	if err != nil && err != io.EOF {
		err = b.t.late(err)
		b.err = err
	}
	return n, err
}

// drain reads a little of what is left, so that the connection can be used
// again, and closes the body.
func drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody) // the rest does not matter
	_ = resp.Body.Close()
}

// A timer ends a request: after its time, or once nothing has come for a while.
type timer struct {
	run    context.Context
	ctx    context.Context // the request's
	cancel context.CancelFunc
	after  time.Duration // of standing still; 0: there is a fixed end
	still  *time.Timer
}

func begin(run context.Context, limit, idle time.Duration) *timer {
	t := &timer{run: run, after: idle}
	if idle == 0 {
		t.ctx, t.cancel = context.WithTimeout(run, limit)
		return t
	}
	ctx, cancel := context.WithCancel(run)
	t.ctx, t.still = ctx, time.AfterFunc(idle, cancel)
	t.cancel = func() { t.still.Stop(); cancel() }
	return t
}

// moved puts the end off.
func (t *timer) moved() {
	if t != nil && t.still != nil {
		t.still.Reset(t.after)
	}
}

// late is the error, or that the time for the request was over where that is
// the reason. What a redirect was refused for stands.
func (t *timer) late(err error) error {
	var refused refusal
	if t != nil && t.ctx.Err() != nil && t.run.Err() == nil && !errors.As(err, &refused) {
		return context.DeadlineExceeded
	}
	return err
}
