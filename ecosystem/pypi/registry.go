package pypi

import (
	"bytes"
	"html"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// PyPI. The index page (Simple API, JSON form) tells existence, versions, times,
// yanked files and the project's status in one request; a quarantined project
// and one without releases are there, while the older JSON denies both. Indexes
// without the JSON form answer with HTML: file names and yanked marks only.
//
// Protocol: https://packaging.python.org/en/latest/specifications/simple-repository-api/
// (PEP 503, 592, 691, 700, 740, 792), version 1.4.

// official is the public registry's root, as pip uses it by default.
const official = "https://pypi.org/simple"

const (
	docSimple protocol.Doc = "simple" // the index page
	docLegacy protocol.Doc = "legacy" // the older JSON
)

const acceptSimple = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.1, text/html;q=0.01"

// driver is PyPI's protocol.
func driver() *protocol.Driver {
	return &protocol.Driver{
		Ecosystem: ecosystem.PyPI, Official: official, PerHost: 6, Canaries: []string{"pip", "requests", "flask", "numpy"},
		Next: next, Second: second, Versions: versionList, Parse: parse, Plan: plan,
	}
}

func canonical(in *protocol.Inquiry) string {
	return ecosystem.Normalize(ecosystem.PyPI, in.Query.Package.Name)
}

func simple(in *protocol.Inquiry) protocol.Request {
	return protocol.Request{Doc: docSimple, URL: in.Root.URL + "/" + protocol.Segment(canonical(in)) + "/", Accept: acceptSimple, Max: protocol.MaxBody}
}

// legacy is the older JSON, where the root has a place for it. Only the
// official one denies names there that mean something.
func legacy(in *protocol.Inquiry) (protocol.Request, bool) {
	base, ok := strings.CutSuffix(in.Root.URL, "/simple")
	if !ok {
		return protocol.Request{}, false
	}
	return protocol.Request{Doc: docLegacy, URL: base + "/pypi/" + protocol.Segment(canonical(in)) + "/json", Accept: protocol.AcceptJSON, Max: protocol.MaxStream}, true
}

func next(in *protocol.Inquiry) (protocol.Request, bool) {
	if len(in.Read) == 0 {
		return simple(in), true
	}
	if last := in.Last(); len(in.Read) > 1 || last.Doc != docSimple || last.Status != protocol.Present {
		return protocol.Request{}, false
	}
	return owners(in)
}

// owners is the document that tells who owns the project and where its
// repository is.
func owners(in *protocol.Inquiry) (protocol.Request, bool) {
	if in.Query.Want < protocol.WantAdoption || in.Root.Kind == protocol.Private {
		return protocol.Request{}, false
	}
	r, ok := legacy(in)
	r = r.AsExtra()
	r.Once = true
	return r, ok
}

func second(in *protocol.Inquiry) []protocol.Request {
	if r, ok := legacy(in); ok && in.Driver.IsOfficial(in.Root) {
		return []protocol.Request{r.PastCaches()}
	}
	return []protocol.Request{simple(in).PastCaches()}
}

func versionList(in *protocol.Inquiry) protocol.Request { return simple(in).PastCaches() }

func plan(in *protocol.Inquiry) []protocol.Request {
	out := []protocol.Request{simple(in)}
	if r, ok := owners(in); ok {
		out = append(out, r)
	} else if r, ok := legacy(in); ok && in.Driver.IsOfficial(in.Root) {
		out = append(out, r.If("if absent"))
	}
	return out
}

func parse(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	if rq.Doc == docLegacy {
		return parseLegacy(in, rq, resp)
	}
	if t := strings.ToLower(resp.Header.Get("Content-Type")); strings.Contains(t, "html") {
		return parseHTML(in, rq, resp)
	}
	return parseSimple(in, rq, resp)
}

// A distribution is what is kept of one file.
type distribution struct {
	name               string
	yanked, provenance bool
	at                 time.Time // of its upload; zero: not told
}

func parseSimple(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	j := protocol.NewJSON(resp.Body)
	r := protocol.Reading{Doc: rq.Doc, Complete: true}
	var name, status, reason, api string
	var hadFiles bool
	var listed []string
	var files []distribution
	provenance := protocol.No
	for j.Open('{'); j.More(); {
		switch j.Key {
		case "name":
			name = j.TextOr(512)
		case "meta":
			if !j.Object() {
				continue
			}
			for j.More() {
				switch j.Key {
				case "api-version":
					api = j.TextOr(32)
				case "project-status": // where drafts of PEP 792 had it
					status = j.TextOr(32)
				default:
					j.Skip()
				}
			}
		case "project-status":
			if !j.Object() {
				continue
			}
			for j.More() {
				switch j.Key {
				case "status":
					status = j.TextOr(32)
				case "reason":
					reason = j.TextOr(300)
				default:
					j.Skip()
				}
			}
		case "versions":
			if !j.Array() {
				continue
			}
			for j.More() {
				listed = append(listed, j.TextOr(256))
			}
		case "files":
			if !j.Array() {
				continue
			}
			hadFiles = true
			for j.More() {
				var f distribution
				if !j.Object() {
					continue
				}
				for j.More() {
					switch j.Key {
					case "filename":
						f.name = j.TextOr(512)
					case "yanked":
						f.yanked, _ = j.Truth(0)
					case "provenance":
						if f.provenance = j.Peek() == '"'; f.provenance {
							provenance = protocol.Yes
						}
						j.Skip()
					case "upload-time":
						f.at = protocol.Timestamp(j.TextOr(64))
						if f.at.After(r.LatestAt) {
							r.LatestAt = f.at
						}
					default:
						j.Skip()
					}
				}
				files = append(files, f)
			}
		default:
			j.Skip()
		}
	}
	if err := j.End(); err != nil {
		return protocol.Unread(rq, err)
	}
	if ecosystem.Normalize(ecosystem.PyPI, name) != canonical(in) {
		return protocol.BadAnswer(rq, "its answer is about another package")
	}
	if !strings.HasPrefix(api, "1.") || !hadFiles {
		return protocol.BadAnswer(rq, "its answer is not an index page")
	}
	r.Name = canonical(in)
	setFiles(&r, listed, files)
	if r.Provenance = provenance; len(files) == 0 {
		r.Provenance = protocol.NotKnown
	}
	setStatus(&r, status, reason, len(files))
	return r
}

// setStatus reads the project's status marker (PEP 792).
func setStatus(r *protocol.Reading, status, reason string, files int) {
	r.Status = protocol.Present
	switch status {
	case "quarantined":
		r.Status, r.Reason = protocol.Removed, protocol.ReasonQuarantined
		return
	case "archived", "deprecated":
		r.Deprecated = "the project is " + status
		if reason != "" {
			r.Deprecated += ": " + reason
		}
	}
	if files == 0 {
		r.Status, r.Reason = protocol.Removed, protocol.ReasonNoFiles
	}
}

// setFiles derives the versions: those listed, and those that files tell of. A
// version is yanked when all its files are.
func setFiles(r *protocol.Reading, listed []string, files []distribution) {
	at := map[string]int{}
	spelled := map[string]int{} // by normalised version
	add := func(v string) int {
		if i, ok := at[v]; ok {
			return i
		}
		i, ok := spelled[canon(v)]
		if !ok {
			i = len(r.Versions)
			r.Versions = append(r.Versions, protocol.Version{V: v})
			spelled[canon(v)] = i
		}
		at[v] = i
		return i
	}
	for _, v := range listed {
		if v != "" {
			add(v)
		}
	}
	all, yanked, built := map[int]int{}, map[int]int{}, map[int]bool{}
	first := map[int]time.Time{}
	for _, f := range files {
		if !f.at.IsZero() && (r.KnownSince.IsZero() || f.at.Before(r.KnownSince)) {
			r.KnownSince = f.at
		}
		v := fileVersion(r.Name, f.name)
		if v == "" {
			continue
		}
		i := add(v)
		all[i]++
		if f.yanked {
			yanked[i]++
		}
		if strings.HasSuffix(f.name, ".whl") {
			built[i] = true
		}
		if t := first[i]; !f.at.IsZero() && (t.IsZero() || f.at.Before(t)) {
			first[i] = f.at
		}
	}
	for i := range r.Versions {
		r.Versions[i].Yanked = all[i] > 0 && yanked[i] == all[i]
	}
	ascending := protocol.Ascending(ecosystem.PyPI, r.Versions)
	for _, v := range ascending {
		if !r.Versions[at[v]].Yanked && (r.Latest == "" || !preRelease(v) || preRelease(r.Latest)) {
			r.Latest = v
		}
	}
	for _, v := range slices.Backward(ascending) {
		if i := at[v]; all[i] > 0 && !r.Versions[i].Yanked {
			if r.SdistOnly = protocol.Yes; built[i] {
				r.SdistOnly = protocol.No
			}
			break
		}
	}
	for _, v := range ascending {
		if _, err := ecosystem.PyPI.System().Parse(v); err == nil {
			r.Created = createdAt(v, first[at[v]], r.KnownSince)
			break
		}
	}
}

// createdAt is when a project was first published, or zero where releases
// seem to be missing: the lowest version has no files, came after a higher one,
// or has a number that nobody begins with.
func createdAt(lowest string, at, oldest time.Time) time.Time {
	const together = 24 * time.Hour // versions uploaded at once come in any order
	switch {
	case at.IsZero(), at.Sub(oldest) > together:
		return time.Time{}
	}
	if _, rest, epoch := strings.Cut(lowest, "!"); epoch {
		lowest = rest
	}
	major, _, _ := strings.Cut(strings.TrimLeft(lowest, "vV"), ".")
	if i := strings.IndexFunc(major, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		major = major[:i]
	}
	if n, err := strconv.Atoi(major); err != nil || n > 1 {
		return time.Time{}
	}
	return oldest
}

// canon makes spellings of one version equal.
func canon(v string) string {
	if p, err := ecosystem.PyPI.System().Parse(v); err == nil {
		return p.Canon(true)
	}
	return strings.ToLower(v)
}

func preRelease(v string) bool {
	p, err := ecosystem.PyPI.System().Parse(v)
	return err == nil && p.IsPrerelease()
}

// fileVersion is the version that a file name tells, or "" for a file that is
// not of the project. Wheels and source archives are named by
// https://packaging.python.org/en/latest/specifications/binary-distribution-format/
// and source-distribution-format; older archives have dashes in the name.
func fileVersion(project, file string) string {
	base, wheel := strings.CutSuffix(file, ".whl")
	if !wheel {
		cut := false
		for _, ext := range []string{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar", ".egg", ".exe", ".msi", ".rpm", ".dmg", ".deb"} {
			if base, cut = strings.CutSuffix(file, ext); cut {
				break
			}
		}
		if !cut {
			return ""
		}
		for i := 0; i < len(base); i++ {
			if base[i] != '-' || ecosystem.Normalize(ecosystem.PyPI, base[:i]) != project {
				continue
			}
			v := base[i+1:]
			if strings.HasSuffix(file, ".egg") || strings.HasSuffix(file, ".exe") || strings.HasSuffix(file, ".msi") {
				v, _, _ = strings.Cut(v, "-py")
				v, _, _ = strings.Cut(v, ".win")
				v, _, _ = strings.Cut(v, ".linux")
			}
			return v
		}
		return ""
	}
	name, rest, ok := strings.Cut(base, "-")
	if !ok || ecosystem.Normalize(ecosystem.PyPI, name) != project {
		return ""
	}
	v, _, ok := strings.Cut(rest, "-")
	if !ok {
		return ""
	}
	return v
}

// parseHTML reads an index page in HTML. A page is believed only if it
// links to a file of the project: any other web page links too.
func parseHTML(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return protocol.Unread(rq, err)
	}
	r := protocol.Reading{Doc: rq.Doc, Complete: true, Name: canonical(in)}
	var files []distribution
	status, reason := "", ""
	opened, closed := false, false
	for len(data) > 0 {
		open := bytes.IndexByte(data, '<')
		if open < 0 {
			break
		}
		data = data[open:]
		if bytes.HasPrefix(data, []byte("<!--")) {
			end := bytes.Index(data, []byte("-->"))
			if end < 0 {
				break
			}
			data = data[end+3:]
			continue
		}
		tag, rest, ok := htmlTag(data)
		if !ok {
			break
		}
		data = rest
		switch tag.name {
		case "html", "body":
			opened = true
		case "/html", "/body":
			closed = true
		case "meta":
			switch tag.attr("name") {
			case "pypi:project-status":
				status = protocol.Clip(tag.attr("content"), 32)
			case "pypi:project-status-reason":
				reason = protocol.Clip(tag.attr("content"), 300)
			}
		case "a":
			href := tag.attr("href")
			if u, err := url.Parse(href); err == nil {
				href = u.Path
			}
			name := href[strings.LastIndexByte(href, '/')+1:]
			if end := bytes.IndexByte(data, '<'); end >= 0 && fileVersion(r.Name, name) == "" {
				name = strings.TrimSpace(html.UnescapeString(string(data[:min(end, 512)])))
			}
			if fileVersion(r.Name, name) != "" {
				files = append(files, distribution{name: protocol.Clip(name, 512), yanked: tag.has("data-yanked")})
			}
		}
	}
	if len(files) == 0 && status == "" {
		return protocol.BadAnswer(rq, "its answer is a web page, not an index page")
	}
	if opened && !closed {
		return protocol.BadAnswer(rq, "its answer was cut short")
	}
	setFiles(&r, nil, files)
	setStatus(&r, status, reason, len(files))
	return r
}

// An htmlElement is a start or end tag.
type htmlElement struct {
	name  string
	attrs [][2]string
}

func (t *htmlElement) attr(name string) string {
	for _, a := range t.attrs {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

func (t *htmlElement) has(name string) bool {
	for _, a := range t.attrs {
		if a[0] == name {
			return true
		}
	}
	return false
}

// htmlTag reads the tag at the start of b; ok is false when it does not end.
func htmlTag(b []byte) (t htmlElement, rest []byte, ok bool) {
	i := 1
	word := func(stop string) string {
		start := i
		for i < len(b) && !strings.ContainsRune(stop, rune(b[i])) {
			i++
		}
		return string(b[start:min(i, start+4096)])
	}
	const space = " \t\r\n\f"
	t.name = strings.ToLower(word(space + ">"))
	for i < len(b) {
		switch c := b[i]; {
		case c == '>':
			return t, b[i+1:], true
		case strings.IndexByte(space+"/", c) >= 0:
			i++
		default:
			name := strings.ToLower(word(space + "=>/"))
			value := ""
			for i < len(b) && strings.IndexByte(space, b[i]) >= 0 {
				i++
			}
			if i < len(b) && b[i] == '=' {
				i++
				for i < len(b) && strings.IndexByte(space, b[i]) >= 0 {
					i++
				}
				if i < len(b) && (b[i] == '"' || b[i] == '\'') {
					quote := string(b[i])
					i++
					value = word(quote)
					i++
				} else {
					value = word(space + ">")
				}
			} else if name == "" {
				i++
			}
			if len(t.attrs) < 32 {
				t.attrs = append(t.attrs, [2]string{name, html.UnescapeString(value)})
			}
		}
	}
	return t, nil, false
}

func parseLegacy(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	j := protocol.NewJSON(resp.Body)
	r := protocol.Reading{Doc: rq.Doc, Complete: true}
	name, newest := "", ""
	summary, text := "", ""
	hadInfo, hadText := false, false
	for j.Open('{'); j.More(); {
		switch j.Key {
		case "info":
			if !j.Object() {
				continue
			}
			for j.More() {
				switch j.Key {
				case "name":
					name = j.TextOr(512)
				case "version":
					newest = j.TextOr(256)
				case "summary":
					summary = j.TextOr(500)
				case "description":
					hadText = true
					text = j.TextOr(2 * protocol.ShortText)
				case "home_page":
					hadInfo = true
					if link := j.TextOr(300); r.Repository == "" && protocol.OnForge(link) {
						r.Repository = protocol.CleanRepository(link)
					}
				case "project_urls":
					hadInfo = true
					if link := repository(j); link != "" {
						r.Repository = link
					}
				default:
					j.Skip()
				}
			}
		case "ownership":
			if !j.Object() {
				continue
			}
			for j.More() {
				switch j.Key {
				case "organization":
					r.Organization = j.TextOr(100)
				case "roles":
					r.Maintainers = roles(j)
				default:
					j.Skip()
				}
			}
		case "releases":
			if !j.Object() {
				continue
			}
			for j.More() {
				v := protocol.Clip(j.Key, 256)
				files, yanked := 0, 0
				if !j.Array() {
					continue
				}
				for j.More() {
					files++
					if !j.Object() {
						continue
					}
					for j.More() {
						switch j.Key {
						case "yanked":
							if yes, _ := j.Truth(0); yes {
								yanked++
							}
						case "upload_time_iso_8601":
							if t := protocol.Timestamp(j.TextOr(64)); !t.IsZero() && (r.KnownSince.IsZero() || t.Before(r.KnownSince)) {
								r.KnownSince = t
							}
						default:
							j.Skip()
						}
					}
				}
				if files > 0 {
					r.Versions = append(r.Versions, protocol.Version{V: v, Yanked: files == yanked})
				}
			}
		default:
			j.Skip()
		}
	}
	if err := j.End(); err != nil {
		return protocol.Unread(rq, err)
	}
	if ecosystem.Normalize(ecosystem.PyPI, name) != canonical(in) {
		return protocol.BadAnswer(rq, "its answer is about another package")
	}
	r.Name, r.Latest = canonical(in), newest
	if hadInfo {
		r.RepositoryKnown = protocol.Given(r.Repository)
	}
	if hadText {
		r.Describe(summary, text)
	}
	r.Status = protocol.Present
	if len(r.Versions) == 0 {
		r.Status, r.Reason = protocol.Removed, protocol.ReasonNoFiles
	}
	return r
}

// roles reads the accounts that own a project or may publish it.
func roles(j *protocol.JSONReader) []string {
	if !j.Array() {
		return nil
	}
	var out []string
	for j.More() {
		if !j.Object() {
			continue
		}
		for j.More() {
			if j.Key != "user" {
				j.Skip()
				continue
			}
			if user := j.TextOr(100); user != "" && len(out) < 100 && !slices.Contains(out, user) {
				out = append(out, user)
			}
		}
	}
	return out
}

// repository finds the link to a repository among those that a project
// gives: by its label, or at a forge under any.
func repository(j *protocol.JSONReader) string {
	if !j.Object() {
		return ""
	}
	labelled, hosted := "", ""
	for j.More() {
		label := strings.ToLower(j.Key)
		link := j.TextOr(300)
		if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
			continue
		}
		switch {
		case labelled == "" && (strings.Contains(label, "source") || strings.Contains(label, "repo") || label == "code" || label == "github" || label == "gitlab"):
			labelled = protocol.CleanRepository(link)
		case hosted == "" && protocol.OnForge(link):
			hosted = protocol.CleanRepository(link)
		}
	}
	if labelled != "" {
		return labelled
	}
	return hosted
}
