package scanner

import (
	"context"
	"errors"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/scanner/extract"
	"figment/scanner/source"
	"figment/scanner/text"
	"figment/scanner/verdict"
)

// A Workspace is a source that was read, and that is judged as often as one of
// its texts changes: a text that changes is read alone, and what it means beside
// the others is decided anew, because a line of one file may say whose the names
// of all others are. Its methods must not be called by several goroutines at once.
type Workspace struct {
	o       Options
	started time.Time // of what is judged next
	moved   map[ecosystem.Ecosystem]*moved
	reowned bool // names may be new in files that the change did not touch

	mu       sync.Mutex
	event    Event                // how far it has come
	files    map[string]*readFile // what the source gives, and what changed
	followed map[string]followed  // by the path of an included file and how it is read
	listed   *source.Listed
	problems []told         // of the source
	later    []*source.File // they take values from others, which are read first
}

// Open reads a source. The error is for what makes the run pointless: a named
// path that does not exist.
func Open(ctx context.Context, o Options) (*Workspace, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case len(o.Formats.Rows()) == 0:
		return nil, errors.New("there is no format to read files by")
	case len(adapter.Projects(o.Adapters)) == 0:
		return nil, errors.New("there are no rules by which names are a project's own")
	}
	w := &Workspace{o: o, started: o.Now(), files: map[string]*readFile{}, followed: map[string]followed{}}
	src, isChange := o.Source.(change)
	if isChange {
		defer src.Until(ctx)()
		w.moved = w.movedBy(src)
		w.reowned = src.Reowns() || len(w.moved) > 0
	}
	problems, err := o.Source.Files(ctx, w.read)
	if err != nil {
		return nil, err
	}
	if isChange {
		problems = append(problems, w.beside(ctx, src)...)
	}
	for _, f := range w.later {
		f.Beside = w.besideOf(f.Path)
		w.read(f)
	}
	w.later = nil
	for _, p := range problems {
		t := w.placed(p)
		w.problems = append(w.problems, t)
		w.tell(t)
	}
	return w, nil
}

// read takes a file that the source gives. Several goroutines call it at once.
func (w *Workspace) read(f *source.File) {
	r := w.file(f)
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.needs && f.Change == nil {
		w.later = append(w.later, f)
		return
	}
	if had := w.files[f.Path]; had != nil { // named twice, or read in two ways
		r.refs, r.includes, r.problems = append(had.refs, r.refs...), append(had.includes, r.includes...), append(had.problems, r.problems...)
		if r.compared != nil {
			r.compared = r.compared.with(had.compared)
		}
	}
	w.files[f.Path] = r
	w.progress(r)
}

// progress sends that a file was read, and what of it was not.
func (w *Workspace) progress(r *readFile) {
	if r.context {
		return
	}
	w.event.Files++
	for _, t := range r.problems {
		w.tell(t)
	}
	if w.o.Events != nil {
		w.o.Events(w.event)
	}
}

// tell sends what was not read as it should have been.
func (w *Workspace) tell(t told) {
	if w.o.Events == nil {
		return
	}
	e := w.event
	e.Problem, e.Unread = w.o.row(t)
	w.o.Events(e)
}

// placed finds the place of a problem whose text is not at hand.
func (w *Workspace) placed(p source.Problem) told {
	t := told{Problem: p}
	if p.Span == (text.Span{}) {
		return t
	}
	if data, err := w.o.Source.Read(p.Path); err == nil {
		at := text.NewLines(data).At(p.Span.Start)
		t.line, t.column = at.Line, at.Column
	}
	return t
}

// Change puts a text in the place of what the source has at a path, or at one
// where it has nothing: the buffer of an editor, or what is on the disk since.
// Without a text (nil) there is none any more. The work of reading is done here;
// what it means is decided by Diagnose. What git says was changed is judged as it
// is: errors.ErrUnsupported.
func (w *Workspace) Change(path string, data []byte) error {
	if _, ok := w.o.Source.(change); ok {
		return errors.ErrUnsupported
	}
	src, ok := w.o.Source.(*overlay)
	if !ok {
		src = newOverlay(w.o.Source)
		w.o.Source = src
	}
	src.put(path, data)
	w.listed = nil
	for key, f := range w.followed {
		if f.to == path || f.why != "" { // it may be there now
			delete(w.followed, key)
		}
	}
	delete(w.files, path)
	if f := (&source.File{Path: path, Data: data, Beside: w.besideOf(path)}); data != nil && w.o.Formats.Recognition().Readable(f) {
		w.files[path] = w.file(f)
	}
	return nil
}

// Diagnose judges what was read.
func (w *Workspace) Diagnose(ctx context.Context) (*Report, error) {
	s, refs := w.begin(ctx)
	subjects := s.resolve(refs)
	deep := s.startDeep(ctx, subjects)
	s.learn(ctx, subjects, func(f *verdict.Facts) {
		s.offline(ctx, f)
		s.judged(verdict.Decide(f))
	})
	s.mergeDeep(deep, subjects)
	return s.report(ctx), nil
}

// begin puts what the files say together for one run.
func (w *Workspace) begin(ctx context.Context) (*scan, extract.References) {
	s := begin(w.o)
	if !w.started.IsZero() { // of the first run, reading is a part
		s.started, w.started = w.started, time.Time{}
	}
	s.moved, s.news.reowned = w.moved, w.reowned
	included, problems := w.followIncludes(ctx)
	s.progress = w.event
	var refs extract.References
	take := func(f *readFile) {
		if len(f.refs) > 0 {
			refs = append(refs, f.refs)
		}
		for _, t := range f.problems {
			s.take(t)
		}
		if f.counted {
			s.rep.Counts.Files++
		}
		f.notes.used = make([]bool, len(f.notes.inlines))
		s.notes[f.path] = f.notes
		if f.compared != nil {
			s.news.files[f.path] = f.compared
		}
	}
	for _, f := range w.files {
		take(f)
	}
	for _, f := range included {
		take(f)
	}
	for _, t := range w.problems {
		s.take(t)
	}
	for _, t := range problems {
		s.take(t)
		w.tell(t)
	}
	return s, refs.Sort()
}
