package tui

import (
	tea "charm.land/bubbletea/v2"
)

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

// keyList answers the keys about rows.
func (m *model) keyList(k tea.KeyPressMsg) tea.Cmd {
	keys, v := &m.keys, &m.view
	switch {
	case matches(k, keys.filter):
		m.typing = true
		m.find.set(v.filter)
	case matches(k, keys.open):
		if m.list.selected() != nil {
			m.detail.full = true
			m.list.touch()
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
