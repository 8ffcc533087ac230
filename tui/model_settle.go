package tui

import (
	"os"
	"os/exec"

	tea "charm.land/bubbletea/v2"

	"figment/app"
	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/verdict"
)

// scanningAgain stands behind what was written, as long as that is so.
const scanningAgain = ", scanning again"

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
	case it.unread != nil:
		path = it.unread.Path
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
	url := it.page()
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
		items, s := msg.items, m.changes
		return func() tea.Msg {
			out := settledMsg{how: "ignored, not written: " + sentence(msg.reason)}
			out.err = s.do(func(s ChangeSet) error {
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
		s := m.changes
		m.busy = true
		return func() tea.Msg {
			err := s.do(func(s ChangeSet) error { return s.Fix(msg.f, msg.s) })
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
		s := m.changes
		return func() tea.Msg { return writtenMsg{msg.quit, s.do(ChangeSet.Apply)} }
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
		m.written = plural(n, "change") + " written"
		m.status = m.written + scanningAgain
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
	n, s := len(m.undo[len(m.undo)-1].ids), m.changes
	return func() tea.Msg {
		done := 0
		err := s.do(func(s ChangeSet) error {
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

func (m *model) preview(f *scanner.Finding, s *verdict.Suggestion) (d app.Diff, err error) {
	err = m.changes.do(func(x ChangeSet) error {
		d, err = x.Preview(f, s)
		return err
	})
	return d, err
}

// pending asks for everything that would be written.
func (m *model) pending() tea.Cmd {
	s := m.changes
	return func() tea.Msg {
		var out pendingMsg
		out.err = s.do(func(s ChangeSet) (err error) {
			out.diff, err = s.Pending()
			return err
		})
		return out
	}
}

func (m *model) writeDialog(d *app.Diff) dialog {
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
	r := newReader(&m.ui, "Quit", fits(m.modalWidth()-4, "w write and quit   y quit without   esc back", "w write, quit  y quit  esc back"), func(w int) []string {
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
