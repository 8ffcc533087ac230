package tui

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/verdict"
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
	settler *oneAtATime // nil: none

	stream   *stream
	gen      int
	phase    phase
	started  time.Time
	elapsed  time.Duration
	spin     int
	files    int
	asked    int
	answered int
	report   *scanner.Report // of the last scan that ended
	failed   error

	shelf  shelf
	list   list
	detail detail
	dialog dialog
	find   input
	typing bool // in the filter
	inPane bool // the detail pane has the keys

	undo   []taken
	busy   bool // a change is being made: no other may begin
	status string
	w, h   int
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
	m := &model{o: o, ctx: ctx}
	m.glyphs = newGlyphs(ascii(o.Env))
	m.styles = newStyles(true)
	m.keys = newKeys(m.glyphs)
	m.list = list{ui: &m.ui, marks: map[string]bool{}, cursor: -1, focused: true}
	m.detail = newDetail(&m.ui)
	if o.Settler != nil {
		m.settler = &oneAtATime{s: o.Settler}
	}
	return m
}

// Init starts the scan.
func (m *model) Init() tea.Cmd { return tea.Batch(tea.RequestBackgroundColor, m.scan()) }

// scan begins anew.
func (m *model) scan() tea.Cmd {
	m.gen++
	m.phase, m.failed, m.report = scanning, nil, nil
	m.files, m.asked, m.answered = 0, 0, 0
	m.started = m.o.Now()
	m.shelf.reset()
	m.undo, m.busy = nil, false
	m.detail.forget()
	m.stream = startScan(m.ctx, m.gen, m.o.Scan)
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
		m.files, m.asked, m.answered = msg.files, msg.asked, msg.answered
		for _, f := range msg.findings {
			m.shelf.add(findingItem(f))
		}
		for _, u := range msg.unverified {
			m.shelf.add(unverifiedItem(u))
		}
		for _, p := range msg.problems {
			m.shelf.add(problemItem(p))
		}
		if len(msg.findings)+len(msg.unverified)+len(msg.problems) == 0 {
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
		return m.arrange()
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

func (m *model) canIgnore() bool { return m.settler != nil && !m.busy && len(m.chosen()) > 0 }

func (m *model) canFix() bool { return m.settler != nil && !m.busy && len(proposals(m.chosen())) > 0 }

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

// key answers a key.
func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	m.status = ""
	keys := &m.keys
	if matches(k, keys.quitNow) {
		return tea.Quit
	}
	if matches(k, keys.suspend) {
		return tea.Suspend
	}
	if m.dialog != nil {
		return m.toDialog(k)
	}
	if m.typing {
		return m.typeFilter(k)
	}
	switch {
	case matches(k, keys.quit):
		if len(m.undo) > 0 {
			m.open(m.quitDialog())
			return nil
		}
		return tea.Quit
	case matches(k, keys.help):
		m.open(helpDialog(&m.ui))
		return nil
	case matches(k, keys.back):
		return m.escape()
	case matches(k, keys.stop):
		if m.phase == scanning {
			m.phase = stopping
			m.stream.cancel()
		}
		return nil
	case matches(k, keys.rescan):
		return m.rescan()
	}
	if m.phase == broken {
		return nil
	}
	return m.keyList(k)
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

// keyList answers the keys about rows.
func (m *model) keyList(k tea.KeyPressMsg) tea.Cmd {
	keys, v := &m.keys, &m.view
	switch {
	case matches(k, keys.filter):
		m.typing = true
		m.find.set(v.filter)
	case matches(k, keys.open):
		if m.list.selected() != nil {
			m.detail.full, m.list.moved = true, true
			m.layout()
		}
	case matches(k, keys.pane):
		if !m.detail.full && m.shape() != narrow {
			m.inPane = !m.inPane
			m.layout()
		}
	case matches(k, keys.next):
		m.list.step(1)
		return m.show()
	case matches(k, keys.prev):
		m.list.step(-1)
		return m.show()
	case matches(k, keys.mark):
		if it := m.list.selected(); it != nil {
			m.mark(it, !m.list.marks[it.id])
			m.list.step(1)
			return m.show()
		}
	case matches(k, keys.markAll):
		m.markAll()
	case matches(k, keys.errors):
		return m.toggle(&v.hidden[0])
	case matches(k, keys.warnings):
		return m.toggle(&v.hidden[1])
	case matches(k, keys.notes):
		return m.toggle(&v.hidden[2])
	case matches(k, keys.unverified):
		return m.toggle(&v.hidden[3])
	case matches(k, keys.private):
		return m.toggle(&v.show[ofPrivate])
	case matches(k, keys.suppressed):
		return m.toggle(&v.show[ofSuppressed])
	case matches(k, keys.checked):
		return m.toggle(&v.show[ofClean])
	case matches(k, keys.sort):
		v.order = (v.order + 1) % orders
		m.status = "sorted " + orderNames[v.order]
		return m.arrange()
	case matches(k, keys.group):
		v.by = 1 - v.by
		m.status = [...]string{"grouped by file", "grouped by package"}[v.by]
		return m.arrange()
	case matches(k, keys.ignore):
		if m.canIgnore() {
			m.open(newIgnoreForm(&m.ui, m.chosen(), m.o.ConfigFile, m.o.Now()))
		}
	case matches(k, keys.fix):
		if m.canFix() {
			d := &fixDialog{ui: &m.ui, queue: proposals(m.chosen()), preview: m.preview}
			m.open(d)
			return d.load()
		}
	case matches(k, keys.undo):
		return m.takeBack()
	case matches(k, keys.write):
		if len(m.undo) > 0 && !m.busy {
			return m.pending()
		}
	case matches(k, keys.edit):
		return m.edit()
	case matches(k, keys.page):
		return m.browse()
	case matches(k, keys.copy):
		if it := m.list.selected(); it != nil && it.pkg.Name != "" {
			return m.copy(it.pkg.Name)
		}
	case matches(k, keys.copyCommand):
		if c := command(m.list.selected()); c != "" {
			return m.copy(c)
		}
	case m.inPane || m.detail.full:
		return m.detail.Update(k)
	default:
		m.list.Update(k)
		return m.show()
	}
	return nil
}

// escape goes one level up: out of the full pane, out of the pane, then it
// clears the filter, then the marks.
func (m *model) escape() tea.Cmd {
	switch {
	case m.detail.full:
		m.detail.full = false
	case m.inPane:
		m.inPane = false
	case m.view.filter != "":
		m.view.filter = ""
		return m.arrange()
	default:
		clear(m.list.marks)
	}
	m.layout()
	return nil
}

func (m *model) mark(it *item, on bool) {
	if on && it.kind == ofFinding && it.settled == "" {
		m.list.marks[it.id] = true
	} else {
		delete(m.list.marks, it.id)
	}
}

// markAll marks every finding in sight, or none where all are.
func (m *model) markAll() {
	on := false
	for _, r := range m.list.rows {
		on = on || r.item != nil && r.item.kind == ofFinding && r.item.settled == "" && !m.list.marks[r.item.id]
	}
	for _, r := range m.list.rows {
		if r.item != nil {
			m.mark(r.item, on)
		}
	}
}

func (m *model) toggle(b *bool) tea.Cmd {
	*b = !*b
	return m.arrange()
}

// typeFilter edits the filter.
func (m *model) typeFilter(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		m.typing = false
		return nil
	case "esc":
		m.typing = false
		m.find.set("")
		return m.filterChanged()
	case "up", "down":
		m.list.Update(k)
		return m.show()
	}
	if m.find.Update(k) {
		return m.filterChanged()
	}
	return nil
}

func (m *model) filterChanged() tea.Cmd {
	m.view.filter = lower(m.find.value())
	return m.arrange()
}

// mouse answers clicks and the wheel.
func (m *model) mouse(msg tea.Msg) tea.Cmd {
	if m.dialog != nil || m.phase == broken {
		return nil
	}
	p := m.panes()
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button != tea.MouseLeft {
			return nil
		}
		switch {
		case p.list.holds(msg.X, msg.Y):
			m.inPane = false
			again := m.list.click(msg.Y - p.list.y - m.introHeight())
			m.detail.full = again
			m.layout()
			return m.show()
		case p.detail.holds(msg.X, msg.Y):
			m.inPane = m.shape() != narrow
			m.layout()
		}
	case tea.MouseWheelMsg:
		n := 3
		if msg.Button == tea.MouseWheelUp {
			n = -3
		} else if msg.Button != tea.MouseWheelDown {
			return nil
		}
		if p.detail.holds(msg.X, msg.Y) {
			if n > 0 {
				m.detail.port.ScrollDown(n)
			} else {
				m.detail.port.ScrollUp(-n)
			}
			return nil
		}
		m.list.step(n)
		return m.show()
	}
	return nil
}

// edit opens the editor at the place of the selected row.
func (m *model) edit() tea.Cmd {
	it := m.list.selected()
	if it == nil || m.o.File == nil {
		return nil
	}
	path, line, column := "", it.line, 1
	switch {
	case len(it.locations) > 0:
		path, column = it.locations[0].Path, max(it.locations[0].Start.Column, 1)
	case it.problem != nil:
		path = it.problem.Path
	}
	if path == "" {
		return nil
	}
	file := m.o.File(path)
	if file == "" {
		m.status = "there is no file to edit"
		return nil
	}
	args := editorCommand(m.o.Env, file, max(line, 1), column)
	return tea.ExecProcess(exec.Command(args[0], args[1:]...), func(err error) tea.Msg { return editedMsg{err} })
}

// browse opens the registry's page of the selected package.
func (m *model) browse() tea.Cmd {
	it := m.list.selected()
	if it == nil {
		return nil
	}
	url := registryPage(it.pkg)
	if url == "" {
		m.status = "there is no page for this name"
		return nil
	}
	start, args := m.o.Start, browserCommand(m.o.Env, url)
	return func() tea.Msg { return startedMsg{"opened " + term.Safe(url), start(args)} }
}

// copy puts text on the clipboard of the terminal, which not every terminal
// allows: the text shows as well.
func (m *model) copy(text string) tea.Cmd {
	m.status = "copied: " + name(text)
	return tea.SetClipboard(name(text))
}

// command is what to run instead; empty where nothing is known.
func command(it *item) string {
	if it == nil || it.finding == nil {
		return ""
	}
	for i := range it.finding.Suggestions {
		if c := it.finding.Suggestions[i].Command; c != "" {
			return c
		}
	}
	return ""
}

// settle takes decisions and their outcome.
func (m *model) settle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case ignoreMsg:
		m.dialog, m.busy = nil, true
		items, s := msg.items, m.settler
		return func() tea.Msg {
			out := settledMsg{how: "ignored, not written: " + sentence(msg.reason)}
			out.err = s.do(func(s Settler) error {
				for _, it := range items {
					if err := s.Ignore(it.finding, msg.scope, msg.reason, msg.expires); err != nil {
						return err
					}
					out.ids = append(out.ids, it.id)
				}
				return nil
			})
			return out
		}
	case fixMsg:
		s := m.settler
		m.busy = true
		return func() tea.Msg {
			err := s.do(func(s Settler) error { return s.Fix(msg.f, msg.s) })
			if err != nil {
				return settledMsg{err: err, kept: true}
			}
			return settledMsg{ids: []string{msg.f.ID}, how: "use " + name(msg.s.Package.Name) + ", not written", kept: msg.kept}
		}
	case settledMsg:
		m.busy = false
		return m.settled(msg)
	case undoneMsg:
		m.busy = false
		for ; msg.n > 0; msg.n-- {
			m.popUndo()
		}
		if msg.err != nil {
			m.status = "cannot be undone: " + sentence(msg.err.Error())
		}
		return m.arrange()
	case pendingMsg:
		if msg.err != nil {
			m.status = "cannot be shown: " + sentence(msg.err.Error())
			return nil
		}
		m.open(m.writeDialog(&msg.diff))
	case writeMsg:
		if m.busy {
			return nil
		}
		m.dialog, m.busy = nil, true
		s := m.settler
		return func() tea.Msg { return writtenMsg{msg.quit, s.do(Settler.Apply)} }
	case writtenMsg:
		m.busy = false
		if msg.err != nil {
			m.status = "not written: " + sentence(msg.err.Error())
			return nil
		}
		n := m.decided()
		if msg.quit {
			return tea.Quit
		}
		clear(m.list.marks)
		m.undo = nil
		if m.running() {
			m.stream.cancel()
		}
		cmd := m.scan()
		m.status = plural(n, "change") + " written, scanning again"
		return cmd
	}
	return nil
}

// settled notes what became a change.
func (m *model) settled(msg settledMsg) tea.Cmd {
	if len(msg.ids) > 0 {
		m.undo = append(m.undo, taken{msg.ids})
		for _, it := range m.shelf.items {
			for _, id := range msg.ids {
				if it.id == id {
					it.settled = msg.how
					delete(m.list.marks, id)
				}
			}
		}
	}
	var cmd tea.Cmd
	switch {
	case msg.kept && m.dialog != nil:
		cmd = m.toDialog(msg)
	case msg.err != nil:
		m.status = "not taken: " + sentence(msg.err.Error())
	default:
		m.dialog = nil
	}
	if msg.err == nil {
		m.status = "taken: u undoes, w writes"
	}
	return tea.Batch(cmd, m.arrange())
}

// decided is how many changes are not written yet.
func (m *model) decided() int {
	n := 0
	for _, t := range m.undo {
		n += len(t.ids)
	}
	return n
}

// takeBack undoes the last decision.
func (m *model) takeBack() tea.Cmd {
	if len(m.undo) == 0 || m.busy {
		return nil
	}
	m.busy = true
	n, s := len(m.undo[len(m.undo)-1].ids), m.settler
	return func() tea.Msg {
		done := 0
		err := s.do(func(s Settler) error {
			for ; done < n; done++ {
				if err := s.Undo(); err != nil {
					return err
				}
			}
			return nil
		})
		return undoneMsg{done, err}
	}
}

// popUndo forgets the last change.
func (m *model) popUndo() {
	if len(m.undo) == 0 {
		return
	}
	last := &m.undo[len(m.undo)-1]
	id := last.ids[len(last.ids)-1]
	for _, it := range m.shelf.items {
		if it.id == id {
			it.settled = ""
		}
	}
	if last.ids = last.ids[:len(last.ids)-1]; len(last.ids) == 0 {
		m.undo = m.undo[:len(m.undo)-1]
	}
	m.status = "undone"
}

func (m *model) preview(f *scanner.Finding, s *verdict.Suggestion) (d Diff, err error) {
	err = m.settler.do(func(x Settler) error {
		d, err = x.Preview(f, s)
		return err
	})
	return d, err
}

// pending asks for everything that would be written.
func (m *model) pending() tea.Cmd {
	s := m.settler
	return func() tea.Msg {
		var out pendingMsg
		out.err = s.do(func(s Settler) (err error) {
			out.diff, err = s.Pending()
			return err
		})
		return out
	}
}

func (m *model) writeDialog(d *Diff) dialog {
	r := newReader(&m.ui, "Write "+plural(m.decided(), "change"), "y write   esc back", func(w int) []string { return diffLines(&m.ui, d, w, false) })
	r.keys = func(k tea.KeyPressMsg) (tea.Msg, bool) {
		if s := k.String(); s == "y" || s == "w" || s == "enter" {
			return writeMsg{}, true
		}
		return nil, false
	}
	return r
}

func (m *model) quitDialog() dialog {
	n := m.decided()
	r := newReader(&m.ui, "Quit", "w write and quit   y quit without   esc back", func(w int) []string {
		verb := " are"
		if n == 1 {
			verb = " is"
		}
		return wrap(plural(n, "change")+verb+" not written.", w)
	})
	r.keys = func(k tea.KeyPressMsg) (tea.Msg, bool) {
		switch k.String() {
		case "y":
			return quitNowMsg{}, true
		case "w":
			return writeMsg{quit: true}, true
		case "enter":
			return nil, true // neither answer is harmless enough to be the default
		}
		return nil, false
	}
	return r
}

// startProcess starts a program that needs no terminal.
func startProcess(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = null, null, null
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // its end tells nothing
	return nil
}
