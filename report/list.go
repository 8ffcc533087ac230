package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/resolve"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

type jsonReference struct {
	Ecosystem  string          `json:"ecosystem"`
	Name       string          `json:"name"`
	Raw        string          `json:"raw"`
	Constraint string          `json:"constraint"`
	Kind       string          `json:"kind"`
	Flags      []string        `json:"flags"`
	Path       string          `json:"path"`
	Start      text.Position   `json:"start"`
	End        text.Position   `json:"end"`
	Origin     string          `json:"origin"`
	Reason     string          `json:"reason"`
	Candidates []jsonCandidate `json:"candidates"`
}

type jsonCandidate struct {
	Name       string `json:"name"`
	How        string `json:"how"`
	Confidence string `json:"confidence"`
}

// jsonAsks is what would be asked about a name.
type jsonAsks struct {
	Ecosystem string   `json:"ecosystem"`
	Name      string   `json:"name"`
	Requests  []string `json:"requests"`
}

// WriteList writes what figment list shows, as text, json or jsonl.
func WriteList(w io.Writer, format string, l *scanner.Listing, o Options) error {
	switch format {
	case "json":
		return listJSON(w, l, o)
	case "jsonl":
		return listJSONL(w, l, o)
	case "text":
		return listText(w, l, o)
	}
	return unknownFormat(format)
}

func unknownFormat(format string) error { return fmt.Errorf("there is no format %q here", format) }

// listJSON writes the document member by member: a list of a large tree is
// larger than the memory that may be used for it.
func listJSON(w io.Writer, l *scanner.Listing, o Options) error {
	d := &document{w: bufio.NewWriter(w), o: o}
	d.raw("{\n  \"schema_version\": \"" + schemaVersion + "\"")
	d.array("references")
	for i := range l.Items {
		d.element(referenceJSON(&i))
	}
	d.array("asks")
	for a := range l.Asks {
		d.element(asksJSON(&a))
	}
	d.array("unread")
	for i := range l.Unread {
		d.element(unreadJSON(&l.Unread[i]))
	}
	d.array("problems")
	for i := range l.Problems {
		d.element(problemJSON(&l.Problems[i]))
	}
	return d.end()
}

// A document writes an object of arrays, element by element, as encode would.
// The first error stays.
type document struct {
	w     *bufio.Writer
	o     Options
	open  bool // an array is
	first bool // it is empty so far
	err   error
}

func (d *document) raw(s string) {
	if d.err == nil {
		_, d.err = d.w.WriteString(s)
	}
}

func (d *document) closeArray() {
	switch {
	case d.open && d.first:
		d.raw("]")
	case d.open:
		d.raw("\n  ]")
	}
}

func (d *document) array(name string) {
	d.closeArray()
	d.open, d.first = true, true
	d.raw(",\n  \"" + name + "\": [")
}

func (d *document) element(v any) {
	if d.err != nil {
		return
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("    ", "  ")
	if d.err = e.Encode(v); d.err != nil {
		return
	}
	if !d.first {
		d.raw(",")
	}
	d.first = false
	d.raw("\n    ")
	if d.err == nil {
		_, d.err = d.w.Write(escape(bytes.TrimSuffix(b.Bytes(), []byte("\n")), d.o.Workflow))
	}
}

func (d *document) end() error {
	d.closeArray()
	d.raw("\n}\n")
	if d.err != nil {
		return d.err
	}
	return d.w.Flush()
}

func referenceJSON(i *scanner.ListItem) jsonReference {
	return jsonReference{
		Ecosystem: string(i.Ecosystem), Name: i.Name, Raw: i.Raw, Constraint: i.Constraint, Kind: i.Kind,
		Flags: append([]string{}, i.Flags...), Path: i.Path, Start: i.Start, End: i.End, Origin: i.Origin, Reason: i.Why,
		Candidates: each(i.Candidates, func(c *resolve.Candidate) jsonCandidate {
			return jsonCandidate{c.Name, string(c.How), c.Confidence}
		}),
	}
}

func asksJSON(a *scanner.NameAsks) jsonAsks {
	return jsonAsks{string(a.Ecosystem), a.Name, append([]string{}, a.Requests...)}
}

// A listed is a name with its places, as text shows it.
type listed struct {
	item   scanner.ListItem // the first
	places []string         // the first few, or all
	more   int              // places that are not shown
}

// listText writes a line a name, with the request that would be made about it.
func listText(w io.Writer, l *scanner.Listing, o Options) error {
	p := newPrinter(w, o)
	limit := shownPlaces
	if o.Verbose {
		limit = math.MaxInt
	}
	type key struct{ eco, name, origin, kind, constraint string }
	var order []*listed
	by := map[key]*listed{}
	names, files := map[string]bool{}, map[string]bool{}
	references := 0
	for i := range l.Items {
		references++
		files[i.Path] = true
		names[string(i.Ecosystem)+"\x00"+i.Name] = true
		k := key{string(i.Ecosystem), i.Name, i.Origin, i.Kind, i.Constraint}
		at := by[k]
		if at == nil {
			at = &listed{item: i}
			by[k], order = at, append(order, at)
		}
		if len(at.places) >= limit {
			at.more++
			continue
		}
		at.places = append(at.places, place(&scanner.Location{Path: i.Path, Start: i.Start}))
	}
	for _, at := range order {
		p.listed(at)
	}
	requests, controls := map[string]bool{}, false
	if len(order) > 0 {
		p.line("")
	}
	for a := range l.Asks {
		p.line(term.SafeName(string(a.Ecosystem) + ":" + a.Name))
		for _, ask := range a.Requests {
			requests[ask] = true
			if !o.Verbose && strings.Contains(ask, "(control question") {
				controls = true // the same for every name of a registry
				continue
			}
			p.line("    " + foreign(ask))
		}
	}
	if o.Quiet {
		return p.flush()
	}
	if len(requests) > 0 {
		p.line("")
	}
	p.problems(l.Problems)
	p.line(fmt.Sprintf("%s to %s in %s; at most %s, and none was made",
		plural(references, "reference"), plural(len(names), "name"), plural(len(files), "file"), plural(len(requests), "request")))
	if controls {
		p.line("If a name is absent, its registry is also asked once for names that surely exist (-v shows those).")
	}
	p.unread(l.Unread)
	return p.flush()
}

func (p *printer) listed(at *listed) {
	it := &at.item
	name := it.Name
	if it.Ecosystem != "" {
		name = string(it.Ecosystem) + ":" + name
	}
	text := term.SafeName(name)
	if it.Constraint != "" {
		text += " " + term.SafeName(it.Constraint)
	}
	if it.Raw != it.Name {
		text += " (written " + code(it.Raw) + ")"
	}
	about := foreign(it.Kind)
	if it.Origin != "" {
		about += ", " + foreign(it.Origin)
	}
	if p.o.Verbose && len(it.Flags) > 0 {
		about += ", " + foreign(strings.Join(it.Flags, " "))
	}
	if it.Why != "" && (p.o.Verbose || it.Origin != "public") {
		about += ": " + foreign(it.Why)
	}
	p.line(at.places[0] + "  " + p.paint(styleBold, text) + "  " + about)
	if more := at.places[1:]; len(more) > 0 {
		rest := ""
		if at.more > 0 {
			rest = fmt.Sprintf(", +%d more", at.more)
		}
		p.wrapped("    also at ", "", 6, strings.Join(more, ", ")+rest, "")
	}
	if p.o.Verbose && len(it.Candidates) > 1 {
		var parts []string
		for _, c := range it.Candidates {
			parts = append(parts, code(c.Name)+" ("+foreign(string(c.How)+", "+c.Confidence)+")")
		}
		p.wrapped("    may be ", "", 6, strings.Join(parts, ", "), "")
	}
}

type jsonCheck struct {
	SchemaVersion string       `json:"schema_version"`
	Results       []jsonResult `json:"results"`
}

type jsonResult struct {
	Package       jsonPackage      `json:"package"`
	Class         string           `json:"class"`
	Status        string           `json:"status"`
	VersionStatus string           `json:"version_status"`
	Reason        *string          `json:"reason"`
	Rule          *string          `json:"rule"`
	Severity      string           `json:"severity"`
	Confidence    *string          `json:"confidence"`
	Score         *int             `json:"score"`
	Probability   *float64         `json:"probability"`
	Advisories    string           `json:"advisories"`
	Evidence      []jsonEvidence   `json:"evidence"`
	Suggestions   []jsonSuggestion `json:"suggestions"`
	Reasoning     *jsonReasoning   `json:"reasoning,omitempty"`
}

type jsonReasoning struct {
	Name       int         `json:"name"`
	Reputation int         `json:"reputation"`
	Relief     int         `json:"relief"`
	Total      int         `json:"total"`
	Points     []jsonPoint `json:"points"`
	Gates      []string    `json:"gates"`
}

type jsonPoint struct {
	Signal string `json:"signal"`
	Group  string `json:"group"`
	Points int    `json:"points"`
	Basis  string `json:"basis"`
	Text   string `json:"text"`
	Why    string `json:"why"`
}

// WriteCheck writes the judgements of figment check, as text or json.
func WriteCheck(w io.Writer, format string, results []scanner.Result, o Options) error {
	switch format {
	case "json":
		out := jsonCheck{schemaVersion, each(results, resultJSON)}
		if o.Reasoning {
			for i := range results {
				out.Results[i].Reasoning = reasoningJSON(results[i].Verdict.Score)
			}
		}
		return encode(w, out, o)
	case "text":
		p := newPrinter(w, o)
		for i := range results {
			if i > 0 && (len(results[i].Verdict.Issues) > 0 || len(results[i-1].Verdict.Issues) > 0) {
				p.line("")
			}
			p.result(&results[i])
		}
		return p.flush()
	}
	return unknownFormat(format)
}

func resultJSON(r *scanner.Result) jsonResult {
	v := &r.Verdict
	out := jsonResult{
		Package: packageJSON(r.Package), Class: v.Class.String(), Status: v.Status.String(),
		VersionStatus: v.VersionStatus.String(), Severity: r.Severity.String(), Advisories: advisories(r),
		Evidence: each(v.Evidence, evidenceJSON), Suggestions: each(v.Suggestions, suggestionJSON),
	}
	if v.Reason != "" {
		reason := string(v.Reason)
		out.Reason = &reason
	}
	if len(v.Issues) > 0 {
		is := &v.Issues[0]
		id, confidence := ruleID(is.Rule), is.Confidence.String()
		out.Rule, out.Confidence, out.Score = &id, &confidence, is.Score
		out.Evidence = append(each(is.Evidence, evidenceJSON), out.Evidence...)
		if len(is.Suggestions) > 0 {
			out.Suggestions = each(is.Suggestions, suggestionJSON)
		}
		if is.Score != nil {
			if p, _, ok := verdict.Probability(*is.Score); ok {
				rounded := math.Round(p*1000) / 1000
				out.Probability = &rounded
			}
		}
	}
	return out
}

func reasoningJSON(s *verdict.Score) *jsonReasoning {
	if s == nil {
		return nil
	}
	out := &jsonReasoning{Name: s.Name, Reputation: s.Reputation, Relief: s.Relief, Total: s.Total, Points: []jsonPoint{}, Gates: []string{}}
	for _, p := range s.Points {
		out.Points = append(out.Points, jsonPoint{p.Signal, p.Group.String(), p.Weight, string(p.Basis), p.Text, p.Why})
	}
	out.Gates = append(out.Gates, s.Gates...)
	return out
}

// reasoning shows how a score came about: every point with what it rests on,
// every gate, and what names with such a score turned out to be.
func (p *printer) reasoning(s *verdict.Score) {
	if s == nil {
		p.note(1, "score", "nothing was weighed: another fact decided")
		return
	}
	p.note(1, "score", fmt.Sprintf("%d of 100: name %+d, reputation %+d, relief %+d", s.Total, s.Name, s.Reputation, s.Relief))
	for _, x := range s.Points {
		p.note(1, fmt.Sprintf("%+d %s", x.Weight, x.Group), foreign(x.Text)+" ("+string(x.Basis)+": "+x.Why+")")
	}
	for _, g := range s.Gates {
		p.note(1, "gate", foreign(g))
	}
	if _, b, ok := verdict.Probability(s.Total); ok {
		p.note(1, "base", fmt.Sprintf("of the labelled names that score %d to %d, %d of %d were bad; how many of all names are is not known", b.Low, b.High, b.Bad, b.N))
	}
}

func advisories(r *scanner.Result) string {
	if r.AdvisoryState == "" {
		return "unknown"
	}
	return r.AdvisoryState
}

func (p *printer) result(r *scanner.Result) {
	v := &r.Verdict
	name := spec(r.Package)
	if r.Package.Version != "" {
		name += " " + term.SafeName(r.Package.Version)
	}
	for i := range v.Issues {
		is := &v.Issues[i]
		p.wrapped(is.Severity.String()+"["+ruleID(is.Rule)+"]: ", severityStyle(is.Severity), 4, foreign(is.Message), styleBold)
		if !p.o.Reasoning || is.Score == nil { // else they are told with what they rest on
			p.reasons(is.Evidence)
		}
		for n := range is.Suggestions {
			p.note(1, "help", foreign(help(ruleID(is.Rule), r.Package, &is.Suggestions[n])))
		}
		if p.o.Verbose {
			text := "confidence " + is.Confidence.String()
			if is.Score != nil {
				text += fmt.Sprintf(", score %d of 100", *is.Score)
			}
			p.note(1, "judged", text)
		}
		if is.Severity > verdict.Note && is.Rule != nil {
			p.note(1, "docs", "figment explain "+is.Rule.ID)
		}
	}
	switch {
	case len(v.Issues) > 0:
	case v.Class == verdict.Unverified:
		why := string(v.Reason)
		if v.Detail != "" {
			why = v.Detail + " (" + why + ")"
		}
		if why == "" {
			why = "unknown"
		}
		p.wrapped("unverified: ", styleWarning, 4, name+" could not be checked, and is neither clean nor missing: "+foreign(why), "")
		for n := range v.Suggestions {
			p.note(1, "near", code(v.Suggestions[n].Package.Name))
		}
	case p.o.Quiet:
		return
	default:
		p.line(p.paint(styleGood, v.Class.String()+":") + " " + name)
	}
	if !p.o.Quiet {
		p.reasons(v.Evidence)
	}
	if p.o.Reasoning {
		p.reasoning(v.Score)
	}
	if advisories(r) == "unknown" && v.Class != verdict.Unverified {
		p.note(1, "note", "whether it is known as malware could not be checked")
	}
}

func (p *printer) reasons(list []verdict.Evidence) {
	for _, text := range evidence(list, p.o.Verbose) {
		p.note(1, "evidence", text)
	}
}

type jsonRules struct {
	SchemaVersion string     `json:"schema_version"`
	Rules         []jsonRule `json:"rules"`
}

type jsonRule struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Severity string `json:"severity"`
	ByScore  bool   `json:"by_score"`
	Short    string `json:"short"`
	Page     string `json:"page"`
}

func ruleJSON(r *verdict.Rule, page string) jsonRule {
	return jsonRule{r.ID, r.Name, r.Severity.String(), r.ByScore, r.Short, page}
}

// WriteRules writes the table of rules, as text or json.
func WriteRules(w io.Writer, format string, rules []verdict.Rule, o Options) error {
	switch format {
	case "json":
		return encode(w, jsonRules{schemaVersion, each(rules, func(r *verdict.Rule) jsonRule { return ruleJSON(r, "") })}, o)
	case "text":
		p := newPrinter(w, o)
		width := 0
		for i := range rules {
			width = max(width, len(rules[i].ID))
		}
		for i := range rules {
			r := &rules[i]
			lead := r.ID + spaces(width-len(r.ID)) + "  "
			p.wrapped(lead, styleBold, len(lead)+10, fmt.Sprintf("%-8s  %s", ruleSeverity(r), r.Short), "")
		}
		return p.flush()
	}
	return unknownFormat(format)
}

func ruleSeverity(r *verdict.Rule) string {
	if r.ByScore {
		return "by score"
	}
	return r.Severity.String()
}

// WriteRule writes one rule with its page (Markdown), as text or json.
func WriteRule(w io.Writer, format string, rule *verdict.Rule, page string, o Options) error {
	switch format {
	case "json":
		return encode(w, jsonRules{schemaVersion, []jsonRule{ruleJSON(rule, page)}}, o)
	case "text":
		p := newPrinter(w, o)
		p.line(p.paint(styleBold, rule.ID) + " (" + ruleSeverity(rule) + ", security-severity " + strconv.Quote(rule.SecuritySeverity) + ")")
		p.line(rule.Short)
		if page = strings.TrimSpace(page); page != "" {
			p.line("")
			for line := range strings.Lines(page) {
				p.line(term.Safe(strings.TrimRight(line, "\r\n")))
			}
		}
		return p.flush()
	}
	return unknownFormat(format)
}
