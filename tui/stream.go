package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"figment/scanner"
)

// Batches of events: a frame is drawn for each, so they are few.
const (
	batchEvery = 50 * time.Millisecond
	tickEvery  = 100 * time.Millisecond
)

// stream carries the events of one scan to the screen. Counts that nobody has
// seen yet are replaced by newer ones, so that the scan never waits and no more
// is held than was found.
type stream struct {
	gen    int
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{} // holds one
	done   chan struct{} // closed when the scan has ended

	mu     sync.Mutex
	batch  batchMsg
	fresh  bool
	report *scanner.Report // once done is closed
	err    error
}

// startScan runs scan beside the screen, after the one before it has ended (nil:
// there was none).
func startScan(ctx context.Context, gen int, before *stream, scan Scan) *stream {
	s := &stream{gen: gen, wake: make(chan struct{}, 1), done: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(ctx)
	go func() {
		defer close(s.done)
		if before != nil {
			<-before.done
		}
		rep, err := scan(s.ctx, s.event)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.report, s.err = rep, err
	}()
	return s
}

func (s *stream) event(e scanner.Event) {
	s.mu.Lock()
	b := &s.batch
	b.files, b.asked, b.answered, b.waiting = e.Files, e.Asked, e.Answered, e.Waiting
	if e.Finding != nil {
		b.findings = append(b.findings, e.Finding)
	}
	if e.Unverified != nil {
		b.unverified = append(b.unverified, e.Unverified)
	}
	if e.Problem != nil {
		b.problems = append(b.problems, e.Problem)
	}
	if e.Unread != nil {
		b.unread = append(b.unread, e.Unread)
	}
	s.fresh = true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take empties the batch; ok is false when nothing has come.
func (s *stream) take() (batchMsg, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.batch, s.fresh
	b.gen = s.gen
	s.batch.findings, s.batch.unverified, s.batch.problems, s.batch.unread = nil, nil, nil, nil
	s.fresh = false
	return b, ok
}

// next waits for the next batch, or for the end: what came before the end is in
// the report.
func (s *stream) next() tea.Msg {
	select {
	case <-s.done:
		return s.end()
	case <-s.wake:
	}
	t := time.NewTimer(batchEvery)
	defer t.Stop()
	select {
	case <-s.done:
		return s.end()
	case <-t.C:
	}
	if b, ok := s.take(); ok {
		return b
	}
	return batchMsg{gen: -1}
}

func (s *stream) end() tea.Msg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return doneMsg{s.gen, s.report, s.err}
}

// stop ends the scan and waits for it a moment; ok is false if it went on.
func (s *stream) stop(wait time.Duration) (*scanner.Report, error, bool) {
	s.cancel()
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-s.done:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.report, s.err, true
	case <-t.C:
		return nil, nil, false
	}
}
