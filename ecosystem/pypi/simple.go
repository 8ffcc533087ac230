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

// A distribution is what is kept of one file.
type distribution struct {
	name               string
	yanked, provenance bool
	at                 time.Time // of its upload; zero: not told
}

// parseSimple reads the index page in its JSON form.
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
			for key := range j.Members() {
				switch key {
				case "api-version":
					api = j.TextOr(32)
				case "project-status": // where drafts of PEP 792 had it
					status = j.TextOr(32)
				default:
					j.Skip()
				}
			}
		case "project-status":
			for key := range j.Members() {
				switch key {
				case "status":
					status = j.TextOr(32)
				case "reason":
					reason = j.TextOr(300)
				default:
					j.Skip()
				}
			}
		case "versions":
			for range j.Elements() {
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
					continue // no file
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
