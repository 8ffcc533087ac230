package registry

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"figment/internal/cache"
	"figment/internal/web"
	"figment/registry/protocol"
)

// How long answers stand. What could not be asked is never stored.
const (
	schema       = "2"
	histories    = "1" // their schema: they outlive the forms of the other entries
	freshPresent = 24 * time.Hour
	freshYoung   = 6 * time.Hour // of a package younger than youngAge
	youngAge     = 90 * 24 * time.Hour
	freshVersion = 30 * 24 * time.Hour // one exact version
	freshRemoved = 6 * time.Hour
	freshBlocked = 10 * time.Minute
	freshAbsent  = 15 * time.Minute
	freshCanary  = 10 * time.Minute
	freshCount   = 24 * time.Hour     // a week's downloads
	freshNoCount = time.Hour          // and that there are none yet
	staleFor     = 7 * 24 * time.Hour // after freshness, while the registry is in trouble
	historyFor   = 400 * 24 * time.Hour
	maxSkew      = 5 * time.Minute // an entry from further in the future is no entry
)

// The kinds of entries besides documents.
const (
	docAbsent        protocol.Doc = "absent"         // a proven absence
	docVersionAbsent protocol.Doc = "version-absent" // a constraint that proven nothing satisfies
	docCanary        protocol.Doc = "canary"         // the root knows a control name
	docHistory       protocol.Doc = "history"        // first and last proven absence at the official root
)

// storage is the cache as this package uses it: reduced readings under keys
// that hold no secret.
type storage struct {
	o     *Options
	since time.Time // Refresh: entries from before are not used
}

func newStorage(o *Options) *storage {
	s := &storage{o: o}
	if o.Refresh {
		s.since = o.now()
	}
	return s
}

// An identifier gives a secret a name that tells nothing about it. A store that
// has none keeps no answers that a credential obtained.
type identifier interface{ Identity(secret string) string }

// identity names the root's credential; empty: it has none.
func (s *storage) identity(root protocol.Root) string {
	if !root.Credential.Value.Set() {
		return ""
	}
	if id, ok := s.o.Cache.(identifier); ok {
		return id.Identity(root.Credential.Scheme + " " + root.Credential.Value.Reveal())
	}
	return "unnamed"
}

// keeps reports whether answers of the root may be stored.
func (s *storage) keeps(root protocol.Root) bool {
	return s.o.Cache != nil && s.identity(root) != "unnamed"
}

func (s *storage) id(in *protocol.Inquiry, rq protocol.Request) string {
	form := schema
	if rq.Doc == docHistory {
		form = histories
	}
	return strings.Join([]string{form, string(rq.Doc), web.Redact(in.Root.URL), s.identity(in.Root), in.Query.Package.Name, rq.Version}, "\x00")
}

func (s *storage) key(in *protocol.Inquiry, rq protocol.Request) cache.Key {
	return cache.Key{Ecosystem: string(in.Driver.Ecosystem), ID: s.id(in, rq)}
}

// entry is a stored value, if it may be looked at.
func (s *storage) entry(ctx context.Context, in *protocol.Inquiry, rq protocol.Request, since time.Time, into any) (e cache.Entry, fresh, ok bool) {
	if !s.keeps(in.Root) {
		return e, false, false
	}
	now := s.o.now()
	for _, e := range s.o.Cache.Get(ctx, []cache.Key{s.key(in, rq)}) {
		if e.Stored.After(now.Add(maxSkew)) || e.Stored.Before(since) || now.After(e.Expires) && now.After(e.KeepUntil) {
			continue
		}
		if json.Unmarshal(e.Value, into) == nil {
			return e, !now.After(e.Expires), true
		}
	}
	return e, false, false
}

// get is the stored reading of a document, fresh or only good for
// revalidation and for times of trouble.
func (s *storage) get(ctx context.Context, in *protocol.Inquiry, rq protocol.Request) (r *protocol.Reading, fresh bool) {
	var got protocol.Reading
	_, fresh, ok := s.entry(ctx, in, rq, s.since, &got)
	open := got.Open && got.Status == protocol.Unknown && fresh
	if !ok || got.Status == protocol.Unknown && !open || got.Status > protocol.Blocked || got.Doc != rq.Doc {
		return nil, false
	}
	got.Look.Cached = true
	return &got, fresh
}

// put stores a reading that deserves it.
func (s *storage) put(ctx context.Context, in *protocol.Inquiry, rq protocol.Request, r *protocol.Reading) {
	if r.NoStore || r.Look.Cached || !s.keeps(in.Root) {
		return
	}
	now := s.o.now()
	var life, keep time.Duration
	switch r.Status {
	case protocol.Present:
		life, keep = freshPresent, staleFor
		switch {
		case rq.Immutable:
			life = freshVersion
		case rq.Doc == protocol.DocDownloads:
			if life, keep = freshCount, 0; !r.Downloads.Known {
				life = freshNoCount
			}
		case !r.KnownSince.IsZero() && now.Sub(r.KnownSince) < youngAge:
			life = freshYoung
		}
	case protocol.Removed:
		life = freshRemoved
	case protocol.Blocked:
		life = freshBlocked
	default: // an absence is stored when it is proven, trouble never
		return
	}
	s.write(ctx, in, rq, r, life, keep)
}

// putOpen stores an answer that settles nothing, for as long as the answers that
// settled it.
func (s *storage) putOpen(ctx context.Context, in *protocol.Inquiry, r *protocol.Reading) {
	if !r.NoStore {
		s.write(ctx, in, protocol.Request{Doc: r.Doc, Version: r.Version}, r, freshPresent, 0)
	}
}

func (s *storage) write(ctx context.Context, in *protocol.Inquiry, rq protocol.Request, value any, life, keep time.Duration) {
	if !s.keeps(in.Root) {
		return
	}
	data, err := json.Marshal(value)
	if err != nil {
		return // a time beyond the year 9999 is not worth a place
	}
	now := s.o.now()
	s.o.Cache.Put(ctx, cache.Entry{
		Key: s.key(in, rq), Value: data, Stored: now,
		Expires: now.Add(life), KeepUntil: now.Add(life + keep),
	})
}

// mark and marked keep that something was proven.
func (s *storage) mark(ctx context.Context, in *protocol.Inquiry, d protocol.Doc, version string, look protocol.Look, life time.Duration) {
	s.write(ctx, in, protocol.Request{Doc: d, Version: version}, look, life, 0)
}

func (s *storage) marked(ctx context.Context, in *protocol.Inquiry, d protocol.Doc, version string) (protocol.Look, bool) {
	var look protocol.Look
	_, fresh, ok := s.entry(ctx, in, protocol.Request{Doc: d, Version: version}, s.since, &look)
	look.Cached = true
	return look, ok && fresh
}

// A history is when a name was proven absent at the official root. It is no
// absence; it dates one.
type history struct{ First, Last time.Time }

func (s *storage) absentNow(ctx context.Context, in *protocol.Inquiry) {
	rq := protocol.Request{Doc: docHistory}
	now := s.o.now()
	h := history{First: now}
	var old history
	// Asking anew does not undo what was: Refresh has no say here.
	if _, _, ok := s.entry(ctx, in, rq, time.Time{}, &old); ok && !old.First.IsZero() {
		h.First = old.First
	}
	h.Last = now
	s.write(ctx, in, rq, h, historyFor, 0)
}

// absentAt is when the name was last proven absent at one of the official roots
// of the route; zero: not in the time that is remembered.
func (s *storage) absentAt(ctx context.Context, d *protocol.Driver, q protocol.Query) time.Time {
	var last time.Time
	for _, root := range q.Route.Roots {
		if !d.IsOfficial(root) || local(root) {
			continue
		}
		var h history
		in := &protocol.Inquiry{Driver: d, Root: root, Query: q}
		if _, _, ok := s.entry(ctx, in, protocol.Request{Doc: docHistory}, time.Time{}, &h); ok && h.Last.After(last) {
			last = h.Last
		}
	}
	return last
}
