package play

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
)

// The documents of npm.
const (
	npmPackument = "packument"
	npmVersion   = "version"
)

const typeAbbreviated = "application/vnd.npm.install-v1+json"

// askNPM reads /NAME and /NAME/VERSION. The slash of a scope may be escaped.
func askNPM(path string) (question, bool) {
	words := strings.Split(path, "/")
	for i, word := range words {
		var err error
		if words[i], err = url.PathUnescape(word); err != nil || words[i] == "" {
			return question{}, false
		}
	}
	if strings.HasPrefix(words[0], "@") && !strings.Contains(words[0], "/") && len(words) > 1 {
		words = append([]string{words[0] + "/" + words[1]}, words[2:]...)
	}
	q := question{eco: ecosystem.NPM, given: words[0], doc: npmPackument}
	switch {
	case words[0] == "-", len(words) > 2: // the registry's own pages, archives
		return question{}, false
	case len(words) == 2:
		q.doc, q.version = npmVersion, words[1]
	}
	return q, true
}

func serveNPM(rw http.ResponseWriter, r *http.Request, q question, p Profile, found bool) {
	missing := `{"error":"Not found"}`
	if q.doc == npmVersion {
		missing = `"Not Found"`
	}
	if !found {
		reply(rw, http.StatusNotFound, typeJSON, missing)
		return
	}
	switch p.Status {
	case "":
	case StatusSecurityHolder:
		p.Versions, p.Yanked, p.AnyVersion = []string{"0.0.1-security"}, nil, false
	case StatusUnpublished, StatusNoFiles:
		if q.doc == npmVersion {
			reply(rw, http.StatusNotFound, typeJSON, missing)
			return
		}
		what := fmt.Sprintf(`"versions":{},"time":{"created":%q}`, p.at(0))
		if p.Status == StatusUnpublished {
			what = fmt.Sprintf(`"time":{"created":%q,"unpublished":{"time":%q,"versions":["1.0.0"]}}`, p.at(0), p.at(60*24))
		}
		reply(rw, http.StatusOK, typeJSON, fmt.Sprintf(`{"_id":%s,"name":%s,%s}`, quote(q.name), quote(q.name), what))
		return
	default:
		cannot(rw, q, p)
		return
	}
	list := p.list()
	latest := p.latest(list)
	if q.doc == npmVersion {
		v, ok := npmPick(&p, list, latest, q.version)
		if !ok {
			reply(rw, http.StatusNotFound, typeJSON, quote("version not found: "+q.version))
			return
		}
		reply(rw, http.StatusOK, typeJSON, npmManifest(q.name, v, &p, false))
		return
	}
	short := strings.Contains(r.Header.Get("Accept"), typeAbbreviated)
	kind := typeJSON
	if short {
		kind = typeAbbreviated
	}
	reply(rw, http.StatusOK, kind, npmDocument(q.name, &p, list, latest, short))
}

// npmPick finds the version that a version or tag names.
func npmPick(p *Profile, list []string, latest, word string) (string, bool) {
	if word == "latest" || word == "next" && p.open() {
		return latest, true
	}
	v := strings.TrimLeft(word, "v=")
	if slices.Contains(list, v) {
		return v, true
	}
	v, _, _ = strings.Cut(v, "+") // npm knows no builds
	full := gosemver.IsValid("v"+v) && gosemver.Canonical("v"+v) == "v"+v
	return v, slices.Contains(list, v) || p.open() && full
}

// npmManifest is the metadata of one version.
func npmManifest(name, v string, p *Profile, short bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"name":%s,"version":%s`, quote(name), quote(v))
	if !short && !p.Bare {
		description, repository := p.description(), p.repository(name)
		if p.Status == StatusSecurityHolder {
			description, repository = "security holding package", "npm/security-holder"
		}
		fmt.Fprintf(&b, `,"description":%s,"license":"MIT","maintainers":%s`, quote(description), npmPeople(name, p))
		if repository != "" {
			fmt.Fprintf(&b, `,"repository":{"type":"git","url":%s}`, quote(repository))
		}
		if p.InstallScript {
			b.WriteString(`,"scripts":{"postinstall":"node install.js"}`)
		}
	}
	if p.InstallScript && !p.Bare {
		b.WriteString(`,"hasInstallScript":true`)
	}
	notice := p.Deprecated
	if notice == "" && slices.Contains(p.Yanked, v) {
		notice = "this version was withdrawn"
	}
	if notice != "" {
		fmt.Fprintf(&b, `,"deprecated":%s`, quote(notice))
	}
	switch {
	case p.Bare:
		b.WriteString("}")
	case p.Provenance:
		b.WriteString(`,"dist":{"attestations":{"url":"https://npm.invalid/attestations"}}}`)
	default:
		b.WriteString(`,"dist":{}}`)
	}
	return b.String()
}

func npmPeople(name string, p *Profile) string {
	var b strings.Builder
	for i, who := range p.owners(name) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"name":` + quote(who) + `}`)
	}
	return "[" + b.String() + "]"
}

// npmSpread is the list of a package that has any version, but for the latest.
var npmSpread = sync.OnceValue(func() string {
	var b strings.Builder
	fmt.Fprintf(&b, `"%s":{}`, unreadable)
	list := spread()
	for _, v := range list[:len(list)-1] {
		fmt.Fprintf(&b, `,"%s":{"version":"%s"}`, v, v)
	}
	return b.String()
})

// npmDocument is the document about a whole package. The abbreviated one has no
// times, and descriptions neither.
func npmDocument(name string, p *Profile, list []string, latest string, short bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"name":%s,"dist-tags":{"latest":%s`, quote(name), quote(latest))
	if p.open() {
		fmt.Fprintf(&b, `,"next":%s`, quote(latest))
	}
	b.WriteString(`},"versions":{`)
	detailed := list
	switch {
	case len(p.Versions) == 0 && len(p.Yanked) == 0:
		b.WriteString(npmSpread() + ",")
		detailed = []string{latest}
	case p.open():
		fmt.Fprintf(&b, `"%s":{},`, unreadable)
	}
	for i, v := range detailed {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(v) + ":" + npmManifest(name, v, p, short))
	}
	if p.Bare {
		b.WriteString("}}")
		return b.String()
	}
	if short {
		fmt.Fprintf(&b, `},"modified":%q}`, p.at(len(list)-1))
		return b.String()
	}
	fmt.Fprintf(&b, `},"time":{"created":%q,"modified":%q`, p.at(0), p.at(len(list)-1))
	for i, v := range list {
		if len(p.Versions) > 0 || i == 0 || v == latest {
			fmt.Fprintf(&b, `,%s:%q`, quote(v), p.at(i))
		}
	}
	fmt.Fprintf(&b, `},"maintainers":%s,"description":%s,"readme":%s,"license":"MIT"}`, npmPeople(name, p), quote(p.description()), quote(p.readme(name)))
	return b.String()
}

// askDownloads reads /downloads/point/last-week/NAME,NAME below the prefix of
// the statistics.
func askDownloads(path string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, prefixDownloads+"/downloads/point/last-week/")
	if !ok {
		return nil, false
	}
	var out []string
	for name := range strings.SplitSeq(rest, ",") {
		name, err := url.PathUnescape(name)
		if err != nil || name == "" {
			return nil, false
		}
		out = append(out, name)
	}
	return out, true
}

// serveDownloads answers for one package, or for up to 128 without a scope.
func (w *World) serveDownloads(rw http.ResponseWriter, names []string) {
	const period = `"start":"2026-01-01","end":"2026-01-07"`
	one := func(name string) string {
		p, found := w.profile(ecosystem.NPM, name)
		n := p.Downloads
		if n == 0 {
			n = 100_000
		}
		if !found || n < 0 || p.Status != "" {
			return ""
		}
		return fmt.Sprintf(`{"downloads":%d,%s,"package":%s}`, n, period, quote(name))
	}
	if len(names) == 1 {
		if text := one(names[0]); text != "" {
			reply(rw, http.StatusOK, typeJSON, text)
			return
		}
		reply(rw, http.StatusNotFound, typeJSON, `{"error":"package not found"}`)
		return
	}
	if len(names) > 128 || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "/") }) {
		reply(rw, http.StatusBadRequest, typeJSON, `{"error":"these packages cannot be counted together"}`)
		return
	}
	var b strings.Builder
	for i, name := range names {
		text := one(name)
		if text == "" {
			text = "null"
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(name) + ":" + text)
	}
	reply(rw, http.StatusOK, typeJSON, "{"+b.String()+"}")
}
