package tui

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// list is the pane of rows.
type list struct {
	ui      *ui
	rows    []row
	marks   map[string]bool
	cursor  int // index of a row that holds an item; -1: none
	id      string
	top     int
	w, h    int
	want    string // id of the row that the cursor goes back to in a new scan
	wantAt  int    // where that was
	moved   bool   // by the person: until then the cursor is on the first row
	focused bool
}

// Fixed columns: cursor, mark, blank, letter, blank.
const (
	leadCells = 5
	lineCells = 6
	nameCells = 28
)

// Init does nothing: rows come by set.
func (l *list) Init() tea.Cmd { return nil }

// SetSize gives the pane its cells.
func (l *list) SetSize(w, h int) {
	l.w, l.h = w, max(h, 0)
	l.reveal()
}

// set shows rows; the cursor stays on its item, or else where it was.
func (l *list) set(rows []row) {
	l.rows = rows
	if !l.moved {
		l.top = 0
		l.moveTo(l.nearest(0))
		return
	}
	at := l.index(cmp.Or(l.want, l.id))
	if at < 0 && l.want != "" {
		at = l.index(l.id) // it has not come yet
	} else {
		l.want = ""
	}
	if at >= 0 {
		l.top += at - l.cursor
	} else {
		at = l.nearest(max(l.cursor, 0))
	}
	l.moveTo(at)
}

// index is where the row of an id is, or -1.
func (l *list) index(id string) int {
	for i := range l.rows {
		if l.rows[i].item != nil && l.rows[i].item.id == id {
			return i
		}
	}
	return -1
}

// remember keeps the row that the cursor is on, for the rows of a new scan,
// which come one by one.
func (l *list) remember() {
	if l.moved && l.cursor >= 0 {
		l.want, l.wantAt = l.id, l.cursor
	}
}

// settle ends the wait for the row that was remembered: if it has gone, the
// cursor is where it was.
func (l *list) settle() {
	if l.want != "" {
		l.want = ""
		l.moveTo(l.nearest(min(l.wantAt, len(l.rows)-1)))
	}
}

// touch notes that the person moves.
func (l *list) touch() { l.moved, l.want = true, "" }

// nearest is the first item from i on, else the last before it, else -1.
func (l *list) nearest(i int) int {
	for n := i; n < len(l.rows); n++ {
		if l.rows[n].item != nil {
			return n
		}
	}
	for n := min(i, len(l.rows)) - 1; n >= 0; n-- {
		if l.rows[n].item != nil {
			return n
		}
	}
	return -1
}

func (l *list) moveTo(i int) {
	l.cursor = i
	if it := l.selected(); it != nil {
		l.id = it.id
	}
	l.reveal()
}

// reveal scrolls so that the cursor is in sight, with the heading above it
// where there is room.
func (l *list) reveal() {
	if l.cursor >= 0 && l.h > 0 {
		first := l.cursor
		if first > 0 && l.rows[first-1].item == nil && l.h > 1 {
			first--
		}
		if l.cursor >= l.top+l.h {
			l.top = l.cursor - l.h + 1
		}
		if first < l.top {
			l.top = first
		}
	}
	l.top = max(0, min(l.top, len(l.rows)-l.h))
}

func (l *list) selected() *item {
	if l.cursor < 0 || l.cursor >= len(l.rows) {
		return nil
	}
	return l.rows[l.cursor].item
}

// step moves by n items.
func (l *list) step(n int) {
	dir := 1
	if n < 0 {
		dir, n = -1, -n
	}
	l.touch()
	at := l.cursor
	for i := at + dir; i >= 0 && i < len(l.rows) && n > 0; i += dir {
		if l.rows[i].item != nil {
			at = i
			n--
		}
	}
	l.moveTo(at)
}

// Update moves the cursor.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok || len(l.rows) == 0 {
		return nil
	}
	keys := &l.ui.keys
	l.touch()
	switch {
	case matches(k, keys.up):
		l.step(-1)
	case matches(k, keys.down):
		l.step(1)
	case matches(k, keys.top):
		l.top = 0
		l.moveTo(l.nearest(0))
	case matches(k, keys.end):
		l.moveTo(l.nearest(len(l.rows)))
	case matches(k, keys.pageDown):
		l.step(max(l.h/2, 1))
	case matches(k, keys.pageUp):
		l.step(-max(l.h/2, 1))
	}
	return nil
}

// position is the number of the selected item among all, and how many there
// are.
func (l *list) position() (at, n int) {
	for i := range l.rows {
		if l.rows[i].item != nil {
			n++
			if i == l.cursor {
				at = n
			}
		}
	}
	return at, n
}

// cursorRow is the line of the pane on which the selected row is, or -1.
func (l *list) cursorRow() int {
	if l.cursor < l.top || l.cursor >= l.top+l.h {
		return -1
	}
	return l.cursor - l.top
}

// click selects the row at a line of the pane; it reports whether that row was
// selected before.
func (l *list) click(y int) (again bool) {
	i := l.top + y
	if y < 0 || i >= len(l.rows) || l.rows[i].item == nil {
		return false
	}
	again = i == l.cursor
	l.touch()
	l.moveTo(i)
	return again
}

// View draws exactly as many lines as the pane has.
func (l *list) View() string {
	lines := make([]string, 0, l.h)
	for i := l.top; i < len(l.rows) && len(lines) < l.h; i++ {
		if r := l.rows[i]; r.item != nil {
			lines = append(lines, l.itemLine(r.item, i == l.cursor))
		} else {
			lines = append(lines, l.groupLine(r.group))
		}
	}
	for len(lines) < l.h {
		lines = append(lines, blank(l.w))
	}
	return strings.Join(lines, "\n")
}

func (l *list) groupLine(g *group) string {
	e := l.ui.glyphs.ellipsis
	count := itoa(len(g.shown))
	room := l.w - 4 - width(count)
	return l.ui.styles.group.Render("   "+pad(g.title, room, e)) + " " + l.ui.styles.dim.Render(count)
}

func (l *list) itemLine(it *item, selected bool) string {
	s, g := &l.ui.styles, &l.ui.glyphs
	cursor, mark := " ", " "
	if selected {
		cursor = g.cursor
	}
	switch {
	case l.marks[it.id]:
		mark = g.mark
	case it.settled != "":
		mark = g.done
	}
	line := ""
	if it.line > 0 {
		line = ":" + itoa(it.line)
	}
	first, second := it.name, it.reason
	if it.group[byPackage] != nil && l.ui.view.by == byPackage && it.path != "" {
		first = it.path
	}
	if it.settled != "" {
		second = it.settled
	}
	n := nameCells
	rest := l.w - leadCells - 1 - lineCells
	if rest-n < 16 {
		n = rest * 3 / 5
	}
	// A name has the cells that its own reason leaves.
	n = max(n, min(width(first), rest-1-width(second)), 4)
	body := " " + pad(first, n, g.ellipsis) + " " + pad(second, rest-n, g.ellipsis) + right(line, lineCells, g.ellipsis)
	body = cut(body, l.w-4, "")
	if selected && l.focused {
		return s.selected.Render(cursor + mark + " " + it.letter + body)
	}
	letter := s.severity(it.severity).Render(it.letter)
	switch it.kind {
	case ofSuppressed, ofPrivate, ofClean:
		letter = s.dim.Render(it.letter)
	case ofProblem, ofUnread:
		letter = s.warn.Render(it.letter)
	}
	if it.settled != "" || it.kind != ofFinding && it.kind != ofUnverified {
		body = s.dim.Render(body)
	}
	return s.marked.Render(cursor+mark) + " " + letter + body
}
