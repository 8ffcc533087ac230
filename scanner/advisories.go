package scanner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"figment/ecosystem"
	"figment/names"
	"figment/osv"
	"figment/registry/protocol"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/verdict"
)

// advisories are the answers about the packages of a run. They are asked for
// while the registries are: nothing of a verdict depends on both orders.
type advisories struct {
	source osv.Source // nil: nobody is asked
	done   chan struct{}

	mu      sync.Mutex
	answers map[ecosystem.Package]osv.Answer
	asked   map[ecosystem.Package]bool
}

// askOSV begins to ask about every public name that a package can have. Import
// paths that may mean several modules wait until one of them is known to exist.
func (s *scan) askOSV(ctx context.Context, open []*inquiry) *advisories {
	a := &advisories{source: s.OSV, done: make(chan struct{}), answers: map[ecosystem.Package]osv.Answer{}, asked: map[ecosystem.Package]bool{}}
	var pkgs []ecosystem.Package
	if s.OSV != nil {
		for _, q := range open {
			if sub := q.facts.Subject; sub.Origin == project.Public && len(q.candidates) == 1 {
				if p := (ecosystem.Package{Ecosystem: sub.Ecosystem, Name: q.candidates[0]}); !a.asked[p] {
					a.asked[p] = true
					pkgs = append(pkgs, p)
				}
			}
		}
	}
	go func() {
		defer close(a.done)
		a.ask(ctx, pkgs)
	}()
	return a
}

func (a *advisories) ask(ctx context.Context, pkgs []ecosystem.Package) {
	if len(pkgs) == 0 {
		return
	}
	a.source.Ask(ctx, pkgs, func(answer osv.Answer) {
		a.mu.Lock()
		a.answers[answer.Package] = answer
		a.mu.Unlock()
	})
}

// about is the package that a subject's advisories are of: the one that exists,
// else its first candidate.
func about(f *verdict.Facts) ecosystem.Package {
	for i := range f.Records {
		if r := &f.Records[i]; r.Status == protocol.Present && r.Package.Name != "" {
			return ecosystem.Package{Ecosystem: r.Package.Ecosystem, Name: r.Package.Name}
		}
	}
	return f.Subject.Package()
}

// ready reports whether the answer about a subject is there, or nobody is asked.
func (a *advisories) ready(f *verdict.Facts) bool {
	if a.source == nil || f.Subject.Origin != project.Public {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.answers[about(f)]
	return ok
}

// rest waits for the answers and asks about the packages that were not known
// before.
func (a *advisories) rest(ctx context.Context, settled []*inquiry) {
	<-a.done
	if a.source == nil {
		return
	}
	var pkgs []ecosystem.Package
	for _, q := range settled {
		p := about(q.facts)
		if sub := q.facts.Subject; sub.Origin != project.Public || a.asked[p] || len(q.candidates) == 0 {
			continue
		}
		a.asked[p] = true
		pkgs = append(pkgs, p)
	}
	a.ask(ctx, pkgs)
}

// fill gives a subject its answer.
func (a *advisories) fill(f *verdict.Facts) {
	if a.source == nil || f.Subject.Origin != project.Public {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	f.OSV = a.answers[about(f)]
}

// staleLocal says that local advisories answered, and that they are old.
func (s *scan) staleLocal(a *advisories) {
	var oldest time.Time
	for _, answer := range a.answers {
		if answer.Source == "local" && !answer.At.IsZero() && (oldest.IsZero() || answer.At.Before(oldest)) {
			oldest = answer.At
		}
	}
	if age := s.Now().Sub(oldest); !oldest.IsZero() && age > osv.MaxAge {
		s.problemLine(Problem{Text: fmt.Sprintf("malware was looked for in a local copy of OSV of %s, %d days old: figment osv update renews it", oldest.Format(time.DateOnly), int(age.Hours()/24))})
	}
}

// unasked says of how many packages it is not known whether they are malware,
// and why: one problem, whatever their number.
func (s *scan) unasked(a *advisories) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staleLocal(a)
	n := 0
	why := map[string]int{}
	for p := range a.asked {
		answer := a.answers[p]
		if answer.State == osv.Unknown && answer.Reason != osv.ReasonUnsupported {
			n++
			why[cmp.Or(answer.Detail, answer.Reason, "no answer was had")]++
		}
	}
	if n == 0 {
		return
	}
	reasons := make([]string, 0, len(why))
	for r := range why {
		reasons = append(reasons, r)
	}
	slices.SortFunc(reasons, func(x, y string) int { return cmp.Or(cmp.Compare(why[y], why[x]), cmp.Compare(x, y)) })
	what := "1 package"
	if n > 1 {
		what = fmt.Sprintf("%d packages", n)
	}
	s.problemLine(Problem{Text: fmt.Sprintf("malware was not checked for %s: %s", what, reasons[0]), Fatal: true})
}

// planOSV and planSuspect say what else a scan might ask about a subject.
func (s *scan) planOSV(sub *resolve.Subject, q *inquiry) []string {
	if s.OSVAsk == nil || sub.Origin != project.Public {
		return nil
	}
	var out []string
	for i, c := range q.candidates {
		ask := s.OSVAsk(ecosystem.Package{Ecosystem: sub.Ecosystem, Name: c})
		if ask != "" && i > 0 {
			ask += " (if it is the one that exists)"
		}
		if ask != "" {
			out = append(out, ask)
		}
	}
	return out
}

func (s *scan) planSuspect(sub *resolve.Subject, q *inquiry, idx *names.Index) []string {
	if idx == nil || q.facts.Trusted || sub.Origin != project.Public || len(q.candidates) == 0 {
		return nil
	}
	f := *q.facts
	f.Matches = idx.Confusions(sub.Name, nil)
	var out []string
	plan := func(p ecosystem.Package, when string) {
		for _, a := range s.Client.Plan(protocol.Query{Package: p, Want: protocol.WantAdoption, Route: s.Settings.Route(p)}) {
			if !a.Control { // which stands with the first question already
				a.When = when
				out = append(out, a.String())
			}
		}
	}
	plan(sub.Package(), "if it is young, or its name suspect")
	for _, name := range verdict.Wanted(&f) {
		plan(ecosystem.Package{Ecosystem: sub.Ecosystem, Name: name}, "for comparison, if the name is suspect")
	}
	return out
}
