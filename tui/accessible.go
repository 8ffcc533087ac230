package tui

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"figment/app"
	"figment/scanner"
)

// wrapAccessible is how wide lines of the accessible mode are at most.
const wrapAccessible = 78

// RunAccessible shows the same as Run as lines in order, for readers of screens
// and for terminals that cannot draw: numbered findings, then a prompt. It
// writes no control sequence. The scan ends before anything is listed; the end
// of the input is as good as q.
func RunAccessible(ctx context.Context, o Options) (Result, error) {
	if o.In == nil {
		o.In = strings.NewReader("")
	}
	m := newModel(ctx, o)
	a := &linear{model: m, w: bufio.NewWriter(o.Out), answers: make(chan string)}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(a.answers)
		lines := bufio.NewScanner(o.In)
		for lines.Scan() {
			select {
			case a.answers <- lines.Text():
			case <-stop:
				return
			}
		}
	}()
	rep, err := a.run(ctx)
	if e := a.w.Flush(); err == nil {
		err = e
	}
	if err != nil {
		return Result{}, err
	}
	return Result{Report: rep}, nil
}

// linear is the accessible mode.
type linear struct {
	model   *model
	w       *bufio.Writer
	answers chan string // lines of the input; closed at its end
	shown   []*item
}

func (a *linear) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, l := range wrap(text, wrapAccessible) {
		a.w.WriteString(l + "\n")
	}
}

// scan runs the scan and keeps what it gave.
func (a *linear) scan(ctx context.Context) (*scanner.Report, error) {
	m := a.model
	a.say("Checking %s.", sentence(m.o.Title))
	a.w.Flush()
	said := map[string]bool{}
	rep, err := m.o.Scan(ctx, func(e scanner.Event) {
		if who := sentence(strings.Join(e.Waiting, ", ")); who != "" && !said[who] {
			said[who] = true
			a.say("Waiting for %s.", who)
			a.w.Flush()
		}
	})
	if err != nil {
		return nil, err
	}
	m.report = rep
	m.shelf.reset()
	m.shelf.add(itemsOf(rep)...)
	m.undo = nil
	return rep, nil
}

func (a *linear) run(ctx context.Context) (*scanner.Report, error) {
	rep, err := a.scan(ctx)
	if err != nil {
		return nil, err
	}
	a.list()
	for {
		line, ok := a.prompt(ctx, a.question())
		if !ok {
			return rep, nil
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "":
		case "q", "quit":
			if len(a.model.undo) > 0 {
				if line, ok := a.prompt(ctx, plural(a.model.decided(), "change")+" not written. Write w, or leave without y: "); ok && strings.TrimSpace(line) == "w" {
					if !a.apply() {
						continue
					}
				} else if ok && strings.TrimSpace(line) != "y" {
					continue
				}
			}
			return rep, nil
		case "l", "list":
			a.list()
		case "r", "rescan":
			if len(a.model.undo) > 0 {
				a.say("First write, w, or undo, u.")
				continue
			}
			if rep, err = a.scan(ctx); err != nil {
				return nil, err
			}
			a.list()
		case "i", "ignore":
			a.ignore(ctx, rest)
		case "f", "fix":
			a.fix(ctx, rest)
		case "u", "undo":
			a.undo()
		case "w", "write":
			if !a.write(ctx) {
				continue
			}
			if rep, err = a.scan(ctx); err != nil {
				return nil, err
			}
			a.list()
		default:
			if it := a.numbered(word); it != nil {
				a.details(it)
			}
		}
	}
}

// prompt asks for a line; ok is false at the end of the input or of ctx.
func (a *linear) prompt(ctx context.Context, text string) (string, bool) {
	a.w.WriteString(text)
	a.w.Flush()
	select {
	case line, ok := <-a.answers:
		if !ok {
			a.w.WriteString("\n")
		}
		return line, ok && ctx.Err() == nil
	case <-ctx.Done():
		a.w.WriteString("\n")
		return "", false
	}
}

// question says what can be answered now.
func (a *linear) question() string {
	var parts []string
	switch n := len(a.shown); {
	case n == 1:
		parts = append(parts, "1 details")
	case n > 1:
		parts = append(parts, "1-"+itoa(n)+" details")
	}
	if a.model.changes != nil && len(a.shown) > 0 {
		parts = append(parts, "i N ignore", "f N fix")
	}
	if len(a.model.undo) > 0 {
		parts = append(parts, "u undo", "w write")
	}
	return strings.Join(append(parts, "r rescan", "q quit"), ", ") + ": "
}

// list numbers what was found.
func (a *linear) list() {
	r := a.model.report
	a.shown = a.shown[:0]
	for _, row := range a.model.shelf.rows(&a.model.view) {
		if row.item != nil {
			a.shown = append(a.shown, row.item)
		}
	}
	for i, it := range a.shown {
		where := ""
		if it.path != "" {
			where = ", " + it.path
			if it.line > 0 {
				where += " line " + itoa(it.line)
			}
		}
		word := it.severity.String()
		if it.kind != ofFinding {
			word = it.rule
		}
		text := it.reason
		if it.settled != "" {
			text = it.settled
		}
		a.say("%d. %s: %s, %s%s", i+1, word, it.name, text, where)
	}
	c := &r.Counts
	if len(r.Findings) == 0 && len(r.Unverified) == 0 && r.Complete {
		a.say("%s", allRight(c))
	} else {
		a.say("%s, %s, %s in %s.", plural(c.Errors, "error"), plural(c.Warnings, "warning"), plural(c.Notes, "note"), plural(c.Packages, "name"))
	}
	if n := len(r.Unverified); n > 0 {
		a.say("%s unverified: neither clean nor missing.", plural(n, "name"))
	}
	if n := len(r.Unread); n > 0 {
		a.say("%s%s not read: nothing is said of what stands there.", plural(n, "file"), wasWere(n))
	}
	if r.Interrupted {
		a.say("PARTIAL: the scan was interrupted.")
	} else if !r.Complete {
		a.say("PARTIAL: not everything could be checked.")
	}
	if c.Private > 0 {
		a.say("%s not sent anywhere.", plural(c.Private, "private name"))
	}
	if c.Suppressed > 0 {
		a.say("%s accepted by the configuration.", plural(c.Suppressed, "finding"))
	}
}

// numbered is the item of a number that was answered, or nil with a word about
// it.
func (a *linear) numbered(word string) *item {
	n, err := strconv.Atoi(strings.TrimSpace(word))
	if err != nil || n < 1 || n > len(a.shown) {
		a.say("%s is no answer here.", name(word))
		return nil
	}
	return a.shown[n-1]
}

// finding is a numbered item that can be settled.
func (a *linear) finding(word string) *item {
	if a.model.changes == nil {
		a.say("Nothing can be changed here.")
		return nil
	}
	it := a.numbered(word)
	if it == nil {
		return nil
	}
	if it.kind != ofFinding || it.settled != "" {
		a.say("There is nothing to settle about %s.", it.name)
		return nil
	}
	return it
}

func (a *linear) details(it *item) {
	a.say("%s, %s.", it.name, it.rule)
	switch {
	case it.finding != nil:
		f := it.finding
		a.say("%s: %s. Confidence %s.", f.Severity, sentence(f.Message), f.Confidence)
		for i := range f.Evidence {
			e := &f.Evidence[i]
			when := ""
			if !e.At.IsZero() {
				when = ", " + day(e.At)
			}
			a.say("Evidence: %s (%s%s).", sentence(e.Text), sentence(e.Source), when)
		}
		for i := range f.Suggestions {
			s := &f.Suggestions[i]
			a.say("Use %s: %s. %s", name(s.Package.Name), sentence(s.Reason), sentence(s.Command))
		}
		for i := range it.locations {
			a.say("Place: %s", placeOf(&it.locations[i]))
		}
		if len(it.locations) > 0 && it.locations[0].Snippet != "" {
			a.say("Line: %s", strings.TrimSpace(sentence(it.locations[0].Snippet)))
		}
	case it.unverified != nil:
		a.say("%s. It is neither clean nor missing.", sentence(it.unverified.Text))
		for i := range it.locations {
			a.say("Place: %s", placeOf(&it.locations[i]))
		}
	case it.problem != nil:
		a.say("%s", sentence(it.problem.Text))
	case it.unread != nil:
		a.say("%s. What stands in it is neither clean nor missing.", it.reason)
	}
}

// taken notes a decision.
func (a *linear) taken(it *item, how string) {
	it.settled = how
	a.model.undo = append(a.model.undo, taken{[]string{it.id}})
	a.say("Taken. u undoes it, w writes it.")
}

func (a *linear) ignore(ctx context.Context, word string) {
	it := a.finding(word)
	if it == nil {
		return
	}
	form := newIgnoreForm(&a.model.ui, []*item{it}, a.model.o.ConfigFile, a.model.o.Now())
	for i, what := range form.what {
		a.say("%d. %s", i+1, what)
	}
	line, ok := a.prompt(ctx, "Which, 1-"+itoa(len(form.what))+", empty cancels: ")
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if !ok || err != nil || n < 1 || n > len(form.what) {
		a.say("Nothing was changed.")
		return
	}
	reason, ok := a.prompt(ctx, "Reason, empty cancels: ")
	var in input
	in.insert(strings.TrimSpace(reason))
	if reason = in.value(); !ok || reason == "" {
		a.say("Nothing was changed.")
		return
	}
	until, ok := a.prompt(ctx, "Until, "+form.until.value()+" if empty, never for no end: ")
	if !ok {
		return
	}
	expires, err := time.Parse(time.DateOnly, form.until.value())
	if s := strings.TrimSpace(until); s == "never" {
		expires, err = time.Time{}, nil
	} else if s != "" {
		expires, err = time.Parse(time.DateOnly, s)
	}
	if err != nil || !expires.IsZero() && !expires.After(form.now.AddDate(0, 0, -1)) {
		a.say("That is no day to come. Nothing was changed.")
		return
	}
	err = a.model.changes.do(func(s ChangeSet) error { return s.Ignore(it.finding, form.scopes[n-1], reason, expires) })
	if err != nil {
		a.say("Not taken: %s", sentence(err.Error()))
		return
	}
	a.taken(it, "ignored, not written: "+sentence(reason))
}

func (a *linear) fix(ctx context.Context, word string) {
	it := a.finding(word)
	if it == nil {
		return
	}
	list := proposals([]*item{it})
	if len(list) == 0 {
		a.say("There is no fix for %s.", it.name)
		return
	}
	for _, p := range list {
		d, err := a.model.preview(p.item.finding, p.s)
		if err != nil {
			a.say("There is no such edit: %s", sentence(err.Error()))
			continue
		}
		a.diff(&d, true)
		line, ok := a.prompt(ctx, "Take it, y or n: ")
		if !ok {
			return
		}
		if strings.TrimSpace(line) != "y" {
			continue
		}
		if err := a.model.changes.do(func(s ChangeSet) error { return s.Fix(p.item.finding, p.s) }); err != nil {
			a.say("Not taken: %s", sentence(err.Error()))
			return
		}
		a.taken(it, "use "+name(p.s.Package.Name)+", not written")
		return
	}
	a.say("Nothing was changed.")
}

func (a *linear) diff(d *app.Diff, safety bool) {
	if safety && d.Safe {
		a.say("A safe fix.")
	} else if safety {
		a.say("An unsafe fix: look at it.")
	}
	for i := range d.Hunks {
		h := &d.Hunks[i]
		if h.Line > 0 {
			a.say("%s line %d", sentence(h.Path), h.Line)
		} else {
			a.say("%s", sentence(h.Path))
		}
		for _, l := range h.Removed {
			a.say("removes: %s", strings.TrimSpace(sentence(l)))
		}
		for _, l := range h.Added {
			a.say("adds: %s", strings.TrimSpace(sentence(l)))
		}
	}
	for _, n := range d.Notes {
		a.say("%s", sentence(n))
	}
}

func (a *linear) undo() {
	n := len(a.model.undo)
	if n == 0 {
		a.say("There is nothing to undo.")
		return
	}
	if err := a.model.changes.do(ChangeSet.Undo); err != nil {
		a.say("It cannot be undone: %s", sentence(err.Error()))
		return
	}
	id := a.model.undo[n-1].ids[0]
	a.model.undo = a.model.undo[:n-1]
	if i := slices.IndexFunc(a.model.shelf.items, func(it *item) bool { return it.id == id }); i >= 0 {
		a.model.shelf.items[i].settled = ""
	}
	a.say("Undone.")
}

// write shows everything and writes it; it reports whether it did.
func (a *linear) write(ctx context.Context) bool {
	if len(a.model.undo) == 0 {
		a.say("There is nothing to write.")
		return false
	}
	var d app.Diff
	err := a.model.changes.do(func(s ChangeSet) (err error) {
		d, err = s.Pending()
		return err
	})
	if err != nil {
		a.say("It cannot be shown: %s", sentence(err.Error()))
		return false
	}
	a.diff(&d, false)
	line, ok := a.prompt(ctx, "Write this, y or n: ")
	if !ok || strings.TrimSpace(line) != "y" {
		a.say("Nothing was written.")
		return false
	}
	return a.apply()
}

func (a *linear) apply() bool {
	if err := a.model.changes.do(ChangeSet.Apply); err != nil {
		a.say("Not written: %s", sentence(err.Error()))
		return false
	}
	a.model.undo = nil
	a.say("Written.")
	return true
}
