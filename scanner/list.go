package scanner

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/names"
	"figment/osv"
	"figment/registry/protocol"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/verdict"
)

// A Listing is what a source references. Its items and questions are made as
// they are asked for: of a large tree they would fill the memory.
type Listing struct {
	Items      iter.Seq[ListItem] // by path and offset
	Asks       iter.Seq[NameAsks] // each name that somebody would be asked about once, by ecosystem and name
	Files      int                // read
	References int
	Unread     []Unread
	Problems   []Problem
}

// NameAsks is what would be asked about a name.
type NameAsks struct {
	Ecosystem ecosystem.Ecosystem
	Name      string
	Requests  []string // "GET …", in order
}

// List says what a source references, what each reference resolves to, and what
// a scan would ask of whom. Nothing is asked.
func List(ctx context.Context, o Options) (*Listing, error) {
	w, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	s, refs := w.begin(ctx)
	subjects := s.resolve(refs)
	s.rep.sort()
	return &Listing{
		Items: s.items(subjects), Asks: s.asks(subjects),
		Files: s.rep.Counts.Files, References: refs.Len(), Unread: s.rep.Unread, Problems: s.rep.Problems,
	}, nil
}

// items makes the items in their order.
func (s *scan) items(subjects []resolve.Subject) iter.Seq[ListItem] {
	type at struct{ subject, use int32 }
	var order []at
	for i := range subjects {
		for n := range subjects[i].Uses {
			order = append(order, at{int32(i), int32(n)})
		}
	}
	slices.SortStableFunc(order, func(a, b at) int {
		x, y := subjects[a.subject].Uses[a.use].Reference, subjects[b.subject].Uses[b.use].Reference
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Span.Start, y.Span.Start), cmp.Compare(x.Kind, y.Kind),
			cmp.Compare(subjects[a.subject].Name, subjects[b.subject].Name))
	})
	return func(yield func(ListItem) bool) {
		for _, a := range order {
			sub := &subjects[a.subject]
			if !yield(s.item(sub, &sub.Uses[a.use])) {
				return
			}
		}
	}
}

// asks makes the questions, once a name.
func (s *scan) asks(subjects []resolve.Subject) iter.Seq[NameAsks] {
	var order []*resolve.Subject
	for i := range subjects {
		if sub := &subjects[i]; sub.Origin == project.Public || sub.Origin == project.Private {
			order = append(order, sub)
		}
	}
	slices.SortStableFunc(order, func(a, b *resolve.Subject) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name))
	})
	return func(yield func(NameAsks) bool) {
		indexes := map[ecosystem.Ecosystem]*names.Index{}
		for i := 0; i < len(order); {
			first := order[i]
			idx, ok := indexes[first.Ecosystem]
			if !ok {
				idx = openIndex(first.Ecosystem)
				indexes[first.Ecosystem] = idx
			}
			n := NameAsks{Ecosystem: first.Ecosystem, Name: first.Name}
			for ; i < len(order) && order[i].Ecosystem == first.Ecosystem && order[i].Name == first.Name; i++ {
				for _, text := range s.plan(order[i], idx) {
					if !slices.Contains(n.Requests, text) {
						n.Requests = append(n.Requests, text)
					}
				}
			}
			if len(n.Requests) > 0 && !yield(n) {
				return
			}
		}
	}
}

// plan is what would be asked about a subject.
func (s *scan) plan(sub *resolve.Subject, idx *names.Index) []string {
	asks := []string{}
	if sub.Origin != project.Public && sub.Origin != project.Private {
		return asks
	}
	q := s.inquire(sub, idx)
	seen := map[string]bool{}
	for q.next = range q.candidates {
		for _, query := range s.queries(q) {
			for _, a := range s.Client.Plan(query) {
				if q.next > 0 && a.When == "" {
					a.When = "if none before it exists"
				}
				if text := a.String(); !seen[text] {
					seen[text] = true
					asks = append(asks, text)
				}
			}
		}
	}
	for _, text := range slices.Concat(s.planSuspect(sub, q, idx), s.planOSV(sub, q)) {
		if !seen[text] {
			seen[text] = true
			asks = append(asks, text)
		}
	}
	return asks
}

func (s *scan) item(sub *resolve.Subject, u *resolve.Use) ListItem {
	var l Location
	if lines := s.lines.of(u.Path); lines != nil {
		l.Start, l.End = lines.At(u.Span.Start), lines.At(u.Span.End)
	}
	item := ListItem{
		Ecosystem: sub.Ecosystem, Name: sub.Name, Raw: u.Raw, Constraint: u.Constraint,
		Kind: u.Kind.String(), Flags: u.Flags.Names(), Path: u.Path, Start: l.Start, End: l.End,
		Origin: sub.Origin.String(), Why: sub.Decision.Reason, Candidates: sub.Candidates,
	}
	if item.Candidates == nil {
		item.Candidates = []resolve.Candidate{}
	}
	return item
}

// Check judges names given one by one, in the order given.
func Check(ctx context.Context, refs []extract.Reference, o Options) ([]Result, error) {
	s := begin(o)
	proj, _ := project.Load(o.Source, extract.References{refs}, project.Options{Rules: adapter.Projects(o.Adapters), Settings: o.Settings, UserPrivate: o.Config.UserPrivate})
	s.project = proj
	rules := adapter.Resolvers(o.Adapters)
	subjects := make([]resolve.Subject, 0, len(refs))
	for i := range refs {
		one := resolve.Resolve(proj, extract.References{refs[i : i+1]}, resolve.Options{Rules: rules})
		if len(one) == 0 {
			one = []resolve.Subject{{Ecosystem: refs[i].Ecosystem, Name: refs[i].Name, Uses: []resolve.Use{{Reference: &refs[i]}}}}
		}
		subjects = append(subjects, one[0])
	}
	at := map[*resolve.Subject]int{}
	results := make([]Result, len(subjects))
	for i := range subjects {
		sub := &subjects[i]
		at[sub] = i
		p := sub.Package()
		p.Version = refs[i].Constraint
		results[i] = Result{Package: p, Verdict: verdict.Verdict{Subject: sub, Package: sub.Package(), Class: verdict.Clean}}
		results[i].AdvisoryState = osv.Unknown.String()
		if sub.Origin == project.Undecided {
			results[i].Verdict.Class = verdict.Unverified
		}
	}
	s.learn(ctx, subjects, func(f *verdict.Facts) {
		v := verdict.Decide(f)
		r := &results[at[f.Subject]]
		s.mu.Lock()
		defer s.mu.Unlock()
		r.Verdict = v
		v.Issues = s.reported(&v)
		r.Verdict.Issues = v.Issues
		r.AdvisoryState = f.OSV.State.String()
		for i := range f.Records {
			if f.Records[i].Status == protocol.Present {
				r.Latest = newest(&f.Records[i])
				break
			}
		}
		for i := range v.Issues {
			r.Severity = max(r.Severity, v.Issues[i].Severity)
		}
	})
	return results, nil
}

// reported are the issues of a verdict as the configuration lets them stand:
// with their final severity, without those that are switched off or accepted.
func (s *scan) reported(v *verdict.Verdict) []verdict.Issue {
	var out []verdict.Issue
	for i := range v.Issues {
		issue := v.Issues[i]
		sev, ok := s.Config.Level(issue.Rule, policy.Severity(&issue, v.Subject))
		site := policy.Site{Rule: issue.Rule, Package: v.Subject.Package(), Advisories: issue.Advisories}
		if !ok || issue.Confidence < s.Config.MinConfidence || s.Config.Accept(site, s.Now()) >= 0 {
			continue
		}
		issue.Severity = sev
		out = append(out, issue)
	}
	return out
}

func newest(r *protocol.Record) string {
	if n := len(r.Versions); r.Latest == "" && n > 0 {
		return r.Versions[n-1]
	}
	return r.Latest
}

// Unchecked reports whether a result says that the name could not be checked.
func (r *Result) Unchecked() bool {
	return r.Verdict.Class == verdict.Unverified && r.Verdict.Reason != protocol.ReasonUnsupported
}
