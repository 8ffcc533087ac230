package play

import (
	"fmt"
	"html"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"figment/ecosystem"
)

// The documents of PyPI.
const (
	pypiSimple = "simple"
	pypiBare   = "simple without its last slash"
	pypiLegacy = "legacy"
)

const (
	typeSimpleJSON = "application/vnd.pypi.simple.v1+json"
	typeSimpleHTML = "application/vnd.pypi.simple.v1+html"
)

// askPyPI reads /simple/NAME/ and /pypi/NAME/json.
func askPyPI(path string) (question, bool) {
	words := strings.Split(path, "/")
	if len(words) < 2 {
		return question{}, false
	}
	name, err := url.PathUnescape(words[1])
	q := question{eco: ecosystem.PyPI, given: name}
	switch {
	case err != nil:
		return question{}, false
	case words[0] == "simple" && len(words) == 2:
		q.doc = pypiBare
	case words[0] == "simple" && len(words) == 3 && words[2] == "":
		q.doc = pypiSimple
	case words[0] == "pypi" && len(words) == 3 && words[2] == "json":
		q.doc = pypiLegacy
	default:
		return question{}, false
	}
	return q, true
}

func servePyPI(rw http.ResponseWriter, r *http.Request, q question, p Profile, found bool) {
	if found && p.Status == StatusUnpublished { // a deleted project
		found = false
	}
	if found && (q.doc == pypiBare || q.doc == pypiSimple && q.given != q.name) {
		rw.Header().Set("Location", prefixPyPI+"/simple/"+url.PathEscape(q.name)+"/")
		reply(rw, http.StatusMovedPermanently, typeText, "")
		return
	}
	switch {
	case !found && q.doc == pypiLegacy:
		reply(rw, http.StatusNotFound, typeJSON, `{"message": "Not Found"}`)
		return
	case !found:
		reply(rw, http.StatusNotFound, typeHTML, pypiMissing)
		return
	}
	list := p.list()
	switch p.Status {
	case "":
	case StatusQuarantined, StatusNoFiles:
		list = nil
	default:
		cannot(rw, q, p)
		return
	}
	if q.doc == pypiLegacy && (len(list) == 0 || p.Bare) { // it knows no project without files
		reply(rw, http.StatusNotFound, typeJSON, `{"message": "Not Found"}`)
		return
	}
	if q.doc == pypiLegacy {
		reply(rw, http.StatusOK, typeJSON, pypiLegacyJSON(q.name, &p, list))
		return
	}
	rw.Header().Set("Vary", "Accept")
	switch kind := pypiForm(r.Header.Get("Accept")); kind {
	case typeSimpleJSON:
		reply(rw, http.StatusOK, kind, pypiJSON(q.name, &p, list))
	case "":
		reply(rw, http.StatusNotAcceptable, typeText, "406 Not Acceptable\n")
	default:
		reply(rw, http.StatusOK, kind, pypiHTML(q.name, &p, list))
	}
}

const pypiMissing = "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n" +
	"  The resource could not be found.<br/><br/>\n\n\n\n </body>\n</html>"

// pypiForm is the content type that a client prefers. HTML is what those get
// who take anything.
func pypiForm(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return typeHTML
	}
	best, form := 0.0, ""
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil {
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
			kind = typeHTML
		default:
			continue
		}
		if q > best {
			best, form = q, kind
		}
	}
	return form
}

// calendar are versions by year and month, which many projects have.
var calendar = sync.OnceValue(func() []string {
	var out []string
	for year := 2004; year <= 2030; year++ {
		for month := 1; month <= 12; month++ {
			out = append(out, fmt.Sprintf("%d.%d", year, month))
		}
	}
	return out
})

// pypiSpread is the list of a project that has any version, without the brackets.
var pypiSpread = sync.OnceValue(func() string {
	return `"` + unreadable + `","` + strings.Join(spread(), `","`) + `","` + strings.Join(calendar(), `","`) + `"`
})

// A pypiFile is one source archive or wheel.
type pypiFile struct {
	name, version, at string
	yanked            bool
}

// pypiFiles are the archives of a project. Of the spread only some have one,
// unless every version is wanted.
func pypiFiles(name string, p *Profile, list []string, every bool) []pypiFile {
	var out []pypiFile
	for i, v := range list {
		yanked := slices.Contains(p.Yanked, v)
		if !every && len(p.Versions) == 0 && i > 0 && i < len(list)-1 && !yanked {
			continue
		}
		out = append(out, pypiFile{
			name:    strings.ReplaceAll(name, "-", "_") + "-" + v + ".tar.gz",
			version: v,
			at:      p.at(i),
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

// pypiMark is the project's status and the reason for it.
func pypiMark(p *Profile) (status, reason string) {
	switch {
	case p.Status == StatusQuarantined:
		return "quarantined", ""
	case p.Deprecated != "":
		return "deprecated", p.Deprecated
	}
	return "active", ""
}

func pypiJSON(name string, p *Profile, list []string) string {
	var b strings.Builder
	if p.Bare {
		for _, v := range list {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"filename":%s}`, quote(strings.ReplaceAll(name, "-", "_")+"-"+v+".zip"))
		}
		return fmt.Sprintf(`{"meta":{"api-version":"1.0"},"name":%s,"files":[%s]}`, quote(name), b.String())
	}
	status, reason := pypiMark(p)
	fmt.Fprintf(&b, `{"meta":{"api-version":"1.4","_last-serial":1},"name":%s,"project-status":{"status":%q`, quote(name), status)
	if reason != "" {
		fmt.Fprintf(&b, `,"reason":%s`, quote(reason))
	}
	b.WriteString(`},"versions":[`)
	switch {
	case len(list) == 0:
	case len(p.Versions) == 0:
		for _, v := range p.Yanked {
			b.WriteString(quote(v) + ",")
		}
		b.WriteString(pypiSpread())
	default:
		if p.open() {
			b.WriteString(quote(unreadable) + ",")
		}
		for i, v := range list {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(v))
		}
	}
	b.WriteString(`],"files":[`)
	provenance := "null"
	if p.Provenance {
		provenance = `"https://pypi.invalid/provenance"`
	}
	for i, f := range pypiFiles(name, p, list, false) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"filename":%s,"url":%s,"hashes":{},"size":1000,"upload-time":%q,"yanked":%t,"provenance":%s}`,
			quote(f.name), quote(prefixPyPI+"/files/"+f.name), f.at, f.yanked, provenance)
	}
	b.WriteString(`]}`)
	return b.String()
}

func pypiHTML(name string, p *Profile, list []string) string {
	var b strings.Builder
	status, reason := pypiMark(p)
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
		list = slices.Concat(list, calendar())
	}
	if len(list) > 0 && p.open() {
		list = slices.Concat([]string{unreadable}, list)
	}
	for _, f := range pypiFiles(name, p, list, true) {
		mark := ""
		if f.yanked {
			mark = ` data-yanked=""`
		}
		file := html.EscapeString(f.name)
		fmt.Fprintf(&b, "    <a href=\"%s/files/%s\"%s>%s</a><br />\n", prefixPyPI, file, mark, file)
	}
	b.WriteString("  </body>\n</html>\n")
	return b.String()
}

func pypiLegacyJSON(name string, p *Profile, list []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"info":{"name":%s,"version":%s,"yanked":false,"summary":%s,"description":%s,"home_page":"","project_urls":`,
		quote(name), quote(p.latest(list)), quote(p.description()), quote(p.readme(name)))
	if link := p.repository(name); link != "" {
		fmt.Fprintf(&b, `{"Homepage":"https://made-up.invalid/","Source":%s}`, quote(link))
	} else {
		b.WriteString("null")
	}
	organization := "null"
	if p.Organization != "" {
		organization = quote(p.Organization)
	}
	fmt.Fprintf(&b, `,"downloads":{"last_week":-1}},"last_serial":1,"ownership":{"organization":%s,"roles":[`, organization)
	for i, who := range p.owners(name) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"role":"Owner","user":%s}`, quote(who))
	}
	b.WriteString(`]},"releases":{`)
	version := ""
	for _, f := range pypiFiles(name, p, list, false) {
		switch {
		case f.version == version:
			b.WriteByte(',')
		case version != "":
			b.WriteString("],")
		}
		if f.version != version {
			b.WriteString(quote(f.version) + ":[")
		}
		version = f.version
		fmt.Fprintf(&b, `{"filename":%s,"upload_time_iso_8601":%q,"yanked":%t}`, quote(f.name), f.at, f.yanked)
	}
	b.WriteString(`]},"urls":[]}`)
	return b.String()
}
