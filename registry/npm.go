package registry

import (
	"strings"
	"time"

	"figment/ecosystem"
	"figment/registry/settings"
)

// npm. The smallest document that settles the question is asked first: the
// newest version, then the version that the range was written from, then the
// list of all. A name outside the popular index goes straight to the full
// document, which alone has the time of first publication.
//
// Protocol: https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md and
// docs/responses/package-metadata.md there.

const (
	acceptJSON        = "application/json"
	acceptAbbreviated = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
)

// npmURL escapes the one slash of a scoped name the way npm does; literal keeps
// it, for registries that do not know the escape.
func npmURL(root settings.Root, name string, literal bool, rest ...string) string {
	scope, base, scoped := strings.Cut(name, "/")
	path := segment(name)
	switch {
	case scoped && literal:
		path = segment(scope) + "/" + segment(base)
	case scoped:
		path = segment(scope) + "%2f" + segment(base)
	}
	for _, r := range rest {
		path += "/" + segment(r)
	}
	return root.URL + "/" + path
}

func npmRequest(in *inquiry, d doc, version string) request {
	name := in.Query.Package.Name
	r := request{Doc: d, Accept: acceptJSON, Max: maxBody, Version: version}
	switch d {
	case docLatest:
		r.URL = npmURL(in.Root, name, in.Form.Literal, "latest")
	case docVersion:
		r.URL = npmURL(in.Root, name, in.Form.Literal, version)
	case docAbbreviated:
		r.URL, r.Accept, r.Max = npmURL(in.Root, name, in.Form.Literal), acceptAbbreviated, maxPackument
	case docFull:
		r.URL, r.Max = npmURL(in.Root, name, in.Form.Literal), maxPackument
	}
	return r
}

func npmScoped(in *inquiry) bool { return strings.Contains(in.Query.Package.Name, "/") }

func npmNext(in *inquiry) (request, bool) {
	q := in.Query
	last := in.last()
	if last == nil {
		switch {
		case q.Want >= WantAge:
			return npmRequest(in, docFull, ""), true
		case in.Form.NoVersions, q.Want >= WantVersions && q.Constraint == "":
			return npmRequest(in, docAbbreviated, ""), true
		}
		return npmRequest(in, docLatest, ""), true
	}
	if last.unrouted() {
		// The scope's escape may be what it did not understand, then the route.
		if npmScoped(in) && !in.Form.Literal && !in.Driver.official(in.Root) {
			in.Form.Literal = true
			return npmRequest(in, last.Doc, last.Version), true
		}
		if last.Doc == docLatest || last.Doc == docVersion {
			return npmRequest(in, docAbbreviated, ""), true
		}
		return request{}, false
	}
	if q.Constraint == "" || in.got(docAbbreviated, docFull) != nil {
		return request{}, false
	}
	switch last.Status {
	case Present:
	case Absent:
		if last.Doc != docVersion {
			return request{}, false
		}
	default:
		return request{}, false
	}
	latest := in.got(docLatest)
	if last.Doc == docVersion && last.Status == Present || latest != nil && (q.Constraint == "latest" || matches(ecosystem.NPM, q.Constraint, latest.Latest)) {
		return request{}, false
	}
	if low := lowerBound(q.Constraint); low != "" && last.Doc == docLatest {
		return npmRequest(in, docVersion, low), true
	}
	if _, ok := parseConstraint(ecosystem.NPM, q.Constraint); !ok && !npmTag(q.Constraint) {
		return request{}, false
	}
	return npmRequest(in, docAbbreviated, ""), true
}

// npmTag reports whether a constraint that is no range may be a tag.
func npmTag(s string) bool {
	return s != "" && len(s) < 100 && !strings.ContainsAny(s, ":/ \t<>=^~*|@")
}

func npmSecond(in *inquiry) []request {
	looks := []request{npmRequest(in, docAbbreviated, "").fresh()}
	if npmScoped(in) && !in.Form.Literal && !in.Driver.official(in.Root) {
		plain := *in
		plain.Form.Literal = true
		looks = append(looks, npmRequest(&plain, docAbbreviated, "").fresh())
	}
	return looks
}

func npmVersions(in *inquiry) request { return npmRequest(in, docAbbreviated, "").fresh() }

// npmLearn notices a root without routes for versions, and one that wants the
// slash of a scope as it is.
func npmLearn(in *inquiry) form {
	f, last := in.Form, in.last()
	if in.Driver.official(in.Root) {
		return f
	}
	if npmScoped(in) {
		f.Literal = !strings.Contains(last.Look.URL, "%2f")
	}
	if first := in.got(docLatest); first != nil && (first.Status == Absent || first.unrouted()) && last.Tags["latest"] != "" {
		f.NoVersions = true
	}
	return f
}

func npmPlan(in *inquiry) []request {
	q := in.Query
	var out []request
	add := func(when string, ds ...doc) {
		for _, d := range ds {
			v := ""
			if d == docVersion {
				if v = lowerBound(q.Constraint); v == "" {
					continue
				}
			}
			out = append(out, npmRequest(in, d, v).when(when))
		}
	}
	switch {
	case q.Want >= WantAge:
		add("", docFull)
		add("if absent, or no version fits", docAbbreviated)
	case q.Constraint == "" && q.Want >= WantVersions:
		add("", docAbbreviated)
	case q.Constraint == "":
		add("", docLatest)
		add("if absent", docAbbreviated)
	default:
		add("", docLatest)
		add("if the newest version does not fit", docVersion)
		add("if absent, or neither fits", docAbbreviated)
	}
	if npmScoped(in) && !in.Driver.official(in.Root) {
		plain := *in
		plain.Form.Literal = true
		for _, r := range out {
			out = append(out, npmRequest(&plain, r.Doc, r.Version).when("if the escaped form is refused"))
		}
	}
	return out
}

func npmParse(in *inquiry, rq request, resp *response) reading {
	switch rq.Doc {
	case docLatest, docVersion:
		return npmParseVersion(in, rq, resp)
	}
	return npmParsePackument(in, rq, resp)
}

// npmManifest is what is kept of one version's metadata.
type npmManifest struct {
	name, version, description, repository, deprecated string
	provenance, install                                Tri
	told                                               bool // it has more than what an installer needs
}

// facts gives a reading what a whole manifest says. Who maintains the package is
// not among it: that list was sent along by whoever published the version.
func (m *npmManifest) facts(r *reading) {
	r.Deprecated, r.Provenance, r.InstallScript = m.deprecated, m.provenance, m.install
	if r.Repository == "" {
		r.Repository = m.repository
	}
	if m.told || r.Repository != "" {
		r.RepositoryKnown = given(r.Repository)
	}
	if parked(m.description) {
		r.Parked = Yes
	}
}

func given(s string) Tri {
	if s == "" {
		return No
	}
	return Yes
}

func (m *npmManifest) holder() bool {
	head, n, found := strings.Cut(m.version, "-security")
	return found && head != "" && strings.Trim(n, ".0123456789") == "" &&
		(strings.EqualFold(m.description, "security holding package") || strings.Contains(m.repository, "npm/security-holder"))
}

func (m *npmManifest) read(j *jsonReader, key string) {
	switch key {
	case "name":
		m.name = j.textOr(512)
	case "version":
		m.version = j.textOr(256)
	case "description":
		m.told = true
		m.description = j.textOr(500)
	case "author", "homepage", "keywords", "license", "maintainers", "_npmUser":
		m.told = true
		j.skip()
	case "repository":
		m.repository = repository(j)
	case "deprecated":
		quoted := j.peek() == '"'
		yes, text := j.truth(500)
		if m.deprecated = text; yes && !quoted {
			m.deprecated = "deprecated"
		}
	case "hasInstallScript":
		if yes, _ := j.truth(0); yes {
			m.install = Yes
		} else {
			m.install = No
		}
	case "scripts":
		if !j.object() {
			return
		}
		if m.install == NotKnown {
			m.install = No
		}
		for j.more() {
			if k := j.key; k == "install" || k == "preinstall" || k == "postinstall" {
				m.install = Yes
			}
			j.skip()
		}
	case "dist":
		if !j.object() {
			return
		}
		m.provenance = No
		for j.more() {
			if j.key == "attestations" && j.peek() == '{' {
				m.provenance = Yes
			}
			j.skip()
		}
	default:
		j.skip()
	}
}

func npmParseVersion(in *inquiry, rq request, resp *response) reading {
	j := newJSON(resp.Body)
	var m npmManifest
	for j.open('{'); j.more(); {
		m.read(j, j.key)
	}
	if err := j.end(); err != nil {
		return unread(rq, err)
	}
	if m.name != in.Query.Package.Name {
		return badAnswer(rq, "its answer is about another package")
	}
	if m.version == "" {
		return badAnswer(rq, "its answer names no version")
	}
	r := reading{Doc: rq.Doc, Status: Present, Name: m.name, Version: m.version}
	m.facts(&r)
	if rq.Doc == docVersion {
		if m.version != rq.Version && strings.TrimLeft(m.version, "v=") != strings.SplitN(rq.Version, "+", 2)[0] {
			return badAnswer(rq, "its answer is about another version")
		}
		return r
	}
	r.Latest = m.version
	if m.holder() {
		r.Status, r.Reason = Removed, ReasonSecurityHolder
	}
	return r
}

func npmParsePackument(in *inquiry, rq request, resp *response) reading {
	j := newJSON(resp.Body)
	r := reading{Doc: rq.Doc, Complete: true}
	var hadVersions, hadTime, hadReadme, reborn bool
	var created time.Time
	var description, readme string
	times := map[string]time.Time{}
	manifests := map[string]npmManifest{} // only what differs from nothing
	for j.open('{'); j.more(); {
		switch j.key {
		case "name":
			r.Name = j.textOr(512)
		case "dist-tags":
			if !j.object() {
				continue
			}
			r.Tags = map[string]string{}
			for j.more() {
				tag := j.key
				if v := j.textOr(256); len(r.Tags) < 1000 {
					r.Tags[tag] = v
				}
			}
		case "versions":
			hadVersions = true
			if !j.object() {
				continue
			}
			for j.more() {
				v := clip(j.key, 256)
				var m npmManifest
				if j.object() {
					for j.more() {
						switch k := j.key; k {
						case "name", "version":
							j.skip()
						default:
							m.read(j, k)
						}
					}
				}
				m.version = v
				r.Versions = append(r.Versions, version{V: v})
				manifests[v] = m
			}
		case "time":
			hadTime = true
			if !j.object() {
				continue
			}
			for j.more() {
				switch k := j.key; k {
				case "unpublished": // live versions outweigh it, a proxy may keep both
					reborn = j.peek() == '{'
					j.skip()
				case "created":
					created = timestamp(j.textOr(64))
				default:
					times[k] = timestamp(j.textOr(64))
				}
			}
		case "repository":
			r.Repository = repository(j)
		case "maintainers":
			r.Maintainers = people(j)
		case "description":
			description = j.textOr(500)
		case "readme":
			hadReadme = true
			readme = j.textOr(2 * shortText)
		default:
			j.skip()
		}
	}
	if err := j.end(); err != nil {
		return unread(rq, err)
	}
	if r.Name != in.Query.Package.Name {
		return badAnswer(rq, "its answer is about another package")
	}
	if len(r.Versions) == 0 {
		if !hadVersions && !hadTime {
			return badAnswer(rq, "its answer lists no versions")
		}
		r.Status, r.Reason = Removed, ReasonUnpublished
		return r
	}
	r.Status = Present
	r.Latest = r.Tags["latest"]
	if _, ok := manifests[r.Latest]; !ok {
		r.Latest = ""
		if all := sorted(ecosystem.NPM, r.Versions); len(all) > 0 {
			r.Latest = all[len(all)-1]
		}
	}
	m := manifests[r.Latest]
	m.facts(&r)
	if r.InstallScript == NotKnown && (rq.Doc == docAbbreviated || m.told) {
		r.InstallScript = No // said only where there is one
	}
	if hadReadme {
		if description == "" {
			description = m.description
		}
		r.describe(description, readme)
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
	if m.holder() || len(r.Versions) == 1 && (&npmManifest{version: m.version, description: m.description, repository: r.Repository}).holder() {
		r.Status, r.Reason = Removed, ReasonSecurityHolder
	}
	return r
}

// repository reads npm's field, a text or an object with a URL.
func repository(j *jsonReader) string {
	if j.peek() == '"' {
		return cleanRepository(j.text(300))
	}
	if !j.object() {
		return ""
	}
	out := ""
	for j.more() {
		if j.key == "url" {
			out = cleanRepository(j.textOr(300))
		} else {
			j.skip()
		}
	}
	return out
}

// cleanRepository drops a user name and password that somebody left in.
func cleanRepository(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path, slash := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + host + path
}

// people reads a list of maintainers.
func people(j *jsonReader) []string {
	if !j.array() {
		return nil
	}
	var out []string
	for j.more() {
		name := ""
		switch j.peek() {
		case '{':
			for j.open('{'); j.more(); {
				if j.key == "name" {
					name = j.textOr(100)
				} else {
					j.skip()
				}
			}
		default:
			name = j.textOr(100)
		}
		if name != "" && len(out) < 100 {
			out = append(out, name)
		}
	}
	return out
}

// timestamp reads RFC 3339; what is none is the zero time, which is unknown.
func timestamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
