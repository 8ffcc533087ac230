package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"figment/ecosystem"
	"figment/internal/term"
	"figment/registry/protocol"
	"figment/scanner"
	"figment/scanner/verdict"
)

// Limits of what is shown without --verbose.
const (
	shownPlaces = 4
	shownNames  = 10
	shownTexts  = 3
)

func writeText(w io.Writer, r *scanner.Report, o Options) error {
	p := newPrinter(w, o)
	for i := range r.Findings {
		p.finding(&r.Findings[i], nil)
		p.line("")
	}
	if o.ShowSuppressed {
		for i := range r.Suppressed {
			p.finding(&r.Suppressed[i].Finding, &r.Suppressed[i].By)
			p.line("")
		}
	}
	if !o.Quiet {
		if !o.HideUnverified {
			p.unverified(r.Unverified)
		}
		p.problems(r.Problems)
	}
	p.summary(r, true)
	return p.flush()
}

// finding writes one finding; by says who accepted it.
func (p *printer) finding(f *scanner.Finding, by *scanner.Suppression) {
	word, style := f.Severity.String(), severityStyle(f.Severity)
	if by != nil {
		word, style = "suppressed", styleGutter
	}
	p.wrapped(word+"["+ruleID(f.Rule)+"]: ", style, 4, foreign(f.Message), styleBold)
	gutter := len(strconv.Itoa(max(f.Primary.Start.Line, 1)))
	if f.Primary.Path != "" {
		label := ""
		if f.Primary.Label != "" {
			label = " (" + foreign(f.Primary.Label) + ")"
		}
		p.line(spaces(gutter+1) + p.paint(styleGutter, "-->") + " " + place(&f.Primary) + label)
	}
	framed := p.frame(&f.Primary, f.Label, style, gutter)
	if framed && f.Severity > verdict.Note {
		p.line(p.paint(styleGutter, spaces(gutter+2)+"|"))
	}
	for _, text := range evidence(f.Evidence, p.o.Verbose) {
		p.note(gutter, "evidence", text)
	}
	if len(f.Related) > 0 {
		limit := shownPlaces
		if p.o.Verbose {
			limit = len(f.Related)
		}
		p.note(gutter, "also at", places(f.Related, limit))
	}
	for i := range f.Suggestions {
		p.note(gutter, "help", foreign(help(ruleID(f.Rule), f.Package, &f.Suggestions[i])))
	}
	if p.o.Verbose {
		p.note(gutter, "judged", judged(f.Confidence, f.Score))
	}
	if by != nil {
		p.note(gutter, "accepted", suppression(by))
	} else if f.Severity > verdict.Note && f.Rule != nil {
		p.note(gutter, "docs", "figment explain "+f.Rule.ID)
	}
}

func judged(c verdict.Confidence, score *int) string {
	text := "confidence " + c.String()
	if score != nil {
		text += fmt.Sprintf(", score %d of 100", *score)
	}
	return text
}

func ruleID(r *verdict.Rule) string {
	if r == nil {
		return "unknown"
	}
	return r.ID
}

func suppression(by *scanner.Suppression) string {
	text := "by " + foreign(by.Kind)
	if by.Path != "" {
		text += " in " + foreign(by.Path)
		if by.Line > 0 {
			text += ":" + strconv.Itoa(by.Line)
		}
	}
	if by.Reason != "" {
		text += ": " + foreign(by.Reason)
	}
	if by.Expires != "" {
		text += " (until " + foreign(by.Expires) + ")"
	}
	return text
}

// frame shows the line of l with the line before it, and carets under the name.
// It reports whether there was a line to show.
func (p *printer) frame(l *scanner.Location, label, style string, gutter int) bool {
	if l.Start.Line < 1 || l.Snippet == "" {
		return false
	}
	limit := frameCells
	if p.o.Width > 0 {
		limit = min(limit, max(p.o.Width-gutter-4, 20))
	}
	bar := func(number int, text string) {
		n := ""
		if number > 0 {
			n = strconv.Itoa(number)
		}
		if text != "" {
			text = " " + text
		}
		p.line(p.paint(styleGutter, " "+spaces(gutter-len(n))+n+" |") + text)
	}
	bar(0, "")
	if l.HasBefore && l.Start.Line > 1 {
		bar(l.Start.Line-1, window(l.Before, 0, 0, limit).text)
	}
	v := window(l.Snippet, l.Start.Column-1, spanEnd(l), limit)
	bar(l.Start.Line, v.text)
	carets := strings.Repeat("^", max(v.width, 1))
	if label != "" {
		carets += " " + foreign(label)
	}
	bar(0, spaces(v.at)+p.paint(style, carets))
	return true
}

// spanEnd is where the span of l ends in its snippet, in bytes.
func spanEnd(l *scanner.Location) int {
	if l.End.Line > l.Start.Line {
		return len(l.Snippet)
	}
	return l.End.Column - 1
}

// A view is a source line as it is shown, with the cells of the span in it.
type view struct {
	text      string
	at, width int
}

// window sets a source line in at most limit cells with the bytes from..to in
// sight, or its beginning where they are none.
func window(line string, from, to, limit int) view {
	from = max(0, min(from, len(line)))
	to = max(from, min(to, len(line)))
	pre, mid, post := line[:from], line[from:to], line[to:]
	// What is far outside the frame is not even looked at. Every rune that takes
	// no cell is written out or follows one that does, at most four in a row.
	far := 32 * limit
	if len(pre) > far {
		pre = pre[runeStart(pre, len(pre)-far):]
	}
	if len(mid) > far {
		mid = mid[:runeStart(mid, far)]
	}
	if len(post) > far {
		post = post[:runeStart(post, far)]
	}
	pre, mid, post = expand(pre), expand(mid), strings.TrimRight(expand(post), " ")
	mid = term.Cut(mid, limit)
	room := limit - term.Cells(mid)
	if nPre, nPost := term.Cells(pre), term.Cells(post); nPre+nPost > room {
		right := min(nPost, room-min(nPre, room/2))
		pre, post = term.CutLeft(pre, room-right), term.Cut(post, right)
	}
	return view{pre + mid + post, term.Cells(pre), term.Cells(mid)}
}

func expand(s string) string { return term.Safe(strings.ReplaceAll(s, "\t", "    ")) }

// runeStart is the first offset from at that is not inside a rune.
func runeStart(s string, at int) int {
	for at < len(s) && s[at]&0xC0 == 0x80 {
		at++
	}
	return at
}

// A group is names that could not be checked for one reason.
type group struct {
	reason      protocol.Reason
	unsupported bool
	names       []*scanner.Unverified
}

func groups(list []scanner.Unverified) []group {
	var out []group
	for i := range list {
		u := &list[i]
		at := slices.IndexFunc(out, func(g group) bool { return g.reason == u.Reason && g.unsupported == u.Unsupported })
		if at < 0 {
			at = len(out)
			out = append(out, group{u.Reason, u.Unsupported, nil})
		}
		out[at].names = append(out[at].names, u)
	}
	slices.SortStableFunc(out, func(a, b group) int {
		if a.unsupported != b.unsupported {
			if a.unsupported {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.reason, b.reason)
	})
	return out
}

// unverified lists the names that could not be checked, by reason.
func (p *printer) unverified(list []scanner.Unverified) {
	for _, g := range groups(list) {
		word, style := "unverified", styleWarning
		if g.unsupported {
			word, style = "note", styleNote
		}
		reason := cmp.Or(string(g.reason), "unknown")
		p.wrapped(word+"["+foreign(reason)+"]: ", style, 4, plural(len(g.names), "name")+" could not be checked: neither clean nor missing", styleBold)
		shown := g.names
		if !p.o.Verbose && len(shown) > shownNames {
			shown = shown[:shownNames]
		}
		width := 0
		for _, u := range shown {
			width = max(width, min(term.Cells(spec(u.Package)), 40))
		}
		for _, u := range shown {
			name := spec(u.Package)
			limit := 2
			if p.o.Verbose {
				limit = len(u.Locations)
			}
			text := places(u.Locations, limit)
			if len(u.Suggestions) > 0 {
				text += " (near " + code(u.Suggestions[0].Package.Name) + ")"
			}
			p.line(strings.TrimRight("  "+name+spaces(width-term.Cells(name))+"  "+text, " "))
		}
		if n := len(g.names) - len(shown); n > 0 {
			p.line(fmt.Sprintf("  +%d more (--verbose shows them)", n))
		}
		var texts []string
		for _, u := range g.names {
			if u.Text != "" && len(texts) < shownTexts && !slices.Contains(texts, u.Text) {
				texts = append(texts, u.Text)
				p.note(0, "reason", foreign(u.Text))
			}
		}
		p.line("")
	}
}

// spec is a package without its version, as commands take it.
func spec(pkg ecosystem.Package) string {
	pkg.Version = ""
	if pkg.Ecosystem == "" {
		return term.SafeName(pkg.Name)
	}
	return term.SafeName(pkg.String())
}

func (p *printer) problems(list []scanner.Problem) {
	for i := range list {
		q := &list[i]
		text := foreign(q.Text)
		if q.Path != "" {
			at := foreign(q.Path)
			if q.Line > 0 {
				at += ":" + strconv.Itoa(q.Line)
			}
			text = at + ": " + text
		}
		if q.Fatal {
			text += " (not read: the result is incomplete)"
		}
		p.wrapped("problem: ", styleWarning, 4, text, "")
	}
	if len(list) > 0 {
		p.line("")
	}
}

// summary writes the last lines: how much of what was found, and with rows what
// was not read.
func (p *printer) summary(r *scanner.Report, rows bool) {
	if r.Interrupted {
		p.line(p.paint(styleWarning, "PARTIAL:") + " the run was interrupted; this is what was known")
	}
	if p.o.Quiet {
		return
	}
	c := &r.Counts
	if c.Files == 0 && len(r.Unread) > 0 && c.Packages == 0 {
		p.line("nothing was read, so no name was checked")
	} else {
		p.wrapped("", "", 2, counted(c)+" in "+plural(c.Packages, "name")+byEcosystem(c)+timing(r), "")
	}
	if rows {
		p.unread(r.Unread)
	}
	if n := fixable(r.Findings); n > 0 {
		p.line(fmt.Sprintf("%d fixable with `figment fix --apply`", n))
	}
	var silent, drivers int
	for i := range r.Unverified {
		if r.Unverified[i].Unsupported {
			drivers++
		} else {
			silent++
		}
	}
	if silent > 0 {
		p.wrapped("", "", 2, plural(silent, "name")+" unverified: neither clean nor missing ("+reasons(r.Unverified, false)+")", "")
	}
	if drivers > 0 {
		p.wrapped("", "", 2, plural(drivers, "name")+" not checked for want of a driver ("+reasons(r.Unverified, true)+")", "")
	}
	var parts []string
	if c.Private > 0 {
		parts = append(parts, plural(c.Private, "private name")+" not sent")
	}
	if c.Suppressed > 0 {
		parts = append(parts, plural(c.Suppressed, "finding")+" suppressed")
	}
	if len(parts) > 0 {
		p.line(strings.Join(parts, "; "))
	}
	severe, _ := weighUnread(r.Unread)
	if slices.ContainsFunc(r.Problems, func(q scanner.Problem) bool { return q.Fatal }) || len(severe) > 0 {
		p.line("incomplete: not everything could be read or asked")
	}
}

// fixable counts the findings that figment fix --apply would mend: a name in a
// manifest that does not exist, with the one package that is known by it.
func fixable(list []scanner.Finding) int {
	n := 0
	for i := range list {
		f := &list[i]
		safe := 0
		for k := range f.Suggestions {
			if f.Suggestions[k].Safe {
				safe++
			}
		}
		if id := ruleID(f.Rule); safe == 1 && f.Primary.Kind == "manifest" && (id == "nonexistent-package" || id == "invalid-name") {
			n++
		}
	}
	return n
}

func counted(c *scanner.Counts) string {
	var parts []string
	for _, n := range []struct {
		n    int
		word string
	}{{c.Errors, "error"}, {c.Warnings, "warning"}, {c.Notes, "note"}} {
		if n.n > 0 {
			parts = append(parts, plural(n.n, n.word))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

func byEcosystem(c *scanner.Counts) string {
	keys := slices.Sorted(maps.Keys(c.ByEco))
	slices.SortStableFunc(keys, func(a, b ecosystem.Ecosystem) int { return cmp.Compare(c.ByEco[b], c.ByEco[a]) })
	var parts []string
	for _, k := range keys {
		if c.ByEco[k] > 0 && k != "" {
			parts = append(parts, fmt.Sprintf("%s %d", foreign(string(k)), c.ByEco[k]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func timing(r *scanner.Report) string {
	s := ""
	if r.Elapsed > 0 {
		s = fmt.Sprintf(", %.1fs", r.Elapsed.Seconds())
	}
	if r.Counts.Cached > 0 {
		s += fmt.Sprintf(", %d from the cache", r.Counts.Cached)
	}
	return s
}

// reasons sums up why names could not be checked, "npm: offline; pypi: timeout".
func reasons(list []scanner.Unverified, unsupported bool) string {
	by := map[string][]string{}
	for i := range list {
		u := &list[i]
		eco := string(u.Package.Ecosystem)
		if u.Unsupported == unsupported && !slices.Contains(by[eco], string(u.Reason)) {
			by[eco] = append(by[eco], string(u.Reason))
		}
	}
	var parts []string
	for _, eco := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[eco])
		text := eco
		if !unsupported {
			text += ": " + strings.Join(by[eco], ", ")
		}
		parts = append(parts, foreign(text))
	}
	return strings.Join(parts, "; ")
}
