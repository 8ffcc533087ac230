package report

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"figment/scanner"
	"figment/scanner/verdict"
)

// What GitHub takes: 1 MiB for the summaries of a step, 65,536 characters for a
// comment. Both leave room for a line of whoever hands the text on.
const (
	summaryBytes  = 1_000_000
	commentUnits  = 65_000 // UTF-16, so that it holds however characters are counted
	markdownNames = 200    // listed of each kind, if there is room
	markdownCells = 200    // of a path
)

// A markdown writer knows how much it may write.
type markdown struct {
	size  func(string) int
	limit int
	o     Options
}

// writeMarkdown writes what a job summary or a comment shows: a table of the
// findings, the details of each, then what was not checked, not sent, and
// accepted. What does not fit is left out from the end of the findings, which is
// said. Whatever a stranger wrote stands in code spans: there neither HTML nor
// links, mentions, references or emphasis are read. Source lines are left out.
// https://github.github.com/gfm/
func writeMarkdown(w io.Writer, r *scanner.Report, o Options) error {
	m := &markdown{func(s string) int { return len(s) }, summaryBytes, o}
	if o.MarkdownComment {
		m.size, m.limit = func(s string) int { return len(utf16.Encode([]rune(s))) }, commentUnits
	}
	head, tail := m.head(r), m.tail(r)
	const note = "\n%d of %d findings are shown, the most severe first: the others have no room here.\n"
	table := "\n| severity | rule | package | place | instead |\n| --- | --- | --- | --- | --- |\n"
	room := m.limit - m.size(head) - m.size(tail) - m.size(table) - m.size(note) - 40
	var rows, details strings.Builder
	shown := 0
	for i := range r.Findings {
		row, detail := m.row(&r.Findings[i]), m.detail(&r.Findings[i], nil)
		if room -= m.size(row) + m.size(detail); room < 0 {
			break
		}
		rows.WriteString(row)
		details.WriteString(detail)
		shown++
	}
	text := head
	if shown > 0 {
		text += table + rows.String() + details.String()
	}
	if shown < len(r.Findings) {
		text += fmt.Sprintf(note, shown, len(r.Findings))
	}
	p := newPrinter(w, o)
	for line := range strings.Lines(text + tail) {
		p.line(strings.TrimSuffix(line, "\n"))
	}
	return p.flush()
}

// head says how the run went.
func (m *markdown) head(r *scanner.Report) string {
	var b strings.Builder
	c := &r.Counts
	b.WriteString("<!-- figment -->\n## figment\n\n")
	fmt.Fprintf(&b, "%s in %s%s.\n", counted(c), plural(c.Packages, "name"), prose(byEcosystem(c)))
	silent, unread := gaps(r)
	for _, text := range append(unread, silent...) {
		b.WriteString("\n**Incomplete:** " + prose(text) + ".\n")
	}
	return b.String()
}

func (m *markdown) row(f *scanner.Finding) string {
	where := ""
	if f.Primary.Path != "" {
		where = cell(markdownPlace(&f.Primary))
		if n := len(f.Related); n > 0 {
			where += fmt.Sprintf(" +%d", n)
		}
	}
	instead := ""
	if len(f.Suggestions) > 0 {
		instead = m.instead(f, &f.Suggestions[0], true)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", f.Severity, ruleID(f.Rule), cell(spec(f.Package)), where, instead)
}

// instead is the package to use, linked where its page is known.
func (m *markdown) instead(f *scanner.Finding, s *verdict.Suggestion, table bool) string {
	name := s.Package.Name
	switch {
	case s.Package.Ecosystem != f.Package.Ecosystem && s.Package.Ecosystem != "":
		name = string(s.Package.Ecosystem) + ":" + name
	case s.Package.Name == f.Package.Name && s.Package.Version != "":
		name += " " + s.Package.Version
	}
	text := span(foreign(name))
	if table {
		text = cell(foreign(name))
	}
	if page := s.Package.Page(); page != "" {
		return "[" + text + "](" + page + ")"
	}
	return text
}

func (m *markdown) detail(f *scanner.Finding, by *scanner.Suppression) string {
	var b strings.Builder
	word := f.Severity.String()
	if by != nil {
		word = "suppressed"
	}
	fmt.Fprintf(&b, "\n<details><summary>%s: %s <code>%s</code></summary>\n\n", word, ruleID(f.Rule), html.EscapeString(spec(f.Package)))
	fmt.Fprintf(&b, "%s: %s (%s)\n\n", word, prose(foreign(f.Message)), judged(f.Confidence, f.Score))
	if f.Primary.Path != "" {
		b.WriteString("- place: " + span(markdownPlace(&f.Primary)) + "\n")
	}
	for i := range f.Related {
		if i == sarifRelated {
			fmt.Fprintf(&b, "- %d more places\n", len(f.Related)-i)
			break
		}
		b.WriteString("- also " + kindWords(f.Related[i].Kind) + " " + span(markdownPlace(&f.Related[i])) + "\n")
	}
	told := evidence(f.Evidence, m.o.Verbose)
	for i, text := range told {
		if i == sarifRelated {
			fmt.Fprintf(&b, "- %d more reasons\n", len(told)-i)
			break
		}
		b.WriteString("- evidence: " + prose(text) + "\n")
	}
	for i := range f.Suggestions {
		s := &f.Suggestions[i]
		if i == shownNames {
			fmt.Fprintf(&b, "- %d more suggestions\n", len(f.Suggestions)-i)
			break
		}
		text := "- use: " + m.instead(f, s, false)
		if s.Reason != "" {
			text += ", " + prose(foreign(s.Reason))
		}
		if s.Command != "" {
			text += ": " + span(foreign(s.Command))
		}
		b.WriteString(text + "\n")
	}
	if by != nil {
		b.WriteString("- accepted: " + prose(suppression(by)) + "\n")
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// markdownPlace is where l begins. Code spans follow.
func markdownPlace(l *scanner.Location) string {
	short := *l
	if path := foreign(l.Path); len(path) > markdownCells {
		short.Path = string([]rune(path)[:min(len([]rune(path)), markdownCells)]) + "…"
	}
	return place(&short)
}

// tail lists what was not checked, not read, not sent and accepted. It takes at
// most a third of the room.
func (m *markdown) tail(r *scanner.Report) string {
	room := m.limit / 3
	var b strings.Builder
	list := func(title string, n int, line func(int) string) {
		if n == 0 {
			return
		}
		b.WriteString("\n### " + title + "\n\n")
		for i := range n {
			text := line(i)
			if room -= m.size(text); room < 0 || i == markdownNames {
				fmt.Fprintf(&b, "- %d more\n", n-i)
				break
			}
			b.WriteString(text)
		}
	}
	name := func(u *scanner.Unverified) string {
		text := "- " + span(spec(u.Package))
		if len(u.Locations) > 0 {
			text += " in " + span(markdownPlace(&u.Locations[0]))
		}
		return text + ": " + prose(foreign(cmp.Or(string(u.Reason), "unknown"))) + "\n"
	}
	var silent, unsupported []*scanner.Unverified
	for i := range r.Unverified {
		if u := &r.Unverified[i]; u.Unsupported {
			unsupported = append(unsupported, u)
		} else {
			silent = append(silent, u)
		}
	}
	if !m.o.HideUnverified {
		list("Unverified: neither clean nor missing", len(silent), func(i int) string { return name(silent[i]) })
	}
	list("Not checked for want of a driver", len(unsupported), func(i int) string { return name(unsupported[i]) })
	list("Not read", len(r.Unread), func(i int) string {
		u := &r.Unread[i]
		text := "- " + span(markdownPlace(unreadPlace(u))) + ": " + prose(foreign(whyWords(u)))
		if u.Touched {
			text += ", touched by the change"
		}
		if u.Text != "" {
			text += " (" + prose(foreign(u.Text)) + ")"
		}
		return text + "\n"
	})
	list("Problems", len(r.Problems), func(i int) string {
		q := &r.Problems[i]
		text := "- "
		if q.Path != "" {
			text += "in " + span(markdownPlace(problemPlace(q))) + ", "
		}
		if q.Fatal {
			text += "not read, "
		}
		return text + "problem: " + prose(foreign(q.Text)) + "\n"
	})
	if m.o.ShowSuppressed && len(r.Suppressed) > 0 {
		list("Suppressed", len(r.Suppressed), func(i int) string { return m.detail(&r.Suppressed[i].Finding, &r.Suppressed[i].By) })
	}
	if c := &r.Counts; c.Private > 0 || c.Suppressed > 0 {
		var parts []string
		if c.Private > 0 {
			parts = append(parts, plural(c.Private, "private name")+" not sent")
		}
		if c.Suppressed > 0 {
			parts = append(parts, plural(c.Suppressed, "finding")+" suppressed")
		}
		b.WriteString("\n" + strings.Join(parts, "; ") + ".\n")
	}
	return b.String()
}

// span sets a line of text as a code span, between more backticks than it holds
// in a row. https://github.github.com/gfm/#code-spans
func span(s string) string {
	if s == "" {
		s = "(empty)"
	}
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if run++; s[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is span within a table, whose cells end at a bar even inside code unless
// a backslash stands before it. A backslash of the text itself would take that
// one's effect away: a bar after it is written out.
func cell(s string) string {
	s = strings.ReplaceAll(s, `\|`, `\\x7c`)
	return span(strings.ReplaceAll(s, "|", `\|`))
}

// prose sets a sentence, in which names stand between backticks. Where anything
// else than plain words stands outside of these, all of it becomes code: then a
// name has a backtick in it.
func prose(s string) string {
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return whole(s)
	}
	for i, part := range parts {
		inner := i > 0 && i < len(parts)-1
		if i%2 == 0 && (!plainWords(part) || inner && part == "") || i%2 == 1 && part == "" {
			return whole(s)
		}
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = span(part)
		}
		b.WriteString(part)
	}
	return b.String()
}

// whole sets all of a sentence as code.
func whole(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return span(s)
}

// plainWords reports whether Markdown, and what GitHub makes of text besides
// (links, mentions, references, emoji), leaves s alone.
func plainWords(s string) bool {
	for _, r := range s {
		ok := r == '…' || r == '’' || unicode.IsLetter(r) || unicode.IsDigit(r) || r < 0x80 && strings.ContainsRune(" .,;:()'\"/%+=-", r)
		if !ok {
			return false
		}
	}
	low := strings.ToLower(s)
	for _, bad := range []string{"://", "www.", "mailto:", "xmpp:"} {
		if strings.Contains(low, bad) {
			return false
		}
	}
	for rest := low; ; {
		_, after, found := strings.Cut(rest, "gh-")
		if !found {
			break
		}
		if after != "" && after[0] >= '0' && after[0] <= '9' {
			return false // an issue
		}
		rest = after
	}
	words := strings.Fields(low)
	for i, word := range words {
		word = strings.Trim(word, ".,;()'\"")
		if i == len(words)-1 && strings.Contains(word, ":") {
			return false // with a colon behind it, perhaps an emoji
		}
		if len(word) > 1 && word[0] == ':' {
			return false // with a colon behind it, the name of a picture
		}
		if strings.Count(word, ":") > 1 || len(word) >= 7 && strings.Trim(word, "0123456789abcdef") == "" {
			return false // an emoji, a commit
		}
	}
	return true
}
