package tui

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"figment/ecosystem"
	"figment/scanner"
	"figment/scanner/source"
	"figment/scanner/text"
)

// hang is how long a test waits for what comes at once on an idle machine: it
// only guards against waiting for ever.
const hang = time.Minute

// quitWithin is how long the program may wait while it leaves the screen, by
// the clock of a bubble, where only waiting takes time.
const quitWithin = 300 * time.Millisecond

// sees waits until the frame has the texts in it. The renderer writes
// differences, so that the frame is asked and not what was written.
func sees(t *testing.T, tm *teatest.TestModel, m *model, texts ...string) {
	t.Helper()
	until(t, tm, "the screen shows "+strings.Join(texts, ", "), func() bool {
		frame := plainText(m.View().Content)
		for _, s := range texts {
			if !strings.Contains(frame, s) {
				return false
			}
		}
		return true
	})
}

func keys(tm *teatest.TestModel, list ...string) {
	for _, k := range list {
		tm.Send(keyMsg(k))
	}
}

// leave quits and gives the model as it was then.
func leave(t *testing.T, tm *teatest.TestModel, m *model) *model {
	t.Helper()
	keys(tm, "ctrl+c")
	tm.WaitFinished(t, teatest.WithFinalTimeout(hang))
	return m
}

// ask runs a question about the model between two messages.
func ask(t *testing.T, tm *teatest.TestModel, f func()) {
	t.Helper()
	done := make(chan struct{})
	go tm.Send(probeMsg(func() { f(); close(done) }))
	select {
	case <-done:
	case <-time.After(hang):
		t.Fatal("the program does not answer")
	}
}

// probeMsg is called by probed, which tests put around the model.
type probeMsg func()

type probed struct{ *model }

func (p probed) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if f, ok := msg.(probeMsg); ok {
		f()
		return p, nil
	}
	_, cmd := p.model.Update(msg)
	return p, cmd
}

// program runs a model as Run does, without a terminal; the model answers ask.
func program(t *testing.T, o Options) (*teatest.TestModel, *model) {
	t.Helper()
	m := newModel(t.Context(), o)
	tm := teatest.NewTestModel(t, probed{m}, teatest.WithInitialTermSize(80, 24),
		teatest.WithProgramOptions(tea.WithColorProfile(colorprofile.Ascii), tea.WithoutSignalHandler()))
	return tm, m
}

// until waits until f holds for the model.
func until(t *testing.T, tm *teatest.TestModel, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		ok := false
		ask(t, tm, func() { ok = f() })
		if ok {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func TestFlowFilterAndOpen(t *testing.T) {
	tm, m := program(t, options())
	sees(t, tm, m, "react-hook-usestate", "1/6")
	keys(tm, "/")
	tm.Type("gorilla")
	sees(t, tm, m, "1 row")
	keys(tm, "enter", "enter")
	sees(t, tm, m, "snippet.md:31:")
	m = leave(t, tm, m)
	if it := m.list.selected(); it == nil || it.finding.ID != "f5" || !m.detail.full {
		t.Errorf("selected %+v, full %v", it, m.detail.full)
	}
	if len(m.list.rows) != 2 || m.view.filter != "gorilla" {
		t.Errorf("%d rows, filter %q", len(m.list.rows), m.view.filter)
	}
}

func TestFlowIgnoreAndUndo(t *testing.T) {
	o := options()
	s := &fakeChanges{}
	o.Changes = s
	tm, m := program(t, o)
	sees(t, tm, m, "react-hook-usestate")
	keys(tm, "down", "i", "enter") // no reason: stays open
	until(t, tm, "the form asks for a reason", func() bool {
		f, ok := m.dialog.(*ignoreForm)
		return ok && f.bad != ""
	})
	tm.Type("our own package")
	keys(tm, "tab")
	for range 10 {
		keys(tm, "backspace")
	}
	tm.Type("2026-11-21")
	keys(tm, "enter")
	until(t, tm, "a day that is over is refused", func() bool { return m.dialog.(*ignoreForm).bad == "that day is over" })
	for range 2 {
		keys(tm, "backspace")
	}
	tm.Type("30")
	keys(tm, "tab", "down", "enter")
	until(t, tm, "it is taken", func() bool { return m.decided() == 1 && m.dialog == nil })
	until(t, tm, "the row says so", func() bool { return strings.Contains(m.shelf.items[2].settled, "our own package") })
	keys(tm, "u")
	until(t, tm, "it is undone", func() bool { return m.decided() == 0 && m.shelf.items[2].settled == "" })
	leave(t, tm, m)
	if got, want := strings.Join(s.log, "; "), `ignore ui-tokens-kit 1 "our own package" 2026-11-30; undo`; got != want {
		t.Errorf("the changes saw %q, want %q", got, want)
	}
}

func TestFlowFixAndUndo(t *testing.T) {
	o := options()
	s := &fakeChanges{}
	o.Changes = s
	tm, m := program(t, o)
	sees(t, tm, m, "react-hook-usestate")
	keys(tm, "down", "down", "f")
	sees(t, tm, m, "1 of 2", "- reqeusts-oauthlib==1.3", "+ requests-oauthlib==1.3", "unsafe")
	keys(tm, "n")
	sees(t, tm, m, "2 of 2", "+ oauthlib==1.3")
	keys(tm, "y")
	until(t, tm, "it is taken", func() bool { return m.decided() == 1 && m.dialog == nil })
	keys(tm, "u")
	until(t, tm, "it is undone", func() bool { return m.decided() == 0 && !m.busy })
	keys(tm, "a", "f", "a")
	until(t, tm, "every safe fix is taken", func() bool { return m.decided() == 2 && m.dialog == nil })
	keys(tm, "q")
	sees(t, tm, m, "2 changes are not written.")
	keys(tm, "esc", "w")
	until(t, tm, "what would be written shows", func() bool { _, ok := m.dialog.(*reader); return ok })
	before := 0
	ask(t, tm, func() { before = m.gen })
	keys(tm, "y")
	until(t, tm, "it is written and scanned again", func() bool { return m.gen == before+1 && m.phase == finished && m.decided() == 0 })
	leave(t, tm, m)
	want := "fix reqeusts-oauthlib oauthlib; undo; fix react-hook-usestate react; fix dotenv python-dotenv; apply 2"
	if got := strings.Join(s.log, "; "); got != want {
		t.Errorf("the changes saw %q, want %q", got, want)
	}
}

// TestChangeSetErrors: what could not be done is said and not shown as done.
func TestChangeSetErrors(t *testing.T) {
	for call, press := range map[string][]string{
		"ignore": {"i", "x", "enter"}, "fix": {"f", "y"}, "preview": {"f", "y"}, "apply": {"down", "down", "f", "y", "w", "y"},
	} {
		o := options()
		s := &fakeChanges{fail: call}
		o.Changes = s
		b := newBench(t, o, 80, 24).finish(sample(), nil).press(press...)
		if !strings.Contains(b.frame(), "the file is read only") {
			t.Errorf("%s: the error is not shown:\n%s", call, b.frame())
		}
		if want := map[bool]int{true: 1}[call == "apply"]; b.m.decided() != want || strings.Contains(strings.Join(s.log, " "), "apply") {
			t.Errorf("%s: %d changes after an error, %q", call, b.m.decided(), s.log)
		}
	}
}

// slowScan finds one finding at once and ends only when it is told to.
func slowScan(n *atomic.Int32) Scan {
	return func(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
		n.Add(1)
		f := findings()
		events(scanner.Event{Files: 4, Asked: 142, Answered: 71, Finding: &f[0]})
		<-ctx.Done()
		r := partialReport()
		r.Findings = f[:1]
		r.Interrupted = true
		r.Count()
		return r, nil
	}
}

func TestFlowStopAtHalf(t *testing.T) {
	var n atomic.Int32
	o := options()
	o.Scan = slowScan(&n)
	tm, m := program(t, o)
	sees(t, tm, m, "71/142", "react-hook-usestate", "stop and keep")
	keys(tm, "x")
	until(t, tm, "the scan has ended", func() bool { return m.phase == finished })
	sees(t, tm, m, "PARTIAL", "The scan was stopped")
	leave(t, tm, m)
	if r := m.leave(time.Second); !r.Interrupted || len(r.Findings) != 1 || len(r.Unverified) != 11 {
		t.Errorf("the report says %+v", r.Counts)
	}
}

// TestFlowWaiting: while a scan runs the screen names who is waited for, and what
// was not read; a scan that is left before its end still says so.
func TestFlowWaiting(t *testing.T) {
	o := options()
	u := unreadReport().Unread
	answered := make(chan struct{})
	o.Scan = func(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
		e := scanner.Event{Files: 4, Asked: 142, Answered: 61}
		e.Unread = &u[0]
		events(e)
		e.Unread = &u[2]
		events(e)
		again := u[2]
		again.Line = 7
		e.Unread = &again
		events(e)
		e.Unread, e.Waiting = nil, []string{"npm", "OSV"}
		events(e)
		<-answered
		e.Waiting = []string{"OSV"}
		events(e)
		<-ctx.Done()
		<-t.Context().Done() // it does not listen
		return nil, nil
	}
	tm, m := program(t, o)
	sees(t, tm, m, "61/142", "waiting for npm, OSV", "2 unread", "ios/Podfile", "no reader: is a CocoaPods manifest")
	close(answered)
	sees(t, tm, m, "waiting for OSV")
	keys(tm, "x")
	until(t, tm, "a scan that stops waits for nobody", func() bool { return !strings.Contains(plainText(m.View().Content), "waiting for") })
	leave(t, tm, m)
	if r := m.leave(time.Millisecond); !r.Interrupted || r.Complete || len(r.Unread) != 2 || !r.Unread[0].Touched || r.Counts.Unread != 2 {
		t.Errorf("the report says %+v, %+v", r.Counts, r.Unread)
	}
}

// TestUnreadRows: what was not read is a row with its reason, and a report with
// such rows does not read as clean.
func TestUnreadRows(t *testing.T) {
	r := unreadReport()
	r.Findings = nil
	r.Count()
	b := newBench(t, options(), 120, 40).finish(r, nil)
	frame := b.frame()
	for _, want := range []string{"3 unread", "PARTIAL", "Not everything could be read", "not read  ", "! go.mod", "too large: has 5 MiB", "! requirements.txt", "broken: 2 lines", ":3", "! ios/Podfile", "no reader: is"} {
		if !strings.Contains(frame, want) {
			t.Errorf("the screen does not show %q", want)
		}
	}
	for name, want := range map[string]string{"go.mod": "a gate fails", "requirements.txt": "result is incomplete", "ios/Podfile": "CocoaPods manifest"} {
		b.press("/").write(name).press("enter")
		if got := b.frame(); !strings.Contains(got, want) || strings.Count(got, "! ") != 1 {
			t.Errorf("%s: the detail does not say %q:\n%s", name, want, got)
		}
		b.press("esc")
	}
	r.Unread, r.Complete = r.Unread[2:], true
	r.Count()
	if got := newBench(t, options(), 120, 40).finish(r, nil).frame(); !strings.Contains(got, "1 file was not read: nothing is said of what stands there.") || !strings.Contains(got, "1 unread") {
		t.Errorf("what has no reader is left out:\n%s", got)
	}
}

// TestCounts: one is not many, and where words have no room there are letters.
func TestCounts(t *testing.T) {
	b := newBench(t, options(), 120, 40).finish(oneOfEach(), nil)
	title, _, _ := strings.Cut(b.frame(), "\n")
	if want := "PARTIAL  1 error  1 warning  1 note  1 unverified  1 unread"; !strings.HasSuffix(title, want) || !strings.Contains(title, "0 of 1 name  1 file  ") {
		t.Errorf("the title is %q", title)
	}
	b.send(tea.WindowSizeMsg{Width: 40, Height: 12})
	if title, _, _ := strings.Cut(b.frame(), "\n"); !strings.HasSuffix(title, "PARTIAL  1E  1W  1N  1?  1!") {
		t.Errorf("the title is %q", title)
	}
	if got, want := remains("x", oneOfEach()), "x: 1 error, 1 warning, 1 note in 1 name; 1 name unverified: neither clean nor missing; 1 file not read; PARTIAL"; got != want {
		t.Errorf("what stays is %q, want %q", got, want)
	}
}

// TestCursorComesBack: in a new scan the cursor goes back to its row when that
// comes, to the place of one that has gone, and nowhere once the person moves.
func TestCursorComesBack(t *testing.T) {
	f := findings()
	send := func(b *bench, list ...int) {
		for _, i := range list {
			b.m.Update(batchMsg{gen: b.m.gen, findings: []*scanner.Finding{&f[i]}})
		}
	}
	again := func() *bench {
		o := options()
		o.Scan = func(ctx context.Context, _ func(scanner.Event)) (*scanner.Report, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		b := newBench(t, o, 80, 24).finish(sample(), nil).press("down", "down", "down") // f4
		b.m.Update(keyMsg("r"))
		if b.m.gen != 2 || b.m.list.selected() != nil {
			t.Fatal("no new scan began")
		}
		return b
	}
	at := func(b *bench) string { return b.m.list.selected().id }
	end := func(b *bench, drop string) {
		r := sample()
		r.Findings = slices.DeleteFunc(r.Findings, func(x scanner.Finding) bool { return x.ID == drop })
		r.Count()
		b.m.Update(doneMsg{b.m.gen, r, nil})
	}
	b := again()
	if send(b, 5, 0, 3, 1); at(b) != "f4" {
		t.Errorf("the cursor went to %s", at(b))
	}
	if end(b, ""); at(b) != "f4" {
		t.Errorf("after the scan the cursor is on %s", at(b))
	}
	b = again()
	send(b, 5, 0, 1)
	if end(b, "f4"); at(b) != "f6" { // which took its place
		t.Errorf("after its row has gone the cursor is on %s", at(b))
	}
	b = again()
	send(b, 5, 0, 1)
	b.press("home")
	if end(b, ""); at(b) != "f1" {
		t.Errorf("the person went to the top, the cursor to %s", at(b))
	}
}

// TestWrittenNotice: what is said of a scan that runs is not said of one that has
// ended.
func TestWrittenNotice(t *testing.T) {
	b := newBench(t, options(), 80, 24).finish(sample(), nil)
	b.press("f", "y", "w")
	b.m.Update(keyMsg("y"))
	b.m.Update(writtenMsg{})
	if got := b.frame(); !strings.Contains(got, "1 change written, scanning again") {
		t.Fatalf("nothing is said of the scan:\n%s", got)
	}
	b.m.Update(doneMsg{b.m.gen, sample(), nil})
	if got := b.frame(); strings.Contains(got, "scanning again") || !strings.Contains(got, "1 change written, scanned again") {
		t.Errorf("the notice stays:\n%s", got)
	}
}

// TestWrap: lines break between words, and a word with a hyphen is one.
func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		w    int
		want string
	}{
		{"seen 2026-11-22 at noon", 10, "seen|2026-11-22|at noon"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"a abcdefghij b", 4, "a|abcd|efgh|ij b"},
		{"a  b", 2, "a|b"},
		{"包包包包 b", 4, "包包|包包|b"},
		{"", 3, ""}, {"a", 0, ""},
	} {
		if got := strings.Join(wrap(c.text, c.w), "|"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.w, got, c.want)
		}
	}
}

func TestFlowRescan(t *testing.T) {
	var n atomic.Int32
	o := options()
	o.Scan = func(context.Context, func(scanner.Event)) (*scanner.Report, error) {
		r := sample()
		if n.Add(1) > 1 {
			r.Findings = r.Findings[1:]
			r.Count()
		}
		return r, nil
	}
	tm, m := program(t, o)
	until(t, tm, "the scan has ended", func() bool { return m.phase == finished })
	keys(tm, "down", "down", "r")
	until(t, tm, "the second scan has ended", func() bool { return m.gen == 2 && m.phase == finished })
	var id string
	ask(t, tm, func() { id = m.list.selected().id })
	leave(t, tm, m)
	if n.Load() != 2 || id != "f2" || len(m.report.Findings) != 5 {
		t.Errorf("%d scans, the cursor is on %s", n.Load(), id)
	}
}

// TestQuitAtOnce: at any moment the screen closes within 300 ms, also while a
// scan goes on that does not listen. The clock is that of a bubble.
func TestQuitAtOnce(t *testing.T) {
	scans := map[string]func(block chan struct{}) Scan{
		"deaf": func(block chan struct{}) Scan {
			return func(context.Context, func(scanner.Event)) (*scanner.Report, error) { <-block; return nil, nil }
		},
		"busy": func(chan struct{}) Scan {
			return func(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
				f := findings()
				for i := 0; ctx.Err() == nil; i++ {
					x := f[i%len(f)]
					x.ID = itoa(i)
					events(scanner.Event{Files: i, Asked: 1000, Answered: i % 1000, Finding: &x})
					time.Sleep(time.Millisecond)
				}
				return &scanner.Report{Interrupted: true}, nil
			}
		},
		"done": func(chan struct{}) Scan { return options().Scan },
	}
	for name, scan := range scans {
		for _, after := range []time.Duration{0, 30 * time.Millisecond, 150 * time.Millisecond} {
			t.Run(name+after.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					defer time.Sleep(hang) // until the last tick of the program has come
					block := make(chan struct{})
					defer close(block)
					o := options()
					o.Scan = scan(block)
					in, keyboard := io.Pipe()
					defer in.Close()
					o.In, o.Out = in, io.Discard
					type end struct {
						r   Result
						err error
					}
					ended := make(chan end, 1)
					go func() {
						r, err := Run(t.Context(), o)
						ended <- end{r, err}
					}()
					time.Sleep(after)
					start := time.Now()
					if _, err := keyboard.Write([]byte{3}); err != nil {
						t.Fatal(err)
					}
					e := <-ended
					if d := time.Since(start); d > quitWithin {
						t.Errorf("quitting took %v", d)
					}
					if e.err != nil || e.r.Report == nil {
						t.Fatalf("%+v", e)
					}
					if name != "done" && !e.r.Report.Interrupted {
						t.Error("a scan that was left reads as if it had ended")
					}
				})
			})
		}
	}
}

// TestContextEnds: a signal closes the screen.
func TestContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(hang) // until the last tick of the program has come
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o := options()
		in, _ := io.Pipe()
		defer in.Close()
		o.In, o.Out = in, io.Discard
		time.AfterFunc(50*time.Millisecond, cancel)
		start := time.Now()
		r, err := Run(ctx, o)
		if err != nil || r.Report == nil || time.Since(start) > 50*time.Millisecond+quitWithin {
			t.Errorf("%+v, %v after %v", r, err, time.Since(start))
		}
	})
}

// TestScanFails: an error of the scan is shown, and is the error of Run.
func TestScanFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(hang) // until the last tick of the program has come
		o := options()
		o.Scan = func(context.Context, func(scanner.Event)) (*scanner.Report, error) { return nil, errFake }
		in, keyboard := io.Pipe()
		defer in.Close()
		o.In, o.Out = in, io.Discard
		go func() {
			time.Sleep(100 * time.Millisecond)
			_, _ = keyboard.Write([]byte("q")) // if this does nothing, the test hangs and the bubble says so
		}()
		if _, err := Run(t.Context(), o); err != errFake {
			t.Errorf("the error is %v", err)
		}
	})
}

// TestCursorStays: rows that arrive above do not move the cursor off its
// finding.
func TestCursorStays(t *testing.T) {
	b := newBench(t, options(), 80, 24)
	b.m.stream = &stream{done: make(chan struct{}), wake: make(chan struct{})}
	close(b.m.stream.done)
	f := findings()
	b.m.Update(batchMsg{gen: 1, findings: []*scanner.Finding{&f[4]}})
	b.press("down")
	if b.m.list.id != "f5" {
		t.Fatalf("the cursor is on %q", b.m.list.id)
	}
	for _, i := range []int{0, 1, 2, 3} {
		b.m.Update(batchMsg{gen: 1, findings: []*scanner.Finding{&f[i]}})
		if b.m.list.id != "f5" || b.m.list.selected().id != "f5" {
			t.Fatalf("the cursor went to %q", b.m.list.selected().id)
		}
	}
	b.m.Update(batchMsg{gen: 7, findings: []*scanner.Finding{&f[5]}})
	if len(b.m.shelf.items) != 5 {
		t.Error("a finding of another scan was taken")
	}
}

func TestTogglesAndViews(t *testing.T) {
	b := newBench(t, options(), 80, 40).finish(sample(), nil)
	shown := func() (out []string) {
		for _, r := range b.m.list.rows {
			if r.item != nil {
				out = append(out, r.item.id)
			}
		}
		return out
	}
	for _, c := range []struct{ keys, want string }{
		{"", "f1 f3 f2 f4 f6 f5"},
		{"1", "f3 f4 f6 f5"},
		{"1 2", "f1 f2 f6"},
		{"2 3", "f1 f3 f2 f4 f5"},
		{"3 s", "f6 f2 f4 f1 f3 f5"},
		{"s", "f4 f6 f2 f1 f3 f5"},
		{"s v", "f1 f2 f5 f3 f4 f6"},
		{"v p", "f1 f3 f2 f4 f6 f5 private npm:@acme/ui"},
		{"p S", "f1 f3 f2 f4 f6 f5 suppressed s1"},
		{"S c", "f1 f3 f2 f4 f6 f5 checked npm:react"},
	} {
		b.press(strings.Fields(c.keys)...)
		if got := strings.Join(shown(), " "); got != c.want {
			t.Errorf("after %q: %s, want %s", c.keys, got, c.want)
		}
		b.frame()
	}
	b.press("c", "end")
	if it := b.m.list.selected(); it.id != "f5" {
		t.Errorf("G went to %s", it.id)
	}
	b.press("g")
	if it := b.m.list.selected(); it.id != "f1" {
		t.Errorf("g went to %s", it.id)
	}
}

// TestMouse: a click selects, a second one opens, the wheel moves.
func TestMouse(t *testing.T) {
	b := newBench(t, options(), 80, 24).finish(sample(), nil)
	click := tea.MouseClickMsg{X: 10, Y: 6, Button: tea.MouseLeft}
	b.send(click)
	if b.m.list.id != "f2" || b.m.detail.full {
		t.Fatalf("the click selected %s", b.m.list.id)
	}
	b.send(tea.MouseWheelMsg{X: 10, Y: 6, Button: tea.MouseWheelDown})
	if b.m.list.id != "f5" {
		t.Errorf("the wheel went to %s", b.m.list.id)
	}
	b.send(tea.MouseWheelMsg{X: 10, Y: 20, Button: tea.MouseWheelDown})
	if b.m.list.id != "f5" {
		t.Error("the wheel over the detail moved the list")
	}
	b.send(tea.MouseWheelMsg{X: 10, Y: 6, Button: tea.MouseWheelUp}).send(tea.MouseClickMsg{X: 10, Y: 2, Button: tea.MouseLeft})
	b.press("g").send(tea.MouseClickMsg{X: 3, Y: 3, Button: tea.MouseLeft})
	if !b.m.detail.full {
		t.Error("a click on the selected row does not open it")
	}
}

func TestCopyAndPage(t *testing.T) {
	var started [][]string
	o := options()
	o.Env = func(n string) string { return map[string]string{"BROWSER": `"my browser" --new`}[n] }
	o.Start = func(args []string) error { started = append(started, args); return nil }
	b := newBench(t, o, 80, 24).finish(sample(), nil)
	if b.press("o"); len(started) > 0 || !strings.Contains(b.frame(), "there is no page for this name") {
		t.Errorf("a page opens that cannot be there: %q", started)
	}
	b.press("down", "o", "up")
	if len(started) != 1 || strings.Join(started[0], "|") != "my browser|--new|https://www.npmjs.com/package/ui-tokens-kit" {
		t.Errorf("started %q", started)
	}
	if b.press("y"); !strings.Contains(b.frame(), "copied: react-hook-usestate") {
		t.Error("what was copied does not show")
	}
	if b.press("Y"); !strings.Contains(b.frame(), "copied: npm install react") {
		t.Error("the command does not show")
	}
	for _, p := range []struct{ eco, name, want string }{
		{"npm", "@types/node", "https://www.npmjs.com/package/@types/node"},
		{"golang", "golang.org/x/mod", "https://pkg.go.dev/golang.org/x/mod"},
		{"pypi", "re quests", ""}, {"npm", "a?b=c", ""}, {"npm", "", ""}, {"npm", "../../x", ""}, {"pypi", "ｒequests", ""}, {"conda", "x", ""},
	} {
		got := pkg(ecosystem.Ecosystem(p.eco), p.name).Page()
		if got != p.want {
			t.Errorf("%s:%s has the page %q, want %q", p.eco, p.name, got, p.want)
		}
	}
}

func TestEditorCommand(t *testing.T) {
	for _, c := range []struct{ visual, editor, want string }{
		{"", "", "vi|+3|/x/a b.txt"},
		{"", "nano", "nano|+3|/x/a b.txt"},
		{"code --wait", "vi", "code|--wait|-g|/x/a b.txt:3:7"},
		{"'/opt/my ed/nvim' -f", "", "/opt/my ed/nvim|-f|+3|/x/a b.txt"},
		{"hx", "", "hx|/x/a b.txt:3"},
		{"subl -w", "", "subl|-w|/x/a b.txt:3:7"},
		{"zed --wait", "", "zed|--wait|/x/a b.txt:3"},
		{"unheard-of; rm -rf $HOME", "", "unheard-of;|rm|-rf|$HOME|/x/a b.txt"},
		{"   ", "emacs -nw", "emacs|-nw|+3|/x/a b.txt"},
	} {
		env := func(n string) string { return map[string]string{"VISUAL": c.visual, "EDITOR": c.editor}[n] }
		if got := strings.Join(editorCommand(env, "/x/a b.txt", 3, 7), "|"); got != c.want {
			t.Errorf("VISUAL=%q EDITOR=%q: %s, want %s", c.visual, c.editor, got, c.want)
		}
	}
}

func TestInput(t *testing.T) {
	var i input
	for _, m := range []tea.Msg{
		tea.PasteMsg{Content: "a\x1b[31mb\nc\u202ed"}, keyMsg("left"), keyMsg("backspace"), keyMsg("home"), keyMsg("x"), keyMsg("end"), keyMsg("包"),
	} {
		i.Update(m)
	}
	if got := i.value(); got != "xa[31mb d包" {
		t.Errorf("the line holds %q", got)
	}
	for w := 2; w < 20; w++ {
		text, at := i.View(w)
		if width(text) != w || at >= w {
			t.Errorf("%q has %d cells of %d, the cursor is at %d", text, width(text), w, at)
		}
	}
	i.Update(keyMsg("ctrl+w"))
	if got := i.value(); got != "xa[31mb " {
		t.Errorf("the line holds %q", got)
	}
}

// BenchmarkFrames scrolls and filters ten thousand findings: each is one key
// and the frame after it.
func BenchmarkFrames(b *testing.B) {
	for _, c := range []struct {
		name string
		keys []string
	}{
		{"scroll", []string{"down", "down", "up", "ctrl+d", "ctrl+u"}},
		{"filter", []string{"/", "t", "y", "p", "o", "backspace", "backspace", "esc"}},
		{"sort", []string{"s", "v"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			t := newBench(b, options(), 120, 40).finish(many(10_000), nil)
			n := 0
			for b.Loop() {
				_, cmd := t.m.Update(keyMsg(c.keys[n%len(c.keys)]))
				_ = cmd
				_ = t.m.View()
				n++
			}
		})
	}
}

// many makes a report of n findings in a few hundred files.
func many(n int) *scanner.Report {
	r := sample()
	base := findings()
	r.Findings = nil
	for i := range n {
		f := base[i%len(base)]
		f.ID = itoa(i)
		f.Package.Name = f.Package.Name + "-" + itoa(i)
		f.Primary.Path = "src/pkg" + itoa(i%300) + "/package.json"
		r.Findings = append(r.Findings, f)
	}
	r.Count()
	return r
}

// TestFrameWork: what a key and the frame after it cost does not grow with the
// findings, and no faster than they do where they are grouped anew. Allocations
// count, which are the same on every machine.
func TestFrameWork(t *testing.T) {
	const few, lots = 500, 10_000
	keys := []string{"down", "ctrl+d", "end", "home", "/", "t", "r", "backspace", "backspace", "esc", "1", "1", "s", "v", "space"}
	work := func(n int) []float64 {
		b := newBench(t, options(), 120, 40).finish(many(n), nil)
		_ = b.m.View()
		var out []float64
		var before, after runtime.MemStats
		for _, k := range keys {
			runtime.ReadMemStats(&before)
			b.m.Update(keyMsg(k))
			_ = b.m.View()
			runtime.ReadMemStats(&after)
			out = append(out, float64(after.Mallocs-before.Mallocs))
		}
		if len(b.m.list.marks) == 0 || b.m.view.order != byPlace || b.m.view.by != byPackage {
			t.Fatal("the keys did nothing")
		}
		return out
	}
	small, large := work(few), work(lots)
	for i, k := range keys {
		t.Logf("%s: %.0f allocations with %d findings, %.0f with %d", k, small[i], few, large[i], lots)
		limit := 2.0
		if k == "v" { // by package
			limit = 2 * lots / few
		}
		if large[i] > limit*small[i] {
			t.Errorf("%s: %.0f allocations with %d findings, %.0f with %d", k, small[i], few, large[i], lots)
		}
	}
}

// TestUnreadReasons: the list and the page of a row say every reason there is.
func TestUnreadReasons(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "scanner", "source", "unread.go"))
	if err != nil {
		t.Fatal(err)
	}
	reasons := regexp.MustCompile(`Why = "([a-z-]+)"`).FindAllStringSubmatch(string(table), -1)
	reasons = append(reasons, []string{"", text.NestedTooDeep}) // its value is that package's
	if len(reasons) < 12 {
		t.Fatalf("only %d reasons were found", len(reasons))
	}
	r := unreadReport()
	r.Unread = nil
	for n, m := range reasons {
		r.Unread = append(r.Unread, scanner.Unread{Path: fmt.Sprintf("f%d/go.mod", n), What: "Go manifest", Why: source.Why(m[1]), Text: "was left", Severe: n%2 == 0})
	}
	r.Count()
	b := newBench(t, options(), 120, 40).finish(r, nil)
	list := b.frame()
	if want := fmt.Sprintf("%d unread", len(reasons)); !strings.Contains(list, want) {
		t.Errorf("the title does not say %q:\n%s", want, list)
	}
	for n, m := range reasons {
		word := strings.ReplaceAll(m[1], "-", " ")
		if !strings.Contains(list, fmt.Sprintf("f%d/go.mod", n)) || !strings.Contains(list, word+": was ") {
			t.Errorf("the list does not say %q:\n%s", word, list)
		}
	}
}
