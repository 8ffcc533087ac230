package pypi

import (
	"fmt"
	"html"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// play is how the index is played.
func play() *protocol.Play {
	return &protocol.Play{
		Folder: playFolder, Root: "/simple", Type: typeSimpleJSON,
		Ask: playAsk, Answer: playAnswer, Control: playControl,
		Truncated: playOther[:len(playOther)/2], Other: playOther, Empty: `{"meta":{"api-version":"1.1"},"versions":[],"files":[]}`,
	}
}

const playFolder = "/pypi"

// playOther is about another package, in each form that a document has.
const playOther = `{"meta":{"api-version":"1.1"},"name":"somebody-else","versions":["1.0"],"files":[{"filename":"somebody_else-1.0.tar.gz","yanked":false}],` +
	`"info":{"name":"somebody-else","version":"1.0"},"releases":{"1.0":[{"yanked":false}]}}`

// playControl are the documents about a package that is always there.
func playControl(name string) map[string]string {
	return map[string]string{
		"GET /simple/" + name + "/":   fmt.Sprintf(`{"meta":{"api-version":"1.1"},"name":%q,"versions":["2.0"],"files":[{"filename":"%s-2.0.tar.gz","upload-time":"2012-01-01T00:00:00Z","yanked":false}]}`, name, name),
		"GET /pypi/" + name + "/json": fmt.Sprintf(`{"info":{"name":%q,"version":"2.0"},"releases":{"2.0":[{"yanked":false}]}}`, name),
	}
}

// The documents of a played index.
const (
	playSimple protocol.Doc = "simple"
	playBare   protocol.Doc = "simple without its last slash"
	playLegacy protocol.Doc = "legacy"
)

const (
	typeSimpleJSON = "application/vnd.pypi.simple.v1+json"
	typeSimpleHTML = "application/vnd.pypi.simple.v1+html"
)

// playAsk reads /simple/NAME/ and /pypi/NAME/json.
func playAsk(path string) (protocol.PlayRequest, bool) {
	words := strings.Split(path, "/")
	if len(words) < 2 {
		return protocol.PlayRequest{}, false
	}
	name, err := url.PathUnescape(words[1])
	rq := protocol.PlayRequest{Given: name}
	switch {
	case err != nil:
		return protocol.PlayRequest{}, false
	case words[0] == "simple" && len(words) == 2:
		rq.Doc = playBare
	case words[0] == "simple" && len(words) == 3 && words[2] == "":
		rq.Doc = playSimple
	case words[0] == "pypi" && len(words) == 3 && words[2] == "json":
		rq.Doc = playLegacy
	default:
		return protocol.PlayRequest{}, false
	}
	return rq, true
}

// playAnswer is what the registry says of a package.
func playAnswer(rq protocol.PlayRequest, p protocol.Profile, found bool) protocol.PlayAnswer {
	if found && p.Status == protocol.ProfileUnpublished { // a deleted project
		found = false
	}
	if found && (rq.Doc == playBare || rq.Doc == playSimple && rq.Given != rq.Name) {
		return protocol.PlayAnswer{Status: 301, Type: protocol.TypeText, Header: map[string]string{"Location": playFolder + "/simple/" + url.PathEscape(rq.Name) + "/"}}
	}
	switch {
	case !found && rq.Doc == playLegacy:
		return protocol.PlayReply(404, protocol.TypeJSON, `{"message": "Not Found"}`)
	case !found:
		return protocol.PlayReply(404, protocol.TypeHTML, playMissing)
	}
	list := p.List()
	switch p.Status {
	case "":
	case protocol.ProfileQuarantined, protocol.ProfileNoFiles:
		list = nil
	default:
		return protocol.NoSuchStatus(ecosystem.PyPI, p)
	}
	if rq.Doc == playLegacy && (len(list) == 0 || p.Bare) { // it knows no project without files
		return protocol.PlayReply(404, protocol.TypeJSON, `{"message": "Not Found"}`)
	}
	if rq.Doc == playLegacy {
		return protocol.PlayReply(200, protocol.TypeJSON, playLegacyJSON(rq.Name, &p, list))
	}
	by := map[string]string{"Vary": "Accept"}
	switch kind := playForm(rq.Accept); kind {
	case typeSimpleJSON:
		return protocol.PlayAnswer{Status: 200, Type: kind, Header: by, Body: playJSON(rq.Name, &p, list)}
	case "":
		return protocol.PlayAnswer{Status: 406, Type: protocol.TypeText, Header: by, Body: "406 Not Acceptable\n"}
	default:
		return protocol.PlayAnswer{Status: 200, Type: kind, Header: by, Body: playHTML(rq.Name, &p, list)}
	}
}

const playMissing = "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n" +
	"  The resource could not be found.<br/><br/>\n\n\n\n </body>\n</html>"

// playForm is the content type that a client prefers. HTML is what those get
// who take anything.
func playForm(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return protocol.TypeHTML
	}
	best, form := 0.0, ""
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		weight := 1.0
		if s, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(s, 64); err != nil {
				continue
			}
		}
		switch kind {
		case "application/vnd.pypi.simple.latest+json":
			kind = typeSimpleJSON
		case typeSimpleJSON, typeSimpleHTML:
		case "application/vnd.pypi.simple.latest+html":
			kind = typeSimpleHTML
		case "text/html", "text/*", "*/*":
			kind = protocol.TypeHTML
		default:
			continue
		}
		if weight > best {
			best, form = weight, kind
		}
	}
	return form
}

// playCalendar are versions by year and month, which many projects have.
var playCalendar = sync.OnceValue(func() []string {
	var out []string
	for year := 2004; year <= 2030; year++ {
		for month := 1; month <= 12; month++ {
			out = append(out, fmt.Sprintf("%d.%d", year, month))
		}
	}
	return out
})

// playSpread is the list of a project that has any version, without the brackets.
var playSpread = sync.OnceValue(func() string {
	return `"` + protocol.Unreadable + `","` + strings.Join(protocol.Spread(), `","`) + `","` + strings.Join(playCalendar(), `","`) + `"`
})

// A playFile is one source archive or wheel.
type playFile struct {
	name, version, at string
	yanked            bool
}

// playFiles are the archives of a project. Of the spread only some have one,
// unless every version is wanted.
func playFiles(name string, p *protocol.Profile, list []string, every bool) []playFile {
	var out []playFile
	for i, v := range list {
		yanked := slices.Contains(p.Yanked, v)
		if !every && len(p.Versions) == 0 && i > 0 && i < len(list)-1 && !yanked {
			continue
		}
		out = append(out, playFile{
			name:    strings.ReplaceAll(name, "-", "_") + "-" + v + ".tar.gz",
			version: v,
			at:      p.Stamp(i),
			yanked:  yanked,
		})
		if last := len(out) - 1; !p.SdistOnly && !p.Bare {
			wheel := out[last]
			wheel.name = strings.TrimSuffix(wheel.name, ".tar.gz") + "-py3-none-any.whl"
			out = append(out, wheel)
		}
	}
	return out
}

// playMark is the project's status and the reason for it.
func playMark(p *protocol.Profile) (status, reason string) {
	switch {
	case p.Status == protocol.ProfileQuarantined:
		return "quarantined", ""
	case p.Deprecated != "":
		return "deprecated", p.Deprecated
	}
	return "active", ""
}

func playJSON(name string, p *protocol.Profile, list []string) string {
	var b strings.Builder
	if p.Bare {
		for _, v := range list {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"filename":%s}`, protocol.JSONString(strings.ReplaceAll(name, "-", "_")+"-"+v+".zip"))
		}
		return fmt.Sprintf(`{"meta":{"api-version":"1.0"},"name":%s,"files":[%s]}`, protocol.JSONString(name), b.String())
	}
	status, reason := playMark(p)
	fmt.Fprintf(&b, `{"meta":{"api-version":"1.4","_last-serial":1},"name":%s,"project-status":{"status":%q`, protocol.JSONString(name), status)
	if reason != "" {
		fmt.Fprintf(&b, `,"reason":%s`, protocol.JSONString(reason))
	}
	b.WriteString(`},"versions":[`)
	switch {
	case len(list) == 0:
	case len(p.Versions) == 0:
		for _, v := range p.Yanked {
			b.WriteString(protocol.JSONString(v) + ",")
		}
		b.WriteString(playSpread())
	default:
		if p.Open() {
			b.WriteString(protocol.JSONString(protocol.Unreadable) + ",")
		}
		for i, v := range list {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(protocol.JSONString(v))
		}
	}
	b.WriteString(`],"files":[`)
	provenance := "null"
	if p.Provenance {
		provenance = `"https://pypi.invalid/provenance"`
	}
	for i, f := range playFiles(name, p, list, false) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"filename":%s,"url":%s,"hashes":{},"size":1000,"upload-time":%q,"yanked":%t,"provenance":%s}`,
			protocol.JSONString(f.name), protocol.JSONString(playFolder+"/files/"+f.name), f.at, f.yanked, provenance)
	}
	b.WriteString(`]}`)
	return b.String()
}

func playHTML(name string, p *protocol.Profile, list []string) string {
	var b strings.Builder
	status, reason := playMark(p)
	b.WriteString("<!DOCTYPE html>\n<html>\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"1.4\">\n")
	if status != "active" {
		fmt.Fprintf(&b, "    <meta name=\"pypi:project-status\" content=\"%s\">\n", status)
	}
	if reason != "" {
		fmt.Fprintf(&b, "    <meta name=\"pypi:project-status-reason\" content=\"%s\">\n", html.EscapeString(reason))
	}
	title := html.EscapeString("Links for " + name)
	fmt.Fprintf(&b, "    <title>%s</title>\n  </head>\n  <body>\n    <h1>%s</h1>\n", title, title)
	if len(list) > 0 && len(p.Versions) == 0 {
		list = slices.Concat(list, playCalendar())
	}
	if len(list) > 0 && p.Open() {
		list = slices.Concat([]string{protocol.Unreadable}, list)
	}
	for _, f := range playFiles(name, p, list, true) {
		mark := ""
		if f.yanked {
			mark = ` data-yanked=""`
		}
		file := html.EscapeString(f.name)
		fmt.Fprintf(&b, "    <a href=\"%s/files/%s\"%s>%s</a><br />\n", playFolder, file, mark, file)
	}
	b.WriteString("  </body>\n</html>\n")
	return b.String()
}

func playLegacyJSON(name string, p *protocol.Profile, list []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"info":{"name":%s,"version":%s,"yanked":false,"summary":%s,"description":%s,"home_page":"","project_urls":`,
		protocol.JSONString(name), protocol.JSONString(p.Latest(list)), protocol.JSONString(p.Summary()), protocol.JSONString(p.ReadmeText(name)))
	if link := p.Link(name); link != "" {
		fmt.Fprintf(&b, `{"Homepage":"https://made-up.invalid/","Source":%s}`, protocol.JSONString(link))
	} else {
		b.WriteString("null")
	}
	organization := "null"
	if p.Organization != "" {
		organization = protocol.JSONString(p.Organization)
	}
	fmt.Fprintf(&b, `,"downloads":{"last_week":-1}},"last_serial":1,"ownership":{"organization":%s,"roles":[`, organization)
	for i, who := range p.Owners(name) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"role":"Owner","user":%s}`, protocol.JSONString(who))
	}
	b.WriteString(`]},"releases":{`)
	version := ""
	for _, f := range playFiles(name, p, list, false) {
		switch {
		case f.version == version:
			b.WriteByte(',')
		case version != "":
			b.WriteString("],")
		}
		if f.version != version {
			b.WriteString(protocol.JSONString(f.version) + ":[")
		}
		version = f.version
		fmt.Fprintf(&b, `{"filename":%s,"upload_time_iso_8601":%q,"yanked":%t}`, protocol.JSONString(f.name), f.at, f.yanked)
	}
	b.WriteString(`]},"urls":[]}`)
	return b.String()
}
