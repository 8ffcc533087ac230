package registry

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/registry/settings"
)

// npm's statistics: how often a package was fetched in the last week. They are
// asked for packages that are there and under suspicion, and only ever add to
// what is known: whatever goes wrong, the count is not known.
//
// Protocol: https://github.com/npm/registry/blob/main/docs/download-counts.md

// OfficialDownloads is the base URL of npm's statistics.
const OfficialDownloads = settings.OfficialDownloads

const (
	maxTogether  = 128     // names of one request; scoped ones have to come alone
	maxNameBytes = 6 << 10 // of the names in one URL
)

// counts are weekly downloads by name.
type counts map[ecosystem.Package]dated

type dated struct {
	n  Count
	at time.Time
}

// put adds to a record what is known.
func (c counts) put(rec *Record) {
	if got := c[named(rec.Package)]; got.n.Known {
		rec.Downloads, rec.DownloadsAt = got.n, got.at
	}
}

func named(p ecosystem.Package) ecosystem.Package {
	return ecosystem.Package{Ecosystem: p.Ecosystem, Name: p.Name}
}

// countable reports whether downloads of the query's package may be asked for.
func countable(q Query) bool {
	if q.Package.Ecosystem != ecosystem.NPM || q.Want < WantAdoption || q.Route.Private || q.Route.Downloads.URL == "" || strings.Contains(q.Package.Name, ",") {
		return false
	}
	for _, r := range q.Route.Roots {
		if r.Kind == settings.Private {
			return false
		}
	}
	return true
}

// counted reports whether a record still wants its downloads.
func counted(q Query, rec *Record) bool { return countable(q) && rec.Status == Present }

// downloadsPlan is the URL that one name alone would be asked by, or "".
func downloadsPlan(q Query) string {
	if _, _, no := refused(q); no || !countable(q) {
		return ""
	}
	return downloadsRequest(q.Route.Downloads, []string{q.Package.Name}).URL
}

func downloadsRequest(root settings.Root, names []string) request {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		if scope, base, scoped := strings.Cut(n, "/"); scoped {
			b.WriteString(segment(scope) + "/" + segment(base))
		} else {
			b.WriteString(segment(n))
		}
	}
	return request{
		Doc: docDownloads, URL: root.URL + "/downloads/point/last-week/" + b.String(), Accept: acceptJSON,
		Max: maxBody, Extra: true, Once: true,
	}
}

// statistics is the protocol as far as the transport needs it.
func statistics() *driver {
	return &driver{Ecosystem: ecosystem.NPM, Official: OfficialDownloads, PerHost: 2, Parse: downloadsParse}
}

// recall gives a count that is stored.
func (l *Live) recall(ctx context.Context, q Query) counts {
	in := &inquiry{Driver: statistics(), Root: q.Route.Downloads, Query: q}
	r, fresh := l.store.get(ctx, in, request{Doc: docDownloads})
	if !fresh {
		return nil
	}
	runOf(ctx).sent(r.Look, &l.o)
	return counts{named(q.Package): {r.Downloads, r.Look.At}}
}

// count asks for the downloads of all packages at once.
func (l *Live) count(ctx context.Context, qs []Query) counts {
	out := counts{}
	type batch struct {
		root  settings.Root
		names []string
		bytes int
	}
	open := map[string]*batch{} // the one of a root that still has room
	var all []*batch
	seen := map[ecosystem.Package]bool{}
	for _, q := range qs {
		p := named(q.Package)
		if seen[p] {
			continue
		}
		seen[p] = true
		if got := l.recall(ctx, q); got != nil {
			out[p] = got[p]
			continue
		}
		root := q.Route.Downloads
		if strings.Contains(p.Name, "/") {
			all = append(all, &batch{root: root, names: []string{p.Name}})
			continue
		}
		b := open[root.URL]
		if b == nil || len(b.names) == maxTogether || b.bytes+len(p.Name) > maxNameBytes {
			b = &batch{root: root}
			open[root.URL] = b
			all = append(all, b)
		}
		b.names = append(b.names, p.Name)
		b.bytes += len(p.Name) + 1
	}
	var mu sync.Mutex
	var workers sync.WaitGroup
	for _, b := range all {
		workers.Go(func() {
			for name, got := range l.countBatch(ctx, b.root, b.names) {
				mu.Lock()
				out[ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}] = got
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return out
}

func (l *Live) countBatch(ctx context.Context, root settings.Root, names []string) map[string]dated {
	if ctx.Err() != nil {
		return nil
	}
	d := statistics()
	in := &inquiry{Driver: d, Root: root}
	if len(names) == 1 { // else the answer has names of its own
		in.Query.Package.Name = names[0]
	}
	r := l.fetcher.fetch(ctx, in, downloadsRequest(root, names), nil)
	if r.Status != Present {
		return nil
	}
	out := map[string]dated{}
	for _, name := range names {
		n, known := r.Counts[name]
		one := reading{Doc: docDownloads, Status: Present, Look: r.Look, NoStore: r.NoStore, Downloads: Count{N: n, Known: known}}
		out[name] = dated{one.Downloads, r.Look.At}
		about := &inquiry{Driver: d, Root: root, Query: Query{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: name}}}
		l.store.put(ctx, about, request{Doc: docDownloads}, &one)
	}
	return out
}

// downloadsParse reads the answer about one package, or about several: there
// each has a member, null where nothing is known.
func downloadsParse(in *inquiry, rq request, resp *response) reading {
	j := newJSON(resp.Body)
	r := reading{Doc: rq.Doc, Status: Present, Counts: map[string]int64{}}
	single, name := Count{}, ""
	refusal := false
	for j.open('{'); j.more(); {
		switch key := j.key; {
		case j.peek() == '{':
			n, of := Count{}, key
			for j.open('{'); j.more(); {
				switch j.key {
				case "downloads":
					n = number64(j)
				case "package":
					of = j.textOr(512)
				default:
					j.skip()
				}
			}
			if n.Known && of == key && len(r.Counts) < maxTogether {
				r.Counts[key] = n.N
			}
		case key == "downloads":
			single = number64(j)
		case key == "package":
			name = j.textOr(512)
		case key == "error":
			refusal = j.peek() == '"'
			j.skip()
		default:
			j.skip()
		}
	}
	if err := j.end(); err != nil {
		return unread(rq, err)
	}
	if refusal {
		return badAnswer(rq, "it counts nothing")
	}
	if single.Known && name != "" {
		if name != in.Query.Package.Name {
			return badAnswer(rq, "its answer is about another package")
		}
		r.Counts[name] = single.N
	}
	return r
}

// number64 reads a count. What is none is not known.
func number64(j *jsonReader) Count {
	switch c := j.peek(); c {
	case '{', '[', '"':
		j.skip()
		return Count{}
	}
	n, err := strconv.ParseInt(j.scalar(), 10, 64)
	if err != nil || n < 0 {
		return Count{}
	}
	return Count{N: n, Known: true}
}
