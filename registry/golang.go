package registry

import (
	"bufio"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	gosemver "golang.org/x/mod/semver"
)

// Go module proxies. A pinned version is asked for itself first: a proxy may
// have a version and yet list nothing and know no latest one. A module is
// denied only if the list and the latest version are, and the pinned one too;
// an empty list says no more than that there are no tags. "latest", branches
// and other queries are not looked into. Where versions are wanted the go.mod
// file of the newest one tells which are retracted and whether the module is
// deprecated.
//
// Protocol: https://go.dev/ref/mod#goproxy-protocol

func goRequest(in *inquiry, d doc, v string) request {
	path, err := module.EscapePath(in.Query.Package.Name)
	if err != nil {
		path = segment("")
	}
	r := request{Doc: d, Max: maxBody, Version: v, URL: in.Root.URL + "/" + path + "/@v/list"}
	switch d {
	case docLatest:
		r.URL = in.Root.URL + "/" + path + "/@latest"
	case docVersion, docMod:
		escaped, err := module.EscapeVersion(v)
		if err != nil {
			escaped = segment("")
		}
		r.URL = in.Root.URL + "/" + path + "/@v/" + escaped + ".info"
		if d == docMod {
			r.URL = strings.TrimSuffix(r.URL, ".info") + ".mod"
			r.Max = maxGoMod
		}
	}
	return r
}

// goPinned is the version that the query names, or "".
func goPinned(in *inquiry) string {
	if exactGo(in.Query.Constraint) {
		return in.Query.Constraint
	}
	return ""
}

func goNext(in *inquiry) (request, bool) {
	pinned := goPinned(in)
	last := in.last()
	switch {
	case last == nil && pinned != "":
		return goRequest(in, docVersion, pinned), true
	case last == nil:
		return goRequest(in, docList, ""), true
	case last.Status == Present || last.Extra:
		return goMore(in)
	case last.Status != Absent && !last.Open:
		return request{}, false
	case in.got(docList) == nil:
		return goRequest(in, docList, ""), true
	case in.got(docLatest) == nil:
		return goRequest(in, docLatest, ""), true
	}
	return request{}, false
}

// goMore is what more is wanted of a module that is there: its list, or else its
// latest version, and the newest version's go.mod file.
func goMore(in *inquiry) (request, bool) {
	if in.Query.Want < WantVersions || in.got(docMod) != nil {
		return request{}, false
	}
	list, latest := in.got(docList), in.got(docLatest)
	if list == nil {
		return goRequest(in, docList, "").extra(), true
	}
	if list.Status == Present {
		return goRequest(in, docMod, goNewest(list)).extra(), true
	}
	if latest == nil {
		return goRequest(in, docLatest, "").extra(), true
	}
	if latest.Status == Present {
		return goRequest(in, docMod, latest.Latest).extra(), true
	}
	return request{}, false
}

// goNewest is the listed version whose go.mod file speaks for the module: files
// of incompatible versions are made up by the proxy.
func goNewest(list *reading) string {
	own := make([]version, 0, len(list.Versions))
	for _, v := range list.Versions {
		if !strings.HasSuffix(v.V, "+incompatible") {
			own = append(own, v)
		}
	}
	if v := goBest(own); v != "" {
		return v
	}
	return list.Latest
}

// goBest is the highest release, or where there is none the highest version.
func goBest(list []version) string {
	best := ""
	for _, v := range list {
		release, had := gosemver.Prerelease(v.V) == "", best != "" && gosemver.Prerelease(best) == ""
		switch {
		case best == "" || release && !had:
			best = v.V
		case release == had && gosemver.Compare(v.V, best) > 0:
			best = v.V
		}
	}
	return best
}

func goSecond(in *inquiry) []request {
	looks := []request{goRequest(in, docList, "").fresh()}
	if goPinned(in) == "" { // else two documents and the version were denied already
		looks = append(looks, goRequest(in, docLatest, "").fresh())
	}
	return looks
}

func goVersions(in *inquiry) request {
	if v := goPinned(in); v != "" {
		return goRequest(in, docVersion, v).fresh()
	}
	return goRequest(in, docList, "").fresh()
}

func goPlan(in *inquiry) []request {
	more := in.Query.Want >= WantVersions
	var out []request
	list := ""
	if v := goPinned(in); v != "" {
		out = append(out, goRequest(in, docVersion, v))
		if !more {
			list = "if absent"
		}
	}
	out = append(out, goRequest(in, docList, "").when(list), goRequest(in, docLatest, "").when("if absent, or nothing is listed"))
	if more {
		const some = "v0.0.0" // an answer will tell which
		r := goRequest(in, docMod, some)
		r.URL = strings.TrimSuffix(r.URL, some+".mod") + "VERSION.mod"
		out = append(out, r.when("if present, of the newest version"))
	}
	return out
}

func goParse(in *inquiry, rq request, resp *response) reading {
	switch rq.Doc {
	case docList:
		return goParseList(in, rq, resp)
	case docMod:
		return goParseMod(in, rq, resp)
	}
	j := newJSON(resp.Body)
	r := reading{Doc: rq.Doc}
	for j.open('{'); j.more(); {
		switch j.key {
		case "Version":
			r.Version = j.textOr(256)
		case "Time":
			r.LatestAt = timestamp(j.textOr(64))
		case "Origin":
			if !j.object() {
				continue
			}
			for j.more() {
				if j.key == "URL" {
					r.Repository = cleanRepository(j.textOr(300))
				} else {
					j.skip()
				}
			}
		default:
			j.skip()
		}
	}
	if err := j.end(); err != nil {
		return unread(rq, err)
	}
	if !gosemver.IsValid(r.Version) {
		return badAnswer(rq, "its answer names no version")
	}
	r.Status, r.Name = Present, in.Query.Package.Name
	if rq.Doc == docVersion {
		if r.Version != rq.Version {
			return badAnswer(rq, "its answer is about another version")
		}
		r.LatestAt = time.Time{}
		return r
	}
	r.Latest = r.Version
	r.Versions = []version{{V: r.Version}}
	return r
}

// goParseList reads a plain list. Only the first word of a line is a version;
// one line that is none makes the whole answer something else.
func goParseList(in *inquiry, rq request, resp *response) reading {
	r := reading{Doc: rq.Doc, Complete: true}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4096)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		if !gosemver.IsValid(words[0]) || len(words) > 2 {
			return badAnswer(rq, "its answer is not a list of versions")
		}
		r.Versions = append(r.Versions, version{V: words[0]})
	}
	if err := lines.Err(); err != nil {
		return unread(rq, err)
	}
	if len(r.Versions) == 0 {
		return reading{Doc: rq.Doc, Open: true, Detail: "no tags"}
	}
	r.Status, r.Name = Present, in.Query.Package.Name
	r.Latest = goBest(r.Versions)
	return r
}

// maxGoMod bounds a go.mod file, in bytes.
const maxGoMod = 1 << 20

// goParseMod reads what a module says of its own versions.
//
// Specification: https://go.dev/ref/mod#go-mod-file-retract and #go-mod-file-module-deprecation
func goParseMod(in *inquiry, rq request, resp *response) reading {
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return unread(rq, err)
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil || f.Module == nil || f.Module.Mod.Path != in.Query.Package.Name {
		return badAnswer(rq, "its answer is not the module's go.mod file")
	}
	r := reading{Doc: rq.Doc, Status: Present, Name: f.Module.Mod.Path, Version: rq.Version}
	r.Deprecated = clip(strings.Join(strings.Fields(f.Module.Deprecated), " "), 500)
	for _, x := range f.Retract {
		if len(r.Retracted) == 1000 {
			break
		}
		if len(x.Low) < 256 && len(x.High) < 256 {
			r.Retracted = append(r.Retracted, [2]string{x.Low, x.High})
		}
	}
	return r
}

// retracts reports whether a go.mod file takes an exact version back.
func (r *reading) retracts(v string) bool {
	if !exactGo(v) {
		return false
	}
	for _, x := range r.Retracted {
		if gosemver.Compare(v, x[0]) >= 0 && gosemver.Compare(v, x[1]) <= 0 {
			return true
		}
	}
	return false
}
