package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"figment/scanner"
)

// ui is what every component draws with.
type ui struct {
	styles styles
	glyphs glyphs
	keys   keyMap
	view   view
}

// A phase of the screen.
type phase uint8

const (
	scanning phase = iota
	stopping
	finished
	broken // the scan could not be run
)

// model is the whole screen.
type model struct {
	ui
	o       Options
	ctx     context.Context
	changes *oneAtATime // nil: none

	stream   *stream
	gen      int
	phase    phase
	started  time.Time
	elapsed  time.Duration
	spin     int
	files    int
	asked    int
	answered int
	waiting  []string        // services that have answered nothing for a while
	unread   map[string]bool // ids of the rows of what was not read, as they came
	report   *scanner.Report // of the last scan that ended
	failed   error

	shelf  shelf
	list   list
	detail detail
	dialog dialog
	find   input
	typing bool // in the filter
	inPane bool // the detail pane has the keys

	undo    []taken
	busy    bool // a change is being made: no other may begin
	status  string
	written string // what was written before this scan; empty: nothing
	w, h    int
}

// taken is what one decision changed, to be undone together.
type taken struct{ ids []string }

func newModel(ctx context.Context, o Options) *model {
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ConfigFile == "" {
		o.ConfigFile = ".figment.toml"
	}
	if o.Start == nil {
		o.Start = startProcess
	}
	m := &model{o: o, ctx: ctx, unread: map[string]bool{}}
	m.glyphs = newGlyphs(ascii(o.Env))
	m.styles = newStyles(true)
	m.keys = newKeys(m.glyphs)
	m.list = list{ui: &m.ui, marks: map[string]bool{}, cursor: -1, focused: true}
	m.detail = newDetail(&m.ui)
	if o.Changes != nil {
		m.changes = &oneAtATime{s: o.Changes}
	}
	return m
}

// Init starts the scan.
func (m *model) Init() tea.Cmd { return tea.Batch(tea.RequestBackgroundColor, m.scan()) }

// scan begins anew.
func (m *model) scan() tea.Cmd {
	m.gen++
	m.phase, m.failed, m.report = scanning, nil, nil
	m.files, m.asked, m.answered, m.waiting = 0, 0, 0, nil
	m.started = m.o.Now()
	m.list.remember()
	m.shelf.reset()
	m.unread = map[string]bool{}
	m.undo, m.busy, m.written = nil, false, ""
	m.detail.forget()
	m.stream = startScan(m.ctx, m.gen, m.stream, m.o.Scan)
	return tea.Batch(m.arrange(), m.stream.next, m.tick())
}

func (m *model) tick() tea.Cmd {
	gen := m.gen
	return tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{gen} })
}

// leave ends what still runs and gives the last report.
func (m *model) leave(wait time.Duration) *scanner.Report {
	if m.stream == nil {
		return m.partial()
	}
	rep, err, ended := m.stream.stop(wait)
	switch {
	case ended && rep != nil:
		return rep
	case ended && err != nil && m.failed == nil:
		m.failed = err
	}
	return m.partial()
}

// partial is a report of what was seen of a scan that never answered.
func (m *model) partial() *scanner.Report {
	r := &scanner.Report{Started: m.started, Interrupted: true}
	r.Counts.Files, r.Counts.Packages = m.files, m.asked
	for _, it := range m.shelf.items {
		switch it.kind {
		case ofFinding:
			r.Findings = append(r.Findings, *it.finding)
		case ofUnverified:
			r.Unverified = append(r.Unverified, *it.unverified)
		case ofProblem:
			r.Problems = append(r.Problems, *it.problem)
		case ofUnread:
			r.Unread = append(r.Unread, *it.unread)
		}
	}
	r.Count()
	return r
}

// arrange sets the rows after a change of them or of how they are shown.
func (m *model) arrange() tea.Cmd {
	m.list.set(m.shelf.rows(&m.view))
	m.layout()
	return m.show()
}

// show brings the selected row into the detail pane.
func (m *model) show() tea.Cmd { return m.detail.set(m.list.selected(), m.o.Read) }

// Update takes a message. It never waits for anything.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		m.layout()
		return m, nil
	case tea.BackgroundColorMsg:
		m.styles = newStyles(msg.IsDark())
		m.detail.draw()
		return m, nil
	case batchMsg, doneMsg, tickMsg:
		return m, m.progress(msg)
	case excerptMsg:
		m.detail.keep(msg)
		return m, nil
	case settledMsg, undoneMsg, pendingMsg, writtenMsg, ignoreMsg, fixMsg, writeMsg:
		return m, m.settle(msg)
	case previewMsg:
		if m.dialog != nil {
			return m, m.toDialog(msg)
		}
		return m, nil
	case closeMsg:
		m.dialog = nil
		return m, nil
	case quitNowMsg:
		return m, tea.Quit
	case editedMsg:
		m.detail.forget()
		m.status = "edited: r scans again"
		if msg.err != nil {
			m.status = "the editor failed: " + sentence(msg.err.Error())
		}
		return m, m.show()
	case startedMsg:
		m.status = msg.what
		if msg.err != nil {
			m.status = msg.what + ": " + sentence(msg.err.Error())
		}
		return m, nil
	case tea.PasteMsg:
		switch {
		case m.dialog != nil:
			return m, m.toDialog(msg)
		case m.typing:
			m.find.Update(msg)
			return m, m.filterChanged()
		}
		return m, nil
	case tea.KeyPressMsg:
		return m, m.key(msg)
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return m, m.mouse(msg)
	}
	return m, nil
}

// progress takes what the scan sends.
func (m *model) progress(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case batchMsg:
		if msg.gen != m.gen {
			if msg.gen < 0 && m.running() {
				return m.stream.next
			}
			return nil
		}
		m.files, m.asked, m.answered, m.waiting = msg.files, msg.asked, msg.answered, msg.waiting
		for _, f := range msg.findings {
			m.shelf.add(findingItem(f))
		}
		for _, u := range msg.unverified {
			m.shelf.add(unverifiedItem(u))
		}
		for _, p := range msg.problems {
			m.shelf.add(problemItem(p))
		}
		for _, u := range msg.unread {
			// As in a report, a file has one row for each reason.
			if it := unreadItem(u); !m.unread[it.id] {
				m.unread[it.id] = true
				m.shelf.add(it)
			}
		}
		if len(msg.findings)+len(msg.unverified)+len(msg.problems)+len(msg.unread) == 0 {
			return m.stream.next
		}
		return tea.Batch(m.arrange(), m.stream.next)
	case doneMsg:
		if msg.gen != m.gen {
			return nil
		}
		m.elapsed = m.o.Now().Sub(m.started)
		m.phase = finished
		if msg.err != nil || msg.report == nil {
			m.phase, m.failed = broken, msg.err
			if m.failed == nil {
				m.failed = errors.New("the scan gave no report")
			}
			m.layout()
			return nil
		}
		m.report = msg.report
		settled := map[string]string{}
		for _, it := range m.shelf.items {
			if it.settled != "" {
				settled[it.id] = it.settled
			}
		}
		m.shelf.reset()
		m.shelf.add(itemsOf(msg.report)...)
		for _, it := range m.shelf.items {
			it.settled = settled[it.id]
		}
		if m.written != "" && m.status == m.written+scanningAgain {
			m.status = m.written + ", scanned again"
		}
		cmd := m.arrange()
		m.list.settle()
		return tea.Batch(cmd, m.show())
	case tickMsg:
		if msg.gen != m.gen || !m.running() {
			return nil
		}
		m.spin++
		m.elapsed = m.o.Now().Sub(m.started)
		return m.tick()
	}
	return nil
}

func (m *model) running() bool { return m.phase == scanning || m.phase == stopping }

// chosen are the findings that a decision is about: the marked ones in sight,
// or else the selected one.
func (m *model) chosen() []*item {
	var out []*item
	for _, r := range m.list.rows {
		if r.item != nil && m.list.marks[r.item.id] && r.item.kind == ofFinding && r.item.settled == "" {
			out = append(out, r.item)
		}
	}
	if len(out) == 0 {
		if it := m.list.selected(); it != nil && it.kind == ofFinding && it.settled == "" {
			out = append(out, it)
		}
	}
	return out
}

func (m *model) canIgnore() bool { return m.changes != nil && !m.busy && len(m.chosen()) > 0 }

func (m *model) canFix() bool { return m.changes != nil && !m.busy && len(proposals(m.chosen())) > 0 }

// open lays a dialog over the panes.
func (m *model) open(d dialog) {
	m.dialog = d
	m.layout()
}

// toDialog gives the dialog a message and does at once what it decides.
func (m *model) toDialog(msg tea.Msg) tea.Cmd {
	cmd, now := m.dialog.Update(msg)
	if now == nil {
		return cmd
	}
	_, more := m.Update(now)
	return tea.Batch(cmd, more)
}

func (m *model) rescan() tea.Cmd {
	switch {
	case m.running():
		return nil
	case len(m.undo) > 0:
		m.status = "first write (w) or undo (u) what was decided"
		return nil
	}
	return m.scan()
}
