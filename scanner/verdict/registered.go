package verdict

import (
	"fmt"
	"time"

	"figment/registry/protocol"
)

// apart is how much later a publication must be than a reference: clocks are
// wrong, dates lack zones, and registries announce before they serve.
const apart = 24 * time.Hour

// registeredAfter fires when the package was first published later than a time
// at which a reference to it provably existed: then the author cannot have
// meant this package. The project's own ledger weighs most, this machine's
// memory of an earlier absence next, the date of the line's commit least.
func registeredAfter(f *Facts, r *protocol.Record) (Issue, bool) {
	if r.Root.Kind != protocol.Official && r.Root.Kind != protocol.Mirror {
		return Issue{}, false // a private registry's dates are its own
	}
	var best *Reference
	for i := range f.Referred {
		ref := &f.Referred[i]
		if !after(f, r, ref) || best != nil && strength(ref.Source) <= strength(best.Source) {
			continue
		}
		best = ref
	}
	if best == nil {
		return Issue{}, false
	}
	name := f.Subject.Name
	i := Issue{Rule: FindRule("registered-after-reference"), Severity: Error, Confidence: High, Label: "first published after this was written"}
	var how string
	date := best.At.Format(time.DateOnly)
	switch best.Source {
	case "ledger":
		how = fmt.Sprintf("the baseline confirmed on %s that `%s` did not exist", date, name)
	case "cache":
		how = fmt.Sprintf("the registry confirmed on %s that `%s` did not exist", date, name)
	default:
		how = fmt.Sprintf("line %d of %s was committed on %s", best.Line, best.Path, date)
		if wellEstablished(f, r) {
			i.Severity, i.Confidence = Note, Medium
		}
	}
	i.Message = fmt.Sprintf("`%s` was first published after this reference to it was written", name)
	source := "registry"
	if best.Source == "git" {
		source = "git"
	}
	i.Evidence = []Evidence{{Signal: "referenced-before", Text: how, Source: source, At: best.At}}
	if r.Created.IsZero() {
		i.Evidence = append(i.Evidence, Evidence{Signal: "registered-since", Text: fmt.Sprintf("`%s` is on the registry now", name), Source: "registry", At: r.Fetched})
	} else {
		i.Evidence = append(i.Evidence, Evidence{Signal: "registered-since", Source: "registry", At: r.Fetched,
			Text: fmt.Sprintf("`%s` was first published on %s", name, r.Created.Format(time.DateOnly))})
	}
	i.Suggestions = suggest(f)
	return i, true
}

// after reports whether the package came later than a reference.
func after(f *Facts, r *protocol.Record, ref *Reference) bool {
	if !f.ExistedAt.IsZero() && f.ExistedAt.Before(ref.At) {
		return false // a complete list of an earlier day had it
	}
	flip := ref.Source == "ledger" || ref.Source == "cache"
	if r.Created.IsZero() || r.Package.Ecosystem.Undated() {
		// No date of birth: a Go module's first tag is none, and the proxy's dates
		// are the commits'. Only a proven absence counts, one that is no slip of
		// a moment.
		return flip && f.Now.Sub(ref.At) >= apart
	}
	return r.Created.Sub(ref.At) >= apart
}

func strength(source string) int {
	switch source {
	case "ledger":
		return 3
	case "cache":
		return 2
	}
	return 1
}
