//go:build osv

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// requestTimeout is for one request: the service gives up on a batch after
	// 35 s, and osv-scanner's client has no limit of its own.
	requestTimeout = 60 * time.Second
	maxBody        = 64 << 20
	// maxBatches is for all of a scan, pages of an answer counted: a batch holds
	// a thousand queries, and an advisory in the thousands of pages is a loop.
	maxBatches = 500
)

// A transport is the only way out: it lets through the two calls that matching
// needs, to the one service, about the names that may be named. What is withheld
// gets an empty answer in its place, which the caller reports as not covered.
type transport struct {
	refuse bool // nothing at all
	out    http.RoundTripper
	base   *url.URL
	may    func(ecosystem, name string) bool

	mu      sync.Mutex
	seen    map[string]bool // what a batch asked for and was answered
	batches int
}

// RoundTrip carries one request.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	switch {
	case t.refuse:
		return nil, errors.New("no network in this scan")
	case req.URL.Host != "api.osv.dev":
		return nil, errors.New("only the OSV service is asked")
	case req.Method == http.MethodPost && req.URL.Path == "/v1/querybatch":
		return t.batch(req)
	case req.Method == http.MethodGet && strings.HasPrefix(req.URL.Path, "/v1/vulns/"):
		return t.record(req)
	}
	return nil, errors.New("only advisories are asked for")
}

// query is one question of a batch.
type query struct {
	Package struct {
		Name      string `json:"name"`
		Ecosystem string `json:"ecosystem"`
	} `json:"package"`
	Version string `json:"version"`
	Commit  string `json:"commit"`
}

func (t *transport) batch(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.batches++
	many := t.batches > maxBatches
	t.mu.Unlock()
	if many {
		return refusal(req, "too many pages"), nil
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody))
	if err != nil {
		return nil, err
	}
	req.Body.Close()
	var b struct {
		Queries []json.RawMessage `json:"queries"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, errors.New("a batch that is no batch")
	}
	var send []json.RawMessage
	var places []int
	var keys []string
	for i, raw := range b.Queries {
		var q query
		if err := json.Unmarshal(raw, &q); err != nil {
			return nil, errors.New("a query that is no query")
		}
		// A commit is not asked about: it would tell of a private repository.
		if q.Commit == "" && q.Package.Name != "" && t.may(q.Package.Ecosystem, q.Package.Name) {
			send, places = append(send, raw), append(places, i)
			keys = append(keys, key(q.Package.Ecosystem, q.Package.Name, q.Version))
		}
	}
	results := make([]json.RawMessage, len(b.Queries))
	for i := range results {
		results[i] = json.RawMessage("{}")
	}
	if len(send) > 0 {
		body, err := json.Marshal(map[string]any{"queries": send})
		if err != nil {
			return nil, err
		}
		resp, err := t.send(req, body)
		if err != nil || resp.StatusCode != http.StatusOK {
			return resp, err
		}
		var answer struct {
			Results []result `json:"results"`
		}
		err = json.NewDecoder(resp.Body).Decode(&answer)
		resp.Body.Close()
		if err != nil || len(answer.Results) != len(send) {
			return refusal(req, fmt.Sprintf("the OSV service answered %d queries with %d results", len(send), len(answer.Results))), nil
		}
		t.mu.Lock()
		if t.seen == nil {
			t.seen = map[string]bool{}
		}
		for i, r := range answer.Results {
			if results[places[i]], err = json.Marshal(r); err != nil {
				t.mu.Unlock()
				return nil, err
			}
			t.seen[keys[i]] = true
		}
		t.mu.Unlock()
	}
	body, err = json.Marshal(map[string]any{"results": results})
	return answer(req, body), err
}

// result is an answer to one query, with what osv-scanner's client knows of it:
// one member more, and it would fail.
type result struct {
	Vulns []struct {
		ID string `json:"id"`
	} `json:"vulns,omitempty"`
	NextPageToken string `json:"next_page_token,omitempty"`
}

// record fetches one advisory and leaves out what the client would fail at.
func (t *transport) record(req *http.Request) (*http.Response, error) {
	resp, err := t.send(req, nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	mended, err := mend(text)
	if err != nil {
		return refusal(req, "the OSV service sent a record that cannot be read"), nil
	}
	if mended != nil {
		text = mended
	}
	return answer(req, text), nil
}

// send carries a request to the configured service. The body of the response is
// limited: what is longer reads as cut short.
func (t *transport) send(req *http.Request, body []byte) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host = t.base.Scheme, t.base.Host
	out.URL.User = t.base.User
	out.URL.Path = strings.TrimSuffix(t.base.Path, "/") + req.URL.Path
	out.URL.RawPath = ""
	out.Host = ""
	if body != nil {
		out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	resp, err := t.out.RoundTrip(out)
	if err != nil {
		return nil, errors.New("the OSV service cannot be reached")
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		resp.Body, resp.ContentLength = http.NoBody, 0 // foreign prose would end up in the log
		return resp, nil
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxBody)
	return resp, nil
}

// asked reports whether the service answered a query for this very version.
func (t *transport) asked(ecosystem, name, version string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen[key(ecosystem, name, version)]
}

func key(ecosystem, name, version string) string {
	return ecosystem + "\x00" + name + "\x00" + version
}

func answer(req *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Request: req,
	}
}

// refusal ends a call that repeating would not mend: the client repeats after
// errors and 5xx, with long pauses, and gives up at 4xx.
func refusal(req *http.Request, text string) *http.Response {
	resp := answer(req, []byte(text))
	resp.Status, resp.StatusCode = "400 Bad Request", http.StatusBadRequest
	return resp
}
