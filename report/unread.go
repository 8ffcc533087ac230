package report

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"figment/scanner"
)

// What was not read is told in every format, except osv-scanner's, which claims
// nothing: a name that stands there is neither clean nor missing.

// Limits of the line below a summary.
const (
	unreadShown  = 12 // severe rows
	unreadGroups = 6  // kinds of others
)

// whyWords are the reasons as people read them.
func whyWords(u *scanner.Unread) string { return strings.ReplaceAll(string(u.Why), "-", " ") }

// unreadPlace is where a row stands.
func unreadPlace(u *scanner.Unread) *scanner.Location {
	at := problemPlace(&scanner.Problem{Path: u.Path, Line: u.Line})
	at.Start.Column = max(1, u.Column)
	return at
}

// unreadText is a row without its place.
func unreadText(u *scanner.Unread) string {
	text := "not read (" + foreign(whyWords(u)) + ")"
	if u.Touched {
		text += ", touched by the change"
	}
	if u.Text != "" {
		text += ": " + foreign(u.Text)
	}
	return text
}

// unreadLine sums rows up: the severe ones each by itself, the others by kind,
// "requirements.txt (binary); 2 × Podfile (no reader)".
func unreadLine(list []scanner.Unread) string {
	var parts []string
	severe, rest := 0, 0
	type kind struct{ what, why string }
	var kinds []kind
	count := map[kind]int{}
	for i := range list {
		u := &list[i]
		if u.Severe || u.Touched {
			if severe++; severe <= unreadShown {
				parts = append(parts, foreign(u.Path)+" ("+foreign(whyWords(u))+")")
			}
			continue
		}
		k := kind{path.Base(u.Path), whyWords(u)}
		if count[k]++; count[k] == 1 {
			kinds = append(kinds, k)
		}
	}
	if severe > unreadShown {
		parts = append(parts, fmt.Sprintf("%d more of these", severe-unreadShown))
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return count[b] - count[a] })
	for i, k := range kinds {
		if i >= unreadGroups {
			rest += count[k]
			continue
		}
		text := foreign(k.what) + " (" + foreign(k.why) + ")"
		if n := count[k]; n > 1 {
			text = strconv.Itoa(n) + " × " + text
		}
		parts = append(parts, text)
	}
	if rest > 0 {
		parts = append(parts, plural(rest, "more file"))
	}
	return strings.Join(parts, "; ")
}

// Unread is the line of what was not read, for a caller whose format has no room
// for it; empty where there is none.
func Unread(list []scanner.Unread) string {
	if len(list) == 0 {
		return ""
	}
	return "not read: " + unreadLine(list)
}

// weighUnread parts the rows that a report is incomplete for from the others.
func weighUnread(list []scanner.Unread) (severe, others []scanner.Unread) {
	for i := range list {
		if list[i].Severe || list[i].Touched {
			severe = append(severe, list[i])
		} else {
			others = append(others, list[i])
		}
	}
	return severe, others
}

// failed reports whether a run is to be told as one that failed: it was to be
// complete and is not, or a change must not pass because of it.
func failed(r *scanner.Report, o Options) bool {
	return o.Failed && !r.Complete || len(r.Claims) > 0 || slices.ContainsFunc(r.Unread, func(u scanner.Unread) bool { return u.Touched })
}

// unread writes the line, or with --verbose every row.
func (p *printer) unread(list []scanner.Unread) {
	if len(list) == 0 {
		return
	}
	if !p.o.Verbose {
		style := ""
		if severe, _ := weighUnread(list); len(severe) > 0 {
			style = styleWarning
		}
		more := ""
		if len(list) > 1 {
			more = " (-v says why)"
		}
		p.wrapped("not read: ", style, 2, unreadLine(list)+more, "")
		return
	}
	for i := range list {
		u := &list[i]
		text := place(unreadPlace(u)) + " (" + foreign(whyWords(u)) + ")"
		if u.Touched {
			text += ", touched by the change"
		}
		p.wrapped("not read: ", "", 4, text+": "+foreign(u.Text), "")
	}
}
