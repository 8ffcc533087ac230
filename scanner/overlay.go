package scanner

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"figment/scanner/source"
)

// An overlay is a source in which some texts are others.
type overlay struct {
	source.Source
	texts map[string][]byte // by path; nil: there is none
	list  []string          // of all; nil: not made yet
}

func newOverlay(src source.Source) *overlay {
	return &overlay{Source: src, texts: map[string][]byte{}}
}

func (o *overlay) put(p string, text []byte) {
	o.texts[p], o.list = text, nil
}

// Read is a Source's.
func (o *overlay) Read(p string) ([]byte, error) {
	switch text, ok := o.texts[p]; {
	case !ok:
		return o.Source.Read(p)
	case text == nil:
		return nil, &fs.PathError{Op: "read", Path: p, Err: fs.ErrNotExist}
	default:
		return text, nil
	}
}

// Root is the folder of the source, if it has one.
func (o *overlay) Root() string {
	if r, ok := o.Source.(interface{ Root() string }); ok {
		return r.Root()
	}
	return ""
}

// Dir is where in its tree the source lies, if that is a part of one.
func (o *overlay) Dir() string {
	if d, ok := o.Source.(interface{ Dir() string }); ok {
		return d.Dir()
	}
	return ""
}

// Named reports whether a path is, or lies in, one that the source was made of.
func (o *overlay) Named(p string) bool {
	n, ok := o.Source.(interface{ Named(string) bool })
	return ok && n.Named(p)
}

// Exists is a Source's.
func (o *overlay) Exists(p string) bool {
	if text, ok := o.texts[p]; ok {
		return text != nil
	}
	if o.Source.Exists(p) {
		return true
	}
	_, dir := slices.BinarySearch(o.List(), strings.TrimSuffix(p, "/")+"/")
	return dir
}

// List is a Source's.
func (o *overlay) List() []string {
	if o.list != nil {
		return o.list
	}
	out := slices.Clone(o.Source.List())
	for p, text := range o.texts {
		if text == nil {
			continue
		}
		out = append(out, p)
		for d := path.Dir(p); d != "."; d = path.Dir(d) {
			out = append(out, d+"/")
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	o.list = slices.DeleteFunc(out, func(p string) bool {
		text, ok := o.texts[p]
		return ok && text == nil
	})
	return o.list
}

// Follow is a source.Follower's. What may be read is for the source to say, but
// where it has nothing.
func (o *overlay) Follow(from, to, as string) (*source.File, error) {
	text, changed := o.texts[to]
	if changed && text == nil {
		return nil, errors.New("there is nothing where it leads")
	}
	under, ok := o.Source.(source.Follower)
	if !ok {
		return nil, errors.New("there are no files beside this text")
	}
	f, err := under.Follow(from, to, as)
	switch {
	case !changed:
		return f, err
	case err != nil && !errors.Is(err, fs.ErrNotExist) && o.Source.Exists(to):
		return nil, err
	case err == nil && f == nil: // it was given already, read in the same way
		return nil, nil
	}
	return &source.File{Path: to, As: as, Data: text}, nil
}
