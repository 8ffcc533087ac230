package tui

import (
	"bytes"
	"strings"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// detail is the pane that tells everything about one row.
type detail struct {
	ui       *ui
	port     viewport.Model
	item     *item
	excerpts map[string][]string // lines of files by path; nil: cannot be shown
	focused  bool
	full     bool
	w, h     int
}

const (
	excerptLines = 2       // around the place
	excerptBytes = 4 << 20 // larger files are not read again
	placesShown  = 8
	keptExcerpts = 32
)

func newDetail(u *ui) detail {
	p := viewport.New()
	p.FillHeight = true
	p.MouseWheelEnabled = false
	return detail{ui: u, port: p, excerpts: map[string][]string{}}
}

// Init does nothing.
func (d *detail) Init() tea.Cmd { return nil }

// SetSize gives the pane its cells.
func (d *detail) SetSize(w, h int) {
	d.w, d.h = w, max(h, 0)
	d.port.SetWidth(w)
	d.port.SetHeight(d.h)
	d.draw()
}

// set shows a row and, if its file is not at hand, gives the command that reads
// it.
func (d *detail) set(it *item, read func(string) ([]byte, error)) tea.Cmd {
	if it != d.item {
		d.item = it
		d.port.GotoTop()
	}
	d.draw()
	if it == nil || len(it.locations) == 0 || read == nil {
		return nil
	}
	path := it.locations[0].Path
	if _, ok := d.excerpts[path]; ok || path == "" {
		return nil
	}
	return func() tea.Msg { return excerptMsg{path, readLines(read, path)} }
}

// readLines gives the lines of a file as they are shown, or nil.
func readLines(read func(string) ([]byte, error), path string) []string {
	data, err := read(path)
	if err != nil || len(data) > excerptBytes {
		return nil
	}
	text, _ := text.Decode(data)
	var out []string
	for line := range bytes.Lines(text) {
		if len(line) > maxSentence {
			line = line[:maxSentence]
		}
		out = append(out, strings.TrimRight(string(line), "\r\n"))
	}
	return out
}

// keep takes the lines of a file.
func (d *detail) keep(msg excerptMsg) {
	if len(d.excerpts) >= keptExcerpts {
		clear(d.excerpts)
	}
	d.excerpts[msg.path] = msg.lines
	d.draw()
}

// forget drops what was read: the files have changed.
func (d *detail) forget() { clear(d.excerpts) }

// Update scrolls.
func (d *detail) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	keys := &d.ui.keys
	switch {
	case matches(k, keys.up):
		d.port.ScrollUp(1)
	case matches(k, keys.down):
		d.port.ScrollDown(1)
	case matches(k, keys.pageDown):
		d.port.HalfPageDown()
	case matches(k, keys.pageUp):
		d.port.HalfPageUp()
	case matches(k, keys.top):
		d.port.GotoTop()
	case matches(k, keys.end):
		d.port.GotoBottom()
	}
	return nil
}

// View draws exactly as many lines as the pane has.
func (d *detail) View() string {
	lines := strings.Split(d.port.View(), "\n")
	for i := range lines {
		lines[i] = pad(lines[i], d.w, "")
	}
	for len(lines) < d.h {
		lines = append(lines, blank(d.w))
	}
	return strings.Join(lines[:d.h], "\n")
}

// draw makes the lines anew.
func (d *detail) draw() {
	if d.w < 1 {
		return
	}
	var p page
	p.w, p.ui = d.w, d.ui
	if d.item != nil {
		d.fill(&p)
	}
	d.port.SetContentLines(p.lines)
}

// A page collects lines of a width.
type page struct {
	ui    *ui
	w     int
	lines []string
}

func (p *page) add(s string) { p.lines = append(p.lines, cut(s, p.w, p.ui.glyphs.ellipsis)) }

const keyColumn = 13 // "   evidence  "

// note adds a text behind a key, wrapped.
func (p *page) note(key, text string) {
	lead := "   " + pad(key, keyColumn-3, p.ui.glyphs.ellipsis)
	if p.w < 40 {
		lead = " " + key + ": "
	}
	for i, l := range wrap(text, max(p.w-width(lead), 8)) {
		if i == 0 {
			p.add(p.ui.styles.dim.Render(lead) + l)
		} else {
			p.add(blank(width(lead)) + l)
		}
	}
}

func (p *page) text(s string) {
	for _, l := range wrap(s, p.w-1) {
		p.add(" " + l)
	}
}

func (d *detail) fill(p *page) {
	it := d.item
	switch it.kind {
	case ofFinding, ofSuppressed:
		d.finding(p)
	case ofUnverified:
		d.headline(p, d.ui.styles.unverified.Render("unverified"), it.reason)
		p.text(sentence(it.unverified.Text))
		p.text("It is neither clean nor missing.")
		d.suggestions(p, it.unverified.Suggestions)
		d.places(p)
		d.excerpt(p, "")
	case ofProblem:
		d.headline(p, d.ui.styles.warn.Render("problem"), "")
		p.text(sentence(it.problem.Text))
		if it.problem.Path != "" {
			at := it.path
			if it.line > 0 {
				at += ":" + itoa(it.line)
			}
			p.note("place", at)
		}
		if it.problem.Fatal {
			p.text("It was not read: the result is incomplete.")
		}
	case ofUnread:
		u := it.unread
		d.headline(p, d.ui.styles.warn.Render("not read"), whyWords(u))
		p.text(it.name + " " + sentence(u.Text))
		if u.What != "" {
			p.note("kind", sentence(u.What))
		}
		at := it.path
		if it.line > 0 {
			at += ":" + itoa(it.line)
		}
		p.note("place", at)
		switch {
		case u.Touched:
			p.text("The change touches this file: a gate fails.")
		case u.Severe:
			p.text("What stands in it is neither clean nor missing: the result is incomplete.")
		default:
			p.text("What stands in it is neither clean nor missing.")
		}
	case ofPrivate:
		d.headline(p, d.ui.styles.dim.Render("private"), "")
		p.text(it.name + " was not sent anywhere: " + it.reason)
	case ofClean:
		d.headline(p, d.ui.styles.good.Render("checked"), "")
		p.text(it.name + " exists, and nothing is wrong with it.")
		d.evidence(p, it.judged.Verdict.Evidence)
		if it.path != "" {
			p.note("place", it.path)
		}
	}
	if it.settled != "" {
		p.note("settled", it.settled)
	}
}

// headline says what this is, and which keys open it.
func (d *detail) headline(p *page, word, more string) {
	left := " " + word
	if more != "" {
		left += "  " + more
	}
	hint := ""
	switch {
	case p.w < 60:
	case d.full:
		hint = "esc back"
	default:
		hint = "enter full  tab pane"
	}
	p.add(sides(left, d.ui.styles.dim.Render(hint), p.w-1, d.ui.glyphs.ellipsis))
}

func (d *detail) finding(p *page) {
	it, s := d.item, &d.ui.styles
	f := it.finding
	more := it.rule + "  " + f.Confidence.String()
	if f.Score != nil {
		more += "  score " + itoa(*f.Score)
	}
	d.headline(p, s.severity(f.Severity).Render(f.Severity.String()), more)
	p.text(sentence(f.Message))
	if it.by != nil {
		by := "by " + it.by.Kind
		if it.by.Path != "" {
			by += " in " + it.by.Path + ":" + itoa(it.by.Line)
		}
		if it.by.Expires != "" {
			by += ", until " + it.by.Expires
		}
		p.note("accepted", sentence(by+": "+it.by.Reason))
	}
	d.evidence(p, f.Evidence)
	d.suggestions(p, f.Suggestions)
	for _, id := range f.Advisories {
		p.note("advisory", name(id))
	}
	d.places(p)
	d.excerpt(p, it.reason)
}

func (d *detail) evidence(p *page, list []verdict.Evidence) {
	key := "evidence"
	for i := range list {
		e := &list[i]
		from := e.Source
		if !e.At.IsZero() {
			if from != "" {
				from += ", "
			}
			from += day(e.At)
		}
		text := sentence(e.Text)
		if from != "" {
			text += " (" + sentence(from) + ")"
		}
		p.note(key, text)
		key = ""
	}
}

func (d *detail) suggestions(p *page, list []verdict.Suggestion) {
	key := "use"
	for i := range list {
		q := &list[i]
		text := name(q.Package.Name)
		if q.Package.Ecosystem != d.item.pkg.Ecosystem && q.Package.Ecosystem != "" {
			text = string(q.Package.Ecosystem) + ":" + text
		}
		if q.Package.Version != "" {
			text += " " + name(q.Package.Version)
		}
		if q.Reason != "" {
			text += "  (" + sentence(q.Reason) + ")"
		}
		p.note(key, text)
		if q.Command != "" {
			p.note("", sentence(q.Command))
		}
		key = ""
	}
}

func (d *detail) places(p *page) {
	key := "place"
	for i := range d.item.locations {
		if i == placesShown && !d.full {
			p.note("", "+"+itoa(len(d.item.locations)-i)+" more")
			return
		}
		p.note(key, placeOf(&d.item.locations[i]))
		key = "also at"
		if i > 0 {
			key = ""
		}
	}
}

func placeOf(l *scanner.Location) string {
	s := sentence(l.Path)
	if l.Start.Line > 0 {
		s += ":" + itoa(l.Start.Line) + ":" + itoa(max(l.Start.Column, 1))
	}
	if l.Kind != "" {
		s += "  " + l.Kind
	}
	return s
}

// excerpt shows the line of the first place with its neighbours and carets
// under the name.
func (d *detail) excerpt(p *page, label string) {
	if len(d.item.locations) == 0 {
		return
	}
	l := &d.item.locations[0]
	if l.Start.Line < 1 {
		return
	}
	first := l.Start.Line
	text := []string{l.Snippet}
	if lines := d.excerpts[l.Path]; l.Start.Line <= len(lines) && lines[l.Start.Line-1] == firstBytes(l.Snippet) {
		from := max(0, l.Start.Line-1-excerptLines)
		to := min(len(lines), l.Start.Line+excerptLines)
		first, text = from+1, lines[from:to]
	} else if l.HasBefore {
		first, text = first-1, []string{l.Before, l.Snippet}
	} else if l.Snippet == "" {
		return
	}
	gutter := max(len(itoa(first+len(text)-1)), 2)
	room := p.w - gutter - 6
	if room < 4 {
		return
	}
	s := &d.ui.styles
	bar := s.dim.Render(" " + d.ui.glyphs.bar + " ")
	for i, line := range text {
		n := first + i
		shown, at, cells := window(line, l, n, room)
		p.add("   " + s.dim.Render(right(itoa(n), gutter, "")) + bar + shown)
		if n == l.Start.Line {
			carets := strings.Repeat("^", max(cells, 1))
			p.add("   " + blank(gutter) + bar + blank(at) + s.caret.Render(carets))
		}
	}
}

func firstBytes(s string) string {
	if len(s) > maxSentence {
		s = s[:maxSentence]
	}
	return strings.TrimRight(s, "\r\n")
}

// window sets a line in at most room cells with the span of l in sight, if it is
// the line of l, and says at which cell the span begins and how many it has.
func window(line string, l *scanner.Location, n, room int) (text string, at, cells int) {
	if len(line) > maxSentence {
		line = line[:maxSentence]
	}
	from, to := 0, 0
	if n == l.Start.Line {
		from = max(0, min(l.Start.Column-1, len(line)))
		to = len(line)
		if l.End.Line == l.Start.Line {
			to = max(from, min(l.End.Column-1, len(line)))
		}
	}
	flat := func(s string) string { return term.Safe(strings.ReplaceAll(s, "\t", "    ")) }
	pre, mid, post := flat(line[:from]), flat(line[from:to]), strings.TrimRight(flat(line[to:]), " ")
	mid = cut(mid, room, "…")
	rest := room - width(mid)
	after := min(width(post), rest/2)
	pre = cutLeft(pre, rest-after, "…")
	post = cut(post, rest-width(pre), "…")
	return pre + mid + post, width(pre), width(mid)
}

// page is the registry's page of a row; empty where there is none: also of a
// name that the registry has denied.
func (it *item) page() string {
	if it.finding != nil && it.finding.Rule != nil {
		switch it.finding.Rule.ID {
		case "nonexistent-package", "invalid-name":
			return ""
		}
	}
	return it.pkg.Page()
}
