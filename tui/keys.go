package tui

import "charm.land/bubbles/v2/key"

// keyMap is every key of the main screen, in the order of the help.
type keyMap struct {
	up, down, top, end, pageUp, pageDown, open, pane, back  key.Binding
	filter, next, prev, mark, markAll                       key.Binding
	errors, warnings, notes, unverified                     key.Binding
	sort, group, private, suppressed, checked               key.Binding
	ignore, fix, undo, write, edit, page, copy, copyCommand key.Binding
	rescan, stop, help, suspend, quit, quitNow              key.Binding
}

func newKeys(g glyphs) keyMap {
	b := func(help, desc string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, desc))
	}
	return keyMap{
		up:          b(g.arrows, "move", "up", "k"),
		down:        b("j k", "down, up", "down", "j"),
		top:         b("g", "first", "g", "home"),
		end:         b("G", "last", "G", "end"),
		pageDown:    b("ctrl+d", "half a page down", "ctrl+d", "pgdown"),
		pageUp:      b("ctrl+u", "half a page up", "ctrl+u", "pgup"),
		open:        b("enter", "open", "enter"),
		pane:        b("tab", "pane", "tab", "shift+tab"),
		back:        b("esc", "back, clear", "esc"),
		filter:      b("/", "filter", "/"),
		next:        b("n", "next match", "n"),
		prev:        b("N", "previous match", "N"),
		mark:        b("space", "mark", "space"),
		markAll:     b("a", "mark all visible", "a"),
		errors:      b("1", "show errors", "1"),
		warnings:    b("2", "show warnings", "2"),
		notes:       b("3", "show notes", "3"),
		unverified:  b("4", "show unverified", "4"),
		sort:        b("s", "sort", "s"),
		group:       b("v", "by file or package", "v"),
		private:     b("p", "private", "p"),
		suppressed:  b("S", "suppressed", "S"),
		checked:     b("c", "what was checked", "c"),
		ignore:      b("i", "ignore", "i"),
		fix:         b("f", "fix", "f"),
		undo:        b("u", "undo", "u"),
		write:       b("w", "write", "w"),
		edit:        b("e", "edit", "e"),
		page:        b("o", "registry page", "o"),
		copy:        b("y", "copy", "y"),
		copyCommand: b("Y", "copy fix command", "Y"),
		rescan:      b("r", "rescan", "r"),
		stop:        b("x", "stop and keep", "x"),
		help:        b("?", "help", "?"),
		suspend:     b("ctrl+z", "suspend", "ctrl+z"),
		quit:        b("q", "quit", "q"),
		quitNow:     b("ctrl+c", "quit at once", "ctrl+c"),
	}
}

// all is the table of the help page.
func (k *keyMap) all() []key.Binding {
	return []key.Binding{
		k.up, k.down, k.top, k.end, k.pageDown, k.pageUp, k.open, k.pane, k.back,
		k.filter, k.next, k.prev, k.mark, k.markAll,
		k.errors, k.warnings, k.notes, k.unverified, k.sort, k.group, k.private, k.suppressed, k.checked,
		k.ignore, k.fix, k.undo, k.write, k.edit, k.page, k.copy, k.copyCommand,
		k.rescan, k.stop, k.help, k.suspend, k.quit, k.quitNow,
	}
}
