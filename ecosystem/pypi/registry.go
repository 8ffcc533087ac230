package pypi

import (
	"strings"

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
