package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"figment/ecosystem"
	"figment/internal/term"
	"figment/scanner"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// schemaVersion of the JSON documents. New members do not change it.
const schemaVersion = "1"

// snippetBytes is the most of a source line that a document carries.
const snippetBytes = 400

type jsonReport struct {
	SchemaVersion string           `json:"schema_version"`
	Tool          jsonTool         `json:"tool"`
	Summary       jsonSummary      `json:"summary"`
	Findings      []jsonFinding    `json:"findings"`
	Unverified    []jsonUnverified `json:"unverified"`
	Suppressed    []jsonSuppressed `json:"suppressed"`
	Unread        []jsonUnread     `json:"unread"`
	Problems      []jsonProblem    `json:"problems"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonSummary struct {
	Files      int        `json:"files"`
	Unread     int        `json:"unread"`
	References int        `json:"references"`
	Packages   int        `json:"packages"`
	Findings   jsonCounts `json:"findings"`
	Unverified int        `json:"unverified"`
	Claims     int        `json:"claims"`
	NotJudged  int        `json:"versions_not_judged"`
	Private    int        `json:"private"`
	Suppressed int        `json:"suppressed"`
	Complete   bool       `json:"complete"`
	ElapsedMS  int64      `json:"elapsed_ms"`
}

type jsonCounts struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Note    int `json:"note"`
}

type jsonPackage struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	Version   string `json:"version"`
	PURL      string `json:"purl"`
}

type jsonLocation struct {
	Path    string        `json:"path"`
	Kind    string        `json:"kind"`
	Start   text.Position `json:"start"`
	End     text.Position `json:"end"`
	Snippet string        `json:"snippet"`
}

type jsonEvidence struct {
	Signal string  `json:"signal"`
	Text   string  `json:"text"`
	Source string  `json:"source"`
	At     *string `json:"at"`
}

type jsonSuggestion struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	Version   string `json:"version"`
	Reason    string `json:"reason"`
	Safe      bool   `json:"safe"`
	Command   string `json:"command"`
}

type jsonFinding struct {
	ID          string           `json:"id"`
	Rule        string           `json:"rule"`
	Severity    string           `json:"severity"`
	Confidence  string           `json:"confidence"`
	Message     string           `json:"message"`
	Package     jsonPackage      `json:"package"`
	Locations   []jsonLocation   `json:"locations"`
	Score       *int             `json:"score"`
	Evidence    []jsonEvidence   `json:"evidence"`
	Suggestions []jsonSuggestion `json:"suggestions"`
}

type jsonUnverified struct {
	Package   jsonPackage    `json:"package"`
	Reason    string         `json:"reason"`
	Text      string         `json:"text"`
	Locations []jsonLocation `json:"locations"`
}

type jsonSuppressed struct {
	jsonFinding
	By jsonSuppression `json:"by"`
}

type jsonSuppression struct {
	Kind    string `json:"kind"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
}

type jsonProblem struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// A jsonUnread is a text that names packages and was not read, or not whole.
type jsonUnread struct {
	Path    string `json:"path"`
	What    string `json:"what"`
	Why     string `json:"why"`
	Text    string `json:"text"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Touched bool   `json:"touched"`
}

func unreadJSON(u *scanner.Unread) jsonUnread {
	return jsonUnread{u.Path, u.What, string(u.Why), u.Text, u.Line, u.Column, u.Touched}
}

func writeJSON(w io.Writer, r *scanner.Report, o Options) error {
	return encode(w, jsonReport{
		SchemaVersion: schemaVersion,
		Tool:          jsonTool{"figment", r.Version},
		Summary:       summaryJSON(r),
		Findings:      each(r.Findings, findingJSON),
		Unverified:    each(r.Unverified, unverifiedJSON),
		Suppressed:    each(r.Suppressed, suppressedJSON),
		Unread:        each(r.Unread, unreadJSON),
		Problems:      each(r.Problems, problemJSON),
	}, o)
}

func summaryJSON(r *scanner.Report) jsonSummary {
	c := &r.Counts
	return jsonSummary{
		Files: c.Files, Unread: c.Unread, References: c.References, Packages: c.Packages,
		Findings:   jsonCounts{c.Errors, c.Warnings, c.Notes},
		Unverified: c.Unverified, Claims: c.Claims, NotJudged: c.VersionsNotJudged, Private: c.Private, Suppressed: c.Suppressed,
		Complete: r.Complete && !r.Interrupted, ElapsedMS: r.Elapsed.Milliseconds(),
	}
}

func suppressedJSON(s *scanner.Suppressed) jsonSuppressed {
	return jsonSuppressed{findingJSON(&s.Finding), jsonSuppression(s.By)}
}

// each maps a list; the result is never nil.
func each[T, U any](list []T, f func(*T) U) []U {
	out := make([]U, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}

func findingJSON(f *scanner.Finding) jsonFinding {
	locations := f.Locations()
	return jsonFinding{
		ID: f.ID, Rule: ruleID(f.Rule), Severity: f.Severity.String(), Confidence: f.Confidence.String(),
		Message: f.Message, Package: packageJSON(f.Package), Locations: each(locations, locationJSON),
		Score: f.Score, Evidence: each(f.Evidence, evidenceJSON), Suggestions: each(f.Suggestions, suggestionJSON),
	}
}

func unverifiedJSON(u *scanner.Unverified) jsonUnverified {
	return jsonUnverified{packageJSON(u.Package), string(u.Reason), u.Text, each(u.Locations, locationJSON)}
}

func problemJSON(p *scanner.Problem) jsonProblem { return jsonProblem{p.Path, p.Text} }

// packageJSON gives p with a purl that has no version: what p has is the
// constraint as written, and that is no version.
func packageJSON(p ecosystem.Package) jsonPackage {
	return jsonPackage{string(p.Ecosystem), p.Name, p.Version, purl(p)}
}

func purl(p ecosystem.Package) string {
	p.Version = ""
	return p.PURL()
}

func locationJSON(l *scanner.Location) jsonLocation {
	return jsonLocation{l.Path, l.Kind, l.Start, l.End, around(l.Snippet, l.Start.Column-1, spanEnd(l), snippetBytes)}
}

func evidenceJSON(e *verdict.Evidence) jsonEvidence {
	return jsonEvidence{e.Signal, e.Text, e.Source, stamp(e.At)}
}

func suggestionJSON(s *verdict.Suggestion) jsonSuggestion {
	return jsonSuggestion{string(s.Package.Ecosystem), s.Package.Name, s.Package.Version, s.Reason, s.Safe, s.Command}
}

// stamp writes a time in UTC; nil where it is not known.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

// around cuts line to at most limit bytes with from..to in the middle.
func around(line string, from, to, limit int) string {
	if len(line) <= limit {
		return line
	}
	from = max(0, min(from, len(line)))
	to = max(from, min(to, len(line)))
	start := max(0, from-max(0, limit-(to-from))/2)
	start = min(start, len(line)-limit)
	end := start + limit
	start = runeStart(line, start)
	for end > start && end < len(line) && !utf8.RuneStart(line[end]) {
		end--
	}
	return line[start:end]
}

// encode writes a document. Beyond what JSON asks for, characters that could
// hide or be obeyed are escaped, so that the file can be looked at; and what a
// CI runner would take for a command.
func encode(w io.Writer, doc any, o Options) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(escape(b.Bytes(), o.Workflow))
	return err
}

// escape rewrites a JSON text: characters outside ASCII, DEL and # stand in
// strings only.
func escape(text []byte, workflow bool) []byte {
	out := make([]byte, 0, len(text)+len(text)/16)
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '#' && workflow && runnerMark(string(text[i:min(i+6, len(text))])):
			out = append(out, `\u0023\u0023`...)
			i += 2
		case c < 0x7F:
			out = append(out, c)
			i++
		default:
			r, size := utf8.DecodeRune(text[i:])
			switch {
			case !term.Hidden(r):
				out = append(out, text[i:i+size]...)
			case r > 0xFFFF:
				a, b := utf16.EncodeRune(r)
				out = fmt.Appendf(out, `\u%04x\u%04x`, a, b)
			default:
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			i += size
		}
	}
	return out
}
