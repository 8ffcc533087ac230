package registry

import (
	"fmt"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// conclude says what the readings amount to. A fault outweighs everything: what
// could not be asked to the end is unknown. An absence is a candidate, Confirmed
// is never set here.
func conclude(in *protocol.Inquiry, vs *ecosystem.Versions) protocol.Record {
	q := in.Query
	rec := protocol.Record{Package: q.Package, Constraint: q.Constraint, Root: in.Root}
	var trouble, gone *protocol.Reading
	var present, open, absent, denied, found bool
	var all, back *protocol.Reading
	var extra []protocol.Look
	for i := range in.Read {
		r := &in.Read[i]
		if r.Extra {
			extra = append(extra, r.Look)
		} else {
			rec.Looks = append(rec.Looks, r.Look)
		}
		if r.Look.At.After(rec.Fetched) {
			rec.Fetched = r.Look.At
		}
		if i < len(in.Read)-1 && r.Unrouted() || r.Extra && r.Status != protocol.Present {
			continue
		}
		switch r.Status {
		case protocol.Present:
			present = true
			if r.Doc == protocol.DocVersion {
				found = found || vs.Matches(q.Constraint, r.Version)
			}
			take(&rec, r, r.Doc != protocol.DocVersion || vs.One(q.Constraint) != "")
			if r.Complete && (all == nil || !r.Extra) {
				all = r
			}
			if r.Retracted != nil {
				back = r
			}
		case protocol.Absent:
			if r.Doc == protocol.DocVersion {
				denied = true
			} else {
				absent = true
				rec.Reason = r.Reason
			}
		case protocol.Removed:
			gone = r
			take(&rec, r, true)
		default:
			if r.Open {
				open = true
			} else {
				trouble = r
			}
		}
	}
	rec.Looks = append(extra, rec.Looks...)
	if !in.Driver.IsOfficial(in.Root) {
		rec.Created = time.Time{}
	}
	if rec.Repository != "" {
		rec.RepositoryKnown = protocol.Yes
	}
	switch {
	case trouble != nil:
		rec.Status, rec.Reason, rec.Detail = trouble.Status, trouble.Reason, trouble.Detail
		if present {
			rec.Detail = "the package is there, but its versions could not be asked about: " + rec.Detail
		}
		return rec
	case gone != nil:
		rec.Status, rec.Reason, rec.Detail = protocol.Removed, gone.Reason, gone.Detail
		return rec
	case !present && (open || !absent):
		rec.Status, rec.Reason, rec.Detail = protocol.Unknown, protocol.ReasonBadAnswer, "it lists no version and knows no latest one, which proves nothing"
		return rec
	case !present:
		rec.Status = protocol.Absent
		return rec
	}
	rec.Status, rec.Reason = protocol.Present, ""
	rec.VersionStatus = versionStatus(vs, &rec, all, found, denied)
	if rec.VersionStatus == protocol.VersionPresent && back != nil && in.Driver.Retracts != nil && in.Driver.Retracts(back, q.Constraint) {
		rec.VersionStatus = protocol.VersionYanked
	}
	if all != nil {
		rec.Versions = protocol.Ascending(q.Package.Ecosystem, all.Versions)
		if allYanked(all.Versions) && rec.VersionStatus != protocol.VersionYanked {
			rec.Status, rec.Reason, rec.VersionStatus = protocol.Removed, protocol.ReasonAllYanked, protocol.VersionUnknown
			return rec
		}
	}
	if q.Constraint != "" && rec.VersionStatus == protocol.VersionUnknown {
		rec.Reason = unreadable(vs, q.Constraint)
	}
	return rec
}

func versionStatus(vs *ecosystem.Versions, rec *protocol.Record, all *protocol.Reading, found, denied bool) protocol.VersionStatus {
	text := rec.Constraint
	if text == "" {
		return protocol.VersionUnknown
	}
	if found {
		return protocol.VersionPresent
	}
	if all != nil {
		return satisfy(vs, text, all.Versions, all.Tags)
	}
	if rec.Latest != "" && (vs.Matches(text, rec.Latest) || vs != nil && vs.Newest != "" && text == vs.Newest) {
		return protocol.VersionPresent
	}
	if denied && vs.One(text) != "" {
		return protocol.VersionAbsent
	}
	return protocol.VersionUnknown
}

// take fills what the record does not know yet.
func take(rec *protocol.Record, r *protocol.Reading, whole bool) {
	set := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	if r.Name != "" {
		rec.Package.Name = r.Name
	}
	set(&rec.Latest, r.Latest)
	set(&rec.Repository, r.Repository)
	set(&rec.Replacement, r.Replacement)
	if rec.LatestAt.IsZero() {
		rec.LatestAt = r.LatestAt
	}
	if rec.Created.IsZero() {
		rec.Created = r.Created
	}
	if t := r.KnownSince; !t.IsZero() && (rec.KnownSince.IsZero() || t.Before(rec.KnownSince)) {
		rec.KnownSince = t
	}
	if rec.Maintainers == nil {
		rec.Maintainers = r.Maintainers
	}
	set(&rec.Organization, r.Organization)
	if !whole {
		return
	}
	set(&rec.Deprecated, r.Deprecated)
	for _, x := range []struct {
		to   *protocol.Tri
		from protocol.Tri
	}{
		{&rec.Provenance, r.Provenance}, {&rec.InstallScript, r.InstallScript}, {&rec.RepositoryKnown, r.RepositoryKnown},
		{&rec.Readme, r.Readme}, {&rec.Parked, r.Parked}, {&rec.SdistOnly, r.SdistOnly},
	} {
		if *x.to == protocol.NotKnown {
			*x.to = x.from
		}
	}
}

func allYanked(vs []protocol.Version) bool {
	for _, v := range vs {
		if !v.Yanked {
			return false
		}
	}
	return len(vs) > 0
}

func plural(n int, one string) string {
	switch n {
	case 1:
		return one + " once"
	case 2:
		return one + " twice"
	case 3:
		return one + " three times"
	}
	return fmt.Sprintf("%s %d times", one, n)
}
