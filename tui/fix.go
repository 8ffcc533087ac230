package tui

import (
	tea "charm.land/bubbletea/v2"

	"figment/app"
	"figment/scanner"
	"figment/scanner/verdict"
)

// A proposal is one replacement for one finding.
type proposal struct {
	item *item
	s    *verdict.Suggestion
}

// proposals are the replacements that an edit could write: those within the
// finding's ecosystem. Of several findings only the first of each is taken.
func proposals(items []*item) []proposal {
	var out []proposal
	for _, it := range items {
		if it.finding == nil || it.settled != "" || it.kind != ofFinding {
			continue
		}
		for i := range it.finding.Suggestions {
			s := &it.finding.Suggestions[i]
			if s.Package.Ecosystem != it.pkg.Ecosystem || s.Package.Name == "" {
				continue
			}
			out = append(out, proposal{it, s})
			if len(items) > 1 {
				break
			}
		}
	}
	return out
}

// fixDialog goes through proposals with the edit that each would make.
type fixDialog struct {
	ui      *ui
	queue   []proposal
	at      int
	preview func(*scanner.Finding, *verdict.Suggestion) (app.Diff, error)
	diff    *app.Diff // nil: not there yet
	bad     string
	all     bool // take every safe one without asking
	busy    bool // the present proposal was taken
	w, h    int
}

// load asks for the edit of the present proposal.
func (d *fixDialog) load() tea.Cmd {
	d.diff, d.bad, d.busy = nil, "", false
	at, p, preview := d.at, d.queue[d.at], d.preview
	return func() tea.Msg {
		diff, err := preview(p.item.finding, p.s)
		return previewMsg{at, diff, err}
	}
}

// SetSize gives the dialog its cells.
func (d *fixDialog) SetSize(w, h int) { d.w, d.h = w, h }

// next goes on to the proposal after this one; those for a finding that is
// settled are passed over.
func (d *fixDialog) next(settled bool) (tea.Cmd, tea.Msg) {
	was := d.queue[d.at].item
	for d.at++; d.at < len(d.queue); d.at++ {
		if !settled || d.queue[d.at].item != was {
			return d.load(), nil
		}
	}
	return nil, closeMsg{}
}

// last reports whether nothing follows once this finding is settled.
func (d *fixDialog) last() bool {
	for i := d.at + 1; i < len(d.queue); i++ {
		if d.queue[i].item != d.queue[d.at].item {
			return false
		}
	}
	return true
}

// take collects the present proposal.
func (d *fixDialog) take() (tea.Cmd, tea.Msg) {
	p := d.queue[d.at]
	d.busy = true
	return nil, fixMsg{f: p.item.finding, s: p.s, kept: !d.last()}
}

// Update answers keys, and takes edits as they come.
func (d *fixDialog) Update(msg tea.Msg) (tea.Cmd, tea.Msg) {
	switch msg := msg.(type) {
	case previewMsg:
		if msg.at != d.at {
			return nil, nil
		}
		if msg.err != nil {
			d.bad = sentence(msg.err.Error())
			if d.all {
				return d.next(false)
			}
			return nil, nil
		}
		d.diff = &msg.diff
		if d.all {
			if d.diff.Safe {
				return d.take()
			}
			return d.next(false)
		}
	case settledMsg:
		if msg.err != nil {
			d.bad, d.all, d.busy = sentence(msg.err.Error()), false, false
			return nil, nil
		}
		return d.next(true)
	case tea.KeyPressMsg:
		if d.busy || d.at >= len(d.queue) {
			return nil, nil
		}
		switch msg.String() {
		case "esc", "q":
			return nil, closeMsg{}
		case "n", "right":
			return d.next(false)
		case "y", "enter":
			if d.diff != nil {
				return d.take()
			}
		case "a":
			d.all = true
			switch {
			case d.diff != nil && d.diff.Safe:
				return d.take()
			case d.diff != nil || d.bad != "":
				return d.next(false)
			}
		}
	}
	return nil, nil
}

func (d *fixDialog) body() (string, []string, int, int) {
	p := d.queue[min(d.at, len(d.queue)-1)]
	title := "Fix " + p.item.rule
	if len(d.queue) > 1 {
		title += "  " + itoa(d.at+1) + " of " + itoa(len(d.queue))
	}
	foot := fits(d.w, "y take   n skip   a take all safe   esc close", "y take  n skip  a safe  esc close")
	var lines []string
	switch {
	case d.bad != "":
		lines = wrap("There is no such edit: "+d.bad, d.w)
		foot = "n skip   esc close"
	case d.diff == nil:
		lines = []string{"looking at the files" + d.ui.glyphs.ellipsis}
	default:
		lines = diffLines(d.ui, d.diff, d.w, true)
	}
	if room := d.h - 2; len(lines) > room && room > 0 {
		lines = append(lines[:room-1:room-1], "+"+itoa(len(lines)-room+1)+" more lines")
	}
	return title, append(lines, "", foot), -1, -1
}

// diffLines draws an edit.
func diffLines(u *ui, d *app.Diff, w int, safety bool) []string {
	e := u.glyphs.ellipsis
	var out []string
	for i := range d.Hunks {
		h := &d.Hunks[i]
		at := sentence(h.Path)
		if h.Line > 0 {
			at += ":" + itoa(h.Line)
		}
		word := ""
		if i == 0 && safety {
			word = "unsafe"
			if d.Safe {
				word = "safe"
			}
		}
		out = append(out, sides(u.styles.title.Render(cutLeft(at, max(w-10, 8), e)), word, w, e))
		for _, l := range h.Removed {
			out = append(out, u.styles.removed.Render(cut("- "+sentence(l), w, e)))
		}
		for _, l := range h.Added {
			out = append(out, u.styles.added.Render(cut("+ "+sentence(l), w, e)))
		}
	}
	for _, n := range d.Notes {
		out = append(out, wrap(sentence(n), w)...)
	}
	return out
}
