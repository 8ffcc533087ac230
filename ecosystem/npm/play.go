package npm

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// play is how the registry is played, with npm's statistics beside it.
func play() *protocol.Play {
	return &protocol.Play{
		Folder: "/npm", Type: protocol.TypeJSON,
		Ask: playAsk, Answer: playAnswer, Control: playControl,
		Truncated: playOther[:len(playOther)/2], Other: playOther, Empty: `{}`,
		Counts: &protocol.PlayCounts{Folder: "/npm-downloads", Ask: playAskCounts, Answer: playCounts},
	}
}

// playOther is about another package, in each form that a document has.
const playOther = `{"name":"somebody-else","version":"1.0.0","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"somebody-else","version":"1.0.0"}}}`

// playControl are the documents about a package that is always there.
func playControl(name string) map[string]string {
	one := fmt.Sprintf(`{"name":%q,"version":"4.17.21"}`, name)
	return map[string]string{
		"GET /" + name + "/latest": one,
		"GET /" + name:             fmt.Sprintf(`{"name":%q,"dist-tags":{"latest":"4.17.21"},"versions":{"4.17.21":%s}}`, name, one),
	}
}

// The documents of a played registry.
const (
	playPackument protocol.Doc = "packument"
	playVersion   protocol.Doc = "version"
)

const typeAbbreviated = "application/vnd.npm.install-v1+json"

// playAsk reads /NAME and /NAME/VERSION. The slash of a scope may be escaped.
func playAsk(path string) (protocol.PlayRequest, bool) {
	words := strings.Split(path, "/")
	for i, word := range words {
		var err error
		if words[i], err = url.PathUnescape(word); err != nil || words[i] == "" {
			return protocol.PlayRequest{}, false
		}
	}
	if strings.HasPrefix(words[0], "@") && !strings.Contains(words[0], "/") && len(words) > 1 {
		words = append([]string{words[0] + "/" + words[1]}, words[2:]...)
	}
	rq := protocol.PlayRequest{Given: words[0], Doc: playPackument}
	switch {
	case words[0] == "-", len(words) > 2: // the registry's own pages, archives
		return protocol.PlayRequest{}, false
	case len(words) == 2:
		rq.Doc, rq.Version = playVersion, words[1]
	}
	return rq, true
}

// playAnswer is what the registry says of a package.
func playAnswer(rq protocol.PlayRequest, p protocol.Profile, found bool) protocol.PlayAnswer {
	missing := `{"error":"Not found"}`
	if rq.Doc == playVersion {
		missing = `"Not Found"`
	}
	if !found {
		return protocol.PlayReply(404, protocol.TypeJSON, missing)
	}
	switch p.Status {
	case "":
	case protocol.ProfileSecurityHolder:
		p.Versions, p.Yanked, p.AnyVersion = []string{"0.0.1-security"}, nil, false
	case protocol.ProfileUnpublished, protocol.ProfileNoFiles:
		if rq.Doc == playVersion {
			return protocol.PlayReply(404, protocol.TypeJSON, missing)
		}
		what := fmt.Sprintf(`"versions":{},"time":{"created":%q}`, p.Stamp(0))
		if p.Status == protocol.ProfileUnpublished {
			what = fmt.Sprintf(`"time":{"created":%q,"unpublished":{"time":%q,"versions":["1.0.0"]}}`, p.Stamp(0), p.Stamp(60*24))
		}
		return protocol.PlayReply(200, protocol.TypeJSON, fmt.Sprintf(`{"_id":%s,"name":%s,%s}`, protocol.JSONString(rq.Name), protocol.JSONString(rq.Name), what))
	default:
		return protocol.NoSuchStatus(ecosystem.NPM, p)
	}
	list := p.List()
	latest := p.Latest(list)
	if rq.Doc == playVersion {
		v, ok := playPick(&p, list, latest, rq.Version)
		if !ok {
			return protocol.PlayReply(404, protocol.TypeJSON, protocol.JSONString("version not found: "+rq.Version))
		}
		return protocol.PlayReply(200, protocol.TypeJSON, playManifest(rq.Name, v, &p, false))
	}
	short := strings.Contains(rq.Accept, typeAbbreviated)
	kind := protocol.TypeJSON
	if short {
		kind = typeAbbreviated
	}
	return protocol.PlayReply(200, kind, playDocument(rq.Name, &p, list, latest, short))
}

// playPick finds the version that a version or tag names.
func playPick(p *protocol.Profile, list []string, latest, word string) (string, bool) {
	if word == "latest" || word == "next" && p.Open() {
		return latest, true
	}
	v := strings.TrimLeft(word, "v=")
	if slices.Contains(list, v) {
		return v, true
	}
	v, _, _ = strings.Cut(v, "+") // npm knows no builds
	full := gosemver.IsValid("v"+v) && gosemver.Canonical("v"+v) == "v"+v
	return v, slices.Contains(list, v) || p.Open() && full
}

// playManifest is the metadata of one version.
func playManifest(name, v string, p *protocol.Profile, short bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"name":%s,"version":%s`, protocol.JSONString(name), protocol.JSONString(v))
	if !short && !p.Bare {
		description, repository := p.Summary(), p.Link(name)
		if p.Status == protocol.ProfileSecurityHolder {
			description, repository = "security holding package", "npm/security-holder"
		}
		fmt.Fprintf(&b, `,"description":%s,"license":"MIT","maintainers":%s`, protocol.JSONString(description), playPeople(name, p))
		if repository != "" {
			fmt.Fprintf(&b, `,"repository":{"type":"git","url":%s}`, protocol.JSONString(repository))
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
		fmt.Fprintf(&b, `,"deprecated":%s`, protocol.JSONString(notice))
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

func playPeople(name string, p *protocol.Profile) string {
	var b strings.Builder
	for i, who := range p.Owners(name) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"name":` + protocol.JSONString(who) + `}`)
	}
	return "[" + b.String() + "]"
}

// playSpread is the list of a package that has any version, but for the latest.
var playSpread = sync.OnceValue(func() string {
	var b strings.Builder
	fmt.Fprintf(&b, `"%s":{}`, protocol.Unreadable)
	list := protocol.Spread()
	for _, v := range list[:len(list)-1] {
		fmt.Fprintf(&b, `,"%s":{"version":"%s"}`, v, v)
	}
	return b.String()
})

// playDocument is the document about a whole package. The abbreviated one has no
// times, and descriptions neither.
func playDocument(name string, p *protocol.Profile, list []string, latest string, short bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"name":%s,"dist-tags":{"latest":%s`, protocol.JSONString(name), protocol.JSONString(latest))
	if p.Open() {
		fmt.Fprintf(&b, `,"next":%s`, protocol.JSONString(latest))
	}
	b.WriteString(`},"versions":{`)
	detailed := list
	switch {
	case len(p.Versions) == 0 && len(p.Yanked) == 0:
		b.WriteString(playSpread() + ",")
		detailed = []string{latest}
	case p.Open():
		fmt.Fprintf(&b, `"%s":{},`, protocol.Unreadable)
	}
	for i, v := range detailed {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(protocol.JSONString(v) + ":" + playManifest(name, v, p, short))
	}
	if p.Bare {
		b.WriteString("}}")
		return b.String()
	}
	if short {
		fmt.Fprintf(&b, `},"modified":%q}`, p.Stamp(len(list)-1))
		return b.String()
	}
	fmt.Fprintf(&b, `},"time":{"created":%q,"modified":%q`, p.Stamp(0), p.Stamp(len(list)-1))
	for i, v := range list {
		if len(p.Versions) > 0 || i == 0 || v == latest {
			fmt.Fprintf(&b, `,%s:%q`, protocol.JSONString(v), p.Stamp(i))
		}
	}
	fmt.Fprintf(&b, `},"maintainers":%s,"description":%s,"readme":%s,"license":"MIT"}`, playPeople(name, p), protocol.JSONString(p.Summary()), protocol.JSONString(p.ReadmeText(name)))
	return b.String()
}

// playAskCounts reads downloads/point/last-week/NAME,NAME.
func playAskCounts(path string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, "downloads/point/last-week/")
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

// playCounts answers for one package, or for up to 128 without a scope.
func playCounts(names []string, find func(string) (protocol.Profile, bool)) protocol.PlayAnswer {
	const period = `"start":"2026-01-01","end":"2026-01-07"`
	one := func(name string) string {
		p, found := find(name)
		n := p.Downloads
		if n == 0 {
			n = 100_000
		}
		if !found || n < 0 || p.Status != "" {
			return ""
		}
		return fmt.Sprintf(`{"downloads":%d,%s,"package":%s}`, n, period, protocol.JSONString(name))
	}
	if len(names) == 1 {
		if text := one(names[0]); text != "" {
			return protocol.PlayReply(200, protocol.TypeJSON, text)
		}
		return protocol.PlayReply(404, protocol.TypeJSON, `{"error":"package not found"}`)
	}
	if len(names) > 128 || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "/") }) {
		return protocol.PlayReply(400, protocol.TypeJSON, `{"error":"these packages cannot be counted together"}`)
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
		b.WriteString(protocol.JSONString(name) + ":" + text)
	}
	return protocol.PlayReply(200, protocol.TypeJSON, "{"+b.String()+"}")
}
