package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"figment/scanner"
)

// progress is one line on standard error that says how far a long scan is. It
// shows itself only on a terminal and only after half a second.
type progress struct {
	w     io.Writer
	start time.Time

	mu    sync.Mutex
	on    bool
	last  time.Time
	shown bool
}

const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

func newProgress(w io.Writer, on bool) *progress {
	return &progress{w: w, on: on, start: time.Now()}
}

func (p *progress) event(e scanner.Event) {
	if !p.on {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.start) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	if e.Asked == 0 {
		fmt.Fprintf(p.w, "\r\x1b[Kreading: %d files", e.Files)
		return
	}
	if len(e.Waiting) > 0 {
		fmt.Fprintf(p.w, "\r\x1b[Kchecking: %d of %d names, waiting for %s", e.Answered, e.Asked, strings.Join(e.Waiting, ", "))
		return
	}
	rate := float64(e.Answered) / now.Sub(p.start).Seconds()
	fmt.Fprintf(p.w, "\r\x1b[Kchecking: %d of %d names, %.0f a second", e.Answered, e.Asked, rate)
}

// done takes the line away.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.on = false
}
