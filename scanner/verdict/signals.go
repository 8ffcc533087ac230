package verdict

import (
	"fmt"
	"net/url"
	"time"

	"figment/names"
	"figment/registry/protocol"
)

// A signal looks at the facts and says what it sees in them. Signals are pure
// and do not know of each other.
type signal struct {
	Name  string
	Group Group // GroupFact: told, weighs nothing
	Basis Basis // of its weights; empty for facts and for the name, whose table has its own
	Why   string
	Func  func(*Facts) []Evidence
}

// signals is the table, in the order in which evidence is listed: what the
// registry said first, then what the package is like, then what the name is
// like. docs/quality.md says how each weight came about.
var signals = []signal{
	{"registry-answer", GroupFact, "", "", registryAnswer},
	{"first-published", GroupFact, "", "", firstPublished},
	{"index-rank", GroupFact, "", "", indexRank},
	{"near-name", GroupFact, "", "", nearName},
	{"elsewhere", GroupFact, "", "", elsewhere},
	{"list-witness", GroupFact, "", "", listWitness},
	{"osv-other", GroupFact, "", "", otherMalware},

	{"name", GroupName, "", "the closest likeness only: several likenesses of one name are one coincidence", nameLikeness},
	{"contains", GroupName, Measured, "too common among honest names to count toward the gates", nameContains},
	{"young", GroupReputation, Argued, "a name that models make up is registered after they made it up", youth},
	{"few-versions", GroupReputation, Argued, "a squat is rarely maintained; so are most honest packages", fewVersions},
	{"little-used", GroupReputation, Argued, "nobody else relies on it", littleUsed},
	{"no-repository", GroupReputation, Judged, "its source cannot be looked at", noRepository},
	{"empty-readme", GroupReputation, Judged, "nobody is told what it is for", emptyReadme},
	{"install-script", GroupReputation, Judged, "code runs before anybody could read it", installScript},
	{"parked", GroupReputation, Argued, "its owner says that it is nothing yet", parked},
	{"old", GroupRelief, Argued, "what has been there for years without a malware record has been looked at by many", oldAge},
	{"proven", GroupRelief, Argued, "an attested build by an organisation is hard to fake", proven},
}

func collect(f *Facts) []Evidence {
	var out []Evidence
	for _, s := range signals {
		if s.Group != GroupFact {
			continue
		}
		for _, e := range s.Func(f) {
			if e.Signal == "" {
				e.Signal = s.Name
			}
			out = append(out, e)
		}
	}
	return out
}

// registryAnswer puts each answer into a sentence.
func registryAnswer(f *Facts) []Evidence {
	var out []Evidence
	seen := map[string]bool{}
	for i := range f.Records {
		r := &f.Records[i]
		e := Evidence{Source: "registry", At: r.Fetched}
		where := registryName(r)
		name := r.Package.Name
		switch r.Status {
		case protocol.Absent:
			e.Signal = "registry-absent"
			e.Text = fmt.Sprintf("%s has no `%s`: it answered %s%s", where, name, answer(r), confirmation(r))
		case protocol.Present:
			e.Signal = "registry-present"
			e.Text = fmt.Sprintf("`%s` is on %s", name, where)
			if r.Latest != "" {
				e.Text += ", latest version " + r.Latest
			}
		case protocol.Removed:
			e.Signal = "registry-removed"
			e.Text = fmt.Sprintf("%s holds `%s` only as %s", where, name, removedWords(r.Reason))
		case protocol.Blocked, protocol.Unknown:
			e.Signal = "registry-silent"
			e.Text = fmt.Sprintf("%s could not be asked about `%s`: %s", where, name, reasonWords(r.Reason, r.Detail))
		}
		if !seen[e.Text] {
			seen[e.Text] = true
			out = append(out, e)
		}
		if r.Constraint != "" && r.Status == protocol.Present {
			v := Evidence{Signal: "registry-version", Source: "registry", At: r.Fetched}
			switch r.VersionStatus {
			case protocol.VersionAbsent:
				v.Text = fmt.Sprintf("no published version of `%s` satisfies `%s`", name, r.Constraint)
				if n := len(r.Versions); n > 0 {
					v.Text += fmt.Sprintf("; %s, the newest is %s", count(n, "version is listed", "versions are listed"), newest(r))
				}
			case protocol.VersionYanked:
				v.Text = fmt.Sprintf("version `%s` of `%s` was withdrawn by its authors", r.Constraint, name)
			default:
				continue
			}
			out = append(out, v)
		}
	}
	return out
}

func newest(r *protocol.Record) string {
	if r.Latest != "" {
		return r.Latest
	}
	return r.Versions[len(r.Versions)-1]
}

// answer is the HTTP status that decided, as people write it.
func answer(r *protocol.Record) string {
	for i := len(r.Looks) - 1; i >= 0; i-- {
		if r.Looks[i].Status != 0 {
			return fmt.Sprint(r.Looks[i].Status)
		}
	}
	return "404"
}

func confirmation(r *protocol.Record) string {
	if r.Confirmed {
		return ", confirmed by a second look"
	}
	return ""
}

// registryName is the public registry's name, or the host of any other root.
func registryName(r *protocol.Record) string {
	if r.Root.Kind == protocol.Official || r.Root.URL == "" {
		return r.Package.Ecosystem.Registry()
	}
	return host(r.Root.URL)
}

func host(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		return u.Host
	}
	return "the registry"
}

func removedWords(reason protocol.Reason) string {
	switch reason {
	case protocol.ReasonUnpublished:
		return "an unpublished package"
	case protocol.ReasonSecurityHolder:
		return "a security holder, put in the place of a removed package"
	case protocol.ReasonQuarantined:
		return "a quarantined project"
	case protocol.ReasonAllYanked:
		return "a package whose versions were all yanked"
	case protocol.ReasonNoFiles:
		return "a project without any file"
	case protocol.ReasonLegal:
		return "a package withheld for legal reasons"
	}
	return "a removed package"
}

// reasonWords explains why a name could not be checked.
func reasonWords(reason protocol.Reason, detail string) string {
	if detail != "" {
		return detail
	}
	switch reason {
	case protocol.ReasonNetwork:
		return "the network failed"
	case protocol.ReasonTimeout:
		return "it did not answer in time"
	case protocol.ReasonTLS:
		return "its certificate was not accepted"
	case protocol.ReasonAuth:
		return "it wants credentials"
	case protocol.ReasonRateLimited:
		return "it limits the rate of questions"
	case protocol.ReasonServerError:
		return "it answered with a server error"
	case protocol.ReasonBadAnswer:
		return "its answer was not a registry's"
	case protocol.ReasonTooLarge:
		return "its answer was too large"
	case protocol.ReasonUnreachable:
		return "it failed several times in a row"
	case protocol.ReasonDeadline:
		return "the time for the run was over"
	case protocol.ReasonOffline:
		return "the run is offline"
	case protocol.ReasonCanaryFailed:
		return "it does not even know packages that surely exist"
	case protocol.ReasonMassAbsence:
		return "it denied most names and then failed a control question"
	case protocol.ReasonOtherSourceSilent:
		return "another index that may have it did not answer"
	case protocol.ReasonRegistryNotAllowed:
		return "only the scanned project routes it to that registry"
	case protocol.ReasonNotOnMirror:
		return "it is known on the public registry, and this mirror lacks it"
	case protocol.ReasonNoRegistry:
		return "the settings name no registry for it"
	case protocol.ReasonUnsupported:
		return "figment cannot ask registries of this ecosystem yet"
	case protocol.ReasonVersionNotJudged:
		return "the package is there, but the version that is asked for could not be compared with those published"
	case protocol.ReasonInterrupted:
		return "the run was interrupted"
	case protocol.ReasonPolicy:
		return "a policy of the registry blocks it, which says nothing about its existence"
	case protocol.ReasonForbidden:
		return "it answered 403, which may mean missing, private or forbidden"
	}
	return "no answer was had"
}

func firstPublished(f *Facts) []Evidence {
	for i := range f.Records {
		r := &f.Records[i]
		if r.Status != protocol.Present || r.Created.IsZero() || r.Package.Ecosystem.Undated() {
			continue
		}
		text := fmt.Sprintf("first published %s, %s", r.Created.Format(time.DateOnly), ago(f.Now.Sub(r.Created)))
		if n := len(r.Versions); n > 0 {
			text += "; " + count(n, "version", "versions")
		}
		return []Evidence{{Text: text, Source: "registry", At: r.Fetched}}
	}
	return nil
}

func indexRank(f *Facts) []Evidence {
	if !f.Known {
		return nil
	}
	text := fmt.Sprintf("`%s` is among the popular names of %s", f.Subject.Name, f.Subject.Ecosystem.Registry())
	if f.Rank > 0 {
		text = fmt.Sprintf("`%s` is number %d among the popular names of %s", f.Subject.Name, f.Rank, f.Subject.Ecosystem.Registry())
	}
	return []Evidence{{Text: text, Source: "index", At: f.IndexDate}}
}

func nearName(f *Facts) []Evidence {
	if f.Known || len(f.Matches) == 0 {
		return nil
	}
	m := f.Matches[0]
	text := fmt.Sprintf("`%s` %s", f.Subject.Name, difference(f.Subject.Name, m))
	if m.Rank > 0 {
		text += fmt.Sprintf(", a name of rank %d", m.Rank)
	}
	return []Evidence{{Text: text, Source: "index", At: f.IndexDate}}
}

// difference says how a name differs from a match, as the rest of a sentence
// that begins with the name.
func difference(name string, m names.Match) string {
	target := "`" + m.Name + "`"
	if m.Name == "" {
		target = "`" + m.Via + "`, which is no package"
	}
	switch m.Edit {
	case names.EditSeparator:
		return "differs only in separators from " + target
	case names.EditOrder:
		return "has the words of " + target + " in another order"
	case names.EditSkeleton:
		return "differs only in look-alike characters from " + target
	case names.EditPlural:
		return "differs only by a plural from " + target
	case names.EditSwap:
		return "swaps two neighbours of " + target
	case names.EditDouble:
		if len(name) < len(m.Name) {
			return "drops a doubled letter of " + target
		}
		return "doubles a letter of " + target
	case names.EditKey:
		return "is one neighbouring key from " + target
	case names.EditLook:
		return "has a look-alike character in place of one of " + target
	case names.EditVowel:
		return "is one vowel from " + target
	case names.EditScope:
		return "differs in its scope from " + target
	case names.EditAlias:
		if m.Distance > 0 {
			return "is one edit from `" + m.Via + "`, which people call " + target
		}
		return "is what people call " + target
	case names.EditCompound:
		return "is one edit from " + target + " once generic words are removed"
	case names.EditAffix:
		return "differs by a generic word from " + target
	case names.EditConflate:
		return fmt.Sprintf("joins words of %s and `%s`", target, m.Other)
	case names.EditDigits:
		return "differs only in digits from " + target
	case names.EditOwner:
		return "is named like " + target + " under another owner"
	case names.EditContains:
		return "contains the name " + target
	}
	if m.Distance == 2 {
		return "is 2 edits from " + target
	}
	return "is one edit from " + target
}

func elsewhere(f *Facts) []Evidence {
	var out []Evidence
	for _, e := range f.Elsewhere {
		out = append(out, Evidence{
			Text:   fmt.Sprintf("`%s` is a known name of %s", f.Subject.Name, e.Registry()),
			Source: "index", At: f.IndexDate,
		})
	}
	return out
}

// listWitness tells what a complete list of the registry of an earlier day says.
// It explains and proves nothing: a name may have come, or gone, since.
func listWitness(f *Facts) []Evidence {
	name, where := f.Subject.Name, f.Subject.Ecosystem.Registry()
	switch {
	case !f.UnseenAt.IsZero():
		return []Evidence{{Text: fmt.Sprintf("`%s` was not on %s on %s, by a complete list of that day", name, where, f.UnseenAt.Format(time.DateOnly)), Source: "index", At: f.UnseenAt}}
	case !f.ExistedAt.IsZero() && !f.Known:
		return []Evidence{{Text: fmt.Sprintf("`%s` was on %s on %s, by a complete list of that day", name, where, f.ExistedAt.Format(time.DateOnly)), Source: "index", At: f.ExistedAt}}
	}
	return nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ago says how long ago something was, in the largest unit that is at least 1.
func ago(d time.Duration) string {
	days := int(d.Hours() / 24)
	switch {
	case days < 1:
		return "today"
	case days < 60:
		return count(days, "day ago", "days ago")
	case days < 730:
		return count(days/30, "month ago", "months ago")
	}
	return count(days/365, "year ago", "years ago")
}
