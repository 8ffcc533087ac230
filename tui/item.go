package tui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
	"figment/scanner"
	"figment/scanner/project"
	"figment/scanner/verdict"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A kind of row.
type itemKind uint8

const (
	ofFinding itemKind = iota
	ofUnverified
	ofProblem
	ofUnread
	ofSuppressed
	ofPrivate
	ofClean
)

// An item is a row of the list. Its strings are fit to be drawn.
type item struct {
	kind       itemKind
	id         string
	letter     string
	severity   verdict.Severity // of findings, accepted ones too
	name       string
	rule       string
	reason     string // a few words
	path       string
	line       int
	search     string // lower case
	finding    *scanner.Finding
	by         *scanner.Suppression
	unverified *scanner.Unverified
	problem    *scanner.Problem
	unread     *scanner.Unread
	judged     *scanner.Judged
	pkg        ecosystem.Package
	locations  []scanner.Location
	group      [2]*group // by file, by package
	settled    string    // "fixed, not written"; empty: as it was found
	seq        int
}

// A group is the rows under one heading.
type group struct {
	title string // ecosystem and path, or package
	key   string // what groups are ordered by: path, or package
	kind  itemKind
	worst verdict.Severity
	items []*item // in the order of sorted
	shown []*item // by the filter, in order

	sorted int // the order that items are in; -1: none
}

func letterOf(s verdict.Severity) string {
	switch s {
	case verdict.Error:
		return "E"
	case verdict.Warning:
		return "W"
	case verdict.Note:
		return "N"
	}
	return "?"
}

func ruleID(r *verdict.Rule) string {
	if r == nil {
		return "unknown"
	}
	return r.ID
}

// reasonOf says in a few words what is wrong: the words of the caret, or the
// message without the name that stands before it.
func reasonOf(f *scanner.Finding) string {
	if f.Label != "" {
		return sentence(f.Label)
	}
	return sentence(strings.TrimPrefix(f.Message, "`"+f.Package.Name+"` "))
}

func (it *item) place(list []scanner.Location) {
	it.locations = list
	if len(list) > 0 {
		it.path, it.line = sentence(list[0].Path), list[0].Start.Line
		if list[0].Label != "" {
			it.path += "  " + sentence(list[0].Label)
		}
	}
}

// seal makes what the filter looks at.
func (it *item) seal() *item {
	it.search = strings.ToLower(strings.Join([]string{it.name, it.rule, it.reason, it.path, string(it.pkg.Ecosystem)}, "\x00"))
	return it
}

func findingItem(f *scanner.Finding) *item {
	it := &item{
		kind: ofFinding, id: f.ID, letter: letterOf(f.Severity), severity: f.Severity, name: name(f.Package.Name),
		rule: ruleID(f.Rule), reason: reasonOf(f), finding: f, pkg: f.Package,
	}
	if f.Package.Name == "" {
		it.name = it.rule // unused-ignore is about no package
	}
	it.place(f.Locations())
	return it.seal()
}

func unverifiedItem(u *scanner.Unverified) *item {
	it := &item{
		kind: ofUnverified, id: "unverified " + u.Package.String(), letter: "?", name: name(u.Package.Name),
		rule: "unverified", reason: sentence(cmp.Or(string(u.Reason), "unknown")), unverified: u, pkg: u.Package,
	}
	it.place(u.Locations)
	return it.seal()
}

func problemItem(p *scanner.Problem) *item {
	it := &item{
		kind: ofProblem, id: "problem " + p.Path + " " + itoa(p.Line) + " " + p.Text, letter: "!",
		name: name(cmp.Or(p.Path, "scan")), rule: "problem", reason: sentence(p.Text), problem: p,
		path: sentence(p.Path), line: p.Line,
	}
	return it.seal()
}

// unreadItem is a text that names packages and was not read, or not whole.
func unreadItem(u *scanner.Unread) *item {
	it := &item{
		kind: ofUnread, id: "unread " + u.Path + " " + string(u.Why), letter: "!",
		name: name(cmp.Or(u.Path, "scan")), rule: "not read", reason: whyWords(u), unread: u,
		path: sentence(u.Path), line: u.Line,
	}
	switch { // what counts most stands first
	case u.Touched:
		it.severity = verdict.Error
	case u.Severe:
		it.severity = verdict.Warning
	}
	if u.Text != "" {
		it.reason += ": " + sentence(u.Text)
	}
	return it.seal()
}

// whyWords is why a text was not read, as people read it.
func whyWords(u *scanner.Unread) string {
	return sentence(strings.ReplaceAll(string(u.Why), "-", " "))
}

func suppressedItem(s *scanner.Suppressed) *item {
	it := findingItem(&s.Finding)
	it.kind, it.id, it.letter, it.by = ofSuppressed, "suppressed "+s.ID, "s", &s.By
	it.reason = sentence("accepted: " + s.By.Reason)
	return it.seal()
}

func judgedItem(j *scanner.Judged, kind itemKind) *item {
	it := &item{kind: kind, letter: "p", rule: "private", judged: j, pkg: j.Verdict.Package}
	if it.pkg.Name == "" {
		it.pkg = j.Subject.Package()
	}
	it.name = name(it.pkg.Name)
	it.reason = sentence(cmp.Or(j.Subject.Decision.Reason, "private"))
	if kind == ofClean {
		it.letter, it.rule, it.reason = "c", "checked", "exists, nothing is wrong"
	}
	it.id = it.rule + " " + it.pkg.String()
	if len(j.Subject.Uses) > 0 {
		it.path = sentence(j.Subject.Uses[0].Path)
	}
	return it.seal()
}

// itemsOf are all rows of a report.
func itemsOf(r *scanner.Report) []*item {
	var out []*item
	for i := range r.Findings {
		out = append(out, findingItem(&r.Findings[i]))
	}
	for i := range r.Unverified {
		out = append(out, unverifiedItem(&r.Unverified[i]))
	}
	for i := range r.Problems {
		out = append(out, problemItem(&r.Problems[i]))
	}
	for i := range r.Unread {
		out = append(out, unreadItem(&r.Unread[i]))
	}
	for i := range r.Suppressed {
		out = append(out, suppressedItem(&r.Suppressed[i]))
	}
	for i := range r.Subjects {
		j := &r.Subjects[i]
		switch {
		case j.Verdict.Class == verdict.Clean && len(j.Verdict.Issues) == 0:
			out = append(out, judgedItem(j, ofClean))
		case j.Subject.Origin == project.Private && j.Subject.Decision.UserSaid && j.Verdict.Class == verdict.Unverified && j.Verdict.Reason == protocol.ReasonRegistryNotAllowed:
			out = append(out, judgedItem(j, ofPrivate))
		}
	}
	return out
}

// shelf keeps the items in their groups. What is in order stays in order: a key
// in the filter sorts nothing.
type shelf struct {
	items  []*item
	byName [2]map[string]*group
	groups [2][]*group // in the order of sorted
	sorted [2]int      // -1: none
	n      int
}

// Groupings.
const (
	byFile = iota
	byPackage
)

func (s *shelf) reset() { *s = shelf{} }

// add puts items into their groups.
func (s *shelf) add(list ...*item) {
	for _, it := range list {
		it.seq = s.n
		s.n++
		s.items = append(s.items, it)
		for by := range s.byName {
			if s.byName[by] == nil {
				s.byName[by] = map[string]*group{}
			}
			title := it.heading(by)
			key := itoa(int(it.kind)) + title
			g := s.byName[by][key]
			if g == nil {
				g = &group{title: title, key: it.path, kind: it.kind}
				if by == byPackage {
					g.key = it.name
				}
				s.byName[by][key] = g
				s.groups[by] = append(s.groups[by], g)
				s.sorted[by] = -1
			}
			g.items, g.sorted = append(g.items, it), -1
			if it.severity > g.worst {
				g.worst, s.sorted[by] = it.severity, -1
			}
			it.group[by] = g
		}
	}
}

func (it *item) heading(by int) string {
	lead := ""
	switch it.kind {
	case ofUnverified:
		lead = "unverified  "
	case ofSuppressed:
		lead = "accepted  "
	case ofPrivate:
		lead = "private  "
	case ofClean:
		lead = "checked  "
	case ofProblem:
		return "problems"
	case ofUnread:
		return "not read"
	}
	eco := string(it.pkg.Ecosystem)
	if eco != "" {
		eco = sentence(eco) + "  "
	}
	if by == byPackage {
		return lead + eco + it.name
	}
	return lead + eco + cmp.Or(it.path, "no file")
}

// Orders of rows.
const (
	bySeverity = iota
	byPlace
	bySpelling
	orders
)

var orderNames = [orders]string{"by severity", "by place", "by name"}

// view says what of the shelf is shown, and how.
type view struct {
	order, by int
	filter    string // lower case
	hidden    [4]bool
	show      [ofClean + 1]bool // kinds that are off until asked for
}

// wants reports whether a row is shown.
func (v *view) wants(it *item) bool {
	switch it.kind {
	case ofFinding:
		if v.hidden[verdict.Error-it.severity] {
			return false
		}
	case ofUnverified:
		if v.hidden[3] {
			return false
		}
	case ofSuppressed, ofPrivate, ofClean:
		if !v.show[it.kind] {
			return false
		}
	}
	return v.filter == "" || strings.Contains(it.search, v.filter)
}

// A row of the list is an item, or the heading of a group.
type row struct {
	item  *item
	group *group
}

// rows sets the shelf in order. The groups of one section stand together.
func (s *shelf) rows(v *view) []row {
	groups := s.groups[v.by]
	if s.sorted[v.by] != v.order {
		slices.SortFunc(groups, func(a, b *group) int {
			c := cmp.Compare(a.kind, b.kind)
			if v.order == bySeverity {
				return cmp.Or(c, -cmp.Compare(a.worst, b.worst), strings.Compare(a.title, b.title))
			}
			return cmp.Or(c, strings.Compare(a.key, b.key), strings.Compare(a.title, b.title))
		})
		s.sorted[v.by] = v.order
	}
	out := make([]row, 0, len(s.items)+len(groups))
	for _, g := range groups {
		if g.sorted != v.order {
			slices.SortFunc(g.items, func(a, b *item) int { return compareItems(a, b, v.order) })
			g.sorted = v.order
		}
		g.shown = g.shown[:0]
		head := len(out)
		out = append(out, row{group: g})
		for _, it := range g.items {
			if v.wants(it) {
				g.shown = append(g.shown, it)
				out = append(out, row{item: it})
			}
		}
		if len(g.shown) == 0 {
			out = out[:head]
		}
	}
	return out
}

func compareItems(a, b *item, order int) int {
	switch order {
	case bySeverity:
		if a.severity != b.severity {
			return -cmp.Compare(a.severity, b.severity)
		}
	case bySpelling:
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
	}
	return cmp.Or(strings.Compare(a.path, b.path), cmp.Compare(a.line, b.line), cmp.Compare(a.seq, b.seq))
}
