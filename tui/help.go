package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"
)

func matches(k tea.KeyPressMsg, b key.Binding) bool { return key.Matches(k, b) }

// A dialog lies over the panes. body has lines of at most the width that
// SetSize gave; at is where the cursor belongs in it, or x is -1.
type dialog interface {
	// Update gives a command, and what the model has to do at once: the next key
	// must not come to a dialog that has been closed.
	Update(tea.Msg) (tea.Cmd, tea.Msg)
	SetSize(w, h int) // cells inside the frame
	body() (title string, lines []string, x, y int)
}

// reader is a dialog of lines that are only read: the help, the changes not yet
// written.
type reader struct {
	ui    *ui
	title string
	lines func(w int) []string
	foot  string
	keys  func(tea.KeyPressMsg) (tea.Msg, bool)
	port  viewport.Model
	w, h  int
}

func newReader(u *ui, title, foot string, lines func(int) []string) *reader {
	return &reader{ui: u, title: title, foot: foot, lines: lines, port: viewport.New()}
}

// SetSize gives the dialog its cells.
func (r *reader) SetSize(w, h int) {
	lines := r.lines(w)
	r.w, r.h = w, max(min(h-2, len(lines)), 1)
	r.port.SetWidth(w)
	r.port.SetHeight(r.h)
	r.port.SetContentLines(lines)
}

// Update scrolls, and closes on esc and on what opened it.
func (r *reader) Update(msg tea.Msg) (tea.Cmd, tea.Msg) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	if r.keys != nil {
		if now, ok := r.keys(k); ok {
			return nil, now
		}
	}
	keys := &r.ui.keys
	switch {
	case matches(k, keys.up):
		r.port.ScrollUp(1)
	case matches(k, keys.down):
		r.port.ScrollDown(1)
	case matches(k, keys.pageUp):
		r.port.HalfPageUp()
	case matches(k, keys.pageDown), matches(k, keys.mark):
		r.port.HalfPageDown()
	case matches(k, keys.top):
		r.port.GotoTop()
	case matches(k, keys.end):
		r.port.GotoBottom()
	case matches(k, keys.back), matches(k, keys.help), matches(k, keys.quit), matches(k, keys.open):
		return nil, closeMsg{}
	}
	return nil, nil
}

func (r *reader) body() (string, []string, int, int) {
	lines := strings.Split(r.port.View(), "\n")
	if len(lines) > r.h {
		lines = lines[:r.h]
	}
	foot := r.foot
	if !r.port.AtBottom() {
		foot += "   " + r.ui.glyphs.more + " more"
	}
	return r.title, append(lines, "", foot), -1, -1
}

// helpDialog lists every key.
func helpDialog(u *ui) *reader {
	return newReader(u, "Keys", "esc close   "+u.glyphs.arrows+" scroll", func(w int) []string {
		var out []string
		all := u.keys.all()
		const column = 10
		cell := func(b key.Binding, w int) string {
			return u.styles.key.Render(pad(b.Help().Key, column, "")) + pad(b.Help().Desc, w-column, u.glyphs.ellipsis)
		}
		if w < 54 {
			for _, b := range all {
				out = append(out, cell(b, w))
			}
		} else {
			half := (len(all) + 1) / 2
			for i := range half {
				line := cell(all[i], w/2)
				if i+half < len(all) {
					line += cell(all[i+half], w-w/2)
				}
				out = append(out, line)
			}
		}
		out = append(out, "")
		for _, t := range []string{
			"E error, W warning, N note, ? could not be checked, ! not read, or a problem.",
			"Ignores and fixes collect until w writes them.",
			"A click selects, a second one opens; the wheel scrolls.",
		} {
			out = append(out, wrap(t, w)...)
		}
		return out
	})
}
