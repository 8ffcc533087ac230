package npm

import (
	"strings"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// npm. The smallest document that settles the question is asked first: the
// newest version, then the version that the range was written from, then the
// list of all. A name outside the popular index goes straight to the full
// document, which alone has the time of first publication.
//
// Protocol: https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md and
// docs/responses/package-metadata.md there.

// official is the public registry's root, as npm uses it by default.
const official = "https://registry.npmjs.org"

const (
	docAbbreviated protocol.Doc = "abbreviated" // every version, what an installer needs
	docFull        protocol.Doc = "full"        // every version, with times

	acceptAbbreviated = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
)

// driver is npm's protocol.
func driver() *protocol.Driver {
	return &protocol.Driver{
		Ecosystem: ecosystem.NPM, Official: official, PerHost: 8, Canaries: []string{"npm", "react", "lodash", "left-pad"},
		Next: next, Second: second, Versions: versionList, Parse: parse, Learn: learn, Plan: plan, Statistics: statistics(),
	}
}

// address escapes the one slash of a scoped name the way npm does; literal keeps
// it, for registries that do not know the escape.
func address(root protocol.Root, name string, literal bool, rest ...string) string {
	scope, base, scoped := strings.Cut(name, "/")
	path := protocol.Segment(name)
	switch {
	case scoped && literal:
		path = protocol.Segment(scope) + "/" + protocol.Segment(base)
	case scoped:
		path = protocol.Segment(scope) + "%2f" + protocol.Segment(base)
	}
	for _, r := range rest {
		path += "/" + protocol.Segment(r)
	}
	return root.URL + "/" + path
}

func request(in *protocol.Inquiry, d protocol.Doc, version string) protocol.Request {
	name := in.Query.Package.Name
	r := protocol.Request{Doc: d, Accept: protocol.AcceptJSON, Max: protocol.MaxBody, Version: version}
	switch d {
	case protocol.DocLatest:
		r.URL = address(in.Root, name, in.Form.Literal, "latest")
	case protocol.DocVersion:
		r.Immutable = true
		r.URL = address(in.Root, name, in.Form.Literal, version)
	case docAbbreviated:
		r.URL, r.Accept, r.Max = address(in.Root, name, in.Form.Literal), acceptAbbreviated, protocol.MaxStream
	case docFull:
		r.URL, r.Max = address(in.Root, name, in.Form.Literal), protocol.MaxStream
	}
	return r
}

func scoped(in *protocol.Inquiry) bool { return strings.Contains(in.Query.Package.Name, "/") }

func next(in *protocol.Inquiry) (protocol.Request, bool) {
	q := in.Query
	last := in.Last()
	if last == nil {
		switch {
		case q.Want >= protocol.WantAge:
			return request(in, docFull, ""), true
		case in.Form.NoVersions, q.Want >= protocol.WantVersions && q.Constraint == "":
			return request(in, docAbbreviated, ""), true
		}
		return request(in, protocol.DocLatest, ""), true
	}
	if last.Unrouted() {
		// The scope's escape may be what it did not understand, then the route.
		if scoped(in) && !in.Form.Literal && !in.Driver.IsOfficial(in.Root) {
			in.Form.Literal = true
			return request(in, last.Doc, last.Version), true
		}
		if last.Doc == protocol.DocLatest || last.Doc == protocol.DocVersion {
			return request(in, docAbbreviated, ""), true
		}
		return protocol.Request{}, false
	}
	if q.Constraint == "" || in.Got(docAbbreviated, docFull) != nil {
		return protocol.Request{}, false
	}
	switch last.Status {
	case protocol.Present:
	case protocol.Absent:
		if last.Doc != protocol.DocVersion {
			return protocol.Request{}, false
		}
	default:
		return protocol.Request{}, false
	}
	latest := in.Got(protocol.DocLatest)
	if last.Doc == protocol.DocVersion && last.Status == protocol.Present || latest != nil && (q.Constraint == "latest" || versions().Matches(q.Constraint, latest.Latest)) {
		return protocol.Request{}, false
	}
	if low := lowerBound(q.Constraint); low != "" && last.Doc == protocol.DocLatest {
		return request(in, protocol.DocVersion, low), true
	}
	if _, ok := versions().Read(q.Constraint); !ok && !mayBeTag(q.Constraint) {
		return protocol.Request{}, false
	}
	return request(in, docAbbreviated, ""), true
}

// mayBeTag reports whether a constraint that is no range may be a tag.
func mayBeTag(s string) bool {
	return s != "" && len(s) < 100 && !strings.ContainsAny(s, ":/ \t<>=^~*|@")
}

func second(in *protocol.Inquiry) []protocol.Request {
	looks := []protocol.Request{request(in, docAbbreviated, "").PastCaches()}
	if scoped(in) && !in.Form.Literal && !in.Driver.IsOfficial(in.Root) {
		plain := *in
		plain.Form.Literal = true
		looks = append(looks, request(&plain, docAbbreviated, "").PastCaches())
	}
	return looks
}

func versionList(in *protocol.Inquiry) protocol.Request {
	return request(in, docAbbreviated, "").PastCaches()
}

// learn notices a root without routes for versions, and one that wants the
// slash of a scope as it is.
func learn(in *protocol.Inquiry) protocol.Form {
	f, last := in.Form, in.Last()
	if in.Driver.IsOfficial(in.Root) {
		return f
	}
	if scoped(in) {
		f.Literal = !strings.Contains(last.Look.URL, "%2f")
	}
	if first := in.Got(protocol.DocLatest); first != nil && (first.Status == protocol.Absent || first.Unrouted()) && last.Tags["latest"] != "" {
		f.NoVersions = true
	}
	return f
}

func plan(in *protocol.Inquiry) []protocol.Request {
	q := in.Query
	var out []protocol.Request
	add := func(when string, ds ...protocol.Doc) {
		for _, d := range ds {
			v := ""
			if d == protocol.DocVersion {
				if v = lowerBound(q.Constraint); v == "" {
					continue
				}
			}
			out = append(out, request(in, d, v).If(when))
		}
	}
	switch {
	case q.Want >= protocol.WantAge:
		add("", docFull)
		add("if absent, or no version fits", docAbbreviated)
	case q.Constraint == "" && q.Want >= protocol.WantVersions:
		add("", docAbbreviated)
	case q.Constraint == "":
		add("", protocol.DocLatest)
		add("if absent", docAbbreviated)
	default:
		add("", protocol.DocLatest)
		add("if the newest version does not fit", protocol.DocVersion)
		add("if absent, or neither fits", docAbbreviated)
	}
	if scoped(in) && !in.Driver.IsOfficial(in.Root) {
		plain := *in
		plain.Form.Literal = true
		for _, r := range out {
			out = append(out, request(&plain, r.Doc, r.Version).If("if the escaped form is refused"))
		}
	}
	return out
}

func parse(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	switch rq.Doc {
	case protocol.DocLatest, protocol.DocVersion:
		return parseVersion(in, rq, resp)
	}
	return parsePackument(in, rq, resp)
}

// manifest is what is kept of one version's metadata.
type manifest struct {
	name, version, description, repository, deprecated string
	provenance, install                                protocol.Tri
	told                                               bool // it has more than what an installer needs
}

// facts gives a reading what a whole manifest says. Who maintains the package is
// not among it: that list was sent along by whoever published the version.
func (m *manifest) facts(r *protocol.Reading) {
	r.Deprecated, r.Provenance, r.InstallScript = m.deprecated, m.provenance, m.install
	if r.Repository == "" {
		r.Repository = m.repository
	}
	if m.told || r.Repository != "" {
		r.RepositoryKnown = protocol.Given(r.Repository)
	}
	if protocol.Parked(m.description) {
		r.Parked = protocol.Yes
	}
}

func (m *manifest) holder() bool {
	head, n, found := strings.Cut(m.version, "-security")
	return found && head != "" && strings.Trim(n, ".0123456789") == "" &&
		(strings.EqualFold(m.description, "security holding package") || strings.Contains(m.repository, "npm/security-holder"))
}

func (m *manifest) read(j *protocol.JSONReader, key string) {
	switch key {
	case "name":
		m.name = j.TextOr(512)
	case "version":
		m.version = j.TextOr(256)
	case "description":
		m.told = true
		m.description = j.TextOr(500)
	case "author", "homepage", "keywords", "license", "maintainers", "_npmUser":
		m.told = true
		j.Skip()
	case "repository":
		m.repository = repository(j)
	case "deprecated":
		quoted := j.Peek() == '"'
		yes, text := j.Truth(500)
		if m.deprecated = text; yes && !quoted {
			m.deprecated = "deprecated"
		}
	case "hasInstallScript":
		if yes, _ := j.Truth(0); yes {
			m.install = protocol.Yes
		} else {
			m.install = protocol.No
		}
	case "scripts":
		if !j.Object() {
			return
		}
		if m.install == protocol.NotKnown {
			m.install = protocol.No
		}
		for j.More() {
			if k := j.Key; k == "install" || k == "preinstall" || k == "postinstall" {
				m.install = protocol.Yes
			}
			j.Skip()
		}
	case "dist":
		if !j.Object() {
			return
		}
		m.provenance = protocol.No
		for j.More() {
			if j.Key == "attestations" && j.Peek() == '{' {
				m.provenance = protocol.Yes
			}
			j.Skip()
		}
	default:
		j.Skip()
	}
}

func parseVersion(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	j := protocol.NewJSON(resp.Body)
	var m manifest
	for j.Open('{'); j.More(); {
		m.read(j, j.Key)
	}
	if err := j.End(); err != nil {
		return protocol.Unread(rq, err)
	}
	if m.name != in.Query.Package.Name {
		return protocol.BadAnswer(rq, "its answer is about another package")
	}
	if m.version == "" {
		return protocol.BadAnswer(rq, "its answer names no version")
	}
	r := protocol.Reading{Doc: rq.Doc, Status: protocol.Present, Name: m.name, Version: m.version}
	m.facts(&r)
	if rq.Doc == protocol.DocVersion {
		if m.version != rq.Version && strings.TrimLeft(m.version, "v=") != strings.SplitN(rq.Version, "+", 2)[0] {
			return protocol.BadAnswer(rq, "its answer is about another version")
		}
		return r
	}
	r.Latest = m.version
	if m.holder() {
		r.Status, r.Reason = protocol.Removed, protocol.ReasonSecurityHolder
	}
	return r
}

// parsePackument reads the document of a package. It may be very
// long and is read once, as it comes: one loop over its keys, which stand in any
// order, and behind it what is only known once all of them were seen.
func parsePackument(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	j := protocol.NewJSON(resp.Body)
	r := protocol.Reading{Doc: rq.Doc, Complete: true}
	var hadVersions, hadTime, hadReadme, reborn bool
	var created time.Time
	var description, readme string
	times := map[string]time.Time{}
	manifests := map[string]manifest{} // only what differs from nothing
	for j.Open('{'); j.More(); {
		switch j.Key {
		case "name":
			r.Name = j.TextOr(512)
		case "dist-tags":
			if !j.Object() {
				continue
			}
			r.Tags = map[string]string{}
			for j.More() {
				tag := j.Key
				if v := j.TextOr(256); len(r.Tags) < 1000 {
					r.Tags[tag] = v
				}
			}
		case "versions":
			hadVersions = true
			for version := range j.Members() {
				v := protocol.Clip(version, 256)
				var m manifest
				for key := range j.Members() {
					switch key {
					case "name", "version":
						j.Skip()
					default:
						m.read(j, key)
					}
				}
				m.version = v
				r.Versions = append(r.Versions, protocol.Version{V: v})
				manifests[v] = m
			}
		case "time":
			hadTime = true
			for key := range j.Members() {
				switch key {
				case "unpublished": // live versions outweigh it, a proxy may keep both
					reborn = j.Peek() == '{'
					j.Skip()
				case "created":
					created = protocol.Timestamp(j.TextOr(64))
				default:
					times[key] = protocol.Timestamp(j.TextOr(64))
				}
			}
		case "repository":
			r.Repository = repository(j)
		case "maintainers":
			r.Maintainers = protocol.People(j)
		case "description":
			description = j.TextOr(500)
		case "readme":
			hadReadme = true
			readme = j.TextOr(2 * protocol.ShortText)
		default:
			j.Skip()
		}
	}
	if err := j.End(); err != nil {
		return protocol.Unread(rq, err)
	}
	if r.Name != in.Query.Package.Name {
		return protocol.BadAnswer(rq, "its answer is about another package")
	}
	if len(r.Versions) == 0 {
		if !hadVersions && !hadTime {
			return protocol.BadAnswer(rq, "its answer lists no versions")
		}
		r.Status, r.Reason = protocol.Removed, protocol.ReasonUnpublished
		return r
	}
	r.Status = protocol.Present
	r.Latest = r.Tags["latest"]
	if _, ok := manifests[r.Latest]; !ok {
		r.Latest = ""
		if all := protocol.Ascending(ecosystem.NPM, r.Versions); len(all) > 0 {
			r.Latest = all[len(all)-1]
		}
	}
	m := manifests[r.Latest]
	m.facts(&r)
	if r.InstallScript == protocol.NotKnown && (rq.Doc == docAbbreviated || m.told) {
		r.InstallScript = protocol.No // said only where there is one
	}
	if hadReadme {
		if description == "" {
			description = m.description
		}
		r.Describe(description, readme)
	}
	if reborn { // the name may have another owner since
		created = time.Time{}
	}
	r.Created = created
	for _, v := range r.Versions {
		if t := times[v.V]; created.IsZero() && !t.IsZero() && (r.Created.IsZero() || t.Before(r.Created)) {
			r.Created = t
		}
	}
	r.KnownSince = r.Created
	r.LatestAt = times[r.Latest]
	if m.holder() || len(r.Versions) == 1 && (&manifest{version: m.version, description: m.description, repository: r.Repository}).holder() {
		r.Status, r.Reason = protocol.Removed, protocol.ReasonSecurityHolder
	}
	return r
}

// repository reads npm's field, a text or an object with a URL.
func repository(j *protocol.JSONReader) string {
	if j.Peek() == '"' {
		return protocol.CleanRepository(j.Text(300))
	}
	out := ""
	for key := range j.Members() {
		if key == "url" {
			out = protocol.CleanRepository(j.TextOr(300))
		} else {
			j.Skip()
		}
	}
	return out
}
