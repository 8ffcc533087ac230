package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"figment/scanner"
)

// The lines of the jsonl format: the objects of the JSON document, each with a
// type.
type (
	jsonStart struct {
		Type          string    `json:"type"`
		SchemaVersion string    `json:"schema_version"`
		Tool          *jsonTool `json:"tool,omitempty"`
	}
	jsonFindingLine struct {
		Type string `json:"type"`
		jsonFinding
	}
	jsonUnverifiedLine struct {
		Type string `json:"type"`
		jsonUnverified
	}
	jsonSuppressedLine struct {
		Type string `json:"type"`
		jsonSuppressed
	}
	jsonProblemLine struct {
		Type string `json:"type"`
		jsonProblem
	}
	jsonUnreadLine struct {
		Type string `json:"type"`
		jsonUnread
	}
	jsonReferenceLine struct {
		Type string `json:"type"`
		jsonReference
	}
	jsonSummaryLine struct {
		Type string `json:"type"`
		jsonSummary
	}
	jsonAsksLine struct {
		Type string `json:"type"`
		jsonAsks
	}
	jsonListSummaryLine struct {
		Type       string `json:"type"`
		References int    `json:"references"`
		Unread     int    `json:"unread"`
		Problems   int    `json:"problems"`
	}
)

// lines writes one JSON object a line. The first error stays.
type lines struct {
	w   *bufio.Writer
	o   Options
	err error
}

func (l *lines) add(doc any) {
	if l.err != nil {
		return
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if l.err = e.Encode(doc); l.err == nil {
		_, l.err = l.w.Write(escape(b.Bytes(), l.o.Workflow))
	}
}

func (l *lines) end() error {
	if l.err != nil {
		return l.err
	}
	return l.w.Flush()
}

// writeJSONL writes a line for the start, one for each finding, name that could
// not be checked, accepted finding and problem, and a last one with the counts:
// a stream without it was cut off.
func writeJSONL(w io.Writer, r *scanner.Report, o Options) error {
	l := &lines{w: bufio.NewWriter(w), o: o}
	l.add(jsonStart{"start", schemaVersion, &jsonTool{"figment", r.Version}})
	for i := range r.Findings {
		l.add(jsonFindingLine{"finding", findingJSON(&r.Findings[i])})
	}
	for i := range r.Unverified {
		l.add(jsonUnverifiedLine{"unverified", unverifiedJSON(&r.Unverified[i])})
	}
	for i := range r.Suppressed {
		l.add(jsonSuppressedLine{"suppressed", suppressedJSON(&r.Suppressed[i])})
	}
	for i := range r.Unread {
		l.add(jsonUnreadLine{"unread", unreadJSON(&r.Unread[i])})
	}
	for i := range r.Problems {
		l.add(jsonProblemLine{"problem", problemJSON(&r.Problems[i])})
	}
	l.add(jsonSummaryLine{"summary", summaryJSON(r)})
	return l.end()
}

func listJSONL(w io.Writer, list *scanner.Listing, o Options) error {
	l := &lines{w: bufio.NewWriter(w), o: o}
	l.add(jsonStart{Type: "start", SchemaVersion: schemaVersion})
	n := 0
	for i := range list.Items {
		n++
		l.add(jsonReferenceLine{"reference", referenceJSON(&i)})
	}
	for a := range list.Asks {
		l.add(jsonAsksLine{"asks", asksJSON(&a)})
	}
	for i := range list.Unread {
		l.add(jsonUnreadLine{"unread", unreadJSON(&list.Unread[i])})
	}
	for i := range list.Problems {
		l.add(jsonProblemLine{"problem", problemJSON(&list.Problems[i])})
	}
	l.add(jsonListSummaryLine{"summary", n, len(list.Unread), len(list.Problems)})
	return l.end()
}
