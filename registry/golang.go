package registry

import (
	"bufio"
	"strings"
	"time"

	"golang.org/x/mod/module"

	gosemver "golang.org/x/mod/semver"
)

// Go module proxies. A pinned version is asked for itself first: a proxy may
// have a version and yet list nothing and know no latest one. A module is
// denied only if the list and the latest version are, and the pinned one too;
// an empty list says no more than that there are no tags. "latest", branches
// and other queries are not looked into.
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
	case docVersion:
		escaped, err := module.EscapeVersion(v)
		if err != nil {
			escaped = segment("")
		}
		r.URL = in.Root.URL + "/" + path + "/@v/" + escaped + ".info"
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
	case last.Status != Absent && !last.Open:
		return request{}, false
	case in.got(docList) == nil:
		return goRequest(in, docList, ""), true
	case in.got(docLatest) == nil:
		return goRequest(in, docLatest, ""), true
	}
	return request{}, false
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
	if v := goPinned(in); v != "" {
		return []request{
			goRequest(in, docVersion, v),
			goRequest(in, docList, "").when("if absent"),
			goRequest(in, docLatest, "").when("if absent, or nothing is listed"),
		}
	}
	return []request{
		goRequest(in, docList, ""),
		goRequest(in, docLatest, "").when("if absent, or nothing is listed"),
	}
}

func goParse(in *inquiry, rq request, resp *response) reading {
	if rq.Doc == docList {
		return goParseList(in, rq, resp)
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
	for _, v := range r.Versions {
		release := gosemver.Prerelease(v.V) == ""
		better := r.Latest == "" || gosemver.Compare(v.V, r.Latest) > 0
		if was := r.Latest != "" && gosemver.Prerelease(r.Latest) == ""; release != was && r.Latest != "" {
			better = release
		}
		if better {
			r.Latest = v.V
		}
	}
	return r
}
