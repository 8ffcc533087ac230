package tui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"figment/ecosystem"
	"figment/scanner"
	"figment/scanner/verdict"
)

// The least screen, and the widths at which the layout changes.
const (
	leastWidth  = 30
	leastHeight = 6
	wideFrom    = 110
	stackedFrom = 60
	tallFrom    = 14
	modalCells  = 60
)

func lower(s string) string { return strings.ToLower(s) }

// A shape is how the panes lie.
type shape uint8

const (
	narrow  shape = iota // the list only; enter opens the detail
	stacked              // the list over the detail
	wide                 // side by side
)

func (m *model) shape() shape {
	switch {
	case m.w < stackedFrom || m.h < tallFrom:
		return narrow
	case m.w < wideFrom:
		return stacked
	}
	return wide
}

// A rect is a part of the screen; without cells it is not shown.
type rect struct{ x, y, w, h int }

func (r rect) holds(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

type panes struct {
	list, detail rect
	divider      int // line between the panes, or 0
}

// top is the number of lines above the panes.
func (m *model) top() int {
	if m.running() {
		return 3
	}
	return 2
}

// panes says where the panes lie.
func (m *model) panes() panes {
	top := m.top()
	body := rect{0, top, m.w, max(m.h-top-1, 0)}
	if m.detail.full {
		return panes{detail: body}
	}
	switch m.shape() {
	case wide:
		left := body.w * 55 / 100
		return panes{list: rect{0, top, left, body.h}, detail: rect{left + 1, top, body.w - left - 1, body.h}}
	case stacked:
		if m.bare() {
			return panes{list: body}
		}
		high := min((m.h-4)*2/5, body.h-4)
		return panes{list: rect{0, top, body.w, high}, detail: rect{0, top + high + 1, body.w, body.h - high - 1}, divider: top + high}
	}
	return panes{list: body}
}

// bare reports whether there is no row to tell about.
func (m *model) bare() bool { return len(m.list.rows) == 0 }

// introHeight is how many lines of the list's pane the intro takes.
func (m *model) introHeight() int {
	n := len(m.intro())
	if n > 0 && !m.bare() {
		n = min(n, max(m.panes().list.h-3, 0))
	}
	return n
}

// layout gives every component its cells.
func (m *model) layout() {
	p := m.panes()
	m.list.focused = !m.inPane
	m.detail.focused = m.inPane || m.detail.full
	m.list.SetSize(p.list.w, p.list.h-m.introHeight())
	m.detail.SetSize(p.detail.w, p.detail.h)
	if m.dialog != nil {
		m.dialog.SetSize(m.modalWidth()-4, max(m.h-4, 3))
	}
}

func (m *model) modalWidth() int { return max(min(modalCells, m.w-2), 20) }

// View draws the screen.
func (m *model) View() tea.View {
	lines, cursor := m.frame()
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "figment " + sentence(m.o.Title)
	v.Cursor = cursor
	return v
}

// frame draws exactly h lines of at most w cells, and says where the cursor is.
func (m *model) frame() ([]string, *tea.Cursor) {
	if m.w < 1 || m.h < 1 {
		return nil, nil
	}
	if m.w < leastWidth || m.h < leastHeight {
		return fill(wrap("terminal too small, use figment scan", m.w), 0, m.h), nil
	}
	g, s := &m.glyphs, &m.styles
	lines := make([]string, 0, m.h)
	lines = append(lines, m.titleLine())
	if m.running() {
		lines = append(lines, m.barLine())
	}
	lines = append(lines, m.ruleLine())
	p := m.panes()
	var cursor *tea.Cursor
	switch {
	case m.phase == broken:
		lines = append(lines, m.errorLines(p.list.h+p.detail.h)...)
	case m.detail.full:
		lines = append(lines, strings.Split(m.detail.View(), "\n")...)
	default:
		intro := m.intro()
		intro = intro[:min(len(intro), m.introHeight())]
		left := intro
		if m.list.h > 0 {
			left = append(left[:len(left):len(left)], strings.Split(m.list.View(), "\n")...)
		}
		if y := m.list.cursorRow(); y >= 0 {
			cursor = tea.NewCursor(p.list.x, p.list.y+len(intro)+y)
		}
		switch {
		case p.detail.w > 0 && p.divider > 0:
			lines = append(lines, fill(left, p.list.w, p.list.h)...)
			lines = append(lines, m.divider(m.w))
			lines = append(lines, strings.Split(m.detail.View(), "\n")...)
		case p.detail.w > 0:
			bar := s.rule.Render(g.bar)
			right := strings.Split(m.detail.View(), "\n")
			for i, l := range fill(left, p.list.w, p.list.h) {
				lines = append(lines, l+bar+right[i])
			}
		default:
			lines = append(lines, fill(left, p.list.w, p.list.h)...)
		}
	}
	lines = fill(lines, m.w, m.h-1)
	lines = append(lines, m.footer())
	if m.typing {
		_, at := m.find.View(m.filterRoom())
		cursor = tea.NewCursor(3+at, m.h-1)
	}
	if m.dialog != nil {
		lines, cursor = m.overlay(lines)
	}
	if cursor != nil {
		cursor.Blink = false
		cursor.Shape = tea.CursorBar
	}
	return lines, cursor
}

// fill makes exactly h lines of lines, each of at least w cells.
func fill(lines []string, w, h int) []string {
	out := make([]string, 0, h)
	for i := 0; i < h; i++ {
		l := ""
		if i < len(lines) {
			l = lines[i]
		}
		out = append(out, l+blank(w-width(l)))
	}
	return out
}

// What counts adds up, beside findings by severity.
const (
	countUnverified = 3
	countUnread     = 4
)

// counts are the findings by severity, how many names are unverified, and how
// many texts were not read.
func (m *model) counts() (n [5]int) {
	for _, it := range m.shelf.items {
		switch it.kind {
		case ofFinding:
			n[verdict.Error-it.severity]++
		case ofUnverified:
			n[countUnverified]++
		case ofUnread:
			n[countUnread]++
		}
	}
	return n
}

// tally says how much was found, in words, or short in the letters of the rows.
func (m *model) tally(short bool) []string {
	s := &m.styles
	var parts []string
	n := m.counts()
	found := false
	count := func(style lipgloss.Style, n int, words, letter string) {
		switch {
		case n == 0:
		case short:
			parts = append(parts, style.Render(itoa(n)+letter))
		default:
			parts = append(parts, style.Render(words))
		}
	}
	for i, w := range []string{"error", "warning", "note"} {
		sev := verdict.Error - verdict.Severity(i)
		found = found || n[i] > 0
		count(s.severity(sev), n[i], plural(n[i], w), letterOf(sev))
	}
	count(s.unverified, n[countUnverified], itoa(n[countUnverified])+" unverified", "?")
	count(s.warn, n[countUnread], itoa(n[countUnread])+" unread", "!")
	if !found && m.phase != broken {
		parts = append(parts, "0 findings")
	}
	return parts
}

// titleLine says what is scanned and how much was found.
func (m *model) titleLine() string {
	s := &m.styles
	left := []string{" " + s.title.Render("figment")}
	add := func(text string) { left = append(left, text) }
	if m.w >= stackedFrom && m.o.Title != "" {
		add(sentence(m.o.Title))
	}
	switch {
	case m.phase == stopping:
		add("stopping")
	case m.running() && m.asked == 0:
		add(m.spinner() + " reading, " + plural(m.files, "file"))
	case m.running():
		add(fmt.Sprintf("%s %d/%d names", m.spinner(), m.answered, m.asked))
		if sec := m.elapsed.Seconds(); sec >= 1 {
			add(fmt.Sprintf("%.0f/s", float64(m.answered)/sec))
		}
	case m.report != nil:
		c := &m.report.Counts
		names := plural(c.Packages, "name")
		if n := m.silent(); n > 0 {
			names = fmt.Sprintf("%d of %s", max(c.Packages-n, 0), names)
		}
		add(names)
		add(plural(c.Files, "file"))
		add(fmt.Sprintf("%.1fs", m.elapsed.Seconds()))
	}
	var parts []string
	if n := m.decided(); n > 0 {
		parts = append(parts, s.marked.Render(itoa(n)+" unwritten"))
	}
	if m.report != nil && !m.report.Complete {
		parts = append(parts, s.warn.Render("PARTIAL"))
	}
	end := strings.Join(append(parts[:len(parts):len(parts)], m.tally(false)...), "  ") + " "
	if width(left[0])+1+width(end) > m.w {
		end = strings.Join(append(parts, m.tally(true)...), "  ") + " "
	}
	for len(left) > 1 && width(strings.Join(left, "  "))+1+width(end) > m.w {
		left = left[:len(left)-1]
	}
	return sides(strings.Join(left, "  "), end, m.w, m.glyphs.ellipsis)
}

// ruleLine parts the title from the rows, and says what keeps rows out of sight.
func (m *model) ruleLine() string {
	g, s := &m.glyphs, &m.styles
	var parts []string
	if f := m.view.filter; f != "" {
		parts = append(parts, "filter "+cut(sentence(f), m.w/2, g.ellipsis))
	}
	var hidden []string
	for i, w := range []string{"errors", "warnings", "notes", "unverified"} {
		if m.view.hidden[i] {
			hidden = append(hidden, w)
		}
	}
	if len(hidden) > 0 {
		parts = append(parts, "hidden: "+strings.Join(hidden, ", "))
	}
	if len(parts) == 0 {
		return s.rule.Render(strings.Repeat(g.line, m.w))
	}
	text := " " + cut(strings.Join(parts, "   "), m.w-6, g.ellipsis) + " "
	return s.rule.Render(strings.Repeat(g.line, 3)) + s.marked.Render(text) + s.rule.Render(strings.Repeat(g.line, max(m.w-3-width(text), 0)))
}

// silent is how many names could not be checked though somebody could have been
// asked.
func (m *model) silent() int {
	n := 0
	if m.report != nil {
		for i := range m.report.Unverified {
			if !m.report.Unverified[i].Unsupported {
				n++
			}
		}
	}
	return n
}

func (m *model) spinner() string {
	r := []rune(m.glyphs.spin)
	return string(r[m.spin%len(r)])
}

// barLine shows how much was answered, and who is waited for.
func (m *model) barLine() string {
	share := 0
	if m.asked > 0 {
		share = min(100*m.answered/m.asked, 100)
	}
	wait := ""
	if len(m.waiting) > 0 && m.phase == scanning {
		wait = " " + cut("waiting for "+sentence(strings.Join(m.waiting, ", ")), m.w*2/3, m.glyphs.ellipsis)
	}
	room := max(m.w-8-width(wait), 0)
	full := room * share / 100
	return " " + m.styles.good.Render(strings.Repeat(m.glyphs.full, full)) +
		m.styles.rule.Render(strings.Repeat(m.glyphs.empty, room-full)) + right(itoa(share)+"%", 6, "") + m.styles.warn.Render(wait) + " "
}

// divider parts the panes and says where in the list the cursor is.
func (m *model) divider(w int) string {
	at, n := m.list.position()
	text := " " + itoa(at) + "/" + itoa(n) + " "
	if m.list.top+m.list.h < len(m.list.rows) {
		text += m.glyphs.more + " "
	}
	return m.styles.rule.Render(strings.Repeat(m.glyphs.line, max(w-width(text)-3, 0)) + text + strings.Repeat(m.glyphs.line, 3))
}

// intro is what stands above the rows: that all is well, or that it is not
// known.
func (m *model) intro() []string {
	if m.phase == broken {
		return nil
	}
	n := m.counts()
	w := m.w
	if m.shape() == wide && !m.detail.full {
		w = m.w * 55 / 100
	}
	var out []string
	add := func(style *lipgloss.Style, text string) {
		for _, l := range wrap(text, w-4) {
			if style != nil {
				l = style.Render(l)
			}
			out = append(out, cut("   "+l, w, ""))
		}
	}
	found := n[0] + n[1] + n[2]
	switch {
	case m.running():
		if m.bare() {
			out = append(out, "")
			add(&m.styles.dim, "Nothing has been found so far.")
		}
		return out
	case m.report == nil:
		return nil
	case found == 0 && m.report.Complete && n[countUnverified] == 0:
		c := &m.report.Counts
		out = append(out, "")
		style := &m.styles.good
		if c.Packages == 0 {
			style = nil
		}
		add(style, allRight(c))
		if c.Suppressed > 0 {
			add(nil, plural(c.Suppressed, "finding")+" accepted by the configuration: S shows.")
		}
		out = append(out, "")
		add(nil, ecosystems(c)+plural(c.Files, "file")+", "+plural(c.References, "reference"))
		if c.Private > 0 {
			add(nil, plural(c.Private, "private name")+wasWere(c.Private)+" not sent anywhere.")
		}
		if n := n[countUnread]; n > 0 {
			add(nil, plural(n, "file")+wasWere(n)+" not read: nothing is said of what stands there.")
		}
	case found == 0 || m.report.Interrupted:
		out = append(out, "")
		if m.report.Interrupted {
			add(&m.styles.warn, "The scan was stopped: this is what was known by then.")
		}
		if n := n[countUnverified]; n > 0 {
			verb, they := " names are", "They are"
			if n == 1 {
				verb, they = " name is", "It is"
			}
			add(&m.styles.warn, itoa(n)+verb+" UNVERIFIED: "+reasons(m.report.Unverified)+".")
			add(nil, they+" neither clean nor missing.")
		} else if !m.report.Complete && !m.report.Interrupted {
			add(&m.styles.warn, "Not everything could be read: the result is incomplete.")
		}
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	if m.bare() && len(out) == 0 && len(m.shelf.items) > 0 {
		out = append(out, "")
		text := "Nothing of this is shown."
		if m.view.filter != "" {
			text = "Nothing matches the filter: esc clears it."
		}
		add(&m.styles.dim, text)
	}
	return out
}

// allRight says that nothing is wrong with what was checked.
func allRight(c *scanner.Counts) string {
	switch c.Packages {
	case 0:
		return "No package name was found to check."
	case 1:
		return "The one package name exists and looks right."
	}
	return "All " + itoa(c.Packages) + " package names exist and look right."
}

func wasWere(n int) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

func ecosystems(c *scanner.Counts) string {
	keys := slices.SortedFunc(maps.Keys(c.ByEco), func(a, b ecosystem.Ecosystem) int {
		return cmp.Or(cmp.Compare(c.ByEco[b], c.ByEco[a]), cmp.Compare(a, b))
	})
	var b strings.Builder
	for _, k := range keys {
		if c.ByEco[k] > 0 && k != "" {
			fmt.Fprintf(&b, "%s %d   ", sentence(string(k)), c.ByEco[k])
		}
	}
	return b.String()
}

// reasons sums up why names could not be checked.
func reasons(list []scanner.Unverified) string {
	var out []string
	for i := range list {
		text := sentence(string(list[i].Package.Ecosystem) + " " + cmp.Or(string(list[i].Reason), "unknown"))
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) > 4 {
		out = append(out[:4], "and more")
	}
	return strings.Join(out, ", ")
}

// errorLines tell why there is no report.
func (m *model) errorLines(h int) []string {
	out := []string{""}
	for i, l := range wrap("The scan could not be run: "+sentence(m.failed.Error()), m.w-4) {
		if i < h-1 {
			out = append(out, "   "+m.styles.err.Render(l))
		}
	}
	return out
}

func (m *model) filterRoom() int { return max(m.w/2-4, 8) }

// footer shows the filter while it is typed, or what just happened, or the keys
// that work now.
func (m *model) footer() string {
	e := m.glyphs.ellipsis
	switch {
	case m.typing:
		text, _ := m.find.View(m.filterRoom())
		_, n := m.list.position()
		return sides(" / "+m.styles.in.Render(text), plural(n, "row")+"   enter keep  esc clear ", m.w, e)
	case m.status != "":
		return pad(" "+m.status, m.w, e)
	}
	return m.keyBar()
}

// keyBar sets as many keys as fit; help and quit are always among them.
func (m *model) keyBar() string {
	k := &m.keys
	it := m.list.selected()
	type entry struct {
		b    key.Binding
		text string
		on   bool
	}
	finding := it != nil && it.kind == ofFinding && it.settled == ""
	place := it != nil && m.o.File != nil && (len(it.locations) > 0 || it.problem != nil || it.unread != nil)
	report := m.phase == finished
	stop := "stop and keep"
	if m.w < stackedFrom {
		stop = "stop"
	}
	entries := []entry{
		{k.up, "move", it != nil},
		{k.back, "back", m.detail.full || m.inPane},
		{k.back, "clear", m.view.filter != "" && !m.detail.full && !m.inPane},
		{k.stop, stop, m.phase == scanning},
		{k.write, "write", len(m.undo) > 0},
		{k.undo, "undo", len(m.undo) > 0},
		{k.open, "open", it != nil && m.shape() == narrow && !m.detail.full},
		{k.filter, "filter", it != nil && !m.detail.full},
		{k.mark, "mark", m.changes != nil && finding && !m.detail.full},
		{k.ignore, "ignore", m.canIgnore()},
		{k.fix, "fix", m.canFix()},
		{k.rescan, "retry", m.phase == broken || report && m.silent() > 0 && len(m.undo) == 0},
		{k.edit, "edit", place},
		{k.copy, "copy", it != nil && it.pkg.Name != ""},
		{k.page, "page", it != nil && it.page() != ""},
		{k.rescan, "rescan", report && m.silent() == 0 && len(m.undo) == 0},
		{k.checked, "what was checked", report && m.bare()},
		{k.private, "private", report && m.report.Counts.Private > 0},
		{k.suppressed, "accepted", report && m.report.Counts.Suppressed > 0},
	}
	last := m.styles.key.Render("?") + " help  " + m.styles.key.Render("q") + " quit"
	line, used := " ", 1+width(last)
	for _, e := range entries {
		if !e.on {
			continue
		}
		text := e.b.Help().Key + " " + e.text
		n := width(text) + 2
		if used+n > m.w {
			continue
		}
		used += n
		line += m.styles.key.Render(e.b.Help().Key) + " " + e.text + "  "
	}
	return pad(line+last, m.w, "")
}

// overlay lays the dialog over the dimmed lines.
func (m *model) overlay(lines []string) ([]string, *tea.Cursor) {
	title, body, x, y := m.dialog.body()
	w, g := m.modalWidth(), &m.glyphs
	if most := max(m.h-2, 1); len(body) > most {
		// The last line says which keys there are.
		body = append(body[:most-1:most-1], body[len(body)-1])
	}
	head := " " + cut(title, w-6, g.ellipsis) + " "
	box := []string{g.topLeft + m.styles.title.Render(head) + strings.Repeat(g.line, w-2-width(head)) + g.topRight}
	for _, l := range body {
		box = append(box, g.bar+" "+pad(l, w-4, g.ellipsis)+" "+g.bar)
	}
	box = append(box, g.lowLeft+strings.Repeat(g.line, w-2)+g.low)
	left, top := (m.w-w)/2, max((m.h-len(box))/2, 0)
	under := make([]string, len(lines))
	for i, l := range lines {
		under[i] = m.styles.dim.Render(plainText(l))
	}
	c := lipgloss.NewCompositor(
		lipgloss.NewLayer(strings.Join(under, "\n")),
		lipgloss.NewLayer(strings.Join(box, "\n")).X(left).Y(top).Z(1),
	)
	out := strings.Split(c.Render(), "\n")
	var cursor *tea.Cursor
	if x >= 0 && y >= 0 && y < len(body) {
		cursor = tea.NewCursor(left+2+x, top+1+y)
	}
	return fill(out, 0, m.h), cursor
}
