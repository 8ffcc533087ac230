// Package cache keeps what registries said, so that the next run need not ask.
// It stores small values under keys that name what they are about; it decides
// nothing about freshness beyond each entry's expiry. There are two stores:
// plain files, and memory.
package cache

import (
	"context"
	"time"
)

// A Key names an entry. ID is everything that makes the answer what it is
// (schema, document kind, root, canonical name, version, credential identity),
// joined by NUL; it must hold no secret. Ecosystem is the folder.
type Key struct {
	Ecosystem string
	ID        string
}

// An Entry is a value with its life. After Expires it must not be used as it
// is; until KeepUntil it may be revalidated or, where the caller's rules allow,
// used as stale.
type Entry struct {
	Key       Key
	Value     []byte
	Stored    time.Time
	Expires   time.Time
	KeepUntil time.Time
}

// dead reports whether an entry is of no use any more.
func (e *Entry) dead(now time.Time) bool { return now.After(e.Expires) && now.After(e.KeepUntil) }

// A Store keeps entries. It never fails the caller: what cannot be read is a
// miss, what cannot be written is lost. Safe for use from several goroutines
// and processes.
type Store interface {
	// Get returns the entries it has of keys, also expired ones up to
	// KeepUntil, in any order.
	Get(ctx context.Context, keys []Key) []Entry
	Put(ctx context.Context, entries ...Entry)
	Close() error
}
