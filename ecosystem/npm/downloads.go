package npm

import (
	"strconv"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// npm's statistics: how often a package was fetched in the last week. They are
// asked for packages that are there and under suspicion, and only ever add to
// what is known: whatever goes wrong, the count is not known.
//
// Protocol: https://github.com/npm/registry/blob/main/docs/download-counts.md

// officialDownloads is the base URL of npm's statistics.
const officialDownloads = "https://api.npmjs.org"

const maxTogether = 128 // names of one request

func downloadsRequest(root protocol.Root, names []string) protocol.Request {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		if scope, base, scoped := strings.Cut(n, "/"); scoped {
			b.WriteString(protocol.Segment(scope) + "/" + protocol.Segment(base))
		} else {
			b.WriteString(protocol.Segment(n))
		}
	}
	return protocol.Request{
		Doc: protocol.DocDownloads, URL: root.URL + "/downloads/point/last-week/" + b.String(), Accept: protocol.AcceptJSON,
		Max: protocol.MaxBody, Extra: true, Once: true,
	}
}

// statistics is how downloads are asked for. Scoped names have to come alone.
func statistics() *protocol.Statistics {
	return &protocol.Statistics{
		Protocol: &protocol.Driver{Ecosystem: ecosystem.NPM, Official: officialDownloads, PerHost: 2, Parse: parseDownloads},
		Together: maxTogether, MaxBytes: 6 << 10,
		Countable: func(name string) bool { return !strings.Contains(name, ",") },
		Alone:     func(name string) bool { return strings.Contains(name, "/") },
		Request:   downloadsRequest,
	}
}

// parseDownloads reads the answer about one package, or about several: there
// each has a member, null where nothing is known.
func parseDownloads(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	j := protocol.NewJSON(resp.Body)
	r := protocol.Reading{Doc: rq.Doc, Status: protocol.Present, Counts: map[string]int64{}}
	single, name := protocol.Count{}, ""
	refusal := false
	for j.Open('{'); j.More(); {
		switch key := j.Key; {
		case j.Peek() == '{':
			n, of := protocol.Count{}, key
			for j.Open('{'); j.More(); {
				switch j.Key {
				case "downloads":
					n = number64(j)
				case "package":
					of = j.TextOr(512)
				default:
					j.Skip()
				}
			}
			if n.Known && of == key && len(r.Counts) < maxTogether {
				r.Counts[key] = n.N
			}
		case key == "downloads":
			single = number64(j)
		case key == "package":
			name = j.TextOr(512)
		case key == "error":
			refusal = j.Peek() == '"'
			j.Skip()
		default:
			j.Skip()
		}
	}
	if err := j.End(); err != nil {
		return protocol.Unread(rq, err)
	}
	if refusal {
		return protocol.BadAnswer(rq, "it counts nothing")
	}
	if single.Known && name != "" {
		if name != in.Query.Package.Name {
			return protocol.BadAnswer(rq, "its answer is about another package")
		}
		r.Counts[name] = single.N
	}
	return r
}

// number64 reads a count. What is none is not known.
func number64(j *protocol.JSONReader) protocol.Count {
	switch c := j.Peek(); c {
	case '{', '[', '"':
		j.Skip()
		return protocol.Count{}
	}
	n, err := strconv.ParseInt(j.Scalar(), 10, 64)
	if err != nil || n < 0 {
		return protocol.Count{}
	}
	return protocol.Count{N: n, Known: true}
}
