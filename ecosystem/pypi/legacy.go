package pypi

import (
	"cmp"
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// parseLegacy reads the older JSON as it comes: one loop over its keys, which
// stand in any order, and behind it what is only known once all were seen.
func parseLegacy(in *protocol.Inquiry, rq protocol.Request, resp *protocol.Response) protocol.Reading {
	j := protocol.NewJSON(resp.Body)
	r := protocol.Reading{Doc: rq.Doc, Complete: true}
	name, newest := "", ""
	summary, text := "", ""
	hadInfo, hadText := false, false
	for j.Open('{'); j.More(); {
		switch j.Key {
		case "info":
			for key := range j.Members() {
				switch key {
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
			for key := range j.Members() {
				switch key {
				case "organization":
					r.Organization = j.TextOr(100)
				case "roles":
					r.Maintainers = roles(j)
				default:
					j.Skip()
				}
			}
		case "releases":
			for version := range j.Members() {
				v := protocol.Clip(version, 256)
				files, yanked := 0, 0
				for range j.Elements() {
					files++
					for key := range j.Members() {
						switch key {
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
	var out []string
	for range j.Elements() {
		for key := range j.Members() {
			if key != "user" {
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
	labelled, hosted := "", ""
	for label := range j.Members() {
		label = strings.ToLower(label)
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
	return cmp.Or(labelled, hosted)
}
