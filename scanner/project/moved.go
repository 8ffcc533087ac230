package project

import (
	"path"
	"reflect"

	"figment/ecosystem"
	"figment/internal/lazyregexp"
	"figment/scanner/text"
)

// A Statement is how what a file says of owners is compared before and after a
// change. The zero Statement compares all of the text.
type Statement struct {
	// Owners is what a text says of whose names are, as values to compare; nil:
	// all of it.
	Owners func(text []byte) any
	// Quiet says that the file coming or going changes no owner by itself: an
	// empty text says the same as none.
	Quiet bool
	// Relevant reports whether a text may say anything; nil: each may. Where
	// neither of two texts does, nothing moved.
	Relevant func(text []byte) bool
}

// Owns reports by its path alone whether a file may say whose names are that
// others use.
func Owns(rules []*Rules, file string) bool {
	_, s := statement(rules, file)
	return s != nil
}

func statement(rules []*Rules, file string) (ecosystem.Ecosystem, *Statement) {
	for _, r := range rules {
		if r.Statement == nil {
			continue
		}
		if s := r.Statement(file); s != nil {
			return r.Ecosystem, s
		}
	}
	return ecosystem.Unknown, nil
}

// A Text is a file on one side of a change.
type Text struct {
	Data   []byte
	There  bool
	Unread bool // it is there and could not be read
}

// Moves gives the ecosystem in which names may have another owner since a file
// changed; false: there is none. A version that changed, a dependency on a
// registry more or less, and an option of a compiler change no owner.
func Moves(rules []*Rules, file string, before, now Text) (ecosystem.Ecosystem, bool) {
	e, s := statement(rules, file)
	if s == nil || s.same(before, now) {
		return ecosystem.Unknown, false
	}
	return e, true
}

// same reports whether two texts say the same of owners.
func (s *Statement) same(before, now Text) (same bool) {
	defer func() {
		if recover() != nil {
			same = false // a parser failed: it may say anything
		}
	}()
	if before.Unread || now.Unread {
		return false
	}
	if s.Relevant != nil && !s.Relevant(before.Data) && !s.Relevant(now.Data) {
		return true
	}
	if before.There != now.There {
		if !s.Quiet {
			return false
		}
		for _, side := range []*Text{&before, &now} {
			if !side.There {
				side.Data = nil
			}
		}
	}
	return reflect.DeepEqual(s.owners(before.Data), s.owners(now.Data))
}

func (s *Statement) owners(src []byte) any {
	src, _ = text.Decode(src)
	if s.Owners == nil {
		return string(src)
	}
	return s.Owners(src)
}

// AliasWords gives a word of each alias of an ecosystem that stands for one
// specifier, which the name of the file that it leads to does not show. ok is
// false where no name is led to a file at all.
func (p *Project) AliasWords(e ecosystem.Ecosystem) (words []string, ok bool) {
	t := p.tree(e)
	if t == nil || t.Aliases == nil {
		return nil, t != nil
	}
	return t.Aliases()
}

// wordy splits a text into what a word can hold.
var wordy = lazyregexp.New(`[A-Za-z0-9_\-\x{80}-\x{10FFFF}]+`)

// Words gives the longest run of letters, digits, "_" and "-" in the last element
// of a specifier or path; none where there is none.
func Words(spec string) []string {
	best := ""
	for _, w := range wordy().FindAllString(path.Base(spec), 20) {
		if len(w) > len(best) {
			best = w
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}
