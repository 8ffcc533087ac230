package osv

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// wireQuery asks by name only. It has no version and no purl on purpose.
type wireQuery struct {
	Package   wirePackage `json:"package"`
	PageToken string      `json:"page_token,omitempty"`
}

type wirePackage struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
}

type wireResult struct {
	Vulns         []hit  `json:"vulns"`
	NextPageToken string `json:"next_page_token"`
}

// batch asks about up to maxBatch packages, page after page, and settles each
// as soon as it has no further one.
func (r *run) batch(ctx context.Context, open []*query) {
	select {
	case r.c.batches <- struct{}{}:
	case <-ctx.Done():
		for _, q := range open {
			q.fault = ended(ctx)
			r.land(ctx, q)
		}
		return
	}
	defer func() { <-r.c.batches }()
	repairs := maxRepairs
	for len(open) > 0 {
		r.c.page(ctx, open, &repairs)
		// A page may hold only a token, the same again too: the service gives a
		// batch so many ids and no more. Then another query of it got some.
		if !slices.ContainsFunc(open, func(q *query) bool { return q.moved || q.fault != nil }) {
			for _, q := range open {
				q.fault = &fault{reason: ReasonBadAnswer, detail: "its pages do not end"}
			}
		}
		var next []*query
		for _, q := range open {
			if q.fault == nil && q.token != "" {
				next = append(next, q)
				continue
			}
			r.land(ctx, q)
		}
		open = next
	}
}

// page gets the next page of each query. It leaves a fault in those that it
// could not get one for.
func (c *Client) page(ctx context.Context, qs []*query, repairs *int) {
	qs = slices.Clone(qs)
	for len(qs) > 0 {
		f := c.request(ctx, qs)
		if f == nil {
			return
		}
		bad := f.reason == ReasonRejected
		if !bad && f.reason != ReasonTooLarge || len(qs) == 1 || *repairs == 0 {
			if bad && len(qs) == 1 {
				f = &fault{reason: ReasonRejected, detail: "it refused the question about this name"}
			}
			for _, q := range qs {
				q.fault = f
			}
			return
		}
		*repairs--
		if bad && f.at >= 0 && f.at < len(qs) { // one bad query fails them all
			qs[f.at].fault = &fault{reason: ReasonRejected, detail: "it refused the question about this name"}
			qs = slices.Delete(qs, f.at, f.at+1)
			continue
		}
		half := len(qs) / 2
		c.page(ctx, qs[:half], repairs)
		qs = qs[half:]
	}
}

// request sends the queries and takes their results over. With a fault nothing
// is changed.
func (c *Client) request(ctx context.Context, qs []*query) *fault {
	body := struct {
		Queries []wireQuery `json:"queries"`
	}{make([]wireQuery, len(qs))}
	for i, q := range qs {
		body.Queries[i] = wireQuery{wirePackage{q.pkg.Ecosystem.OSV(), q.name}, q.token}
	}
	data, err := json.Marshal(body)
	if err != nil {
		return &fault{reason: ReasonRejected, detail: "the question cannot be written", at: -1}
	}
	data, f := c.send.do(ctx, call{method: http.MethodPost, path: "/v1/querybatch", body: data, max: maxAnswer, names: len(qs)})
	if f != nil {
		return f
	}
	var answer struct {
		Results []*wireResult `json:"results"`
	}
	if json.Unmarshal(data, &answer) != nil || len(answer.Results) != len(qs) {
		return &fault{reason: ReasonBadAnswer, detail: "its answer is not what OSV says"}
	}
	now := c.o.Clock.Time()
	for i, q := range qs {
		q.at = now
		q.take(answer.Results[i], c.o.All)
	}
	return nil
}

// take adds one page.
func (q *query) take(w *wireResult, all bool) {
	if w == nil {
		q.fault = &fault{reason: ReasonBadAnswer, detail: "its answer has no result for the name"}
		return
	}
	q.moved = w.NextPageToken != q.token || len(w.Vulns) > 0 || w.NextPageToken == ""
	for _, h := range w.Vulns {
		if h.ID == "" {
			q.fault = &fault{reason: ReasonBadAnswer, detail: "it named an advisory without an id"}
			return
		}
		if all || malicious(h.ID) {
			q.add(h)
		}
	}
	q.token = w.NextPageToken
	q.pages++
	if q.token != "" && (q.pages >= maxPages || len(q.hits) > maxHits) {
		q.fault = &fault{reason: ReasonTooLarge, detail: "it has more pages of advisories than are read"}
	}
}

// add takes a hit once.
func (q *query) add(h hit) {
	if q.seen == nil {
		q.seen = map[string]bool{}
	}
	if !q.seen[h.ID] {
		q.seen[h.ID] = true
		q.hits = append(q.hits, h)
	}
}
