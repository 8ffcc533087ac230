// Package osvplay plays OSV on loopback for tests and demonstrations: the
// service (querybatch, vulns) with its paging and its rejections, the tree of
// published data, and the faults both can have. It reaches nothing but loopback
// and imports no test package.
package osvplay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
)

// A Record is an advisory of the OSV schema.
type Record map[string]any

// Malware makes a malware record. Without versions it claims every version from
// the beginning, without an end; with some it lists these and no others.
func Malware(id string, e ecosystem.Ecosystem, name string, versions ...string) Record {
	affected := map[string]any{"package": map[string]any{"ecosystem": word(e), "name": name}}
	if len(versions) == 0 {
		affected["ranges"] = []any{map[string]any{"type": rangeType(e), "events": []any{map[string]any{"introduced": "0"}}}}
	} else {
		affected["versions"] = versions
	}
	return Record{
		"schema_version": "1.7.3", "id": id, "summary": "Malicious code in " + name + " (" + string(e) + ")",
		"published": "2026-01-02T03:04:05Z", "modified": "2026-01-03T03:04:05Z", "affected": []any{affected},
	}
}

// Between makes a record about the versions from introduced on and before fixed;
// an empty fixed is no end.
func Between(id string, e ecosystem.Ecosystem, name, introduced, fixed string) Record {
	r := Malware(id, e, name)
	events := []any{map[string]any{"introduced": introduced}}
	if fixed != "" {
		events = append(events, map[string]any{"fixed": fixed})
	}
	r["affected"].([]any)[0].(map[string]any)["ranges"] = []any{map[string]any{"type": rangeType(e), "events": events}}
	return r
}

func rangeType(e ecosystem.Ecosystem) string {
	switch e {
	case ecosystem.NPM, ecosystem.Golang, ecosystem.Cargo:
		return "SEMVER"
	}
	return "ECOSYSTEM"
}

// With gives a copy of r with one member set.
func (r Record) With(key string, value any) Record {
	out := Record{}
	for k, v := range r {
		out[k] = v
	}
	out[key] = value
	return out
}

// Withdrawn gives a copy that was taken back.
func (r Record) Withdrawn() Record { return r.With("withdrawn", "2026-02-03T04:05:06Z") }

// ID is the record's id.
func (r Record) ID() string { s, _ := r["id"].(string); return s }

// JSON is the record as it is served.
func (r Record) JSON() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		return []byte("null") // a value that is no JSON; no client takes it for a record
	}
	return b
}

func (r Record) modified() string { s, _ := r["modified"].(string); return s }

// packages are those that the record is about, as the service compares them.
func (r Record) packages() []wirePackage {
	var v struct {
		Affected []struct {
			Package wirePackage `json:"package"`
		} `json:"affected"`
	}
	if json.Unmarshal(r.JSON(), &v) != nil {
		return nil
	}
	var out []wirePackage
	for _, a := range v.Affected {
		out = append(out, a.Package.fold())
	}
	return out
}

// word is what the service calls an ecosystem; its own name where it has none.
func word(e ecosystem.Ecosystem) string { return cmp.Or(e.OSV(), string(e)) }

type wirePackage struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	PURL      string `json:"purl"`
}

// fold is the one normalisation that the service does.
func (p wirePackage) fold() wirePackage {
	p.PURL = ""
	p.Ecosystem, _, _ = strings.Cut(p.Ecosystem, ":")
	if p.Ecosystem == "PyPI" {
		p.Name = ecosystem.Normalize(ecosystem.PyPI, p.Name)
	}
	return p
}

// A Request is one that the server saw. Names are those of a batch, in order.
type Request struct {
	Method, Path string
	Header       http.Header
	Body         string
	Names        []string
}

// A Fault is a way in which the server fails. The zero value is an empty answer
// with status 200.
type Fault struct {
	Status     int    // 0: 200
	RetryAfter string // header
	Body       string
	Delay      time.Duration // before the answer; without Status and Body it comes as it should then
	Truncate   bool          // the right answer, cut in half
	BreakOff   bool          // the connection ends without an answer
	Times      int           // that it happens; 0: always
}

type injected struct {
	match func(Request) bool
	fault Fault
	left  int
}

// Server plays OSV. Its data is at URL()+"/bulk". It is an http.Handler, and
// answers without being started too.
type Server struct {
	url      string
	http     *http.Server
	mu       sync.Mutex
	records  []Record
	served   *served
	faults   []*injected
	log      []Request
	perQuery int
	total    int
	blank    int
	extra    map[string][]byte
}

// New makes a server with records and starts it on a free port of 127.0.0.1.
func New(records ...Record) (*Server, error) {
	s := Handler(records...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.url = "http://" + l.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(l) }() // it ends with Close
	return s, nil
}

// Handler makes a server that is not started.
func Handler(records ...Record) *Server {
	s := &Server{perQuery: 1000, total: 3000, extra: map[string][]byte{}}
	s.Add(records...)
	return s
}

// Close ends the server.
func (s *Server) Close() error {
	if s.http == nil {
		return nil
	}
	return s.http.Close()
}

// URL is where the service is.
func (s *Server) URL() string { return s.url }

// DataURL is where the published data is.
func (s *Server) DataURL() string { return s.url + "/bulk" }

// Env are the variables that lead figment here.
func (s *Server) Env() []string {
	return []string{"FIGMENT_OSV_URL=" + s.URL(), "FIGMENT_OSV_DATA_URL=" + s.DataURL()}
}

// Add takes records; one of a known id replaces it.
func (s *Server) Add(records ...Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := map[string]int{}
	for i, r := range s.records {
		at[r.ID()] = i
	}
	for _, r := range records {
		if i, known := at[r.ID()]; known {
			s.records[i] = r
			continue
		}
		at[r.ID()] = len(s.records)
		s.records = append(s.records, r)
	}
	s.served = nil
}

// served is what the records come to, made when it is first wanted.
type served struct {
	byID      map[string]Record
	byPackage map[wirePackage][]Record // without withdrawn ones, in order of ids
}

func (s *Server) index() *served {
	if s.served != nil {
		return s.served
	}
	x := &served{map[string]Record{}, map[wirePackage][]Record{}}
	for _, r := range s.records {
		x.byID[r.ID()] = r
		if _, gone := r["withdrawn"]; gone {
			continue
		}
		for _, p := range r.packages() {
			if list := x.byPackage[p]; len(list) == 0 || list[len(list)-1].ID() != r.ID() {
				x.byPackage[p] = append(list, r)
			}
		}
	}
	for _, list := range x.byPackage {
		slices.SortStableFunc(list, func(a, b Record) int { return strings.Compare(a.ID(), b.ID()) })
	}
	s.served = x
	return x
}

// Remove forgets a record.
func (s *Server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = slices.DeleteFunc(s.records, func(x Record) bool { return x.ID() == id })
	s.served = nil
}

// Extra puts a file into every archive and beside it, such as a record that is
// none.
func (s *Server) Extra(name string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.extra[name] = data
}

// Paging sets how many ids a query may have on a page, and all queries of a
// batch together. A query for which nothing is left gets a page with a token
// only; blank is how many such pages come before the first id at any rate.
func (s *Server) Paging(perQuery, total, blank int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.perQuery, s.total, s.blank = perQuery, total, blank
}

// Inject makes requests fail that match; a nil match is all. The latest fault
// comes first.
func (s *Server) Inject(f Fault, match func(Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &injected{match, f, f.Times})
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Requests are those seen so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Forget empties the log.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// Path matches requests whose path begins with prefix.
func Path(prefix string) func(Request) bool {
	return func(r Request) bool { return strings.HasPrefix(r.Path, prefix) }
}

// ServeHTTP answers as the service and the store of its data do.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if r.Body != nil { // a client's request has none when it is handed over as it is
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, 64<<20)); err != nil {
			return
		}
	}
	req := Request{Method: r.Method, Path: r.URL.EscapedPath(), Header: r.Header.Clone(), Body: string(body)}
	req.Names = namesOf(body)
	s.mu.Lock()
	s.log = append(s.log, req)
	f := s.fault(req)
	s.mu.Unlock()
	if f != nil && f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return
		}
	}
	status, kind, answer := http.StatusOK, "", []byte(nil)
	if f == nil || f.Truncate || f.Delay > 0 && f.Status == 0 && f.Body == "" {
		s.mu.Lock()
		status, kind, answer = s.answer(r.Method, r.URL.Path, body)
		s.mu.Unlock()
	} else {
		answer = []byte(f.Body)
		if f.Status != 0 {
			status = f.Status
		}
	}
	if f != nil && f.BreakOff {
		panic(http.ErrAbortHandler)
	}
	if kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	if f != nil && f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	w.WriteHeader(status)
	if f != nil && f.Truncate {
		answer = answer[:len(answer)/2]
	}
	_, _ = w.Write(answer) // the client may have gone
}

func (s *Server) fault(r Request) *Fault {
	for i := len(s.faults) - 1; i >= 0; i-- {
		f := s.faults[i]
		if f.match != nil && !f.match(r) || f.fault.Times > 0 && f.left == 0 {
			continue
		}
		f.left--
		return &f.fault
	}
	return nil
}

const jsonType = "application/json"

func (s *Server) answer(method, path string, body []byte) (status int, kind string, answer []byte) {
	if data, ok := strings.CutPrefix(path, "/bulk/"); ok {
		return s.bulk(data)
	}
	if id, ok := strings.CutPrefix(path, "/v1/vulns/"); ok && method == http.MethodGet {
		if r, ok := s.index().byID[id]; ok {
			return http.StatusOK, jsonType, r.JSON()
		}
		return http.StatusNotFound, jsonType, []byte(`{"code":5,"message":"Bug not found."}`)
	}
	if path == "/v1/querybatch" && method == http.MethodPost {
		return s.batch(body)
	}
	return http.StatusNotFound, jsonType, []byte(`{"code":5,"message":"Not Found"}`)
}

type wireQuery struct {
	Package   *wirePackage `json:"package"`
	Version   string       `json:"version"`
	PageToken string       `json:"page_token"`
}

func namesOf(body []byte) (out []string) {
	var b struct{ Queries []wireQuery }
	if json.Unmarshal(body, &b) == nil {
		for _, q := range b.Queries {
			if q.Package != nil {
				out = append(out, q.Package.Name)
			}
		}
	}
	return out
}

func invalid(format string, args ...any) (int, string, []byte) {
	text, _ := json.Marshal(map[string]any{"code": 3, "message": fmt.Sprintf(format, args...)})
	return http.StatusBadRequest, jsonType, text
}

func (s *Server) batch(body []byte) (int, string, []byte) {
	var b struct{ Queries []wireQuery }
	if json.Unmarshal(body, &b) != nil {
		return invalid("Invalid JSON")
	}
	if len(b.Queries) > 1000 {
		return invalid("Too many queries.")
	}
	for i, q := range b.Queries {
		if why := q.check(); why != "" {
			return invalid("error in query at index %d: %s", i, why)
		}
	}
	type found struct {
		ID       string `json:"id"`
		Modified string `json:"modified"`
	}
	type result struct {
		Vulns         []found `json:"vulns,omitempty"`
		NextPageToken string  `json:"next_page_token,omitempty"`
	}
	results := make([]result, len(b.Queries))
	left := s.total
	for i, q := range b.Queries {
		if q.Package.PURL != "" {
			continue // unknown types too: nothing, and no error
		}
		blanks, at := s.blank, 0
		if q.PageToken != "" {
			if _, err := fmt.Sscanf(q.PageToken, "page-%d-%d", &blanks, &at); err != nil || at < 0 {
				return invalid("error in query at index %d: Invalid page token", i)
			}
		}
		all := s.index().byPackage[q.Package.fold()]
		at = min(at, len(all))
		n := min(s.perQuery, left, len(all)-at)
		switch {
		case at == len(all):
			continue
		case blanks > 0:
			n, blanks = 0, blanks-1
		}
		left -= n
		for _, r := range all[at : at+n] {
			results[i].Vulns = append(results[i].Vulns, found{r.ID(), r.modified()})
		}
		if at += n; at < len(all) {
			results[i].NextPageToken = fmt.Sprintf("page-%d-%d-%d", blanks, at, left)
		}
	}
	text, err := json.Marshal(map[string]any{"results": results})
	if err != nil {
		return http.StatusInternalServerError, jsonType, nil
	}
	return http.StatusOK, jsonType, text
}

// check is what the service refuses a query for.
func (q *wireQuery) check() string {
	p := q.Package
	switch {
	case p == nil:
		return "Invalid query"
	case p.PURL != "":
		if strings.Contains(p.PURL, "@") && q.Version != "" {
			return "version specified in params and purl query"
		}
		return ""
	case p.Name == "":
		return "Invalid query: name is empty"
	}
	if ecosystem.FromOSV(p.Ecosystem) == ecosystem.Unknown {
		return "Invalid ecosystem"
	}
	return ""
}
