package osv

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/internal/cache"
)

// How long answers stand. What could not be asked is never stored.
const (
	cacheSchema = "osv-1"
	freshBatch  = time.Hour
	freshHit    = 24 * time.Hour // a malware record, and the name that has one
	maxSkew     = 5 * time.Minute
)

// storage is the cache as the client uses it: the ids of a package, and reduced
// records.
type storage struct {
	c     *Client
	store cache.Store // nil: nothing is kept
	since time.Time   // Refresh: entries from before are not used
	root  string      // what the answers depend on besides names
}

// An identifier gives a secret a name that tells nothing about it.
type identifier interface{ Identity(secret string) string }

func newStorage(c *Client) *storage {
	s := &storage{c: c, store: c.o.Cache, root: c.send.base}
	if c.o.Refresh {
		s.since = c.o.Clock.Time()
	}
	if c.send.user != nil && s.store != nil {
		id, ok := s.store.(identifier)
		if !ok {
			s.store = nil
			return s
		}
		s.root += "\x00" + id.Identity(c.send.user.String())
	}
	return s
}

func (s *storage) hitsKey(p ecosystem.Package) cache.Key {
	kind := "malware"
	if s.c.o.All {
		kind = "all"
	}
	return cache.Key{Ecosystem: string(p.Ecosystem), ID: strings.Join([]string{cacheSchema, kind, s.root, p.Name}, "\x00")}
}

func (s *storage) recordKey(id string) cache.Key {
	return cache.Key{Ecosystem: "advisory", ID: strings.Join([]string{cacheSchema, "record", s.root, id}, "\x00")}
}

// usable reports whether an entry may be used.
func (s *storage) usable(e *cache.Entry, now time.Time) bool {
	return !e.Stored.After(now.Add(maxSkew)) && !e.Stored.Before(s.since) && now.Before(e.Expires)
}

// hits gives the stored ids of the packages that have some, or are known to
// have none.
func (s *storage) hits(ctx context.Context, pkgs []ecosystem.Package) map[ecosystem.Package]*query {
	out := map[ecosystem.Package]*query{}
	if s.store == nil || len(pkgs) == 0 {
		return out
	}
	keys := make([]cache.Key, len(pkgs))
	byKey := make(map[cache.Key]ecosystem.Package, len(pkgs))
	for i, p := range pkgs {
		keys[i] = s.hitsKey(p)
		byKey[keys[i]] = p
	}
	now := s.c.o.Clock.Time()
	for _, e := range s.store.Get(ctx, keys) {
		p, ok := byKey[e.Key]
		if !ok || !s.usable(&e, now) {
			continue
		}
		var v struct {
			Hits *[]hit `json:"hits"` // nil: not written by us
		}
		if json.Unmarshal(e.Value, &v) == nil && v.Hits != nil {
			out[p] = &query{pkg: p, hits: *v.Hits, at: e.Stored.UTC()}
		}
	}
	return out
}

func (s *storage) putHits(ctx context.Context, q *query, found bool) {
	life := freshBatch
	if found && !s.c.o.All {
		life = freshHit
	}
	hits := q.hits
	if hits == nil {
		hits = []hit{}
	}
	s.put(ctx, s.hitsKey(q.pkg), map[string]any{"hits": hits}, life)
}

// record is a stored record that is as new as the service says it is.
func (s *storage) record(ctx context.Context, h hit) (a Advisory, ok bool) {
	if s.store == nil {
		return a, false
	}
	now := s.c.o.Clock.Time()
	for _, e := range s.store.Get(ctx, []cache.Key{s.recordKey(h.ID)}) {
		if !s.usable(&e, now) || json.Unmarshal(e.Value, &a) != nil || a.ID != h.ID {
			continue
		}
		if t, err := time.Parse(time.RFC3339, h.Modified); err == nil && a.Modified.Before(t) {
			continue
		}
		a.Malicious, a.URL = malicious(a.ID), page(a.ID)
		return a, true
	}
	return Advisory{}, false
}

func (s *storage) putRecord(ctx context.Context, a *Advisory) {
	s.put(ctx, s.recordKey(a.ID), a, freshHit)
}

func (s *storage) put(ctx context.Context, key cache.Key, value any, life time.Duration) {
	if s.store == nil {
		return
	}
	data, err := json.Marshal(value)
	if err != nil {
		return // a time beyond the year 9999 is not worth a place
	}
	now := s.c.o.Clock.Time()
	s.store.Put(ctx, cache.Entry{Key: key, Value: data, Stored: now, Expires: now.Add(life), KeepUntil: now.Add(life)})
}
