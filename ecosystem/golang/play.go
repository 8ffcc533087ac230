package golang

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// play is how a module proxy is played.
func play() *protocol.Play {
	return &protocol.Play{
		Folder: "/go", Type: protocol.TypeText,
		Ask: playAsk, Answer: playAnswer, Control: playControl,
		Truncated: `{"Version":"v1.2`, Other: `{"Version":"somebody-else"}`,
	}
}

// playControl are the documents about a package that is always there.
func playControl(name string) map[string]string {
	path := "GET /" + strings.ToLower(name)
	return map[string]string{
		path + "/@v/list": "v0.1.0\nv0.2.0\n",
		path + "/@latest": `{"Version":"v0.2.0","Time":"2024-01-01T00:00:00Z"}`,
	}
}

// The documents of a played proxy.
const (
	playList   protocol.Doc = "list"
	playLatest protocol.Doc = "latest"
	playInfo   protocol.Doc = "info"
	playMod    protocol.Doc = "mod"
)

// playAsk reads /MODULE/@latest, /MODULE/@v/list and /MODULE/@v/VERSION with the
// endings .info and .mod. Capitals are escaped as the go command escapes them.
func playAsk(path string) (protocol.PlayRequest, bool) {
	rq := protocol.PlayRequest{}
	name, rest, found := strings.Cut(path, "/@v/")
	if found {
		switch v, ok := strings.CutSuffix(rest, ".info"); {
		case rest == "list":
			rq.Doc = playList
		case ok:
			rq.Doc, rq.Version = playInfo, v
		default:
			if rq.Version, ok = strings.CutSuffix(rest, ".mod"); !ok {
				return protocol.PlayRequest{}, false
			}
			rq.Doc = playMod
		}
	} else if name, found = strings.CutSuffix(path, "/@latest"); found {
		rq.Doc = playLatest
	}
	if !found {
		return protocol.PlayRequest{}, false
	}
	var err error
	if rq.Given, err = module.UnescapePath(name); err != nil {
		return protocol.PlayRequest{}, false
	}
	if rq.Version != "" {
		if rq.Version, err = module.UnescapeVersion(rq.Version); err != nil {
			return protocol.PlayRequest{}, false
		}
	}
	return rq, true
}

// playAnswer is what the registry says of a package.
func playAnswer(rq protocol.PlayRequest, p protocol.Profile, found bool) protocol.PlayAnswer {
	if found && p.Status == protocol.ProfileUnpublished {
		found = false
	}
	if !found {
		host, _, _ := strings.Cut(rq.Name, "/")
		if rq.Forbid {
			return protocol.PlayReply(403, protocol.TypeText, "Forbidden\n")
		}
		return protocol.PlayReply(404, protocol.TypeText, fmt.Sprintf("not found: module %s: git ls-remote -q origin: exit status 128:\n"+
			"\tfatal: could not read Username for 'https://%s': terminal prompts disabled\n"+
			"Confirm the import path was entered correctly.\n"+
			"If this is a private repository, see https://golang.org/doc/faq#git_https for additional information.\n", rq.Name, host))
	}
	var list []string
	var latest string
	switch p.Status {
	case "":
		list = playVersions(rq.Name, &p)
		latest = p.Latest(list)
	case protocol.ProfileNoFiles:
		_, major, _ := module.SplitPathVersion(rq.Name)
		latest = module.PseudoVersion(module.PathMajorPrefix(major), "", p.FirstPublished(), "0123456789ab")
	default:
		return protocol.NoSuchStatus(ecosystem.Golang, p)
	}
	switch rq.Doc {
	case playList:
		text := ""
		if len(list) > 0 {
			text = strings.Join(list, "\n") + "\n"
		}
		return protocol.PlayReply(200, protocol.TypeText, text)
	case playLatest:
		rq.Version = latest
	}
	if !slices.Contains(list, rq.Version) && rq.Version != latest && !(p.Open() && p.Status == "" && playCanonical(rq.Version)) {
		return protocol.PlayReply(404, protocol.TypeText, fmt.Sprintf("not found: %s@%s: invalid version: unknown revision %s\n", rq.Name, rq.Version, rq.Version))
	}
	if rq.Doc == playMod {
		return protocol.PlayReply(200, protocol.TypeText, playModFile(rq.Name, &p))
	}
	i := max(slices.Index(list, rq.Version), 0)
	if p.Bare {
		return protocol.PlayReply(200, protocol.TypeJSON, fmt.Sprintf(`{"Version":%s}`, protocol.JSONString(rq.Version)))
	}
	return protocol.PlayReply(200, protocol.TypeJSON, fmt.Sprintf(`{"Version":%s,"Time":%q}`, protocol.JSONString(rq.Version), p.Published(i).Format(time.RFC3339)))
}

func playCanonical(v string) bool {
	return gosemver.IsValid(v) && gosemver.Canonical(v)+gosemver.Build(v) == v
}

// playVersions are the versions of a module in ascending order, with the letter
// that Profile may leave out. Of the spread only those that the path allows.
func playVersions(name string, p *protocol.Profile) []string {
	_, major, _ := module.SplitPathVersion(name)
	var out []string
	for _, v := range p.List() {
		if !strings.HasPrefix(v, "v") {
			v = "v" + v
		}
		if len(p.Versions) == 0 && module.CheckPathMajor(v, major) != nil {
			if v += "+incompatible"; !strings.HasSuffix(v, ".0.0+incompatible") || module.CheckPathMajor(v, major) != nil {
				continue
			}
		}
		out = append(out, v)
	}
	if len(out) == 0 { // a major version beyond the spread
		out = []string{module.PathMajorPrefix(major) + ".0.0"}
	}
	return out
}

func playModFile(name string, p *protocol.Profile) string {
	var b strings.Builder
	if p.Deprecated != "" {
		fmt.Fprintf(&b, "// Deprecated: %s\n", strings.Join(strings.Fields(p.Deprecated), " "))
	}
	fmt.Fprintf(&b, "module %s\n", name)
	for _, v := range p.Yanked {
		fmt.Fprintf(&b, "\nretract v%s // withdrawn\n", strings.TrimPrefix(v, "v"))
	}
	return b.String()
}
