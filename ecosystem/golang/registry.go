package golang

import (
	"bufio"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	gosemver "golang.org/x/mod/semver"

	"figment/ecosystem"
	"figment/registry/protocol"
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

// official is the public proxy, which the go command asks by default.
const official = "https://proxy.golang.org"

const (
	docList protocol.Doc = "list" // the tags
	docMod  protocol.Doc = "mod"  // the go.mod file of a version
)

// driver is the protocol of Go module proxies.
func driver() *protocol.Driver {
	return &protocol.Driver{
		Ecosystem: ecosystem.Golang, Official: official, PerHost: 6, Canaries: []string{"golang.org/x/mod", "github.com/stretchr/testify"},
		Next: next, Second: second, Versions: versionList, Parse: parse, Retracts: retracts, Plan: plan,
	}
}

func request(in *protocol.Inquiry, d protocol.Doc, v string) protocol.Request {
	path, err := module.EscapePath(in.Query.Package.Name)
	if err != nil {
		path = protocol.Segment("")
	}
	r := protocol.Request{Doc: d, Max: protocol.MaxBody, Version: v, URL: in.Root.URL + "/" + path + "/@v/list"}
	switch d {
	case protocol.DocLatest:
		r.URL = in.Root.URL + "/" + path + "/@latest"
	case protocol.DocVersion, docMod:
		r.Immutable = true
		escaped, err := module.EscapeVersion(v)
		if err != nil {
			escaped = protocol.Segment("")
		}
		r.URL = in.Root.URL + "/" + path + "/@v/" + escaped + ".info"
		if d == docMod {
			r.URL = strings.TrimSuffix(r.URL, ".info") + ".mod"
			r.Max = maxGoMod
		}
	}
	return r
}

// pinnedVersion is the version that the query names, or "".
func pinnedVersion(in *protocol.Inquiry) string {
	if exact(in.Query.Constraint) {
		return in.Query.Constraint
	}
	return ""
}

func next(in *protocol.Inquiry) (protocol.Request, bool) {
	pinned := pinnedVersion(in)
	last := in.Last()
	switch {
	case last == nil && pinned != "":
		return request(in, protocol.DocVersion, pinned), true
	case last == nil:
		return request(in, docList, ""), true
	case last.Status == protocol.Present || last.Extra:
		return more(in)
	case last.Status != protocol.Absent && !last.Open:
		return protocol.Request{}, false
	case in.Got(docList) == nil:
		return request(in, docList, ""), true
	case in.Got(protocol.DocLatest) == nil:
		return request(in, protocol.DocLatest, ""), true
	}
	return protocol.Request{}, false
}

// more is what more is wanted of a module that is there: its list, or else its
// latest version, and the newest version's go.mod file.
func more(in *protocol.Inquiry) (protocol.Request, bool) {
	if in.Query.Want < protocol.WantVersions || in.Got(docMod) != nil {
		return protocol.Request{}, false
	}
	list, latest := in.Got(docList), in.Got(protocol.DocLatest)
	if list == nil {
		return request(in, docList, "").AsExtra(), true
	}
	if list.Status == protocol.Present {
		return request(in, docMod, newest(list)).AsExtra(), true
	}
	if latest == nil {
		return request(in, protocol.DocLatest, "").AsExtra(), true
	}
	if latest.Status == protocol.Present {
		return request(in, docMod, latest.Latest).AsExtra(), true
	}
	return protocol.Request{}, false
}

// newest is the listed version whose go.mod file speaks for the module: files
// of incompatible versions are made up by the proxy.
func newest(list *protocol.Reading) string {
	own := make([]protocol.Version, 0, len(list.Versions))
	for _, v := range list.Versions {
		if !strings.HasSuffix(v.V, "+incompatible") {
			own = append(own, v)
		}
	}
	if v := highest(own); v != "" {
		return v
	}
	return list.Latest
}

// highest is the highest release, or where there is none the highest version.
func highest(list []protocol.Version) string {
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

func second(in *protocol.Inquiry) []protocol.Request {
	looks := []protocol.Request{request(in, docList, "").PastCaches()}
	if pinnedVersion(in) == "" { // else two documents and the version were denied already
		looks = append(looks, request(in, protocol.DocLatest, "").PastCaches())
	}
	return looks
}

func versionList(in *protocol.Inquiry) protocol.Request {
	if v := pinnedVersion(in); v != "" {
		return request(in, protocol.DocVersion, v).PastCaches()
	}
	return request(in, docList, "").PastCaches()
}

func plan(in *protocol.Inquiry) []protocol.Request {
	more := in.Query.Want >= protocol.WantVersions
	var out []protocol.Request
	list := ""
	if v := pinnedVersion(in); v != "" {
		out = append(out, request(in, protocol.DocVersion, v))
		if !more {
			list = "if absent"
		}
	}
	out = append(out, request(in, docList, "").If(list), request(in, protocol.DocLatest, "").If("if absent, or nothing is listed"))
	if more {
		const some = "v0.0.0" // an answer will tell which
		r := request(in, docMod, some)
		r.URL = strings.TrimSuffix(r.URL, some+".mod") + "VERSION.mod"
		out = append(out, r.If("if present, of the newest version"))
	}
	return out
}

func parse(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	switch rq.Doc {
	case docList:
		return parseList(in, rq, resp)
	case docMod:
		return parseMod(in, rq, resp)
	}
	j := protocol.NewJSON(resp.Body)
	r := protocol.Reading{Doc: rq.Doc}
	for j.Open('{'); j.More(); {
		switch j.Key {
		case "Version":
			r.Version = j.TextOr(256)
		case "Time":
			r.LatestAt = protocol.Timestamp(j.TextOr(64))
		case "Origin":
			for key := range j.Members() {
				if key == "URL" {
					r.Repository = protocol.CleanRepository(j.TextOr(300))
				} else {
					j.Skip()
				}
			}
		default:
			j.Skip()
		}
	}
	if err := j.End(); err != nil {
		return protocol.Unread(rq, err)
	}
	if !gosemver.IsValid(r.Version) {
		return protocol.BadAnswer(rq, "its answer names no version")
	}
	r.Status, r.Name = protocol.Present, in.Query.Package.Name
	if rq.Doc == protocol.DocVersion {
		if r.Version != rq.Version {
			return protocol.BadAnswer(rq, "its answer is about another version")
		}
		r.LatestAt = time.Time{}
		return r
	}
	r.Latest = r.Version
	r.Versions = []protocol.Version{{V: r.Version}}
	return r
}

// parseList reads a plain list. Only the first word of a line is a version;
// one line that is none makes the whole answer something else.
func parseList(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	r := protocol.Reading{Doc: rq.Doc, Complete: true}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4096)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		if !gosemver.IsValid(words[0]) || len(words) > 2 {
			return protocol.BadAnswer(rq, "its answer is not a list of versions")
		}
		r.Versions = append(r.Versions, protocol.Version{V: words[0]})
	}
	if err := lines.Err(); err != nil {
		return protocol.Unread(rq, err)
	}
	if len(r.Versions) == 0 {
		return protocol.Reading{Doc: rq.Doc, Open: true, Detail: "no tags"}
	}
	r.Status, r.Name = protocol.Present, in.Query.Package.Name
	r.Latest = highest(r.Versions)
	return r
}

// maxGoMod bounds a go.mod file, in bytes.
const maxGoMod = 1 << 20

// parseMod reads what a module says of its own versions.
//
// Specification: https://go.dev/ref/mod#go-mod-file-retract and #go-mod-file-module-deprecation
func parseMod(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return protocol.Unread(rq, err)
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil || f.Module == nil || f.Module.Mod.Path != in.Query.Package.Name {
		return protocol.BadAnswer(rq, "its answer is not the module's go.mod file")
	}
	r := protocol.Reading{Doc: rq.Doc, Status: protocol.Present, Name: f.Module.Mod.Path, Version: rq.Version}
	r.Deprecated = protocol.Clip(strings.Join(strings.Fields(f.Module.Deprecated), " "), 500)
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
func retracts(r *protocol.Reading, v string) bool {
	if !exact(v) {
		return false
	}
	for _, x := range r.Retracted {
		if gosemver.Compare(v, x[0]) >= 0 && gosemver.Compare(v, x[1]) <= 0 {
			return true
		}
	}
	return false
}
