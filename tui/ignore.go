package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"figment/app"
	"figment/internal/term"
)

// ignoreDays is how long an ignore holds if nobody says otherwise.
const ignoreDays = 90

// ignoreForm asks how much is accepted, why and until when.
type ignoreForm struct {
	ui     *ui
	items  []*item
	scopes []app.Scope
	what   []string
	scope  int
	field  int // 0 what, 1 reason, 2 until
	reason input
	until  input
	file   string
	now    time.Time
	bad    string
	w      int
}

func newIgnoreForm(u *ui, items []*item, file string, now time.Time) *ignoreForm {
	f := &ignoreForm{ui: u, items: items, field: 1, file: file, now: now}
	it := items[0]
	rule := it.rule
	if len(items) > 1 {
		f.scopes = []app.Scope{app.ScopePackage, app.ScopePath}
		f.what = []string{"the rule of each, for its package", "the same, in the file of each only"}
	} else {
		f.scopes = []app.Scope{app.ScopePackage, app.ScopePath}
		f.what = []string{rule + " for this package", rule + " in " + sentence(it.locationPath()) + " only"}
		if it.pkg.Name == "" {
			f.scopes, f.what = f.scopes[1:], f.what[1:]
		}
	}
	names := true
	for _, i := range items {
		names = names && i.finding.Rule != nil && i.finding.Rule.AboutName
	}
	if names {
		word := "the name is right: allow it"
		if len(items) > 1 {
			word = "the names are right: allow them"
		}
		f.scopes, f.what = append(f.scopes, app.ScopeName), append(f.what, word)
	}
	f.until.set(day(now.AddDate(0, 0, ignoreDays)))
	return f
}

func (it *item) locationPath() string {
	if len(it.locations) == 0 {
		return ""
	}
	return it.locations[0].Path
}

// SetSize gives the dialog its cells.
func (f *ignoreForm) SetSize(w, _ int) { f.w = w }

// Update edits the field that has the cursor.
func (f *ignoreForm) Update(msg tea.Msg) (tea.Cmd, tea.Msg) {
	k, ok := msg.(tea.KeyPressMsg)
	if ok {
		switch k.String() {
		case "esc":
			return nil, closeMsg{}
		case "tab", "down":
			if k.String() == "down" && f.field == 0 && f.scope < len(f.scopes)-1 {
				f.scope++
				return nil, nil
			}
			f.field = (f.field + 1) % 3
			return nil, nil
		case "shift+tab", "up":
			if k.String() == "up" && f.field == 0 && f.scope > 0 {
				f.scope--
				return nil, nil
			}
			f.field = (f.field + 2) % 3
			return nil, nil
		case "enter":
			return nil, f.done()
		case "space", "left", "right":
			if f.field == 0 {
				n := len(f.scopes)
				if k.String() == "left" {
					f.scope = (f.scope + n - 1) % n
				} else {
					f.scope = (f.scope + 1) % n
				}
				return nil, nil
			}
		}
	}
	f.bad = ""
	switch f.field {
	case 1:
		f.reason.Update(msg)
	case 2:
		f.until.Update(msg)
	}
	return nil, nil
}

// done checks the fields.
func (f *ignoreForm) done() tea.Msg {
	reason := strings.TrimSpace(f.reason.value())
	if reason == "" {
		f.field, f.bad = 1, "a reason is required"
		return nil
	}
	var expires time.Time
	if s := strings.TrimSpace(f.until.value()); s != "" {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			f.field, f.bad = 2, "a date is written 2027-02-20"
			return nil
		}
		if !t.After(f.now.AddDate(0, 0, -1)) {
			f.field, f.bad = 2, "that day is over"
			return nil
		}
		expires = t
	}
	return ignoreMsg{items: f.items, scope: f.scopes[f.scope], reason: reason, expires: expires}
}

func (f *ignoreForm) body() (string, []string, int, int) {
	e, s := f.ui.glyphs.ellipsis, &f.ui.styles
	title := "Ignore " + f.items[0].name
	if n := len(f.items); n > 1 {
		title = "Ignore " + plural(n, "finding")
	}
	const column = 8
	key := func(text string, field int) string {
		if field == f.field {
			return s.key.Render(pad(text, column, ""))
		}
		return s.dim.Render(pad(text, column, ""))
	}
	var lines []string
	x, y := -1, -1
	for i, what := range f.what {
		dot, lead := "( ) ", blank(column)
		if i == f.scope {
			dot = "(" + f.ui.glyphs.dot + ") "
		}
		if i == 0 {
			lead = key("what", 0)
		}
		if i == f.scope && f.field == 0 {
			x, y = column+1, len(lines)
		}
		lines = append(lines, lead+cut(dot+what, f.w-column, e))
	}
	field := func(word string, n int, in *input, hint string) {
		if f.w < 44 {
			hint = ""
		}
		room := max(f.w-column-width(hint)-1, 6)
		text, at := in.View(room)
		if n == f.field {
			x, y = column+at, len(lines)
			text = s.in.Render(text)
		}
		lines = append(lines, key(word, n)+text+" "+s.dim.Render(hint))
	}
	field("reason", 1, &f.reason, "required")
	field("until", 2, &f.until, "empty = for ever")
	lines = append(lines, key("file", 3)+cut(sentence(f.file), f.w-column, e), "")
	if f.bad != "" {
		lines[len(lines)-1] = s.warn.Render(term.Safe(f.bad))
	}
	return title, append(lines, fits(f.w, "enter take   tab next field   esc cancel", "enter take  tab next  esc cancel")), x, y
}
