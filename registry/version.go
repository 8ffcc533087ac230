package registry

import (
	"figment/ecosystem"
	"figment/registry/protocol"
)

// Constraints are read by the rules of each ecosystem (ecosystem.Versions). What
// cannot be read leaves the version unknown, and the package not judged, unless
// it names a tag or a property: only a list that is complete, of versions that
// all can be read, proves that none satisfies.

// satisfy decides about a constraint from a complete list.
func satisfy(vs *ecosystem.Versions, text string, list []protocol.Version, tags map[string]string) protocol.VersionStatus {
	if tags[text] != "" {
		return protocol.VersionPresent
	}
	match, ok := vs.Read(text)
	if !ok {
		return protocol.VersionUnknown
	}
	yanked, unread := false, false
	for _, v := range list {
		yes, known := match(v.V)
		switch {
		case yes && !v.Yanked:
			return protocol.VersionPresent
		case yes:
			yanked = true
		case !known:
			unread = true
		}
	}
	switch {
	case yanked:
		return protocol.VersionYanked
	case unread:
		return protocol.VersionUnknown
	}
	return protocol.VersionAbsent
}

// unreadable is the reason of a package that is there whose constraint could not
// be compared with its versions, or empty. A constraint that can be read, at a
// package whose versions cannot all be, or are not known here (offline), leaves
// the version unknown and the name judged.
func unreadable(vs *ecosystem.Versions, text string) protocol.Reason {
	if _, ok := vs.Read(text); ok || !vs.NotJudged(text) {
		return ""
	}
	return protocol.ReasonVersionNotJudged
}
