package report

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"figment/docs"
	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/verdict"
)

// What GitHub's code scanning takes, and what is worth sending.
const (
	sarifResults  = 25000 // a run
	sarifRelated  = 20    // places of a result beyond the first
	sarifNotes    = 1000  // notifications; nobody reads more, and files have a limit of size
	sarifText     = 1024  // characters of a rule's description
	sarifSentence = 100   // characters of a result's first sentence
	sarifSchema   = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifRoot     = "%SRCROOT%"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool                    `json:"tool"`
	Invocations []sarifInvocation            `json:"invocations"`
	Provenance  []sarifRevision              `json:"versionControlProvenance,omitempty"`
	Automation  sarifID                      `json:"automationDetails"`
	Roots       map[string]sarifArtifactBase `json:"originalUriBaseIds"`
	ColumnKind  string                       `json:"columnKind"`
	Results     []sarifResult                `json:"results"`
}

type sarifID struct {
	ID string `json:"id"`
}

type sarifRevision struct {
	Repository string        `json:"repositoryUri"`
	Revision   string        `json:"revisionId,omitempty"`
	Branch     string        `json:"branch,omitempty"`
	MappedTo   sarifArtifact `json:"mappedTo"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifArtifactBase struct {
	Description sarifMessage `json:"description"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	Version         string      `json:"version,omitempty"`
	SemanticVersion string      `json:"semanticVersion,omitempty"`
	Rules           []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID            string              `json:"id"`
	Name          string              `json:"name"`
	Short         sarifMessage        `json:"shortDescription"`
	Full          sarifMessage        `json:"fullDescription"`
	Help          sarifHelp           `json:"help"`
	Configuration sarifConfiguration  `json:"defaultConfiguration"`
	Properties    sarifRuleProperties `json:"properties"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifRuleProperties struct {
	Tags             []string `json:"tags"`
	Precision        string   `json:"precision"`
	SecuritySeverity string   `json:"security-severity"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Start         string              `json:"startTimeUtc,omitempty"`
	End           string              `json:"endTimeUtc,omitempty"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    *int              `json:"ruleIndex,omitempty"`
	Level        string            `json:"level"`
	Kind         string            `json:"kind"`
	Message      sarifMessage      `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Baseline     string            `json:"baselineState,omitempty"`
	Suppressions []sarifSuppressed `json:"suppressions,omitempty"`
	Fixes        []sarifFix        `json:"fixes,omitempty"`
	Properties   sarifProperties   `json:"properties"`
}

type sarifSuppressed struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification,omitempty"`
}

type sarifLocation struct {
	ID       int           `json:"id,omitempty"`
	Message  *sarifMessage `json:"message,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI  string `json:"uri,omitempty"`
	Base string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int           `json:"startLine"`
	StartColumn int           `json:"startColumn,omitempty"`
	EndLine     int           `json:"endLine,omitempty"`
	EndColumn   int           `json:"endColumn,omitempty"`
	Snippet     *sarifMessage `json:"snippet,omitempty"`
}

type sarifFix struct {
	Description sarifMessage  `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion  `json:"deletedRegion"`
	Inserted sarifMessage `json:"insertedContent"`
}

type sarifProperties struct {
	Ecosystem   string           `json:"ecosystem"`
	Package     string           `json:"package"`
	PURL        string           `json:"purl"`
	Confidence  string           `json:"confidence"`
	Score       *int             `json:"score"`
	Evidence    []jsonEvidence   `json:"evidence"`
	Suggestions []jsonSuggestion `json:"suggestions"`
}

// writeSARIF writes SARIF 2.1.0 as GitHub's code scanning reads it: one run, the
// first location decides, severities belong to rules.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func writeSARIF(w io.Writer, r *scanner.Report, o Options) error {
	id := "figment/"
	if c := strings.Trim(o.SARIFCategory, "/"); c != "" {
		id += c + "/"
	}
	run := sarifRun{
		Tool:       sarifTool{driver(r.Version)},
		Automation: sarifID{id},
		Roots:      map[string]sarifArtifactBase{sarifRoot: {sarifMessage{"The directory that paths are relative to."}}},
		ColumnKind: "utf16CodeUnits",
	}
	if v, ok := sarifRevisionOf(o.Revision); ok {
		run.Provenance = []sarifRevision{v}
	}
	inv := sarifInvocation{Successful: !r.Interrupted && !failed(r, o), Notifications: notifications(r)}
	if o.SARIFTime && !r.Started.IsZero() {
		inv.Start = sarifTime(r.Started)
		inv.End = sarifTime(r.Started.Add(r.Elapsed))
	}
	results, dropped := results(r, o)
	if dropped > 0 {
		inv.Notifications = append(inv.Notifications, sarifNotification{Level: "warning",
			Message: sarifMessage{fmt.Sprintf("%s left out: a run holds at most %d. The most severe are here.", plural(dropped, "result")+" "+wasWere(dropped), sarifResults)}})
	}
	run.Results, run.Invocations = results, []sarifInvocation{inv}
	return encode(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}}, o)
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func sarifTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func driver(version string) sarifDriver {
	d := sarifDriver{Name: "figment", Rules: each(verdict.Rules, sarifRuleOf)}
	if v := strings.TrimPrefix(version, "v"); semantic(v) {
		d.SemanticVersion = v
	} else {
		d.Version = version
	}
	return d
}

// semantic reports whether v begins like a semantic version.
func semantic(v string) bool {
	core, _, _ := strings.Cut(v, "+")
	core, _, _ = strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(p string) bool { return p == "" || strings.Trim(p, "0123456789") != "" })
}

func sarifRuleOf(r *verdict.Rule) sarifRule {
	page := strings.TrimSpace(docs.Rule(r.ID))
	if page == "" {
		page = r.Short
	}
	return sarifRule{
		ID: r.ID, Name: r.Name, Short: sarifMessage{r.Short}, Full: sarifMessage{cutRunes(paragraph(page, r.Short), sarifText)},
		Help: sarifHelp{page, page}, Configuration: sarifConfiguration{r.Severity.String()},
		Properties: sarifRuleProperties{
			Tags:      []string{"security", "supply-chain", "slopsquatting", "external/cwe/cwe-1357"},
			Precision: r.Precision, SecuritySeverity: r.SecuritySeverity,
		},
	}
}

// paragraph is the first paragraph of a page that says more than its short
// description; that one where there is none.
func paragraph(page, short string) string {
	for part := range strings.SplitSeq(page, "\n\n") {
		part = strings.Join(strings.Fields(part), " ")
		if part != "" && !strings.HasPrefix(part, "#") && part != short {
			return short + " " + part
		}
	}
	return short
}

func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// results are the findings, most severe first where not all have room.
func results(r *scanner.Report, o Options) ([]sarifResult, int) {
	type entry struct {
		f  *scanner.Finding
		by *scanner.Suppression
	}
	var list []entry
	for i := range r.Findings {
		list = append(list, entry{&r.Findings[i], nil})
	}
	baseline := ""
	if o.IncludeSuppressed {
		for i := range r.Suppressed {
			s := &r.Suppressed[i]
			list = append(list, entry{&s.Finding, &s.By})
			if s.By.Kind == "baseline" {
				baseline = "new"
			}
		}
	}
	dropped := 0
	if len(list) > sarifResults {
		slices.SortStableFunc(list, func(a, b entry) int {
			if (a.by == nil) != (b.by == nil) {
				if a.by == nil {
					return -1
				}
				return 1
			}
			return int(b.f.Severity) - int(a.f.Severity)
		})
		dropped = len(list) - sarifResults
		list = list[:sarifResults]
	}
	index := map[string]int{}
	for i := range verdict.Rules {
		index[verdict.Rules[i].ID] = i
	}
	out := make([]sarifResult, 0, len(list))
	for _, e := range list {
		res := sarifResultOf(e.f, o.SARIFTime)
		if i, ok := index[res.RuleID]; ok {
			res.RuleIndex = &i
		}
		res.Baseline = baseline
		if e.by != nil {
			s := sarifSuppressed{"external", "accepted", e.by.Reason}
			if e.by.Kind == "inline" {
				s.Kind = "inSource"
			}
			res.Suppressions = []sarifSuppressed{s}
			if e.by.Kind == "baseline" {
				res.Baseline = "unchanged"
			}
		}
		out = append(out, res)
	}
	return out, dropped
}

// sarifResultOf makes a result. When facts were learnt is told only if times are
// asked for: else two runs over the same would differ.
func sarifResultOf(f *scanner.Finding, times bool) sarifResult {
	res := sarifResult{
		RuleID: ruleID(f.Rule), Level: f.Severity.String(), Kind: "fail",
		Locations:    []sarifLocation{sarifLocationOf(&f.Primary)},
		Fingerprints: map[string]string{"figment/v1": f.ID},
		Properties: sarifProperties{
			Ecosystem: string(f.Package.Ecosystem), Package: f.Package.Name, PURL: purl(f.Package),
			Confidence: f.Confidence.String(), Score: f.Score,
			Evidence: each(f.Evidence, evidenceJSON), Suggestions: each(f.Suggestions, suggestionJSON),
		},
	}
	if !times {
		for i := range res.Properties.Evidence {
			res.Properties.Evidence[i].At = nil
		}
	}
	if f.LineHash != "" {
		res.Fingerprints["primaryLocationLineHash"] = f.LineHash
	}
	text := sarifEscape(cutRunes(foreign(f.Message), sarifSentence)) + "."
	if len(f.Suggestions) > 0 {
		h := foreign(help(res.RuleID, f.Package, &f.Suggestions[0]))
		text += " " + sarifEscape(strings.ToUpper(h[:1])+h[1:]) + "."
	}
	for i := range f.Related {
		if i == sarifRelated {
			break
		}
		l := sarifLocationOf(&f.Related[i])
		l.ID = i + 1
		words := kindWords(f.Related[i].Kind) + " " + foreign(f.Related[i].Path)
		l.Message = &sarifMessage{sarifEscape(words)}
		res.Related = append(res.Related, l)
		lead := ", "
		if i == 0 {
			lead = " Also "
		}
		text += fmt.Sprintf("%s[%s](%d)", lead, sarifEscape(words), i+1)
	}
	if len(f.Related) > 0 {
		text += "."
	}
	res.Message = sarifMessage{text}
	if fix, ok := sarifFixOf(f); ok {
		res.Fixes = []sarifFix{fix}
	}
	return res
}

func kindWords(kind string) string {
	switch kind {
	case "manifest":
		return "declared in"
	case "lockfile":
		return "locked in"
	case "command":
		return "installed in"
	case "import":
		return "imported in"
	}
	return "mentioned in"
}

// sarifEscape quotes what a SARIF message takes for links and placeholders.
func sarifEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "{", "{{", "}", "}}").Replace(s)
}

func sarifLocationOf(l *scanner.Location) sarifLocation {
	region := sarifRegionOf(l)
	return sarifLocation{Physical: sarifPhysical{artifact(l.Path), &region}}
}

// sarifRegionOf is the span of l on its first line: a pull request shows a
// result only where all of its lines changed.
func sarifRegionOf(l *scanner.Location) sarifRegion {
	r := sarifRegion{StartLine: max(l.Start.Line, 1)}
	if l.Start.Line < 1 || l.Start.UTF16 < 1 {
		return r
	}
	from := max(0, min(l.Start.Column-1, len(l.Snippet)))
	to := max(from, min(spanEnd(l), len(l.Snippet)))
	r.StartColumn, r.EndLine, r.EndColumn = l.Start.UTF16, r.StartLine, l.End.UTF16
	if l.End.Line != l.Start.Line {
		r.EndColumn = r.StartColumn + units(l.Snippet[from:to])
	}
	r.EndColumn = max(r.EndColumn, r.StartColumn)
	if to > from {
		r.Snippet = &sarifMessage{around(l.Snippet[from:to], 0, 0, snippetBytes)}
	}
	return r
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// artifact makes a path a URI reference below the root.
func artifact(path string) sarifArtifact {
	for strings.HasPrefix(path, "./") {
		path = strings.TrimLeft(path[2:], "/")
	}
	if path == "" {
		path = "-"
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	if path[0] == '/' {
		return sarifArtifact{URI: "file:///" + strings.TrimLeft(b.String(), "/")}
	}
	return sarifArtifact{b.String(), sarifRoot}
}

// sarifFixOf is the replacement of the name where it is mechanical and unique,
// in manifests and commands.
func sarifFixOf(f *scanner.Finding) (sarifFix, bool) {
	var safe *verdict.Suggestion
	for i := range f.Suggestions {
		if !f.Suggestions[i].Safe {
			continue
		}
		if safe != nil {
			return sarifFix{}, false
		}
		safe = &f.Suggestions[i]
	}
	if safe == nil || safe.Package.Ecosystem != f.Package.Ecosystem || safe.Package.Name == f.Package.Name || safe.Package.Name != term.SafeName(safe.Package.Name) {
		return sarifFix{}, false
	}
	fix := sarifFix{Description: sarifMessage{sarifEscape(foreign("replace with " + code(safe.Package.Name)))}}
	for _, l := range f.Locations() {
		if l.Kind != "manifest" && l.Kind != "command" || l.Start.Line < 1 || l.Start.Line != l.End.Line {
			continue
		}
		region := sarifRegionOf(&l)
		if region.StartColumn < 1 || region.EndColumn <= region.StartColumn {
			continue
		}
		region.Snippet = nil
		a := artifact(l.Path)
		at := slices.IndexFunc(fix.Changes, func(c sarifChange) bool { return c.Artifact == a })
		if at < 0 {
			at = len(fix.Changes)
			fix.Changes = append(fix.Changes, sarifChange{Artifact: a})
		}
		fix.Changes[at].Replacements = append(fix.Changes[at].Replacements, sarifReplacement{region, sarifMessage{safe.Package.Name}})
	}
	return fix, len(fix.Changes) > 0
}

// notifications are what the run could not learn.
func notifications(r *scanner.Report) []sarifNotification {
	out := []sarifNotification{}
	if r.Interrupted {
		out = append(out, sarifNotification{Level: "warning", Message: sarifMessage{"The run was interrupted: this is what was known."}})
	}
	over := 0
	full := func() bool {
		if len(out) < sarifNotes {
			return false
		}
		over++
		return true
	}
	for i := range r.Unverified {
		if full() {
			continue
		}
		u := &r.Unverified[i]
		n := sarifNotification{Level: "warning"}
		if u.Unsupported {
			n.Level = "note"
		}
		text := code(spec(u.Package)) + " could not be checked"
		if u.Reason != "" {
			text += " (" + string(u.Reason) + ")"
		}
		if u.Text != "" {
			text += ": " + u.Text
		}
		n.Message = sarifMessage{sarifEscape(foreign(text))}
		if len(u.Locations) > 0 {
			n.Locations = []sarifLocation{sarifLocationOf(&u.Locations[0])}
		}
		out = append(out, n)
	}
	for i := range r.Problems {
		if full() {
			continue
		}
		q := &r.Problems[i]
		n := sarifNotification{Level: "warning", Message: sarifMessage{sarifEscape(foreign(q.Text))}}
		if q.Path != "" {
			l := sarifLocation{Physical: sarifPhysical{Artifact: artifact(q.Path)}}
			if q.Line > 0 {
				l.Physical.Region = &sarifRegion{StartLine: q.Line}
			}
			n.Locations = []sarifLocation{l}
		}
		out = append(out, n)
	}
	for i := range r.Unread {
		if full() {
			continue
		}
		u := &r.Unread[i]
		n := sarifNotification{Level: "note", Message: sarifMessage{sarifEscape(unreadText(u))}}
		if u.Severe || u.Touched {
			n.Level = "warning"
		}
		l := sarifLocation{Physical: sarifPhysical{Artifact: artifact(u.Path)}}
		if u.Line > 0 {
			l.Physical.Region = &sarifRegion{StartLine: u.Line}
		}
		n.Locations = []sarifLocation{l}
		out = append(out, n)
	}
	if _, unread := gaps(r); len(out) == 0 && len(unread) > 0 {
		out = append(out, sarifNotification{Level: "warning", Message: sarifMessage{sarifEscape(strings.Join(unread, "; "))}})
	}
	if over > 0 {
		out = append(out, sarifNotification{Level: "warning", Message: sarifMessage{plural(over, "more notification") + " " + wasWere(over) + " left out."}})
	}
	return out
}

// sarifRevisionOf is what of a repository was scanned. The remote is written
// only as a web or ssh address, without user, query and fragment.
func sarifRevisionOf(v Revision) (sarifRevision, bool) {
	uri := repositoryURI(v.Repository)
	if uri == "" {
		return sarifRevision{}, false
	}
	out := sarifRevision{Repository: uri, Branch: foreign(v.Branch), MappedTo: sarifArtifact{Base: sarifRoot}}
	if n := len(v.Commit); (n == 40 || n == 64) && strings.Trim(v.Commit, "0123456789abcdef") == "" {
		out.Revision = v.Commit
	}
	return out, true
}

func repositoryURI(remote string) string {
	if host, path, ok := strings.Cut(remote, ":"); ok && !strings.Contains(host, "/") && !strings.HasPrefix(path, "//") && !strings.HasPrefix(path, ":") && len(host) > 1 {
		remote = "ssh://" + host + "/" + strings.TrimLeft(path, "/") // git@host:path
	}
	u, err := url.Parse(remote)
	if err != nil || u.Host == "" || !slices.Contains([]string{"https", "http", "ssh", "git"}, u.Scheme) {
		return ""
	}
	clean := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return clean.String()
}
